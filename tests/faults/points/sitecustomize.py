"""Loaded by a server under test before anything else: lets it stand still at named steps.

The application knows nothing of this. Before `wsgi` is loaded, the functions named below are wrapped;
who comes by a step that is armed (a file) says so (another file), and waits to be killed or let go.
"""

import importlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Final

NAME: Final = "LANTERN_TEST_STEPS"
FOLDER: Final = Path(os.environ.get(NAME, ""))
PATIENCE: Final = 20.0
BEFORE, AFTER, AFTER_A_DEED = "before", "after", "after, if it did something"

SIGNING: Final = "campaign_app.petitions.signing"
CONFIRMING: Final = "campaign_app.petitions.confirming"
VIEWS: Final = "campaign_app.petitions.views"
WORKER: Final = "campaign_app.outbox.worker"
#: Step → module, what in it, and on which side of it the server stops.
STEPS: Final[dict[str, tuple[str, str, str]]] = {
    "sign: came": (SIGNING, "prepare", BEFORE),
    "sign: sealed": (SIGNING, "prepare", AFTER),
    "sign: begun": (SIGNING, "store", BEFORE),
    "sign: before its mail": (SIGNING, "post_all", BEFORE),
    "sign: written": (SIGNING, "store", AFTER),
    "sign: committed": (VIEWS, "answered", BEFORE),
    "confirm: begun": (CONFIRMING, "by_link", BEFORE),
    "confirm: before its delta": (CONFIRMING, "settle", BEFORE),
    "confirm: written": (CONFIRMING, "by_link", AFTER),
    "confirm by code: written": (CONFIRMING, "by_code", AFTER),
    "confirm: committed": (VIEWS, "thanked", BEFORE),
    "mail: claimed": ("campaign_app.outbox.claims", "claim_mail", AFTER),
    "mail: claim committed": (WORKER, "Round.deliver", BEFORE),
    "mail: before sending": ("campaign_app.outbox.transport", "SmtpLine.send", BEFORE),
    "mail: half said": ("smtplib", "SMTP.data", BEFORE),
    "mail: sent": ("campaign_app.outbox.transport", "SmtpLine.send", AFTER),
    "mail: noted": ("campaign_app.outbox.claims", "finish", AFTER),
    "mail: note committed": (WORKER, "Round.deliver", AFTER),
    "tally: folded": ("campaign_app.petitions.tally", "roll", AFTER_A_DEED),
}

TAKING: Final = "campaign_app.payments.taking"
READING: Final = "campaign_app.payments.reading"
MERGING: Final = "campaign_app.payments.merging"
GATEWAY: Final = "campaign_app.payments.stripe_gateway"
GIFTS: Final = "campaign_app.donations.services"
FOLLOWING: Final = "campaign_app.donations.jobs"
RECEIPTS: Final = "campaign_app.receipts.services"
#: The way of a gift, from its row to its receipt.
GIVING: Final[dict[str, tuple[str, str, str]]] = {
    "form: gift written": (GIFTS, "begin", AFTER),
    "form: attempt written": (TAKING, "begin", AFTER),
    "page: before asking": (GATEWAY, "StripeGateway.open_session", BEFORE),
    "page: asked": (GATEWAY, "StripeGateway.open_session", AFTER),
    "page: noted": (TAKING, "note_opened", AFTER),
    "page: committed": (TAKING, "open_page", AFTER),
    "signal: verified": (GATEWAY, "StripeGateway.heard", AFTER),
    "signal: kept": ("campaign_app.payments.views", "_keep", AFTER),
    "read: begun": (READING, "read_signals", BEFORE),
    "read: fetched": (MERGING, "merge", BEFORE),
    "read: climbed": (MERGING, "_book", BEFORE),
    "read: booked": (MERGING, "_book", AFTER),
    "read: told": ("campaign_app.payments.news", "changed", AFTER),
    "read: committed": (MERGING, "look", AFTER),
    "read: done": (READING, "_done", AFTER),
    "read: ended": (READING, "read_signals", AFTER),
    "follow: begun": (FOLLOWING, "follow", BEFORE),
    "follow: looked": (GIFTS, "settle", BEFORE),
    "follow: settled": (RECEIPTS, "issue", BEFORE),
    "receipt: numbered": (RECEIPTS, "_note", BEFORE),
    "receipt: written": (RECEIPTS, "issue", AFTER),
    "letter: before its row": ("campaign_app.outbox.services", "post", BEFORE),
    "letter: posted": ("campaign_app.donations.thanking", "thank", AFTER),
    "follow: committed": (FOLLOWING, "follow", AFTER),
}


def stand(step: str) -> None:
    """Stand still at a step that is armed; of several threads that come by, one does."""
    armed = FOLDER / f"{step}.armed"
    try:
        armed.rename(FOLDER / f"{step}.held")
    except FileNotFoundError:
        return
    ends = time.monotonic() + PATIENCE
    while not (FOLDER / "go").exists() and time.monotonic() < ends:
        time.sleep(0.005)


def wrapped(step: str, work: Callable[..., Any], side: str) -> Callable[..., Any]:
    """Let a function stop before or after its work."""

    @wraps(work)
    def stopping(*args: Any, **kwargs: Any) -> Any:
        if side == BEFORE:
            stand(step)
        done = work(*args, **kwargs)
        if side == AFTER or (side == AFTER_A_DEED and done):
            stand(step)
        return done

    return stopping


def install() -> None:
    """Wrap every step, wherever it is known by name, and say which process serves."""
    importlib.import_module("campaign_app")
    for step, (module, path, side) in (STEPS | GIVING).items():
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        work = getattr(owner, name)
        stopping = wrapped(step, work, side)
        setattr(owner, name, stopping)
        _rename(work, stopping)
    (FOLDER / f"{os.getpid()}.serves").touch()


def _rename(work: object, stopping: object) -> None:
    """Let those who imported a function by name meet it wrapped."""
    for title, module in list(sys.modules.items()):
        if title.startswith("campaign_app"):
            for name in [name for name, value in vars(module).items() if value is work]:
                setattr(module, name, stopping)


class Installing(Loader):
    """Wraps the steps, then loads `wsgi` as ever."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the usual loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Wrap, then run the module."""
        install()
        self._loader.exec_module(module)


class Finder(MetaPathFinder):
    """Finds `wsgi` and nothing else."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the usual spec with our loader around its own."""
        if name != "wsgi":
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = Installing(spec.loader)
        return spec


if NAME in os.environ:
    sys.meta_path.insert(0, Finder())
    # The watching process loads the rooms once, so that those it forks begin in no time.
    if "granian" in sys.orig_argv:
        importlib.import_module("campaign_app")
