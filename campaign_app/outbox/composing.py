"""Writing a mail: its three templates in the letter's language, and the headers around them."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

import idna
from flask import Flask, current_app

from campaign_app.core import clock, i18n
from campaign_app.core.settings import organisation, settings
from campaign_app.outbox.transport import Envelope


class BadAddress(Exception):
    """No header can hold this address."""


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's words."""

    subject: str
    plain: str
    html: str
    language: str


def render(template: str, *, language: str, context: Mapping[str, Any]) -> Text:
    """Fill in a mail's templates in a language, with links that begin at the public address."""
    app = _app()
    values = {
        **context,
        "organisation": organisation(language),
        "public_url": settings().public_url,
    }
    # A context of its own, since what is translated is remembered there.
    with app.app_context(), app.test_request_context(base_url=settings().public_url):
        i18n.speak(language)
        subject = _filled(template, "subject.txt", values)
        return Text(
            subject=" ".join(subject.split()),
            plain=_filled(template, "txt", values).strip() + "\n",
            html=_filled(template, "html", values),
            language=language,
        )


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a werkzeug proxy
    return app


def _filled(template: str, kind: str, values: Mapping[str, Any]) -> str:
    """Fill in one template; without Flask's context processors, which look for a visitor."""
    room, _, name = template.partition("/")
    found = current_app.jinja_env.get_template(f"{room}/mail/{name}.{kind}")
    return found.render(values)


def envelope(text: Text, *, to: str, name: str) -> Envelope:
    """Put headers around a text; `name` makes a repeated mail recognisable."""
    sender_name, sender = parseaddr(settings().mail_from)
    to = _in_ascii(to)
    message = EmailMessage()
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = _address(to)
    message["Subject"] = text.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{name}@{our_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.plain)
    message.add_alternative(text.html, subtype="html")
    # Last: a second part takes every Content- header away into the first.
    message["Content-Language"] = text.language
    return Envelope(name=name, sender=sender, to=to, message=message)


def _address(to: str) -> Address:
    try:
        return Address(addr_spec=to)
    except (MessageError, ValueError, IndexError):  # the ways in which the standard library says no
        raise BadAddress from None


def _in_ascii(to: str) -> str:
    """Write a domain in the letters that every mail server reads."""
    box, at, domain = to.rpartition("@")
    return box + at + _ascii_domain(domain)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise BadAddress from None


def our_host() -> str:
    """Name this house as mail servers see it."""
    host = urlsplit(settings().public_url).hostname or "localhost"
    return _ascii_domain(host)
