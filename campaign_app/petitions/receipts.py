"""What a signer can do with the receipt: see, end the news, withdraw, have it sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, delete, or_, select, update

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import insert, session, table_of
from campaign_app.outbox import services as outbox
from campaign_app.petitions import states, wording
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText
from campaign_app.petitions.secrets_of import receipt_hash
from campaign_app.petitions.signing import (
    SECONDS_AN_HOUR,
    delta_values,
    reference,
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
    """Take a signature back: the tally falls at once, what was sealed is deleted."""
    key = (Signature.petition_id == signed.petition_id, Signature.id == signed.row)
    found = _locked(signed)
    moved = session.execute(
        update(Signature)
        .where(*key, Signature.state == states.CONFIRMED)
        .values(state=states.WITHDRAWN, sealed=None, blind_index=None)
    )
    if found is None or moved.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        return False
    _forget(signed)
    session.execute(table_of(TallyDelta).insert(), [delta_values(found, -1)])
    audit.record("signature.withdrawn", f"petition:{signed.petition_id}")
    return True


def _locked(signed: Signed) -> Any:
    """Queue on the mailbox, as signing and confirming do, then read the row."""
    query = select(Signature.__table__).where(
        Signature.petition_id == signed.petition_id, Signature.id == signed.row
    )
    before = session.execute(query).mappings().first()
    if before is not None and before["blind_index"] is not None:
        session.execute(
            delete(Mailbox).where(
                Mailbox.petition_id == signed.petition_id,
                Mailbox.blind_index == before["blind_index"],
            )
        )
    return before


def _forget(signed: Signed) -> None:
    session.execute(
        delete(SealedCopy).where(
            SealedCopy.petition_id == signed.petition_id, SealedCopy.signature_id == signed.row
        )
    )
    outbox.cancel(reference(signed.petition_id, signed.row))


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
    allowed = session.execute(
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
    if allowed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
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
