"""What organisers say about boards and their codes."""

from collections.abc import Iterable
from typing import Any, Final

from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign_app.core import wall_clock
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import FALLBACK, OWN_NAMES, _, _l, moment, pick, time_of_day
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.qr.facts import Elsewhere, StandsFor
from campaign_app.qr.models import Placement
from campaign_app.qr.target import TARGET

LONGEST_BOARD: Final = 120
MOST_BOARDS: Final = 40
NONE: Final = 0


def trimmed(value: str | None) -> str:
    """Take the white space off both ends."""
    return (value or "").strip()


def named(target: str, target_id: int) -> str:
    """Name a target in the current language."""
    filler = TARGET.get(target)
    return (pick(filler.titles(target_id)) if filler else "") or f"{target} {target_id}"


def event_label(event: Event) -> str:
    """Name an event so that two of the same title are told apart."""
    place = pick(event.location.names)
    return f"{pick(event.titles)} – {place}, {moment(event.starts_at, event.zone, 'short')}"


class WhereForm(ConsoleForm):
    """Where a board stands."""

    event_id = SelectField(_l("Event"), coerce=int)
    location_id = SelectField(_l("Place"), coerce=int)

    def __init__(self, *args: Any, known: Placement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._events: Final = {event.id: event for event in _events_near(known)}
        self._places: Final = {place.id: place for place in events.locations()}
        named_events = [(event.id, event_label(event)) for event in self._events.values()]
        self.event_id.choices = [(NONE, _("No event")), *named_events]
        named_places = [
            (place.id, f"{pick(place.names)} ({pick(place.cities)})")
            for place in self._places.values()
        ]
        self.location_id.choices = [(NONE, _("The place of the event")), *named_places]

    def place_id(self) -> int | None:
        """Give the place chosen, else the event's."""
        event = self._events.get(self.event_id.data)
        return self.location_id.data or (event.location_id if event else None)

    def language_there(self) -> str:
        """Tell what most people read at that place."""
        place = self._places.get(self.place_id() or NONE)
        return place.language if place else FALLBACK


def _events_near(known: Placement | None) -> Iterable[Event]:
    """List events that a board may be for: those near now, and those near when it was put up."""
    if known is None:
        return events.near()
    return [
        *events.near(),
        *events.around(known.starts_at),
        *([known.event] if known.event else []),
    ]


class StandsForForm(WhereForm):
    """What a board's code is to stand for."""

    target = SelectField(_l("Leads to"))
    language = SelectField(
        _l("Language"),
        description=_l("Shown to visitors whose own languages are not offered."),
    )

    def __init__(self, *args: Any, known: Placement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, known=known, **kwargs)
        self.target.choices = list(_targets(known))
        own = [(code, OWN_NAMES[code]) for code in settings().languages]
        self.language.choices = [("", _("That of the place")), *own]

    def stands_for(self, board: str) -> StandsFor:
        """Give what was said, for one board."""
        target, _colon, target_id = self.target.data.partition(":")
        return StandsFor(
            target=target,
            target_id=int(target_id),
            event_id=self.event_id.data or None,
            location_id=self.place_id(),
            board=board,
            language=self.language.data or self.language_there(),
        )


def _targets(known: Placement | None) -> Iterable[tuple[str, str]]:
    """List what a code may lead to, and what it leads to now even if that has closed."""
    offered = {
        f"{kind}:{number}": title
        for kind, target in TARGET.items()
        for number, title in target.choices()
    }
    if known is not None:
        now = f"{known.target}:{known.target_id}"
        offered.setdefault(now, named(known.target, known.target_id))
    return offered.items()


def no_long_board(form: Any, field: Any) -> None:
    """Ask for names of boards that fit a tally's row."""
    lines = [line for line in (field.data or "").splitlines() if line.strip()]
    if len(lines) > MOST_BOARDS:
        raise ValidationError(_("Please write 40 boards at most; the others can follow."))
    if any(len(line.strip()) > LONGEST_BOARD for line in lines):
        raise ValidationError(_("Please write 120 letters per board at most."))


class NewCodesForm(StandsForForm):
    """Several boards of one stall at once."""

    boards = TextAreaField(
        _l("Boards"),
        description=_l("One per line, as volunteers call them: “Board 2 – the map”."),
        validators=[
            DataRequired(_l("Name at least one board.")),
            no_long_board,
            no_control_characters,
        ],
    )

    def board_names(self) -> list[str]:
        """List the boards, in the order written."""
        return [line.strip() for line in (self.boards.data or "").splitlines() if line.strip()]


def board_field() -> StringField:
    """Make the field for what stands on a board."""
    return StringField(
        _l("Board"),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Write what stands on the board.")),
            Length(max=LONGEST_BOARD, message=_l("Please write 120 letters at most.")),
            no_control_characters,
        ],
    )


