"""Sealing: what the server closes and only an organiser's own key can open again.

A record is closed with a random data key, and that key is closed once for each organiser by HPKE
(RFC 9180, base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM), so that a browser with
nothing but WebCrypto can do the same. Nothing here knows a database, a setting or a secret.

    binding  lantern/<purpose>/v1|<petition>|<row>
    box      nonce (12) + AES-256-GCM(data key, padded JSON, aad = binding)
    copy     HPKE(data key, info = binding|<key id>) = ephemeral point (65) + 32 + tag (16)
"""

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FEWEST_KEYS: Final = 2
BLOCK: Final = 256
TEXT_PREFIX: Final = "lantern-p256:"

_KEY: Final = 32
_NONCE: Final = 12
_LENGTH: Final = 4
_POINT: Final = 65
_COPY: Final = _POINT + _KEY + 16
_SUITE: Final = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
# Neither "|" nor "/" may stand in a part of the binding, or two bindings could read alike.
_PART: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


class BadPublicKey(ValueError):
    """The text or the bytes are no public key on the curve P-256."""


class TooFewKeys(ValueError):
    """A record must open for two organisers at least, or one lost key loses every name."""


class CannotOpen(Exception):
    """The record was altered, moved, or closed for another key."""


class NotForThisKey(CannotOpen):
    """The record holds no copy for this key."""


@lru_cache(maxsize=512)
def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    if len(raw) != _POINT:
        raise BadPublicKey("A public key has 65 bytes.")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise BadPublicKey("This is not a point on the curve P-256.") from None


@lru_cache(maxsize=512)
def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True)
class PublicKey:
    """The half of an organiser's key that the server may know: it can only close."""

    raw: bytes

    def __post_init__(self) -> None:
        _point(self.raw)

    @property
    def key_id(self) -> str:
        """Name the key in sixteen letters, for machines."""
        return _digest(self.raw)[:16]

    @property
    def fingerprint(self) -> str:
        """Write the key's name in groups that two people can compare aloud."""
        digest = _digest(self.raw)
        return " ".join(digest[start : start + 4] for start in range(0, 32, 4))

    def to_text(self) -> str:
        """Write the key as one line that can be pasted."""
        return TEXT_PREFIX + base64.urlsafe_b64encode(self.raw).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a pasted key, or say what is wrong with it."""
        line = text.strip()
        if not line.startswith(TEXT_PREFIX):
            raise BadPublicKey(f"A public key begins with {TEXT_PREFIX}")
        key = cls(_from_base64url(line.removeprefix(TEXT_PREFIX)))
        if key.to_text() != line:
            raise BadPublicKey("This public key was altered on its way.")
        return key


def _from_base64url(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise BadPublicKey("This public key has letters that do not belong there.") from None


@dataclass(frozen=True)
class PrivateKey:
    """The half that stays on the organiser's own machine: it opens."""

    secret: ec.EllipticCurvePrivateKey = field(repr=False)
    public: PublicKey

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls.of(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pkcs8(cls, der: bytes) -> Self:
        """Read the form that WebCrypto imports; a ValueError says that it is another kind of key."""
        secret = ser.load_der_private_key(der, password=None)
        if not isinstance(secret, ec.EllipticCurvePrivateKey) or secret.curve.name != "secp256r1":
            raise ValueError("This is not a private key on the curve P-256.")
        return cls.of(secret)

    def to_pkcs8(self) -> bytes:
        """Write the form that WebCrypto imports; only ever into something encrypted."""
        der, pkcs8 = ser.Encoding.DER, ser.PrivateFormat.PKCS8
        return self.secret.private_bytes(der, pkcs8, ser.NoEncryption())

    @classmethod
    def of(cls, secret: ec.EllipticCurvePrivateKey) -> Self:
        """Take a key with its public half."""
        x962, plain = ser.Encoding.X962, ser.PublicFormat.UncompressedPoint
        return cls(secret, PublicKey(secret.public_key().public_bytes(x962, plain)))


@dataclass(frozen=True)
class SealedRecord:
    """A closed box, and its data key closed once for each organiser (key id → copy)."""

    box: bytes
    copies: Mapping[str, bytes]


def seal_record(
    payload: Mapping[str, object], *, purpose: str, petition: str, row: str, to: Sequence[PublicKey]
) -> SealedRecord:
    """Close a record for organisers, bound to its purpose, petition and row."""
    recipients = {key.key_id: key for key in to}
    if len(recipients) < FEWEST_KEYS:
        raise TooFewKeys("A record is sealed to two different keys at least.")
    return _sealed(payload, _binding(purpose, petition, row), recipients)


def seal_test_record(
    payload: Mapping[str, object], *, purpose: str, petition: str, row: str, to: PublicKey
) -> SealedRecord:
    """Close a record that nobody minds losing for one key alone, to see whether it opens."""
    return _sealed(payload, _binding(purpose, petition, row), {to.key_id: to})


def _sealed(
    payload: Mapping[str, object], binding: bytes, recipients: Mapping[str, PublicKey]
) -> SealedRecord:
    data_key = os.urandom(_KEY)
    box = seal_bytes(data_key, padded(payload), aad=binding)
    copies = {key_id: _closed_for(key, data_key, binding) for key_id, key in recipients.items()}
    return SealedRecord(box, copies)


def looks_like_a_copy(copy: bytes) -> bool:
    """Tell whether bytes have the shape of a closed data key; whether it opens, its key tells."""
    if len(copy) != _COPY:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), copy[:_POINT])
    except ValueError:
        return False
    return True


