"""Settings stop the start with a sentence that says what to set; nothing has a usable default."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from campaign_app import create_app
from config import Config, SettingsError

GOOD = {
    "LANTERN_ENV": "production",
    "SECRET_KEY": "kJ3vX9_qLm2Rt7Zb8Nw4Hc6Yd1Fs5Ga0PeUiOo",
    "DATABASE_URL": "sqlite:////var/lib/lantern/lantern.sqlite3",
    "KEY_DIR": "/var/lib/lantern-keys",
    "INSTANCE_DIR": "/var/lib/lantern",
    "PUBLIC_URL": "https://sign.example.org/",
    "MAIL_URL": "smtp://user:password@mail.example.org:587",
    "MAIL_FROM": "PSCORE <petition@example.org>",
    "ORGANISATION": "PSCORE",
    "PRIVACY_CONTACT": "privacy@example.org",
}


def test_good_settings_are_read_and_frozen() -> None:
    config = Config.from_env(GOOD)
    assert config.public_url == "https://sign.example.org"
    assert config.secure_cookies
    with pytest.raises(FrozenInstanceError):
        config.public_url = "http://elsewhere"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"LANTERN_ENV", "INSTANCE_DIR"}))
def test_each_setting_that_is_missing_is_named(name: str) -> None:
    without = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(SettingsError, match=name):
        Config.from_env(without)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("SECRET_KEY", "please-changeme-please-changeme-1234567890"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("PUBLIC_URL", "http://sign.example.org"),
        ("PUBLIC_URL", "sign.example.org"),
        ("KEY_DIR", "/var/lib/lantern/keys"),
        ("LANTERN_ENV", "prod"),
        ("LANGUAGES", "ko tlh"),
        ("TRUSTED_PROXIES", "one"),
    ],
)
def test_weak_or_wrong_settings_stop_the_start(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Config.from_env(GOOD | {name: value})


def test_nothing_at_all_is_production_and_stops() -> None:
    with pytest.raises(SettingsError):
        Config.from_env({})


@pytest.mark.parametrize("spelling", ["postgres://u@h/d", "postgresql://u@h/d"])
def test_the_usual_spellings_of_postgresql_are_understood(spelling: str) -> None:
    config = Config.from_env(GOOD | {"DATABASE_URL": spelling})
    assert config.database_url == "postgresql+psycopg://u@h/d"


def test_a_mail_address_that_cannot_be_understood_stops_the_start(tmp_path: Path) -> None:
    config = Config.for_tests(
        database_url=f"sqlite:///{tmp_path}/x.sqlite3",
        instance_dir=tmp_path,
        mail_url="pigeon://roof",
    )
    with pytest.raises(SettingsError, match="MAIL_URL"):
        create_app(config)
