"""Money: whole minor units and an ISO 4217 code, never a float, never two currencies in one sum.

    Money.parse("20,000", "KRW")      20000 won; KRW has no minor unit and is never multiplied by 100
    Money.parse("12,50", "CHF")       1250 rappen
    Money(1250, "CHF").written("fr")  "12,50 CHF"

The exponents stand here and nowhere else (ISO 4217, list one, 2026-01-01).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from babel import Locale
from babel.numbers import format_currency

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

#: Currency → digits after the decimal sign. Any other code is refused rather than guessed at.
EXPONENTS: Final = {"KRW": 0, "JPY": 0, "CHF": 2, "EUR": 2, "USD": 2, "GBP": 2}
#: More than any gift by card or cash; larger sums come by bank and are written by their row.
LARGEST: Final = 10**12

WON_SIGN: Final = "₩"
#: What people write beside a number, and which currency they mean by it.
_BESIDE: Final = re.compile(
    r"(?P<KRW>KRW|won|[₩원])|(?P<JPY>JPY|JP¥|yen|[¥円])|(?P<CHF>CHF|francs?|fr\.?|프랑)"
    r"|(?P<EUR>euros?|EUR|€|유로)|(?P<USD>USD|US\$|\$US|dollars?|\$|달러)|(?P<GBP>GBP|£GB|pounds?|£)",
    re.I,
)
#: The Swiss way to say that there are no rappen: 20.–
_NO_DECIMALS: Final = re.compile(r"[.,][-\u2013\u2014]{1,2}$")
#: The Korean way to write thousands: 2만 5천, 1만5000, 1.5만, 만. A lone digit behind it may mean
#: thousands as well as ones, so it is no amount.
_TEN_THOUSANDS: Final = re.compile(
    r"(?=.*[만천])(?:(?P<man>\d{1,4}(?:\.\d)?)?(?P<m>만))? ?"
    r"(?:(?:(?P<cheon>\d)?(?P<c>천))?(?: ?(?P<ones>\d{3}))?|(?P<rest>\d,?\d{3}))"
)
#: One number in any of the world's ways to group it: 1,234.50  1.234,50  1 234,50  1'234.50
_NUMBER: Final = re.compile(r"\d+(?:[., ']\d+)*")
_MARKS: Final = re.compile(r"[., ']")
_ALIKE: Final = (
    dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u3000\t"), " ")
    | dict.fromkeys(map(ord, "\u2019\u02bc\u00b4`"), "'")
    | {ord("，"): ",", ord("．"): ".", ord("￦"): "₩", ord("￥"): "¥"}
)


class UnknownCurrency(ValueError):
    """A code whose minor unit we do not know."""


class TwoCurrencies(TypeError):
    """Somebody added or compared francs and won."""


class NotAnAmount(DomainError):
    """What was typed is no amount."""

    status = 400
    text = _l("Enter the amount in digits, for example 20.")


class NotAWholeAmount(NotAnAmount):
    """The same in won and yen, where nobody means twenty."""

    text = _l("Enter the amount in digits, for example 20000.")


class OtherCurrency(DomainError):
    """Dollars typed where won are counted: taken as they stand they would be another gift."""

    status = 400
    text = _l(
        "You wrote an amount in another currency. Choose that currency first, or write the amount in "
        "the one that is chosen."
    )


class NoDecimals(DomainError):
    """Won and yen have no smaller unit."""

    status = 400
    text = _l("This currency has no decimals. Enter a whole amount, for example 20000.")


class TooManyDecimals(DomainError):
    """More digits after the decimal sign than the currency has."""

    status = 400
    text = _l("Enter two digits at most after the decimal sign, for example 12.50.")


class TooMuch(DomainError):
    """More than this way of giving can carry."""

    status = 400
    text = _l("This amount is too large for this form. Please write to us.")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (rappen, cents; won as they are)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise UnknownCurrency(self.currency)
        if type(self.minor) is not int:  # a bool or a float is a mistake, not an amount
            raise TypeError("money is counted in whole minor units")

    @classmethod
    def none(cls, currency: str) -> Self:
        """Count nothing of a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, typed: str, currency: str) -> Self:
        """Read an amount as people type it; a DomainError says what is wrong with it."""
        exponent = exponent_of(currency)
        try:
            whole, decimals = _cut(_bare(typed, currency), exponent)
        except NotAnAmount:
            raise NotAnAmount if exponent else NotAWholeAmount from None
        minor = int(whole) * 10**exponent + int(decimals.ljust(exponent, "0") or "0")
        if minor > LARGEST:
            raise TooMuch
        return cls(minor, currency)

    @classmethod
    def sum_of(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """Add amounts of one currency up."""
        total = Money.none(currency)
        for amount in amounts:
            total += amount
        return total

    @property
    def decimal(self) -> Decimal:
        """Give it in major units, exactly."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    @property
    def plain(self) -> str:
        """Write it for machines and for form fields: "12.50", "20000"."""
        return f"{self.decimal:.{EXPONENTS[self.currency]}f}"

    def written(self, language: str) -> str:
        """Write it as people who read that language expect it."""
        locale = language.replace("-", "_")
        return format_currency(self.decimal, self.currency, locale=locale)

    def brief(self, language: str) -> str:
        """Write it without decimals where it has none: "20 CHF" rather than "20,00 CHF"."""
        if self.decimal != self.decimal.to_integral_value():
            return self.written(language)
        locale = Locale.parse(language.replace("-", "_"))
        whole = locale.currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(
            self.decimal, self.currency, whole, locale=locale, currency_digits=False
        )

    def printed(self, language: str) -> str:
        """Write it for paper: our print fonts have no sign for the won, and Koreans write 원 anyway."""
        text = self.written(language)
        if WON_SIGN not in text:
            return text
        if language == "ko":
            return f"{text.replace(WON_SIGN, '')}원"
        if text.startswith(WON_SIGN):
            return text.replace(WON_SIGN, "KRW\u00a0")
        return text.replace(WON_SIGN, "KRW")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: object) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise TwoCurrencies("amounts of two currencies have no sum and no order")
        return other.minor


def exponent_of(currency: str) -> int:
    """Tell how many digits a currency has after the decimal sign."""
    if currency not in EXPONENTS:
        raise UnknownCurrency(currency)
    return EXPONENTS[currency]


def _bare(typed: str, currency: str) -> str:
    """Take away what stands beside the number; full-width and other digits become ours."""
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in typed)
    text = text.translate(_ALIKE)
    if any(found.lastgroup != currency for found in _BESIDE.finditer(text)):
        raise OtherCurrency
    text = _NO_DECIMALS.sub("", _BESIDE.sub("", text).strip(" \u200e\u200f"))
    text = _in_digits(text) if currency == "KRW" else text
    if not _NUMBER.fullmatch(text):
        raise NotAnAmount
    return text


def _in_digits(text: str) -> str:
    """Write 2만 5천 as 25000; leave alone what is written otherwise."""
    found = _TEN_THOUSANDS.fullmatch(text)
    if found is None:
        return text
    man = Decimal(found["man"] or 1) * 10_000 if found["m"] else Decimal(0)
    cheon = int(found["cheon"] or 1) * 1000 if found["c"] else 0
    rest = (found["rest"] or found["ones"] or "0").replace(",", "")
    return str(int(man) + cheon + int(rest))


def _cut(text: str, exponent: int) -> tuple[str, str]:
    """Tell whole from decimals: three digits behind each mark are groups, one or two are decimals."""
    groups, marks = _MARKS.split(text), _MARKS.findall(text)
    decimals = ""
    if marks and len(groups[-1]) != 3:
        if marks[-1] in marks[:-1] or marks[-1] in " '":
            raise NotAnAmount
        if exponent == 0:
            raise NoDecimals
        decimals, groups, marks = groups[-1], groups[:-1], marks[:-1]
    elif len(set(marks)) == 2 and marks[-1] not in marks[:-1] and marks[-1] in ".,":
        # 1,234.500: the last mark is another one, so it is no group's.
        raise NoDecimals if exponent == 0 else TooManyDecimals
    if len(decimals) > exponent:
        raise TooManyDecimals
    if len(set(marks)) > 1 or any(len(group) != 3 for group in groups[1:]) or not _head(groups):
        raise NotAnAmount
    return "".join(groups), decimals


def _head(groups: list[str]) -> bool:
    """Tell whether what stands before the first mark can stand there."""
    return len(groups) == 1 or (1 <= len(groups[0]) <= 3 and groups[0][0] != "0")
