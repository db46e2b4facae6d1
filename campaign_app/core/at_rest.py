"""What the database holds closed and the server can open: contact data of volunteers, papers.

AES-256-GCM under a key per room in KEY_DIR (outside the database and its backups): a stolen
database or backup tells nothing. What a row says is bound to the row, so that nothing can be put
into another one.

    phone = at_rest.close("shifts", f"volunteer:{uid}:phone", b"+82 …")
"""

import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings

NONCE_BYTES: Final = 12


def close(room: str, subject: str, plain: bytes) -> bytes:
    """Close bytes for one row; the same bytes look different each time."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(room)).encrypt(nonce, plain, subject.encode())


def open_(room: str, subject: str, closed: bytes) -> bytes:
    """Open what was closed for this row; anything else raises InvalidTag."""
    nonce, rest = closed[:NONCE_BYTES], closed[NONCE_BYTES:]
    return AESGCM(_key(room)).decrypt(nonce, rest, subject.encode())


def _key(room: str) -> bytes:
    return Keyring(settings().key_dir).room_key(room)
