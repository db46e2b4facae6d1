"""Wrong input in every form of volunteers: an answer, and never a 500."""

from collections.abc import Iterator
from typing import Final

from flask import Flask

from campaign_app.core import db
from campaign_app.shifts import kit, queries, services
from tests.accounts.people import signed_in, token_of
from tests.faults.nasty import ASKED, FORM, NASTY, body_of
from tests.shifts import crewing
from tests.shifts.crewing import Stall, confirmed, whose

#: What the forms of a volunteer and of an organiser ask for.
PUBLIC: Final = (
    "shift",
    "alias",
    "contact",
    "speaks",
    "form_key",
    "name",
    "language",
    "portal_name",
)
OURS: Final = (
    "role", "least", "most", "starts", "ends", "shift", "alias", "contact", "language", "minutes",
    "template", "whole_series", "name", "for_campaign", "lines", "campaign_id", "first", "last",
)  # fmt: skip


def public_paths(app: Flask, stall: Stall) -> list[str]:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
        page = f"/en/my-shifts/{crewing.token(mina)}"
    paths = [f"/v/{stall.link}", f"{page}/portal-name", f"{page}/certificate"]
    return [*paths, f"{page}/offer/{mina}", f"{page}/join/{stall.tablet}"]


def our_paths(app: Flask, stall: Stall) -> list[str]:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
        db.transact(lambda: kit.add(stall.event, ["Tape"]))
        thing = queries.kit_of(stall.event)[0].id
        template = db.transact(lambda: services.keep("kit", "Stall", stall.event)).id
        who = whose(mina)
    crew = f"/console/events/{stall.event}/crew"
    parts = ("shifts", "use/shifts", "use/kit", "keep/kit", "people", "kit", f"kit/{thing}/pack")
    return [
        *(f"{crew}/{part}" for part in parts),
        f"/console/shifts/{stall.board}",
        f"/console/sign-ups/{mina}/hours",
        f"/console/volunteers/{who}/certificate",
        "/console/volunteers/hours.csv",
        "/console/volunteers/templates/kit/new",
        f"/console/volunteers/templates/kit/{template}",
    ]


def test_nothing_that_volunteers_send_breaks_anything(app: Flask, stall: Stall) -> None:
    client, paths = app.test_client(), public_paths(app, stall)

    def answers() -> Iterator[tuple[str, str, int]]:
        for path in paths:
            for wrong, value in NASTY.items():
                body = body_of([(name, value) for name in PUBLIC])
                yield path, wrong, client.post(path, data=body, content_type=FORM).status_code

    assert [one for one in answers() if one[2] >= 500] == []


def test_nothing_that_organisers_send_breaks_anything(app: Flask, stall: Stall) -> None:
    client, paths = signed_in(app, "organiser"), our_paths(app, stall)
    token = ("csrf_token", token_of(client).encode())

    def answers() -> Iterator[tuple[str, str, int]]:
        for path in paths:
            for wrong in ASKED:
                body = body_of([token, *((name, NASTY[wrong]) for name in OURS)])
                yield path, wrong, client.post(path, data=body, content_type=FORM).status_code

    assert [one for one in answers() if one[2] >= 500] == []
