"""How the demo's dates come about: planned alone or by a series, asked for, announced, done."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.demo.calendar import Dated
from campaign_app.events import changing, concerts, series
from campaign_app.events import services as events
from campaign_app.events.concerts import Set
from campaign_app.events.facts import EventFacts, SeriesFacts
from campaign_app.events.models import Campaign, Event, Location
from campaign_app.events.recurrence import Rule
from campaign_app.permits import rules
from campaign_app.permits import services as permits
from campaign_app.permits.facts import Stands
from campaign_app.permits.models import FILED, GRANTED, NOT_NEEDED, Permit

#: Who decides in the demo what needs no permit.
DECIDES: Final = "Park Jimin"
INDOORS: Final = "Indoors, in a room that is lent to us."


@dataclass(slots=True)
class Dates:
    """The places there are, and the events that have come of them."""

    campaign: Campaign | None = None
    places: dict[str, Location] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    #: Slug → row number of the series.
    series: dict[str, int] = field(default_factory=dict)

    def plan(self, dated: Dated) -> None:
        """Put an event on the calendar; one of a series is there as soon as the series is."""
        made = self._of_series(dated) if dated.plan.series else events.add_event(self._facts(dated))
        self.events[dated.plan.slug] = made
        if dated.plan.acts:
            concerts.write_line_up(made.id, _line_up(dated))
        asked = [rule.key for rule in rules.proposed(made)]
        if asked:
            permits.add(made.id, asked)

    def _facts(self, dated: Dated) -> EventFacts:
        plan = dated.plan
        return EventFacts(
            location_id=self.places[plan.place].id,
            kind=plan.kind,
            titles=plan.titles,
            starts_local=dated.starts_local,
            ends_local=dated.ends_local,
            campaign_id=self._campaign_id(),
            summaries=plan.summaries,
            access_notes=plan.access,
            causes=plan.cause,
            doors_local=dated.at(plan.doors),
            curfew_local=dated.at(plan.curfew),
        )

    def _of_series(self, dated: Dated) -> Event:
        plan = dated.plan
        if plan.series not in self.series:
            self.series[plan.series] = series.add(self._rule(dated)).id
        there = select(Event).where(
            Event.series_id == self.series[plan.series],
            Event.recurrence_key == dated.starts_local,
        )
        return session.scalars(there).one()

    def _rule(self, dated: Dated) -> SeriesFacts:
        plan = dated.plan
        weekday = plan.weekday[:2].upper()
        minutes = (dated.ends_at - dated.starts_at).total_seconds() / 60
        return SeriesFacts(
            location_id=self.places[plan.place].id,
            kind=plan.kind,
            titles=plan.titles,
            rule=Rule(str(plan.nth), weekday).text,
            starts_local=dated.starts_local,
            minutes=int(minutes),
            campaign_id=self._campaign_id(),
            summaries=plan.summaries,
        )

    def _campaign_id(self) -> int | None:
        return self.campaign.id if self.campaign else None

    def announce(self, dated: Dated) -> None:
        """File what must be filed, or decide that nothing must, and tell the public."""
        event = self.events[dated.plan.slug]
        today = _day_there(event, clock.now())
        asked = session.scalars(select(Permit).where(Permit.event_id == event.id)).unique().all()
        for permit in asked:
            permits.stand(permit.id, Stands(state=FILED, on=today))
        if not asked:
            decided = Stands(state=NOT_NEEDED, on=today, by=DECIDES, reason=INDOORS)
            permits.decide_nothing(event.id, decided)
        changing.confirm(event.id)

    def hear(self, dated: Dated) -> None:
        """Hear from those who were asked: they agree."""
        event = self.events[dated.plan.slug]
        filed = select(Permit).where(Permit.event_id == event.id, Permit.state == FILED)
        for permit in session.scalars(filed).unique().all():
            permits.stand(permit.id, Stands(state=GRANTED, on=_day_there(event, clock.now())))

    def finish(self, dated: Dated) -> None:
        """Say that an event is over."""
        changing.finish(self.events[dated.plan.slug].id)


def _line_up(dated: Dated) -> list[Set]:
    return [
        Set(name=name, stage="", starts_local=str(dated.at(begin)), ends_local=str(dated.at(end)))
        for name, begin, end in dated.plan.acts
    ]


def _day_there(event: Event, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(event.zone)).date().isoformat()
