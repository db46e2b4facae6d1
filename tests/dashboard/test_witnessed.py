"""Those whom somebody of ours saw sign are shown as one, and told apart when somebody asks."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.petitions import queries, states, tally_ground
from campaign_app.petitions.tally_sheet import Sheet, sheet
from tests.dashboard.stalls import Stalls
from tests.look.stylesheets import source
from tests.petitions.stating import count


@pytest.fixture
def all_kinds(app: Flask, built: Stalls) -> Stalls:
    """Let people sign in every way there is, at the same stall."""
    for n, evidence in enumerate((*states.SEEN, states.ON_PAPER), start=1):
        facts = {"evidence": evidence, "placement_id": built.today, "blind_index": None}
        count(app, built.petition, n, **facts)
    return built


def cut(app: Flask, built: Stalls, *, apart: bool) -> Sheet:
    with app.test_request_context("/"):
        ground = tally_ground.read(queries.get(built.petition))
        return sheet(ground, "event", queries.Filters(), apart=apart)


def heads(page: str) -> list[str]:
    """Read the heads of the table of the tally."""
    [table] = re.findall(r'<table class="table counts">.*?</table>', page, re.S)
    return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table)


def test_together_they_are_one_column_and_the_sums_stay(app: Flask, all_kinds: Stalls) -> None:
    apart, together = (cut(app, all_kinds, apart=one) for one in (True, False))
    assert apart.total.counted == together.total.counted == 100 + 1 + 2 + 3 + 4
    assert together.classes == ("confirmed", "witnessed", "paper")
    assert together.total.by_evidence["witnessed"] == 4 + 1 + 2 + 3
    assert apart.classes == ("confirmed", "witnessed", "no_mailbox", "stall_code", "paper")
    assert [apart.total.by_evidence[kind] for kind in states.SEEN] == [5, 2, 3]


def test_the_page_opens_the_kinds_on_demand_and_keeps_the_filters(
    viewer: FlaskClient, all_kinds: Stalls
) -> None:
    page = viewer.get(all_kinds.page, query_string={"language": "en"}).text
    assert heads(page) == ["Place", "Counted", "Confirmed", "Witnessed", "On paper", "Awaiting"]
    [link] = re.findall(r'href="([^"]+)">Tell apart how they were witnessed<', page)
    apart = viewer.get(link.replace("&amp;", "&")).text
    assert heads(apart)[3:6] == [
        "Witnessed on a tablet",
        "Witnessed, no mailbox",
        "Witnessed by stall code",
    ]
    assert "language=en" in link
    assert "Show those witnessed as one" in apart
    assert 'class="key ev-stall_code"' in apart
    assert "ev-no_mailbox" in apart


def test_where_nobody_was_seen_in_another_way_there_is_nothing_to_open(
    viewer: FlaskClient, built: Stalls
) -> None:
    assert "Tell apart" not in viewer.get(built.page).text


def test_today_shows_them_as_one(viewer: FlaskClient, all_kinds: Stalls) -> None:
    page = viewer.get("/console/").text
    assert "ev-witnessed" in page
    assert "ev-no_mailbox" not in page


def test_every_class_has_a_hue_and_none_looks_like_another() -> None:
    css, drawn = source("console.css"), (states.BY_MAIL, *states.SEEN, states.ON_PAPER)
    for evidence in (*drawn, states.UNCONFIRMED):
        assert f".ev-{evidence}" in css
    keys = {one: re.findall(rf"\.key\.ev-{one}::before {{ ([^}}]+)}}", css) for one in drawn[1:]}
    assert all(keys.values())
    assert len({tuple(found) for found in keys.values()}) == len(keys)
