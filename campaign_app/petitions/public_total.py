"""The tally as the public reads it: it says what it contains, and what it does not."""

from dataclasses import dataclass

from campaign_app.core import i18n
from campaign_app.core.i18n import _, ngettext
from campaign_app.petitions import states
from campaign_app.petitions.tally import Count


@dataclass(frozen=True, slots=True)
class Tallied:
    """The tally as a page shows it."""

    counted: int
    awaiting: int
    text: str
    share: float
    goal: int


def tallied(count: Count, goal: int) -> Tallied:
    """Say a tally in the current language."""
    share = min(1.0, count.counted / goal) if goal else 0.0
    return Tallied(count.counted, count.awaiting, sentence(count), share, goal)


def sentence(count: Count) -> str:
    """Say what the public total contains, and what it does not."""
    if not count.counted and not count.awaiting:
        return _("Be the first to sign.")
    signed = _signed(count)
    if not count.awaiting:
        return signed
    waiting = ngettext(
        "%(shown)s more is still to confirm.",
        "%(shown)s more are still to confirm.",
        count.awaiting,
        shown=i18n.number(count.awaiting),
    )
    return f"{signed} {waiting}"


def _signed(count: Count) -> str:
    """Say who is counted; where not all proved their mailbox, how many are known in which way."""
    if count.of(states.BY_MAIL) == count.counted:
        return ngettext(
            "%(shown)s person has signed and confirmed.",
            "%(shown)s people have signed and confirmed.",
            count.counted,
            shown=i18n.number(count.counted),
        )
    return ngettext(
        "%(shown)s person has signed: %(how)s.",
        "%(shown)s people have signed: %(how)s.",
        count.counted,
        shown=i18n.number(count.counted),
        how=_how(count),
    )


def _how(count: Count) -> str:
    by_mail, seen, paper = (
        count.of(states.BY_MAIL),
        count.of(*states.SEEN),
        count.of(states.ON_PAPER),
    )
    said = [
        (by_mail, _("%(shown)s confirmed by e-mail", shown=i18n.number(by_mail))),
        (seen, _("%(shown)s in front of a volunteer", shown=i18n.number(seen))),
        (paper, _("%(shown)s on paper", shown=i18n.number(paper))),
    ]
    return ", ".join(words for n, words in said if n)
