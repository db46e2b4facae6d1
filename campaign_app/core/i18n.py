"""Languages: which one a visitor gets, and how things are written in it.

Flask-Babel stays behind this file. There is one domain and one folder of catalogues.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import (
    Babel,
    force_locale,
    get_locale,
    gettext,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
    pgettext,
)
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.routing import BaseConverter, ValidationError

from campaign_app.core.countries import ISO_COUNTRIES
from campaign_app.core.settings import settings

__all__ = ["ISO_COUNTRIES", "_", "_l", "force_locale", "lazy_ngettext", "ngettext", "pgettext"]

#: How much of a date is written.
Style = Literal["full", "long", "medium", "short"]

#: Where CLDR's short time is not what people write: Korean would read "PM 5:00".
TIMES: Final = {"ko": "HH:mm"}

_ = gettext


def _l(text: str, **values: Any) -> str:
    """Translate when it is shown, not when the module loads.

    What comes back is a LazyString; forms and templates take it for the str it becomes.
    """
    return cast(str, lazy_gettext(text, **values))


FALLBACK: Final = "en"
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
#: Languages by their own names; no flags.
OWN_NAMES: Final = {
    "ko": "한국어",
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "de": "Deutsch",
    "ru": "Русский",
    "ar": "العربية",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ja": "日本語",
}

babel: Final = Babel()


def init_app(app: Flask, languages: Sequence[str]) -> None:
    """Set Babel up, and stop at once if a catalogue is missing that we claim to offer."""
    app.config["LANGUAGES"] = tuple(languages)
    babel.init_app(
        app,
        default_locale=FALLBACK,
        default_translation_directories=f"{app.root_path}/../translations",
        locale_selector=_selected,
    )
    app.url_map.converters["language"] = LanguageConverter
    app.context_processor(_switcher)
    app.jinja_env.globals.update(
        language=current_language,
        direction=direction,
        own_name=own_name,
    )
    app.jinja_env.filters.update(
        number=number,
        percent=percent,
        day=day,
        moment=moment,
        clock=time_of_day,
        named=pick,
        worded=worded,
    )


def own_name(language: str) -> str:
    """Name a language as those who speak it do."""
    return OWN_NAMES.get(language, language)


class LanguageConverter(BaseConverter):
    """The first part of public addresses: a language that we speak, or spoke when a link was sent."""

    regex = "[a-z]{2,3}(?:-[A-Za-z]{4})?"

    def to_python(self, value: str) -> str:
        """Refuse what we do not speak: such an address leads nowhere."""
        if value not in current_app.config["LANGUAGES"] and value not in settings().languages:
            raise ValidationError
        return value


def _switcher() -> dict[str, Any]:
    """Offer each page of `/<lang>/…` in the other languages, where a link can lead there."""
    args = request.view_args if has_request_context() else None
    if not args or "lang" not in args or request.method not in ("GET", "HEAD"):
        return {}
    endpoint = request.endpoint or ""
    return {
        "languages": [
            (code, OWN_NAMES[code], url_for(endpoint, **(args | {"lang": code})))
            for code in settings().languages
        ]
    }


def _selected() -> str:
    # Outside of a request Babel asks only when no language was forced; asking back would not end.
    return current_language().replace("-", "_") if has_request_context() else FALLBACK


def current_language() -> str:
    """Tell the language of this answer: the URL's, else what the visitor asked for."""
    if not has_request_context():
        locale = get_locale()
        return str(locale).replace("_", "-") if locale else FALLBACK
    chosen: str | None = g.get("language")
    if chosen is None:
        chosen = g.language = wished(settings().languages) or FALLBACK
    return chosen


def speak(language: str) -> None:
    """Answer this request in a language, whatever was guessed before."""
    g.language = language


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Write in a language for a while, whatever the answer around it is written in."""
    before = g.get("language")
    g.language = language
    try:
        with force_locale(language.replace("-", "_")):
            yield
    finally:
        g.language = before


def wished(offered: Sequence[str]) -> str | None:
    """Choose by what this visitor's browser asks for; None if nothing of it is offered."""
    return _wished(request.headers.get("Accept-Language", ""), tuple(offered))


