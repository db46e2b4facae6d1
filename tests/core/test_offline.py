"""The organiser's tool makes key files, and knows when it is asked for."""

import stat
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from campaign_app import offline
from campaign_app.core import keyfile

PASSPHRASE: Final = "window lantern kite oak"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    # As an editor on another system saves it: with a mark in front and another end of line.
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\r\n", encoding="utf-8-sig")
    return tmp_path


def new_key(*options: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(offline.keys, ["new", *options], input=typed)


def test_a_proposed_key_opens_with_the_words_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    result = new_key("--propose", "--label", "Bora", "--out", str(path))
    assert result.exit_code == 0, result.output
    shown = dict(line.split(":", 1) for line in result.output.splitlines()[:5])
    opened = keyfile.load(path.read_text(), shown["Passphrase"])
    assert opened.public.to_text() == shown["Public key"].strip()
    assert opened.public.fingerprint == shown["Fingerprint"].strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyfile.read(path.read_text()).label == "Bora"


def test_a_key_may_take_its_passphrase_from_a_file_and_does_not_show_it(desk: Path) -> None:
    path = desk / "new.json"
    result = new_key("--passphrase-file", str(desk / "passphrase"), "--out", str(path))
    assert result.exit_code == 0
    assert PASSPHRASE not in result.output
    assert keyfile.load(path.read_text(), PASSPHRASE).public.key_id in result.output


def test_a_key_may_take_its_passphrase_from_a_person(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    result = new_key("--out", str(path), typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert result.exit_code == 0, result.output
    assert keyfile.load(path.read_text(), PASSPHRASE).public.key_id in result.output


def test_a_key_file_is_never_overwritten(desk: Path) -> None:
    assert new_key("--propose", "--out", str(desk / "passphrase")).exit_code == 2
    assert PASSPHRASE in (desk / "passphrase").read_text()


def test_a_weak_or_doubled_passphrase_is_refused(desk: Path) -> None:
    (desk / "weak").write_text("weak")
    weak = new_key("--passphrase-file", str(desk / "weak"))
    both = new_key("--propose", "--passphrase-file", str(desk / "passphrase"))
    assert (weak.exit_code, both.exit_code) == (2, 2)
    assert "12 characters" in weak.stderr


@pytest.mark.parametrize(
    "words",
    [
        "flask keys new",
        "/x/bin/flask signatures open --key k e",
        "flask --app wsgi keys",
        "flask -A wsgi --debug keys new",
        "flask --env-file keys signatures",
        "/x/site-packages/flask/__main__.py keys new",
        "flask.exe keys new",
    ],
)
def test_the_tool_knows_when_it_is_asked_for(words: str) -> None:
    assert offline.asked_for(words.split())


@pytest.mark.parametrize(
    "words",
    [
        "",
        "flask",
        "flask run",
        "flask tally check keys",
        "flask --app keys run",
        "flask --help",
        "granian wsgi:app keys",
        "/x/granian/__main__.py keys",
    ],
)
def test_the_tool_stays_away_when_it_is_not_asked_for(words: str) -> None:
    assert not offline.asked_for(words.split())
