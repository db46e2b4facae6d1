"""An export opens on the organiser's desk, with nothing but the files that lie there."""

import csv
import io
import json
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import hpke

from campaign_app import offline
from campaign_app.core import keyfile
from campaign_app.core.seal import PrivateKey, SealedRecord, seal_bytes
from campaign_app.core.sealed_record import (
    ConsentGiven,
    ExportHeader,
    ExportKey,
    ExportLine,
    ExportPart,
    Signer,
    TextSigned,
    export_header,
    export_line,
)

PASSPHRASE: Final = "window lantern kite oak"
ROOT: Final = Path(__file__).resolve().parents[2]
SAFE: Final = PrivateKey.generate()
PARTS: Final = {
    "1": ExportPart("sign", "ko", 1, "1" * 64),
    "2": ExportPart("hand-over", "ko", 1, "2" * 64),
    "3": ExportPart("news", "ko", 2, "3" * 64),
}
MINA: Final = Signer(
    name="김민아",
    email="mina@example.org",
    country="KR",
    language="ko",
    text_sha256="f" * 64,
    consents=("1" * 64, "2" * 64),
)
PETITION: Final = "0191f0c2-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Desk:
    """An organiser's desk: a folder with a key file, its passphrase, and exports."""

    folder: Path
    private: PrivateKey

    def row(self, number: int, signer: Signer = MINA) -> ExportLine:
        name = f"{number:032x}"
        consents = [
            ConsentGiven(part_id, part.kind, part.version)
            for part_id, part in PARTS.items()
            if part.sha256 in signer.consents
        ]
        return ExportLine(
            row=name,
            date=date(2026, 11, 22),
            hour=14,
            language="ko",
            country="KR",
            evidence="confirmed",
            text=TextSigned("ko", 3, "f" * 64),
            consents=consents,
            record=signer.seal(petition=PETITION, row=name, to=[self.private.public, SAFE.public]),
        )

    def header(self, count: int | None) -> ExportHeader:
        public = self.private.public
        keys = [ExportKey(public.key_id, public.fingerprint, "Mina's laptop")]
        titles = {"ko": "강제 북송 중단", "en": "Stop forced repatriation"}
        return ExportHeader(
            PETITION, "stop", titles, "2026-11-22T15:00:00+00:00", keys, PARTS, count
        )

    def export(
        self, *lines: ExportLine, more: Sequence[str] = (), count: int | None = None
    ) -> Path:
        written = [export_header(self.header(count)), *map(export_line, lines), *more]
        path = self.folder / "export.jsonl"
        path.write_text("".join(written), encoding="utf-8")
        return path

    def open(self, export: Path, *options: str, key: str = "key.json") -> Result:
        words = ["open", "--key", str(self.folder / key), str(export)]
        if "--passphrase-file" not in options:
            words += ["--passphrase-file", str(self.folder / "passphrase")]
        return CliRunner().invoke(offline.signatures, [*words, *options])

    def read(
        self, name: str = "export-opened.csv", encoding: str = "utf-8"
    ) -> list[dict[str, str]]:
        text = (self.folder / name).read_bytes().decode(encoding)
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="session")
def key_text() -> str:
    return keyfile.new("Mina's laptop", PASSPHRASE).text


@pytest.fixture(scope="session")
def private(key_text: str) -> PrivateKey:
    return keyfile.load(key_text, PASSPHRASE)


@pytest.fixture
def desk(tmp_path: Path, key_text: str, private: PrivateKey) -> Desk:
    (tmp_path / "key.json").write_text(key_text, encoding="utf-8")
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\r\n", encoding="utf-8-sig")
    return Desk(tmp_path, private)


def test_an_export_becomes_a_table_of_names(desk: Desk) -> None:
    bo = replace(MINA, name="Bo", email="bo@example.org", consents=("1" * 64,))
    result = desk.open(desk.export(desk.row(1), desk.row(2, bo), count=2))
    assert result.exit_code == 0, result.output
    assert "2 opened" in result.stdout
    assert desk.read() == [
        {
            "name": "김민아",
            "mailbox": "mina@example.org",
            "country": "KR",
            "language": "ko",
            "date": "2026-11-22",
            "evidence": "confirmed",
            "text": "ko 3",
            "sign": "yes",
            "hand-over": "yes",
            "news": "no",
        },
        desk.read()[0] | {"name": "Bo", "mailbox": "bo@example.org", "hand-over": "no"},
    ]


