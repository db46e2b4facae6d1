"""What the console's petition pages share: their addresses, their frame, how a refusal comes back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _l, country_name, current_language
from campaign_app.petitions import queries, states
from campaign_app.petitions.models import Petition

bp: Final = Blueprint("petitions_console", __name__, url_prefix="/console/petitions")
settings_bp: Final = Blueprint("settings_console", __name__, url_prefix="/console/settings")

#: Row numbers that both engines can hold; anything larger is an unknown address.
LARGEST_ROW: Final = 2**31 - 1
ONE: Final = f"/<int(max={LARGEST_ROW}):petition_id>"

Tag = tuple[str, str]
PETITION_TAGS: Final[dict[str, Tag]] = {
    states.DRAFT: (_l("draft"), ""),
    states.OPEN: (_l("open"), "good"),
    states.PAUSED: (_l("paused"), "warn"),
    states.CLOSED: (_l("closed"), ""),
    states.DELIVERED: (_l("delivered"), ""),
}
TEXT_TAGS: Final[dict[str, Tag]] = {
    states.DRAFT: (_l("draft"), ""),
    states.IN_REVIEW: (_l("in review"), "warn"),
    states.APPROVED: (_l("approved"), "good"),
    states.RETIRED: (_l("withdrawn"), ""),
}
ORIGINS: Final[dict[str, str]] = {
    "human": _l("written by a person"),
    "machine": _l("written by a machine"),
}


def may(permission: Permission) -> bool:
    """Tell whether the person signed in may do something."""
    person = current_person()
    return person is not None and person.may(permission)


def page(name: str, status: int = 200, **facts: Any) -> Response:
    """Answer with a page of this room."""
    html = render_template(
        f"petitions/console/{name}.html",
        may_organise=may(Permission.ORGANISE),
        may_administer=may(Permission.ADMINISTER),
        petition_tags=PETITION_TAGS,
        text_tags=TEXT_TAGS,
        origins=ORIGINS,
        country_name=country_name,
        **facts,
    )
    return web.page(html, status)


def petition_page(name: str, petition: Petition, status: int = 200, **facts: Any) -> Response:
    """Answer with a page about one petition."""
    title = queries.title(petition, current_language())
    return page(name, status, petition=petition, petition_title=title, **facts)


def status_of(form: ConsoleForm) -> int:
    """Tell the browser whether what it sent was taken: 409 for a broken rule, 400 for a field."""
    if form.form_errors:
        return 409
    return 400 if form.errors else 200


@contextmanager
def refusals(form: ConsoleForm) -> Iterator[None]:
    """Bring a broken rule back to the form that was sent, so that nothing typed is lost."""
    try:
        yield
    except DomainError as refused:
        form.form_errors.append(str(refused.shown))


def deed(work: Callable[[], object], said: str, back: str) -> ResponseReturnValue:
    """Do what a single button asks, say how it went, and go back to the page."""
    try:
        transact(work)
    except DomainError as refused:
        flash(str(refused.shown), "bad")
    else:
        flash(said, "good")
    return redirect(back, 303)
