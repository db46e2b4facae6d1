"""What people say of organisers' keys: the public half, who holds the other one, what is meant."""

import re
from typing import Any, Final

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _, _l
from campaign_app.core.seal import TEXT_PREFIX, BadPublicKey, PublicKey
from campaign_app.petitions.console_forms import line, one_line, too_long
from campaign_app.petitions.organiser_keys import NewKey

#: Signs of the other half, which must never come here.
PRIVATE: Final = re.compile(r"\{|cipher|PRIVATE KEY|passphrase|lantern-key", re.I)
LONGEST: Final = 120
RECOVERY: Final = "recovery"


class HeldKeyForm(ConsoleForm):
    """Who holds a key, where it lies and what it is for."""

    holder = line(
        _l("Who holds it"),
        _l("Write who holds the key."),
        LONGEST,
        description=_l("For example: Mina"),
    )
    place = StringField(
        _l("Where it lies"),
        filters=[one_line],
        validators=[
            InputRequired(_l("Write where the key lies.")),
            Length(max=LONGEST, message=too_long(LONGEST)),
            no_control_characters,
        ],
        description=_l("For example: laptop in the Seoul office"),
        render_kw={"maxlength": LONGEST},
    )
    kind = RadioField(
        _l("What it is for"),
        choices=[
            ("working", _l("To work with: a key file on this device")),
            (RECOVERY, _l("To recover: two printed sheets that somebody else keeps")),
        ],
        default="working",
    )

    def new_key(self, text: str) -> NewKey:
        """Say what was filled in."""
        return NewKey(
            public=PublicKey.from_text(text),
            holder=str(self.holder.data),
            place=str(self.place.data),
            recovery=self.kind.data == RECOVERY,
        )


class PastedKeyForm(HeldKeyForm):
    """The public half of a key, as `flask keys new` prints it."""

    public_key = TextAreaField(
        _l("Public key"),
        description=_l("The one line that begins with lantern-p256:"),
        validators=[InputRequired(_l("Paste the line that begins with lantern-p256:"))],
        render_kw={"rows": 3, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"},
    )

    def validate_public_key(self, field: TextAreaField) -> None:
        """Take a public key; what may hold a private one is not even shown again."""
        _read_public_key(field)


class MadeKeyForm(HeldKeyForm):
    """The public half of a key that this browser has just made."""

    public_key = HiddenField(
        validators=[InputRequired(_l("The key is not made yet. Make it first."))]
    )

    def validate_public_key(self, field: HiddenField) -> None:
        """Take a public key and nothing else."""
        _read_public_key(field)


def _read_public_key(field: Any) -> None:
    text = "".join((field.data or "").split())
    if PRIVATE.search(field.data or "") or not text.startswith(TEXT_PREFIX):
        field.data = ""
        raise ValidationError(
            _(
                "Paste only the line that begins with lantern-p256: The key file itself "
                "stays with the person it belongs to."
            )
        )
    try:
        field.data = PublicKey.from_text(text).to_text()
    except BadPublicKey:
        raise ValidationError(
            _("This key is damaged. Copy the whole line again, from lantern-p256: to its end.")
        ) from None


class RetireForm(ConsoleForm):
    """The holder, typed, where names would be lost."""

    holder = StringField(
        _l("Type who holds this key"),
        filters=[one_line],
        validators=[no_control_characters],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
