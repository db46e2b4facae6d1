"""Envelopes: what a tablet closes before it touches the disk, and only the event's intake key opens.

One HPKE message each (RFC 9180, base mode, single shot, the suite of seal.py), whose `info` binds it to
its event, key, install and own name: it opens nowhere else. The plaintext is padded as in seal.py.

    info      lantern/kiosk/v1|<event uid>|<key id>|<install>|<item>      (UUIDs in hex, no hyphens)
    envelope  ephemeral point (65) + AES-256-GCM(padded JSON) with tag (16)

static/js/kiosk/envelope.js writes the same bytes.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from campaign_app.core.seal import (
    CannotOpen,
    PrivateKey,
    PublicKey,
    open_single,
    padded,
    seal_single,
    unpadded,
)

#: A name of 200 letters in any script, an address and six consent hashes stay well below.
LARGEST: Final = 8192
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Bound:
    """Where an envelope belongs."""

    event_uid: str
    key_id: str
    install: UUID
    item: UUID

    @property
    def info(self) -> bytes:
        """Write it as HPKE's `info`."""
        parts = (self.event_uid, self.key_id, self.install.hex, self.item.hex)
        return "|".join(("lantern/kiosk/v1", *parts)).encode()


def key_from_seed(seed: bytes) -> PrivateKey:
    """Derive the P-256 key of 32 random bytes; the same seed gives the same key."""
    for counter in range(256):
        label = b"lantern/intake-key/v1|" + bytes([counter])
        scalar = int.from_bytes(hmac.digest(seed, label, hashlib.sha256), "big")
        if 0 < scalar < _ORDER:  # fails once in four thousand million times
            return PrivateKey.of(ec.derive_private_key(scalar, ec.SECP256R1()))
    raise AssertionError("unreachable")


def seal_envelope(payload: Mapping[str, object], to: PublicKey, bound: Bound) -> bytes:
    """Close a payload as a tablet does."""
    return seal_single(padded(payload), to, bound.info)


def open_envelope(envelope: bytes, key: PrivateKey, bound: Bound) -> dict[str, object]:
    """Open an envelope where it belongs; anything moved or altered raises CannotOpen."""
    if len(envelope) > LARGEST:
        raise CannotOpen("The envelope is larger than any of ours.")
    return unpadded(open_single(envelope, key, bound.info))
