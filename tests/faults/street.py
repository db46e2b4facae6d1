"""Everything that signers do, and everything that is done to them, at a real server."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests import given
from tests.faults.markers import Marked, whose
from tests.given import World
from tests.outbox.mail_server import OK, Mails, listening
from tests.serving import HOST, Answer, Serving, until

HANDLE: Final = re.compile(r'name="handle"[^>]*value="([^"]+)"')
RECEIPT: Final = re.compile(r'class="receipt"[^>]*>([^<]+)<')
TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
#: What a revoked code or a blocked domain may still do at most.
A_MOMENT: Final = 2.0


@dataclass
class Console:
    """A browser in which somebody of ours is signed in."""

    server: Serving
    email: str
    password: str
    jar: CookieJar = field(default_factory=CookieJar)

    def open(self, path: str, form: Mapping[str, str] | None = None) -> Answer:
        """Open a page, or send a form with the page's token."""
        body = None if form is None else urlencode({"csrf_token": self._token(), **form}).encode()
        request = Request(f"http://{HOST}:{self.server.port}{path}", body)
        opener = build_opener(HTTPCookieProcessor(self.jar))
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read(), dict(answer.headers))
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read(), dict(refusal.headers))

    def _token(self) -> str:
        signed_in = self.open("/console/password")
        found: str = TOKEN.findall(signed_in.text)[0]
        return found

    def sign_in(self, email: str = "", password: str = "") -> Answer:
        """Go through the door."""
        typed = {"email": email or self.email, "password": password or self.password}
        return self.open("/console/sign-in", typed)


