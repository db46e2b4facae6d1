"""Where each sheet is: no sheet disappears, and none comes to a state out of order."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.audit.services import Actor, acting_as
from campaign_app.core.db import session, transact
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.paper import numbers, queries, services, states
from campaign_app.paper.models import PaperLine, PaperStep
from campaign_app.paper.services import IsClosed, NotAccounted, WrongOrder
from campaign_app.qr.models import PAPER, Placement
from tests.accounts.people import send, signed_in
from tests.on_paper.conftest import Paper
from tests.on_paper.typing_in import address, say_of_line, type_line

ONE = pytest.mark.parametrize("engine_name", ["sqlite"])
HOME = "/console/paper/"


def checked(paper: Paper, batch: int, which: Sequence[int]) -> None:
    """Bring sheets to `checked`, however they came there."""

    def work() -> None:
        held = services.locked(batch)
        for state in (states.ENTERED, states.CHECKED):
            services.move(held, which, state)

    paper.act(paper.mina, work)


def test_a_batch_is_numbered_without_gaps_and_each_sheet_has_letters_of_its_own(
    paper: Paper,
) -> None:
    batch = paper.batch(40)
    with paper.app.app_context():
        sheets = queries.sheets(batch)
        steps = session.scalars(select(PaperStep)).all()
        placement = session.get_one(Placement, paper.read(batch).placement_id)
    assert [sheet.number for sheet in sheets] == list(range(1, 41))
    assert len({sheet.letters for sheet in sheets}) == 40
    assert {step.state for step in steps} == {"printed"}
    assert len(steps) == 40
    assert (placement.kind, placement.board) == (PAPER, "Slips for Yonsei")
    assert placement.location_id == paper.world.location_id


def test_each_sheet_goes_its_way_and_every_step_says_who_and_when(paper: Paper) -> None:
    batch = paper.batch(4)
    paper.say(batch, [1, 2, 3], states.COLLECTED)
    paper.say(batch, [4], states.LOST, "Rain")
    checked(paper, batch, [1, 2])
    paper.say(batch, [1], states.HANDED_OVER, "To the UN office")
    paper.say(batch, [2], states.DESTROYED, "Shredded before Bora")
    paper.say(batch, [3], states.UNUSED)
    assert paper.states(batch) == {
        "handed_over": [1],
        "destroyed": [2],
        "unused": [3],
        "lost": [4],
    }
    with paper.app.app_context():
        steps = queries.steps(paper.sheet(batch, 1).id)
        trail = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"paper:{batch}"))
        deeds = [entry.action for entry in trail]
    assert [step.state for step in steps] == [
        "printed", "collected", "entered", "checked", "handed_over",
    ]  # fmt: skip
    assert steps[-1].words == "To the UN office"
    assert deeds[0] == "paper.made"
    assert {"paper.lost", "paper.handed_over", "paper.destroyed"} <= set(deeds)


WRONG = [
    (states.HANDED_OVER, []),
    (states.DESTROYED, []),
    (states.CHECKED, []),
    (states.HANDED_OVER, [states.COLLECTED]),
    (states.DESTROYED, [states.COLLECTED, states.ENTERED]),
    (states.COLLECTED, [states.COLLECTED]),
    (states.COLLECTED, [states.ENTERED]),
    (states.UNUSED, [states.ENTERED]),
    (states.LOST, [states.ENTERED, states.CHECKED, states.DESTROYED]),
    (states.HANDED_OVER, [states.ENTERED, states.CHECKED, states.DESTROYED]),
]


@pytest.mark.parametrize(("wanted", "before"), WRONG)
@ONE
def test_no_sheet_comes_to_a_state_out_of_order(
    paper: Paper, wanted: str, before: list[str]
) -> None:
    batch = paper.batch(2)

    def go(state: str) -> None:
        paper.act(paper.mina, lambda: services.move(services.locked(batch), [1], state))

    for state in before:
        go(state)
    was = paper.states(batch)
    with pytest.raises(WrongOrder):
        go(wanted)
    assert paper.states(batch) == was


@ONE
def test_of_several_sheets_all_are_moved_or_none(paper: Paper) -> None:
    batch = paper.batch(4)
    paper.say(batch, [2], states.LOST, "Rain")
    with pytest.raises(WrongOrder) as refused:
        paper.say(batch, [1, 2, 3], states.UNUSED)
    assert "2" in str(refused.value.shown)
    assert paper.states(batch) == {"printed": [1, 3, 4], "lost": [2]}


def test_of_two_who_say_at_once_one_is_heard(paper: Paper) -> None:
    batch = paper.batch(1)
    checked(paper, batch, [1])
    gate = Barrier(2)

    def say(state: str) -> bool:
        with paper.app.app_context(), acting_as(Actor("Mina", paper.mina.id)):
            gate.wait()
            try:
                transact(lambda: services.say(batch, [1], state, "x"))
            except WrongOrder:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(say, (states.HANDED_OVER, states.DESTROYED)))
    assert sorted(heard) == [False, True]
    with paper.app.app_context():
        ends = [step.state for step in queries.steps(paper.sheet(batch).id)[3:]]
    assert len(ends) == 1


@ONE
def test_a_sheet_from_which_something_was_typed_is_not_unused(paper: Paper) -> None:
    batch = paper.batch(1, states.LISTS)
    say_of_line(paper.client(paper.mina), paper.sheet(batch), 1, "illegible")
    with pytest.raises(WrongOrder):
        paper.say(batch, [1], states.UNUSED)


@ONE
def test_a_typed_sheet_that_was_lost_and_turns_up_is_entered_as_before(paper: Paper) -> None:
    batch = paper.batch(1)
    say_of_line(paper.client(paper.mina), paper.sheet(batch), 1, "illegible")
    paper.say(batch, [1], states.LOST, "Rain")
    paper.say(batch, [1], states.COLLECTED)
    assert paper.states(batch) == {"entered": [1]}


def test_a_batch_closes_once_each_sheet_came_to_an_end_and_its_key_goes(paper: Paper) -> None:
    batch = paper.batch(2)
    type_line(paper.client(paper.mina), paper.sheet(batch, 1), email="mina@example.org")
    with pytest.raises(NotAccounted) as refused:
        paper.act(paper.mina, lambda: services.close(batch))
    assert "1–2" in str(refused.value.shown)
    paper.say(batch, [2], states.UNUSED)
    paper.act(paper.mina, lambda: services.move(services.locked(batch), [1], states.CHECKED))
    paper.say(batch, [1], states.DESTROYED, "Shredded")
    with paper.app.app_context():
        ring, name = Keyring(settings().key_dir), paper.read(batch).uid.hex
        assert ring.paper_key(name)
        paper.act(paper.mina, lambda: services.close(batch))
        assert ring.paper_key(name) is None
        session.rollback()
        (line,) = session.scalars(select(PaperLine))
        assert line.digest is None
    assert paper.counted() == 1
    with pytest.raises(IsClosed):
        paper.say(batch, [2], states.COLLECTED)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1-3, 7", [1, 2, 3, 7]),
        ("7 3–5", [3, 4, 5, 7]),
        ("2,2,2", [2]),
        ("1 ~ 3", [1, 2, 3]),
        ("1、2", [1, 2]),
        ("12", [12]),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, read: list[int]) -> None:
    assert numbers.read(typed, 12) == read


@pytest.mark.parametrize(
    "typed", ["", "0", "13", "1-13", "3-1", "a", "²", "1-", "-1", "٣", "9" * 5]
)
def test_what_are_no_numbers_is_refused(typed: str) -> None:
    with pytest.raises(numbers.NoNumbers):
        numbers.read(typed, 12)


def test_numbers_are_written_as_runs() -> None:
    assert numbers.written([7, 1, 2, 3, 9]) == "1–3, 7, 9"
    assert numbers.written([]) == ""


# Pages


@ONE
def test_the_page_names_the_sheets_that_are_not_back(paper: Paper) -> None:
    batch, client = paper.batch(6), paper.client(paper.mina)
    answer = send(client, f"{HOME}{batch}/sheets", numbers="1-2, 4", state="collected", words="")
    page = client.get(answer.location).text
    assert "Noted of 3 sheets." in page
    assert "Not back yet: 3, 5–6" in page
    refused = send(client, f"{HOME}{batch}/sheets", numbers="3", state="lost", words="")
    assert refused.status_code == 400
    assert 'value="3"' in refused.text
    assert paper.states(batch) == {"printed": [3, 5, 6], "collected": [1, 2, 4]}
    wrong = send(client, f"{HOME}{batch}/sheets", numbers="9-7", state="collected")
    assert "Write numbers of sheets" in wrong.text


@ONE
def test_printing_is_noted_and_a_second_printing_is_warned_of(paper: Paper) -> None:
    batch, client = paper.batch(4), paper.client(paper.mina)
    made = send(client, f"{HOME}{batch}/print")
    assert made.data.startswith(b"%PDF")
    assert "Print again only if" in client.get(f"{HOME}{batch}").text
    send(client, f"{HOME}{batch}/print")
    assert "printed 2 times" in client.get(f"{HOME}{batch}").text
    with paper.app.app_context():
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.printed"))
        assert [entry.detail["times"] for entry in found] == [1, 2]


@ONE
def test_a_batch_is_made_for_an_approved_text_only(paper: Paper) -> None:
    client = paper.client(paper.mina)
    said = {
        "petition_id": str(paper.world.petition_id),
        "event_id": "0",
        "location_id": str(paper.world.location_id),
        "kind": "slips",
        "language": "fr",
        "country": "CH",
        "pages": "3",
        "signed_on": "",
        "label": "",
    }
    answer = send(client, f"{HOME}new", **said)
    assert answer.status_code == 303
    batch = paper.read(int(answer.location.rpartition("/")[2]))
    assert (batch.sheets, batch.language, batch.country) == (12, "fr", "CH")
    assert "Fermez les camps" in client.get(answer.location).text or batch.label
    for wrong in ({"language": "xx"}, {"pages": "101"}, {"pages": ""}, {"pages": "0"},
                  {"petition_id": "99"}, {"kind": "cards"}, {"country": "XX"}):  # fmt: skip
        assert send(client, f"{HOME}new", **(said | wrong)).status_code == 400, wrong


@ONE
def test_a_sheet_is_found_by_its_code_however_it_is_typed(paper: Paper) -> None:
    batch, client = paper.batch(4), paper.client(paper.mina)
    letters = paper.sheet(batch, 2).letters
    spaced = f"{letters[:4].upper()} {letters[4:]}"
    for code in (letters, spaced, f"http://localhost/paper/{letters}", f"{letters}/"):
        found = client.get(f"{HOME}find", query_string={"code": code})
        assert found.location.endswith(letters), code
    by_number = client.get(f"{HOME}find", query_string={"code": "2", "batch": batch})
    assert by_number.location.endswith(letters)
    for code in ("2", "zzzzzzzz", "", "9" * 40, "\U0001f600"):
        lost = client.get(f"{HOME}find", query_string={"code": code})
        assert lost.location.endswith(HOME), code


@ONE
def test_a_forged_code_opens_nothing_and_the_public_learns_nothing(paper: Paper) -> None:
    letters = paper.sheet(paper.batch(1)).letters
    client = paper.client(paper.mina)
    assert client.get(f"{HOME}sheets/zzzzzzzz").status_code == 404
    assert send(client, f"{HOME}sheets/zzzzzzzz", line="1", outcome="empty").status_code == 404
    stranger = paper.app.test_client()
    real, forged = stranger.get(f"/paper/{letters}"), stranger.get("/paper/acdefghj")
    assert real.text.replace(letters, "acdefghj") == forged.text
    assert stranger.get(f"{HOME}sheets/{letters}").status_code == 303
    assert "Close the camps" not in real.text
    assert "For our people" not in stranger.get("/paper/nothing").text


@pytest.mark.parametrize("role", ["viewer", "finance", "administrator"])
@ONE
def test_paper_does_not_exist_for_whoever_does_not_organise(paper: Paper, role: str) -> None:
    batch = paper.batch(1)
    client = signed_in(paper.app, role, name="Other")
    for path in (HOME, f"{HOME}{batch}", f"{HOME}{batch}/record.pdf", address(paper.sheet(batch))):
        assert client.get(path).status_code == 404, path
    assert HOME not in client.get("/console/").text
    assert HOME in paper.client(paper.mina).get("/console/").text