def open_record(
    record: SealedRecord, private_key: PrivateKey, *, purpose: str, petition: str, row: str
) -> dict[str, object]:
    """Open a record where it belongs; anything moved or altered stays shut."""
    key_id = private_key.public.key_id
    if key_id not in record.copies:
        raise NotForThisKey(f"This record is not sealed for the key {key_id}.")
    binding = _binding(purpose, petition, row)
    try:
        info = _info(binding, key_id)
        data_key = _SUITE.decrypt(record.copies[key_id], private_key.secret, info)
    except (InvalidTag, ValueError):
        raise CannotOpen("The copy of the data key was altered or moved.") from None
    return unpadded(open_bytes(data_key, record.box, aad=binding))


def seal_bytes(key: bytes, plain: bytes, *, aad: bytes) -> bytes:
    """Close bytes under a key that we hold ourselves, bound to what `aad` says."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, aad)


def open_bytes(key: bytes, box: bytes, *, aad: bytes) -> bytes:
    """Open bytes that were closed under this key for the same `aad`."""
    try:
        return _cipher(key).decrypt(box[:_NONCE], box[_NONCE:], aad)
    except (InvalidTag, ValueError):
        raise CannotOpen("The box was altered, moved, or closed under another key.") from None


def _cipher(key: bytes) -> AESGCM:
    # AESGCM also takes shorter keys; a key cut short must not pass for a whole one.
    if len(key) != _KEY:
        raise ValueError("A key has 32 bytes.")
    return AESGCM(key)


def seal_single(plain: bytes, to: PublicKey, info: bytes) -> bytes:
    """Close bytes for one key in a single HPKE message: ephemeral point, then the box."""
    return _SUITE.encrypt(plain, _point(to.raw), info)


def open_single(message: bytes, key: PrivateKey, info: bytes) -> bytes:
    """Open a single HPKE message; another `info`, key or byte raises CannotOpen."""
    try:
        return _SUITE.decrypt(message, key.secret, info)
    except (InvalidTag, ValueError):
        raise CannotOpen("The message was altered, moved, or closed for another key.") from None


def _binding(purpose: str, petition: str, row: str) -> bytes:
    for part in (purpose, petition, row):
        if not _PART.fullmatch(part):
            raise ValueError("Purpose, petition and row are plain names.")
    return f"lantern/{purpose}/v1|{petition}|{row}".encode()


def _info(binding: bytes, key_id: str) -> bytes:
    return binding + b"|" + key_id.encode()


def _closed_for(key: PublicKey, data_key: bytes, binding: bytes) -> bytes:
    return _SUITE.encrypt(data_key, _point(key.raw), _info(binding, key.key_id))


def padded(payload: Mapping[str, object]) -> bytes:
    """Hide the length of a name: a length, canonical JSON, zeros up to whole blocks."""
    text = json.dumps(
        payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()
    plain = len(text).to_bytes(_LENGTH, "big") + text
    return plain + bytes(-len(plain) % BLOCK)


def unpadded(plain: bytes) -> dict[str, object]:
    """Read what `padded` wrote; anything else raises CannotOpen."""
    length = int.from_bytes(plain[:_LENGTH], "big")
    try:
        payload = json.loads(plain[_LENGTH : _LENGTH + length])
    except (ValueError, RecursionError):
        # Whoever knows a public key can seal anything, so what comes out is not trusted either.
        raise CannotOpen("The record holds no JSON.") from None
    if not isinstance(payload, dict):
        raise CannotOpen("The record holds no fields.")
    return payload
