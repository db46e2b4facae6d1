"""What people of ours send when they write about us."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _, _l, direction, own_name
from campaign_app.home.facts import Written
from campaign_app.home.models import HUMAN, MACHINE, PageText

LONGEST_TITLE, LONGEST_LEAD, LONGEST_BODY = 160, 600, 20_000
ORIGINS: Final = (
    (HUMAN, _l("A person")),
    (MACHINE, _l("A machine drafted them, a person has read them")),
)


def _plain(value: Any) -> str:
    """Take typed text as it is meant: line ends of one kind, no blanks around it."""
    return str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _needed(missing: str, longest: int) -> list[Any]:
    too_long = _l("Write at most %(most)s characters.", most=longest)
    return [
        DataRequired(missing),
        Length(max=longest, message=too_long),
        no_control_characters,
    ]


class PageForm(ConsoleForm):
    """The words of a page in one language."""

    title = StringField(
        _l("Title"),
        filters=[_plain],
        validators=_needed(_l("Write the title."), LONGEST_TITLE),
        render_kw={"maxlength": LONGEST_TITLE},
    )
    lead = TextAreaField(
        _l("The first sentences"),
        filters=[_plain],
        validators=_needed(_l("Write the first sentences."), LONGEST_LEAD),
        description=_l("They stand first, and chats and search engines show them."),
        render_kw={"maxlength": LONGEST_LEAD},
    )
    body = TextAreaField(
        _l("Full text"),
        filters=[_plain],
        validators=[
            Length(
                max=LONGEST_BODY,
                message=_l("Write at most %(most)s characters.", most=LONGEST_BODY),
            ),
            no_control_characters,
        ],
        description=_l(
            "Markdown: an empty line begins a paragraph, ## a heading, - a list, **bold**, "
            "[words](https://address) a link. Images and HTML are left out."
        ),
    )
    source = SelectField(_l("Translated from"), coerce=int)
    origin = RadioField(
        _l("Who wrote these words"),
        choices=list(ORIGINS),
        description=_l("The public page says so if a machine drafted the words."),
        default=HUMAN,
    )
    #: The revision that was newest when the form was opened.
    seen = HiddenField()

    def offer(self, sources: Sequence[PageText], language: str) -> None:
        """Offer what can be translated, and say in which language one writes here."""
        none = (0, _("Nothing: these are the original words"))
        self.source.choices = [
            none,
            *((text.id, f"{own_name(text.language)} · {text.title}") for text in sources),
        ]
        for field in (self.title, self.lead, self.body):
            spoken = {"lang": language, "dir": direction(language)}
            field.render_kw = {**(field.render_kw or {}), **spoken}

    def said(self, page: str, language: str) -> Written:
        """Give what was written."""
        return Written(
            page=page,
            language=language,
            title=self.title.data or "",
            lead=self.lead.data or "",
            body=self.body.data or "",
            origin=self.origin.data or HUMAN,
            source_id=self.source.data or None,
        )

    def began_from(self) -> int:
        """Tell which revision the author saw."""
        seen = str(self.seen.data or "")
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
