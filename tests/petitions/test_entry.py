"""The quick way to read a signing form and the form that explains mistakes are of one mind."""

from itertools import product
from typing import Final

import pytest
from flask import Flask

from campaign_app.petitions.forms import entry, sign_form
from campaign_app.petitions.pages import desks
from tests.given import World

NAMES: Final = (
    "Mina Kim",
    " 김미나  ",
    "",
    "  ",
    "a" * 201,
    "=1+1",
    "Mi\x00na",
    "\u202eanim",
    "www.x.org",
)
ADDRESSES: Final = (
    "mina@example.org",
    "  mina@example.org\n",
    "",
    "mina",
    "mi na@example.org",
    "\x1fmina@example.org",
    "미나@example.org",
    f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org",
)
COUNTRIES: Final = ("KR", "FR", "", "kr", "XX", "KR ")


@pytest.mark.parametrize("ticked", ["all", "required", "none"])
def test_both_take_the_same_and_refuse_the_same(app: Flask, world: World, ticked: str) -> None:
    with app.app_context():
        desk = desks().desk.get(world.petition_id)
    assert desk is not None
    right = 0
    for name, address, country in product(NAMES, ADDRESSES, COUNTRIES):
        boxes = {
            f"part-{part.id}": "1"
            for part in desk.parts_for("ko", country)
            if ticked == "all" or (ticked == "required" and part.required)
        }
        sent = {"name": name, "email": address, "country": country, **boxes}
        with app.test_request_context("/", method="POST", data=sent):
            quick = entry(desk, "ko")
            form = sign_form(desk, desk.texts["ko"], "ko", "KR")
            fine = form.validate()
            assert (quick is not None) == (form.boxes_are_fine() and fine), sent
            if quick is not None:
                right += 1
                assert (quick.name, quick.address) == (form.name.data, form.email.data)
                assert (quick.country, quick.mailbox) == (form.country.data, form.mailbox)
                assert quick.parts == [box.part for box in form.parts if box.checked]
    assert (right > 0) == (ticked != "none")
