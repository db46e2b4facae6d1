"""Who may call an endpoint. Each one says so; a test fails on silence."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Final, ParamSpec, Protocol

from flask import current_app
from flask.typing import ResponseReturnValue

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class Permission(StrEnum):
    """What a person may do in the console."""

    READ = "read"  # tallies, petitions, places, codes
    ORGANISE = "organise"  # petitions, texts, events, codes, exports of sealed records
    HOLD_KEYS = "hold keys"  # prove a key of one's own, seal what is there to another
    FINANCE = "finance"  # money; of petitions it only reads tallies
    ADMINISTER = "administer"  # people, keys, rules, blocks, mail, audit trail


class Audience(StrEnum):
    """Whom an endpoint is for."""

    PUBLIC = "public"
    SIGNED_LINK = "signed link"  # the address itself carries a secret
    DEVICE = "device"  # an enrolled tablet
    PERSON = "person"  # signed in, with a permission


class Gate(Protocol):
    """The room that knows the people fills this in."""

    def __call__(self, permission: Permission) -> ResponseReturnValue | None:
        """Let the person signed in pass (None), or say what to answer instead."""


GATE: Final = "lantern_gate"


def public(view: View[P]) -> View[P]:
    """Open to everybody, without cookie and without session."""
    return _declare(view, Audience.PUBLIC)


def signed_link(view: View[P]) -> View[P]:
    """Open to whoever holds the secret in the address."""
    return _declare(view, Audience.SIGNED_LINK)


def device(view: View[P]) -> View[P]:
    """Open to enrolled tablets; the room checks the token."""
    return _declare(view, Audience.DEVICE)


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Open to those who are signed in and hold a permission; a 404 to the others."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            gate: Gate = current_app.extensions[GATE]
            refusal = gate(permission)
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the access test
        return _declare(guarded, Audience.PERSON)

    return decorate


def _declare(view: View[P], audience: Audience) -> View[P]:
    view.audience = audience  # type: ignore[attr-defined]  # a function carries its own word
    return view


def audience_of(view: Any) -> Audience | None:
    """Tell whom a view function is for, or None if it forgot to say."""
    return getattr(view, "audience", None)
