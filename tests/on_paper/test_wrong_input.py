"""Wrong input in every form of paper: an answer, and never a 500."""

from collections.abc import Iterator
from typing import Final

from campaign_app.paper import sampling, states
from tests.accounts.people import token_of
from tests.faults.nasty import ASKED, FORM, NASTY, body_of
from tests.on_paper.conftest import Paper
from tests.on_paper.typing_in import address, boxes, say_of_line

HOME: Final = "/console/paper/"


def forms(paper: Paper, batch: int, boxes_of: dict[str, str]) -> dict[str, dict[str, str]]:
    """Name what each form sends when all is right."""
    sheet = address(paper.sheet(batch, 2))
    line = {"line": "1", "name": "Kim Bora", "email": "bora@example.org", "country": "KR",
            "outcome": "signed", "sure": ""} | boxes_of  # fmt: skip
    return {
        f"{HOME}new": {
            "petition_id": str(paper.world.petition_id), "event_id": "0", "location_id": "0",
            "kind": states.SLIPS, "language": "en", "country": "KR", "pages": "1",
            "signed_on": "2026-11-01", "label": "Slips",
        },
        f"{HOME}{batch}/sheets": {"numbers": "3", "state": states.LOST, "words": "Rain"},
        f"{HOME}{batch}/alone": {"reason": "Nobody is here"},
        f"{HOME}{batch}/do/draw": {},
        f"{HOME}{batch}/do/nothing": {},
        f"{HOME}{batch}/check": line | {"sheet": paper.sheet(batch, 1).letters},
        sheet: line,
        f"{sheet}/rest": {},
        f"{address(paper.sheet(batch, 1))}/1/take-out": {"why": "again", "reason": "Mistyped"},
    }  # fmt: skip


#: What may break SQLite, too; PostgreSQL refuses most, so it meets them all.
ALSO: Final = ("a number without end",)


def test_nothing_that_is_typed_breaks_anything(paper: Paper, engine_name: str) -> None:
    worst = ASKED if engine_name == "postgresql" else ALSO
    batch, client = paper.batch(4), paper.client(paper.haneul)
    say_of_line(paper.client(paper.mina), paper.sheet(batch, 1), 1, "illegible")
    paper.say(batch, [2, 3, 4], states.UNUSED)
    paper.act(paper.mina, lambda: sampling.draw(batch))
    paper.say(batch, [2, 3], states.COLLECTED)
    token = ("csrf_token", token_of(client).encode())
    ticked = boxes(client.get(address(paper.sheet(batch, 2))).text)

    def answers() -> Iterator[tuple[str, str, int]]:
        for path, right in forms(paper, batch, ticked).items():
            for wrong in worst:
                for field in [*right, None]:
                    sent = {
                        name: NASTY[wrong] if field in (name, None) else value.encode()
                        for name, value in right.items()
                    }
                    body = body_of([token, *sent.items()])
                    status = client.post(path, data=body, content_type=FORM).status_code
                    yield path, f"{wrong} in {field}", status

    assert [one for one in answers() if one[2] >= 500] == []


def test_nothing_that_is_looked_for_breaks_anything(paper: Paper) -> None:
    batch, client = paper.batch(1), paper.client(paper.mina)
    sheet = address(paper.sheet(batch))

    def answers() -> Iterator[tuple[str, str, int]]:
        for wrong, value in NASTY.items():
            for path, names in ((f"{HOME}find", ("code", "batch")), (sheet, ("line",)),
                                (f"{HOME}new", ("event",)), ("/paper/acdefghj", ("lang",))):  # fmt: skip
                query = body_of([(name, value) for name in names])
                yield path, wrong, client.get(f"{path}?{query}").status_code

    assert [one for one in answers() if one[2] >= 500] == []
