"""Whose accounts take money: legal entities, their bank accounts, their accounts at the gateway.

Read once at the start from a file that an administrator writes (`PAYMENTS_FILE`, TOML; without one the
demo's), checked before anything is served. Keys never stand in it: an account names the variables of the
environment that hold them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, current_app

from campaign_app.core import clock
from campaign_app.core.countries import ISO_COUNTRIES
from campaign_app.core.errors import DomainError
from campaign_app.core.money import EXPONENTS, Money
from campaign_app.core.wall_clock import today_in
from campaign_app.payments.methods import LEAST, METHODS, Rhythm, fitting
from config import Config, SettingsError

WAYS: Final = "lantern_ways_to_give"
SHIPPED: Final = Path(__file__).with_name("demo.toml")
#: How receipts of an entity are written: by the rules of its country.
RULES: Final = ("KR", "CH", "US", "plain")
#: No law asks a body for longer to be able to show who gave.
LONGEST_KEPT: Final = 30
_KEY: Final = re.compile(r"[a-z][a-z0-9-]{1,38}")
_LIVE: Final = re.compile(r"(sk|rk)_live_[A-Za-z0-9]{10,}")
_TEST: Final = re.compile(r"(sk|rk)_test_[A-Za-z0-9]{10,}")
_WEBHOOK: Final = re.compile(r"whsec_\S{10,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where people transfer money to."""

    key: str
    entity: str
    currency: str
    bank: Mapping[str, str]
    number: str
    holder: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Leave to collect money in public: under which number, what for, until when, how much."""

    number: str
    purpose: Mapping[str, str]
    begins: date
    ends: date
    amount: Money

    def __post_init__(self) -> None:
        if self.begins > self.ends or not self.amount:
            raise ValueError(f"registration {self.number} allows nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Somebody without an account who may look at refunds: an auditor, a treasurer of the board.

    They stand in the administrator's file and not in a form, so that nobody asks themselves.
    """

    name: str
    mail: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A legal body that takes money and gives receipts for it."""

    key: str
    names: Mapping[str, str]
    country: str
    zone: str
    address: Mapping[str, str]
    #: One of RULES.
    receipts: str
    registrations: tuple[Registration, ...]
    #: From which amount on a refund wants a second person, per currency; else refunding's own.
    four_eyes_from: Mapping[str, Money] = field(default_factory=dict)
    #: Who outside may be that second person.
    outsiders: tuple[Outsider, ...] = ()
    #: For how many years it keeps who gave; else as long as its receipt rules say.
    keep_years: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An entity's account at the gateway: in which country, for which currencies, with which keys."""

    key: str
    entity: str
    country: str
    currencies: tuple[str, ...]
    #: What this account is allowed to offer, of all that would fit; empty offers everything.
    methods: tuple[str, ...] = ()
    secret: str = field(repr=False, default="")
    webhook_secret: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """All ways in which money can come in."""

    mode: str
    entities: Mapping[str, Entity]
    banks: Mapping[str, BankAccount]
    accounts: Mapping[str, Account]

    def account_for(self, amount: Money, rhythm: Rhythm = "once") -> Account | None:
        """Choose the account with the most methods for a gift; of equals the first in the file."""
        fits = [(len(self.methods(one, amount, rhythm)), one) for one in self.accounts.values()]
        best = max(fits, key=lambda found: found[0], default=(0, None))
        return best[1] if best[0] else None

    @staticmethod
    def methods(account: Account, amount: Money, rhythm: Rhythm = "once") -> tuple[str, ...]:
        """List the methods that an account can offer for a gift."""
        if amount.currency not in account.currencies:
            return ()
        fits = fitting(country=account.country, amount=amount, rhythm=rhythm)
        return tuple(one for one in fits if one in (account.methods or METHODS))

    def zone_of(self, entity: str) -> str:
        """Tell by whose calendar a body's money is dated; of one that left the file, by everybody's."""
        known = self.entities.get(entity)
        return known.zone if known else "UTC"

    def newest_day(self) -> date:
        """Tell which day it is where it is latest: what came today lies in no later month."""
        return max((today_in(one.zone) for one in self.entities.values()), default=clock.today())

    def card_currencies(self) -> tuple[str, ...]:
        """List the currencies in which cards are taken."""
        if self.mode == "off":
            return ()
        return tuple(
            currency
            for currency in EXPONENTS
            if self.account_for(Money(10 * LEAST[currency], currency))
        )


def init_app(app: Flask) -> None:
    """Read whose accounts take money, or stop the start."""
    app.extensions[WAYS] = read(app.config["LANTERN"])


def of_the_app() -> Ways:
    """Give the ways of this app."""
    found: Ways = current_app.extensions[WAYS]
    return found


def read(config: Config) -> Ways:
    """Read and check the file; whatever is wrong stops the start with a sentence that says where."""
    path = config.payments_file or SHIPPED
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise SettingsError(f"PAYMENTS_FILE cannot be read: {wrong}.") from None
    if config.payments_file is None and config.is_production:
        said = {}  # the demo's accounts are nobody's
    try:
        return _ways(said, config)
    except (KeyError, TypeError, ValueError, DomainError) as wrong:
        raise SettingsError(f"PAYMENTS_FILE is not complete: {wrong!r}.") from None


def _ways(said: Mapping[str, Any], config: Config) -> Ways:
    entities = {key: _entity(key, one) for key, one in said.get("entities", {}).items()}
    banks = {key: _bank(key, one, entities) for key, one in said.get("banks", {}).items()}
    accounts = {
        key: _account(key, one, entities, config) for key, one in said.get("accounts", {}).items()
    }
    if config.payments == "off":
        accounts = {}  # looked at all the same, so that a mistake shows before the day they are on
    elif not accounts:
        raise SettingsError(f"PAYMENTS={config.payments}, but PAYMENTS_FILE names no account.")
    return Ways(mode=config.payments, entities=entities, banks=banks, accounts=accounts)


