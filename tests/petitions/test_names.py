"""Names of any script are taken as typed; what is no name is refused in words."""

import pytest

from campaign_app.petitions import names


@pytest.mark.parametrize(
    "name",
    [
        "김미나",
        "Nguyễn Thị Hương",
        "محمد علي",
        "Jean-Luc O’Neill",
        "李小龍",
        "Владимир",
        "X Æ A-12",
        "María José",
        "ישראל",
        "Ó",
        "Dr. Kim",
        "นภา",
        "\u0627\u0644\u0644\u200c\u0647",
    ],
)
def test_any_script_is_a_name(name: str) -> None:
    assert names.refusal(names.cleaned(name)) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "=1+1",
        "+82 10",
        "-x",
        "@mina",
        "http://evil.example",
        "visit www.evil.example",
        "evil.com",
        "Mina\u202egnp",
        "Mi\x00na",
        "Mi\nna",
        "1234",
        "x" * 201,
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert names.refusal(names.cleaned(name)) is not None


def test_the_longest_name_is_two_hundred_characters() -> None:
    assert names.refusal("가" * 200) is None
