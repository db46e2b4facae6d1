"""The organiser's own tool: makes key files and opens exports, on a machine without Lantern's data.

`flask keys …` and `flask signatures …` run here: no database, no settings, no secrets, no network.
`wsgi.py` serves this bare app instead of the whole one when `asked_for` says so.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final, TextIO

import click
from flask import Flask

from campaign_app.core import keyfile
from campaign_app.core.keyfile import NotAKeyFile, WeakPassphrase, WrongPassphrase
from campaign_app.core.opened_export import Findings, open_lines, write_csv, write_json
from campaign_app.core.seal import PrivateKey
from campaign_app.core.sealed_record import ExportHeader, NotAnExport, read_header

app = Flask(__name__, static_folder=None, template_folder=None)

_GROUPS: Final = ("keys", "signatures")
_OPTIONS_WITH_VALUE: Final = ("-A", "--app", "-e", "--env-file")
_PRIVATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def asked_for(argv: Sequence[str]) -> bool:
    """Tell whether a command line asks for this tool, so that nothing else need be loaded."""
    if not argv or not _is_flask(Path(argv[0])):
        return False
    words = iter(argv[1:])
    for word in words:
        if word in _OPTIONS_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word in _GROUPS
    return False


def _is_flask(program: Path) -> bool:
    return program.stem == "flask" or program.parts[-2:] == ("flask", "__main__.py")


class Stop(click.ClickException):
    """Ends the command with one clear sentence."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Say the sentence and nothing else."""
        click.echo(self.format_message(), file=file or sys.stderr)


@click.group()
def keys() -> None:
    """Make the key with which organisers read signatures; it never leaves their machines."""


@click.group()
def signatures() -> None:
    """Read sealed signatures with an organiser's key, offline."""


app.cli.add_command(keys)
app.cli.add_command(signatures)


@keys.command("new")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the key file.")
@click.option("--label", default="organiser", show_default=True, help="Whose key this is.")
@click.option(
    "--passphrase-file", type=click.Path(path_type=Path), help="Read the passphrase here."
)
@click.option("--propose", is_flag=True, help="Take six words drawn by chance as the passphrase.")
def new_key(*, out: Path | None, label: str, passphrase_file: Path | None, propose: bool) -> None:
    """Make a new key file, closed with a passphrase."""
    if propose and passphrase_file:
        raise Stop("Choose one of --propose and --passphrase-file.")
    passphrase = keyfile.propose_passphrase() if propose else _new_passphrase(passphrase_file)
    made = _made(label, passphrase)
    path = out or Path(f"lantern-key-{made.public.key_id}.json")
    with _new_file(path) as stream:
        stream.write(made.text)
        os.fsync(stream.fileno())
    _tell_about_key(made, path, passphrase if propose else None)


def _made(label: str, passphrase: str) -> keyfile.KeyFile:
    try:
        return keyfile.new(label, passphrase)
    except WeakPassphrase as weak:
        raise Stop(f"{weak} Try `--propose` for six words that are easy to remember.") from None


def _new_passphrase(source: Path | None) -> str:
    if source:
        return _first_line(source)
    click.echo(f"Six words you could take: {keyfile.propose_passphrase()}")
    typed: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt="Once more")
    return typed


def _tell_about_key(made: keyfile.KeyFile, path: Path, passphrase: str | None) -> None:
    click.echo(f"Key file:    {path}")
    if passphrase:
        click.echo(f"Passphrase:  {passphrase}")
    click.echo(f"Key:         {made.public.key_id}")
    click.echo(f"Fingerprint: {made.public.fingerprint}")
    click.echo(f"Public key:  {made.public.to_text()}")
    click.echo(
        "Give Lantern the public key only. Keep the key file and its passphrase apart from each "
        "other and away from the server, and keep a copy: without them nobody can read a name."
    )


