"""States and outcomes as people read them."""

from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.paper import states

OF_KIND: Final[Mapping[str, str]] = {
    states.SLIPS: _l("Slips, one person each, four to a page"),
    states.LISTS: _l("Lists of ten lines"),
}
OF_SHEET: Final[Mapping[str, str]] = {
    states.PRINTED: _l("Printed"),
    states.COLLECTED: _l("Collected"),
    states.ENTERED: _l("Entered"),
    states.CHECKED: _l("Checked"),
    states.HANDED_OVER: _l("Handed over to somebody"),
    states.DESTROYED: _l("Destroyed"),
    states.UNUSED: _l("Unused, thrown away"),
    states.LOST: _l("Lost"),
}
OF_LINE: Final[Mapping[str, str]] = {
    states.SIGNED: _l("Signed, counted"),
    states.DUPLICATE: _l("Had signed before, not counted"),
    states.BLOCKED: _l("Blocked mailbox, not counted"),
    states.ILLEGIBLE: _l("Illegible"),
    states.STRUCK_OUT: _l("Struck out"),
    states.NO_CONSENT: _l("Without consent"),
    states.EMPTY: _l("Empty"),
    states.AGAIN: _l("To be typed again"),
    states.WITHDRAWN: _l("Withdrawn"),
}
#: What people of ours say of sheets, as a choice.
OF_DEED: Final[Mapping[str, str]] = {
    states.COLLECTED: _l("They are back (collected)"),
    states.UNUSED: _l("They were not used, and are thrown away"),
    states.LOST: _l("They are lost"),
    states.HANDED_OVER: _l("They were handed over"),
    states.DESTROYED: _l("They were destroyed"),
}
