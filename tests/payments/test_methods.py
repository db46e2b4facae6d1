"""Which method fits where: a row for each cell that somebody could get wrong."""

from typing import get_args

import pytest
from stripe.params.checkout import SessionCreateParams

from campaign_app.core.money import EXPONENTS, Money
from campaign_app.payments.methods import LEAST, METHODS, MOST, fitting, is_delayed

KOREAN = {"kr_card", "kakao_pay", "naver_pay", "payco", "samsung_pay"}
EUROPEAN = {"sepa_debit", "ideal", "bancontact"}


def methods(country: str, minor: int, currency: str, rhythm: str = "once") -> set[str]:
    return set(fitting(country=country, amount=Money(minor, currency), rhythm=rhythm))  # type: ignore[arg-type]  # one of two words


@pytest.mark.parametrize(
    ("country", "minor", "currency", "rhythm", "expected"),
    [
        ("FR", 20_000, "KRW", "once", {"card", "link"} | KOREAN),
        ("US", 20_000, "KRW", "once", {"card", "link"} | KOREAN),
        ("SG", 20_000, "KRW", "once", {"card", "link"} | KOREAN - {"kakao_pay"}),
        ("CH", 20_000, "KRW", "once", {"card", "link"}),
        ("FR", 20_000, "KRW", "monthly", {"card", "link", "kr_card", "kakao_pay", "naver_pay"}),
        ("FR", 2_000_000, "KRW", "once", {"card", "link"} | KOREAN),
        ("FR", 2_000_001, "KRW", "once", {"card", "link", "kr_card", "naver_pay"}),
        ("CH", 5_000, "CHF", "once", {"card", "link", "twint"}),
        ("CH", 5_000, "CHF", "monthly", {"card", "link", "twint"}),
        ("US", 5_000, "CHF", "once", {"card", "link"}),
        ("CH", 500_000, "CHF", "once", {"card", "link", "twint"}),
        ("FR", 5_000, "EUR", "once", {"card", "link"} | EUROPEAN),
        ("JP", 5_000, "EUR", "once", {"card", "link"}),
        ("FR", 5_000, "USD", "once", {"card", "link"}),
        ("HK", 5_000, "USD", "once", set()),
        ("TH", 5_000, "USD", "once", set()),
    ],
)
def test_each_cell_of_the_table(
    country: str, minor: int, currency: str, rhythm: str, expected: set[str]
) -> None:
    assert methods(country, minor, currency, rhythm) == expected


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_too_little_and_too_much_go_by_another_way(currency: str) -> None:
    least, most = LEAST[currency], MOST[currency]
    assert methods("FR", least, currency)
    assert methods("FR", most, currency)
    assert methods("FR", least - 1, currency) == methods("FR", most + 1, currency) == set()


@pytest.mark.parametrize("name", sorted(METHODS))
def test_each_method_bears_each_of_its_currencies_and_no_other(name: str) -> None:
    method = METHODS[name]
    country = min(method.accounts or {"FR"})
    for currency in EXPONENTS:
        amount = max(LEAST[currency], method.least)
        assert (name in methods(country, amount, currency)) == (currency in method.currencies)


def test_stripe_knows_every_name_in_the_table() -> None:
    known = str(get_args(SessionCreateParams.__annotations__["allowed_payment_method_types"]))
    assert [name for name in METHODS if name not in known] == []


def test_money_that_comes_later_is_known() -> None:
    assert [name for name in METHODS if is_delayed(name)] == ["sepa_debit"]
    assert not is_delayed("a method of tomorrow")
