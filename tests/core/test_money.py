"""Money is whole, has one currency, and reads what people write."""

from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.core import pdf
from campaign_app.core.money import (
    EXPONENTS,
    LARGEST,
    Money,
    NoDecimals,
    NotAnAmount,
    OtherCurrency,
    TooManyDecimals,
    TooMuch,
    TwoCurrencies,
    UnknownCurrency,
)

CURRENCIES = st.sampled_from(sorted(EXPONENTS))
LANGUAGES = st.sampled_from(["ko", "en", "fr", "de", "ja", "es"])
AMOUNTS = st.integers(0, LARGEST)
SIGN: Final = {"KRW": "원", "JPY": "円"}


@given(minor=AMOUNTS, currency=CURRENCIES, language=LANGUAGES)
def test_what_is_written_reads_back_the_same(minor: int, currency: str, language: str) -> None:
    amount = Money(minor, currency)
    assert Money.parse(amount.written(language), currency) == amount
    assert Money.parse(amount.plain, currency) == amount


@given(won=st.integers(0, LARGEST), currency=st.sampled_from(["KRW", "JPY"]))
def test_won_and_yen_are_never_multiplied(won: int, currency: str) -> None:
    for typed in (f"{won}", f"{won:,}", f"{won:,}".replace(",", " "), f"{won:,} {SIGN[currency]}"):
        assert Money.parse(typed, currency).minor == won
    assert Money(won, currency).plain == str(won)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("20,000", "KRW", 20000), ("20.000", "KRW", 20000), ("20 000 ₩", "KRW", 20000),
        ("２０，０００원", "KRW", 20000), ("₩20,000", "KRW", 20000), ("٢٠", "KRW", 20),
        ("12.50", "CHF", 1250), ("12,5", "CHF", 1250), ("CHF 12.–".replace("–", "0"), "CHF", 1200),
        ("1'234.50", "CHF", 123450), ("1’234.50", "CHF", 123450), ("1.234,50 €", "EUR", 123450),
        ("1,234", "USD", 123400), ("$5", "USD", 500), ("5,00 $US", "USD", 500), ("1 234,5", "EUR", 123450),
        ("0.5", "EUR", 50), ("007", "EUR", 700), ("20.–", "CHF", 2000), ("Fr. 20.-", "CHF", 2000),
        ("20 francs", "CHF", 2000), ("20 euros", "EUR", 2000), ("20 dollars", "USD", 2000),
        ("20000 won", "KRW", 20000), ("2만원", "KRW", 20000), ("만 원", "KRW", 10000), ("10만", "KRW", 100000),
        ("2만 5천원", "KRW", 25000), ("5천원", "KRW", 5000), ("1만5000", "KRW", 15000),
        ("1만 5,000원", "KRW", 15000), ("1.5만", "KRW", 15000), ("２만５００원", "KRW", 20500),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed: str, currency: str, minor: int) -> None:
    assert Money.parse(typed, currency).minor == minor


@pytest.mark.parametrize("typed", ["20.5", "20,50", "1,234.5", "20000.00", "1,234.500"])
def test_decimals_in_won_are_refused_and_not_rounded(typed: str) -> None:
    with pytest.raises(NoDecimals):
        Money.parse(typed, "KRW")


@pytest.mark.parametrize("typed", ["12.3456", "1,234.500", "0,1234"])
def test_more_decimals_than_there_are_rappen_are_refused(typed: str) -> None:
    with pytest.raises(TooManyDecimals):
        Money.parse(typed, "CHF")


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-5", "+5", "five", "1e3", "1,23,456", "12,3456,789", "1.2.3", ".5", "5.", "1 2", "0,123,456",
     "1,234 567", "²", "NaN", "1_000", "=1+1", "12.50.00", "5 5 5"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(typed, "EUR")


@pytest.mark.parametrize(
    "typed", ["2만 5", "2만 12345", "이만원", "만2만", "5천5000", "2만만", "천만"]
)
def test_what_may_mean_two_amounts_of_won_is_none(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(typed, "KRW")


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("₩20,000", "USD"), ("20000원", "EUR"), ("2만원", "CHF"), ("€12,50", "KRW"), ("$20", "KRW"),
        ("20 euros", "CHF"), ("20 francs", "EUR"), ("US$20", "EUR"), ("£5", "EUR"), ("¥500", "KRW"),
    ],
)  # fmt: skip
def test_an_amount_in_another_currency_is_never_taken_as_one_in_this(
    typed: str, currency: str
) -> None:
    with pytest.raises(OtherCurrency):
        Money.parse(typed, currency)


@given(typed=st.text(max_size=30), currency=CURRENCIES)
def test_whatever_is_typed_the_answer_is_an_amount_or_a_sentence(typed: str, currency: str) -> None:
    with suppress(NotAnAmount, NoDecimals, OtherCurrency, TooManyDecimals, TooMuch):
        assert 0 <= Money.parse(typed, currency).minor <= LARGEST


def test_too_much_is_too_much() -> None:
    with pytest.raises(TooMuch):
        Money.parse(str(LARGEST + 1), "KRW")


def test_two_currencies_have_no_sum_and_no_order() -> None:
    won, francs = Money(5, "KRW"), Money(5, "CHF")
    for wrong in (
        lambda: won + francs,
        lambda: won - francs,
        lambda: won < francs,
        lambda: won >= francs,
    ):
        with pytest.raises(TwoCurrencies):
            wrong()
    assert won != francs


def test_only_whole_minor_units_of_known_currencies_are_money() -> None:
    with pytest.raises(UnknownCurrency):
        Money(1, "XAU")
    for wrong in (1.0, True, "1"):
        with pytest.raises(TypeError):
            Money(wrong, "KRW")  # type: ignore[arg-type]  # that is the point


@given(st.lists(AMOUNTS), CURRENCIES)
def test_sums_are_exact(amounts: list[int], currency: str) -> None:
    assert Money.sum_of((Money(one, currency) for one in amounts), currency).minor == sum(amounts)


def test_on_paper_the_won_is_written_in_letters_that_our_fonts_have() -> None:
    won = Money(20000, "KRW")
    assert won.printed("ko") == "20,000원"
    assert won.printed("en") == "KRW\u00a020,000"
    assert won.printed("fr").endswith("KRW")
    assert Money(1250, "CHF").printed("fr") == Money(1250, "CHF").written("fr")


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_every_amount_can_be_printed(language: str, currency: str) -> None:
    pdf.set_right(Money(123456, currency).printed(language), language)
