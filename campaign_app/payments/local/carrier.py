"""The carrier of the demo's bank: brings its events to our own address, signed, over real HTTP.

So in the demo the same door is used as with real money. It goes its round every second, in the worker
and outside of any transaction; a parcel that it holds is nobody else's for a while, so that several
workers bring it once, and one that dies leaves it to the next. An answer that is no 2xx is tried again,
ever more seldom, for three days. What shall be lost is never brought: whoever asks the bank finds it.
"""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

import stripe

from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.books import DAY, now
from campaign_app.payments.local.house import House, houses
from campaign_app.payments.local.vault import Parcel, Thing

#: How long an answer may take: other things beat in the same thread.
SECONDS: Final = 3.0
#: So many in a round, and for how long they are this carrier's: longer than they can take.
MOST: Final = 50
LEASE: Final = 180
FIRST_WAIT: Final = 5
LONGEST_WAIT: Final = 3600
PATIENCE: Final = 3 * DAY


def carry_all() -> None:
    """Go a round for each bank of this app, and let the refunds arrive whose time has come."""
    for house in houses().values():
        with house.vault.open_() as desk:
            Bank(desk).let_arrive()
        carry(house)


def carry(house: House) -> int:
    """Bring what is due; tell how many events arrived. If nobody is there, the others wait, too."""
    with house.vault.open_() as desk:
        parcels = desk.take_due(now(), now() + LEASE, MOST)
    arrived = 0
    for number, parcel in enumerate(parcels):
        status = _bring(house, parcel)
        if not status:
            _wait(house, parcels[number:])
            break
        arrived += _note(house, parcel, taken=status // 100 == 2)
    return arrived


def _bring(house: House, parcel: Parcel) -> int:
    """Bring an event as often as it shall be brought; tell the last answer, 0 if there was none."""
    with house.vault.open_() as desk:
        event = desk.get(parcel.event)
    text = written(event or {}, house)
    return [post(house, text) for _again in range(parcel.times)][-1]


def written(event: Thing, house: House) -> str:
    """Write an event as it goes over the line."""
    return json.dumps(event).replace("@@bank@@", house.pages)


def post(house: House, text: str) -> int:
    """Sign a text as Stripe does and send it; tell the answer's status, 0 if nobody answered."""
    mark = stripe.WebhookSignature.generate_signature_header(
        text, house.account.webhook_secret, now()
    )
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": mark}
    line = _line(urlsplit(house.listener))
    try:
        line.request("POST", urlsplit(house.listener).path, text.encode(), headers)
        return line.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        line.close()


def _line(address: SplitResult) -> HTTPConnection:
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    return kind(address.hostname or "", address.port, timeout=SECONDS)


def _wait(house: House, parcels: list[Parcel]) -> None:
    with house.vault.open_() as desk:
        for parcel in parcels:
            desk.note(parcel.event, now() + FIRST_WAIT)


def _note(house: House, parcel: Parcel, *, taken: bool) -> bool:
    """Note that an event arrived, or when it is brought again; after three days it is not."""
    wait = min(FIRST_WAIT << min(parcel.tries, 20), LONGEST_WAIT)
    with house.vault.open_() as desk:
        event = desk.get(parcel.event) or {"created": 0}
        over = taken or event["created"] + PATIENCE < now()
        desk.note(parcel.event, now() + wait, times=0 if over else None, tries=0 if taken else 1)
        if taken:
            desk.put(event | {"pending_webhooks": 0})
    return taken
