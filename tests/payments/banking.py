"""A bank for tests: the demo's own, over a real socket, with every request taken down as it came."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote_plus
from wsgiref.simple_server import WSGIRequestHandler, make_server

from campaign_app.core import clock
from campaign_app.core.money import Money
from campaign_app.payments.gateway import Ask
from campaign_app.payments.local.api import Api, Reply
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.vault import Thing, Vault
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.ways import Account
from tests.payments import contract

SECRET = "whsec_of_the_test_bank_1234"
PARIS = Account(
    key="paris",
    entity="friends-fr",
    country="FR",
    currencies=("KRW", "CHF", "EUR", "USD"),
    secret="sk_test_of_the_test_bank",
    webhook_secret=SECRET,
)


@dataclass
class Heard:
    """A request as it came over the line."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: str


class Listening(Api):
    """Takes every request down."""

    def __init__(self, vault: Vault) -> None:
        super().__init__(vault, pages="http://bank.test")
        self.heard: list[Heard] = []
        self.vault = vault

    def answer(self, method: str, url: str, headers: dict[str, str], body: str) -> Reply:  # type: ignore[override]
        """Answer, and remember what was asked."""
        self.heard.append(Heard(method, url, dict(headers), body))
        return super().answer(method, url, headers, body)

    def does(self, deed: Callable[[Bank], Thing]) -> Thing:
        """Let something happen at the bank that nobody of ours asked for."""
        with self.vault.open_() as desk:
            return deed(Bank(desk))


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


#: What nobody of our tests' worlds may tell a gateway: who, for what, where, when.
PRIVATE = (
    "mina", "미나", "example.org/ko/petitions", "close-the-camps", "수용소", "camps", "yonsei", "연세",
    "yongsan", "용산", "hongdae", "홍대", "table tent", "haneul", "rapatriement", "repatriation",
)  # fmt: skip


def told_too_much(heard: Sequence[Heard], private: Sequence[str] = PRIVATE) -> list[str]:
    """List what of all requests a gateway need not know, wherever in them it stands."""
    said = [" ".join([one.url, one.body, *one.headers.values()]) for one in heard]
    plain = [unquote_plus(text).casefold() for text in said]
    return [word for word in private if any(word.casefold() in text for text in plain)]


@contextmanager
def open_bank(
    folder: Path, *, name: str = "bank.sqlite3", account: Account = PARIS
) -> Iterator[tuple[Listening, StripeGateway]]:
    """Open a bank on this machine, and an account that speaks to it as it would to Stripe.

    At its end every request of the test must have been one that Stripe's types know, without a word
    too many.
    """
    api = Listening(Vault(folder / name, durable=False))
    server = make_server("127.0.0.1", 0, api, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield api, StripeGateway(account, address=address, retries=0)
        assert told_too_much(api.heard) == []
        wrong = [contract.problems(one.method, one.url, one.body) for one in api.heard]
        assert [each for each in wrong if each] == []
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(
    minor: int = 20000, currency: str = "KRW", *, reference: str = "r1", key: str = "k1"
) -> Ask:
    """Ask for a usual gift."""
    return Ask(
        reference=reference,
        key=key,
        amount=Money(minor, currency),
        methods=["card", "kr_card", "kakao_pay"],
        rhythm="once",
        language="ko",
        label="기부",
        success_url="https://sign.example.org/ko/give/thanks",
        cancel_url="https://sign.example.org/ko/give",
        expires_at=clock.now() + timedelta(hours=1),
    )
