"""An organiser's key file: the private half, closed with a passphrase, in plain JSON.

Everything is named as WebCrypto names it, so a browser page can open the same file:
PBKDF2 (SHA-256, over the passphrase in Unicode NFC with single spaces) gives the AES-GCM key;
`cipher.data` is the PKCS#8 private key; the additional data are
`lantern-key/1|<key_id>|<public_key>`, so the public half cannot be exchanged in the file.
"""

import json
import os
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import Final

from campaign_app.core import clock
from campaign_app.core.json_fields import BadField, Fields, base64_text
from campaign_app.core.seal import CannotOpen, PrivateKey, PublicKey, open_bytes, seal_bytes

FORMAT: Final = "lantern-key"
VERSION: Final = 1
ITERATIONS: Final = 600_000
SHORTEST_PASSPHRASE: Final = 12
WORDS_PROPOSED: Final = 6

_MOST_ITERATIONS: Final = 20_000_000
_SALT: Final = 16
_NONCE: Final = 12
_WORDS: Final = Path(__file__).with_name("words.txt")


class NotAKeyFile(ValueError):
    """The text is no key file, or one that was damaged."""


class WrongPassphrase(ValueError):
    """The passphrase does not open this key file."""


class WeakPassphrase(ValueError):
    """The passphrase is too short to stand between a stolen laptop and the names."""


@dataclass(frozen=True)
class KeyFile:
    """A key file as text, and what may be said about it aloud."""

    text: str = field(repr=False)
    public: PublicKey
    label: str
    created: datetime


def new(label: str, passphrase: str) -> KeyFile:
    """Make a key and close its private half with the passphrase."""
    words = _as_typed(passphrase)
    if len(words) < SHORTEST_PASSPHRASE:
        raise WeakPassphrase(f"A passphrase has at least {SHORTEST_PASSPHRASE} characters.")
    private, created = PrivateKey.generate(), clock.now().replace(microsecond=0)
    document = _document(private, words) | {"label": label, "created": created.isoformat()}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return KeyFile(text, private.public, label, created)


def read(text: str) -> KeyFile:
    """Read what a key file says about itself, without its passphrase."""
    try:
        found = _parsed(text)
        created = datetime.fromisoformat(found.text("created"))
        return KeyFile(text, _public(found), found.text("label"), created)
    except ValueError as damage:
        raise _not_a_key_file(damage) from None


def load(text: str, passphrase: str) -> PrivateKey:
    """Open a key file with its passphrase."""
    try:
        found = _parsed(text)
        public, box, kdf = _public(found), _box(found.fields("cipher")), _kdf(found.fields("kdf"))
    except ValueError as damage:
        raise _not_a_key_file(damage) from None
    try:
        der = open_bytes(_derived(_as_typed(passphrase), kdf), box, aad=_aad(public))
    except CannotOpen:
        raise WrongPassphrase("This passphrase does not open this key file.") from None
    return _belonging(der, public)


def propose_passphrase(count: int = WORDS_PROPOSED) -> str:
    """Propose a passphrase that a person can remember and nobody can guess."""
    return " ".join(secrets.choice(words()) for _ in range(count))


@cache
def words() -> tuple[str, ...]:
    """List the words that passphrases are made of."""
    return tuple(_WORDS.read_text(encoding="utf-8").split())


@dataclass(frozen=True)
class _Kdf:
    salt: bytes
    iterations: int = ITERATIONS


def _document(private: PrivateKey, passphrase: str) -> dict[str, object]:
    kdf = _Kdf(os.urandom(_SALT))
    key = _derived(passphrase, kdf)
    box = seal_bytes(key, private.to_pkcs8(), aad=_aad(private.public))
    return {
        "format": FORMAT,
        "version": VERSION,
        "key_id": private.public.key_id,
        "public_key": private.public.to_text(),
        "kdf": {
            "name": "PBKDF2",
            "hash": "SHA-256",
            "iterations": kdf.iterations,
            "salt": base64_text(kdf.salt),
        },
        "cipher": {
            "name": "AES-GCM",
            "length": 256,
            "iv": base64_text(box[:_NONCE]),
            "data": base64_text(box[_NONCE:]),
        },
    }


def _as_typed(passphrase: str) -> str:
    # A Mac types Korean decomposed, and a hand-copied line gets spaces; neither changes the words.
    return " ".join(unicodedata.normalize("NFC", passphrase).split())


def _derived(passphrase: str, kdf: _Kdf) -> bytes:
    return pbkdf2_hmac("sha256", passphrase.encode(errors="replace"), kdf.salt, kdf.iterations)


def _aad(public: PublicKey) -> bytes:
    return f"{FORMAT}/{VERSION}|{public.key_id}|{public.to_text()}".encode()


def _parsed(text: str) -> Fields:
    found = Fields.parse(text)
    if found.text("format") != FORMAT:
        raise BadField("It names another format.")
    if found.number("version") != VERSION:
        raise BadField("It was made by a newer version of the program.")
    return found


def _public(found: Fields) -> PublicKey:
    public = PublicKey.from_text(found.text("public_key"))
    if public.key_id != found.text("key_id"):
        raise BadField("It names another key than it holds.")
    return public


def _box(cipher: Fields) -> bytes:
    nonce = cipher.bytes("iv")
    if cipher.text("name") != "AES-GCM" or len(nonce) != _NONCE:
        raise BadField("It is closed in a way that this program does not know.")
    return nonce + cipher.bytes("data")


def _kdf(found: Fields) -> _Kdf:
    if (found.text("name"), found.text("hash")) != ("PBKDF2", "SHA-256"):
        raise BadField("It is closed in a way that this program does not know.")
    kdf = _Kdf(found.bytes("salt"), found.number("iterations"))
    if not ITERATIONS <= kdf.iterations <= _MOST_ITERATIONS:
        raise BadField("It asks for an unlikely number of iterations.")
    return kdf


def _belonging(der: bytes, public: PublicKey) -> PrivateKey:
    try:
        private = PrivateKey.from_pkcs8(der)
    except ValueError as damage:
        raise _not_a_key_file(damage) from None
    if private.public != public:
        raise _not_a_key_file("Its two halves do not belong together.")
    return private


def _not_a_key_file(damage: object) -> NotAKeyFile:
    return NotAKeyFile(f"This is not a key file, or a damaged one. {damage}")
