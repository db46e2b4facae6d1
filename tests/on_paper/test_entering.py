"""Typing from paper: each line counts once, whoever types it, and nothing readable stays."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text

from campaign_app.audit.models import AuditEntry
from campaign_app.audit.services import Actor, acting_as
from campaign_app.core import clock
from campaign_app.core.db import Base, session, transact
from campaign_app.core.ids import as_typed
from campaign_app.core.seal import SealedRecord
from campaign_app.core.sealed_record import Signer
from campaign_app.core.wall_clock import start_of
from campaign_app.paper import comparing, entering, queries, services, states
from campaign_app.paper.comparing import Read
from campaign_app.paper.entering import Entry, Given, Told
from campaign_app.petitions import keeping, mailbox_policy, mailboxes, recount, witnessing
from campaign_app.petitions import services as petitions
from campaign_app.petitions import states as signing
from campaign_app.petitions.models import OrganiserKey, Petition
from campaign_app.petitions.signing_models import GivenConsent, SealedCopy, Signature
from tests import given
from tests.accounts.people import send
from tests.on_paper.conftest import Paper
from tests.on_paper.typing_in import address, say_of_line, type_line

ONE = pytest.mark.parametrize("engine_name", ["sqlite"])


def signatures(paper: Paper) -> list[Signature]:
    with paper.app.app_context():
        session.rollback()
        return list(session.scalars(select(Signature)))


def prepared(paper: Paper, batch: int, name: str = "Mina", email: str = "") -> Entry:
    """Seal line 1 of the first sheet, as the page does before its transaction."""
    sheet = queries.sheet_numbered(batch, 1)
    assert sheet
    read = Read(name=name, address=email, mailbox=mailboxes.checked(email) if email else None)
    written = Given(read=read, country="KR", parts=list(queries.parts(batch)))
    return entering.signed(sheet, 1, written, paper.desks)


def test_a_slip_that_is_typed_counts_as_paper_where_it_was_signed(paper: Paper) -> None:
    batch = paper.batch(signed_on=clock.today() - timedelta(days=2))
    answer = type_line(paper.client(paper.mina), paper.sheet(batch))
    assert answer.status_code == 303
    assert paper.counted() == 1
    (row,) = signatures(paper)
    known = paper.read(batch)
    assert (row.evidence, row.state) == (signing.ON_PAPER, signing.CONFIRMED)
    assert (row.placement_id, row.text_id) == (known.placement_id, known.text_id)
    # Noon in Seoul of the day on which it was signed, whenever it is typed.
    assert start_of(row.hour).isoformat() == f"{known.signed_on}T03:00:00+00:00"
    assert paper.states(batch) == {"printed": [2, 3, 4], "entered": [1]}
    with paper.app.app_context():
        assert recount.check() == []
        assert session.query(GivenConsent).count() == 3


def test_what_was_typed_opens_with_an_organisers_key_and_with_nothing_else(paper: Paper) -> None:
    batch = paper.batch()
    type_line(paper.client(paper.mina), paper.sheet(batch), name="홍길동", email="gil@example.org")
    (row,) = signatures(paper)
    with paper.app.app_context():
        copies = {c.key_id: c.wrapped for c in session.scalars(select(SealedCopy))}
    assert row.sealed
    record = SealedRecord(box=row.sealed, copies=copies)
    signer = Signer.unseal(record, paper.world.keys[0], petition=paper.world.uid, row=row.id.hex)
    assert (signer.name, signer.email, signer.country) == ("홍길동", "gil@example.org", "KR")


def test_nothing_that_was_typed_can_be_read_in_any_table(paper: Paper) -> None:
    batch = paper.batch()
    client = paper.client(paper.mina)
    type_line(client, paper.sheet(batch), name="Qvxzpaper Kim", email="qvxzpaper@example.org")
    with paper.app.app_context():
        found = [
            (table.name, row)
            for table in Base.metadata.sorted_tables
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608
            if "qvxzpaper" in str(tuple(row)).lower()
        ]
    assert found == []
    folder = paper.app.config["LANTERN"].instance_dir
    read = [(path, path.read_bytes().lower()) for path in folder.rglob("*") if path.is_file()]
    assert [path for path, content in read if b"qvxzpaper" in content] == []


def test_the_same_line_typed_twice_counts_once_and_the_second_hears_it(paper: Paper) -> None:
    batch = paper.batch()
    sheet = paper.sheet(batch)
    type_line(paper.client(paper.mina), sheet, name="Mina", email="a@example.org")
    other = paper.client(paper.haneul)
    again = send(other, address(sheet), line="1", outcome="signed", name="Bora", email="",
                 country="KR", **consents(paper, batch))  # fmt: skip
    assert "already entered" in other.get(again.location).text
    assert paper.counted() == 1
    assert len(signatures(paper)) == 1


def consents(paper: Paper, batch: int) -> dict[str, str]:
    with paper.app.app_context():
        return {f"part-{part.id}": "1" for part in queries.parts(batch)}


def test_of_many_who_type_one_line_in_the_same_moment_one_is_taken(paper: Paper) -> None:
    batch = paper.batch(1)
    gate = threading.Barrier(8)

    def enter(number: int) -> Told:
        with paper.app.app_context(), acting_as(Actor("Mina", paper.mina.id)):
            entry = prepared(paper, batch, f"Name{chr(97 + number)}", f"m{number}@example.org")
            session.rollback()
            gate.wait()
            return transact(partial(entering.enter, entry))

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(enter, range(8)))
    assert sorted(told) == [Told.ALREADY] * 7 + [Told.SIGNED]
    assert paper.counted() == 1
    assert len(signatures(paper)) == 1
    with paper.app.app_context():
        assert recount.check() == []


def test_a_line_that_is_sent_again_after_the_answer_was_lost_counts_once(paper: Paper) -> None:
    batch = paper.batch()
    with paper.app.app_context(), acting_as(Actor("Mina", paper.mina.id)):
        entry = prepared(paper, batch, "Mina", "mina@example.org")
        assert transact(partial(entering.enter, entry)) is Told.SIGNED
        assert transact(partial(entering.enter, entry)) is Told.ALREADY
    assert paper.counted() == 1


def test_one_person_on_two_slips_counts_once(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    type_line(client, paper.sheet(batch, 1), email="mi.na@gmail.com")
    answer = type_line(client, paper.sheet(batch, 2), email="MINA+x@gmail.com")
    assert "had signed before" in client.get(answer.location).text
    assert paper.counted() == 1
    assert paper.outcomes(batch) == {"signed": 1, "duplicate": 1}


def test_paper_replaces_what_waits_of_the_same_mailbox_and_its_mail(paper: Paper) -> None:
    given.sign(paper.app.test_client(), f"/q/{paper.world.code}", email="mina@example.org")
    assert given.counted(paper.app, paper.world.petition_id) == (0, 1)
    type_line(paper.client(paper.mina), paper.sheet(paper.batch()), email="mina@example.org")
    assert given.counted(paper.app, paper.world.petition_id) == (1, 0)


def test_whoever_gave_a_mailbox_gets_a_receipt_that_takes_the_signature_back(
    paper: Paper,
) -> None:
    batch = paper.batch()
    type_line(paper.client(paper.mina), paper.sheet(batch), email="mina@example.org")
    given.send_mail(paper.app)
    (mail,) = given.mails(paper.app)
    codes = [as_typed(line) for line in given.text_of(mail).splitlines() if line.count("-") == 5]
    client = paper.app.test_client()
    client.post("/en/receipt/withdraw", data={"code": codes[0], "sure": "yes"})
    assert paper.counted() == 0
    with paper.app.app_context():
        assert queries.counted(batch) == 0


def test_a_blocked_mailbox_is_noted_and_nothing_of_it_kept(paper: Paper) -> None:
    paper.act(paper.mina, lambda: mailbox_policy.block_domain("spam.example", "x"))
    batch, client = paper.batch(), paper.client(paper.mina)
    answer = type_line(client, paper.sheet(batch), email="a@spam.example")
    assert "blocked" in client.get(answer.location).text
    assert paper.outcomes(batch) == {"blocked": 1}
    assert signatures(paper) == []


@pytest.mark.parametrize("outcome", ["illegible", "struck_out", "no_consent", "empty"])
@ONE
def test_what_counts_for_nobody_is_noted_all_the_same(paper: Paper, outcome: str) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    assert say_of_line(client, paper.sheet(batch), 1, outcome).status_code == 303
    assert paper.outcomes(batch) == {outcome: 1}
    assert paper.states(batch)["entered"] == [1]
    assert paper.counted() == 0


@ONE
def test_without_the_box_that_is_needed_no_name_is_taken_and_what_was_typed_stays(
    paper: Paper,
) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    sheet = paper.sheet(batch)
    answer = send(client, address(sheet), line="1", outcome="signed", name="Kim Bora", email="b@c",
                  country="KR")  # fmt: skip
    assert answer.status_code == 400
    assert "not an e-mail address" in answer.text
    answer = send(client, address(sheet), line="1", outcome="signed", name="Kim Bora", email="",
                  country="KR")  # fmt: skip
    assert answer.status_code == 400
    assert 'value="Kim Bora"' in answer.text
    assert "not ticked" in answer.text
    assert paper.outcomes(batch) == {}


@ONE
def test_after_a_line_comes_the_next_and_after_a_sheet_the_next_sheet(paper: Paper) -> None:
    batch, client = paper.batch(2, states.LISTS), paper.client(paper.mina)
    first, second = paper.sheet(batch, 1), paper.sheet(batch, 2)
    answer = type_line(client, first, line=1)
    assert answer.location.endswith(f"{first.letters}?line=2")
    assert "autofocus" in client.get(answer.location).text
    answer = send(client, f"{address(first)}/rest")
    assert answer.location.endswith(second.letters)
    assert paper.outcomes(batch) == {"signed": 1, "empty": 9}
    assert paper.states(batch) == {"printed": [2], "entered": [1]}


@ONE
def test_after_a_slip_comes_the_next_that_is_back_and_only_then_one_that_is_not(
    paper: Paper,
) -> None:
    batch, client = paper.batch(4), paper.client(paper.mina)
    paper.say(batch, [2, 4], states.COLLECTED)
    order = []
    for number in (2, 4, 1, 3):
        answer = say_of_line(client, paper.sheet(batch, number), 1, "illegible")
        order.append(answer.location.rpartition("/")[2])
    assert order == [paper.sheet(batch, number).letters for number in (4, 1, 3, 3)]


@ONE
def test_the_first_line_of_a_list_says_that_the_sheet_is_back(paper: Paper) -> None:
    batch, client = paper.batch(1, states.LISTS), paper.client(paper.mina)
    type_line(client, paper.sheet(batch), line=3)
    assert paper.states(batch) == {"collected": [1]}
    for line in (1, 2, *range(4, 11)):
        say_of_line(client, paper.sheet(batch), line, "struck_out")
    assert paper.states(batch) == {"entered": [1]}
    with paper.app.app_context():
        steps = queries.steps(paper.sheet(batch).id)
    assert [step.state for step in steps] == ["printed", "collected", "entered"]
    assert {step.person_id for step in steps} == {paper.mina.id}
    assert all(step.at.minute == step.at.second == 0 for step in steps)


@ONE
def test_a_line_that_no_sheet_has_is_refused(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    sheet = paper.sheet(batch)
    for line in ("2", "0", "x", "", "11", "9999"):
        assert send(client, address(sheet), line=line, outcome="empty").status_code == 400
    assert send(client, address(sheet), line="1", outcome="checked").status_code == 400


@ONE
def test_from_a_lost_sheet_nothing_is_typed_until_it_turns_up(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    paper.say(batch, [1], states.LOST, "Left on the train")
    assert say_of_line(client, paper.sheet(batch), 1, "empty").status_code == 409
    paper.say(batch, [1], states.COLLECTED)
    assert say_of_line(client, paper.sheet(batch), 1, "empty").status_code == 303


def test_a_line_typed_wrongly_is_taken_back_and_typed_again(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    sheet = paper.sheet(batch)
    type_line(client, sheet, name="Mian", email="mina@example.org")
    answer = take_out(paper, batch, "again")
    assert answer.status_code == 303
    assert paper.counted() == 0
    assert paper.outcomes(batch) == {"again": 1}
    # The same mailbox may sign again: what was sealed is gone, and so is its index.
    type_line(client, sheet, name="Mina", email="mina@example.org")
    assert paper.counted() == 1
    assert paper.outcomes(batch) == {"signed": 1}
    assert [row.state for row in signatures(paper)].count(signing.WITHDRAWN) == 1
    with paper.app.app_context():
        assert recount.check() == []
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "paper.line_again")
        )
        assert entry.detail == {"sheet": 1, "line": 1, "reason": "A test says so"}


def take_out(paper: Paper, batch: int, why: str, line: int = 1) -> Any:
    where = f"{address(paper.sheet(batch))}/{line}/take-out"
    return send(paper.client(paper.mina), where, why=why, reason="A test says so")


def test_what_a_signer_withdrew_is_never_typed_again(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    type_line(client, paper.sheet(batch))
    take_out(paper, batch, "withdrawn")
    assert (paper.counted(), paper.outcomes(batch)) == (0, {"withdrawn": 1})
    answer = type_line(client, paper.sheet(batch), 1, "Mina", "", **consents(paper, batch))
    assert "already entered" in client.get(answer.location).text
    assert paper.counted() == 0


@ONE
def test_whoever_withdrew_by_mail_is_not_brought_back_by_a_line_typed_again(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    type_line(client, paper.sheet(batch))
    (row,) = signatures(paper)
    paper.act(paper.mina, lambda: witnessing.void(row.petition_id, row.id))
    take_out(paper, batch, "again")
    assert paper.outcomes(batch) == {"withdrawn": 1}


@ONE
def test_a_withdrawal_reaches_a_closed_batch_too(paper: Paper) -> None:
    batch, client = paper.batch(1), paper.client(paper.mina)
    type_line(client, paper.sheet(batch))
    through_to_the_end(paper, batch)
    assert paper.counted() == 1
    assert take_out(paper, batch, "again").status_code == 409
    assert take_out(paper, batch, "withdrawn").status_code == 303
    assert paper.counted() == 0


def through_to_the_end(paper: Paper, batch: int) -> None:
    steps: list[Callable[[], object]] = [
        lambda: services.move(services.locked(batch), [1], states.CHECKED),
        lambda: services.say(batch, [1], states.DESTROYED, "Shredded before Bora"),
        lambda: services.close(batch),
    ]
    for step in steps:
        paper.act(paper.mina, step)


@ONE
def test_as_long_as_paper_is_open_the_petition_keeps_its_index_key(paper: Paper) -> None:
    batch, petition = paper.batch(1), paper.world.petition_id
    with paper.app.app_context():
        assert keeping.AWAITED["paper"](petition)
        assert not keeping.AWAITED["paper"](petition + 1)
    say_of_line(paper.client(paper.mina), paper.sheet(batch), 1, "illegible")
    through_to_the_end(paper, batch)
    with paper.app.app_context():
        assert not keeping.AWAITED["paper"](petition)


@ONE
def test_without_the_key_of_its_batch_nothing_is_typed_and_nothing_written(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    with paper.app.app_context():
        comparing.destroy_key(paper.read(batch))
    assert type_line(client, paper.sheet(batch)).status_code == 503
    assert signatures(paper) == []
    assert paper.outcomes(batch) == {}


def petition_of(paper: Paper) -> Petition:
    return session.get_one(Petition, paper.world.petition_id)


@ONE
def test_what_was_signed_before_the_petition_closed_is_typed_after_it(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    paper.act(paper.mina, lambda: petitions.close(petition_of(paper), "x", "x"))
    type_line(client, paper.sheet(batch), email="mina@example.org")
    assert paper.counted() == 1
    # Nobody signs a petition that has ended.
    with pytest.raises(services.SignedTooLate):
        paper.batch(signed_on=clock.today() + timedelta(days=2))


@ONE
def test_with_one_key_left_no_name_is_taken(paper: Paper) -> None:
    batch, client = paper.batch(), paper.client(paper.mina)
    with paper.app.app_context():
        key = session.query(OrganiserKey).first()
        assert key
        key.retired_at = clock.now()
        session.commit()
    answer = type_line(client, paper.sheet(batch), name="Kim Bora")
    assert answer.status_code == 503
    assert 'value="Kim Bora"' in answer.text
    assert paper.outcomes(batch) == {}
