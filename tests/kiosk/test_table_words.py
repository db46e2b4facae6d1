"""The volunteer's pages say nothing that has no words, and no words lie there that nobody says."""

import re
from pathlib import Path
from typing import Final

import pytest

from campaign_app.kiosk.words_table import WORDS

FOLDER: Final = Path(__file__).resolve().parents[2] / "static" / "js" / "kiosk"
MODULES: Final = (
    "enrol", "halt", "main", "pin", "preflight", "stall_code", "table", "table_pages",
)  # fmt: skip
SOURCES: Final = {name: (FOLDER / f"{name}.js").read_text("utf-8") for name in MODULES}


def listed(source: str, name: str) -> list[str]:
    """Read the texts of a list that a module holds as a constant."""
    found = re.search(rf"const {name} = \[(.*?)\];", source, re.DOTALL)
    assert found, name
    return re.findall(r'"(\w+)"', found[1])


def of_situations(title: str) -> set[str]:
    """Name what stands where nobody may sign."""
    own = listed(SOURCES["halt"], "OWN")
    return (
        {f"now.{it}" for it in own} | {f"now.{it}_todo" for it in own} if title == "now" else set()
    )


def checks() -> set[str]:
    """Name the lights, and what each says if it is not green."""
    body = SOURCES["preflight"].split("const CHECKS = {", 1)[1].split("};", 1)[0]
    names = re.findall(r"^  (\w+)[:,]", body, re.MULTILINE)
    todo = {f"check.{it}_todo" for it in names if it != "installed"}
    kinds = {f"check.installed_{it}" for it in ("apple", "android", "other")}
    return {f"check.{it}" for it in names} | todo | kinds


def said() -> set[str]:
    """Name every text that these modules can say."""
    literal = {key for source in SOURCES.values() for key in re.findall(r'"(\w+\.\w+)"', source)}
    reasons = listed(SOURCES["table"], "REASONS")
    refusals = [
        *listed(SOURCES["enrol"], "KNOWN"),
        *re.findall(r'fail\("(\w+)"\)', SOURCES["enrol"]),
    ]
    refusals += [*re.findall(r'error: "(\w+)"', SOURCES["enrol"]), "not_now"]
    steps = listed((FOLDER / "training.js").read_text("utf-8"), "STEPS")
    return (
        {key for key in literal if key.split(".")[0] in {it.split(".")[0] for it in WORDS}}
        | {f"{part}.{it}" for part in ("why", "todo") for it in reasons}
        | {f"enrol.{it}" for it in refusals}
        | {f"training.{it}" for it in steps}
        | {f"light.{it}" for it in ("green", "amber", "red")}
        | {f"state.{it}" for it in ("green", "amber", "red")}
        | {f"table.{it}" for it in ("today", "safe", "held")}
        | of_situations("now")
        | checks()
    )


def test_all_that_is_said_has_words_and_all_words_are_said() -> None:
    assert said() == set(WORDS)


@pytest.mark.parametrize("name", ["sync.js", "line.js"])
def test_every_reason_of_the_line_has_words(name: str) -> None:
    """Whatever the line to the server can complain of is one of the table's reasons."""
    source = (FOLDER / name).read_text("utf-8")
    thrown = [line for line in source.splitlines() if "new NotDelivered(" in line]
    # A word of the server's that these pages never heard is its own trouble (see table.js).
    codes = {it for line in thrown for it in re.findall(r'"([a-z_]+)"', line)} - {"refused"}
    if name == "sync.js":
        codes |= {*listed(source, "FINAL"), *listed(source, "RED")}
        codes |= set(re.findall(r'^      \["(\w+)", ', source, re.MULTILINE))
    assert len(codes) >= 4
    assert codes <= set(listed(SOURCES["table"], "REASONS"))
