"""Wrong input in every address, query and form: an answer, and never a 500."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from campaign_app.core import clock
from tests import given as world_of
from tests import urls
from tests.accounts.people import signed_in, token_of
from tests.faults.nasty import (
    ASKED,
    FORM,
    FRENCH,
    METHODS,
    NASTY,
    NUMBERS,
    WORDS,
    body_of,
    is_a_page,
)
from tests.given import World

pytestmark = pytest.mark.usefixtures("live")


def broken_addresses(rule: Rule, world: World) -> Iterator[str]:
    """Write wrong things into each place of an address, the others as they should be."""
    right = {name: str(values[0]) for name, values in urls.examples(world).items()}
    values = {name: right.get(name, "1") for name in rule.arguments}
    for place in PLACE.finditer(rule.rule):
        for wrong in NUMBERS if place["kind"].startswith("int") else WORDS:
            yield written(rule, values | {place["name"]: wrong})
    yield f"{written(rule, values).rstrip('/')}/%00"


def written(rule: Rule, values: Mapping[str, str]) -> str:
    """Write an address as it is sent, escaped or not."""
    return PLACE.sub(lambda place: values[place["name"]], rule.rule)


#: `<kind:name>` in a rule.
PLACE: Final = re.compile(r"<(?P<kind>[^:>]+:|)(?P<name>[^>]+)>")


#: `make chaos` sends everything to both engines.
EVERYTHING: Final = bool(os.environ.get("LANTERN_CHAOS"))
TURNS: Final = 3


def its_turn(engine_name: str, *what: str) -> bool:
    """Tell whether PostgreSQL meets this today; SQLite meets all of it every day.

    What breaks on one engine alone is a value in a column, and any form shows it within three days.
    """
    if EVERYTHING or engine_name == "sqlite":
        return True
    return crc32("|".join(what).encode()) % TURNS == clock.today().toordinal() % TURNS


def of_the_console(rule: Rule) -> bool:
    return rule.rule.startswith("/console")


def bugs(answers: Iterator[tuple[object, int]]) -> list[tuple[object, int]]:
    """List what was answered with a 5xx."""
    return [(what, status) for what, status in answers if status >= 500]


@pytest.mark.parametrize(
    "roles", [(), ("administrator", "organiser", "finance")], ids=["out", "in"]
)
def test_no_address_is_so_wrong_that_something_breaks(
    app: Flask, world: World, engine_name: str, roles: tuple[str, ...]
) -> None:
    client = signed_in(app, *roles) if roles else app.test_client()

    def answers() -> Iterator[tuple[object, int]]:
        for rule in app.url_map.iter_rules():
            if bool(roles) == of_the_console(rule):
                for path in broken_addresses(rule, world):
                    if its_turn(engine_name, path):
                        yield path, client.get(path, headers=FRENCH).status_code

    assert bugs(answers()) == []


def test_no_query_is_so_wrong_that_something_breaks(
    app: Flask, world: World, engine_name: str
) -> None:
    client = signed_in(app, "administrator", "organiser", "finance")

    def answers() -> Iterator[tuple[object, int]]:
        for path in pages(app, world):
            if not its_turn(engine_name, path):
                continue
            asked = asked_for(client.get(path).data.decode("utf-8", "replace"))
            for wrong in ASKED:
                query = body_of([(name, NASTY[wrong]) for name in asked])
                yield (path, wrong), client.get(f"{path}?{query}").status_code

    assert bugs(answers()) == []


def pages(app: Flask, world: World) -> list[str]:
    """Address every page once, with values that exist."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [next(urls.of(app, rule, world)) for rule in rules if rule.endpoint != "static"]


#: What addresses may ask for, besides what the forms of a page name.
QUERIES: Final = (
    "lang", "page", "by", "from", "to", "q", "next", "event", "location", "placement", "country",
    "language", "hour", "day", "evidence", "person", "action", "subject", "before", "after", "month",
)  # fmt: skip


def asked_for(page: str) -> list[str]:
    """Name the fields of a page's forms."""
    fields = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page)
    return list(dict.fromkeys([*QUERIES, *fields]))


