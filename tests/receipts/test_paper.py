"""The paper says what was written when the gift came, in the donor's language, and never changes."""

from dataclasses import replace
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core.db import session, transact
from campaign_app.core.i18n import spoken
from campaign_app.core.money import Money
from campaign_app.payments import ways
from campaign_app.payments.accounts import LIVE
from campaign_app.receipts import paper, rules, services, wording
from campaign_app.receipts.models import GiftReceipt
from campaign_app.receipts.services import Given
from tests.paper import read_aloud, text_of
from tests.receipts.conftest import FRIENDS, asked

LANGUAGES = ("ko", "en", "fr")


@pytest.fixture
def engine_name() -> str:
    """Print on one engine: paper asks the database for one row."""
    return "sqlite"


def written(given: Given) -> GiftReceipt:
    return transact(partial(services.issue, given))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_says_who_received_how_much_when_and_how(app: Flask, language: str) -> None:
    with app.app_context():
        receipt = written(asked(language=language, donor="김미나"))
        read = " ".join(text_of(paper.printed(receipt)).split())
        facts = receipt.facts
    assert receipt.name in read
    for said in (facts["title"], facts["entity"], "김미나", *facts["notes"], facts["rows"][0][1]):
        assert "".join(said.split()) in "".join(read.split()), said
    assert "20" in read
    assert "000" in read


@pytest.mark.parametrize(
    ("rule", "amount", "notes"),
    [
        ("KR", Money(20000, "KRW"), ["payment_only", "korean_receipt", "no_resident_number"]),
        ("KR", Money(2000, "CHF"),
         ["payment_only", "korean_receipt", "no_resident_number", "not_swiss"]),
        ("CH", Money(2000, "CHF"), ["swiss_deduction", "payment_only"]),
        ("CH", Money(2000, "EUR"), ["payment_only"]),
        ("US", Money(25000, "USD"), ["no_goods", "payment_only"]),
        ("US", Money(24999, "USD"), ["payment_only"]),
        ("plain", Money(2000, "EUR"), ["payment_only", "no_deduction"]),
        ("plain", Money(2000, "CHF"), ["payment_only", "no_deduction", "not_swiss"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_rule_says_what_its_country_wants(
    app: Flask, rule: str, amount: Money, notes: list[str], language: str
) -> None:
    with app.app_context():
        entity = replace(ways.of_the_app().entities[FRIENDS], receipts=rule)
        said = wording.Said(
            entity=entity, amount=amount, given_on=asked().given_on, issued_on=asked().given_on,
            way="transfer", language=language,
        )  # fmt: skip
        found = wording.frozen(said)
        with spoken(language):
            assert found["notes"] == [str(wording.NOTES[name]) for name in notes]
    assert found["version"] == rules.of(rule).version


@pytest.mark.parametrize(
    ("rule", "entity", "amount"),
    [
        ("KR", "pscore-kr", Money(1234567, "KRW")),
        ("CH", FRIENDS, Money(1234550, "CHF")),
        ("US", FRIENDS, Money(1234550, "USD")),
        ("plain", FRIENDS, Money(1234550, "EUR")),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_a_rule_wants_stands_on_one_page(
    app: Flask, rule: str, entity: str, amount: Money, language: str
) -> None:
    with app.app_context():
        known = app.extensions[ways.WAYS]
        body = replace(known.entities[entity], receipts=rule)
        app.extensions[ways.WAYS] = replace(known, entities={entity: body})
        receipt = written(asked(entity=entity, amount=amount, language=language, book=LIVE))
        made = paper.printed(receipt)
    assert len(read_aloud(made)) == 1
    read = "".join(text_of(made).split())
    facts = receipt.facts
    said = [facts["title"], facts["amount"], facts["entity"], facts["address"], receipt.name]
    for words in (*said, *facts["notes"], *(cell for row in facts["rows"] for cell in row)):
        assert "".join(words.split()) in read, words
    digits = [sign for sign in facts["amount"] if sign.isdecimal()]
    assert "".join(digits) == str(amount.minor)  # won are never multiplied
    assert facts["version"].startswith(f"{rule}-")


def test_every_rule_that_an_entity_may_name_is_there() -> None:
    assert set(rules.shipped()) == set(ways.RULES)
    named = {note.name for rule in rules.shipped().values() for note in rule.notes}
    assert named == set(wording.NOTES)


def test_a_registered_collection_stands_on_the_receipts_of_its_period(app: Flask) -> None:
    with app.app_context():
        within = written(asked("donation:1"))
        before = written(asked("donation:2", given_on=asked().given_on.replace(year=2025)))
    assert any("2026-000" in value for _label, value in within.facts["rows"])
    assert not any("2026-000" in value for _label, value in before.facts["rows"])


def test_an_old_receipt_prints_the_same_when_the_settings_have_changed(app: Flask) -> None:
    with app.app_context():
        receipt = written(asked(language="en"))
        before = text_of(paper.printed(receipt))
        known = app.extensions[ways.WAYS]
        renamed = replace(known.entities["pscore-kr"], names={"en": "Someone Else"}, receipts="US")
        app.extensions[ways.WAYS] = replace(known, entities={"pscore-kr": renamed})
        assert text_of(paper.printed(receipt)) == before


def test_where_no_money_moved_the_paper_is_void(app: Flask) -> None:
    with app.app_context():
        tried, real = written(asked("donation:1")), written(asked("donation:2", book=LIVE))
        assert paper.said(tried)["void"] == tried.facts["void"]
        assert tried.facts["void"] in text_of(paper.printed(tried))
        assert paper.said(real)["void"] == ""
        assert real.facts["void"] not in text_of(paper.printed(real))


def test_a_cancelled_receipt_says_so_and_the_one_that_cancels_says_which(app: Flask) -> None:
    with app.app_context():
        first = written(asked(language="en"))
        after = transact(partial(services.cancel, first, reason="returned"))
        assert after.name in text_of(paper.printed(session.merge(first)))
        assert after.facts["amount"] == f"\N{EN DASH}{first.facts['amount']}"
        assert f"This cancels receipt {first.name}." in " ".join(
            text_of(paper.printed(after)).split()
        )


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh", "محمد", "Łucja", "Ольга", "𠮷野家"])
def test_any_name_can_be_printed(app: Flask, name: str) -> None:
    with app.app_context():
        assert paper.printed(written(asked(donor=name))).startswith(b"%PDF")


def test_whoever_has_the_address_has_the_paper_and_nobody_else(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        receipt = written(asked(donor="Mina"))
        name = receipt.id.hex
    answer = client.get(f"/ko/receipts/{name}.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"Mina" not in str(answer.headers).encode()
    for wrong in ("0" * 32, "x" * 32, name[:-1], f"{name}0", "1"):
        assert client.get(f"/ko/receipts/{wrong}.pdf").status_code == 404
