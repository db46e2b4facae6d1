"""Every state of every public page, one after the other, as one signer after another meets it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import Flask
from playwright.sync_api import Page

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events import changing
from campaign_app.events.models import Location
from campaign_app.petitions import services, states
from campaign_app.petitions.models import Petition
from campaign_app.qr.services import revoke
from tests import given
from tests.events.announced import place, told
from tests.given import World
from tests.journeys.street import Street, Visitor, fill_in

#: Petitions that cannot be signed, by why.
SHUT = ("paused", "closed", "later", "delivered")
REVOKED = "zzzzyyyy"
#: An event that takes place, one that moved, and one that does not.
EVENTS = ("heldheld", "movedmvd", "calledff")
#: A state's name, and the page that shows it.
State = tuple[str, Page]


def build(app: Flask) -> World:
    """Build an open petition, one of each kind that is not, a board and a revoked one."""
    world = given.world(app)
    with app.app_context():
        db.transact(partial(_build, world))
    return world


def _build(world: World) -> None:
    open_one = session.get_one(Petition, world.petition_id)
    for why in SHUT:
        _shut(given.petition(why), why)
    given.petition("another")
    _announce(given.location("itaewon"))
    code, _ = given.board(open_one, given.location("hongdae"), REVOKED)
    revoke(code.id, "The board was lost")


def _announce(other: Location) -> None:
    """Announce an event that takes place, one that moved, and one that does not."""
    where = place("yongsan", step_free=True, shelter=False, lifts={"en": "Behind the kiosk"})
    soon = clock.now() + timedelta(days=3)
    held, moved, off = (
        told(where, (soon + timedelta(days=n)).strftime("%Y-%m-%dT14:00")) for n in range(3)
    )
    held.letters, moved.letters, off.letters = EVENTS
    changing.move(moved.id, changing.Elsewhere(location_id=other.id))
    changing.cancel(off.id)


def _shut(petition: Petition, why: str) -> None:
    if why == "paused":
        services.pause(petition)
    elif why == "closed":
        services.close(petition, "x", "x")
    elif why == "later":
        petition.opens_at = clock.now() + timedelta(days=3)
    else:
        petition.state, petition.closed_at = states.DELIVERED, clock.now()


@dataclass(frozen=True)
class Tour:
    """One visitor's way through all pages in one language."""

    street: Street
    world: World
    visitor: Visitor
    language: str

    @property
    def address(self) -> str:
        """Write the visitor's mailbox."""
        return f"tour.{self.language}@example.org"

    def states(self) -> Iterator[State]:
        """Go through every state; whoever looks at one must leave the page as it was."""
        yield from self._reading()
        yield from self._signing()
        receipt = ""
        for name, page in self._confirming():
            receipt = page.locator("code.receipt").inner_text() if name == "confirmed" else ""
            yield name, page
        yield from self._with_receipt(receipt)
        yield from self._receipt_again()
        yield from self._in_vain()

    def _go(self, path: str, status: int = 200) -> Page:
        return self.visitor.go(f"/{self.language}{path}", status)

    def _reading(self) -> Iterator[State]:
        yield "front page", self._go("/")
        yield "month", self._go("/events/")
        yield "city", self._go("/events/?city=seoul")
        for letters in EVENTS:
            yield f"event {letters}", self._go(f"/events/{letters}")
        yield "place", self._go("/places/yongsan")
        yield "about", self._go("/about")
        yield "contact", self._go("/contact")
        page = self.visitor.go(f"/q/{self.world.code}")
        yield "board", page
        for fold in page.locator("main details > summary").all():
            fold.click()
        yield "board, all unfolded", page
        yield "petition", self._go(f"/petitions/{self.world.slug}")
        yield "my name", self._go(f"/petitions/{self.world.slug}/my-name")
        yield "privacy", self._go("/privacy")

    def _signing(self) -> Iterator[State]:
        page = self.visitor.go(f"/q/{self.world.code}")
        yield "errors", self.visitor.press(status=400)
        fill_in(page, self.address)
        yield "answer", self.visitor.press()
        page.fill("[name=code]", "12")
        yield "wrong code", self.visitor.press(status=400)
        yield "change it", self.visitor.press("main .inline")

    def _confirming(self) -> Iterator[State]:
        yield "a link that is none", self._go("/confirm/nonsense")
        yield "not confirmed", self.visitor.press(status=410)
        link = given.link_of(self.street.mail(self.address))
        yield "confirm", self.visitor.go(link)
        yield "confirmed", self.visitor.press()

    def _with_receipt(self, receipt: str) -> Iterator[State]:
        page = self._go("/receipt")
        yield "receipt form", page
        page.fill("[name=code]", "wrong")
        yield "wrong receipt", self.visitor.press(status=400)
        page.fill("[name=code]", receipt)
        yield "receipt shown", self.visitor.press()
        yield "withdraw?", self.visitor.press("main .danger")
        yield "withdrawn", self.visitor.press("main .danger")
        page = self._go("/receipt")
        page.fill("[name=code]", receipt)
        yield "withdrawn receipt", self.visitor.press()

    def _receipt_again(self) -> Iterator[State]:
        page = self._go("/receipt/again")
        yield "receipt again", page
        yield "receipt again, wrong", self.visitor.press(status=400)
        page.fill("[name=email]", self.address)
        yield "receipt again, sent", self.visitor.press()

    def _in_vain(self) -> Iterator[State]:
        for why in SHUT:
            yield f"{why} petition", self._go(f"/petitions/{why}")
        yield "nowhere", self._go("/petitions/nowhere", 404)
        yield "revoked code", self.visitor.go(f"/q/{REVOKED}", 404)
        yield "sign in", self.visitor.go("/console/sign-in")
        yield "sign in, wrong", self.visitor.press()
