"""What went wrong with mail, in words that say what to do."""

from typing import Final

from campaign_app.core.i18n import _l

_WORDS: Final = {
    "SMTPAuthenticationError": _l(
        "The mail server refuses the user name or the password. Check both in MAIL_URL."
    ),
    "ConnectionRefusedError": _l(
        "Nothing answers at the mail server's address. Check host and port in MAIL_URL."
    ),
    "gaierror": _l("The mail server's name is unknown. Check the host in MAIL_URL."),
    "TimeoutError": _l(
        "The mail server does not answer in time. A firewall may be in between, or the port is wrong."
    ),
    "SSLCertVerificationError": _l(
        "The mail server shows a certificate that cannot be trusted. "
        "Check the host in MAIL_URL, or name your own authority with ?ca=."
    ),
    "SSLError": _l(
        "The mail server does not speak TLS here. smtps:// belongs to port 465, smtp:// to port 587."
    ),
    "SMTPNotSupportedError": _l(
        "The mail server cannot do what is needed: TLS, signing in, or an address in these letters."
    ),
    "SMTPSenderRefused": _l("The mail server refuses our own address. Check MAIL_FROM."),
    "SMTPRecipientsRefused": _l("The mail server refuses the address of the recipient."),
    "SMTPDataError": _l("The mail server refuses the content of the mail."),
    "SMTPServerDisconnected": _l(
        "The mail server closed the connection, or did not answer in time."
    ),
    "SMTPConnectError": _l("The mail server answers, but does not let us in."),
    "SMTPHeloError": _l("The mail server does not accept the name of PUBLIC_URL."),
    "PermissionError": _l("The mail folder cannot be written. Check its owner."),
    "BadAddress": _l("No mail can be addressed to this."),
    "KeyIsGone": _l("The key of the hour is destroyed, so the mail could not be opened."),
    "CannotOpen": _l("The mail was altered in the database and could not be opened."),
    "TooOld": _l("The mail could not be sent for ten days and was given up."),
}


def explain(error: str) -> str:
    """Say what a class of error means."""
    return _WORDS.get(error) or _l("Something unexpected: %(error)s.", error=error)
