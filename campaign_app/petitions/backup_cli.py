"""`flask backup` and `flask restore`: one file, one key, either engine. See docs/backup.md."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import with_appcontext

from campaign_app.audit import services as audit
from campaign_app.core import backup_file, db
from campaign_app.core.backup_file import Head
from campaign_app.core.sealed_stream import BadBackupKey, BadFile, new_key, read_key
from campaign_app.core.settings import settings
from campaign_app.core.withdrawn_log import Deed, Line
from campaign_app.petitions import backing_up, recount, replaying, restoring, states, tally
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.signing import keyring, withdrawn_log

FILE: Final = click.Path(dir_okay=False, path_type=Path)
LOUD: Final = "!" * 78


@click.command("backup-key")
@with_appcontext
def backup_key() -> None:
    """Make a key for backups, as a line for the settings."""
    click.echo(f"BACKUP_KEY={new_key()}")
    click.echo(
        "Put this line among the settings, and a copy where the organisers' keys are kept. "
        "Without it no backup can be read; beside a backup it protects nothing.",
        err=True,
    )


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database, sealed, to a new FILE; Lantern goes on meanwhile."""
    key = _key()
    try:
        made = backing_up.make(file, key)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already. Nothing was written.") from None
    facts = {"revision": made.revision, "rows": made.rows, "bytes": made.size}
    db.transact(lambda: audit.record(backing_up.MADE, "backup", **facts))
    click.echo(f"{made.rows} rows of {made.tables} tables written to {file} ({_size(made.size)}).")
    click.echo(
        f"Copy it to another place. Copy {settings().key_dir} with withdrawn.log to a third one: "
        "a restore needs both, and whoever finds only one of them can open nothing."
    )


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"


def _key() -> bytes:
    text = settings().backup_key
    if not text:
        raise click.ClickException(
            "BACKUP_KEY is missing. Make one with `flask backup-key` and keep it with the secrets."
        )
    try:
        return read_key(text)
    except BadBackupKey as wrong:
        raise click.ClickException(f"BACKUP_KEY cannot be used: {wrong}") from None


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Put a backup into an empty database, and delete again what was deleted since."""
    key = _key()
    with _plainly():
        head = _checked(file, key)
        restoring.fit(head.revision)
        rows = db.transact(partial(restoring.load, file, key))
        restoring.newest()
    click.echo(f"Restored {rows} rows as of {head.made_at:%Y-%m-%d %H:%M} UTC; each was compared.")
    done = _replay()
    _tell_of_the_log(head, done)
    facts = {"rows": rows, "made_at": head.made_at.isoformat(timespec="minutes")}
    found = {str(why): n for why, n in done.items()}
    db.transact(lambda: audit.record("backup.restored", "backup", **facts, deleted_again=found))
    _tell_of_keys()
    click.echo("Mail that waited then is not restored: whoever awaits a mail signs again.")
    sys.exit(_recounted())


@contextmanager
def _plainly() -> Iterator[None]:
    """Say in a sentence what is wrong; nothing is left behind."""
    try:
        yield
    except BadFile as wrong:
        raise click.ClickException(f"{wrong} Nothing was restored.") from None
    except restoring.NotEmpty:
        raise click.ClickException(
            "This database is in use. A backup is restored into an empty one: set DATABASE_URL "
            "to a new database. Nothing was restored."
        ) from None


def _checked(file: Path, key: bytes) -> Head:
    """Read the whole file and look at the database before anything is written."""
    head = backup_file.check(file, key)
    if not restoring.is_known(head.revision):
        raise BadFile("This backup was made by a newer Lantern. Update this one first.")
    if head.demo and settings().is_production:
        raise BadFile("This backup holds the demo's invented people and signatures.")
    restoring.refuse_used()
    return head


def _replay() -> Counter[Deed | None]:
    """Do again what the log says; None counts lines that cannot be read."""
    done: Counter[Deed | None] = Counter()
    waiting: list[Line] = []
    for line in withdrawn_log().lines():
        if line is None:
            done[None] += 1
            continue
        waiting.append(line)
        if len(waiting) == replaying.MOST_AT_ONCE:
            done.update(db.transact(partial(replaying.replay, waiting)))
            waiting = []
    done.update(db.transact(partial(replaying.replay, waiting)))
    db.empty_the_log()
    return done


def _tell_of_the_log(head: Head, done: Counter[Any]) -> None:
    click.echo(
        f"Deleted again, as withdrawn.log says: {done[Deed.WITHDRAWN]} withdrawn, "
        f"{done[Deed.LET_GO]} never confirmed, {done[Deed.FORGOTTEN]} whose time was over."
    )
    if done[Deed.INVALIDATED] or done[Deed.RESTORED]:
        click.echo(
            f"Decided again: {done[Deed.INVALIDATED]} invalidated, {done[Deed.RESTORED]} put back."
        )
    size = withdrawn_log().size()
    if size is None:
        _shout(
            f"{withdrawn_log().path} IS MISSING. Whoever withdrew since {head.made_at:%Y-%m-%d} "
            "counts again, and their names are back. Find the newest copy of the file, put it "
            "there, and restore once more into an empty database."
        )
    elif size < head.log_bytes:
        _shout(
            f"{withdrawn_log().path} IS OLDER THAN THE BACKUP. Whoever withdrew since counts "
            "again, and their names are back. Find the newest copy of the file and restore once "
            "more into an empty database."
        )
    if done[None]:
        _shout(f"{done[None]} lines of withdrawn.log cannot be read. Was it altered?")


def _shout(text: str) -> None:
    click.secho(f"{LOUD}\n{text}\n{LOUD}", err=True, fg="red", bold=True)


def _tell_of_keys() -> None:
    """Say which petitions cannot take signatures because KEY_DIR was not brought along."""
    for petition in petitions.every():
        needs = petition.state != states.DRAFT and petition.index_key_destroyed_at is None
        if needs and keyring().index_key(petition.uid) is None:
            _shout(
                f"KEY_DIR holds no key of the petition {petition.slug}: it cannot take signatures "
                "and finds no duplicates. Bring KEY_DIR along from your copy of the secrets."
            )


def _recounted() -> int:
    """Say each tally, and whether an independent recount agrees."""
    for petition in petitions.every():
        count = tally.total(petition.id)
        click.echo(f"{petition.slug}: {count.counted} counted, {count.awaiting} awaiting.")
    found = recount.check()
    click.echo("The tally and the recount agree." if not found else f"{len(found)} differences.")
    return 1 if found else 0
