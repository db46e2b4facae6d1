"""Whose accounts take money; and no combination of settings shows a test page where money is real."""

from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from campaign_app.core.money import Money
from campaign_app.payments import ways
from config import PAYMENT_MODES, Config, SettingsError
from tests.test_config import GOOD

LIVE, TEST, WEBHOOK = "rk_live_abcdefghij123", "sk_test_abcdefghij123", "whsec_abcdefghij123"
KEYS = {"none": "", "live": LIVE, "test": TEST, "nonsense": "pk_live_abcdefghij123"}


def settings(tmp_path: Path, **said: str) -> Config:
    path = tmp_path / "payments.toml"
    path.write_text(ways.SHIPPED.read_text("utf-8"), "utf-8")
    return Config.from_env(GOOD | {"PAYMENTS_FILE": str(path)} | said)


@pytest.mark.parametrize(
    ("mode", "key", "secret", "environment"),
    list(product(PAYMENT_MODES, KEYS, ["", WEBHOOK, "  "], ["production", "demo", "test"])),
)
def test_every_start_either_fits_or_is_refused(
    tmp_path: Path, mode: str, key: str, secret: str, environment: str
) -> None:
    """Go through mode × key × webhook secret × environment: what starts is what was meant."""
    said = {"STRIPE_KEY_PARIS": KEYS[key], "STRIPE_WEBHOOK_PARIS": secret}
    meant = {
        "off": True,
        "local": environment != "production",
        "stripe_test": key == "test" and secret == WEBHOOK and environment != "production",
        "stripe_live": key == "live" and secret == WEBHOOK and environment == "production",
    }[mode]
    try:
        found = ways.read(settings(tmp_path, PAYMENTS=mode, LANTERN_ENV=environment, **said))
    except SettingsError:
        assert not meant
        return
    assert meant
    assert found.mode == mode
    assert bool(found.accounts) == (mode != "off")


def test_without_a_word_cards_are_off_and_the_bank_is_there(tmp_path: Path) -> None:
    found = ways.read(settings(tmp_path))
    assert (found.mode, found.card_currencies()) == ("off", ())
    assert list(found.banks) == ["seoul"]


def test_production_without_a_file_shows_no_account_of_the_demo() -> None:
    found = ways.read(Config.from_env(GOOD))
    assert not found.banks
    assert not found.entities


@pytest.mark.parametrize(
    ("mode", "environment"), [("stripe_test", "demo"), ("stripe_live", "production")]
)
def test_stripe_needs_a_file_that_says_whose_accounts(mode: str, environment: str) -> None:
    with pytest.raises(SettingsError, match="PAYMENTS_FILE"):
        Config.from_env(GOOD | {"PAYMENTS": mode, "LANTERN_ENV": environment})


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('entity = "friends-fr"', 'entity = "nobody"', "nobody"),
        ('"KRW", "CHF"', '"XAU", "CHF"', "XAU"),
        ('receipts = "KR"', 'receipts = "MARS"', "pscore-kr"),
        ('receipts = "KR"', 'receipts = "CH"', "pscore-kr"),
        ('amount = "30000000"', 'amount = "0"', "2026-000"),
        ("ends = 2027-12-31", "ends = 2025-12-31", "2026-000"),
        ('zone = "Asia/Seoul"', 'zone = "Asia/Atlantis"', "Atlantis"),
        ("[banks.seoul]", "[banks.Seoul]", "Seoul"),
        ("begins = 2026-01-01", 'begins = "soon"', "a day"),
        ('number = "000-000000-00-000"', "", "number"),
        ("[banks.seoul]", "[banks.seoul", "cannot be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    config = settings(tmp_path)
    path = config.payments_file
    assert path is not None
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SettingsError, match=named):
        ways.read(Config.from_env(GOOD | {"PAYMENTS": "off", "PAYMENTS_FILE": str(path)}))


def test_a_gift_goes_to_the_account_that_can_take_it(tmp_path: Path) -> None:
    found = ways.read(settings(tmp_path, PAYMENTS="local", LANTERN_ENV="demo"))
    for currency, minor in (("KRW", 20000), ("CHF", 2000), ("EUR", 2000), ("USD", 2000)):
        account = found.account_for(Money(minor, currency))
        assert account is not None
        assert account.key == "paris"
    assert found.account_for(Money(2000, "GBP")) is None
    assert found.account_for(Money(1, "EUR")) is None
    assert found.card_currencies() == ("KRW", "CHF", "EUR", "USD")


def test_no_key_stands_in_a_traceback(tmp_path: Path) -> None:
    found = ways.read(
        settings(
            tmp_path, PAYMENTS="stripe_live", STRIPE_KEY_PARIS=LIVE, STRIPE_WEBHOOK_PARIS=WEBHOOK
        )
    )
    assert LIVE not in repr(found)
    assert WEBHOOK not in repr(found)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_app_knows_its_ways(app: Flask) -> None:
    with app.app_context():
        assert ways.of_the_app().mode == "off"
