"""The states of a tablet in plain words."""

from datetime import datetime
from typing import Final

from campaign_app.core import clock
from campaign_app.core.i18n import _, _l, ngettext
from campaign_app.kiosk import states
from campaign_app.kiosk.overview import Line

#: State → words, and how they are coloured.
OF_STATE: Final = {
    states.ACTIVE: (_l("Collects"), "good"),
    states.DRAIN_ONLY: (_l("Only delivers"), ""),
    states.LOST: (_l("Lost"), "bad"),
    states.CLOSED: (_l("Out of service"), ""),
}
NOT_ENROLLED: Final = (_l("Not enrolled yet"), "warn")
RESTS: Final = (_l("Rests"), "")

#: What is asked before a tablet comes into a state, and the button that does it.
BEFORE: Final = {
    states.ACTIVE: (
        _l(
            "It collects again. If it was lost or closed it needs a new code first, so that nobody "
            "can go on with what may have been copied from it."
        ),
        _l("Let it collect again"),
    ),
    states.DRAIN_ONLY: (
        _l(
            "It takes no more signatures once it hears of this. What it holds it still delivers, and "
            "all of that counts."
        ),
        _l("Let it only deliver"),
    ),
    states.LOST: (
        _l(
            "Nothing that still comes from it counts by itself: it waits until an organiser looks at "
            "it. Its codes end, and the stall’s four digits change. Nobody can read a signature on it."
        ),
        _l("It is lost: revoke it"),
    ),
    states.CLOSED: (
        _l(
            "It can neither collect nor deliver any more. Do this only when nothing is left on it: "
            "what it still holds stays on the tablet."
        ),
        _l("Take it out of service"),
    ),
}


def state_of(line: Line) -> tuple[str, str]:
    """Say how a tablet is, and in which colour."""
    if line.tablet.state == states.ACTIVE:
        if line.install is None:
            return NOT_ENROLLED
        if line.tablet.event is None:
            return RESTS
    return OF_STATE[line.tablet.state]


def ago(moment: datetime) -> str:
    """Say how long ago something was; whoever looks after tablets needs no dates."""
    minutes = round((clock.now() - moment).total_seconds() / 60)
    if minutes < 1:
        return _("just now")
    if minutes < 90:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", round(minutes / 60))
    return ngettext("%(num)s day ago", "%(num)s days ago", round(minutes / 60 / 24))


def left(until: datetime) -> int:
    """Count the minutes until a moment, at least one."""
    return max(1, round((until - clock.now()).total_seconds() / 60))
