"""What Stripe's own types say of a request: made from the very wheel that is installed.

Every operation of the SDK is found by reading its services; its parameters are TypedDicts. A request is
taken apart as bytes on the wire (bracketed form), and each field must be one that the types know, with a
value of that type. Their open enums (`Literal[…] | str`) count as closed: a word of tomorrow is a mistake.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, NotRequired, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, urlsplit

import stripe
from stripe._request_options import RequestOptions
from stripe._stripe_service import StripeService

from campaign_app.payments.local.api import form

_CALL: Final = re.compile(r'_request\(\s*"(get|post|delete)",\s*"([^"]+)"')
_HOLE: Final = re.compile(r"\\{\w+\\}")
#: Names that annotations use and their modules import for type checkers only.
_ELSEWHERE: Final = {"StripeContext": object, "UploadProgress": object, "Mapping": Mapping}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the SDK can ask."""

    name: str
    method: str
    path: re.Pattern[str]
    params: Any


@cache
def operations() -> tuple[Operation, ...]:
    """Find every operation of the installed SDK."""
    return tuple(sorted(_found(), key=lambda one: one.name))


def _found() -> Iterator[Operation]:
    for module in pkgutil.walk_packages(stripe.__path__, "stripe."):
        if module.name.endswith("_service"):
            loaded = importlib.import_module(module.name)
            for service in vars(loaded).values():
                if _is_own_service(service, module.name):
                    yield from _of_service(service)


def _is_own_service(thing: Any, module: str) -> bool:
    is_one = inspect.isclass(thing) and issubclass(thing, StripeService)
    return is_one and thing.__module__ == module


def _of_service(service: type) -> Iterator[Operation]:
    for name, function in vars(service).items():
        if not inspect.isfunction(function) or name.endswith("_async"):
            continue
        call = _CALL.search(inspect.getsource(function))
        if call:
            path = re.compile(_HOLE.sub("[^/]+", re.escape(call[2])))
            params = function.__annotations__.get("params")
            yield Operation(f"{service.__name__}.{name}", call[1], path, _type_of(params, service))


def _type_of(annotation: Any, service: type) -> Any:
    """Find the TypedDict that an annotation names; it stands under a TYPE_CHECKING import."""
    named = re.search(r"\w+Params\b", str(annotation))
    if named is None:
        return None
    source = inspect.getsource(sys.modules[service.__module__])
    place = re.search(rf"from ([\w.]+) import \(?\s*{named[0]}\b", source)
    return getattr(importlib.import_module(place[1]), named[0]) if place else None


def problems(method: str, url: str, body: str) -> list[str]:
    """List what the installed types would not have let through."""
    parts = urlsplit(url)
    operation = operation_of(method, parts.path)
    if operation is None:
        return [f"no operation {method} {parts.path}"]
    said = form(body if method.lower() == "post" else parts.query)
    return [f"{operation.name}: {wrong}" for wrong in _wrong(said, operation.params, "")]


def operation_of(method: str, path: str) -> Operation | None:
    """Find the operation of a request."""
    fitting = [
        one for one in operations() if one.method == method.lower() and one.path.fullmatch(path)
    ]
    # An address with a fixed last part before one with a hole there.
    return min(fitting, key=lambda one: one.path.pattern.count("[^/]"), default=None)


def names_of(body: str) -> list[str]:
    """List every value of a form, to look for what must not be told."""
    return [value for _name, value in parse_qsl(body, keep_blank_values=True)]


def _wrong(value: Any, expected: Any, where: str) -> Iterator[str]:
    if expected is None:
        if value:
            yield f"{where or 'anything'} is not taken here"
    elif isinstance(expected, type) and hasattr(expected, "__total__"):
        yield from _wrong_fields(value, expected, where)
    else:
        yield from _wrong_value(value, expected, where)


def _wrong_fields(value: Any, expected: Any, where: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{where} is no group of fields"
        return
    known = _fields(expected)
    for name, one in value.items():
        if name not in known:
            yield f"{where}.{name} is unknown"
        else:
            yield from _wrong(one, known[name][0], f"{where}.{name}")
    for name, (_type, needed) in known.items():
        if needed and name not in value:
            yield f"{where}.{name} is missing"


@cache
def _fields(expected: Any) -> dict[str, tuple[Any, bool]]:
    """Name a TypedDict's fields with their types, and whether each is needed."""
    hints = get_type_hints(expected, localns=_ELSEWHERE, include_extras=True)
    options = RequestOptions.__annotations__
    return {
        name: (get_args(hint)[0] if get_origin(hint) is NotRequired else hint, get_origin(hint) is not NotRequired)
        for name, hint in hints.items()
        if name not in options
    }  # fmt: skip


def _wrong_value(value: Any, expected: Any, where: str) -> Iterator[str]:
    origin, args = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        yield from _wrong_choice(value, [one for one in args if one is not NoneType], where)
    elif origin is Literal:
        if value not in args:
            yield f"{where} cannot be {value!r}"
    elif origin in (list, dict):
        yield from _wrong_many(value, args[-1], where)
    elif not _is(value, expected):
        yield f"{where} is no {getattr(expected, '__name__', expected)}: {value!r}"


def _wrong_many(value: Any, expected: Any, where: str) -> Iterator[str]:
    many = value.items() if isinstance(value, Mapping) else enumerate(value)
    for place, one in many if isinstance(value, (list, Mapping)) else [(0, None)]:
        yield from _wrong(one, expected, f"{where}[{place}]")


def _wrong_choice(value: Any, choices: list[Any], where: str) -> Iterator[str]:
    if any(get_origin(one) is Literal for one in choices):
        # An open enum is a list of words and `str` besides; an emptied field is Literal[""].
        words = [one for one in choices if get_origin(one) is Literal]
        only_empty = all(get_args(one) == ("",) for one in words)
        if not only_empty:
            choices = [one for one in choices if one is not str]
    each = [list(_wrong(value, one, where)) for one in choices]
    if all(each):
        yield min(each, key=len)[0]


def _is(value: Any, expected: Any) -> bool:
    """Tell whether a form's text can be read as a type."""
    if not isinstance(value, str):
        return False
    if expected is int:
        return re.fullmatch(r"-?\d+", value) is not None
    if expected is bool:
        return value in ("true", "false", "True", "False")
    if getattr(expected, "__name__", "") in ("float", "Decimal"):
        return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
    return expected is str
