"""Our suite is the one of RFC 9180, as its own test vectors show."""

import json
from typing import Any, Final

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec

SUITE: Final = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
BASE_P256_SHA256_AES256: Final = (0, 0x0010, 0x0001, 0x0002)


def vectors() -> list[dict[str, Any]]:
    with cryptography_vectors.open_vector_file("HPKE/test-vectors.json", "r") as file:
        every: list[dict[str, Any]] = json.load(file)
    wanted = ("mode", "kem_id", "kdf_id", "aead_id")
    return [one for one in every if tuple(one[name] for name in wanted) == BASE_P256_SHA256_AES256]


@pytest.fixture(params=vectors())
def vector(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = request.param
    return chosen


def test_the_vectors_hold_our_suite() -> None:
    assert len(vectors()) == 1


# APIFRAGILE: the vectors were made with an aad, which the public Suite.decrypt does not take, so
# these two tests call the library's private helper; our own code uses the public API only.
def test_the_first_message_of_the_vector_opens(vector: dict[str, Any]) -> None:
    first = vector["encryptions"][0]
    plain = openssl.hpke._decrypt_with_aad(
        SUITE,
        bytes.fromhex(vector["enc"] + first["ct"]),
        private_key(vector),
        info=bytes.fromhex(vector["info"]),
        aad=bytes.fromhex(first["aad"]),
    )
    assert plain == bytes.fromhex(first["pt"])


def test_the_vector_stays_shut_without_its_aad(vector: dict[str, Any]) -> None:
    sealed = bytes.fromhex(vector["enc"] + vector["encryptions"][0]["ct"])
    with pytest.raises(InvalidTag):
        SUITE.decrypt(sealed, private_key(vector), bytes.fromhex(vector["info"]))


def private_key(vector: dict[str, Any]) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(vector["skRm"], 16), ec.SECP256R1())
