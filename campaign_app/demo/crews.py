"""Who helps at the demo's stalls, what they bring, and the boards that stand there."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select

from campaign_app.boards import services as boards
from campaign_app.boards.facts import BoardFacts
from campaign_app.core.db import session
from campaign_app.demo.content import Content, VolunteerPlan
from campaign_app.events.models import Event
from campaign_app.qr.models import Code
from campaign_app.shifts import attendance, roster, services, usual, volunteers
from campaign_app.shifts.models import OF_KIT, Shift, SignUp
from campaign_app.shifts.volunteers import Contact, Newcomer

#: Nobody can have a mailbox there (RFC 2606).
MAILBOX: Final = "{0}@example.net"
KIT_NAME: Final = "Street stall"


def keep_kit(content: Content) -> int:
    """Write down what every street stall takes along."""
    return usual.write(OF_KIT, KIT_NAME, [{"name": name} for name in content.kit]).id


def help_at(event: Event, crew: Sequence[VolunteerPlan], kit: int) -> None:
    """Share out the usual shifts among those who help."""
    usual.use(None, event.id)
    usual.use(kit, event.id)
    services.open_link(event.id)
    shifts = select(Shift).where(Shift.event_id == event.id).order_by(Shift.id)
    by_role = {shift.role: shift.id for shift in session.scalars(shifts)}
    for person in crew:
        roster.add(by_role[person.role], volunteers.close(_newcomer(person)))


def thank(events: Mapping[str, Event], slug: str) -> None:
    """Note of a stall that is over who came, and for how long."""
    at_it = select(SignUp.id).join(Shift, Shift.id == SignUp.shift_id)
    came = session.scalars(at_it.where(Shift.event_id == events[slug].id)).all()
    for number in came:
        attendance.confirm_hours(number)


def _newcomer(person: VolunteerPlan) -> Newcomer:
    contact = Contact(email=MAILBOX.format(person.key))
    return Newcomer(
        alias=person.alias, contact=contact, language=person.language, speaks=person.speaks
    )


def write_boards(content: Content, codes: dict[str, int]) -> None:
    """Write what the boards say, and which codes are on their backs."""
    known = select(Code.id, Code.letters).where(Code.id.in_(codes.values()))
    letters = {row.id: row.letters for row in session.execute(known)}
    for plan in content.information_boards:
        on_it = [letters[codes[slug]] for slug in plan.codes if slug in codes]
        boards.add(
            BoardFacts(titles=plan.titles, texts=plan.texts, sources=plan.sources, letters=on_it)
        )
