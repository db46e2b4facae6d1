"""A key file opens with its passphrase, in Python and in a browser, and with nothing else."""

import base64
import json
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from campaign_app.core import clock, keyfile
from campaign_app.core.keyfile import KeyFile, NotAKeyFile, WeakPassphrase, WrongPassphrase
from tests.core.interop.cross_open import HERE, node

PASSPHRASE: Final = "등불 lantern café tide"
MADE: Final = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> KeyFile:
    with clock.frozen(MADE):
        return keyfile.new("Mina's laptop", PASSPHRASE)


def test_the_passphrase_opens_the_file(made: KeyFile) -> None:
    assert keyfile.load(made.text, PASSPHRASE).public == made.public


def test_another_passphrase_does_not(made: KeyFile) -> None:
    with pytest.raises(WrongPassphrase):
        keyfile.load(made.text, PASSPHRASE + "s")


def test_spaces_and_decomposed_letters_change_nothing(made: KeyFile) -> None:
    typed = "  " + unicodedata.normalize("NFD", PASSPHRASE).replace(" ", "   ") + "\n"
    assert keyfile.load(made.text, typed).public == made.public


def test_the_file_says_whose_key_it_is_without_the_passphrase(made: KeyFile) -> None:
    assert keyfile.read(made.text) == made
    assert (made.label, made.created) == ("Mina's laptop", MADE)


def test_the_file_shows_nothing_of_the_private_half(made: KeyFile) -> None:
    private = keyfile.load(made.text, PASSPHRASE)
    number = private.secret.private_numbers().private_value.to_bytes(32, "big")
    for written in (base64.b64encode(number)[:40], number.hex().encode()):
        assert written not in made.text.encode()
    assert "cipher" not in repr(made)


def test_the_file_is_closed_as_strongly_as_we_say(made: KeyFile) -> None:
    document = json.loads(made.text)
    assert (document["format"], document["version"]) == ("lantern-key", 1)
    assert document["kdf"]["iterations"] >= 600_000
    assert len(base64.b64decode(document["kdf"]["salt"])) == 16


def test_two_files_of_one_passphrase_share_nothing(made: KeyFile) -> None:
    first, second = json.loads(made.text), json.loads(keyfile.new("x", PASSPHRASE).text)
    assert first["kdf"]["salt"] != second["kdf"]["salt"]
    assert first["key_id"] != second["key_id"]


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(WeakPassphrase, match="12"):
        keyfile.new("x", "short       one")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "not json", '{"format": "lantern-key"}', "[" * 99999]
)
def test_what_is_no_key_file_is_refused(text: str) -> None:
    for read in (lambda: keyfile.load(text, PASSPHRASE), lambda: keyfile.read(text)):
        with pytest.raises(NotAKeyFile):
            read()


def change(*path: str, to: object) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = to

    return apply


@pytest.mark.parametrize(
    "damage",
    [
        change("version", to=2),
        change("key_id", to="0" * 16),
        change("public_key", to="lantern-p256:AAAA"),
        change("kdf", to="PBKDF2"),
        change("kdf", "name", to="scrypt"),
        change("kdf", "hash", to="SHA-1"),
        change("kdf", "iterations", to=1),
        change("kdf", "iterations", to=10**12),
        change("kdf", "salt", to="é"),
        change("cipher", "name", to="AES-CBC"),
        change("cipher", "iv", to="AAAA"),
        change("cipher", "data", to=None),
    ],
)
def test_a_damaged_key_file_says_so(
    made: KeyFile, damage: Callable[[dict[str, Any]], None]
) -> None:
    document = json.loads(made.text)
    damage(document)
    with pytest.raises(NotAKeyFile):
        keyfile.load(json.dumps(document), PASSPHRASE)


def test_the_public_half_cannot_be_exchanged(made: KeyFile) -> None:
    other = json.loads(keyfile.new("other", PASSPHRASE).text)
    forged = json.loads(made.text) | {name: other[name] for name in ("key_id", "public_key")}
    with pytest.raises(WrongPassphrase):
        keyfile.load(json.dumps(forged), PASSPHRASE)


def test_a_browser_opens_the_same_file(made: KeyFile) -> None:
    asked = json.dumps({"file": made.text, "passphrase": PASSPHRASE})
    command = [node(), str(HERE / "open_key_file.mjs")]
    said = subprocess.run(command, input=asked.encode(), capture_output=True, check=True)
    point = json.loads(said.stdout)
    assert b"\4" + unpadded(point["x"]) + unpadded(point["y"]) == made.public.raw


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=")


def test_a_proposed_passphrase_is_six_words_of_the_list() -> None:
    proposed = keyfile.propose_passphrase().split()
    assert len(proposed) == 6
    assert set(proposed) <= set(keyfile.words())
    assert keyfile.propose_passphrase() != keyfile.propose_passphrase()


def test_the_words_are_many_short_and_different() -> None:
    words = keyfile.words()
    assert len(set(words)) == len(words) >= 1296
    assert all(3 <= len(word) <= 7 and word.isascii() and word.islower() for word in words)


def test_the_words_ship_beside_the_code() -> None:
    assert Path(keyfile.__file__).with_name("words.txt").is_file()
