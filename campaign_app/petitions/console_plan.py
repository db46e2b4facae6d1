"""What organisers say of a petition, words aside: its address, goal, times and zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from babel.core import get_global
from wtforms import BooleanField, DateTimeLocalField, Field, SelectField, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from campaign_app.core import clock, wall_clock
from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, countries, current_language, pick
from campaign_app.core.settings import facts, settings
from campaign_app.events import queries as events
from campaign_app.petitions import queries, states
from campaign_app.petitions.console_forms import (
    LARGEST_GOAL,
    SLUG,
    WholeNumberField,
    one_line,
    too_long,
)
from campaign_app.petitions.models import Petition
from campaign_app.petitions.services import Plan

LONGEST_SLUG: Final = 80
LONGEST_KEPT: Final = 120
USUAL_GOAL: Final = 10_000


class PlanForm(ConsoleForm):
    """A petition without its words."""

    slug = StringField(
        _l("Address"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Write the petition's address.")),
            Length(max=LONGEST_SLUG, message=too_long(LONGEST_SLUG)),
        ],
        description=_l(
            "The last part of the public address, the same in every language: "
            "close-the-camps. It is fixed once the petition has opened."
        ),
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", "maxlength": 80},
    )
    source_language = SelectField(
        _l("Language it is written in"),
        description=_l("The other languages are translated from this one."),
    )
    campaign_id = SelectField(_l("Campaign"), coerce=int)
    campaign_name = StringField(
        _l("Name of a new campaign"),
        filters=[one_line],
        validators=[Length(max=120, message=too_long(120)), no_control_characters],
        description=_l("Only if the campaign is not in the list."),
        render_kw={"maxlength": 120},
    )
    goal = WholeNumberField(
        _l("Goal"),
        validators=[
            InputRequired(_l("Write a whole number from 1 to 100,000,000.")),
            NumberRange(1, LARGEST_GOAL, _l("Write a whole number from 1 to 100,000,000.")),
        ],
        default=USUAL_GOAL,
        render_kw={"inputmode": "numeric", "min": 1},
    )
    country = SelectField(
        _l("Country"), description=_l("Preselected for those who come without a code.")
    )
    zone = SelectField(
        _l("Time zone"),
        description=_l("Signatures without a place are counted in its hours."),
    )
    opens = DateTimeLocalField(
        _l("Opens"),
        validators=[InputRequired(_l("Say when the petition opens."))],
        description=_l("On the clocks of the time zone. Nothing opens before you open it."),
    )
    closes = DateTimeLocalField(_l("Closes"), validators=[Optional()])
    keep_months = WholeNumberField(
        _l("Months for which names are kept after closing"),
        validators=[
            InputRequired(_l("Write a number of months from 1 to 120.")),
            NumberRange(1, LONGEST_KEPT, _l("Write a number of months from 1 to 120.")),
        ],
        default=6,
        description=_l("Long enough for the hand-over. The consent wordings name the day."),
        render_kw={"inputmode": "numeric", "min": 1, "max": LONGEST_KEPT},
    )
    stall_codes = BooleanField(
        _l("Stall codes count"),
        description=_l(
            "Whoever signs on their own phone at a stall of ours types the four digits that the "
            "volunteer shows, and counts at once, as witnessed. For those whose mail does not come."
        ),
    )

    def __init__(self, petition: Petition | None = None) -> None:
        super().__init__(data=_said_of(petition))
        self._petition: Final = petition
        self._fix()
        self.zone.choices = _zones()
        self.country.choices = [("", _("Choose a country")), *countries(current_language())]
        campaigns = [(one.id, pick(one.names)) for one in events.campaigns()]
        self.campaign_id.choices = [(0, _("None")), *campaigns]

    def _fix(self) -> None:
        """What codes, links and old signatures rest on is asked only before opening."""
        if self._petition is not None and self._petition.state != states.DRAFT:
            del self.slug, self.source_language
        else:
            codes = settings().languages
            self.source_language.choices = [(code, OWN_NAMES[code]) for code in codes]

    def validate_slug(self, field: StringField) -> None:
        """Take small letters, digits and hyphens that no other petition has."""
        field.data = (field.data or "").lower()
        if not SLUG.fullmatch(field.data):
            raise ValidationError(
                _("Use the letters a to z, digits and single hyphens, as in close-the-camps.")
            )
        other = queries.by_slug(field.data)
        if other is not None and (self._petition is None or other.id != self._petition.id):
            raise ValidationError(
                _("Another petition has this address already. Choose a different one.")
            )

    def validate_country(self, field: SelectField) -> None:
        """Ask for a country: it is preselected."""
        if not field.data:
            raise ValidationError(_("Choose a country."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that both times exist there and are in order."""
        return bool(super().validate(extra_validators)) and self._in_order()

    def _in_order(self) -> bool:
        self._opens = self._read(self.opens)
        self._closes = self._read(self.closes)
        if self._opens and self._closes and self._closes <= self._opens:
            self.closes.errors = [_("The closing time must come after the opening time.")]
        return not (self.opens.errors or self.closes.errors)

    def _read(self, field: Field) -> datetime | None:
        if field.data is None:
            return None
        try:
            return wall_clock.read(field.data, self.zone.data).moment
        except wall_clock.NotOnTheClock as refused:
            field.errors = [str(refused.shown)]
            return None

    def plan(self, campaign_id: int | None) -> Plan:
        """Give what was said."""
        assert self._opens is not None  # noqa: S101 -- `validate` has read it
        return Plan(
            slug=self._fixed("slug"),
            source_language=self._fixed("source_language"),
            campaign_id=campaign_id,
            goal=int(self.goal.data or 0),
            zone=self.zone.data,
            country=self.country.data,
            opens_at=self._opens,
            closes_at=self._closes,
            keep_months=int(self.keep_months.data or 0),
            stall_codes=bool(self.stall_codes.data),
        )

    def _fixed(self, name: str) -> str:
        """Give what may be said before opening only."""
        return str(self[name].data if name in self else getattr(self._petition, name))


