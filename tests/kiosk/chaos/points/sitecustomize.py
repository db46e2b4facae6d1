"""Loaded by a server under test before anything else: lets it die at named steps of taking envelopes.

The application knows nothing of this. Before `wsgi` is loaded, the functions named below are wrapped
(as tests/faults/points does); who comes by a step that is armed (a file) notes it and ends its process
at once, as a power cut does.
"""

import importlib
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from tests.faults.points import sitecustomize as points

NAME: Final = "LANTERN_TEST_DEATHS"
FOLDER: Final = Path(os.environ.get(NAME, ""))
BEFORE, AFTER = points.BEFORE, points.AFTER

API: Final = "campaign_app.kiosk.api"
RECEIVING: Final = "campaign_app.kiosk.receiving"
OPENING: Final = "campaign_app.kiosk.opening"
#: Step → module, what in it, and on which side of it the server dies.
STEPS: Final[dict[str, tuple[str, str, str]]] = {
    "batch: begun": (RECEIVING, "take", BEFORE),
    "batch: half written": (RECEIVING, "_ask_for_opening", BEFORE),
    "batch: written, not committed": (RECEIVING, "take", AFTER),
    "batch: committed, not answered": (API, "jsonify", BEFORE),
    "opening: written, not committed": (OPENING, "_write", AFTER),
    "opening: committed": (OPENING, "_round", AFTER),
}


def die(step: str) -> None:
    """End this process if the step is armed; of several that come by, one does."""
    try:
        (FOLDER / f"{step}.armed").rename(FOLDER / f"{step}.died")
    except FileNotFoundError:
        return
    os._exit(9)


def wrapped(step: str, work: Callable[..., Any], side: str) -> Callable[..., Any]:
    """Let the process end before or after a function's work."""

    @wraps(work)
    def ending(*args: Any, **kwargs: Any) -> Any:
        if side == BEFORE:
            die(step)
        done = work(*args, **kwargs)
        if side == AFTER:
            die(step)
        return done

    return ending


def install() -> None:
    """Wrap every step, wherever it is known by name."""
    importlib.import_module("campaign_app")
    for step, (module, path, side) in STEPS.items():
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        work = getattr(owner, name)
        ending = wrapped(step, work, side)
        setattr(owner, name, ending)
        # What a module took from elsewhere dies in that module alone.
        if work.__module__ == module:
            points._rename(work, ending)


if NAME in os.environ:
    points.install = install
    sys.meta_path.insert(0, points.Finder())
    if "granian" in sys.orig_argv:
        importlib.import_module("campaign_app")