@pytest.mark.timeout(600)  # it grows with every form of the house
@pytest.mark.parametrize(
    "roles", [(), ("administrator", "organiser", "finance")], ids=["out", "in"]
)
def test_no_form_is_so_wrong_that_something_breaks(
    app: Flask, world: World, engine_name: str, roles: tuple[str, ...]
) -> None:
    client = signed_in(app, *roles) if roles else app.test_client()
    token = token_of(client) if roles else ""
    worst = WORST["postgresql" if EVERYTHING else engine_name]

    def answers() -> Iterator[tuple[object, int]]:
        for path, page in posted(app, world, client, console=bool(roles)):
            if not its_turn(engine_name, path):
                continue
            for wrong in ASKED if roles else NASTY:
                for fields in filled(page, wrong, worst):
                    body = body_of([*fields, ("csrf_token", token.encode())])
                    answer = client.post(path, data=body, content_type=FORM, headers=FRENCH)
                    yield (path, wrong, len(fields)), answer.status_code

    assert bugs(answers()) == []


def posted(
    app: Flask, world: World, client: FlaskClient, *, console: bool
) -> Iterator[tuple[str, str]]:
    """Address everything that takes a form, with the page on which it stands."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and of_the_console(rule) == console:
            path = next(urls.of(app, rule, world))
            if path != "/console/sign-out":
                yield path, client.get(path).text if "GET" in (rule.methods or ()) else ""


def filled(page: str, wrong: str, worst: Sequence[str]) -> Iterator[list[tuple[str, bytes]]]:
    """Put a value into every field; then into one at a time, the others as the page has them."""
    names = [name for name in asked_for(page) if name != "csrf_token"] + list(OTHER_FIELDS)
    yield [(name, NASTY[wrong]) for name in names for _twice in range(1 + (wrong == "NUL"))]
    stands = [(name, text.encode()) for name, text in standing(page)]
    for broken, _text in stands if wrong in worst else ():
        yield [(name, NASTY[wrong] if name == broken else text) for name, text in stands]


#: What a form may let through to what cannot take it; the rest is sent in all fields at once only.
#: PostgreSQL refuses most. SQLite takes all but a number of more than 64 bits; `make chaos` sends it
#: the others, too.
WORST: Final = {
    "sqlite": ("a number without end",),
    "postgresql": ("NUL", "a number without end", "a superscript", "the last day"),
}
#: Fields of forms that stand on another page than their own.
OTHER_FIELDS: Final = (
    "code",
    "handle",
    "email",
    "sure",
    "action",
    "again-email",
    "step",
    "reason",
    "name",
)


def standing(page: str) -> list[tuple[str, str]]:
    """Read what stands in the fields of a page; something likely where nothing does."""
    found = re.findall(r'<input[^>]* name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>', page)
    chosen = re.findall(r'<(?:select|textarea)[^>]* name="([^"]+)"', page)
    fields = found + [(name, "") for name in chosen]
    return [(name, value or "1") for name, value in fields if name != "csrf_token"]


def test_every_method_of_every_address_is_answered(app: Flask, world: World) -> None:
    client = app.test_client()
    known = [next(urls.of(app, rule, world)) for rule in app.url_map.iter_rules()]

    def answers() -> Iterator[tuple[object, int]]:
        for path in known:
            for method in METHODS:
                yield (method, path), client.open(path, method=method).status_code

    assert bugs(answers()) == []


# Forms that nobody thought of

WILD: Final = st.one_of(
    st.text(max_size=300),
    st.text(
        st.characters(categories=["Cs", "Cc", "Cf", "Co", "Zl", "Nd", "Mn", "Lo"]), max_size=40
    ),
    st.sampled_from([value.decode("utf-8", "surrogateescape") for value in NASTY.values()]),
)
NAMES: Final = st.sampled_from([
    "name",
    "email",
    "country",
    "text",
    "step",
    "part-1",
    "part-2",
    "more",
])


@pytest.fixture
def form(client: FlaskClient, world: World) -> dict[str, str]:
    """What a person who does all right sends."""
    typed = {"name": "김미나", "email": "mina@example.org", "country": "KR"}
    return world_of.boxes(client.get(f"/q/{world.code}").text) | typed


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(typed=st.lists(st.tuples(NAMES, WILD), max_size=6))
def test_whatever_is_typed_the_answer_is_a_page(
    client: FlaskClient, world: World, form: dict[str, str], typed: list[tuple[str, str]]
) -> None:
    kept = [pair for pair in form.items() if pair[0] not in dict(typed)]
    fields = [(name, value.encode("utf-8", "surrogatepass")) for name, value in [*kept, *typed]]
    answer = client.post(
        f"/q/{world.code}", data=body_of(fields), content_type=FORM, headers=FRENCH
    )
    assert answer.status_code in (200, 400)
    assert is_a_page(answer)
