"""What the tablet refuses is what the server refuses, and its receipts are drawn fairly."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from campaign_app.core import ids
from campaign_app.petitions import mailboxes, names
from tests.core.in_browser import modules, run

NAMES: Final = (
    *(
        "김미나",
        "Nguyễn Thị Hương",
        "محمد علي",
        "Jean-Luc O’Neill",
        "李小龍",
        "X Æ A-12",
        "Ó",
        "Dr. Kim",
    ),
    *("  Mina  Kim ", "\u0627\u0644\u0644\u200c\u0647", "นภา", "MI\u0301NA", "가" * 200, "𝒜" * 200),
    *("", "   ", "=1+1", "+82 10", "-x", "@mina", "http://evil.example", "see www.evil.example"),
    *(
        "evil.com",
        "evil.COM",
        "evil.common",
        "Mina\u202egnp",
        "Mi\x00na",
        "Mi\nna",
        "1234",
        "x" * 201,
    ),
    *(
        "Mina\ue000",
        "Mi\u2028na",
        "\u00a0Mina\u00a0",
        "..com",
        "ftp://x",
        "St. Orgel",
        "김.org씨",
        "김.org",
    ),
)
ADDRESSES: Final = (
    *("mina@example.org", "Mi.Na+news@Gmail.com", "mina@xn--mller-kva.example", "김미나@example.org"),
    *("MI\u0301NA@example.org", "a_b!#$%&'*+/=?^`{|}~@example.org", "x@sub.domain.example.org"),
    *("mina@MÜLLER.example", "mina@예시.한국", "1@2.example", "mina@a-b.example", "x" * 64 + "@example.org"),
    *("", "mina", "mina@", "@example.org", "a b@example.org", "mina@-x.org", "mina@x-.org", "a@b..org"),
    *("mina@exa\x00mple.org", "mina@localhost", "mina@host.local", "mina@x.test", "mina@x.invalid"),
    *(".mina@example.org", "mina.@example.org", "mi..na@example.org", "a@b@example.org", "mina@example"),
    *("mina@example.org.", "mina@[127.0.0.1]", "mina@127.0.0.1", "x" * 65 + "@example.org", "mi,na@example.org"),
    *('"mina kim"@example.org', "mina@ex_ample.org", "mina@example.123", "mina@ab--cd.example", "(x)mina@a.org"),
    *("mina@" + "a" * 63 + ".org", "mina@" + "a" * 64 + ".org", "mina@example.o", "mina@x.onion", "mina@é.org"),
    *("m\u200bina@example.org", "mina@exam\u00adple.org", "mina@１.org", "Mina <mina@example.org>", "mina@a.b.c.d.org"),
)  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with modules(
        browser, "kiosk/checks", "kiosk/receipt", "kiosk/safe_html", "kiosk/offer"
    ) as page:
        yield page


@pytest.mark.parametrize("typed", NAMES, ids=ascii)
def test_a_name_is_taken_here_if_it_is_taken_there(page: Page, typed: str) -> None:
    body = "const name = lantern.cleanName(typed); return [name, lantern.nameFault(name)];"
    name, fault = run(page, body, typed=typed)
    assert name == names.cleaned(typed)
    assert (fault is None) == (names.refusal(name) is None)


def test_each_refusal_of_a_name_has_its_own_words(page: Page) -> None:
    wrong = {
        "": "missing",
        "x" * 201: "long",
        "Mi\x00na": "unseen",
        "=1": "formula",
        "evil.com": "web",
        "12": "letters",
    }
    said = {it: run(page, "return lantern.nameFault(it);", it=it) for it in wrong}
    assert said == {it: f"signer.name_{word}" for it, word in wrong.items()}


@pytest.mark.parametrize("typed", ADDRESSES, ids=ascii)
def test_a_mailbox_that_is_taken_here_is_taken_there(page: Page, typed: str) -> None:
    # The other way round does not matter: nobody has a mailbox that only a standard can love.
    assert run(page, "return lantern.isMailbox(typed);", typed=typed) <= (
        mailboxes.checked(typed) is not None
    )


def test_every_usual_mailbox_is_taken_here(page: Page) -> None:
    refused = [
        typed
        for typed in ADDRESSES[:12]
        if not run(page, "return lantern.isMailbox(typed);", typed=typed)
    ]
    assert refused == []


def test_each_letter_of_a_receipt_is_as_likely_as_the_others(page: Page) -> None:
    drawn = run(page, "return Array.from({length: 4000}, lantern.newReceipt);")
    assert len(set(drawn)) == 4000
    assert {len(code) for code in drawn} == {ids.RECEIPT_LENGTH}
    counted = Counter("".join(drawn))
    assert set(counted) == set(ids.READABLE)
    usual = 4000 * ids.RECEIPT_LENGTH / len(ids.READABLE)
    # Taking bytes modulo 21 would give four letters 8 % more than the others.
    assert all(abs(times - usual) < usual * 0.075 for times in counted.values())
    assert run(page, "return lantern.inGroups(code);", code=drawn[0]) == ids.in_groups(drawn[0])


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p class="x" onclick="y()">a <a href="https://x.example">b</a></p>', "<p>a b</p>"),
        ("<script>x()</script><style>p{}</style><p>a</p>", "<p>a</p>"),
        ('<img src="https://x.example/1.png" onerror="y()">a', "a"),
        ("<form><input value=a><button>b</button></form>", "b"),
        (
            "<table><tbody><tr><td colspan=2>a</td></tr></tbody></table>",
            "<table><tbody><tr><td>a</td></tr></tbody></table>",
        ),
        ("<svg><script>x()</script></svg><iframe srcdoc='a'></iframe><p>b", "<p>b</p>"),
        ("&lt;b&gt;", "&lt;b&gt;"),
    ],
)
def test_html_of_the_pack_becomes_plain_nodes(page: Page, html: str, kept: str) -> None:
    body = """const box = document.createElement("div");
      box.append(lantern.safeNodes(html));
      return box.innerHTML;"""
    assert run(page, body, html=html) == kept


def test_a_country_s_own_words_replace_the_general_ones_of_their_kind(page: Page) -> None:
    parts = [
        {"kind": kind, "country": country, "sha256": f"{kind}{country}"}
        for kind, country in [
            ("sign", ""),
            ("sign", "CH"),
            ("sign", "FR"),
            ("news", ""),
            ("news", "CH"),
        ]
    ]
    body = """return lantern.partsFor({ parts: { en: parts } }, "en", country, { mailbox })
      .map((it) => it.sha256);"""
    read = {
        (country, mailbox): run(page, body, parts=parts, country=country, mailbox=mailbox)
        for country in ("KR", "CH", "FR")
        for mailbox in (True, False)
    }
    assert read == {
        ("KR", True): ["sign", "news"],
        ("KR", False): ["sign"],
        ("CH", True): ["signCH", "newsCH"],
        ("CH", False): ["signCH"],
        ("FR", True): ["signFR", "news"],
        ("FR", False): ["signFR"],
    }
