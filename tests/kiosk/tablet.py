"""A tablet in Python: it numbers, seals and sends as the one in the browser does."""

import base64
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import clock
from campaign_app.core.envelope import Bound, seal_envelope
from campaign_app.core.ids import READABLE
from campaign_app.core.seal import PublicKey

BATCH: Final = "/api/v1/kiosk/batch"
RECEIPT_LETTERS: Final = 24


@dataclass(frozen=True)
class Paper:
    """What a petition asks to sign in one language: its text and its consent parts, by hash."""

    petition: str
    text: str
    parts: Sequence[str]
    #: Of these the parts that nobody can leave out.
    required: Sequence[str] = ()


@dataclass(frozen=True)
class Item:
    """A sealed envelope with its number."""

    id: uuid.UUID
    event: str
    kid: str
    seq: int
    sealed: bytes

    def as_json(self) -> dict[str, Any]:
        """Write it as it travels."""
        return {
            "id": self.id.hex,
            "event": self.event,
            "kid": self.kid,
            "seq": self.seq,
            "sealed": base64.b64encode(self.sealed).decode(),
        }


def receipt() -> str:
    """Draw a receipt as the tablet does."""
    return "".join(secrets.choice(READABLE) for _letter in range(RECEIPT_LETTERS))


def hour() -> int:
    """Count the whole hours since 1970."""
    return int(clock.now().timestamp()) // 3600


def signature(paper: Paper, **changes: Any) -> dict[str, Any]:
    """Fill the signer's form in."""
    facts: dict[str, Any] = {
        "v": 1,
        "kind": "sign",
        "petition": paper.petition,
        "text": paper.text,
        "parts": list(paper.required),
        "name": "김미나",
        "email": "",
        "country": "KR",
        "language": "ko",
        "hour": hour(),
        "receipt": receipt(),
    }
    return facts | changes


@dataclass
class Tablet:
    """An enrolled install: its token, its numbers, and what it still holds."""

    install: uuid.UUID
    token: str
    #: The event's uid and the key to which its envelopes are closed.
    event: str
    key: PublicKey
    paper: Paper
    next_seq: int = 1
    held: list[Item] = field(default_factory=list)
    _batches: Any = field(default_factory=count, repr=False)

    def sign(self, **changes: Any) -> Item:
        """Let somebody sign; the envelope is held until the server says that it has it."""
        return self.put(signature(self.paper, **changes))

    def void(self, item: Item | uuid.UUID) -> Item:
        """Take a signature back at the stall."""
        target = item.id if isinstance(item, Item) else item
        return self.put({"v": 1, "kind": "void", "of": target.hex, "hour": hour()})

    def put(self, payload: dict[str, Any], **changes: Any) -> Item:
        """Seal what was said, under the next number."""
        made = self.sealed(payload, **changes)
        self.next_seq += 1
        self.held.append(made)
        return made

    def sealed(
        self, payload: dict[str, Any], *, seq: int = 0, item: uuid.UUID | None = None
    ) -> Item:
        """Seal, and hold nothing."""
        name = item or uuid.uuid4()
        bound = Bound(self.event, self.key.key_id, self.install, name)
        envelope = seal_envelope(payload, self.key, bound)
        return Item(name, self.event, self.key.key_id, seq or self.next_seq, envelope)

    def lose(self, item: Item) -> None:
        """Let an eviction take an envelope."""
        self.held.remove(item)

    def runs(self) -> list[list[int]]:
        """Name the numbers held, as first and last of each run."""
        found: list[list[int]] = []
        for seq in sorted(item.seq for item in self.held):
            if found and found[-1][1] == seq - 1:
                found[-1][1] = seq
            else:
                found.append([seq, seq])
        return found

    def batch(self, items: Iterable[Item | dict[str, Any]], **changes: Any) -> dict[str, Any]:
        """Write what is sent."""
        written = [item.as_json() if isinstance(item, Item) else item for item in items]
        facts: dict[str, Any] = {
            "protocol": 1,
            "batch_id": uuid.uuid4().hex,
            "sent_at": moment(),
            "shell": "test",
            "battery": 81,
            "reports": [{"event": self.event, "next_seq": self.next_seq, "held": self.runs()}],
            "shifts": [],
            "items": written,
        }
        return facts | changes

    def send(
        self, client: FlaskClient, items: Iterable[Item | dict[str, Any]] = (), **changes: Any
    ) -> TestResponse:
        """Send a batch, whatever comes of it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return client.post(BATCH, json=self.batch(items, **changes), headers=headers)

    def deliver(self, client: FlaskClient, most: int = 50) -> dict[str, str]:
        """Send what is held (at most 50), let go of what the server has, and give its results."""
        answer = self.send(client, self.held[:most])
        assert answer.status_code == 200, answer.text
        results: dict[str, str] = answer.get_json()["results"]
        self.settle(results)
        return results

    def settle(self, results: dict[str, str]) -> None:
        """Let go of what the server says it has."""
        safe = ("stored", "replayed")
        self.held = [item for item in self.held if results.get(item.id.hex) not in safe]


def moment() -> str:
    """Write the moment as it travels."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
