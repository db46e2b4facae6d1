"""A few thousand signatures of people who do not exist, sealed and counted like real ones.

Names and mailboxes are sealed to the demo's two keys, each mailbox has its blind index, and the
tally's changes go through the roller: whoever exports, opens or recounts the demo meets nothing
that a real petition would not show. No mail waits for any of them.
"""

import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from campaign_app.core import sealed_record
from campaign_app.core.db import session
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import PublicKey, SealedRecord
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import hour_number
from campaign_app.demo.calendar import Dated
from campaign_app.demo.crowd import Crowd, Signer
from campaign_app.demo.scene import Scene
from campaign_app.petitions import queries, states, tally, wording
from campaign_app.petitions.models import ConsentPart, Petition
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    Pace,
    Receipt,
    SealedCopy,
    Signature,
    TallyDelta,
)
from campaign_app.qr.models import OUTSIDE, Placement, VisitCount

#: Who has not confirmed by now is still waited for; later they are deleted.
AWAITED_FOR: Final = timedelta(days=19)
AWAITING: Final = 0.13
WITHDRAWN: Final = 0.007
#: How many tick an optional consent part.
TICKED: Final[Mapping[str, float]] = {"handover": 0.58, "news": 0.27}
TICKED_ELSE: Final = 0.5
#: Visits for each signature, between these; and idle ones in any hour.
VISITS: Final = (2.0, 4.0)
IDLE: Final = 3
HASH_BYTES: Final = 32
SECONDS_A_QUARTER: Final = 900
REMINDED_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature before it is sealed."""

    signer: Signer
    petition: Petition
    placement: Placement | None
    moment: datetime
    state: str

    @property
    def placement_id(self) -> int:
        """Tell where it counts."""
        return self.placement.id if self.placement else OUTSIDE


@dataclass(frozen=True, slots=True)
class Words:
    """What a petition says in a language: the text, and the parts asked with it."""

    text_id: int
    sha256: str
    parts: Sequence[ConsentPart]

    def asked(self, country: str) -> Sequence[ConsentPart]:
        """List the parts that a signer of a country reads."""
        return wording.for_country(self.parts, country)


def sign(scene: Scene) -> None:
    """Let the crowd sign, in the caller's transaction."""
    crowd = Crowd(scene.content)
    signed = [*_at_events(scene, crowd), *_online(scene, crowd)]
    ledger = Ledger(scene, crowd)
    for one in signed:
        ledger.add(one)
    ledger.write()
    _write_pace(signed)
    _write_visits(scene, crowd, signed)
    while tally.roll():
        pass


def _at_events(scene: Scene, crowd: Crowd) -> Iterator[Signed]:
    stalls: dict[str, tuple[Dated, dict[Placement, float]]] = {}
    for stand, placement in scene.placed:
        if stand.event is not None and stand.event.starts_at < scene.now:
            _event, shares = stalls.setdefault(stand.event.plan.slug, (stand.event, {}))
            shares[placement] = stand.board.share
    for event, shares in stalls.values():
        yield from _at_event(scene, crowd, event, shares)


def _at_event(
    scene: Scene, crowd: Crowd, event: Dated, shares: Mapping[Placement, float]
) -> Iterator[Signed]:
    by_id = {petition.id: petition for petition in scene.petitions.values()}
    for _number in range(event.plan.signatures):
        placement, moment = crowd.weighted(shares), crowd.within(event.starts_at, event.ends_at)
        signer = crowd.somebody(event.plan.place)
        if moment < scene.now:
            state = _state(crowd, scene.now - moment)
            yield Signed(signer, by_id[placement.target_id], placement, moment, state)


def _online(scene: Scene, crowd: Crowd) -> Iterator[Signed]:
    plan = scene.content.online
    signatures: dict[Petition, float] = {p: p.goal for p in scene.petitions.values()}
    for _number in range(plan.signatures):
        place, petition = crowd.weighted(plan.places), crowd.weighted(signatures)
        until = scene.now.astimezone(ZoneInfo(scene.content.places[place].zone))
        moment = crowd.at_home(petition.opens_at, until)
        state = _state(crowd, scene.now - moment)
        yield Signed(crowd.somebody(place), petition, None, moment, state)


def _state(crowd: Crowd, age: timedelta) -> str:
    """Most confirm; of those who did not, only the last weeks' are kept."""
    if age < AWAITED_FOR and crowd.likely(AWAITING):
        return states.AWAITING
    return states.WITHDRAWN if crowd.likely(WITHDRAWN) else states.CONFIRMED


