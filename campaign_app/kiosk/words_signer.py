"""What the signer's screen says (static/js/kiosk/signer.js and what it is made of)."""

from typing import Final

from campaign_app.core.i18n import _l

WORDS: Final = {
    "signer.language": _l("Language"),
    "signer.sign": _l("Sign"),
    "signer.to": _l("To: %(addressee)s"),
    "signer.choose": _l("What would you like to sign?"),
    "signer.sealed": _l(
        "Your name is sealed the moment you sign. Nobody can read it on this tablet, not even us."
    ),
    "signer.tally": _l("%(number)s signatures at least, as of %(time)s"),
    "signer.nothing": _l("Nothing can be signed here at the moment."),
    "signer.ask_table": _l("Please ask at the table."),
    # the form
    "signer.read": _l("Read the full text"),
    "signer.one_person": _l("One person alone approved this text."),
    "signer.machine": _l("A machine drafted this text. People have read and approved it."),
    "signer.outdated": _l("A newer version of this text exists in another language."),
    "signer.your_signature": _l("Your signature"),
    "signer.name": _l("Your name"),
    "signer.email": _l("E-mail"),
    "signer.email_hint": _l("Your receipt goes there, with a way to say: this was not me."),
    "signer.none": _l("I have no e-mail, or would rather not give it"),
    "signer.none_hint": _l(
        "You then see your receipt on this screen only, and your signature is counted apart: "
        "without a mailbox we cannot tell whether somebody signs twice."
    ),
    "signer.country": _l("Country"),
    "signer.parts": _l("What you agree to"),
    "signer.parts_changed": _l("What you agree to has changed with the country."),
    "signer.privacy": _l("What happens with my name"),
    "signer.cancel": _l("Stop, and delete what I typed"),
    "signer.saving": _l("Saving …"),
    "signer.retry": _l("Try again"),
    "signer.not_saved": _l("Not saved. Please call the volunteer."),
    # what is wrong with it
    "signer.look_again": _l("Please look at this again"),
    "signer.error": _l("Error:"),
    "signer.name_missing": _l("Enter your name."),
    "signer.name_long": _l("Your name is longer than 200 characters. Please shorten it."),
    "signer.name_unseen": _l(
        "Your name contains an invisible character. Please type it again by hand."
    ),
    "signer.name_formula": _l("A name cannot begin with = + - or @. Please enter your name."),
    "signer.name_web": _l("This looks like a web address. Please enter your name."),
    "signer.name_letters": _l("Enter your name in letters."),
    "signer.email_missing": _l("Enter your e-mail address, or tick that you give none."),
    "signer.email_wrong": _l(
        "This is not an e-mail address. Please write it like mina@example.org."
    ),
    "signer.country_missing": _l("Choose the country where you live."),
    "signer.part_missing": _l("Tick this box if you agree. Without it we may not take your name."),
    # the event's other petitions
    "signer.saved": _l("Your signature is saved."),
    "signer.more": _l("Would you like to sign this, too?"),
    "signer.more_hint": _l("Nothing needs to be typed again. Each petition asks for your consent."),
    "signer.more_sign": _l("Sign this, too"),
    "signer.more_done": _l("No, that is all"),
    "signer.as": _l("You sign as"),
    "signer.without_mail": _l("without e-mail"),
    # thanks
    "signer.thanks": _l("Thank you, %(name)s."),
    "signer.keep_only": _l(
        "Please photograph this or write it down now. It is shown here only, and only once."
    ),
    "signer.keep_mailed": _l(
        "With this you can see or withdraw your signature at any time. We also send it by mail."
    ),
    "signer.receipt": _l("Your receipt code"),
    "signer.qr": _l("QR code of your receipt: %(title)s"),
    "signer.clear": _l("Done, clear the screen"),
    "signer.clears_itself": _l("The screen clears itself, so that nobody else reads this:"),
    "signer.pass": _l("Thank you. Please pass the tablet to the next person."),
    "signer.wiped": _l("Nothing that you typed is left on this screen."),
    "signer.next": _l("Begin"),
    # nobody touches it
    "signer.still": _l("Are you still there?"),
    "signer.still_text": _l(
        "What stands here is about to be deleted, so that nobody else reads it. Tap to go on."
    ),
    "signer.here": _l("I am still here"),
    # the volunteer's strip, and the rehearsal
    "signer.strip_today": _l("Today"),
    "signer.strip_safe": _l("Safe on the server"),
    "signer.strip_held": _l("On this tablet"),
    "signer.strip_green": _l("All is well"),
    "signer.strip_amber": _l("Waiting for the network"),
    "signer.strip_red": _l("Needs the volunteer"),
    "signer.training": _l("Training. Nothing here counts."),
}