def reason_field() -> StringField:
    """Make the field for why something is done; the audit trail keeps it."""
    return StringField(
        _l("Reason"),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Write why, in a few words.")),
            Length(max=300, message=_l("Please write 300 letters at most.")),
            no_control_characters,
        ],
    )


class MoveForm(StandsForForm):
    """What one board's code stands for from now on."""

    board = board_field()


class RevokeForm(ConsoleForm):
    """Why a code is taken back."""

    reason = reason_field()


class CorrectionForm(WhereForm):
    """Where a board really stood, by whole hours on the clock of the place."""

    starts = DateTimeLocalField(
        _l("From"),
        format=list(wall_clock.FORMATS),
        validators=[InputRequired(_l("Say from which hour on."))],
        render_kw={"step": 3600},
    )
    ends = DateTimeLocalField(
        _l("Until"),
        format=list(wall_clock.FORMATS),
        description=_l("Leave this empty if the board still stands there, or stayed to the end."),
        validators=[MayBeEmpty()],
        render_kw={"step": 3600},
    )
    board = board_field()
    reason = reason_field()

    def __init__(self, *args: Any, known: Placement, **kwargs: Any) -> None:
        super().__init__(*args, known=known, **kwargs)
        self.zone: Final = zone_of(known)

    def validate_location_id(self, field: SelectField) -> None:
        """A correction says where the board was."""
        if not field.data and not self.event_id.data:
            raise ValidationError(_("Choose the event or the place where the board stood."))

    def validate_starts(self, field: DateTimeLocalField) -> None:
        """Ask for a whole hour that the clock shows."""
        self.hour(field)

    def validate_ends(self, field: DateTimeLocalField) -> None:
        """Ask for a whole hour that the clock shows."""
        self.hour(field)

    def hour(self, field: DateTimeLocalField) -> int | None:
        """Read the number of the hour that begins at a local time."""
        if field.data is None:
            return None
        try:
            begins = wall_clock.read(field.data, self.zone).moment
        except wall_clock.NotOnTheClock as refused:
            raise ValidationError(str(refused.shown)) from refused
        number = wall_clock.hour_number(begins)
        if wall_clock.start_of(number) != begins:
            raise ValidationError(self._whole_hours(number))
        return number

    def _whole_hours(self, number: int) -> str:
        """Name the hours around a time; in some zones they begin at half past."""
        earlier, later = (wall_clock.start_of(hour) for hour in (number, number + 1))
        return _(
            "Corrections go by whole hours. Choose %(earlier)s or %(later)s.",
            earlier=time_of_day(earlier, self.zone),
            later=time_of_day(later, self.zone),
        )

    def elsewhere(self) -> Elsewhere:
        """Give what was said."""
        return Elsewhere(
            from_hour=self.hour(self.starts) or 0,
            to_hour=self.hour(self.ends),
            event_id=self.event_id.data or None,
            location_id=self.place_id(),
            board=self.board.data or "",
            reason=self.reason.data or "",
        )


def zone_of(placement: Placement) -> str:
    """Tell on which clock a placement's hours are read."""
    if placement.location is not None:
        return placement.location.zone
    return placement.event.zone if placement.event is not None else "UTC"