class Ledger:
    """Seals signatures one by one, and writes their rows in bulk."""

    def __init__(self, scene: Scene, crowd: Crowd) -> None:
        self._now = scene.now
        self._crowd = crowd
        self._keys = [key.public for key in scene.kept.key_files()]
        self._keyring = Keyring(settings().key_dir)
        self._words = {
            (text.petition_id, text.language): _words(text.petition_id, text)
            for text in scene.texts
        }
        self._rows: dict[Any, list[dict[str, Any]]] = {}

    def add(self, signed: Signed) -> None:
        """Take one signature in."""
        words, row = self._words[signed.petition.id, signed.signer.language], uuid.uuid4()
        given = [part for part in words.asked(signed.signer.country) if self._ticks(part)]
        key = {"petition_id": signed.petition.id, "signature_id": row}
        blind = self._blind(signed)
        record = _sealed(signed, row.hex, (words, given), self._keys)
        self._add(Signature, _signature(signed, words, (row, blind, record)))
        self._add(GivenConsent, *({**key, "part_id": part.id} for part in given))
        self._add_traces(signed, key, (blind, record))

    def _ticks(self, part: ConsentPart) -> bool:
        return part.required or self._crowd.likely(TICKED.get(part.kind, TICKED_ELSE))

    def _blind(self, signed: Signed) -> bytes | None:
        return self._keyring.blind_index(signed.petition.uid, signed.signer.email)

    def _add_traces(
        self, signed: Signed, key: Mapping[str, Any], secret: tuple[bytes | None, SealedRecord]
    ) -> None:
        blind, record = secret
        if signed.state != states.AWAITING:
            self._add(Receipt, {**key, "code_hash": secrets.token_bytes(HASH_BYTES)})
        if signed.state == states.WITHDRAWN:
            return
        copies = record.copies.items()
        self._add(SealedCopy, *({**key, "key_id": k, "wrapped": w} for k, w in copies))
        self._add(Mailbox, _mailbox(signed, blind, self._now))
        self._add(TallyDelta, _delta(signed))

    def _add(self, model: Any, *rows: dict[str, Any]) -> None:
        self._rows.setdefault(model, []).extend({**row, "demo": True} for row in rows)

    def write(self) -> None:
        """Write all rows, signatures first, since the others hang on them."""
        for model, rows in self._rows.items():
            session.execute(model.__table__.insert(), rows)


def _words(petition_id: int, text: Any) -> Words:
    parts = [part for part in queries.parts(petition_id) if part.language == text.language]
    return Words(text.id, text.sha256 or "", parts)


def _sealed(
    signed: Signed, row: str, said: tuple[Words, Sequence[ConsentPart]], keys: Sequence[PublicKey]
) -> SealedRecord:
    words, given = said
    signer = sealed_record.Signer(
        name=signed.signer.name,
        email=signed.signer.email,
        country=signed.signer.country,
        language=signed.signer.language,
        text_sha256=words.sha256,
        consents=tuple(part.sha256 for part in given),
    )
    return signer.seal(petition=signed.petition.uid, row=row, to=keys)


def _signature(
    signed: Signed, words: Words, secret: tuple[uuid.UUID, bytes | None, SealedRecord]
) -> dict[str, Any]:
    row, blind, record = secret
    gone, awaited = signed.state == states.WITHDRAWN, signed.state == states.AWAITING
    return {
        "petition_id": signed.petition.id,
        "id": row,
        "text_id": words.text_id,
        "placement_id": signed.placement.id if signed.placement else None,
        "state": signed.state,
        "evidence": states.UNCONFIRMED if awaited else states.BY_MAIL,
        "language": signed.signer.language,
        "country": signed.signer.country,
        "hour": hour_number(signed.moment),
        "blind_index": None if gone else blind,
        "sealed": None if gone else record.box,
        "link_hash": secrets.token_bytes(HASH_BYTES),
        "code_hash": secrets.token_bytes(HASH_BYTES),
        "leads": True,
    }


def _mailbox(signed: Signed, blind: bytes | None, now: datetime) -> dict[str, Any]:
    awaited = signed.state == states.AWAITING
    return {
        "petition_id": signed.petition.id,
        "blind_index": blind,
        "mails": 2 if awaited and now - signed.moment > REMINDED_AFTER else 1,
        "signed": not awaited,
        "hour": hour_number(signed.moment),
    }


def _delta(signed: Signed) -> dict[str, Any]:
    awaited = signed.state == states.AWAITING
    return {
        "id": uuid.uuid4(),
        "petition_id": signed.petition.id,
        "placement_id": signed.placement_id,
        "hour": hour_number(signed.moment),
        "language": signed.signer.language,
        "country": signed.signer.country,
        "evidence": states.UNCONFIRMED if awaited else states.BY_MAIL,
        "n": 1,
    }


def _write_pace(signed: Iterable[Signed]) -> None:
    quarters = Counter(
        (one.petition.id, one.placement_id, int(one.moment.timestamp()) // SECONDS_A_QUARTER)
        for one in signed
    )
    names = ("petition_id", "placement_id", "quarter", "taken", "demo")
    rows = [dict(zip(names, (*key, n, True), strict=True)) for key, n in quarters.items()]
    _insert(Pace, rows)


def _write_visits(scene: Scene, crowd: Crowd, signed: Iterable[Signed]) -> None:
    """Let two to four people look for each who signs, while a board stands at an event."""
    taken = Counter((one.placement_id, hour_number(one.moment)) for one in signed)
    rows = []
    for stand, placement in scene.placed:
        if stand.event is None or stand.event.starts_at > scene.now:
            continue
        until = min(stand.ends or scene.now, scene.now)
        for hour in range(hour_number(stand.begins), hour_number(until) + 1):
            looked = round(taken[placement.id, hour] * crowd.dice.uniform(*VISITS))
            visits = looked + crowd.dice.randint(0, IDLE)
            names = ("code_id", "placement_id", "hour", "visits", "demo")
            row = (placement.code_id, placement.id, hour, visits, True)
            rows.append(dict(zip(names, row, strict=True)))
    _insert(VisitCount, [row for row in rows if row["visits"]])


def _insert(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(model.__table__.insert(), rows)
