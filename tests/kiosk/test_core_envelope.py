"""Envelopes are the same bytes on both sides, and open nowhere but where they belong."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Error, Page

from campaign_app.core.envelope import LARGEST, Bound, key_from_seed, open_envelope, seal_envelope
from campaign_app.core.seal import CannotOpen, PrivateKey
from tests.core.in_browser import modules, run
from tests.core.interop.cross_open import raw
from tests.core.interop.cross_open import text as base64_text

EVENT: Final = "5b0c8d2e-8c1f-4a56-9b1e-2f0f6f1d2e3a"
SIGNED: Final = {
    "v": 1,
    "kind": "sign",
    "name": "김민아 Zoë 𝄞",
    "email": "",
    "parts": ["a" * 64] * 3,
}
SEAL: Final = """
  const key = { id: where.key, publicRaw: lantern.bytesOf(publicRaw) };
  const bound = { ...where, key };
  return lantern.base64(await lantern.sealed(payload, bound));
"""
OPEN: Final = """
  const { secret, publicRaw } = await lantern.keyFromPkcs8(lantern.bytesOf(pkcs8));
  const whole = lantern.bytesOf(envelope);
  const enc = whole.subarray(0, 65);
  const info = lantern.infoOf({ ...where, key: { id: where.key } });
  try {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const point = await crypto.subtle.importKey("raw", enc, curve, false, []);
    const made = await lantern.contextOf(secret, point, { enc, publicRaw, info });
    const aes = await crypto.subtle.importKey("raw", made.key, "AES-GCM", false, ["decrypt"]);
    const how = { name: "AES-GCM", iv: made.nonce };
    const plain = new Uint8Array(await crypto.subtle.decrypt(how, aes, whole.subarray(65)));
    const length = new DataView(plain.buffer).getUint32(0);
    return JSON.parse(new TextDecoder().decode(plain.subarray(4, 4 + length)));
  } catch { return "shut"; }
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    # Both files have an `infoOf`; the envelope's, loaded last, is the one that is meant.
    with modules(browser, "seal", "kiosk/ids", "kiosk/envelope") as page:
        yield page


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return key_from_seed(bytes(range(32)))


@pytest.fixture
def bound(page: Page, key: PrivateKey) -> Bound:
    install, item = (UUID(hex=run(page, "return lantern.uuid();")) for _ in range(2))
    return Bound(EVENT, key.public.key_id, install, item)


def where(bound: Bound) -> dict[str, str]:
    return {
        "event": bound.event_uid,
        "key": bound.key_id,
        "install": bound.install.hex,
        "id": bound.item.hex,
    }


def sealed_there(page: Page, key: PrivateKey, bound: Bound, payload: Any = SIGNED) -> bytes:
    given = {"where": where(bound), "publicRaw": base64_text(key.public.raw), "payload": payload}
    return raw(run(page, SEAL, **given))


def opened_there(page: Page, key: PrivateKey, bound: Bound, envelope: bytes) -> Any:
    given = {"where": where(bound), "pkcs8": base64_text(key.to_pkcs8())}
    return run(page, OPEN, envelope=base64_text(envelope), **given)


def elsewhere(bound: Bound) -> list[Bound]:
    other = UUID(int=bound.item.int ^ 1)
    return [
        replace(bound, event_uid=EVENT.replace("5b", "6b")),
        replace(bound, key_id="0" * 16),
        replace(bound, install=other),
        replace(bound, item=other),
    ]


def damaged(envelope: bytes) -> list[bytes]:
    flipped = [bytearray(envelope) for _ in range(5)]
    for copy, at in zip(flipped, (1, 64, 65, 200, -1), strict=True):
        copy[at] ^= 1
    short = [b"", envelope[:64], envelope[:65], envelope[:80], envelope[:-1], envelope + b"\0"]
    return [bytes(copy) for copy in flipped] + short


def test_what_the_tablet_seals_the_server_opens_there_and_nowhere_else(
    page: Page, key: PrivateKey, bound: Bound
) -> None:
    envelope = sealed_there(page, key, bound)
    assert open_envelope(envelope, key, bound) == SIGNED
    for another in elsewhere(bound):
        with pytest.raises(CannotOpen):
            open_envelope(envelope, key, another)
    for broken in damaged(envelope):
        with pytest.raises(CannotOpen):
            open_envelope(broken, key, bound)
    with pytest.raises(CannotOpen):
        open_envelope(envelope, PrivateKey.generate(), bound)


def test_what_the_server_seals_the_tablet_opens_there_and_nowhere_else(
    page: Page, key: PrivateKey, bound: Bound
) -> None:
    envelope = seal_envelope(SIGNED, key.public, bound)
    assert opened_there(page, key, bound, envelope) == SIGNED
    wrong = [opened_there(page, key, another, envelope) for another in elsewhere(bound)]
    wrong += [opened_there(page, key, bound, broken) for broken in damaged(envelope)]
    assert set(wrong) == {"shut"}


def test_its_length_tells_nothing_but_whole_blocks(
    page: Page, key: PrivateKey, bound: Bound
) -> None:
    names = ["", "A", "김민아", "n" * 150, "名" * 200, "x" * 1000]
    lengths = [
        len(sealed_there(page, key, bound, {"v": 1, "kind": "sign", "name": it})) for it in names
    ]
    assert [(length - 65 - 16) % 256 for length in lengths] == [0] * len(names)
    assert len(set(lengths[:3])) == 1
    assert lengths == [
        len(seal_envelope({"v": 1, "kind": "sign", "name": it}, key.public, bound)) for it in names
    ]


def test_what_the_server_would_not_take_is_refused_before_anybody_is_thanked(
    page: Page, key: PrivateKey, bound: Bound
) -> None:
    largest = {"name": "n" * (LARGEST - 81 - 256 - 20)}
    assert len(sealed_there(page, key, bound, largest)) <= LARGEST
    with pytest.raises(Error, match="RangeError"):
        sealed_there(page, key, bound, {"name": "n" * LARGEST})


@pytest.mark.parametrize("wrong", ["a|b", "", "a b", "ä", "a" * 65])
def test_nothing_is_bound_to_a_name_that_could_read_as_two(
    page: Page, key: PrivateKey, bound: Bound, wrong: str
) -> None:
    with pytest.raises(Error, match="RangeError"):
        sealed_there(page, key, replace(bound, event_uid=wrong))


def test_names_of_items_are_random_uuids(page: Page) -> None:
    drawn = run(page, "return Array.from({ length: 500 }, lantern.uuid);")
    assert len(set(drawn)) == 500
    assert {UUID(hex=it).version for it in drawn} == {4}
    assert {UUID(hex=it).variant for it in drawn} == {"specified in RFC 4122"}
