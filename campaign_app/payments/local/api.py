"""How the bank of the demo is spoken to: Stripe's addresses, forms, idempotency keys and errors.

`answer` takes a request as HTTP has it and gives what HTTP gives back. `InProcess` lends it to the SDK
without a socket; over one it is a WSGI application.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import stripe

from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.books import Refusal
from campaign_app.payments.local.vault import Desk, Thing, Vault

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

MOST_IN_A_LIST: Final = 100
Reply = tuple[int, Thing]
_KEY: Final = re.compile(r"([^\[\]]+)")

#: What can be listed, by address.
LISTS: Final[Mapping[str, str]] = {
    "/v1/checkout/sessions": "checkout.session",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/payouts": "payout",
    "/v1/balance_transactions": "balance_transaction",
    "/v1/events": "event",
}
#: What can be looked up, by the address before its id.
THINGS: Final[Mapping[str, str]] = {
    "/v1/payment_intents": "payment_intent",
    "/v1/charges": "charge",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/payouts": "payout",
    "/v1/balance_transactions": "balance_transaction",
    "/v1/events": "event",
}


class Api:
    """The bank's counter."""

    def __init__(self, vault: Vault, *, pages: str) -> None:
        self._vault: Final = vault
        #: Where its page to pay on lies.
        self._pages: Final = pages

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Reply:
        """Answer one request, whole or not at all."""
        parts = urlsplit(url)
        said = form(body if method == "POST" else parts.query)
        key = _header(headers, "Idempotency-Key") if method == "POST" else ""
        try:
            with self._vault.open_() as desk:
                return self._placed(_once(desk, key, (method, parts.path, said)))
        except Refusal as no:
            return no.status, no.body

    def _placed(self, reply: Reply) -> Reply:
        """Write where this bank's pages are, which its objects do not know."""
        written = json.dumps(reply[1]).replace("@@bank@@", self._pages)
        return reply[0], json.loads(written)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer over a socket."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode()
        headers = {k[5:].replace("_", "-"): str(v) for k, v in environ.items() if k[:5] == "HTTP_"}
        url = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        status, said = self.answer(str(environ["REQUEST_METHOD"]), url, headers, body)
        start(f"{status} .", [("Content-Type", "application/json"), ("Request-Id", "req_local")])
        return [json.dumps(said).encode()]


def _once(desk: Desk, key: str, asked: tuple[str, str, Thing]) -> Reply:
    """Answer a key's first request, and the same again to each repetition."""
    if not key:
        return _route(Bank(desk), *asked)
    told = json.dumps(asked, sort_keys=True)
    known = desk.answered(key)
    if known is None:
        reply = _route(Bank(desk), *asked)
        desk.remember(key, told, reply)
        return reply
    if known[0] != told:
        refusal = Refusal(400, "idempotency_key_in_use")
        refusal.body["error"] |= {"type": "idempotency_error", "code": None}
        raise refusal
    return known[1], known[2]


def _route(bank: Bank, method: str, path: str, said: Thing) -> Reply:
    deed = _deed(bank, method, path, said)
    if deed is None:
        raise Refusal(404, "url_invalid")
    return 200, deed()


def _deed(bank: Bank, method: str, path: str, said: Thing) -> Callable[[], Thing] | None:
    if method == "POST":
        return _post(bank, path, said)
    if path == "/v1/balance":
        return bank.balance
    if path in LISTS:
        return lambda: _listed(bank, LISTS[path], said, path)
    folder, _slash, name = path.rpartition("/")
    if folder == "/v1/checkout/sessions":
        return lambda: bank.session(name)
    if folder == "/v1/radar/early_fraud_warnings":
        return lambda: bank.warning(name)
    if folder in THINGS:
        return lambda: _expanded(bank, bank.find(name, THINGS[folder]), said)
    return None


def _post(bank: Bank, path: str, said: Thing) -> Callable[[], Thing] | None:
    if path == "/v1/checkout/sessions":
        return lambda: bank.open_session(said)
    if path == "/v1/refunds":
        return lambda: bank.refund(said)
    closed = re.fullmatch(r"/v1/checkout/sessions/(\w+)/expire", path)
    return (lambda: bank.expire(closed[1])) if closed else None


def _expanded(bank: Bank, thing: Thing, said: Thing) -> Thing:
    if "latest_charge" in said.get("expand", []) and thing.get("latest_charge"):
        return thing | {"latest_charge": bank.find(thing["latest_charge"], "charge")}
    return thing


def _listed(bank: Bank, kind: str, said: Thing, path: str) -> Thing:
    since = int((said.get("created") or {}).get("gte", 0))
    found = bank.desk.every(kind, since=since)
    if "starting_after" in said:
        ids = [one["id"] for one in found]
        found = found[ids.index(said["starting_after"]) + 1 :]
    most = min(int(said.get("limit", 10)), MOST_IN_A_LIST)
    more = len(found) > most
    return {"object": "list", "url": path, "has_more": more, "data": found[:most]}


def form(text: str) -> Thing:
    """Read a form with bracketed names, as Stripe writes nested things."""
    told: Thing = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *others = _KEY.findall(name)
        place, step = told, first
        for other in others:
            place, step = place.setdefault(step, {}), other
        place[step] = value
    return {name: _listing(value) for name, value in told.items()}


def _listing(value: Any) -> Any:
    """Take numbered things for a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listing(one) for name, one in value.items()}
    return list(inner.values()) if all(name.isdigit() for name in inner) else inner


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((v for name, v in headers.items() if name.lower() == wanted.lower()), "")


class InProcess(stripe.HTTPClient):
    """Lends the bank to the SDK without a socket: a server that called itself could wait for itself."""

    name = "local"

    def __init__(self, api: Api) -> None:
        super().__init__()
        self._api = api

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer as a connection would."""
        status, said = self._api.answer(method.upper(), url, headers or {}, post_data or "")
        return json.dumps(said), status, {"Request-Id": "req_local"}

    def close(self) -> None:
        """Hold nothing open."""
