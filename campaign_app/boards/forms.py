"""What organisers say of a board."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from wtforms import Field, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from campaign_app.boards import queries
from campaign_app.boards.facts import BoardFacts
from campaign_app.core.forms import no_control_characters
from campaign_app.core.i18n import OWN_NAMES, _, _l, direction
from campaign_app.core.ids import as_typed, in_groups
from campaign_app.events.forms import TextsForm, trimmed

#: Stem → how long the text may be.
LONGEST: Final[Mapping[str, int]] = {"title": 120, "text": 3000, "source": 500}
MOST_CODES: Final = 40


class BoardForm(TextsForm):
    """An information board, or a paper that lies on the table."""

    codes = StringField(
        _l("Codes printed on it"),
        description=_l("The letters of each, with a comma between: acde-fghj, kmnp-qrtx"),
        filters=[trimmed],
        validators=[
            Length(max=600, message=_l("Please write %(longest)s letters at most.", longest=600))
        ],
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )

    def __init__(self, *args: Any, board_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._board_id: Final = board_id

    def validate_codes(self, field: StringField) -> None:
        """Name the codes that are not there, and those that stand on another board."""
        letters = self.letters()
        if len(letters) > MOST_CODES:
            raise ValidationError(_("Please write %(most)s codes at most.", most=MOST_CODES))
        known = queries.known_codes(letters)
        unknown = [in_groups(one) for one in letters if one not in known]
        if unknown:
            raise ValidationError(_("There is no code %(letters)s.", letters=", ".join(unknown)))
        taken = [one for one, code in known.items() if self._stands_elsewhere(code.id)]
        if taken:
            said = ", ".join(in_groups(one) for one in taken)
            raise ValidationError(_("%(letters)s stands on another board already.", letters=said))

    def _stands_elsewhere(self, code_id: int) -> bool:
        return queries.board_of(code_id) not in {None, self._board_id}

    def letters(self) -> list[str]:
        """Read the codes, each once."""
        parts = (self.codes.data or "").replace(";", ",").replace("\n", ",").split(",")
        typed = (as_typed(part) for part in parts)
        return list(dict.fromkeys(one for one in typed if one))

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Ask for a title."""
        fine = bool(super().validate(extra_validators))
        titled = self.in_some_language("title", _("Write the title in one language."))
        return fine and titled

    def facts(self) -> BoardFacts:
        """Give what was said."""
        return BoardFacts(
            titles=self.texts("title"),
            texts=self.texts("text"),
            sources=self.texts("source"),
            letters=self.letters(),
        )


@lru_cache
def board_form(languages: tuple[str, ...]) -> type[BoardForm]:
    """Give the form of a board its fields per language."""
    fields: dict[str, Field] = {}
    for language in languages:
        own = OWN_NAMES[language]
        labels = {
            "title": _l("Title in %(language)s", language=own),
            "text": _l("Text in %(language)s", language=own),
            "source": _l("Source of the facts, in %(language)s", language=own),
        }
        for stem, label in labels.items():
            fields[f"{stem}_{language}"] = _text(stem, label, language)
    return type("BoardForm", (BoardForm,), fields)


def _text(stem: str, label: str, language: str) -> Field:
    longest = LONGEST[stem]
    too_long = _l("Please write %(longest)s letters at most.", longest=longest)
    kind = TextAreaField if stem == "text" else StringField
    return kind(
        label,
        filters=[trimmed],
        validators=[Length(max=longest, message=too_long), no_control_characters],
        render_kw={"lang": language, "dir": direction(language), "maxlength": longest},
    )
