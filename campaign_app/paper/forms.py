"""What organisers say of paper, and what they type from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from email_validator import ValidatedEmail
from flask import request
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign_app.core import clock, i18n
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, moment, pick
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import YEARS
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.paper import numbers, states, words
from campaign_app.paper.comparing import Read
from campaign_app.paper.facts import MOST_PAGES, New
from campaign_app.petitions import mailboxes, names
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import states as signing
from campaign_app.petitions.desk import Desk, Desks, PartNow

NONE: Final = 0
LONGEST_LABEL: Final = 120
LONGEST_WORDS: Final = 300


class BatchForm(ConsoleForm):
    """What shall be printed."""

    petition_id = SelectField(_l("Petition"), coerce=int)
    event_id = SelectField(_l("Event"), coerce=int)
    location_id = SelectField(_l("Place"), coerce=int)
    kind = SelectField(_l("What is printed"))
    language = SelectField(_l("Language"))
    country = SelectField(_l("Country"))
    pages = IntegerField(
        _l("Pages of A4"),
        validators=[InputRequired(_l("Say how many pages."))],
    )
    signed_on = DateField(_l("Day of signing"), validators=[MayBeEmpty()])
    label = StringField(
        _l("Name of this batch"), validators=[Length(max=LONGEST_LABEL), no_control_characters]
    )

    def __init__(self, desks: Desks, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._desks: Final = desks
        self._events: Final = {event.id: event for event in events.near()}
        self._places: Final = {place.id: place for place in events.locations()}
        language = i18n.current_language()
        self._offered: Final = {
            one.id: petitions.title(one, language)
            for one in petitions.every()
            if one.state != signing.DRAFT and one.index_key_destroyed_at is None
        }
        self.petition_id.choices = list(self._offered.items())
        self.event_id.choices = [
            (NONE, _("No event")),
            *((one.id, event_label(one)) for one in self._events.values()),
        ]
        self.location_id.choices = [
            (NONE, _("The place of the event")),
            *((one.id, place_label(one.names, one.cities)) for one in self._places.values()),
        ]
        self.kind.choices = [(kind, str(words.OF_KIND[kind])) for kind in states.KINDS]
        self.language.choices = [(code, OWN_NAMES[code]) for code in settings().languages]
        self.country.choices = list(i18n.countries(language))

    def validate_language(self, field: Any) -> None:
        """Print only what a second person has approved."""
        desk = self.desk()
        if desk is None or field.data not in desk.languages():
            raise ValidationError(
                _l("The petition has no approved text with consent parts in this language.")
            )

    def validate_pages(self, field: Any) -> None:
        """Keep a batch so small that it can be looked over."""
        if not 1 <= (field.data or 0) <= MOST_PAGES:
            raise ValidationError(_l("Print between 1 and 100 pages in one batch."))

    def validate_signed_on(self, field: Any) -> None:
        """Without an event somebody must say when it is signed."""
        if field.data is not None and field.data.year not in YEARS:
            raise ValidationError(_l("Choose a year between 1970 and 2199."))

    def desk(self) -> Desk | None:
        """Give the petition chosen, as signers meet it."""
        chosen = self.petition_id.data
        return self._desks.desk.get(chosen) if chosen in self._offered else None

    def new(self, desk: Desk) -> New:
        """Give what was said."""
        event = self._events.get(self.event_id.data)
        place = self._places.get(self.location_id.data) or (event.location if event else None)
        zone = event.zone if event else place.zone if place else desk.zone
        kind = str(self.kind.data)
        return New(
            desk=desk,
            event_id=event.id if event else None,
            location_id=place.id if place else None,
            kind=kind,
            language=str(self.language.data),
            country=str(self.country.data),
            sheets=(self.pages.data or 1) * states.ON_A_PAGE[kind],
            signed_on=self.signed_on.data or _day_of(event, zone),
            zone=zone,
            label=(self.label.data or "").strip() or _named(kind, event),
        )


def _day_of(event: Event | None, zone: str) -> date:
    starts = event.starts_at if event else clock.now()
    return starts.astimezone(ZoneInfo(zone)).date()


def _named(kind: str, event: Event | None) -> str:
    where = pick(event.titles) if event else ""
    if kind == states.SLIPS:
        return _("Slips, %(event)s", event=where) if where else _("Slips")
    return _("Lists, %(event)s", event=where) if where else _("Signature lists")


def event_label(event: Event) -> str:
    """Name an event so that two of the same title are told apart."""
    place = pick(event.location.names)
    return f"{pick(event.titles)} – {place}, {moment(event.starts_at, event.zone, 'short')}"


def place_label(named: dict[str, str], cities: dict[str, str]) -> str:
    """Name a place and its city."""
    return f"{pick(named)} ({pick(cities)})"


class SheetsForm(ConsoleForm):
    """What became of sheets."""

    numbers = StringField(_l("Which sheets"), validators=[Length(max=2000), no_control_characters])
    state = SelectField(_l("What became of them"))
    words = StringField(
        _l("Why, to whom, or how"), validators=[Length(max=LONGEST_WORDS), no_control_characters]
    )

    def __init__(self, sheets: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sheets: Final = sheets
        self.state.choices = [(state, str(words.OF_DEED[state])) for state in states.DEEDS]

    def validate_numbers(self, field: Any) -> None:
        """Take numbers of this batch."""
        try:
            self.chosen()
        except numbers.NoNumbers as refused:
            raise ValidationError(str(refused.shown)) from None

    def validate_words(self, field: Any) -> None:
        """Ask for words where somebody will ask for them later."""
        if self.state.data in states.EXPLAINED and not (field.data or "").strip():
            raise ValidationError(
                _l("Say why they are lost, to whom they went, or how and before whom.")
            )

    def chosen(self) -> list[int]:
        """Give the numbers."""
        return numbers.read(self.numbers.data or "", self._sheets)


class ReasonForm(ConsoleForm):
    """Why something is done."""

    reason = StringField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Say why.")),
            Length(max=LONGEST_WORDS),
            no_control_characters,
        ],
    )


@dataclass(slots=True)
class Box:
    """A consent part as it is printed: was it ticked?"""

    part: PartNow
    checked: bool

    @property
    def name(self) -> str:
        """Name the box by its part."""
        return f"part-{self.part.id}"


class LineForm(ConsoleForm):
    """What stands on one line of paper."""

    line = HiddenField()
    name = StringField(_l("Name"))
    email = StringField(_l("E-mail"))
    country = SelectField(_l("Country"), validate_choice=False)
    sure = HiddenField()

    boxes: Sequence[Box] = ()
    mailbox: ValidatedEmail | None = None

    def validate_name(self, field: Any) -> None:
        """Take any script; refuse what is no name."""
        field.data = names.cleaned(field.data or "")
        refusal = names.refusal(field.data)
        if refusal is not None:
            raise ValidationError(refusal)

    def validate_email(self, field: Any) -> None:
        """Take what the standards call an address, or nothing."""
        no_control_characters(self, field)
        field.data = (field.data or "").strip()
        if field.data:
            self.mailbox = mailboxes.checked(field.data)
            if self.mailbox is None:
                raise ValidationError(
                    _l(
                        "This is not an e-mail address. Look at the paper again; if it stands "
                        "there like this, leave the field empty."
                    )
                )

    def validate_country(self, field: Any) -> None:
        """Take a country of the list."""
        if field.data not in i18n.ISO_COUNTRIES:
            raise ValidationError(_l("Choose a country of the list."))

    @property
    def number(self) -> int:
        """Give the number of the line; 0 if it is none."""
        typed = self.line.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0

    @property
    def read(self) -> Read:
        """Give what was read, after it was found to be right."""
        return Read(name=self.name.data or "", address=self.email.data or "", mailbox=self.mailbox)

    @property
    def ticked(self) -> list[PartNow]:
        """List the parts whose boxes were ticked."""
        return [box.part for box in self.boxes if box.checked]

    def agrees(self) -> bool:
        """Tell whether every box was ticked without which no name may be taken."""
        return all(box.checked for box in self.boxes if box.part.required)


def line_form(parts: Sequence[PartNow], country: str, line: int) -> LineForm:
    """Build the form of a line; what was sent is kept."""
    sent = request.method == "POST"
    form = LineForm() if sent else LineForm(formdata=None)
    form.country.choices = i18n.countries(i18n.current_language())
    if not sent:
        form.country.data, form.line.data = country, str(line)
    form.boxes = [Box(part, sent and f"part-{part.id}" in request.form) for part in parts]
    return form
