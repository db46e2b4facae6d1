"""Paper for tablets: how an iPad and an Android are set up, and a page for the first stall."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from campaign_app.core import pdf
from campaign_app.core.i18n import _, spoken
from campaign_app.core.settings import settings
from campaign_app.qr import drawing
from campaign_app.stall.printing import Sheet, head

Part = Mapping[str, Any]
IPAD, ANDROID, FIRST = "ipad", "android", "first-stall"


def sheets(language: str, which: Sequence[str]) -> Sequence[Sheet]:
    """Write some of the three pages in a language."""
    with spoken(language):
        return [_sheet(language, one) for one in which]


def _sheet(language: str, which: str) -> Sheet:
    title, intro, parts = OF[which]()
    address = f"{settings().public_url}/kiosk/"
    named = urlsplit(address)
    short = f"{named.netloc}{named.path}".rstrip("/")
    alt = _("QR code of %(address)s", address=short)
    return {
        **head(language, None, None),
        "kind": "setup",
        "title": title,
        "intro": intro,
        "parts": parts,
        "ticks": which != FIRST,
        "address": short,
        "open": _("Open on the tablet:"),
        "qr": pdf.Drawing(drawing.svg(address, alt)),
        "qr_alt": alt,
    }


def _part(heading: str, *points: str) -> Part:
    return {"heading": heading, "points": points}


def _ipad() -> tuple[str, str, Sequence[Part]]:
    return (
        _("Set up an iPad for the stall"),
        _("Once for each iPad, at a table with a network. It takes twenty minutes."),
        [
            _part(
                _("1. Settings"),
                _("Update iPadOS. Charge it fully, and write its name on its back."),
                _("General → Keyboard: switch Predictive Text and Auto-Correction off, so that it learns no names."),
                _("General → Keyboard → Keyboards: add one for each language of your signers."),
                _("Apps → Safari → AutoFill, and General → AutoFill & Passwords: switch everything off."),
                _("Notifications: switch previews off, and Siri as well."),
                _("Display & Brightness → Auto-Lock: Never."),
                _("General → Date & Time: Set Automatically."),
            ),
            _part(
                _("2. The app"),
                _("Open the address on this sheet in Safari, not in another browser."),
                _("Share → Add to Home Screen. Then close Safari, and start it from the home screen."),
                _("Type the code of eight letters in the app. In Safari it would not reach the app."),
                _("Wait for the checks. Compare the letters of the key with those on the organiser’s page."),
                _("Switch the network off, close the app and start it again: it must open."),
            ),
            _part(
                _("3. Lock it"),
                _("Accessibility → Guided Access: on. Set a passcode that only the lead knows, no Face ID."),
                _("In Guided Access: Display Auto-Lock Never."),
                _("Start the app, press the top button three times (or the home button), tap Start."),
                _("To end: press three times again and type the passcode."),
            ),
        ],
    )  # fmt: skip


def _android() -> tuple[str, str, Sequence[Part]]:
    return (
        _("Set up an Android tablet for the stall"),
        _("Once for each tablet, at a table with a network. Names of settings differ from maker to maker."),
        [
            _part(
                _("1. Settings"),
                _("Update the system and Chrome. Charge it fully, and write its name on its back."),
                _("Set a screen lock with a PIN that only the lead knows."),
                _("Keyboard: switch suggestions and personalisation off, and add the languages of your signers."),
                _("Autofill service: None. In Chrome switch off saving passwords, addresses and cards."),
                _("Notifications: switch them off for everything, also on the lock screen."),
                _("Battery saver and adaptive battery: off. Screen timeout: as long as it goes."),
                _("Date and time: automatic."),
            ),
            _part(
                _("2. The app"),
                _("Open the address on this sheet in Chrome, no private window."),
                _("Menu → Install app (or Add to Home screen). Then start it from the home screen."),
                _("Type the code of eight letters in the app."),
                _("Wait for the checks. Compare the letters of the key with those on the organiser’s page."),
                _("Switch the network off, close the app and start it again: it must open."),
            ),
            _part(
                _("3. Lock it"),
                _("Security → App pinning (or screen pinning): on, and ask for the PIN before unpinning."),
                _("Start the app, open the list of recent apps, tap its icon, tap Pin."),
                _("To end: hold Back and Overview, or swipe up and hold, and type the PIN."),
            ),
        ],
    )  # fmt: skip


def _first() -> tuple[str, str, Sequence[Part]]:
    return (
        _("Your first stall with a tablet"),
        _("One page to read before, and to keep at hand."),
        [
            _part(
                _("The day before"),
                _("Charge tablet and power bank. Open the app on a network and wait for green."),
                _("Learn the PIN by heart. Write it nowhere near the tablet."),
            ),
            _part(
                _("Rehearse, ten minutes"),
                _("Open the volunteers’ side with the PIN and start the training. Nothing of it counts or is kept."),
                _("One plays the passer-by: choose a language, read, sign, keep the receipt."),
                _("Take that signature back: you have two minutes, and you do not see whose it is."),
                _("Leave a form half filled in and wait: after a minute it asks, then everything is wiped."),
                _("Hand the tablet over: both look at the three numbers and the battery. End the training."),
            ),
            _part(
                _("At the stall"),
                _("Start your shift with your alias. Lock the tablet to the app."),
                _("Say what you ask, and let people read. They type themselves; you look away."),
                _("Whoever has no e-mail address can sign all the same."),
                _("No network? Go on. Everything is sealed and kept, and is sent later."),
                _("Green: all is well. Amber: look at it when there is time. Red: look now, and do what it says."),
                _("Whoever signed on their own phone and gets no mail may ask you for the four digits."),
            ),
            _part(
                _("If something goes wrong"),
                _("Lost or stolen: tell the lead at once. They revoke it with one tap; nobody can read it."),
                _("PIN forgotten: the lead sets another one. Tablet broken: take another one, or paper."),
                _("Never reset the tablet, delete the app or clear the browser: what waits would be gone."),
            ),
            _part(
                _("In the evening"),
                _("End your shift. Connect the tablet, open the app, and wait until nothing is on it."),
                _("Only then switch it off."),
            ),
        ],
    )  # fmt: skip


OF: Final[Mapping[str, Callable[[], tuple[str, str, Sequence[Part]]]]] = {
    IPAD: _ipad,
    ANDROID: _android,
    FIRST: _first,
}
