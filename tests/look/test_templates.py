"""Templates hold words for the catalogues and classes for the stylesheets, and nothing else."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.look.stylesheets import ROOT

FOLDER: Final = ROOT / "templates"
PAGES: Final = sorted(
    path for path in FOLDER.rglob("*.html") if "mail" not in path.relative_to(FOLDER).parts
)
MAILS: Final = sorted((FOLDER / "petitions" / "mail").glob("*.html"))
WRITTEN: Final = sorted(FOLDER.rglob("*.*"))
LONGEST: Final = 160
#: Names and marks that no language changes.
UNTRANSLATED: Final = frozenset({"Lantern"})


def name_of(path: Path) -> str:
    """Name a template as Jinja does."""
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_style_and_no_script_stands_in_a_page(path: Path) -> None:
    html = path.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"<style\b", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    # A block of data is no script: no browser runs it, and the policy does not concern it.
    assert not re.search(r'<script(?![^>]*\bsrc=)(?! type="application/ld\+json">)', html)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html)


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_template_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", [*PAGES, *MAILS], ids=name_of)
def test_every_word_comes_from_the_catalogues(path: Path) -> None:
    html = path.read_text("utf-8")
    # A command and an address are typed as they are in every language.
    html = re.sub(r"<(code|pre|bdi)\b.*?</\1>", " ", html, flags=re.S)
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", html, flags=re.S)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;|<[^>]*>", " ", bare))
    assert set(words) <= UNTRANSLATED


@pytest.mark.parametrize("path", [*PAGES, *MAILS], ids=name_of)
def test_nobody_is_shouted_at_or_told_to_click(path: Path) -> None:
    said = " ".join(re.findall(r"_\(\s*[\"'](.*?)[\"']\s*[,)]", path.read_text("utf-8"), re.S))
    assert "!" not in said
    assert not re.search(r"\bclick here\b|\bsubmit\b|\bsuccess", said, re.IGNORECASE)


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_a_mail_loads_nothing_and_reports_nothing(path: Path) -> None:
    html = path.read_text("utf-8")
    assert not re.search(r"<(?:img|script|link|iframe|object|form|video)\b|url\(", html)