@signatures.command("open")
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Your key file.")
@click.option(
    "--passphrase-file", type=click.Path(path_type=Path), help="Read the passphrase here."
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the names.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@click.option("--bom", is_flag=True, help="Begin the CSV with a mark by which Excel knows UTF-8.")
@click.argument("export", type=click.Path(path_type=Path))
def open_export(
    *,
    key: Path,
    passphrase_file: Path | None,
    out: Path | None,
    form: str,
    bom: bool,
    export: Path,
) -> None:
    """Open an EXPORT of sealed signatures and write names, mailboxes and consents to a file."""
    private, findings = _private_key(key, passphrase_file), Findings()
    path = out or export.with_name(f"{export.stem}-opened.{form}")
    write = write_csv if form == "csv" else write_json
    with _reading(export) as source:
        header = _header(source)
        with _new_file(path, bom=bom and form == "csv") as stream:
            write(stream, header.kinds, open_lines(source, header, private, findings=findings))
    _tell_about_export(header, findings, path)
    if not findings.all_is_well(header.signatures):
        raise SystemExit(1)


def _private_key(path: Path, passphrase_file: Path | None) -> PrivateKey:
    with _reading(path) as stream:
        text = stream.read()
    try:
        keyfile.read(text)
        return keyfile.load(text, _passphrase(passphrase_file))
    except (NotAKeyFile, WrongPassphrase) as wrong:
        raise Stop(_plain(f"{path}: {wrong}")) from None


def _passphrase(source: Path | None) -> str:
    if source:
        return _first_line(source)
    typed: str = click.prompt("Passphrase", hide_input=True, err=True)
    return typed


def _first_line(path: Path) -> str:
    with _reading(path) as stream:
        return stream.readline().rstrip("\r\n")


def _header(source: TextIO) -> ExportHeader:
    try:
        return read_header(source.readline())
    except NotAnExport as wrong:
        raise Stop(_plain(str(wrong))) from None


def _tell_about_export(header: ExportHeader, findings: Findings, path: Path) -> None:
    for note in (*findings.shut, *findings.doubtful):
        click.echo(_plain(note), err=True)
    click.echo(_plain(f"{header.slug}: {findings.opened} opened, written to {path}."))
    if findings.shut:
        click.echo(f"{len(findings.shut)} did not open; they are listed above.", err=True)
    if findings.doubtful:
        click.echo(f"{len(findings.doubtful)} notes on what does not agree, above.", err=True)
    if header.signatures is not None and header.signatures != findings.lines:
        promised = f"The export promises {header.signatures} signatures and holds {findings.lines}."
        click.echo(promised, err=True)
    if findings.wrong_key:
        _tell_about_other_keys(header)


def _tell_about_other_keys(header: ExportHeader) -> None:
    names = ", ".join(f"{key.label} ({key.fingerprint})" for key in header.keys)
    click.echo(_plain(f"Some are not sealed for this key. The export names: {names}."), err=True)


def _plain(text: str) -> str:
    """Keep a stranger's file from steering the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _reading(path: Path) -> TextIO:
    try:
        # A damaged letter spoils its own line only; the seal notices every change.
        return path.open(encoding="utf-8-sig", errors="replace")
    except OSError as problem:
        raise Stop(f"{path} cannot be read: {problem.strerror}.") from None


def _new_file(path: Path, *, bom: bool = False) -> TextIO:
    """Open a file that only its owner can read and that was not there before."""
    try:
        handle = os.open(path, _PRIVATE, 0o600)
    except FileExistsError:
        raise Stop(f"{path} exists already; choose another name with --out.") from None
    except OSError as problem:
        raise Stop(f"{path} cannot be written: {problem.strerror}.") from None
    # Half a letter (a lone surrogate) cannot be written as UTF-8; it shows instead of stopping us.
    encoding = "utf-8-sig" if bom else "utf-8"
    return os.fdopen(handle, "w", encoding=encoding, errors="backslashreplace", newline="")
