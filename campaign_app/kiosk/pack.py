"""What a tablet needs to collect without a network: texts, consent parts, a key; nothing of anybody.

The words are rendered as on the public page. What all tablets of an event have in common is written
once a moment. The ETag leaves out what changes by itself (the time, the count), but for the hour.
"""

import hashlib
import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask, current_app

from campaign_app.core import clock, i18n
from campaign_app.core.caching import Briefly
from campaign_app.core.db import session
from campaign_app.core.pins import ITERATIONS
from campaign_app.core.seal import PublicKey
from campaign_app.core.settings import organisation, settings
from campaign_app.core.wall_clock import this_hour
from campaign_app.events.models import Event
from campaign_app.kiosk import asking, keys, states
from campaign_app.kiosk.door import PROTOCOL
from campaign_app.kiosk.models import Install, Tablet
from campaign_app.petitions import stall_code, tally
from campaign_app.petitions import states as petition_states
from campaign_app.petitions.desk import Desk, PartNow, TextNow
from campaign_app.petitions.pages import desks, shown

#: It collects so long after the event's end, and may deliver so long.
COLLECTS: Final = timedelta(hours=12)
DELIVERS: Final = timedelta(days=60)
KEPT: Final = "lantern_kiosk_packs"
NO_EVENT: Final = 0

#: What the tablets of an event have in common, its name, and how many signed each petition.
Common = tuple[str, dict[str, Any], dict[str, int]]


def init_app(app: Flask) -> None:
    """Give the app its memory of packs."""
    app.extensions[KEPT] = Briefly(_common)


def of(install: Install) -> dict[str, Any]:
    """Write the pack of an install, as of now."""
    _name, common, counted = _kept(install.tablet)
    now = moment(clock.now())
    pack = common | {
        "server_time": now,
        "state": state_of(install),
        "tablet": _own(install.tablet),
    }
    if pack["event"] is not None:
        asked = [one | _count(counted, one, now) for one in pack["event"]["petitions"]]
        pack["event"] = pack["event"] | {"petitions": asked}
    return pack


def _count(counted: dict[str, int], petition: dict[str, Any], now: str) -> dict[str, Any]:
    return {"counted": counted[petition["uid"]], "as_of": now}


def etag_of(install: Install) -> str:
    """Name the pack that an install should have; another name means that there is news."""
    name, _common, _counted = _kept(install.tablet)
    return _digest([name, _own(install.tablet), state_of(install), this_hour()])


def state_of(install: Install) -> str:
    """Tell what an install may do: an earlier one of a tablet delivers only."""
    if install.tablet.state == states.ACTIVE and install.ended_at is not None:
        return states.DRAIN_ONLY
    return install.tablet.state


def moment(at: datetime) -> str:
    """Write a moment as it travels."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _kept(tablet: Tablet) -> Common:
    packs: Briefly[int, Common] = current_app.extensions[KEPT]
    return packs.get(tablet.event_id or NO_EVENT)


def _common(event_id: int) -> Common:
    event = session.get(Event, event_id) if event_id != NO_EVENT else None
    asked = _asked(event_id) if event is not None else []
    common = _ours() | {"event": _event(event, asked) if event is not None else None}
    counted = {desk.uid: tally.total(desk.id).counted for desk in asked}
    return _digest(common), common, counted


def _digest(facts: Any) -> str:
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:20]


def _own(tablet: Tablet) -> dict[str, Any]:
    pin = {
        "salt": b64encode(tablet.pin_salt).decode(),
        "hash": b64encode(tablet.pin_hash).decode(),
        "iterations": ITERATIONS,
    }
    return {"name": tablet.name, "language": tablet.language, "pin": pin}


def _ours() -> dict[str, Any]:
    ours = settings().languages
    return {
        "protocol": PROTOCOL,
        "organisation": {code: organisation(code) for code in ours},
        "contact": settings().privacy_contact,
        "public_url": settings().public_url,
        "smallest_age": settings().smallest_age,
        "languages": [
            {"code": code, "name": i18n.own_name(code), "dir": i18n.direction(code)}
            for code in ours
        ],
        "countries": {code: [list(pair) for pair in i18n.countries(code)] for code in ours},
    }


def _asked(event_id: int) -> list[Desk]:
    """Find the desks of what an event asks, those alone that may take signatures."""
    found = (desks().desk.get(petition_id) for petition_id in asking.of_event(event_id))
    return [desk for desk in found if desk is not None and _is_open(desk)]


def _is_open(desk: Desk) -> bool:
    return desk.state == petition_states.OPEN and desk.ended_at() is None and bool(desk.languages())


def _event(event: Event, asked: list[Desk]) -> dict[str, Any]:
    return {
        "uid": event.uid,
        "title": event.titles,
        "place": event.location.names,
        "country": event.location.country,
        "zone": event.zone,
        "starts_at": moment(event.starts_at),
        "ends_at": moment(event.ends_at),
        "collect_until": moment(event.ends_at + COLLECTS),
        "deliver_until": moment(event.ends_at + DELIVERS),
        "key": _key(event.id),
        "stall_code": _stall_code(event),
        "petitions": [_petition(desk) for desk in asked],
    }


def _stall_code(event: Event) -> dict[str, Any]:
    secret = b64encode(stall_code.secret_of(event)).decode()
    return {"secret": secret, "seconds": stall_code.SECONDS, "digits": stall_code.DIGITS}


def _key(event_id: int) -> dict[str, str] | None:
    """Name the event's key; none before a tablet was sent to it, and once it is destroyed."""
    key = keys.current(event_id)
    if key is None:
        return None
    fingerprint = PublicKey.from_text(key.public_key).fingerprint
    return {"id": key.key_id, "public": key.public_key, "fingerprint": fingerprint}


def _petition(desk: Desk) -> dict[str, Any]:
    offered = [desk.texts[code] for code in desk.languages()]
    pages = {text.language: shown(desk, text) for text in offered}
    return {
        "uid": desk.uid,
        "slug": desk.slug,
        "opens_at": moment(desk.opens_at),
        "closes_at": None if desk.closes_at is None else moment(desk.closes_at),
        "texts": {
            text.language: _text(text, str(pages[text.language].body_html)) for text in offered
        },
        "parts": {
            text.language: [_part(part) for part in _in_order(desk, text.language)]
            for text in offered
        },
        "privacy": {code: str(page.privacy_html) for code, page in pages.items()},
    }


def _text(text: TextNow, body_html: str) -> dict[str, Any]:
    return {
        "sha256": text.sha256,
        "title": text.title,
        "summary": text.summary,
        "ask": text.ask,
        "addressee": text.addressee,
        "body_html": body_html,
        "by_machine": text.by_machine,
        "outdated": text.outdated,
    }


def _in_order(desk: Desk, language: str) -> list[PartNow]:
    return sorted(desk.parts[language], key=lambda part: part.position)


def _part(part: PartNow) -> dict[str, Any]:
    return {
        "sha256": part.sha256,
        "kind": part.kind,
        "country": part.country,
        "required": part.required,
        "title": part.title,
        "wording": part.wording,
    }
