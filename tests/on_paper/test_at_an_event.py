"""Paper for an event: made from its page, packed with its kit, counted at its stall."""

import pytest
from sqlalchemy import update

from campaign_app.core.db import session, transact
from campaign_app.events import services as events
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import Event
from campaign_app.petitions import states as signing
from campaign_app.petitions import tally
from campaign_app.qr.models import Placement
from tests.accounts.people import send
from tests.on_paper.conftest import Paper
from tests.on_paper.typing_in import type_line
from tests.paper import text_of

HOME = "/console/paper/"


def stall(paper: Paper) -> int:
    """Plan a stall, some time ago, at Yonsei."""

    def work() -> int:
        event = events.add_event(
            EventFacts(
                location_id=paper.world.location_id,
                kind="street_campaign",
                titles={"en": "At Yonsei", "ko": "연세대 캠페인", "fr": "À Yonsei"},
                starts_local="2026-10-03T14:00",
                ends_local="2026-10-03T18:00",
            )
        )
        session.execute(update(Event).where(Event.id == event.id).values(permit_gate="granted"))
        return event.id

    with paper.app.app_context():
        return transact(work)


def made_for(paper: Paper, event: int) -> int:
    """Number slips for a stall, with what its page says already."""
    client = paper.client(paper.mina)
    page = client.get(f"{HOME}new?event={event}").text
    assert f'<option selected value="{event}">' in page
    answer = send(
        client,
        f"{HOME}new",
        petition_id=paper.world.petition_id,
        event_id=event,
        location_id="0",
        kind="slips",
        language="ko",
        country="KR",
        pages="2",
    )
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


@pytest.fixture
def event(paper: Paper) -> int:
    """Give the number of a stall."""
    return stall(paper)


def test_slips_for_a_stall_count_there_on_its_day(paper: Paper, event: int) -> None:
    batch = made_for(paper, event)
    type_line(paper.client(paper.mina), paper.sheet(batch), name="김미나")
    known = paper.read(batch)
    assert (known.signed_on.isoformat(), known.label) == ("2026-10-03", "Slips, At Yonsei")
    with paper.app.app_context():
        session.rollback()
        (cell,) = tally.cells(paper.world.petition_id, "placement")
        placement = session.get_one(Placement, cell.placement_id)
    assert (cell.evidence, cell.n) == (signing.ON_PAPER, 1)
    assert (placement.event_id, placement.location_id) == (event, paper.world.location_id)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_page_of_an_event_leads_to_its_paper_and_says_what_is_not_back(
    paper: Paper, event: int
) -> None:
    client = paper.client(paper.mina)
    assert f"{HOME}new?event={event}" in client.get(f"/console/events/{event}").text
    batch = made_for(paper, event)
    paper.say(batch, [1, 2, 3, 5], "collected")
    page = client.get(f"/console/events/{event}").text
    assert f'href="{HOME}{batch}"' in page
    assert "not back yet: 4, 6–8" in page


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_kit_names_the_slips_that_come_along(paper: Paper, event: int) -> None:
    client = paper.client(paper.mina)
    batch = made_for(paper, event)
    kit = text_of(client.get(f"/console/events/{event}/kit.pdf").data)
    # In the language of the place.
    assert f" {batch}: Slips, At Yonsei, 1–8" in " ".join(kit.split())
