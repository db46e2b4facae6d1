"""Whoever looks at a donor leaves a note: all pages about money are opened, and read for names."""

import io
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session
from campaign_app.receipts.models import GiftReceipt
from campaign_app.transfers.models import BankRow
from tests.accounts.people import token_of
from tests.cash.counted import Cash
from tests.payments.giving import Giving
from tests.transfers.lists import Line, bring, kookmin

#: Donors by card and by bank; no page of ours has such a letter by chance.
DONORS = ("Yun Dongju", "dongju@example.org", "백석시인")
ROOM = "/console/money"


House = dict[str, list[Any]]


@pytest.fixture
def house(app: Flask, giving: Giving, cash: Cash) -> House:
    """Let donors be known by card, by bank and by receipt; list the rows by kind of argument."""
    gift = giving.gift(20000, name=DONORS[0], mail=DONORS[1])
    giving.pay(gift)
    giving.deliver()
    giving.work()
    cash.counted()
    with app.app_context():
        bring(kookmin([Line(7000, DONORS[2], memo=DONORS[2])]))
        receipt = session.scalars(select(GiftReceipt)).one()
        return {
            "UUIDConverter": [gift, receipt.id],
            "IntegerConverter": [*session.scalars(select(BankRow.id)), 1, 2],
            "UnicodeConverter": [gift.hex, "seoul"],
            "year": [receipt.year],
            "entity": [receipt.entity],
        }


def addresses(app: Flask, rule: Rule, house: House) -> Iterator[str]:
    """Write a rule with every row that there is."""
    kinds = {name: type(rule._converters[name]).__name__ for name in rule.arguments}
    choices = {name: house.get(name) or house[kind] for name, kind in kinds.items()}
    for turn in range(max((len(one) for one in choices.values()), default=1)):
        values = {name: known[turn % len(known)] for name, known in choices.items()}
        with app.test_request_context():
            built = rule.build(values, append_unknown=False)
        assert built, rule.rule
        yield built[1]


def written(answer: TestResponse) -> str:
    """Read a page, a file or a paper."""
    if answer.mimetype == "application/pdf":
        pages = pypdfium2.PdfDocument(io.BytesIO(answer.data))
        return "".join(str(page.get_textpage().get_text_range()) for page in pages)
    return str(answer.data, "utf-8", "replace")


def notes(app: Flask) -> int:
    with app.app_context():
        session.rollback()
        return int(session.scalar(select(func.count()).select_from(AuditEntry)) or 0)


def looks(app: Flask, client: FlaskClient, house: House) -> Iterator[tuple[str, bool]]:
    """Open everything below money; tell what showed a donor, and whether a note was written for it."""
    token = token_of(client)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(ROOM):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for path in addresses(app, rule, house):
                before = notes(app)
                data = {"csrf_token": token} if method == "POST" else None
                text = written(client.open(path, method=method, data=data, follow_redirects=True))
                if any(one in text for one in DONORS):
                    yield f"{method} {path}", notes(app) > before


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_page_shows_a_donor_without_a_note(
    app: Flask, treasurer: FlaskClient, house: House
) -> None:
    seen = list(looks(app, treasurer, house))
    assert [what for what, noted in seen if not noted] == []
    shown = " ".join(what for what, _noted in seen)
    # The walk did meet donors, or it would prove nothing.
    assert "/contact" in shown
    assert "/receipts/" in shown
    assert "/transfers/" in shown