def _entity(key: str, said: Mapping[str, Any]) -> Entity:
    _check_key(key)
    try:
        ZoneInfo(said["zone"])
    except ZoneInfoNotFoundError:
        raise SettingsError(f"PAYMENTS_FILE: {key} has an unknown zone {said['zone']!r}.") from None
    if said["country"] not in ISO_COUNTRIES or not _fits(said["receipts"], said["country"]):
        raise SettingsError(f"PAYMENTS_FILE: country or receipts of {key} are not known.")
    return Entity(
        key=key,
        names=_texts(said["names"]),
        country=said["country"],
        zone=said["zone"],
        address=_texts(said.get("address", {})),
        receipts=said["receipts"],
        registrations=tuple(_registrations(said.get("registrations", ()))),
        four_eyes_from={
            currency: Money.parse(str(amount), currency)
            for currency, amount in said.get("four_eyes_from", {}).items()
        },
        outsiders=tuple(_outsiders(said.get("outsiders", ()))),
        keep_years=_years(said.get("keep_years")),
    )


def _years(said: Any) -> int | None:
    if said is not None and (type(said) is not int or not 1 <= said <= LONGEST_KEPT):
        raise ValueError(f"keep_years = {said!r}: a number of years from 1 to {LONGEST_KEPT}")
    return said


def _outsiders(listed: Any) -> Iterator[Outsider]:
    for one in listed:
        mail = str(one["mail"])
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", mail):
            raise ValueError(mail)
        yield Outsider(name=str(one["name"]), mail=mail, language=str(one.get("language", "en")))


def _fits(rules: str, country: str) -> bool:
    """Let a body promise only what its own country's rules promise; "plain" promises nothing."""
    return rules in RULES and rules in ("plain", country)


def _registrations(listed: Any) -> Iterator[Registration]:
    for one in listed:
        yield Registration(
            number=str(one["number"]),
            purpose=_texts(one["purpose"]),
            begins=_day(one["begins"]),
            ends=_day(one["ends"]),
            amount=Money.parse(str(one["amount"]), one["currency"]),
        )


def _bank(key: str, said: Mapping[str, Any], entities: Mapping[str, Entity]) -> BankAccount:
    _check_key(key)
    _check_owner(key, said["entity"], entities)
    _check_currencies(key, [said["currency"]])
    return BankAccount(
        key=key,
        entity=said["entity"],
        currency=said["currency"],
        bank=_texts(said["bank"]),
        number=str(said["number"]),
        holder=_texts(said["holder"]),
    )


def _account(
    key: str, said: Mapping[str, Any], entities: Mapping[str, Entity], config: Config
) -> Account:
    _check_key(key)
    _check_owner(key, said["entity"], entities)
    _check_currencies(key, said["currencies"])
    secret = _secret(key, said.get("secret_key", ""), config)
    webhook = config.payment_secrets.get(said.get("webhook_secret", ""), "")
    if config.payments.startswith("stripe") and not _WEBHOOK.fullmatch(webhook):
        raise SettingsError(
            f"The webhook secret of {key} is missing or none: set {said.get('webhook_secret')!r} to "
            "what Stripe shows for the endpoint (whsec_…). Without it anybody could say that money came."
        )
    return Account(
        key=key,
        entity=said["entity"],
        country=said["country"],
        currencies=tuple(said["currencies"]),
        methods=_methods(key, said.get("methods", [])),
        secret=secret,
        webhook_secret=webhook,
    )


def _methods(key: str, listed: list[str]) -> tuple[str, ...]:
    unknown = [name for name in listed if name not in METHODS]
    if unknown:
        raise SettingsError(
            f"PAYMENTS_FILE: {key} may offer {', '.join(METHODS)}; not {', '.join(map(repr, unknown))}."
        )
    return tuple(listed)


def _secret(key: str, name: str, config: Config) -> str:
    """Take a key that fits the mode: no test key where money is real, no live key anywhere else."""
    if not config.payments.startswith("stripe"):
        return ""
    value = config.payment_secrets.get(name, "")
    fits = _LIVE if config.payments == "stripe_live" else _TEST
    if not fits.fullmatch(value):
        kind = "live" if fits is _LIVE else "test"
        raise SettingsError(
            f"PAYMENTS={config.payments} needs a {kind} key for {key}: set {name!r} to one that begins "
            f"with rk_{kind}_ (restricted, recommended) or sk_{kind}_."
        )
    return value


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise SettingsError(
            f"PAYMENTS_FILE: {key!r} is no name; use small letters, digits, hyphens."
        )


def _check_owner(key: str, entity: str, entities: Mapping[str, Entity]) -> None:
    if entity not in entities:
        raise SettingsError(
            f"PAYMENTS_FILE: {key} belongs to {entity!r}, which is not in the file."
        )


def _check_currencies(key: str, currencies: list[str]) -> None:
    unknown = [currency for currency in currencies if currency not in EXPONENTS]
    if unknown or not currencies:
        raise SettingsError(
            f"PAYMENTS_FILE: {key} may use {', '.join(EXPONENTS)}; not {unknown or 'none'}."
        )


def _texts(said: Any) -> Mapping[str, str]:
    """Take a text per language."""
    if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
        raise TypeError("a text stands once per language: { ko = …, en = … }")
    return dict(said)


def _day(said: Any) -> date:
    if type(said) is not date:
        raise TypeError("a day is written 2026-11-14, without quotes")
    return said
