"""What is sealed of a signer, and the file in which sealed signatures leave the server.

The server writes that file and the organiser's offline tool reads it; both use this page and
nothing else. It is JSON Lines: one header, then one line for each signature.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Final, Self

from campaign_app.core.json_fields import BadField, Fields, base64_text
from campaign_app.core.seal import (
    CannotOpen,
    PrivateKey,
    PublicKey,
    SealedRecord,
    open_record,
    seal_record,
)

FORMAT: Final = "lantern-sealed-signatures"
VERSION: Final = 1
PURPOSE: Final = "signature"


class NotAnExport(ValueError):
    """The file does not begin like an export of sealed signatures."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """What only an organiser may read: who signed what, and with which consent parts (hashes)."""

    name: str
    email: str
    country: str
    language: str
    text_sha256: str
    consents: tuple[str, ...]

    def seal(self, *, petition: str, row: str, to: Sequence[PublicKey]) -> SealedRecord:
        """Close this for organisers, bound to the petition and the row."""
        return seal_record(vars(self), purpose=PURPOSE, petition=petition, row=row, to=to)

    @classmethod
    def unseal(cls, record: SealedRecord, key: PrivateKey, *, petition: str, row: str) -> Self:
        """Open what was sealed for this petition and row."""
        opened = open_record(record, key, purpose=PURPOSE, petition=petition, row=row)
        try:
            return cls._of(Fields(opened))
        except BadField as bad:
            raise CannotOpen(str(bad)) from None

    @classmethod
    def _of(cls, found: Fields) -> Self:
        return cls(
            name=found.text("name"),
            email=found.text("email"),
            country=found.text("country"),
            language=found.text("language"),
            text_sha256=found.text("text_sha256"),
            consents=tuple(found.texts("consents")),
        )


@dataclass(frozen=True)
class ExportKey:
    """A public key that the signatures are sealed to, and whose it is."""

    key_id: str
    fingerprint: str
    label: str


@dataclass(frozen=True)
class ExportPart:
    """A consent part as it was shown."""

    kind: str
    language: str
    version: int
    sha256: str


@dataclass(frozen=True)
class ExportHeader:
    """The first line: which petition this is, and what the lines refer to by name."""

    petition_uid: str
    slug: str
    titles: Mapping[str, str]
    exported_at: str
    keys: Sequence[ExportKey]
    parts: Mapping[str, ExportPart]
    #: How many lines follow, so that a file cut short shows; None when nobody counted.
    signatures: int | None = None

    @property
    def kinds(self) -> list[str]:
        """List the kinds of consent that anybody was asked for, each once."""
        return list(dict.fromkeys(part.kind for part in self.parts.values()))


@dataclass(frozen=True)
class TextSigned:
    """The exact text that a signature stands under."""

    language: str
    revision: int
    sha256: str


@dataclass(frozen=True)
class ConsentGiven:
    """A consent part that holds for a signature today."""

    part: str
    kind: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ExportLine:
    """One signature: what the server may know, and the record that it cannot read."""

    row: str
    date: date
    hour: int
    language: str
    country: str
    evidence: str
    text: TextSigned
    consents: Sequence[ConsentGiven]
    record: SealedRecord = field(repr=False)


def export_header(header: ExportHeader) -> str:
    """Write the first line of an export."""
    document: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "petition": {
            "uid": header.petition_uid,
            "slug": header.slug,
            "titles": dict(header.titles),
        },
        "exported_at": header.exported_at,
        "keys": [asdict(key) for key in header.keys],
        "parts": {part_id: asdict(part) for part_id, part in header.parts.items()},
    }
    if header.signatures is not None:
        document["signatures"] = header.signatures
    return _line(document)


def export_line(line: ExportLine) -> str:
    """Write the line of one signature."""
    copies = line.record.copies.items()
    return _line({
        "row": line.row,
        "date": line.date.isoformat(),
        "hour": line.hour,
        "language": line.language,
        "country": line.country,
        "evidence": line.evidence,
        "text": asdict(line.text),
        "consents": [asdict(given) for given in line.consents],
        "box": base64_text(line.record.box),
        "copies": {key_id: base64_text(copy) for key_id, copy in copies},
    })


def read_header(line: str) -> ExportHeader:
    """Read the first line, or say that this is no export."""
    try:
        found = Fields.parse(line)
        if found.text("format") != FORMAT:
            raise BadField("This names another format.")
        if found.number("version") != VERSION:
            raise NotAnExport("This export was written by a newer version of the program.")
        return _header(found)
    except BadField as bad:
        raise NotAnExport(f"This is not an export of sealed signatures: {bad}") from None


def read_line(line: str) -> ExportLine:
    """Read the line of one signature; a BadField says what is damaged."""
    found = Fields.parse(line)
    copies = found.fields("copies")
    return ExportLine(
        row=found.text("row"),
        date=found.date("date"),
        hour=found.number("hour"),
        language=found.text("language"),
        country=found.text("country"),
        evidence=found.text("evidence"),
        text=_text_signed(found.fields("text")),
        consents=[_given(given) for given in found.each("consents")],
        record=SealedRecord(
            found.bytes("box"), {key_id: copies.bytes(key_id) for key_id in copies}
        ),
    )


def _header(found: Fields) -> ExportHeader:
    petition, parts = found.fields("petition"), found.fields("parts")
    titles = petition.fields("titles")
    return ExportHeader(
        petition_uid=petition.text("uid"),
        slug=petition.text("slug"),
        titles={language: titles.text(language) for language in titles},
        exported_at=found.text("exported_at"),
        keys=[_key(key) for key in found.each("keys")],
        parts={part_id: _part(parts.fields(part_id)) for part_id in parts},
        signatures=found.number("signatures") if "signatures" in found else None,
    )


def _key(found: Fields) -> ExportKey:
    return ExportKey(found.text("key_id"), found.text("fingerprint"), found.text("label"))


def _part(found: Fields) -> ExportPart:
    kind, language = found.text("kind"), found.text("language")
    return ExportPart(kind, language, found.number("version"), found.text("sha256"))


def _text_signed(found: Fields) -> TextSigned:
    return TextSigned(found.text("language"), found.number("revision"), found.text("sha256"))


def _given(found: Fields) -> ConsentGiven:
    return ConsentGiven(found.text("part"), found.text("kind"), found.number("version"))


def _line(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