def _said_of(petition: Petition | None) -> dict[str, Any]:
    """Fill the form with what is known; a new petition begins like the one before it."""
    like = petition or next(iter(queries.every()), None)
    country = like.country if like else facts().country
    zone = like.zone if like else _only_zone_of(country)
    said: dict[str, Any] = {
        "zone": zone,
        "country": country,
        "keep_months": like.keep_months if like else 6,
        "stall_codes": like.stall_codes if like else True,
        "campaign_id": (like.campaign_id or 0) if like else 0,
        "source_language": like.source_language if like else current_language(),
        "opens": _shown(clock.hour_of(clock.now()), zone),
    }
    if petition is not None:
        said |= {
            "slug": petition.slug,
            "goal": petition.goal,
            "opens": _shown(petition.opens_at, zone),
            "closes": _shown(petition.closes_at, zone) if petition.closes_at else None,
        }
    return said


def _only_zone_of(country: str) -> str:
    """Guess the clocks of a first petition, where a country leaves no choice."""
    territories: Mapping[str, str] = get_global("zone_territories")
    found = [zone for zone in wall_clock.zones() if territories.get(zone) == country]
    return found[0] if len(found) == 1 else "UTC"


def _shown(moment: datetime, zone: str) -> datetime:
    return datetime.fromisoformat(wall_clock.show(moment, zone))


def _zones() -> dict[str, list[tuple[str, str]]]:
    """List the zones, those of our own places first."""
    ours = sorted(
        {place.zone for place in events.locations()} | {one.zone for one in queries.every()}
    )
    others = [zone for zone in wall_clock.zones() if zone not in ours]
    groups = {_("Where we stand"): ours, _("Elsewhere"): others}
    return {name: [(zone, zone) for zone in zones] for name, zones in groups.items() if zones}
