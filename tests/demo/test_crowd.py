"""The demo's signatures: plausible, sealed, countable, and of nobody."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign_app import demo
from campaign_app.core import clock, keyfile
from campaign_app.core.db import Base, session
from campaign_app.core.opened_export import Findings, OpenedSignature, open_lines
from campaign_app.core.sealed_record import read_header
from campaign_app.core.wall_clock import hour_number, this_hour
from campaign_app.demo.content import content
from campaign_app.demo.crowd import DOMAINS, Crowd
from campaign_app.petitions import export, names, queries, recount, states
from campaign_app.petitions.signing_models import Mailbox, SealedCopy, Signature
from campaign_app.qr.models import Placement, VisitCount
from tests.demo.conftest import Demo

HOURS_OF_21_DAYS: Final = 21 * 24


def signatures() -> list[Signature]:
    """Read all signatures."""
    return list(session.scalars(select(Signature)))


def test_a_few_thousand_signed_in_many_places_hours_languages_and_countries(running: Demo) -> None:
    with running.app.app_context():
        found = signatures()

    assert 2000 < len(found) < 6000
    assert {row.language for row in found} == {"ko", "en", "fr"}
    assert len({row.country for row in found}) > 15
    assert len({row.placement_id for row in found}) > 15
    assert len({row.hour for row in found}) > 40
    assert max(row.hour for row in found) <= this_hour()


def test_most_have_confirmed_some_are_awaited_and_a_few_withdrew(running: Demo) -> None:
    with running.app.app_context():
        found = signatures()
        copies = set(session.scalars(select(SealedCopy.signature_id)))
        mailboxes = session.scalar(select(func.count()).select_from(Mailbox))

    by_state = Counter(row.state for row in found)
    assert by_state[states.CONFIRMED] > 0.8 * len(found)
    assert by_state[states.AWAITING] > 0
    assert 0 < by_state[states.WITHDRAWN] < 0.02 * len(found)
    for row in found:
        if row.state == states.AWAITING:
            assert this_hour() - row.hour < HOURS_OF_21_DAYS
        if row.state == states.WITHDRAWN:
            assert (row.sealed, row.blind_index) == (None, None)
            assert row.id not in copies
    assert mailboxes == len(found) - by_state[states.WITHDRAWN]


def test_signatures_lie_within_their_placement(running: Demo) -> None:
    with running.app.app_context():
        placements = {row.id: row for row in session.scalars(select(Placement))}
        for row in signatures():
            if row.placement_id is not None:
                placement = placements[row.placement_id]
                assert placement.target_id == row.petition_id
                assert placement.event is not None
                first, last = placement.event.starts_at, placement.event.ends_at
                assert hour_number(first) <= row.hour <= hour_number(last)


def test_more_people_look_than_sign(running: Demo) -> None:
    with running.app.app_context():
        at_boards = [row for row in signatures() if row.placement_id]
        visits = session.scalar(select(func.sum(VisitCount.visits))) or 0

    assert 2 * len(at_boards) < visits < 5 * len(at_boards)


def test_no_mail_waits_for_any_of_them(running: Demo) -> None:
    with running.app.app_context():
        outbox = Base.metadata.tables["outbox"]
        assert session.scalar(select(func.count()).select_from(outbox)) == 0


def opened(running: Demo, slug: str, key: int) -> tuple[list[OpenedSignature], Findings, int]:
    """Export a petition and open it with one of the demo's keys."""
    file = running.facts["keys"][key]
    private = keyfile.load(Path(file["file"]).read_text("utf-8"), file["passphrase"])
    findings = Findings()
    with running.app.app_context():
        petition = next(p for p in queries.every() if p.slug == slug)
        first, *rest = export.lines(petition)
        header = read_header(first)
        rows = list(open_lines(rest, header, private, findings=findings))
    return rows, findings, header.signatures or 0


@pytest.mark.parametrize("key", [0, 1])
def test_each_key_opens_every_name(running: Demo, key: int) -> None:
    for slug in running.facts["petitions"]:
        rows, findings, promised = opened(running, slug, key)

        assert findings.all_is_well(promised)
        assert promised > 500
        assert {row.mailbox.rpartition("@")[2] for row in rows} == set(DOMAINS)
        assert len({row.mailbox for row in rows}) == len(rows)
        handed_over = sum(row.consents["handover"] for row in rows)
        assert all(row.consents["sign"] for row in rows)
        assert 0.4 * len(rows) < handed_over < 0.75 * len(rows)


def test_no_invented_name_would_be_refused() -> None:
    crowd = Crowd(content())

    drawn = [crowd.somebody(place) for place in content().passers_by for _ in range(2000)]

    assert not [signer.name for signer in drawn if names.refusal(signer.name)]
    assert len({signer.email for signer in drawn}) == len(drawn)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 3, 1, 0, 5, tzinfo=UTC),
        datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
    ],
    ids=["on the first of a month", "while the concert plays"],
)
def test_the_demo_loads_on_any_day(app: Flask, tmp_path: Path, moment: datetime) -> None:
    with clock.frozen(moment):
        facts = demo.load(app, tmp_path)

        assert len(facts["qr"]) == 3
        with app.app_context():
            assert recount.check() == []
            found = signatures()
            assert len(found) > 2000
            assert max(row.hour for row in found) <= hour_number(moment)
