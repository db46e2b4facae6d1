"""Banks' files, in the shapes that Korean and European banks export."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.core.errors import DomainError
from campaign_app.core.money import Money
from campaign_app.payments import bank_csv
from campaign_app.payments.bank_csv import Layout, NotAStatement, RowUnreadable

#: Rows above the table, both directions in two columns, the name beside the memo.
KOOKMIN = """계좌번호 : 000000-00-000000,,,,,,
조회기간 : 2026.11.01 ~ 2026.11.15,,,,,,
,,,,,,
거래일시,적요,보낸분/받는분,송금메모,출금액(원),입금액(원),잔액(원),거래점
2026.11.14 15:02:11,전자금융,김미나,K7QX,0,"20,000","1,020,000",0001
2026.11.14 15:02:40,체크카드,커피집,,"4,500",0,"1,015,500",0001
2026.11.14 16:10:00,전자금융,이준호,,0,"5,000","1,020,500",0001
합계,,,,"4,500","25,000",,
"""
#: Day and time apart, "내용" for who sent it.
SHINHAN = """거래일자,거래시간,적요,출금(원),입금(원),내용,잔액(원),거래점
2026-11-14,15:02:11,인터넷,0,20000,김미나k7qx,1020000,영업부
2026-11-14,15:03:00,인터넷,0,20000,김미나k7qx,1040000,영업부
"""
#: Tabs, days without marks, the newest first.
WOORI = """No.\t거래일시\t적요\t기재내용\t찾으신금액\t맡기신금액\t거래후 잔액\t취급점
2\t20261115\t모바일\t박서연\t0\t30,000\t1,050,000\t본점
1\t20261114\t모바일\t김미나\t0\t20,000\t1,020,000\t본점
"""
#: One column for both directions, a comma for decimals.
FRENCH = """Date d'opération;Libellé;Montant;Solde
14/11/2026;VIR MINA KIM K7QX;20,00;1 020,00
14/11/2026;CARTE CAFE;-4,50;1 015,50
"""


def read(text: str, currency: str = "KRW", encoding: str = "utf-8") -> list[bank_csv.Credit]:
    raw = text.encode(encoding)
    layout = bank_csv.guess(bank_csv.lines(raw))
    assert layout is not None
    return bank_csv.incoming(raw, layout, currency)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KOOKMIN, [(14, 20000, "김미나"), (14, 5000, "이준호")]),
        (SHINHAN, [(14, 20000, "김미나k7qx"), (14, 20000, "김미나k7qx")]),
        (WOORI, [(15, 30000, "박서연"), (14, 20000, "김미나")]),
    ],
    ids=["kookmin", "shinhan", "woori"],
)
def test_three_korean_banks_are_understood(
    text: str, expected: list[tuple[int, int, str]], encoding: str
) -> None:
    found = read(text, encoding=encoding)
    assert [(one.on, one.money, one.name) for one in found] == [
        (date(2026, 11, day), Money(minor, "KRW"), name) for day, minor, name in expected
    ]


def test_a_french_bank_is_understood_and_what_goes_out_is_left() -> None:
    [credit] = read(FRENCH, "EUR", "iso-8859-1")
    assert (credit.on, credit.money) == (date(2026, 11, 14), Money(2000, "EUR"))
    assert "k7qx" in credit.references


def test_a_reference_is_found_wherever_the_donor_wrote_it() -> None:
    assert read(KOOKMIN)[0].references == ("k7qx",)
    assert read(SHINHAN)[0].references == ("k7qx",)
    assert read(KOOKMIN)[1].references == ()


def test_the_same_row_has_the_same_mark_in_every_file_and_two_alike_have_two() -> None:
    whole = {one.mark for one in read(KOOKMIN)}
    longer = KOOKMIN.replace(
        "합계", '2026.11.15 09:00:00,전자금융,새사람,,0,"7,000","1,027,500",0001\n합계'
    )
    assert whole < {one.mark for one in read(longer)}
    assert {one.mark for one in read(KOOKMIN, encoding="cp949")} == whole
    alike = SHINHAN.replace("1040000", "1020000").replace("15:03:00", "15:02:11")
    assert len({one.mark for one in read(alike)}) == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04\0\0\0",
        b"%PDF-1.7",
        b"just a sentence",
        b"\0\0\0",
        b"x" * (5 * 1024 * 1024),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(NotAStatement):
        bank_csv.lines(raw)


def test_a_table_that_nobody_knows_is_left_to_a_person() -> None:
    rows = bank_csv.lines(b"colour,weight\nred,5\n")
    assert bank_csv.guess(rows) is None
    mapped = Layout(head=0, day=0, credit=1, day_format="%d.%m.%Y")
    [credit] = bank_csv.incoming(b"wann,wieviel\n14.11.2026,20.00\n", mapped, "CHF")
    assert credit.money == Money(2000, "CHF")


def test_a_wrong_column_is_named_by_its_row() -> None:
    mapped = Layout(head=0, day=0, credit=1)
    with pytest.raises(RowUnreadable) as refused:
        bank_csv.incoming("일자,금액\n2026-11-14,3일\n".encode(), mapped, "KRW")
    assert "2" in str(refused.value.shown)


@given(raw=st.binary(max_size=400))
def test_whatever_is_uploaded_the_answer_is_rows_or_a_sentence(raw: bytes) -> None:
    try:
        rows = bank_csv.lines(raw)
        layout = bank_csv.guess(rows)
        if layout:
            bank_csv.incoming(raw, layout, "KRW")
    except DomainError:
        return
