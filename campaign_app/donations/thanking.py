"""Thanking a donor by mail, once, in the transaction that settled the gift."""

from campaign_app.core.settings import settings
from campaign_app.donations import contacts
from campaign_app.donations.models import Donation
from campaign_app.outbox.services import post, seal_letter
from campaign_app.receipts.models import GiftReceipt


def thank(gift: Donation, receipt: GiftReceipt) -> None:
    """Write the letter that thanks and brings the receipt; none where no mailbox was given."""
    _write("donations/thanks", gift, receipt)


def tell_of_return(gift: Donation, receipt: GiftReceipt | None) -> None:
    """Write the letter that says what went back, and brings the receipt for what stayed."""
    _write("donations/returned", gift, receipt)


def _write(template: str, gift: Donation, receipt: GiftReceipt | None) -> None:
    to = contacts.open_(gift.id, gift.contact)
    if not to.mail:
        return
    base = f"{settings().public_url}/{gift.language}"
    context = {
        "name": to.name,
        "amount": gift.money.written(gift.language),
        "returned": (gift.money - gift.left).written(gift.language),
        "number": receipt.name if receipt else "",
        "paper": f"{base}/receipts/{receipt.id.hex}.pdf" if receipt else "",
        "url": f"{base}/give/thanks/{gift.id.hex}",
        "contact": settings().privacy_contact,
    }
    letter = seal_letter(to=to.mail, template=template, language=gift.language, context=context)
    post(letter, ref=f"{gift.subject}:{template}")
