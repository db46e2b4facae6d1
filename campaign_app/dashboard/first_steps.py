"""What a new house still lacks before people can sign: a list that is there until it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for
from sqlalchemy import select

from campaign_app.accounts import setup
from campaign_app.core.access import Permission
from campaign_app.core.db import session
from campaign_app.core.i18n import _
from campaign_app.core.settings import organisation_said
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import states
from campaign_app.petitions.desk import FEWEST_KEYS
from campaign_app.petitions.models import Petition
from campaign_app.qr.models import Placement

MAIL: Final = "mail"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, why, whether it is done, where, and who may."""

    name: str
    label: str
    why: str
    done: bool
    url: str = ""
    needs: Permission = Permission.ADMINISTER

    @property
    def others(self) -> str:
        """Say who does it, to those who may not."""
        if self.needs is Permission.ADMINISTER:
            return _("An administrator does this.")
        return _("An organiser does this.")


def steps() -> Sequence[Step]:
    """List what is done once when a house begins, in its order."""
    return [_organisation(), _mail(), _keys(), _petition(), _opened(), _board()]


def _organisation() -> Step:
    return Step(
        "organisation",
        _("Say who asks"),
        _("Name, address and sender stand on every page and every mail."),
        organisation_said(),
        url_for("organisation.edit"),
    )


def _mail() -> Step:
    return Step(
        MAIL,
        _("Send a test mail"),
        _("A signature counts once its mailbox is proved, so mail must arrive."),
        setup.mail_was_answered(),
    )


def _keys() -> Step:
    return Step(
        "keys",
        _("Make two keys, and prove them"),
        _("Only keys open the names. Two, so that losing one loses nothing."),
        petitions.keys_in_use() >= FEWEST_KEYS,
        url_for("settings_console.keys"),
    )


def _petition() -> Step:
    return Step(
        "petition",
        _("Write your first petition"),
        _("Its title, what you ask, and of whom; then its text in each language."),
        bool(petitions.every()),
        url_for("petitions_console.new"),
        Permission.ORGANISE,
    )


def _opened() -> Step:
    return Step(
        "opened",
        _("Let somebody approve the text, and open it"),
        _("From then on people can sign."),
        was_opened(),
        url_for("petitions_console.index"),
        Permission.ORGANISE,
    )


def _board() -> Step:
    return Step(
        "board",
        _("Print a code for your first board"),
        _("Each board has its own code, so you see what each place brings."),
        session.scalar(select(Placement.id).limit(1)) is not None,
        url_for("qr_console.new_codes"),
        Permission.ORGANISE,
    )


def was_opened() -> bool:
    """Tell whether any petition ever took signatures."""
    query = select(Petition.id).where(Petition.state != states.DRAFT).limit(1)
    return session.scalar(query) is not None


def remaining() -> Sequence[Step]:
    """List the steps for as long as no petition was opened; nothing for a house at work."""
    return [] if was_opened() else steps()
