"""The leave to collect in public stands where the lead looks first, and on the log of each box."""

from io import BytesIO

import pypdfium2
from flask.testing import FlaskClient

from campaign_app.cash import printing, queries
from campaign_app.core import clock
from campaign_app.core.money import Money
from campaign_app.payments import accounts, ledger
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.payments.opening import till
from tests.cash.counted import SEOUL, Cash


def raised(cash: Cash, won: int) -> None:
    def work() -> None:
        ledger.post(
            Entry(
                book=till().book,
                entity=SEOUL,
                source=f"test:{won}",
                kind="gift",
                on=clock.today(),
                legs=[
                    Leg(Account(accounts.GATEWAY), Account(accounts.DONATION), Money(won, "KRW"))
                ],
            )
        )

    cash.do(work)


def test_the_lead_is_warned_on_the_first_page_from_80_per_cent_and_louder_over_it(
    cash: Cash, client: FlaskClient
) -> None:
    cash.stall.open(client)
    raised(cash, 23_999_999)
    assert "2026-000" not in client.get(cash.stall.page).text
    raised(cash, 1)
    for page in (cash.stall.page, f"{cash.stall.page}money"):
        assert "80 per cent of registration 2026-000 is used up" in client.get(page).text
    raised(cash, 6_000_001)
    assert "Stop collecting" in client.get(cash.stall.page).text


def test_the_log_of_a_box_says_under_which_leave_it_stood_there(cash: Cash) -> None:
    row = cash.closed()

    def log() -> bytes:
        opening = queries.opening(row)
        assert opening is not None
        return printing.log(opening, "ko")

    page = pypdfium2.PdfDocument(BytesIO(cash.ask(log)))[0]
    assert "2026-000, 북한 인권 거리 캠페인" in page.get_textpage().get_text_bounded()
