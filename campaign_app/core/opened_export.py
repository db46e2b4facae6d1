"""Opening an export of sealed signatures, and writing what was in it for people to read."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, TextIO

from campaign_app.core.json_fields import BadField
from campaign_app.core.seal import CannotOpen, NotForThisKey, PrivateKey
from campaign_app.core.sealed_record import ExportHeader, ExportLine, Signer, read_line

COLUMNS: Final = ("name", "mailbox", "country", "language", "date", "evidence", "text")
# What a spreadsheet takes for the beginning of a formula, full-width letters included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass
class Findings:
    """What happened while an export was opened."""

    opened: int = 0
    wrong_key: int = 0
    shut: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def lines(self) -> int:
        """Count the signatures that the export holds."""
        return self.opened + len(self.shut)

    def all_is_well(self, promised: int | None) -> bool:
        """Tell whether everything opened, agrees and is there."""
        complete = promised is None or promised == self.lines
        return complete and not self.shut and not self.doubtful


@dataclass(frozen=True)
class OpenedSignature:
    """One signature as an organiser reads it."""

    name: str
    mailbox: str
    country: str
    language: str
    date: str
    evidence: str
    text: str
    consents: dict[str, bool]


def open_lines(
    source: Iterable[str], header: ExportHeader, key: PrivateKey, *, findings: Findings
) -> Iterator[OpenedSignature]:
    """Open line by line; what stays shut is noted and the rest goes on."""
    for number, text in enumerate(source, start=2):
        if not text.strip():
            continue
        try:
            line = read_line(text)
            signer = _unsealed(line, header, key, seen=findings.seen)
        except (BadField, CannotOpen, ValueError) as shut:
            findings.wrong_key += isinstance(shut, NotForThisKey)
            findings.shut.append(f"Line {number}: {shut}")
            continue
        findings.opened += 1
        findings.doubtful += [f"Line {number}: {doubt}" for doubt in _doubts(line, header, signer)]
        yield _as_read(line, header, signer)


def write_csv(stream: TextIO, kinds: Sequence[str], rows: Iterable[OpenedSignature]) -> None:
    """Write a table in which no cell can become a formula."""
    writer = csv.writer(stream)
    writer.writerow([harmless(title) for title in (*COLUMNS, *kinds)])
    for row in rows:
        cells = [getattr(row, column) for column in COLUMNS]
        cells += ["yes" if row.consents[kind] else "no" for kind in kinds]
        writer.writerow([harmless(cell) for cell in cells])


def write_json(stream: TextIO, _kinds: Sequence[str], rows: Iterable[OpenedSignature]) -> None:
    """Write a list of objects, one on each line."""
    before = "[\n"
    for row in rows:
        stream.write(before + json.dumps(asdict(row), ensure_ascii=False))
        before = ",\n"
    stream.write("\n]\n" if before == ",\n" else "[]\n")


def harmless(cell: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _unsealed(line: ExportLine, header: ExportHeader, key: PrivateKey, *, seen: set[str]) -> Signer:
    if line.row in seen:
        raise BadField(f"The signature {line.row} is in the export twice.")
    signer = Signer.unseal(line.record, key, petition=header.petition_uid, row=line.row)
    seen.add(line.row)
    return signer


def _doubts(line: ExportLine, header: ExportHeader, signer: Signer) -> Iterator[str]:
    """Compare what the server says in clear with what the signer's own form said."""
    if line.text.sha256 != signer.text_sha256:
        yield "The export names another text than was signed."
    for given in line.consents:
        part = header.parts.get(given.part)
        # A consent may have ended since, so one may be missing; none may have been added.
        if part is None or part.sha256 not in signer.consents:
            yield f"The export claims a consent ({given.kind}) that was not given."


def _as_read(line: ExportLine, header: ExportHeader, signer: Signer) -> OpenedSignature:
    named = (header.parts.get(given.part) for given in line.consents)
    held = {part.kind for part in named if part and part.sha256 in signer.consents}
    return OpenedSignature(
        name=signer.name,
        mailbox=signer.email,
        country=signer.country,
        language=signer.language,
        date=line.date.isoformat(),
        evidence=line.evidence,
        text=f"{line.text.language} {line.text.revision}",
        consents={kind: kind in held for kind in header.kinds},
    )
