"""The table of endpoints and roles, in full: who opens what, and what everybody else is told."""

from collections.abc import Iterator
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from campaign_app.accounts.models import GRANTS
from campaign_app.core.access import Audience, Permission, audience_of
from tests import given, urls
from tests.accounts.people import signed_in

#: What each role is for. A role that gains or loses a permission must do so here, too.
MEANT: Final = {
    "administrator": {Permission.READ, Permission.ADMINISTER, Permission.HOLD_KEYS},
    "organiser": {Permission.READ, Permission.ORGANISE, Permission.HOLD_KEYS},
    "finance": {Permission.READ, Permission.FINANCE},
    "viewer": {Permission.READ},
}
#: All that somebody may send who may only look: their own things, and numbers to take along.
FOR_READERS: Final = (
    "/console/account/",
    "/console/password",
    "/console/petitions/<int(max=2147483647):petition_id>/tallies.csv",
)
#: Pages that are none unless the address says of what, or outside of the demo.
ASK_FOR_MORE: Final = ("/console/codes/print", "/console/settings/start-empty/")
#: Parts of the console that are an administrator's alone.
ADMINISTRATORS: Final = ("/console/people/", "/console/audit/", "/console/settings/")
#: Whoever holds a key proves and re-seals with it; organisers hold keys, too.
KEYS: Final = "/console/settings/keys"


def guarded(app: Flask) -> list[Rule]:
    """List the addresses for people who are signed in."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if audience_of(app.view_functions[rule.endpoint]) is Audience.PERSON
    ]


def permission(app: Flask, rule: Rule) -> Permission:
    """Tell what an address asks for."""
    asked = getattr(app.view_functions[rule.endpoint], "permission", None)
    assert isinstance(asked, Permission)
    return asked


def requests(app: Flask, rule: Rule, world: given.World) -> Iterator[tuple[str, str]]:
    """Write one request for each method, to a row that exists where there is one."""
    path = next(urls.of(app, rule, world))
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        yield method, path


def test_roles_grant_what_they_are_meant_to() -> None:
    assert {str(role): set(granted) for role, granted in GRANTS.items()} == MEANT


@pytest.mark.parametrize("role", MEANT)
def test_each_role_opens_what_it_is_for_and_the_rest_does_not_exist_for_it(
    app: Flask, role: str
) -> None:
    world = given.world(app)
    client = signed_in(app, role)
    unknown = {method: client.open("/console/nowhere", method=method) for method in ("GET", "POST")}
    wrong = []
    for rule in guarded(app):
        for method, path in requests(app, rule, world):
            if permission(app, rule) in MEANT[role]:
                continue
            answer = client.open(path, method=method)
            told = answer.data.replace(path.encode(), b"/console/nowhere")
            if (answer.status_code, told) != (404, unknown[method].data):
                wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", MEANT)
def test_each_role_really_enters_where_it_may(app: Flask, role: str) -> None:
    """A form without its token is refused as a form (400), which only happens behind the gate."""
    world = given.world(app)
    client = signed_in(app, role)
    shut = []
    for rule in guarded(app):
        for method, path in requests(app, rule, world):
            if permission(app, rule) not in MEANT[role]:
                continue
            status = client.open(path, method=method).status_code
            if method == "POST" and status != 400:
                shut.append((method, path, status))
            alone = not rule.arguments and path not in ASK_FOR_MORE
            if method == "GET" and alone and status not in (200, 302, 303):
                shut.append((method, path, status))
    assert shut == []


def test_whoever_may_only_look_can_change_nothing_but_their_own(app: Flask) -> None:
    loose = [
        rule.rule
        for rule in guarded(app)
        if "POST" in (rule.methods or ())
        and permission(app, rule) is Permission.READ
        and not rule.rule.startswith(FOR_READERS)
    ]
    assert loose == []


def test_people_rules_and_the_trail_are_for_administrators(app: Flask) -> None:
    others = [
        rule.rule
        for rule in guarded(app)
        if rule.rule.startswith(ADMINISTRATORS)
        and not rule.rule.startswith(KEYS)
        and permission(app, rule) is not Permission.ADMINISTER
    ]
    assert others == []


def test_keys_and_names_are_for_those_who_hold_keys(app: Flask) -> None:
    """Finance and viewers reach neither, not even to look."""
    loose = [
        rule.rule
        for rule in guarded(app)
        if (rule.rule.startswith(KEYS) or "/open" in rule.rule or "/names" in rule.rule)
        and permission(app, rule)
        not in (Permission.ORGANISE, Permission.ADMINISTER, Permission.HOLD_KEYS)
    ]
    assert loose == []


def test_an_administrator_who_organises_nothing_still_reaches_the_keys(app: Flask) -> None:
    client = signed_in(app, "administrator")
    for path in (KEYS + "/", f"{KEYS}/new", f"{KEYS}/prove"):
        assert client.get(path).status_code == 200, path


def test_without_a_role_there_is_no_console(app: Flask) -> None:
    world = given.world(app)
    client = signed_in(app)
    statuses = {
        client.open(path, method=method).status_code
        for rule in guarded(app)
        for method, path in requests(app, rule, world)
    }
    assert statuses == {404}


def test_a_stranger_is_led_to_the_door_whatever_they_ask_for(
    app: Flask, client: FlaskClient
) -> None:
    world = given.world(app)
    told = {
        client.open(path, method=method).location.partition("?")[0]
        for rule in guarded(app)
        for method, path in requests(app, rule, world)
    }
    assert told == {"/console/sign-in"}
