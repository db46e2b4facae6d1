"""A bank changes how it writes, or somebody chose a wrong column: both are mended on the page of columns."""

from pathlib import Path

import pytest
from flask import Flask

from config import Config
from tests.transfers.desk import Desk, finance
from tests.transfers.lists import Line, kookmin

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
LIST = kookmin([Line(20_000, memo="K7QX")])


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture
def desk(app: Flask) -> Desk:
    found = finance(app)
    assert found.enter(LIST).status_code == 303
    return found


def test_a_list_with_days_in_another_order_leads_to_the_columns_and_is_entered(desk: Desk) -> None:
    changed = kookmin([Line(30_000, name="이준호")]).replace("2026.11.14", "14/11/2026")
    answer = desk.bring(changed)
    assert "/layout/" in answer.location, "there is a page on which it can be mended"
    page = desk.client.get(answer.location).text
    assert "30,000" in page, "and it reads the list already"
    assert "another head than before" not in page
    assert desk.client.get(answer.location).status_code == 200
    desk.lay_out(answer)
    assert "이준호" in desk.page()


def test_whoever_wants_to_see_the_columns_first_sees_them_as_they_are_kept(desk: Desk) -> None:
    answer = desk.bring(kookmin([Line(40_000, name="박서연")]), look="y")
    assert "/layout/" in answer.location
    assert "박서연" not in desk.page(), "nothing is entered yet"
    desk.lay_out(answer, name="-1")
    page = desk.page()
    assert "40,000" in page
    assert "박서연" not in page, "the column of names was taken out"
