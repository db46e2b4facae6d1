"""Commands for petitions; everything that shows names runs offline (see campaign_app.offline)."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.seal import BadPublicKey, PublicKey
from campaign_app.petitions import export, organiser_keys, recount, tally
from campaign_app.petitions.models import Petition
from campaign_app.petitions.organiser_keys import NewKey

tally_group = AppGroup("tally", help="Count, and count again.")
petitions_group = AppGroup("petitions", help="Petitions, their keys and exports.")


@tally_group.command("check")
@click.argument("slug", required=False)
def check(slug: str | None) -> None:
    """Recount from the signatures themselves; print each difference, exit 1 if there is one."""
    petition = _petition(slug) if slug else None
    found = recount.check(petition.id if petition else None)
    for difference in found:
        click.echo(
            f"petition {difference.petition_id}, {difference.table} [{difference.row}]: "
            f"the tally says {difference.tally}, the recount {difference.recount}"
        )
    click.echo("The tally and the recount agree." if not found else f"{len(found)} differences.")
    sys.exit(1 if found else 0)


@tally_group.command("roll")
def roll() -> None:
    """Fold every pending change into the counters now."""
    folded = 0
    while some := db.transact(tally.roll):
        folded += some
    click.echo(f"{folded} changes folded.")


@petitions_group.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_sealed(slug: str, file: Path) -> None:
    """Write a petition's sealed signatures to a file, for `flask signatures open`."""
    recount.begin_snapshot()
    petition = _petition(slug)
    with file.open("x", encoding="utf-8") as out:
        out.writelines(
            line if line.endswith("\n") else line + "\n" for line in export.lines(petition)
        )
    click.echo(f"Written to {file}. Nobody can read it without an organiser's key.")


@petitions_group.command("add-key")
@click.argument("public_key")
@click.option("--holder", "--label", required=True, help="Whose key it is.")
@click.option("--place", default="", help="Where it lies.")
@click.option("--recovery", is_flag=True, help="It is printed and kept by somebody else.")
def add_key(public_key: str, holder: str, place: str, *, recovery: bool) -> None:
    """Add a public key; it counts once its holder has proven it in the console."""
    try:
        public = PublicKey.from_text(public_key)
    except BadPublicKey as bad:
        raise click.ClickException(str(bad)) from None
    new = NewKey(public=public, holder=holder, place=place, recovery=recovery)
    try:
        key = db.transact(lambda: organiser_keys.add(new))
    except DomainError as refused:
        raise click.ClickException(str(refused.shown)) from None
    click.echo(
        f"Added {key.key_id}. Nothing is sealed to it yet: its holder proves it in the console "
        "first, under Settings, Keys."
    )


def _petition(slug: str) -> Petition:
    petition = session.scalar(select(Petition).where(Petition.slug == slug))
    if petition is None:
        raise click.ClickException(f"There is no petition with the address {slug!r}.")
    return petition
