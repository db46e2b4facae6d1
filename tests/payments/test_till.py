"""Which book is written: what is real and what is not must never lie in one."""

import pytest

from campaign_app.payments.accounts import LIVE, TEST
from campaign_app.payments.till import Back, Till
from campaign_app.payments.ways import Ways


@pytest.mark.parametrize(
    ("mode", "in_earnest", "book"),
    [
        ("off", True, LIVE),
        ("off", False, TEST),
        ("local", False, TEST),
        ("stripe_test", True, TEST),
        ("stripe_test", False, TEST),
        ("stripe_live", True, LIVE),
    ],
)
def test_boxes_and_transfers_are_real_in_production_unless_a_gateway_is_tried_out(
    mode: str, in_earnest: bool, book: str
) -> None:
    ways = Ways(mode=mode, entities={}, banks={}, accounts={})
    till = Till(ways, {}, lambda _payment: Back("", "", ""), in_earnest=in_earnest)
    assert till.book == book
