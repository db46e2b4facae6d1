"""Permits in words: what they are called, whom they ask, how they stand."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from campaign_app.core.i18n import _l, day, pick
from campaign_app.permits.models import Permit
from campaign_app.permits.rules import NOTHING, all_of_them

#: State → how a permit stands.
OF_STATE: Final[Mapping[str, str]] = {
    "to_file": _l("To be filed"),
    "filed": _l("Filed"),
    "granted": _l("Granted"),
    "refused": _l("Refused"),
    "not_needed": _l("Not needed"),
    "goes_ahead": _l("Goes ahead without"),
}

#: Gate of an event → how its permits stand, taken together.
OF_GATE: Final[Mapping[str, str]] = {
    "waiting": _l("The permits wait: the event cannot be confirmed yet."),
    "filed": _l("All that is needed is filed."),
    "granted": _l("All that is needed is granted."),
    "not_needed": _l("No permit is needed."),
    "goes_ahead": _l("It goes ahead without a permit."),
}

#: State → the colour of its tag.
TAGS: Final[Mapping[str, str]] = {
    "to_file": "warn",
    "refused": "bad",
    "goes_ahead": "warn",
    "granted": "good",
    "filed": "good",
    "not_needed": "",
}


def title(permit: Permit) -> str:
    """Name a permit in the current language."""
    rule = all_of_them().get(permit.rule)
    return pick(rule.what) if rule else permit.title or permit.rule


def whom(permit: Permit) -> str:
    """Say who is asked; empty where nobody wrote it down."""
    rule = all_of_them().get(permit.rule)
    return pick(rule.whom) if rule and rule.key != NOTHING else ""


def on(day_local: str) -> str:
    """Write a day that is kept as "2026-11-14"."""
    return day(date.fromisoformat(day_local))
