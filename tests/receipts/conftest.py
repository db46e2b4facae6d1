"""A till whose bank is the demo's, and receipts to be asked for."""

from datetime import date
from pathlib import Path

import pytest

from campaign_app.core.money import Money
from campaign_app.payments.accounts import TEST
from campaign_app.receipts.services import Given
from config import Config

SEOUL, FRIENDS = "pscore-kr", "friends-fr"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Let money be the demo's."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


def asked(subject: str = "donation:1", **other: object) -> Given:
    """Ask for a receipt of 20,000 won."""
    said: dict[str, object] = {
        "subject": subject,
        "book": TEST,
        "entity": SEOUL,
        "amount": Money(20000, "KRW"),
        "given_on": date(2026, 11, 14),
        "way": "card",
        "language": "ko",
    }
    return Given(**(said | other))  # type: ignore[arg-type]  # a test names what differs
