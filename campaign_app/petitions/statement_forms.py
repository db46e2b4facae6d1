"""What organisers say of a handover and of an answer; what the public reads, in each language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField
from wtforms import TextAreaField as AreaField
from wtforms.validators import InputRequired, Length

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, direction
from campaign_app.petitions.console_forms import (
    LONGEST_BODY,
    line,
    lines,
    one_line,
    plain_lines,
    too_long,
)
from campaign_app.petitions.handing import Delivery, Reply
from campaign_app.petitions.statement_models import Answer

Form = TypeVar("Form", bound="InLanguages")


class InLanguages(ConsoleForm):
    """A form that asks for some texts in each language; one language is enough."""

    #: Fields that are asked for in each language, as `name_language`.
    asked: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def texts(self, name: str) -> dict[str, str]:
        """Read what was written, by language."""
        said = {code: str(self[f"{name}_{code}"].data or "") for code in self.codes}
        return {code: text for code, text in said.items() if text}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that each text is there in one language at least."""
        fine = bool(super().validate(extra_validators))
        for name in self.asked:
            if not self.texts(name):
                field = self[f"{name}_{self.codes[0]}"]
                field.errors = [*field.errors, _("Write this in one language at least.")]
                fine = False
        return fine


def in_languages(
    form: type[Form], codes: Sequence[str], fields: Mapping[str, Callable[[str], Field]]
) -> type[Form]:
    """Give a form its fields for each language."""
    made: dict[str, Any] = {
        f"{name}_{code}": make(code) for name, make in fields.items() for code in codes
    }
    return type(form.__name__, (form,), made | {"codes": tuple(codes), "asked": tuple(fields)})


def _short(label: Callable[[str], str]) -> Callable[[str], Field]:
    """Make a field on one line, in a language."""

    def make(code: str) -> Field:
        return StringField(
            label(code),
            filters=[one_line],
            validators=[Length(max=200, message=too_long(200)), no_control_characters],
            render_kw={"maxlength": 200, "lang": code, "dir": direction(code)},
        )

    return make


def _long(label: Callable[[str], str]) -> Callable[[str], Field]:
    """Make a field of several lines, in a language."""

    def make(code: str) -> Field:
        longest = Length(max=LONGEST_BODY, message=too_long(LONGEST_BODY))
        return AreaField(
            label(code),
            filters=[plain_lines],
            validators=[longest, no_control_characters],
            render_kw={
                "maxlength": LONGEST_BODY,
                "lang": code,
                "dir": direction(code),
                "rows": 6,
            },
        )

    return make


HANDOVER_TEXTS: Final[Mapping[str, Callable[[str], Field]]] = {
    "place": _short(lambda code: _l("Place (%(language)s)", language=OWN_NAMES[code])),
    "receiver": _short(lambda code: _l("Receiver (%(language)s)", language=OWN_NAMES[code])),
}
ANSWER_TEXTS: Final[Mapping[str, Callable[[str], Field]]] = {
    "sender": _short(lambda code: _l("From whom (%(language)s)", language=OWN_NAMES[code])),
    "text": _long(lambda code: _l("Answer (%(language)s)", language=OWN_NAMES[code])),
}


class HandoverForm(InLanguages):
    """When, where and to whom a statement was handed."""

    statement = SelectField(_l("Statement"), coerce=int)
    on = DateField(
        _l("Handed over on"), validators=[InputRequired(_l("Say on which day it was handed over."))]
    )
    handed_by = line(
        _l("By whom"),
        _l("Write who of yours handed it over."),
        200,
        description=_l("For example your delegation. Only organisers see this."),
    )
    note = AreaField(
        _l("Note"),
        filters=[plain_lines],
        validators=[Length(max=600, message=too_long(600)), no_control_characters],
        description=_l("Only organisers see this."),
        render_kw={"maxlength": 600, "rows": 3},
    )
    ends = BooleanField(_l("Nobody can sign any more from now on"))

    def delivery(self) -> Delivery:
        """Give what was said."""
        assert self.on.data is not None  # noqa: S101 -- it is required
        return Delivery(
            statement_id=int(self.statement.data),
            on=self.on.data,
            places=self.texts("place"),
            receivers=self.texts("receiver"),
            handed_by=self.handed_by.data or "",
            note=self.note.data or "",
            ends_signing=bool(self.ends.data),
        )


class AnswerForm(InLanguages):
    """What was answered, by whom and when."""

    on = DateField(
        _l("Answered on"), validators=[InputRequired(_l("Say on which day the answer came."))]
    )
    #: The version that was read before writing.
    seen = HiddenField()

    def reply(self) -> Reply:
        """Give what was said."""
        assert self.on.data is not None  # noqa: S101 -- it is required
        return Reply(on=self.on.data, senders=self.texts("sender"), texts=self.texts("text"))

    def version_seen(self) -> int:
        """Tell which version the writer had read; -1 for none that there can be."""
        said = str(self.seen.data or "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1


def said_of(answer: Answer | None) -> dict[str, Any]:
    """Fill the form with the newest version."""
    if answer is None:
        return {"seen": "0"}
    said: dict[str, Any] = {"on": answer.answered_on, "seen": str(answer.version)}
    said |= {f"sender_{code}": text for code, text in answer.senders.items()}
    return said | {f"text_{code}": text for code, text in answer.texts.items()}


class TakeBackForm(ConsoleForm):
    """Why a recorded handover is taken back."""

    reason = lines(
        _l("What was wrong"),
        _l("Write what was wrong with it."),
        300,
        description=_l("It is kept in the audit trail with your name."),
    )
