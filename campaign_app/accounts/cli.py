"""`flask people`: let the first person in, and help one who forgot the password."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from campaign_app.accounts import invitations, queries, services
from campaign_app.accounts.invitations import Guest
from campaign_app.accounts.models import RoleName
from campaign_app.accounts.passwords import hashed
from campaign_app.accounts.queries import tidy_email
from campaign_app.accounts.telling import Way, factor_removed
from campaign_app.core import db
from campaign_app.core.errors import DomainError
from campaign_app.core.settings import settings
from campaign_app.outbox.services import Letter

ROLES = [str(role) for role in RoleName]

people = AppGroup("people", help="Who may sign in to the console.")

password_file = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the password from the first line of a file, instead of asking for it.",
)


@people.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@password_file
def create(email: str, name: str, roles: tuple[str, ...], password_file: Path | None) -> None:
    """Let somebody in. Give --role once for each role."""
    email, name = _checked_email(email), _checked_name(name)
    secret = _hashed(password_file)
    with _plainly():
        db.transact(lambda: services.create_person(name, email, secret, roles))
    click.echo(f"{name} can sign in at /console/sign-in.")


@people.command("list")
def list_people() -> None:
    """List everybody, with their roles."""
    for person in queries.people():
        roles = ", ".join(role.name for role in person.roles) or "no role"
        state = "" if person.came else "  (invited)"
        state = state if person.active else "  (cannot sign in)"
        click.echo(f"{person.email}  {person.name}  {roles}{state}")


@people.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--language", default="", help="Of the mail; the first of LANGUAGES if not said.")
@click.option("--show", is_flag=True, help="Show the link here and send no mail.")
def invite(email: str, name: str, roles: tuple[str, ...], *, language: str, show: bool) -> None:
    """Let somebody in by a link, good once and for seven days, to a password of their own."""
    language = language or settings().languages[0]
    if language not in settings().languages:
        raise click.BadParameter(
            f"one of {', '.join(settings().languages)}", param_hint="--language"
        )
    guest = Guest(_checked_name(name), tidy_email(_checked_email(email)), language, roles)
    letter = guest.letter(by=settings().organisation)
    with _plainly():
        db.transact(lambda: invitations.invite(guest, letter, by_mail=not show))
    click.echo(letter.address if show else f"An invitation is on its way to {guest.name}.")


@people.command()
@click.argument("email")
@password_file
@click.option("--second-factor", is_flag=True, help="Remove the second factor instead.")
def reset(email: str, password_file: Path | None, second_factor: bool) -> None:
    """Give somebody a new password, or remove the second factor; sign them out everywhere."""
    found = queries.person_of(email)
    if found is None:
        raise click.ClickException("Nobody signs in with this e-mail address.")
    if second_factor:
        letter = factor_removed(found, Way.SERVER, language=settings().languages[0])
        db.transact(lambda: _remove_second_factor(email, letter))
        click.echo("The password alone counts from now on; every browser is signed out.")
        return
    secret = _hashed(password_file)
    db.transact(lambda: _reset(email, secret))
    click.echo("The new password counts from now on; every browser is signed out.")


def _reset(email: str, secret: str) -> None:
    person = queries.person_of(email)
    if person:
        services.set_password(person, secret)


def _remove_second_factor(email: str, letter: Letter | None) -> None:
    person = queries.person_of(email)
    if person:
        services.remove_second_factor(person, letter)


def _hashed(password_file: Path | None) -> str:
    """Ask for a password twice, or read it, and hash it."""
    if password_file:
        password = password_file.read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _plainly():
        return hashed(password)


@contextmanager
def _plainly() -> Iterator[None]:
    """Show a broken rule as one sentence."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error.shown)) from error


def _checked_email(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="--email") from error


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise click.BadParameter("1 to 200 letters, please.", param_hint="--name")
    return name