@lru_cache(maxsize=4096)
def _wished(header: str, offered: tuple[str, ...]) -> str | None:
    """Remember headers: a crowd has few different ones, and reading one takes 50 µs."""
    return negotiate(list(parse_accept_header(header, LanguageAccept)), offered)


@lru_cache(maxsize=512)
def script_of(tag: str) -> tuple[str, str]:
    """Maximise a tag to (language, script), so that zh-TW meets zh-Hant and zh-SG zh-Hans."""
    parts = tag.replace("_", "-").split("-")
    language = parts[0].lower()
    script = next((part.title() for part in parts[1:] if len(part) == 4), "")
    territory = next((part.upper() for part in parts[1:] if len(part) in (2, 3)), "")
    if script:
        return language, script
    likely: Mapping[str, str] = get_global("likely_subtags")
    found = likely.get(f"{language}_{territory}") or likely.get(language) or ""
    scripts = [part for part in found.split("_") if len(part) == 4]
    return language, scripts[0] if scripts else ""


def negotiate(asked: Iterable[tuple[str, float]], offered: Sequence[str]) -> str | None:
    """Choose the first asked-for language that is offered; never one that was refused (q=0)."""
    asked = list(asked)
    refused = {script_of(tag) for tag, quality in asked if quality <= 0}
    welcome = {script_of(tag): tag for tag in offered if script_of(tag) not in refused}
    for tag, quality in asked:
        if quality > 0 and tag != "*" and script_of(tag) in welcome:
            return welcome[script_of(tag)]
    return None


def direction(language: str | None = None) -> str:
    """Tell which way a language runs: ltr or rtl."""
    return "rtl" if (language or current_language()).split("-")[0] in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


def locale() -> Locale:
    """Give Babel's idea of the current language."""
    return _locale(current_language())


def pick(texts: Mapping[str, str], language: str | None = None) -> str:
    """Take a short text (a name, a board) in this language, else English, else any."""
    wanted = language or current_language()
    return texts.get(wanted) or texts.get(FALLBACK) or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Worded:
    """A text of ours, and the language that it is really in."""

    language: str
    text: str

    @property
    def foreign(self) -> bool:
        """Tell whether the page must name the language, because it is not its own."""
        return self.language != current_language()


def worded(texts: Mapping[str, str], language: str | None = None) -> Worded:
    """Take a text as `pick` does, and say in which language it is."""
    wanted = language or current_language()
    for code in (wanted, FALLBACK, *texts):
        if texts.get(code):
            return Worded(code, texts[code])
    return Worded(wanted, "")


def number(value: float, language: str | None = None) -> str:
    """Write a count; digits stay Latin in every language."""
    return format_decimal(value, locale=_locale(language) if language else locale())


def percent(share: float) -> str:
    """Write a share of one as per cent."""
    return format_percent(share, locale=locale())


def day(value: date | datetime, style: Style = "long") -> str:
    """Write a date."""
    return format_date(value, format=style, locale=locale())


def moment(value: datetime, zone: str = "UTC", style: Style = "medium") -> str:
    """Write a moment on the clocks of a zone."""
    if current_language() in TIMES:
        here = value.astimezone(ZoneInfo(zone))
        return f"{format_date(here, format=style, locale=locale())} {time_of_day(value, zone)}"
    return format_datetime(value, format=style, tzinfo=ZoneInfo(zone), locale=locale())


def time_of_day(value: datetime, zone: str = "UTC") -> str:
    """Write the time of day on the clocks of a zone."""
    pattern = TIMES.get(current_language(), "short")
    return format_time(value, format=pattern, tzinfo=ZoneInfo(zone), locale=locale())


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """List (code, name) of every country, sorted as the language sorts."""
    names = _locale(language).territories
    listed = ((code, names[code]) for code in ISO_COUNTRIES if code in names)
    return tuple(sorted(listed, key=lambda pair: _as_sorted(pair[1])))


def _as_sorted(name: str) -> tuple[str, str]:
    """Sort by letters first and accents last: Égypte stands among the names with E."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)), letters


def country_name(code: str, language: str | None = None) -> str:
    """Name a country, or say that it is not known."""
    if code in ("", "ZZ"):
        return _("Not said")
    return str(_locale(language or current_language()).territories.get(code, code))
