"""static/js/seal.js and keyfile.js do in a real browser what core/seal.py and keyfile.py do here."""

import base64
import json
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Error, Page

from campaign_app.core import keyfile
from campaign_app.core.seal import (
    PrivateKey,
    PublicKey,
    SealedRecord,
    open_record,
    seal_record,
)
from tests.core.in_browser import modules, run
from tests.core.interop.cross_open import BY_HPKE_CORE, BY_LANTERN, Document, raw, read_vectors
from tests.core.interop.cross_open import text as base64_text
from tests.core.test_seal_rfc9180 import private_key, vectors

PASSPHRASE: Final = "등불 lantern café tide"
WHERE: Final = {"purpose": "signature", "petition": "p1", "row": "r1"}
OPEN: Final = """
  const key = await lantern.keyFromPkcs8(lantern.bytesOf(pkcs8));
  try { return { opened: await lantern.openRecord(record, key, where) }; }
  catch (refused) { return { refused: refused.code ?? refused.name }; }
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with modules(browser, "seal", "keyfile") as page:
        yield page


@pytest.fixture(scope="module")
def keys() -> list[PrivateKey]:
    return [PrivateKey.generate(), PrivateKey.generate()]


def pkcs8(key: PrivateKey) -> str:
    return base64_text(key.to_pkcs8())


def written(record: SealedRecord) -> Document:
    copies = {key_id: base64_text(copy) for key_id, copy in record.copies.items()}
    return {"box": base64_text(record.box), "copies": copies}


def opened(page: Page, record: Document, key: PrivateKey, **elsewhere: str) -> Any:
    return run(page, OPEN, record=record, pkcs8=pkcs8(key), where=WHERE | elsewhere)


def altered(written: str, at: int) -> str:
    plain = bytearray(raw(written))
    plain[at] ^= 1
    return base64_text(bytes(plain))


# ---- one suite


def test_the_browser_agrees_with_the_vector_of_rfc_9180(page: Page) -> None:
    vector = vectors()[0]
    body = """
      const key = await lantern.keyFromPkcs8(lantern.bytesOf(pkcs8));
      const curve = { name: "ECDH", namedCurve: "P-256" };
      const point = await crypto.subtle.importKey("raw", lantern.bytesOf(enc), curve, false, []);
      const where = { enc: lantern.bytesOf(enc), publicRaw: key.publicRaw, info: lantern.bytesOf(info) };
      const made = await lantern.contextOf(key.secret, point, where);
      return [made.key, made.nonce, key.publicRaw].map(lantern.base64);
    """
    given = {name: base64_text(bytes.fromhex(vector[name])) for name in ("enc", "info")}
    secret = PrivateKey.of(private_key(vector))
    found = run(page, body, pkcs8=pkcs8(secret), **given)
    assert [raw(it).hex() for it in found] == [
        vector["key"],
        vector["base_nonce"],
        vector["pkRm"],
    ]


@pytest.mark.parametrize("source", [BY_HPKE_CORE, BY_LANTERN], ids=lambda path: path.stem)
def test_the_browser_opens_what_others_sealed_with_each_key(page: Page, source: Any) -> None:
    vectors = read_vectors(source)
    for case in vectors["cases"]:
        where = {name: case[name] for name in ("purpose", "petition", "row")}
        record = {"box": case["box"], "copies": case["copies"]}
        for key in vectors["keys"]:
            said = run(page, OPEN, record=record, pkcs8=key["pkcs8"], where=where)
            assert said == {"opened": case["payload"]}


def test_the_browser_opens_what_the_server_sealed(page: Page, keys: list[PrivateKey]) -> None:
    payload = {"name": "Zoë 김민아 𝄞", "consents": ["a" * 64]}
    record = seal_record(payload, to=[key.public for key in keys], **WHERE)
    for key in keys:
        assert opened(page, written(record), key) == {"opened": payload}


def test_a_copy_that_the_browser_made_opens_on_a_laptop(page: Page, keys: list[PrivateKey]) -> None:
    third = PrivateKey.generate()
    record = seal_record({"name": "김민아"}, to=[key.public for key in keys], **WHERE)
    body = """
      const key = await lantern.keyFromPkcs8(lantern.bytesOf(pkcs8));
      const publicRaw = await lantern.publicKeyFrom(publicKey);
      const to = { publicRaw, keyId: await lantern.keyIdOf(publicRaw) };
      const made = await lantern.resealed(record.copies[key.keyId], key, where, to);
      return { [to.keyId]: lantern.base64(made) };
    """
    made = run(
        page,
        body,
        pkcs8=pkcs8(keys[1]),
        record=written(record),
        where=WHERE,
        publicKey=third.public.to_text(),
    )
    again = SealedRecord(record.box, {key_id: raw(copy) for key_id, copy in made.items()})
    assert open_record(again, third, **WHERE) == {"name": "김민아"}
    assert len(again.copies[third.public.key_id]) == 113


# ---- what stays shut


@pytest.mark.parametrize(
    "elsewhere", [{"row": "r2"}, {"petition": "p2"}, {"purpose": "intake"}], ids=str
)
def test_a_record_that_was_moved_stays_shut(
    page: Page, keys: list[PrivateKey], elsewhere: dict[str, str]
) -> None:
    record = seal_record({}, to=[key.public for key in keys], **WHERE)
    assert opened(page, written(record), keys[0], **elsewhere) == {"refused": "altered"}


@pytest.mark.parametrize("at", [0, 11, 12, -1])
def test_an_altered_box_stays_shut(page: Page, keys: list[PrivateKey], at: int) -> None:
    record = written(seal_record({}, to=[key.public for key in keys], **WHERE))
    record["box"] = altered(record["box"], at)
    assert opened(page, record, keys[0]) == {"refused": "altered"}


@pytest.mark.parametrize("at", [0, 1, 64, 65, -1])
def test_an_altered_copy_stays_shut(page: Page, keys: list[PrivateKey], at: int) -> None:
    record = written(seal_record({}, to=[key.public for key in keys], **WHERE))
    key_id = keys[0].public.key_id
    record["copies"][key_id] = altered(record["copies"][key_id], at)
    assert opened(page, record, keys[0]) == {"refused": "altered"}


def test_a_copy_cut_short_stays_shut(page: Page, keys: list[PrivateKey]) -> None:
    record = written(seal_record({}, to=[key.public for key in keys], **WHERE))
    record["copies"][keys[0].public.key_id] = base64_text(bytes(64))
    assert opened(page, record, keys[0]) == {"refused": "altered"}


def test_another_key_is_told_that_it_is_another(page: Page, keys: list[PrivateKey]) -> None:
    record = written(seal_record({}, to=[key.public for key in keys], **WHERE))
    stranger = PrivateKey.generate()
    assert opened(page, record, stranger) == {"refused": "not-for-this-key"}


# ---- public keys


def test_both_sides_write_and_name_a_key_alike(page: Page, keys: list[PrivateKey]) -> None:
    body = """
      const publicRaw = await lantern.publicKeyFrom(text);
      return [lantern.publicText(publicRaw), await lantern.keyIdOf(publicRaw),
              await lantern.fingerprintOf(publicRaw)];
    """
    public = keys[0].public
    said = run(page, body, text=f"  {public.to_text()}\n")
    assert said == [public.to_text(), public.key_id, public.fingerprint]


def test_a_key_made_in_the_browser_is_one_here(page: Page) -> None:
    body = """
      const key = await lantern.generateKey();
      return [lantern.publicText(key.publicRaw), key.keyId];
    """
    text, key_id = run(page, body)
    assert PublicKey.from_text(text).key_id == key_id


@pytest.mark.parametrize("damage", ["", "x", "lantern-p256:", "lantern-p256:!!", "AB", "=", "off"])
def test_a_damaged_public_key_is_refused(page: Page, keys: list[PrivateKey], damage: str) -> None:
    text = keys[0].public.to_text()
    off_the_curve = "lantern-p256:" + base64.urlsafe_b64encode(b"\4" + bytes(63) + b"\1").decode()
    text = {"AB": text + "AB", "=": text + "=", "off": off_the_curve}.get(damage, damage)
    body = "try { await lantern.publicKeyFrom(text); } catch (bad) { return bad.code; }"
    assert run(page, body, text=text) == "bad-public-key"


# ---- key files


def made_in_browser(page: Page, passphrase: str = PASSPHRASE) -> str:
    body = """
      const key = await lantern.generateKey();
      return lantern.writeKeyFile(key, label, passphrase, new Date("2026-11-22T10:30:00.123Z"));
    """
    return str(run(page, body, label="미나, 사무실", passphrase=passphrase))


def opened_key(page: Page, text: str, passphrase: str) -> Any:
    body = """
      try {
        const key = await lantern.openKeyFile(text, passphrase);
        return { id: key.keyId, leaves: key.secret.extractable };
      } catch (refused) { return refused.code ?? String(refused); }
    """
    return run(page, body, text=text, passphrase=passphrase)


def test_a_key_file_made_in_the_browser_opens_here(page: Page) -> None:
    text = made_in_browser(page)
    found = keyfile.read(text)
    assert keyfile.load(text, PASSPHRASE).public == found.public
    assert (found.label, found.created.isoformat()) == (
        "미나, 사무실",
        "2026-11-22T10:30:00+00:00",
    )


def test_a_key_file_made_here_opens_in_the_browser_and_never_leaves_it(page: Page) -> None:
    made = keyfile.new("Mina", PASSPHRASE)
    typed = "  " + unicodedata.normalize("NFD", PASSPHRASE).replace(" ", " \x1c  ") + "\n"
    assert opened_key(page, made.text, typed) == {"id": made.public.key_id, "leaves": False}


def test_both_sides_write_the_same_fields(page: Page) -> None:
    theirs, ours = json.loads(made_in_browser(page)), json.loads(keyfile.new("x", PASSPHRASE).text)
    assert {name: type(it) for name, it in theirs.items()} == {
        name: type(it) for name, it in ours.items()
    }
    assert theirs["kdf"].keys() == ours["kdf"].keys()
    assert theirs["kdf"]["iterations"] == keyfile.ITERATIONS
    assert theirs["cipher"].keys() == ours["cipher"].keys()


def test_a_wrong_passphrase_is_told_from_a_wrong_file(page: Page) -> None:
    text = keyfile.new("Mina", PASSPHRASE).text
    other = json.loads(keyfile.new("Nari", PASSPHRASE).text)
    swapped = json.dumps(json.loads(text) | {"public_key": other["public_key"]})
    assert opened_key(page, text, PASSPHRASE + "s") == "wrong-passphrase"
    assert opened_key(page, swapped, PASSPHRASE) == "not-a-key-file"
    for nothing in ("", "{}", "[]", "null", '{"format": "lantern-key"}', text[:-40]):
        assert opened_key(page, nothing, PASSPHRASE) == "not-a-key-file"


@pytest.mark.parametrize("rounds", [1, 599_999, 20_000_001, "600000"])
def test_a_file_with_unlikely_rounds_is_refused(page: Page, rounds: object) -> None:
    document = json.loads(keyfile.new("Mina", PASSPHRASE).text)
    document["kdf"]["iterations"] = rounds
    assert opened_key(page, json.dumps(document), PASSPHRASE) == "not-a-key-file"


def test_a_short_passphrase_is_refused(page: Page) -> None:
    with pytest.raises(Error, match="WeakPassphrase"):
        made_in_browser(page, "short       one")


def test_six_words_are_proposed_from_the_list_and_evenly(page: Page) -> None:
    body = """
      const phrases = Array.from({ length: 2000 }, () => lantern.proposePassphrase(words));
      return phrases;
    """
    words = list(keyfile.words())[:50]
    phrases = run(page, body, words=words)
    drawn = [word for phrase in phrases for word in phrase.split(" ")]
    assert len(drawn) == 12000
    assert set(drawn) == set(words)
    # 240 of each are expected; five standard deviations are 77.
    assert all(160 < drawn.count(word) < 320 for word in words)
