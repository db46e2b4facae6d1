"""Telling everybody in the finance role what wants their eyes the same day: once each, nothing of donors.

What there is to tell is read from the rows, not remembered: whatever woke us, told late, twice or never, a
thing that was told has its row in `finance_notice`, and one that was not is found by the next look.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from campaign_app.accounts import queries as people
from campaign_app.accounts.models import Person
from campaign_app.core import clock
from campaign_app.core.access import Permission
from campaign_app.core.db import insert, session, transact
from campaign_app.core.i18n import moment, spoken
from campaign_app.core.money import Money
from campaign_app.core.settings import settings
from campaign_app.finance.models import FinanceNotice
from campaign_app.outbox import services as outbox
from campaign_app.payments import states, stolen
from campaign_app.payments.taking_models import (
    BalanceProof,
    Dispute,
    GatewayAccount,
    GatewaySignal,
    Payment,
    Refund,
)
from campaign_app.payments.till import Till
from campaign_app.receipts import registrations

MAIL: Final = "finance/notice"
#: How far back a look goes for what may not have been told.
BACK: Final = timedelta(days=14)
#: A gateway is silent when it told nothing for so long although there was something to tell.
SILENT: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    key: str
    #: The word by which the letter's template chooses its sentences.
    kind: str
    #: In the console.
    page: str
    amount: Money | None = None
    #: Until when an answer is due.
    until: datetime | None = None
    account: str = ""
    #: Whoever knows already.
    but: int | None = None


def of_refunds(*conditions: ColumnElement[bool]) -> Iterator[Notice]:
    """Find refunds that wait for a second person, came back, were declined, or were made past us."""
    recent = Refund.changed_at > clock.now() - BACK
    for row in session.scalars(select(Refund).where(recent, *conditions)):
        page = f"refunds/{row.id.hex}"
        for kind in _kinds(row):
            known = row.asked_by if kind == "asked" else None
            key = f"{row.name}:{kind}"
            yield Notice(key=key, kind=kind, page=page, amount=row.money, but=known)


def _kinds(row: Refund) -> Iterator[str]:
    if row.state == states.ASKED:
        yield "asked"
    if row.state == states.CAME_BACK:
        yield "came_back"
    if row.state == states.DROPPED and row.said:
        yield "declined"
    if row.made_elsewhere:
        yield "elsewhere"


def of_disputes(*conditions: ColumnElement[bool]) -> Iterator[Notice]:
    """Find disputes that were opened, and how they ended."""
    for row in session.scalars(select(Dispute).where(*conditions)):
        kind = row.state if row.state in {states.WON, states.LOST} else "opened"
        yield Notice(
            key=f"{row.name}:{kind}",
            kind=f"dispute_{kind}",
            page=f"refunds/disputes/{row.account}/{row.id}",
            amount=row.money,
            until=row.answer_until,
        )


def of_payments(*conditions: ColumnElement[bool]) -> Iterator[Notice]:
    """Find payments that do not fit what was asked for."""
    odd = select(Payment).where(Payment.state == states.QUARANTINED, *conditions)
    for row in session.scalars(odd):
        key = f"payment:{row.id.hex}:quarantined"
        yield Notice(key=key, kind="quarantined", page="", amount=row.money, account=row.account)


def of_proofs() -> Iterator[Notice]:
    """Find daily proofs in which our ledger and the gateway's books differ; one letter a day."""
    for row in session.scalars(select(BalanceProof).where(BalanceProof.at > clock.now() - BACK)):
        if row.difference or any(row.mismatches.values()):
            key = f"proof:{row.account}:{row.book}:{row.at.date()}"
            yield Notice(key=key, kind="differs", page="proof/", account=row.account)


def of_gateways(till: Till) -> Iterator[Notice]:
    """Find gateways that cannot be asked, or did not tell what they had to tell."""
    since = clock.now() - SILENT
    known = select(GatewayAccount).where(
        GatewayAccount.book == till.book, GatewayAccount.account.in_(sorted(till.gateways))
    )
    for row in session.scalars(known):
        unread = row.read_until < since and _runs_since(row.account, since)
        unheard = (row.heard_at is None or row.heard_at < since) and _missed(row.account)
        if unread or unheard:
            kind = "unread" if unread else "unheard"
            key = f"{kind}:{row.account}:{row.book}:{clock.today()}"
            yield Notice(key=key, kind=kind, page="", account=row.account)


