"""Where a donor comes back to from the gateway's page: an address that says nothing but "this gift"."""

from typing import Final

from flask_babel import force_locale

from campaign_app.core.i18n import _
from campaign_app.core.settings import settings
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import Back

SUBJECT: Final = "donation"


def back(payment: Payment) -> Back:
    """Lead to the page that tells what our books say, whether somebody paid or went back."""
    name = payment.subject.partition(":")[2]
    address = f"{settings().public_url}/{payment.language}/give/thanks/{name}"
    with force_locale(payment.language.replace("-", "_")):
        return Back(success=address, cancel=address, label=_("Donation"))
