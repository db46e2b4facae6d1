"""The sample: drawn by the server, typed again by somebody else, compared without a readable name."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.paper import queries, sampling, states
from campaign_app.paper.models import PaperLine
from campaign_app.paper.queries import Sample
from campaign_app.paper.sampling import NotChecked, SecondPersonNeeded, TooEarly
from campaign_app.petitions import recount
from tests.accounts.people import send
from tests.on_paper.conftest import Paper
from tests.on_paper.typing_in import check_line, say_of_line, shown, type_line

ONE = pytest.mark.parametrize("engine_name", ["sqlite"])
HOME = "/console/paper/"


def name_of(number: int) -> str:
    return "Kim " + "".join(chr(97 + int(digit)) for digit in str(number))


def typed(paper: Paper, sheets: int = 4) -> int:
    """Type a batch of slips, all by Mina; each has a name and a mailbox of its own."""
    batch, client = paper.batch(sheets), paper.client(paper.mina)
    for number in range(1, sheets + 1):
        sheet = paper.sheet(batch, number)
        type_line(client, sheet, name=name_of(number), email=f"m{number}@example.org")
    return batch


def sample(paper: Paper, batch: int) -> Sample:
    with paper.app.app_context():
        session.rollback()
        return queries.sample(batch)


def draw(paper: Paper, batch: int) -> int:
    return int(paper.act(paper.mina, lambda: sampling.draw(batch)))


def as_first_read(paper: Paper, batch: int, page: str) -> dict[str, str]:
    """Type the shown slip as it was typed first, with other capitals and spaces."""
    code = shown(page)["sheet"]
    with paper.app.app_context():
        found = queries.sheet_of(code)
        assert found
    number = found.number
    return {"name": name_of(number).upper() + " ", "email": f"M{number}@EXAMPLE.org"}


def check_all(paper: Paper, batch: int) -> None:
    """Let the second person read each line as the first one did."""
    client = paper.client(paper.haneul)
    while sample(paper, batch).due:
        page = client.get(f"{HOME}{batch}/check").text
        check_line(client, batch, **as_first_read(paper, batch, page))


@pytest.mark.parametrize(
    ("lines", "drawn"), [(0, 0), (1, 1), (4, 4), (5, 5), (50, 5), (51, 6), (400, 40)]
)
def test_one_line_in_ten_is_drawn_and_five_at_least(lines: int, drawn: int) -> None:
    assert sampling.size(lines) == drawn


def test_what_was_drawn_stays_drawn(paper: Paper) -> None:
    batch = typed(paper, 8)
    assert draw(paper, batch) == 5
    first = {(row.sheet_id, row.line) for row in sample(paper, batch).due}
    assert draw(paper, batch) == 0
    assert {(row.sheet_id, row.line) for row in sample(paper, batch).due} == first


@ONE
def test_a_sample_is_drawn_once_it_is_known_what_became_of_each_sheet(paper: Paper) -> None:
    batch = paper.batch(3)
    say_of_line(paper.client(paper.mina), paper.sheet(batch, 1), 1, "illegible")
    with pytest.raises(TooEarly) as refused:
        draw(paper, batch)
    assert "2–3" in str(refused.value.shown)
    paper.say(batch, [2, 3], states.UNUSED)
    assert draw(paper, batch) == 1


def test_whoever_reads_the_same_agrees_however_they_spell_it(paper: Paper) -> None:
    batch = typed(paper)
    draw(paper, batch)
    check_all(paper, batch)
    known = sample(paper, batch)
    assert (known.agreed, known.differed, known.alone) == (4, 0, 0)
    assert paper.counted() == 4
    paper.act(paper.haneul, lambda: sampling.finish(batch))
    assert paper.states(batch) == {"checked": [1, 2, 3, 4]}


def test_the_second_person_sees_nothing_of_what_was_typed_first(paper: Paper) -> None:
    batch = typed(paper, 1)
    draw(paper, batch)
    page = paper.client(paper.haneul).get(f"{HOME}{batch}/check").text
    assert name_of(1) not in page
    assert "m1@example.org" not in page


def test_what_differs_twice_is_taken_back_until_it_is_typed_again(paper: Paper) -> None:
    batch, client = typed(paper), paper.client(paper.haneul)
    draw(paper, batch)
    wrong = {"name": "Somebody Else", "email": ""}
    page = check_line(client, batch, **wrong)
    assert page.status_code == 400
    assert "not what was typed first" in page.text
    assert 'value="Somebody Else"' in page.text
    assert paper.counted() == 4
    sure = send(client, f"{HOME}{batch}/check", **(shown(page.text) | wrong))
    assert "differs" in client.get(f"{HOME}{batch}").text
    assert sure.status_code == 303
    assert paper.counted() == 3
    assert paper.outcomes(batch) == {"signed": 3, "again": 1}
    check_all(paper, batch)
    assert sample(paper, batch).errors == pytest.approx(1 / 4)
    assert "25%" in client.get(f"{HOME}{batch}").text
    with pytest.raises(NotChecked):
        paper.act(paper.haneul, lambda: sampling.finish(batch))
    with paper.app.app_context():
        (row,) = session.scalars(select(PaperLine).where(PaperLine.outcome == states.AGAIN))
        sheet = row.sheet
    type_line(client, sheet, name="Somebody Else")
    assert paper.counted() == 4
    assert paper.act(paper.haneul, lambda: sampling.finish(batch)) == 4
    with paper.app.app_context():
        assert recount.check() == []


@ONE
def test_whoever_mistyped_may_put_it_right_before_it_counts_as_an_error(paper: Paper) -> None:
    batch, client = typed(paper, 1), paper.client(paper.haneul)
    draw(paper, batch)
    page = check_line(client, batch, name="Kim z", email="")
    right = as_first_read(paper, batch, page.text)
    send(client, f"{HOME}{batch}/check", **(shown(page.text) | right))
    assert sample(paper, batch).agreed == 1
    assert paper.counted() == 1


@ONE
def test_a_line_said_to_be_illegible_that_somebody_can_read_differs(paper: Paper) -> None:
    batch, client = paper.batch(1), paper.client(paper.haneul)
    say_of_line(paper.client(paper.mina), paper.sheet(batch), 1, "illegible")
    draw(paper, batch)
    page = check_line(client, batch, name="Kim Bora")
    send(client, f"{HOME}{batch}/check", **(shown(page.text) | {"name": "Kim Bora"}))
    assert paper.outcomes(batch) == {"again": 1}
    say_of_line(client, paper.sheet(batch), 1, "struck_out")
    assert paper.outcomes(batch) == {"struck_out": 1}


def test_nobody_checks_what_they_typed_while_somebody_else_could(paper: Paper) -> None:
    batch, mine = typed(paper, 1), paper.client(paper.mina)
    draw(paper, batch)
    answer = mine.get(f"{HOME}{batch}/check")
    assert answer.location.endswith(f"{HOME}{batch}")
    assert "somebody else must check it" in mine.get(f"{HOME}{batch}").text
    refused = send(mine, f"{HOME}{batch}/alone", reason="I am in a hurry")
    assert "Somebody else must check" in mine.get(refused.location).text
    with paper.app.app_context():
        assert paper.read(batch).alone_reason is None


def test_after_a_day_without_an_answer_one_person_may_and_it_shows(paper: Paper) -> None:
    batch = typed(paper, 1)
    draw(paper, batch)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        paper.act(paper.mina, lambda: sampling.go_alone(batch, paper.mina.id, "Nobody came"))
        row = sample(paper, batch).due[0]
        second = sampling.Second(
            sheet_id=row.sheet_id,
            batch_id=batch,
            number=row.sheet.number,
            line=row.line,
            outcome=states.SIGNED,
            digest=row.digest,
            sure=False,
        )
        paper.act(paper.mina, lambda: sampling.check(second, paper.mina.id))
    assert sample(paper, batch).alone == 1
    page = paper.client(paper.haneul).get(f"{HOME}{batch}").text
    assert "checked by one person" in page
    assert "Nobody came" in page
    with paper.app.app_context():
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "paper.checked_alone")
        )
        assert entry.detail == {"reason": "Nobody came"}
    # Until somebody else looks: then it is two people again.
    client = paper.client(paper.haneul)
    shown_now = client.get(f"{HOME}{batch}/check").text
    check_line(client, batch, **as_first_read(paper, batch, shown_now))
    assert sample(paper, batch).alone == 0


@ONE
def test_alone_without_a_reason_or_before_a_draw_is_refused(paper: Paper) -> None:
    batch = typed(paper, 1)
    later = clock.now() + timedelta(hours=25)
    with pytest.raises(SecondPersonNeeded), clock.frozen(later):
        paper.act(paper.mina, lambda: sampling.go_alone(batch, paper.mina.id, "x"))
    draw(paper, batch)
    with pytest.raises(SecondPersonNeeded), clock.frozen(later):
        paper.act(paper.mina, lambda: sampling.go_alone(batch, paper.mina.id, "  "))


@ONE
def test_a_line_that_was_not_drawn_or_is_checked_cannot_be_checked(paper: Paper) -> None:
    batch, client = typed(paper, 1), paper.client(paper.haneul)
    letters = paper.sheet(batch).letters
    form = {"sheet": letters, "line": "1", "outcome": "signed", "name": "Kim b", "country": "KR"}
    send(client, f"{HOME}{batch}/check", **form)
    assert sample(paper, batch).checked == 0
    draw(paper, batch)
    check_all(paper, batch)
    send(client, f"{HOME}{batch}/check", **(form | {"name": "Wrong One", "sure": "sure:signed"}))
    assert paper.counted() == 1


@ONE
def test_lines_on_a_sheet_that_is_lost_are_not_waited_for(paper: Paper) -> None:
    batch = typed(paper, 2)
    draw(paper, batch)
    paper.say(batch, [1], states.LOST, "Rain")
    assert len(sample(paper, batch).due) == 1
    check_all(paper, batch)
    assert paper.act(paper.haneul, lambda: sampling.finish(batch)) == 1
