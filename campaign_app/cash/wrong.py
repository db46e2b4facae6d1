"""What cannot be done with a box, a count or a bag, and what to do instead."""

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l


class NoSuchOpening(DomainError):
    """No box of that number stands there."""

    status = 404
    text = _l("There is no such box at this stall.")


class InUse(DomainError):
    """The box stands at a stall, or waits to be counted."""

    text = _l("This box is in use: it stands at a stall, or was not counted yet. Take another one.")


class NotNow(DomainError):
    """Somebody was faster, or the page was old."""

    text = _l("This box is not there yet, or no longer. Load the page again.")


class OnePersonTwice(DomainError):
    """Two counts by one person are one count."""

    status = 400
    text = _l(
        "Two different people count, each on a phone of their own. Write two different names."
    )


class AlreadyCounted(DomainError):
    """What a counter told is not changed."""

    text = _l("You have handed this count in. It cannot be changed any more.")


class NeedsReason(DomainError):
    """A difference that nobody explains is a loss that nobody sees."""

    status = 400
    text = _l("Write in a sentence why.")


class NobodyReceives(DomainError):
    """No legal body may take money."""

    text = _l(
        "No legal body is set up to receive money. An administrator names it in the payment settings."
    )


class NotTheseBags(DomainError):
    """A bag is on its way already, or belongs to another account."""

    text = _l(
        "One of these bags is on its way already, or goes to another account. Load the page again."
    )


class SlipKnown(DomainError):
    """The same slip was written down before."""

    text = _l("A deposit with this slip number is written down already.")


class AlreadyArrived(DomainError):
    """The statement showed it before."""

    text = _l("This deposit has arrived already.")