def test_an_export_becomes_json_when_asked(desk: Desk) -> None:
    assert desk.open(desk.export(desk.row(1), desk.row(2)), "--format", "json").exit_code == 0
    found: list[dict[str, Any]] = json.loads((desk.folder / "export-opened.json").read_bytes())
    assert [one["name"] for one in found] == ["김민아", "김민아"]
    assert found[0]["consents"] == {"sign": True, "hand-over": True, "news": False}


def test_an_empty_export_is_an_empty_table(desk: Desk) -> None:
    assert desk.open(desk.export(count=0)).exit_code == 0
    assert desk.read() == []
    assert desk.open(desk.export(), "--format", "json").exit_code == 0
    assert json.loads((desk.folder / "export-opened.json").read_bytes()) == []


def test_only_the_owner_can_read_the_names(desk: Desk) -> None:
    desk.open(desk.export(desk.row(1)))
    assert stat.S_IMODE((desk.folder / "export-opened.csv").stat().st_mode) == 0o600


def test_a_file_that_is_there_already_is_kept(desk: Desk) -> None:
    (desk.folder / "mine.csv").write_text("mine")
    result = desk.open(desk.export(desk.row(1)), "--out", str(desk.folder / "mine.csv"))
    assert (result.exit_code, (desk.folder / "mine.csv").read_text()) == (2, "mine")
    assert "exists already" in result.stderr


def test_excel_is_told_that_it_is_utf8_when_asked(desk: Desk) -> None:
    desk.open(desk.export(desk.row(1)), "--bom")
    assert (desk.folder / "export-opened.csv").read_bytes().startswith(b"\xef\xbb\xbfname,")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_no_cell_can_become_a_formula(desk: Desk, first: str) -> None:
    desk.open(desk.export(desk.row(1, replace(MINA, name=first + "SUM(A1)"))))
    assert desk.read()[0]["name"] == "'" + first + "SUM(A1)"


def test_half_a_letter_does_not_stop_the_rest(desk: Desk) -> None:
    line = desk.row(1)
    spoiled = replace(line, record=sealed_by_a_stranger(line.row, "Mi\ud800na", desk.private))
    assert desk.open(desk.export(spoiled, desk.row(2))).exit_code == 0
    assert [row["name"] for row in desk.read()] == [r"Mi\ud800na", "김민아"]


def sealed_by_a_stranger(row: str, name: str, reader: PrivateKey) -> SealedRecord:
    """Seal as we never would: with letters that are none."""
    text = json.dumps(asdict(replace(MINA, name=name))).encode()
    plain, data_key = len(text).to_bytes(4, "big") + text, bytes(range(32))
    binding = f"lantern/signature/v1|{PETITION}|{row}".encode()
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    key_id = reader.public.key_id
    info = binding + b"|" + key_id.encode()
    copy = suite.encrypt(data_key, reader.secret.public_key(), info)
    return SealedRecord(seal_bytes(data_key, plain, aad=binding), {key_id: copy})


def swapped(desk: Desk) -> tuple[ExportLine, ExportLine]:
    first, second = desk.row(1), desk.row(2)
    return replace(first, record=second.record), replace(second, record=first.record)


def test_records_that_do_not_open_are_listed_and_the_others_are_written(desk: Desk) -> None:
    export = desk.export(*swapped(desk), desk.row(3), more=["not json\n", "\n", '{"row": "x"}\n'])
    result = desk.open(export)
    assert result.exit_code == 1
    assert len(desk.read()) == 1
    assert "4 did not open" in result.stderr
    for line in ("Line 2", "Line 3", "Line 5", "Line 7"):
        assert line in result.stderr


def test_signatures_sealed_for_others_are_named_so(desk: Desk) -> None:
    foreign = desk.row(1)
    copies = {SAFE.public.key_id: foreign.record.copies[SAFE.public.key_id]}
    moved = replace(foreign, record=SealedRecord(foreign.record.box, copies))
    result = desk.open(desk.export(moved, desk.row(2)))
    assert result.exit_code == 1
    assert "not sealed for this key" in result.stderr
    assert "Mina's laptop" in result.stderr


def test_a_signature_that_stands_twice_is_written_once(desk: Desk) -> None:
    line = desk.row(1)
    result = desk.open(desk.export(line, line))
    assert (result.exit_code, len(desk.read())) == (1, 1)
    assert "twice" in result.stderr


def test_an_export_cut_short_is_noticed(desk: Desk) -> None:
    result = desk.open(desk.export(desk.row(1), count=3))
    assert result.exit_code == 1
    assert "promises 3 signatures and holds 1" in result.stderr


