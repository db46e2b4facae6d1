"""What a start loads and what it refuses: no test bank where money is real, no money behind a password alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from campaign_app import create_app
from campaign_app.accounts.models import Person
from campaign_app.core.db import db, session, transact
from campaign_app.core.money import Money
from campaign_app.payments import ways
from campaign_app.payments.opening import CHECKOUT, checkout_origins
from config import Config, SettingsError
from tests.accounts.people import let_in
from tests.payments.test_ways import LIVE, TEST, WEBHOOK
from tests.test_config import GOOD

ROOT = Path(__file__).resolve().parents[2]
#: Starts as a process does, and says which of the demo's bank it holds.
HELD = """
import sys
from campaign_app import create_app
app = create_app()
print([name for name in sys.modules if name.startswith("campaign_app.payments.local")])
print([rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/payments/local")])
"""


def a_file(folder: Path) -> Path:
    """Write whose accounts take money, as the demo has it."""
    path = folder / "payments.toml"
    path.write_text(ways.SHIPPED.read_text("utf-8"), "utf-8")
    return path


def started(database_url: str, folder: Path, mode: str, key: str) -> Config:
    """Tell the settings of a production server."""
    return Config.for_tests(
        database_url=database_url,
        instance_dir=folder,
        environment="production",
        payments=mode,
        payments_file=a_file(folder),
        payment_secrets={"STRIPE_KEY_PARIS": key, "STRIPE_WEBHOOK_PARIS": WEBHOOK},
    )


@pytest.fixture
def live(database_url: str, tmp_path: Path) -> Config:
    return started(database_url, tmp_path, "stripe_live", LIVE)


@pytest.fixture
def opened(live: Config) -> Iterator[Flask]:
    """Start with real money, which nobody hinders."""
    app = create_app(live)
    yield app
    forget(app)


def forget(app: Flask) -> None:
    with app.app_context():
        session.remove()
        db.engine.dispose()


def change(app: Flask, name: str, **values: object) -> None:
    with app.app_context():
        of_them = update(Person).where(Person.name == name).values(**values)
        transact(lambda: session.execute(of_them))


# Real money and a second factor


def test_with_nobody_there_yet_real_money_starts(opened: Flask) -> None:
    with opened.app_context():
        assert checkout_origins() == CHECKOUT


def test_real_money_waits_for_everybodys_second_factor(app: Flask, live: Config) -> None:
    for name, role in (("Mina", "administrator"), ("Sora", "finance"), ("Jun", "organiser")):
        let_in(app, role, name=name)
    with pytest.raises(SettingsError, match="2 of them have none") as refused:
        create_app(live)
    assert not any(name in str(refused.value) for name in ("Mina", "Sora", "mina@", "sora@"))
    change(app, "Mina", totp_secret="closed")
    with pytest.raises(SettingsError, match="1 of them has none"):
        create_app(live)
    change(app, "Sora", totp_secret="closed")
    forget(create_app(live))


def test_who_left_and_who_never_came_hinder_nobody(app: Flask, live: Config) -> None:
    let_in(app, "finance", "administrator", name="Mina")
    with pytest.raises(SettingsError, match="1 of them has none"):
        create_app(live)
    change(app, "Mina", active=False)
    forget(create_app(live))
    change(app, "Mina", active=True, password="")
    forget(create_app(live))


@pytest.mark.parametrize(("mode", "key"), [("off", ""), ("stripe_test", TEST)])
def test_without_real_money_they_can_come_in_and_set_it_up(
    app: Flask, database_url: str, tmp_path: Path, mode: str, key: str
) -> None:
    let_in(app, "administrator")
    forget(create_app(started(database_url, tmp_path, mode, key)))


def test_an_empty_database_can_be_brought_up_to_date(tmp_path: Path) -> None:
    forget(create_app(started(f"sqlite:///{tmp_path / 'empty'}", tmp_path, "stripe_live", LIVE)))


# What is loaded


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_production_opens_no_test_bank_even_if_its_settings_were_never_checked(
    database_url: str, tmp_path: Path
) -> None:
    """Config.from_env refuses before; this is the second bolt."""
    with pytest.raises(AssertionError, match="never opens in production"):
        create_app(started(database_url, tmp_path, "local", ""))
    assert not list(tmp_path.glob("*local-bank*"))


@pytest.mark.parametrize(("mode", "key"), [("off", ""), ("stripe_live", LIVE)])
def test_no_process_of_production_holds_the_test_bank(tmp_path: Path, mode: str, key: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = GOOD | {
        "PAYMENTS": mode,
        "PAYMENTS_FILE": str(a_file(tmp_path)),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty'}",
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "KEY_DIR": str(tmp_path / "keys"),
        "STRIPE_KEY_PARIS": key,
        "STRIPE_WEBHOOK_PARIS": WEBHOOK,
    }
    assert held(kept | said) == ["[]", "[]"]


def test_the_demo_does_hold_it(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = GOOD | {
        "LANTERN_ENV": "demo",
        "PAYMENTS": "local",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty'}",
        "INSTANCE_DIR": str(tmp_path / "instance"),
    }
    modules, addresses = held(kept | said)
    assert "campaign_app.payments.local.pages" in modules
    assert "/payments/local/<account>/checkout/<session>" in addresses


def held(environment: dict[str, str]) -> list[str]:
    words = [sys.executable, "-c", HELD]
    done = subprocess.run(
        words, check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-2:]


# What an account may offer


def offered(folder: Path, line: str) -> tuple[str, ...]:
    """List what the one account offers for 20,000 won, if its methods are named."""
    path = a_file(folder)
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    env = GOOD | {"LANTERN_ENV": "demo", "PAYMENTS": "local", "PAYMENTS_FILE": str(path)}
    found = ways.read(Config.from_env(env))
    account = found.account_for(Money(20000, "KRW"))
    return () if account is None else found.methods(account, Money(20000, "KRW"))


def test_an_account_offers_no_more_than_its_file_names(tmp_path: Path) -> None:
    assert len(offered(tmp_path, "")) > 5
    assert offered(tmp_path, 'methods = ["kakao_pay", "card"]') == ("card", "kakao_pay")
    assert offered(tmp_path, 'methods = ["twint"]') == (), "TWINT takes no won"


def test_a_method_that_nobody_knows_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pigeon"):
        offered(tmp_path, 'methods = ["card", "pigeon"]')
