"""What the tablet says to volunteers: setting up, checks, PIN, numbers, shifts, training."""

from typing import Final

from campaign_app.core.i18n import _l

WORDS: Final[dict[str, str]] = {
    # The PIN
    "pin.title": _l("Your PIN"),
    "pin.pad": _l("Digits of the PIN"),
    "pin.erase": _l("Erase the last digit"),
    "pin.checking": _l("Checking …"),
    "pin.wrong": _l("This is not the PIN. Tries left: %(left)s."),
    "pin.rest": _l("Too many wrong PINs. It can be tried again in %(seconds)s s."),
    "pin.forgotten": _l("PIN forgotten"),
    "pin.forgotten_how": _l(
        "Whoever leads the stall, or an organiser, sets a new PIN on their own page. It reaches this tablet with the next contact."
    ),
    # The stall's code
    "stall.title": _l("Stall code"),
    "stall.left": _l("New digits in %(time)s"),
    "stall.how": _l(
        "For whoever signed on their own phone here and has no mail: they type these digits on the page that says thank you."
    ),
    # The checks before the first signature
    "check.title": _l("Check this tablet"),
    "check.why": _l("So that no signature is lost. Each light that is not green says what to do."),
    "check.begin": _l("Begin collecting"),
    "check.again": _l("Check again"),
    "check.good": _l("All lights are green."),
    "check.mostly": _l("You can begin. Look at the lights that are not green."),
    "check.forbidden": _l("Nobody can sign here yet. Look at the red lights."),
    "light.green": _l("Good"),
    "light.amber": _l("Take care"),
    "light.red": _l("Not good"),
    "light.looking": _l("Looking …"),
    "check.write": _l("Keeps what is written"),
    "check.write_todo": _l(
        "The tablet could not keep a test. Free some space, close other apps, restart the tablet, and check again. Do not collect here until this is green."
    ),
    "check.key": _l("The key that names are closed to"),
    "check.key_todo": _l(
        "No key, or not the right one. Connect to a network and check again; if it stays red, call an organiser."
    ),
    "check.key_compare": _l("The same letters stand on the organiser’s page."),
    "check.petitions": _l("Petitions to sign"),
    "check.petitions_todo": _l(
        "Nothing can be signed at this event. Ask an organiser to choose a petition for it."
    ),
    "check.https": _l("A closed line (https)"),
    "check.https_todo": _l("Open the address that begins with https."),
    "check.upload": _l("Reaches the server"),
    "check.upload_todo": _l(
        "The server did not answer. Signatures are kept here until it does; look at the network if you have one."
    ),
    "check.shell": _l("Starts without a network"),
    "check.shell_todo": _l(
        "The pages are not all on this tablet yet. Stay connected for a minute and check again."
    ),
    "check.installed": _l("Installed as an app"),
    "check.installed_apple": _l(
        "On an iPad or iPhone: tap Share, then “Add to Home Screen”. Open Lantern from the home screen and type the code there; what a browser’s tab knows does not reach the app."
    ),
    "check.installed_android": _l(
        "On Android: open the browser’s menu and choose “Install app” or “Add to Home screen”. Then open Lantern from the home screen."
    ),
    "check.installed_other": _l(
        "Install this page as an app from the browser’s menu, if it offers that. Then the browser keeps its data longer."
    ),
    "check.storage": _l("The browser promises to keep its data"),
    "check.storage_todo": _l(
        "The browser gave no promise. Install the app, never clear the browser’s data, and send what is held every day."
    ),
    "check.clock": _l("The clock is right"),
    "check.clock_todo": _l(
        "Set date and time to automatic in the tablet’s settings. Signatures are kept all the same."
    ),
    "check.battery": _l("Battery"),
    "check.battery_todo": _l(
        "Look at the battery yourself, and have a charger or a power bank at hand."
    ),
    "check.awake": _l("The screen stays on"),
    "check.awake_todo": _l(
        "This browser cannot keep the screen on. Set Auto-Lock to Never in the tablet’s settings."
    ),
    # Making a tablet one of ours
    "enrol.title": _l("Set this tablet up"),
    "enrol.why": _l("An organiser, or whoever leads the stall, shows you a code of eight letters."),
    "enrol.code": _l("Code"),
    "enrol.hint": _l("Eight letters and digits, for instance k7pm-x3da. It holds for ten minutes."),
    "enrol.go": _l("Enrol"),
    "enrol.install": _l("First put it on the home screen"),
    "enrol.short": _l("The code has eight letters and digits. Look again and type all of it."),
    "enrol.wrong_code": _l(
        "This code is not right. Compare it letter by letter; after five wrong tries a new one is needed."
    ),
    "enrol.code_expired": _l(
        "This code is too old, or was used already. Ask for a new one; it takes two taps."
    ),
    "enrol.too_many_tries": _l(
        "This code was typed wrong five times and has ended. Ask for a new one."
    ),
    "enrol.no_network": _l("The server did not answer. Connect to a network, and try again."),
    "enrol.not_now": _l(
        "That did not work. Wait a minute and try again; if it happens again, call an organiser."
    ),
    "enrol.not_kept": _l(
        "The tablet could not keep what the server gave it. Free some space, ask for a new code, and try again."
    ),
    # The volunteer's view
    "table.title": _l("At the table"),
    "table.volunteers": _l("For volunteers"),
    "table.back": _l("Back"),
    "table.close": _l("Back to signing"),
    "table.today": _l("Today"),
    "table.safe": _l("Safe on the server"),
    "table.held": _l("On this tablet"),
    "table.numbers": _l("Numbers of this tablet"),
    "table.state": _l("State"),
    "table.heard": _l("Last contact with the server: %(when)s"),
    "table.never_heard": _l("No contact with the server yet"),
    "table.voided": _l(
        "Taken back today: %(number)s. They stay in the numbers above and do not count."
    ),
    "table.deeds": _l("What you can do"),
    "table.send": _l("Send now"),
    "table.sent": _l("The server has answered."),
    "table.not_sent": _l("No answer. What is held stays here, and is tried again by itself."),
    "table.no_event": _l("No event"),
    "table.language": _l("Language of this tablet"),
    "table.language_why": _l(
        "What the first page speaks. Each person may choose another language for their signature."
    ),
    "state.green": _l("All is well."),
    "state.amber": _l("Signing goes on. Take care of this soon:"),
    "state.red": _l("Somebody has to look at this now:"),
    # Why it is not green, and what to do
    "why.no_network": _l("The server cannot be reached."),
    "todo.no_network": _l(
        "Signatures are safe here. When there is a network, the tablet sends by itself."
    ),
    "why.timeout": _l("The network is very slow."),
    "todo.timeout": _l("Signatures are safe here. Take the tablet to where the network is better."),
    "why.busy": _l("The server is busy and asked to wait."),
    "todo.busy": _l("Nothing to do: the tablet tries again by itself."),
    "why.server_trouble": _l("Something is wrong on the server."),
    "todo.server_trouble": _l(
        "Signatures are safe here, and the tablet tries again by itself. If it stays so, call an organiser."
    ),
    "why.waiting": _l("Signatures wait to be sent."),
    "todo.waiting": _l(
        "Take the tablet to where there is a network, open the app, and wait for green."
    ),
    "why.unheard": _l("Nothing was heard from the server for more than fifteen minutes."),
    "todo.unheard": _l("Signing can go on without a network. Look for one within the hour."),
    "why.storage_failed": _l("The tablet could not keep a signature."),
    "todo.storage_failed": _l(
        "Stop signing on this tablet. Free some space, restart it, and check it. Use another tablet or paper meanwhile."
    ),
    "why.not_enrolled": _l("The browser has thrown this tablet’s memory away."),
    "todo.not_enrolled": _l(
        "Call an organiser and enrol it anew with a new code; the gap report then says how many numbers are missing. Go on with another tablet."
    ),
    "why.device_unknown": _l("The server does not know this tablet any more."),
    "todo.device_unknown": _l(
        "Nothing is lost: what was signed stays here. Ask an organiser for a new code and enrol it again, or save the sealed file."
    ),
    "why.device_closed": _l("This tablet was closed by an organiser."),
    "todo.device_closed": _l(
        "If something is still held here, save the sealed file and give it to an organiser."
    ),
    "why.device_lost": _l("This tablet is reported as lost."),
    "todo.device_lost": _l(
        "Have you found it? Thank you. Please call the organisers; what it holds waits for their review."
    ),
    "why.drain_only": _l("This tablet only sends what it holds."),
    "todo.drain_only": _l(
        "Leave it on and connected until nothing is held. An organiser can let it collect again."
    ),
    "why.clock_off": _l("The tablet’s clock is wrong."),
    "todo.clock_off": _l(
        "Set date and time to automatic in the tablet’s settings. Signatures are kept all the same."
    ),
    "why.parked": _l("The server would not take a record."),
    "todo.parked": _l("Nothing is deleted here. Save the sealed file and call an organiser."),
    "why.too_large": _l("The server refuses even a single record as too large."),
    "todo.too_large": _l("Nothing is deleted here. Save the sealed file and call an organiser."),
    # When nobody can sign here
    "now.waiting": _l("Waiting for the server"),
    "now.waiting_todo": _l(
        "The tablet is enrolled and fetches what it needs. Connect it to a network."
    ),
    "now.no_event": _l("No event yet"),
    "now.no_event_todo": _l(
        "An organiser assigns the next event to this tablet. It looks by itself every minute."
    ),
    "now.over": _l("Collecting is over"),
    "now.over_todo": _l(
        "Thank you. Leave the tablet on and connected until nothing is held any more."
    ),
    "now.held": _l("On this tablet: %(number)s. Do not switch it off yet."),
    "now.empty": _l("Everything is safe on the server. You may switch it off."),
    "now.look": _l("Look now"),
    "now.enrol": _l("Enrol it again"),
    "now.broken": _l("This tablet cannot begin"),
    "now.broken_todo": _l(
        "The browser lets nothing be kept here. Leave private browsing, free some space, and open it again."
    ),
    "now.again": _l("Try again"),
    # When only the tablet's own clock says that it is over
    "over.title": _l("The event is not over"),
    "over.says": _l("By this tablet’s clock it is now: %(now)s."),
    "over.why": _l(
        "If that is wrong, the tablet can go on collecting. Set the clock when you can; the server looks at the hours again."
    ),
    "over.go": _l("Go on collecting"),
    # Taking back
    "void.title": _l("Take back the last signature"),
    "void.which": _l(
        "The last signature for “%(petition)s” will not count. You do not see whose it is."
    ),
    "void.left": _l("Possible for another %(seconds)s s."),
    "void.go": _l("Take this signature back"),
    "void.nothing": _l(
        "Nothing was signed here in the last two minutes. Later, a signature is taken back with its receipt."
    ),
    "void.done": _l("It is taken back and will not count."),
    "void.late": _l("Two minutes are over; nothing was taken back."),
    "void.failed": _l("That could not be kept. Nothing was taken back; try again."),
    # Shifts
    "shift.title": _l("Who is at the tablet"),
    "shift.none": _l("Nobody has begun a shift on this tablet."),
    "shift.alias": _l("Who begins?"),
    "shift.alias_hint": _l("An alias is enough."),
    "shift.no_alias": _l("Type an alias."),
    "shift.not_kept": _l("The tablet could not keep this. Check the tablet."),
    "shift.start": _l("Begin the shift"),
    "shift.who": _l("On duty"),
    "shift.since": _l("On duty since"),
    "shift.taken": _l("Taken in this shift"),
    "shift.battery": _l("Battery"),
    "shift.look": _l("Look at the tablet"),
    "shift.keeps": _l("Ending a shift deletes nothing; what is held goes on being sent."),
    "shift.end": _l("End the shift"),
    "shift.hand_over": _l("Hand over"),
    "shift.compare": _l(
        "Look at these numbers together. Then whoever takes over types their alias."
    ),
    "shift.next": _l("Who takes over?"),
    "shift.confirm": _l("I take over"),
    # Training
    "training.title": _l("Training"),
    "training.why": _l(
        "The same screens, and nothing that is signed can ever count or is sent anywhere. It ends with the PIN, or when the page is opened anew."
    ),
    "training.begin": _l("Begin training"),
    "training.end": _l("End training"),
    "training.on": _l("Go on practising"),
    "training.state": _l("Training: nothing counts."),
    "training.steps": _l("Your rehearsal"),
    "training.done": _l("done"),
    "training.sign": _l("Sign once with an invented name."),
    "training.look": _l("Open the volunteer’s view and find the three numbers."),
    "training.void": _l("Take the signature back within two minutes."),
    "training.hand_over": _l("Begin a shift, and hand the tablet over to somebody."),
    # The last resort
    "export.title": _l("Save a sealed file"),
    "export.why": _l(
        "The last resort, if this tablet does not reach the server: a file with everything that is held. Give it to any organiser, who hands it in."
    ),
    "export.harmless": _l(
        "Nobody can read it: names are sealed in it as on the tablet. Handing it in twice does no harm, and nothing is deleted here."
    ),
    "export.go": _l("Save the file"),
    "export.done": _l("The file is saved among this tablet’s downloads, or where you chose."),
    "export.failed": _l("No file was saved. Nothing is lost; try again."),
}
