"""What a signer can do with the receipt: see, end the news, withdraw, have it sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, delete, or_, select, update

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session, table_of
from campaign_app.core.withdrawn_log import Deed
from campaign_app.outbox import services as outbox
from campaign_app.petitions import states, wording
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText
from campaign_app.petitions.secrets_of import receipt_hash
from campaign_app.petitions.signing import (
    SECONDS_AN_HOUR,
    delta_values,
    reference,
    withdrawn_log,
)
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    Receipt,
    SealedCopy,
    Signature,
    TallyDelta,
)

MOST_RECEIPTS_A_DAY: Final = 3


@dataclass(frozen=True, slots=True)
class Given:
    """A part the signer agreed to."""

    kind: str
    title: str
    wording: str
    version: int
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Signed:
    """What a receipt shows."""

    petition_id: int
    row: UUID
    slug: str
    state: str
    title: str
    body: str
    ask: str
    addressee: str
    language: str
    revision: int
    sha256: str
    on: date
    parts: Sequence[Given]

    @property
    def gets_news(self) -> bool:
        """Tell whether news are still agreed to."""
        return any(part.kind == wording.NEWS and part.ended_on is None for part in self.parts)

    @property
    def may_end_news(self) -> bool:
        """Tell whether there are news to end."""
        return self.counts and self.gets_news

    @property
    def counts(self) -> bool:
        """Tell whether the signature is in the tally."""
        return self.state == states.CONFIRMED

    @property
    def may_be_withdrawn(self) -> bool:
        """Tell whether there is still something to take back."""
        return self.state in states.CAN_BE_WITHDRAWN


def find(code: str) -> Signed | None:
    """Find what a receipt stands for."""
    query = (
        select(Signature, PetitionText, Petition.slug)
        .join(
            Receipt,
            (Receipt.petition_id == Signature.petition_id) & (Receipt.signature_id == Signature.id),
        )
        .join(PetitionText, PetitionText.id == Signature.text_id)
        .join(Petition, Petition.id == Signature.petition_id)
        .where(Receipt.code_hash == receipt_hash(code))
    )
    found = session.execute(query).first()
    if found is None:
        return None
    signature, text, slug = found
    return Signed(
        petition_id=signature.petition_id,
        row=signature.id,
        slug=slug,
        state=signature.state,
        title=text.title,
        body=text.body,
        ask=text.ask,
        addressee=text.addressee,
        language=text.language,
        revision=text.revision,
        sha256=text.sha256 or "",
        on=datetime.fromtimestamp(signature.hour * SECONDS_AN_HOUR, UTC).date(),
        parts=_given(signature),
    )


def _given(signature: Signature) -> list[Given]:
    query = (
        select(ConsentPart, GivenConsent.ended_on)
        .join(GivenConsent, GivenConsent.part_id == ConsentPart.id)
        .where(
            GivenConsent.petition_id == signature.petition_id,
            GivenConsent.signature_id == signature.id,
        )
        .order_by(ConsentPart.position)
    )
    return [
        Given(part.kind, part.title, part.wording, part.version, ended)
        for part, ended in session.execute(query)
    ]


def end_news(signed: Signed) -> None:
    """Take back the consent to news."""
    parts = select(ConsentPart.id).where(ConsentPart.kind == wording.NEWS)
    session.execute(
        update(GivenConsent)
        .where(
            GivenConsent.petition_id == signed.petition_id,
            GivenConsent.signature_id == signed.row,
            GivenConsent.part_id.in_(parts),
            GivenConsent.ended_on.is_(None),
        )
        .values(ended_on=clock.today())
    )


def withdraw(signed: Signed) -> bool:
    """Take a signature back with its receipt."""
    return take_back(signed.petition_id, signed.row)


def take_back(petition_id: int, row: UUID, /, **said: Any) -> bool:
    """Take a signature back: the tally falls at once, what was sealed is deleted.

    An invalidated one was taken from the tally already; its names go all the same. `said` stands in
    the audit trail. False if there is nothing (or no longer anything) to take back.
    """
    if not empty(petition_id, row):
        return False
    withdrawn_log().append(Deed.WITHDRAWN, petition_id, [row])
    audit.record("signature.withdrawn", f"petition:{petition_id}", **said)
    return True


def empty(petition_id: int, row: UUID) -> bool:
    """Do what taking back does, and note it nowhere; alone only where it was noted before."""
    found = _locked(petition_id, row)
    if found is None or not _emptied(petition_id, row):
        return False
    _forget(petition_id, row)
    if found["state"] == states.CONFIRMED:
        session.execute(table_of(TallyDelta).insert(), [delta_values(found, -1)])
    return True


def _locked(petition_id: int, row: UUID) -> Any:
    """Queue on the mailbox, as signing and confirming do, then on the row itself, and read it."""
    query = select(Signature.__table__).where(
        Signature.petition_id == petition_id, Signature.id == row
    )
    before = session.execute(query).mappings().first()
    if before is None or before["state"] not in states.CAN_BE_WITHDRAWN:
        return None
    session.execute(
        delete(Mailbox).where(
            Mailbox.petition_id == petition_id, Mailbox.blind_index == before["blind_index"]
        )
    )
    return session.execute(query.with_for_update()).mappings().first()


def _emptied(petition_id: int, row: UUID) -> bool:
    return changed_one(
        update(Signature)
        .where(
            Signature.petition_id == petition_id,
            Signature.id == row,
            Signature.state.in_(states.CAN_BE_WITHDRAWN),
        )
        .values(state=states.WITHDRAWN, sealed=None, blind_index=None)
    )


def _forget(petition_id: int, row: UUID) -> None:
    session.execute(
        delete(SealedCopy).where(
            SealedCopy.petition_id == petition_id, SealedCopy.signature_id == row
        )
    )
    outbox.cancel(reference(petition_id, row))


@dataclass(frozen=True, slots=True)
class Resent:
    """Where a further receipt goes."""

    petition_id: int
    row: UUID
    language: str
    title: str


def signed_by(petition_id: int, blind_index: bytes) -> Resent | None:
    """Find the counted signature of a mailbox, to send its receipt again."""
    query = (
        select(Signature.id, Signature.language, PetitionText.title)
        .join(PetitionText, PetitionText.id == Signature.text_id)
        .where(
            Signature.petition_id == petition_id,
            Signature.blind_index == blind_index,
            Signature.state == states.CONFIRMED,
        )
    )
    found = session.execute(query).first()
    return found and Resent(petition_id, found.id, found.language, found.title)


def send_again(resent: Resent, blind_index: bytes, code: str, letter: outbox.Letter) -> bool:
    """Keep a further receipt and mail it, unless three went out today."""
    today = clock.today()
    allowed = changed_one(
        update(Mailbox)
        .where(
            Mailbox.petition_id == resent.petition_id,
            Mailbox.blind_index == blind_index,
            Mailbox.signed.is_(True),
            or_(
                Mailbox.receipts_on.is_(None),
                Mailbox.receipts_on != today,
                Mailbox.receipts < MOST_RECEIPTS_A_DAY,
            ),
        )
        .values(receipts=_counted_from(today), receipts_on=today)
    )
    if not allowed:
        return False
    session.execute(
        insert(Receipt).values(
            code_hash=receipt_hash(code), petition_id=resent.petition_id, signature_id=resent.row
        )
    )
    outbox.post(letter, ref=reference(resent.petition_id, resent.row))
    return True


def _counted_from(today: date) -> Any:
    """Count on within a day, begin anew on the next."""
    from_one = Mailbox.receipts_on.is_(None) | (Mailbox.receipts_on != today)
    return case((from_one, 1), else_=Mailbox.receipts + 1)
