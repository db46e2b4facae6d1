"""One page in all its languages: what it says of itself to browsers, search engines and chats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, url_for

from campaign_app.core import web
from campaign_app.core.i18n import FALLBACK, OWN_NAMES, current_language, speak, wished
from campaign_app.core.settings import settings

X_DEFAULT: Final = "x-default"
#: (language or x-default, address): complete, and the same on each version of a page.
Alternates = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Versions:
    """The addresses of one page."""

    canonical: str
    alternates: Alternates
    #: (language, its own name, path) for the switcher.
    languages: list[tuple[str, str, str]]


def alternates(bare: str, endpoint: str, **values: Any) -> Alternates:
    """Address a page in every language, and without one."""
    root = settings().public_url
    codes = settings().languages
    there = [(code, root + url_for(endpoint, lang=code, **values)) for code in codes]
    return [*there, (X_DEFAULT, root + url_for(bare, **values))]


def versions(bare: str, endpoint: str, **values: Any) -> Versions:
    """Address a page in every language, and its bare address that asks the browser."""
    root, codes = settings().public_url, settings().languages
    paths = {code: url_for(endpoint, lang=code, **values) for code in codes}
    own = paths.get(current_language()) or url_for(endpoint, lang=current_language(), **values)
    return Versions(
        canonical=root + own,
        alternates=alternates(bare, endpoint, **values),
        languages=[(code, OWN_NAMES.get(code, code), path) for code, path in paths.items()],
    )


def of_page(found: Versions) -> Mapping[str, Any]:
    """Give templates what the layout needs of them."""
    return {
        "canonical": found.canonical,
        "alternates": found.alternates,
        "languages": found.languages,
    }


def speak_as_wished(otherwise: str = FALLBACK) -> None:
    """Choose the language of a bare address: what the browser asks for, else what fits the page."""
    offered = settings().languages
    found = wished(offered) or (otherwise if otherwise in offered else None)
    speak(found or (FALLBACK if FALLBACK in offered else offered[0]))


def by_wish(response: Response) -> Response:
    """Say that the answer depends on the browser's language."""
    response.vary.add("Accept-Language")
    return response


def shown(html: str, *, bare: bool = False) -> Response:
    """Answer with a public page that may be looked at again, never kept unasked."""
    response = web.page(html, Cache_Control="no-cache")
    return by_wish(response) if bare else response
