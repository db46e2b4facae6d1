"""What all pages about money share: their tabs, whether money is real, and how amounts are written."""

from typing import Final

from babel.numbers import get_currency_name
from flask import Flask, current_app, request

from campaign_app.accounts.queries import current_person
from campaign_app.core.i18n import _l, current_language, pick
from campaign_app.core.money import Money
from campaign_app.donations import words
from campaign_app.payments import ways
from campaign_app.payments.opening import till

#: (label, address). A tab is there once its address leads somewhere and its reader may go there.
TABS: Final = (
    (_l("Overview"), "/console/money/"),
    (_l("Gifts"), "/console/money/gifts/"),
    (_l("Transfers"), "/console/money/transfers/"),
    (_l("Cash"), "/console/money/cash/"),
    (_l("Refunds"), "/console/money/refunds/"),
    (_l("Receipts"), "/console/money/receipts/"),
    (_l("Proof"), "/console/money/proof/"),
)


def init_app(app: Flask) -> None:
    """Lend the frame to every template."""
    app.jinja_env.filters.update(money=written, minor=minor)
    app.jinja_env.globals.update(
        money_tabs=tabs,
        money_is_real=is_real,
        leads=leads,
        money_words=words,
        currency_name=currency_name,
        entity_name=entity_name,
    )


def tabs() -> list[tuple[str, str, bool]]:
    """List the tabs for whoever is signed in: (label, address, whether this page lies below it)."""
    return [(str(label), url, _is_here(url)) for label, url in TABS if _may_enter(url)]


def _is_here(url: str) -> bool:
    return request.path == url if url == TABS[0][1] else request.path.startswith(url)


def leads(url: str) -> str:
    """Give an address of the console back if this person may go there; else nothing to link to."""
    return url if _may_enter(url.partition("?")[0]) else ""


def _may_enter(url: str) -> bool:
    """Ask the page itself whom it is for."""
    adapter, person = current_app.create_url_adapter(request), current_person()
    if adapter is None or person is None or not adapter.test(url, "GET"):
        return False
    endpoint, _args = adapter.match(url, "GET")
    permission = getattr(current_app.view_functions[endpoint], "permission", None)
    return permission is not None and person.may(permission)


def is_real() -> bool:
    """Tell whether what this app shows is money."""
    return till().is_live


def written(amount: Money) -> str:
    """Write an amount for whoever reads this page."""
    return amount.written(current_language())


def minor(units: int, currency: str) -> str:
    """Write minor units as a row of the database has them."""
    return written(Money(units, currency))


def currency_name(code: str) -> str:
    """Name a currency in the language of this page."""
    return get_currency_name(code, locale=current_language().replace("-", "_"))


def entity_name(key: str) -> str:
    """Name a legal entity; one that left the settings by its key."""
    found = ways.of_the_app().entities.get(key)
    return pick(found.names) if found else key
