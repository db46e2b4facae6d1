"""Real addresses for every rule of the map, so that a test can visit the whole house."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.given import World

#: What stands in for each argument: a row that exists, and one that does not.
UNKNOWN = {"slug": "nowhere", "code": "zzzzzzzz", "token": "x" * 48}
#: What stands in for an argument of a kind of its own, whatever it is called.
OF_KIND: dict[str, list[Any]] = {
    "LanguageConverter": ["ko", "en", "fr"],
    "PageName": ["about", "contact"],
}


def examples(world: World) -> dict[str, list[Any]]:
    """Name values for the arguments of addresses."""
    return {
        "lang": ["ko", "en", "fr"],
        "slug": [world.slug, UNKNOWN["slug"]],
        "code": [world.code, UNKNOWN["code"]],
        "letters": [UNKNOWN["code"]],
        "token": [UNKNOWN["token"]],
        "filename": ["css/public.css"],
        "deed": ["confirm", "move"],
        "petition_id": [world.petition_id, 999],
        "person_id": [world.author_id, 999],
    }


def of(app: Flask, rule: Rule, world: World) -> Iterator[str]:
    """Write addresses for a rule; arguments without an example get a likely row and a wild one."""
    known = examples(world)
    choices = [
        OF_KIND.get(_kind(rule, name)) or known.get(name, _likely(rule, name))
        for name in sorted(rule.arguments)
    ]
    longest = max((len(choice) for choice in choices), default=1)
    for turn in range(longest):
        values = {
            name: choice[turn % len(choice)]
            for name, choice in zip(sorted(rule.arguments), choices, strict=True)
        }
        with app.test_request_context():
            built = rule.build(values, append_unknown=False)
        if built is not None:
            yield built[1]


def _kind(rule: Rule, name: str) -> str:
    return type(rule._converters[name]).__name__  # APIFRAGILE: werkzeug keeps them private


def _likely(rule: Rule, name: str) -> list[Any]:
    converter = _kind(rule, name)
    if converter == "IntegerConverter":
        return [1, 999]
    if converter == "UUIDConverter":
        return ["00000000-0000-4000-8000-000000000000"]
    return ["en" if re.search("lang", name) else "x"]
