"""One mailbox however it is written. These results are frozen: they feed the blind index."""

import pytest

from campaign_app.petitions import mailboxes
from campaign_app.petitions.mailboxes import WELL_KNOWN, Rule, by_domain, checked, normalised

RULES = by_domain(WELL_KNOWN)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Mi.Na+news@Gmail.com", "mina@gmail.com"),
        ("mina@googlemail.com", "mina@gmail.com"),
        ("Mina+x@PROTONMAIL.com", "mina@proton.me"),
        ("mi.na@example.org", "mi.na@example.org"),
        ("mina+list@example.org", "mina+list@example.org"),
        ("mina@MÜLLER.example", "mina@xn--mller-kva.example"),
        ("mina@xn--mller-kva.example", "mina@xn--mller-kva.example"),
        ("MI\u0301NA@example.org", "m\u00edna@example.org"),
        ("김미나@example.org", "김미나@example.org"),
        ("mina-list@yahoo.com", "mina@yahoo.com"),
    ],
)
def test_spellings_of_one_mailbox_meet(typed: str, same: str) -> None:
    found = checked(typed)
    assert found is not None
    assert normalised(found, RULES) == same


def test_the_most_specific_rule_wins() -> None:
    rules = by_domain([Rule(".example.org", cut_at="+"), Rule("a.example.org", strip_dots=True)])
    for typed, same in [
        ("x.y+z@a.example.org", "xy+z@a.example.org"),
        ("x.y+z@b.example.org", "x.y@b.example.org"),
    ]:
        found = checked(typed)
        assert found is not None
        assert normalised(found, rules) == same


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mina",
        "mina@",
        "@example.org",
        "a b@example.org",
        "mina@-x.org",
        "a@b..org",
        "mina@exa\x00mple.org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert checked(typed) is None


def test_a_rule_never_empties_a_mailbox() -> None:
    found = checked("+x@gmail.com")
    assert found is not None
    assert normalised(found, RULES) == "+x@gmail.com"


def test_a_block_covers_all_below_a_domain() -> None:
    found = checked("x@mail.trash.example.org")
    assert found is not None
    assert mailboxes.domain_and_parents(found) == [
        "mail.trash.example.org",
        "trash.example.org",
        "example.org",
    ]