def test_a_consent_that_the_signer_never_gave_is_not_believed(desk: Desk) -> None:
    line = desk.row(1)
    result = desk.open(desk.export(replace(line, consents=[ConsentGiven("3", "news", 2)])))
    assert result.exit_code == 1
    assert desk.read()[0]["news"] == "no"
    assert "claims a consent (news)" in result.stderr


def test_a_consent_that_was_ended_since_reads_no(desk: Desk) -> None:
    line = desk.row(1)
    result = desk.open(desk.export(replace(line, consents=line.consents[:1])))
    assert result.exit_code == 0
    assert (desk.read()[0]["sign"], desk.read()[0]["hand-over"]) == ("yes", "no")


def test_a_text_that_was_exchanged_is_noticed(desk: Desk) -> None:
    line = desk.row(1)
    result = desk.open(desk.export(replace(line, text=TextSigned("ko", 4, "e" * 64))))
    assert result.exit_code == 1
    assert "another text" in result.stderr


def test_a_wrong_passphrase_is_said_clearly(desk: Desk) -> None:
    (desk.folder / "wrong").write_text("something else entirely")
    result = desk.open(desk.export(desk.row(1)), "--passphrase-file", str(desk.folder / "wrong"))
    assert result.exit_code == 2
    assert "passphrase does not open" in result.stderr
    assert not (desk.folder / "export-opened.csv").exists()


@pytest.mark.parametrize("content", [b"", b"PK\3\4\xff\xfe", b"{}", b'{"format": "x"}', b"[]"])
def test_what_is_no_export_is_said_clearly(desk: Desk, content: bytes) -> None:
    export = desk.folder / "export.jsonl"
    export.write_bytes(content)
    result = desk.open(export)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "not an export" in result.stderr
    assert not (desk.folder / "export-opened.csv").exists()


def test_an_export_of_a_newer_version_is_said_clearly(desk: Desk) -> None:
    export = desk.export()
    export.write_text(export.read_text().replace('"version":1', '"version":2', 1))
    assert "newer version" in desk.open(export).stderr


def test_files_that_are_missing_or_other_are_said_clearly(desk: Desk) -> None:
    export = desk.export(desk.row(1))
    for result in (
        desk.open(desk.folder / "nowhere"),
        desk.open(desk.folder),
        desk.open(export, key="nowhere"),
        desk.open(export, key="passphrase"),
        desk.open(export, "--out", str(desk.folder / "no" / "folder.csv")),
    ):
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def test_a_strangers_file_cannot_steer_the_terminal(desk: Desk) -> None:
    line = replace(desk.row(1), consents=[ConsentGiven("9", "\x1b[2J\u202e", 1)])
    result = desk.open(desk.export(line))
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


# Forbids what an offline tool has no business with, then runs flask as a person would.
WATCHED: Final = """
import sys
def watch(event, args):
    # A library of the app looks at its import whether there is IPv6: a port of its own, and no word said.
    if event == "socket.bind" and args[1] == ("::1", 0):
        return
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "sqlite3.connect"):
        raise SystemExit(f"not offline: {event} {args}")
sys.addaudithook(watch)
sys.argv = ["flask", "--app", "campaign_app.offline", *sys.argv[1:]]
from flask.cli import main
main()
"""


def flask(folder: Path, *words: str) -> str:
    command = [sys.executable, "-c", WATCHED, *words]
    settings = {"PYTHONPATH": ":".join([str(ROOT), *sys.path])}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_whole_way_needs_no_settings_no_database_and_no_network(desk: Desk) -> None:
    made = flask(desk.folder, "keys", "new", "--propose", "--out", "mine.json")
    words = next(line for line in made.splitlines() if line.startswith("Passphrase:"))
    (desk.folder / "words").write_text(words.split(":")[1])
    own = keyfile.load((desk.folder / "mine.json").read_text(), words.split(":")[1])
    export = Desk(desk.folder, own).export(Desk(desk.folder, own).row(1), count=1)
    where = ("--key", "mine.json", "--passphrase-file", "words", "--out", "names.csv")
    assert "1 opened" in flask(desk.folder, "signatures", "open", *where, export.name)
    assert desk.read("names.csv")[0]["name"] == MINA.name
    left = {path.name for path in desk.folder.iterdir()}
    assert left == {"key.json", "passphrase", "mine.json", "words", "export.jsonl", "names.csv"}
