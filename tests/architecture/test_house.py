"""The rules of the house that a reviewer would otherwise have to repeat."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from campaign_app import FEATURES
from campaign_app.events import slots
from campaign_app.qr.target import TARGET

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "campaign_app"
MODULES = sorted(APP.rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "main"}


def calls(path: Path, attribute: str) -> list[int]:
    tree = ast.parse(path.read_text("utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == attribute
    ]


def test_only_the_database_room_commits() -> None:
    committing = {path.relative_to(APP).as_posix() for path in MODULES if calls(path, "commit")}
    # Flask-Security's own pages commit through its datastore, wrapped in our retry.
    assert committing <= {"core/db.py", "accounts/security.py"}


def test_no_module_is_named_for_nothing() -> None:
    assert not {path.stem for path in MODULES} & FORBIDDEN_NAMES


def test_nothing_is_imported_inside_a_function() -> None:
    late = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_the_map_names_every_room_that_opens() -> None:
    rooms = {path.parent.name for path in APP.glob("*/__init__.py")} - {
        "core",
        "demo",
        "demo_content",
    }
    assert {room.__name__.rpartition(".")[2] for room in FEATURES} == rooms


def test_the_readme_names_every_room() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for room in FEATURES:
        name = room.__name__.rpartition(".")[2]
        assert f"`{name}`" in readme, name


def test_every_folder_of_templates_is_a_room() -> None:
    rooms = {room.__name__.rpartition(".")[2] for room in FEATURES} | {
        "layout",
        "security",
        "print",
    }
    assert {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()} <= rooms


def test_every_slot_is_filled(app: Flask) -> None:
    assert app.extensions  # the rooms have opened
    assert set(TARGET) == {"petition", "gift"}
    assert set(slots.HEAD) == set(slots.PLACE) == set(slots.LIST) == {"calendars"}
    assert {"line-up", "calendars", "petitions"} <= set(slots.PAGE)
    assert {"about", "permits", "shifts", "lead", "printing"} <= set(slots.CONSOLE)


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=str)
def test_templates_carry_no_inline_script_or_style(path: Path) -> None:
    source = path.read_text("utf-8")
    # A block of data is no script: no browser runs it, and the policy does not concern it.
    assert not re.search(r'<script(?![^>]*\bsrc=)(?! type="application/ld\+json">)', source)
    assert not re.search(r"\son[a-z]+=", source)
    if "mail" not in path.parts:
        assert " style=" not in source


def test_migrations_never_import_the_app() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert "campaign_app" not in path.read_text("utf-8")


def test_files_stay_readable() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in MODULES
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_functions_stay_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 9
    assert lengths[int(len(lengths) * 0.95)] <= 25
    assert lengths[-1] <= 60
