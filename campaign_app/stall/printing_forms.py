"""What somebody says before a kit is printed; nothing of it is kept."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Regexp
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _l, pick
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.events.models import Event
from campaign_app.qr import queries as qr
from campaign_app.qr.models import Placement
from campaign_app.stall import card, kit

LONGEST_NAME: Final = 60
LONGEST_NUMBER: Final = 30


def _trimmed(value: str | None) -> str:
    return " ".join((value or "").split())


class _Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class KitForm(ConsoleForm):
    """Which codes, in which languages, and whom volunteers ring."""

    long_numbers = frozenset({"phone"})

    codes = _Boxes(_l("Boards and posters for these codes"), coerce=int, validators=[MayBeEmpty()])
    languages = _Boxes(
        _l("Languages of the volunteer card"),
        validators=[DataRequired(_l("Choose at least one language."))],
    )
    who = StringField(
        _l("Whom volunteers ring"),
        filters=[_trimmed],
        validators=[
            Length(max=LONGEST_NAME, message=_l("This is longer than 60 characters.")),
            no_control_characters,
        ],
    )
    phone = StringField(
        _l("Phone number"),
        filters=[_trimmed],
        validators=[
            MayBeEmpty(),
            Length(max=LONGEST_NUMBER, message=_l("This is longer than 30 characters.")),
            Regexp(r"\+?[0-9() ./-]+\Z", message=_l("Write a phone number in digits.")),
        ],
        render_kw={"type": "tel", "autocomplete": "tel"},
    )

    def __init__(self, event: Event, language: str, **kwargs: Any) -> None:
        chosen = kit.usual(event, language)
        self._placements: Final = {one.id: one for one in on_offer(event)}
        self._order: Final = _spoken(event)
        super().__init__(
            data={
                "codes": [one.id for one in chosen.placements],
                "languages": list(chosen.languages),
            },
            **kwargs,
        )
        self.codes.choices = [(one.id, named(one)) for one in self._placements.values()]
        self.languages.choices = [(code, OWN_NAMES.get(code, code)) for code in self._order]

    def choice(self) -> kit.Choice:
        """Give what was chosen, in our order."""
        return kit.Choice(
            languages=[code for code in self._order if code in (self.languages.data or ())],
            placements=[self._placements[number] for number in self.codes.data or ()],
            ring=card.Ring(who=self.who.data or "", phone=self.phone.data or ""),
        )


def _spoken(event: Event) -> Sequence[str]:
    """List our languages, that of the place first."""
    first = event.location.language
    return sorted(settings().languages, key=lambda code: code != first)


def on_offer(event: Event) -> Sequence[Placement]:
    """List what stands at the event, then what stands elsewhere and may come along."""
    here = list(qr.standing_at_event(event.id))
    lines = qr.codes(qr.Filters(state=qr.STANDING))
    known = {one.id for one in here}
    return [*here, *(line.placement for line in lines if line.placement.id not in known)]


def named(placement: Placement) -> str:
    """Name a board so that two of the same name are told apart."""
    where = pick(placement.location.names) if placement.location else ""
    parts = (placement.board, in_groups(placement.code.letters), where)
    return " · ".join(part for part in parts if part)
