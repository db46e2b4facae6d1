"""Rules in words: "every second week on Saturday", "the last Friday of each month"."""

from collections.abc import Mapping
from typing import Final

from babel.dates import get_day_names

from campaign_app.core.i18n import _, _l, locale
from campaign_app.events.recurrence import DAY, WEEKDAYS, Rule

#: As the form offers them; the order is the order of the choices.
OF_OFTEN: Final[Mapping[str, str]] = {
    "w1": _l("Every week on"),
    "w2": _l("Every 2 weeks on"),
    "w3": _l("Every 3 weeks on"),
    "w4": _l("Every 4 weeks on"),
    "1": _l("Each month, the first"),
    "2": _l("Each month, the second"),
    "3": _l("Each month, the third"),
    "4": _l("Each month, the fourth"),
    "5": _l("Each month, the fifth"),
    "-1": _l("Each month, the last"),
    "day": _l("Each month on day"),
}


def in_words(rule: Rule) -> str:
    """Say a rule in the current language."""
    if rule.often == DAY:
        return _("Each month on day %(day)s", day=rule.on)
    on = {"weekday": weekdays()[rule.on]}
    said = {
        "w1": _("Every week on %(weekday)s", **on),
        "w2": _("Every 2 weeks on %(weekday)s", **on),
        "w3": _("Every 3 weeks on %(weekday)s", **on),
        "w4": _("Every 4 weeks on %(weekday)s", **on),
        "1": _("The first %(weekday)s of each month", **on),
        "2": _("The second %(weekday)s of each month", **on),
        "3": _("The third %(weekday)s of each month", **on),
        "4": _("The fourth %(weekday)s of each month", **on),
        "5": _("The fifth %(weekday)s of each month", **on),
        "-1": _("The last %(weekday)s of each month", **on),
    }
    return said[rule.often]


def weekdays() -> Mapping[str, str]:
    """Name the days of the week, Monday first, in the current language."""
    names = get_day_names("wide", locale=locale())
    return {code: names[number] for number, code in enumerate(WEEKDAYS)}