def _runs_since(account: str, before: datetime) -> bool:
    """Tell whether anything was heard before: a house that opened an hour ago is not behind."""
    query = exists().where(GatewaySignal.account == account, GatewaySignal.heard_at < before)
    return bool(session.scalar(select(query)))


def _missed(account: str) -> bool:
    """Tell whether donors were on their pages lately, and only our own asking told us."""
    query = exists().where(
        GatewaySignal.account == account,
        GatewaySignal.kind.startswith("checkout.session."),
        GatewaySignal.pushed.is_(False),
        GatewaySignal.heard_at > clock.now() - SILENT,
    )
    return bool(session.scalar(select(query)))


def of_warnings(*conditions: ColumnElement[bool]) -> Iterator[Notice]:
    """Find gifts by cards that may be stolen: giving back at once costs less than a dispute."""
    query = select(Payment).where(*stolen.open_ones(), *conditions)
    for row in session.scalars(query):
        yield Notice(
            key=f"payment:{row.id.hex}:warning",
            kind="warning",
            page=f"gifts/{UUID(hex=row.subject.removeprefix('donation:'))}",
            amount=row.money,
            account=row.account,
        )


def of_registrations(till: Till) -> Iterator[Notice]:
    """Find leave to collect that is mostly used up, and such as was overstepped: one letter for each."""
    for one in registrations.warnings(till.book):
        kind = "registration_over" if one.over else "registration"
        yield Notice(
            key=f"{kind}:{till.book}:{one.key}"[:300],
            kind=kind,
            page="receipts/",
            amount=one.raised,
            account=one.registration.number,
        )


def everything(till: Till) -> list[Notice]:
    """Find whatever there is to tell."""
    recent = or_(Dispute.opened_at > clock.now() - 12 * BACK, Dispute.state.in_(states.HOLDS))
    found = [
        *of_refunds(),
        *of_disputes(recent),
        *of_payments(Payment.created_at > clock.now() - BACK),
        *of_proofs(),
        *of_gateways(till),
        *of_warnings(Payment.warned_at > clock.now() - BACK),
        *of_registrations(till),
    ]
    session.rollback()
    return found


def tell(found: Iterable[Notice]) -> int:
    """Write the letters of what nobody was told yet; tell how many things that were."""
    new = _untold(list(found))
    if not new:
        return 0
    readers = [one for one in people.people() if one.active and one.may(Permission.FINANCE)]
    session.rollback()
    told = 0
    for notice in new:
        letters = [_letter(notice, one) for one in readers if one.id != notice.but]
        told += transact(partial(_send, notice.key, letters))
    return told


def _untold(found: list[Notice]) -> list[Notice]:
    if not found:
        return []
    keys = {one.key: one for one in found}
    known = set(session.scalars(select(FinanceNotice.key).where(FinanceNotice.key.in_(keys))))
    session.rollback()
    return [one for key, one in keys.items() if key not in known]


def _send(key: str, letters: list[outbox.Letter]) -> int:
    """Note that it was told, and send; of two workers one does."""
    row = insert(FinanceNotice).values(key=key, at=clock.now())
    first = row.on_conflict_do_nothing(index_elements=["key"]).returning(FinanceNotice.key)
    if session.scalar(first) is None:
        return 0
    if letters:
        outbox.post_all([(letter, "") for letter in letters])
    return 1


def _letter(notice: Notice, reader: Person) -> outbox.Letter:
    language = reader.language or settings().languages[0]
    with spoken(language):
        until = moment(notice.until) if notice.until else ""
    context = {
        "kind": notice.kind,
        "name": reader.name,
        "amount": notice.amount.written(language) if notice.amount else "",
        "until": until,
        "account": notice.account,
        "link": f"{settings().public_url}/console/money/{notice.page}",
    }
    return outbox.seal_letter(to=reader.email, template=MAIL, language=language, context=context)
