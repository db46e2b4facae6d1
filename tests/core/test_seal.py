"""A sealed record opens for its organisers, in its own place, and nowhere else."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hpke
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_app.core.seal import (
    BLOCK,
    TEXT_PREFIX,
    BadPublicKey,
    CannotOpen,
    NotForThisKey,
    PrivateKey,
    PublicKey,
    SealedRecord,
    TooFewKeys,
    open_bytes,
    open_record,
    seal_bytes,
    seal_record,
)

LAPTOP, SAFE, STRANGER = PrivateKey.generate(), PrivateKey.generate(), PrivateKey.generate()
PLACE = {"purpose": "signature", "petition": "petition-1", "row": "row-1"}
MINA: dict[str, object] = {"name": "김민아", "email": "mina@example.org", "consents": ["a", "b"]}


def sealed(payload: dict[str, object] = MINA) -> SealedRecord:
    return seal_record(payload, to=[LAPTOP.public, SAFE.public], **PLACE)


@pytest.mark.parametrize("key", [LAPTOP, SAFE], ids=["laptop", "safe"])
def test_each_organiser_opens_what_was_sealed(key: PrivateKey) -> None:
    assert open_record(sealed(), key, **PLACE) == MINA


@pytest.mark.parametrize("moved", ["purpose", "petition", "row"])
def test_a_record_that_was_moved_stays_shut(moved: str) -> None:
    with pytest.raises(CannotOpen):
        open_record(sealed(), LAPTOP, **(PLACE | {moved: "another"}))


def test_a_copy_from_another_record_opens_nothing() -> None:
    mixed = replace(sealed(), copies=sealed().copies)
    with pytest.raises(CannotOpen):
        open_record(mixed, LAPTOP, **PLACE)


def test_a_copy_handed_to_another_key_stays_shut() -> None:
    record = sealed()
    handed = {SAFE.public.key_id: record.copies[LAPTOP.public.key_id]}
    with pytest.raises(CannotOpen):
        open_record(replace(record, copies=handed), SAFE, **PLACE)


def test_a_stranger_is_told_that_the_record_is_not_for_them() -> None:
    with pytest.raises(NotForThisKey, match=STRANGER.public.key_id):
        open_record(sealed(), STRANGER, **PLACE)


@pytest.mark.parametrize("recipients", [[], [LAPTOP], [LAPTOP, LAPTOP]], ids=["0", "1", "1 twice"])
def test_fewer_than_two_different_keys_are_refused(recipients: list[PrivateKey]) -> None:
    with pytest.raises(TooFewKeys):
        seal_record(MINA, to=[key.public for key in recipients], **PLACE)


@pytest.mark.parametrize("name", ["", "a|b", "a/b", "a b", "../x", "x\n", "é", "x" * 129])
def test_a_place_that_could_be_read_two_ways_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="plain names"):
        seal_record(MINA, to=[LAPTOP.public, SAFE.public], **(PLACE | {"row": name}))


RECORD = sealed()
PARTS = {"box": RECORD.box, **RECORD.copies}


@given(st.data())
@settings(deadline=None)
def test_one_flipped_bit_anywhere_shuts_the_record(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(["box", LAPTOP.public.key_id]))
    bit = data.draw(st.integers(0, len(PARTS[part]) * 8 - 1))
    flipped = bytearray(PARTS[part])
    flipped[bit // 8] ^= 1 << bit % 8
    spoiled = PARTS | {part: bytes(flipped)}
    record = SealedRecord(spoiled.pop("box"), spoiled)
    with pytest.raises(CannotOpen):
        open_record(record, LAPTOP, **PLACE)


@given(st.data())
@settings(deadline=None)
def test_a_record_cut_short_stays_shut(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(["box", LAPTOP.public.key_id]))
    cut = PARTS | {part: PARTS[part][: data.draw(st.integers(0, len(PARTS[part]) - 1))]}
    record = SealedRecord(cut.pop("box"), cut)
    with pytest.raises(CannotOpen):
        open_record(record, LAPTOP, **PLACE)


def test_names_of_different_length_look_alike() -> None:
    short, long = sealed({"name": "Bo"}), sealed({"name": "Maximiliane" * 10})
    assert len(short.box) == len(long.box)
    assert len(sealed({"name": "x" * 300}).box) == len(short.box) + BLOCK


def test_the_same_record_never_looks_the_same_twice() -> None:
    first, second = sealed(), sealed()
    assert first.box != second.box
    assert not set(first.copies.values()) & set(second.copies.values())


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()), max_size=5))
@settings(deadline=None, max_examples=50)
def test_any_text_comes_back_as_it_went_in(payload: dict[str, object]) -> None:
    assert open_record(sealed(payload), LAPTOP, **PLACE) == payload


def test_a_public_key_survives_being_pasted() -> None:
    text = LAPTOP.public.to_text()
    assert PublicKey.from_text(f"  {text}\n") == LAPTOP.public
    assert text.startswith(TEXT_PREFIX)
    assert len(LAPTOP.public.raw) == 65


def test_the_fingerprint_begins_with_the_key_id() -> None:
    groups = LAPTOP.public.fingerprint.split()
    assert "".join(groups[:4]) == LAPTOP.public.key_id
    assert [len(group) for group in groups] == [4] * 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lantern-p256:",
        "p256:" + LAPTOP.public.to_text()[13:],
        LAPTOP.public.to_text()[:-1],
        LAPTOP.public.to_text() + "A",
        LAPTOP.public.to_text().replace("lantern-p256:B", "lantern-p256:C"),
        LAPTOP.public.to_text()[:40] + "!" + LAPTOP.public.to_text()[41:],
        LAPTOP.public.to_text()[:40] + "é" + LAPTOP.public.to_text()[41:],
        "lantern-p256:" + "A" * 87,
        "lantern-p256:BA" + "A" * 85,
    ],
    ids=range(10),  # the keys are new each time; the names of the tests must not be
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadPublicKey):
        PublicKey.from_text(text)


def test_a_private_key_survives_being_written() -> None:
    assert PrivateKey.from_pkcs8(LAPTOP.to_pkcs8()).public == LAPTOP.public


def test_a_private_key_does_not_show_itself() -> None:
    assert "secret" not in repr(LAPTOP)


def test_bytes_open_under_their_own_key_and_purpose_only() -> None:
    key, other = b"k" * 32, b"o" * 32
    box = seal_bytes(key, b"mina@example.org", aad=b"outbox|1")
    assert open_bytes(key, box, aad=b"outbox|1") == b"mina@example.org"
    for wrong_key, wrong_aad in ((other, b"outbox|1"), (key, b"outbox|2")):
        with pytest.raises(CannotOpen):
            open_bytes(wrong_key, box, aad=wrong_aad)


def test_a_key_cut_short_closes_nothing() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_bytes(b"k" * 16, b"", aad=b"")


@pytest.mark.parametrize("inside", [b"", b"[1]", b"{", b"[" * 100_000, b"\xff"])
def test_what_a_stranger_sealed_without_sense_is_refused(inside: bytes) -> None:
    data_key, binding = b"d" * 32, b"lantern/signature/v1|petition-1|row-1"
    plain = len(inside).to_bytes(4, "big") + inside
    copies = dict(RECORD.copies)
    copies[LAPTOP.public.key_id] = hpke_copy(data_key, binding)
    record = SealedRecord(seal_bytes(data_key, plain, aad=binding), copies)
    with pytest.raises(CannotOpen, match="record holds"):
        open_record(record, LAPTOP, **PLACE)


def hpke_copy(data_key: bytes, binding: bytes) -> bytes:
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    info = binding + b"|" + LAPTOP.public.key_id.encode()
    return suite.encrypt(data_key, LAPTOP.secret.public_key(), info)
