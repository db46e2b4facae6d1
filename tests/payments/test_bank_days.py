"""Days, signs and directions as banks write them: nothing that went out counts, nothing is lost in silence."""

from datetime import date

import pytest

from campaign_app.core.money import Money
from campaign_app.payments import bank_csv, bank_days
from campaign_app.payments.bank_csv import Credit, NotAStatement, RowUnreadable
from campaign_app.transfers import layouts

DAY = date(2026, 11, 14)
HEAD = "거래일시,적요,보낸분/받는분,송금메모,출금액(원),입금액(원),잔액(원)"


def came(text: str, currency: str = "KRW") -> list[Credit]:
    layout = bank_csv.guess(bank_csv.lines(text.encode()))
    assert layout
    return bank_csv.incoming(text.encode(), layout, currency)


@pytest.mark.parametrize(
    "written",
    [
        "2026.11.14 15:02:11", "2026.11.14(15:02:11)", "2026. 11. 14. 오후 3:02:11", "2026-11-14T15:02:11+09:00",
        "20261114150211", "202611141502", "26.11.14 15:02", "26/11/14", "2026-11-14 3:02 PM", "11/14/2026",
    ],
)  # fmt: skip
def test_a_day_is_read_however_the_bank_writes_it(written: str) -> None:
    [credit] = came(f'{HEAD}\n{written},전자금융,김미나,K7QX,0,"20,000","1,020,000"\n')
    assert (credit.on, credit.money) == (DAY, Money(20_000, "KRW"))


@pytest.mark.parametrize(
    ("cells", "how"),
    [
        (["03/11/2026", "05/11/2026", "12/11/2026"], "%d/%m/%Y"),
        (["11/03/2026", "11/05/2026", "11/12/2026"], "%m/%d/%Y"),
        (["26.11.03", "26.11.12"], "%y.%m.%d"),
        (["03.11.26", "12.11.26"], "%d.%m.%y"),
    ],
)
def test_of_two_ways_to_read_a_list_the_one_counts_by_which_its_days_lie_close(
    cells: list[str], how: str
) -> None:
    assert bank_days.likeliest(cells) == how


def test_a_list_that_signs_no_amount_is_read_by_its_column_of_directions() -> None:
    [credit] = came(
        "거래일시,구분,거래금액,거래 후 잔액,거래구분,내용,메모\n"
        '2026.11.14 11:22:33,출금,"50,000","40,000",일반이체,커피집,\n'
        '2026.11.14 15:02:11,입금,"20,000","60,000",일반이체,김미나,출금\n'
    )
    assert (credit.money, credit.name) == (Money(20_000, "KRW"), "김미나")


@pytest.mark.parametrize("written", ["-4500", "₩-4500", "4500-", "△4500", "▲4500", "(4500)"])
def test_whatever_the_sign_of_what_goes_out_it_is_left(written: str) -> None:
    rows = f"2026-11-14,커피집,{written}\n2026-11-14,김미나,+20000원\n"
    [credit] = came("일자,내용,금액\n" + rows)
    assert credit.money == Money(20_000, "KRW")


def test_a_day_in_another_order_stops_the_list_and_names_its_row() -> None:
    row = '{},전자금융,김미나,K7QX,0,"20,000","1,020,000"\n'
    both = f"{HEAD}\n" + row.format("2026.11.14 15:02") * 2 + row.format("14/11/2026")
    with pytest.raises(RowUnreadable) as refused:
        came(both)
    assert "4" in str(refused.value.shown)


def test_totals_and_notes_below_the_table_are_no_gifts() -> None:
    table = f'{HEAD}\n2026.11.14 15:02:11,전자금융,김미나,K7QX,0,"20,000","1,020,000"\n'
    below = '합계,,,,0,"20,000",\n2026.11.01 ~ 2026.11.30,,,,0,"20,000",\n,,,,,1/1,\n'
    assert len(came(table + below)) == 1


def test_a_cell_that_a_spreadsheet_kept_as_text_is_read_as_its_text() -> None:
    [credit] = came(f'{HEAD}\n2026-11-14,="전자금융",="김미나",="K7QX",0,20000,1\n')
    assert (credit.name, credit.references) == ("김미나", ("k7qx",))


@pytest.mark.parametrize(
    "raw",
    [b"PK\x03\x04\0\0", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\r\n<html><table>", b"\xef\xbb\xbf<?xml"],
)
def test_who_brings_a_workbook_is_told_how_to_make_a_list_of_it(raw: bytes) -> None:
    with pytest.raises(NotAStatement) as refused:
        layouts.rows_of(raw)
    assert "CSV UTF-8" in str(refused.value.shown)