@dataclass
class Street:
    """A board, a server that runs, a mail server that may be down, and all who came by."""

    server: Serving
    world: World
    mails: Mails
    mail_port: int
    open_mail: ExitStack = field(default_factory=ExitStack)
    _letters: Iterator[str] = field(
        default_factory=lambda: (a + b for a in "bcdfghk" for b in "aeiou")
    )

    # Mail

    def mail_goes(self) -> None:
        """Let the mail server listen."""
        self.open_mail.enter_context(listening(self.mails, port=self.mail_port))

    def mail_stops(self) -> None:
        """Let the mail server be down."""
        self.open_mail.close()

    def mails_to(self, who: Marked) -> list[EmailMessage]:
        """List somebody's mails, to any spelling of the mailbox."""
        return [mail for to, mail in self.mails.came if whose(to) == {who.letters}]

    def mail_to(self, who: Marked, number: int = 1) -> EmailMessage:
        """Wait for somebody's mail of that number."""
        until(lambda: len(self.mails_to(who)) >= number, f"{who} gets no mail {number}")
        return self.mails_to(who)[number - 1]

    # Signing

    def somebody(self, **facts: str) -> Marked:
        """Let a new signer come by."""
        return Marked(next(self._letters), **facts)

    @property
    def board(self) -> str:
        """Address the board's page."""
        return f"/q/{self.world.code}?lang=en"

    def form(self, who: Marked, **changes: str) -> dict[str, str]:
        """Fill the form in."""
        page = self.server.ask(self.board)
        typed = {"name": who.name, "email": who.email, "country": "KR"}
        return given.boxes(page.text) | typed | changes

    def sign(self, who: Marked, **changes: str) -> Answer:
        """Sign at the board."""
        answer = self.server.ask(self.board, self.form(who, **changes))
        assert answer.status == 200
        return answer

    def send_code(self, answer: Answer, code: str, who: Marked) -> Answer:
        """Type digits on the answer page, which carries what was typed before."""
        typed = {f"again-{name}": value for name, value in self.form(who).items()}
        form = {"handle": HANDLE.findall(answer.text)[0], "code": code, "action": self.board}
        return self.server.ask(f"/en/petitions/{self.world.slug}/code", form | typed)

    def confirmed(self, who: Marked, number: int = 1) -> str:
        """Look at the mail's page, press its button; give the receipt."""
        link = given.link_of(self.mail_to(who, number))
        assert self.server.ask(link).status == 200
        answer = self.server.ask(link, {})
        assert answer.status == 200
        found: str = RECEIPT.findall(answer.text)[0]
        return found

    # The flows

    def sees_ends_and_withdraws(self) -> Marked:
        """Sign, confirm by the link, see the receipt, end the news, withdraw."""
        who = self.somebody()
        self.sign(who)
        code = self.confirmed(who)
        for path in ("receipt", "receipt/news", "receipt/withdraw"):
            assert self.server.ask(f"/fr/{path}", {"code": code}).status == 200
        sure = {"code": code, "sure": "yes"}
        assert self.server.ask("/fr/receipt/withdraw", sure).status == 200
        return who

    def signs_twice(self) -> Marked:
        """Sign, confirm by the digits, sign in another spelling, have the receipt sent again."""
        who = self.somebody()
        answer = self.sign(who)
        assert self.send_code(answer, given.code_of(self.mail_to(who)), who).status == 200
        self.sign(who, email=who.other_spelling)
        assert "signed and confirmed before" in given.text_of(self.mail_to(who, 2))
        for spelling in (who.other_spelling, who.normalised):
            assert self.server.ask("/en/receipt/again", {"email": spelling}).status == 200
        self.mail_to(who, 4)
        return who

    def mistypes(self) -> Marked:
        """Make every mistake of the forms, change it, type wrong digits, and sign at last."""
        who = self.somebody()
        page = f"/fr/petitions/{self.world.slug}"
        wrong = {"country": "XX", "email": who.email.replace("@", " at ")}
        for changes in (wrong, {"name": "https://" + who.name}, {"name": who.name * 20}):
            assert self.server.ask(page, self.form(who, **changes)).status == 400
        assert self.server.ask(page, {"name": who.name, "email": who.email}).status == 400
        assert self.server.ask(page, self.form(who, step="change")).status == 200
        assert self.server.ask("/fr/receipt", {"code": who.name}).status == 400
        assert self.server.ask("/fr/receipt/again", {"email": who.name}).status == 400
        answer = self.sign(who)
        for _ in range(6):
            assert self.send_code(answer, "000000", who).status in (200, 400)
        self.confirmed(who)
        return who

    def is_refused(self) -> Marked:
        """Arrive in ways that are refused, or hardly understood."""
        who = self.somebody()
        page, form = f"/ko/petitions/{self.world.slug}", self.form(who)
        foreign = {"Origin": "https://elsewhere.example", "Referer": who.email}
        assert self._ask(page, form, headers=foreign).status == 403
        assert self._ask(page, form | {"more": who.email * 20_000}).status == 413
        for kind in ("multipart/form-data; boundary=b", "multipart/form-data", "application/json"):
            assert self._ask(page, form, headers={"Content-Type": kind}).status == 400
        assert self._ask(page, form, method="PUT").status == 405
        spoken = {
            "User-Agent": who.email,
            "Cookie": f"lantern={who.email}",
            "X-Forwarded-For": who.email,
        }
        for path in (page, "/console/", "/ko/receipt"):
            self._ask(f"{path}?email={quote(who.email)}", headers=spoken)
        for path in ("/ko/receipt", "/q", "/ko/confirm", "/nowhere"):
            self._ask(f"{path}/{quote(who.email)}/{quote(who.name)}")
        self._half(page, urlencode(form))
        return who

    def _ask(self, path: str, form: Mapping[str, str] | None = None, **more: Any) -> Answer:
        connection = HTTPConnection(HOST, self.server.port, timeout=30)
        body = None if form is None else urlencode(form)
        method = more.get("method") or ("GET" if form is None else "POST")
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(method, path, body, kind | more.get("headers", {}))
        answer = connection.getresponse()
        found = Answer(answer.status, answer.read())
        connection.close()
        return found

    def _half(self, path: str, body: str) -> None:
        """Hang up in the middle of sending a form."""
        connection = HTTPConnection(HOST, self.server.port, timeout=30)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(2 * len(body)))
        connection.endheaders(body.encode())
        connection.close()

    def is_blocked(self, console: Console) -> list[Marked]:
        """Have a mailbox and a domain blocked, then sign from there."""
        one, other = self.somebody(), self.somebody(domain="blocked.example.org")
        mailbox = {"petition_id": str(self.world.petition_id), "email": one.email}
        path = "/console/settings/blocked/mailbox"
        assert console.open(path, mailbox | {"reason": f"asked by {one.email}"}).status == 400
        assert console.open(path, mailbox | {"reason": "asked for it"}).status == 200
        domain = {"domain": other.domain, "reason": "throw-away mailboxes"}
        assert console.open("/console/settings/blocked/domain", domain).status == 200
        time.sleep(A_MOMENT)
        for who in (one, other):
            self.sign(who)
            self.sign(who, email=who.other_spelling)
        return [one, other]

    def meets_a_bug(self, constraint: str, **changes: str) -> Marked:
        """Sign while a constraint of the database is broken, and again when it is mended."""
        who = self.somebody()
        page = self.server.ask(self.board, self.form(who, **changes))
        assert page.status == 500, (constraint, page.status)
        return who

    def meets_a_rude_mail_server(self) -> list[Marked]:
        """Sign while the mail server quotes addresses in what it refuses."""
        nobody, later = self.somebody(), self.somebody()
        unknown = f"550 5.1.1 <{nobody.email}> is unknown here"
        self.mails.rcpt = lambda to: unknown if whose(to) == {nobody.letters} else OK
        self.sign(nobody)
        answers = iter([f"451 4.3.0 not now, dear {later.email}"])
        self.mails.data = lambda: next(answers, OK)
        self.sign(later)
        self.mail_to(later, 2)
        self.mails.rcpt = lambda _to: OK
        return [nobody, later]

    def asks_the_console(self, console: Console) -> Marked:
        """Type a signer's mailbox wherever people of ours might."""
        who = self.somebody()
        self.sign(who)
        self.confirmed(who)
        stranger = Console(self.server, who.email, "not the password")
        assert "do not belong together" in stranger.sign_in().text
        assert console.open(f"/console/search?q={quote(who.email)}").status == 200
        assert console.open("/console/mail/test", {"address": who.email}).status == 200
        self.mail_to(who, 2)
        return who
