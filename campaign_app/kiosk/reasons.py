"""Why an envelope waits, in plain words, and what an organiser can do about it."""

from dataclasses import dataclass
from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.kiosk import states


@dataclass(frozen=True, slots=True)
class Words:
    """A reason as people read it."""

    what: str
    to_do: str
    #: Somebody must say why it shall count; the others count as soon as their reason is gone.
    asks_why: bool = False


OF_REASON: Final = {
    states.CANNOT_OPEN: Words(
        _l("It was altered or moved on its way and does not open."),
        _l("Nobody can open it any more. Discard it once you know how that came."),
    ),
    states.NO_KEY: Words(
        _l("It is closed for a key that this server does not have."),
        _l("If the keys were brought back from another machine, try again. Else discard it."),
    ),
    states.UNREADABLE: Words(
        _l("It opens, but what is in it was not written by a tablet of ours."),
        _l("Discard it. If many come, put the tablet out of service."),
    ),
    states.UNKNOWN_PETITION: Words(
        _l("It is for a petition that does not exist."),
        _l("Discard it, unless a backup that knows the petition is still to be restored."),
    ),
    states.UNKNOWN_TEXT: Words(
        _l("It is for a text that was never approved."),
        _l("Discard it, unless a backup that knows the text is still to be restored."),
    ),
    states.NO_CONSENT: Words(
        _l("A consent that was required is missing."),
        _l("It may not be counted. If a new consent part was made required while the tablet had no "
           "network, make it optional, try again, then make it required."),
    ),
    states.BAD_NAME: Words(
        _l("What stands as the name is no name."),
        _l("Discard it: somebody typed nonsense or a web address."),
    ),
    states.BAD_MAILBOX: Words(
        _l("The e-mail address is none."),
        _l("Discard it. The tablet checks addresses, so this is rare."),
    ),
    states.BLOCKED: Words(
        _l("The mailbox or its domain is blocked for this petition."),
        _l("Discard it, or lift the block under Settings and try again."),
    ),
    states.NOT_OPEN: Words(
        _l("The petition took no signatures in that hour, or is paused now."),
        _l("If the petition is paused, open it again and try again. Else discard it."),
    ),
    states.INDEX_GONE: Words(
        _l("The petition’s index key cannot be read, so nobody can tell who signed before."),
        _l("If the key folder was not there for a moment, try again. Else discard it."),
    ),
    states.TOO_FEW_KEYS: Words(
        _l("Fewer than two organisers have a proven key to seal it to."),
        _l("Prove a second key, then try again."),
    ),
    states.NOTHING_TO_VOID: Words(
        _l("It takes a signature back that has not come."),
        _l("Wait: as soon as the signature comes, it is taken back. If the report says that it is "
           "missing for good, discard this."),
    ),
    states.FROM_LOST: Words(
        _l("It came from a tablet that is marked as lost."),
        _l("If you have the tablet back, or know that people of ours took these signatures, let them "
           "count. Else discard them."),
        asks_why=True,
    ),
    states.AFTER_CLOSING: Words(
        _l("It came after the gap report was closed."),
        _l("If you know where it comes from, let it count. What was counted before does not count "
           "again."),
        asks_why=True,
    ),
}  # fmt: skip
