"""Petitions in the console: listed, begun, opened, paused, closed, exported."""

from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Final

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, current_language
from campaign_app.core.settings import settings
from campaign_app.events import services as events
from campaign_app.petitions import (
    console_consents,
    console_keeping,
    console_keys,
    console_names,
    console_settings,
    console_statements,
    console_texts,
    export,
    forgetting,
    keep_until,
    queries,
    readiness,
    recount,
    services,
    states,
    tally,
    writing_desk,
)
from campaign_app.petitions.console_forms import CloseForm, ExportForm
from campaign_app.petitions.console_frame import (
    ONE,
    bp,
    deed,
    page,
    petition_page,
    refusals,
    status_of,
)
from campaign_app.petitions.console_plan import PlanForm
from campaign_app.petitions.models import Petition, PetitionText
from campaign_app.petitions.tally import Count
from campaign_app.qr import queries as qr

__all__ = ["bp"]

#: Each of these puts its pages on this room's blueprints.
PAGES: Final = (
    console_consents,
    console_keeping,
    console_keys,
    console_names,
    console_settings,
    console_statements,
    console_texts,
)


@dataclass(frozen=True, slots=True)
class Language:
    """How far a petition is in one language."""

    code: str
    newest: PetitionText | None
    live: PetitionText | None
    #: Written from a revision of the source that is not the live one.
    outdated: bool
    #: The consent parts that stand beside it.
    parts: int

    @property
    def offered(self) -> bool:
        """Tell whether the public can read and sign it."""
        return self.live is not None and self.parts > 0


@dataclass(frozen=True, slots=True)
class Line:
    """One petition in the list."""

    petition: Petition
    title: str
    languages: list[Language]
    count: Count


def languages_of(petition: Petition) -> list[Language]:
    """Tell for each language how far its text is, the source first."""
    texts = queries.texts(petition.id)
    live = {text.language: text for text in texts if text.state == states.APPROVED}
    newest = queries.newest_texts(petition.id)
    spoken = [part.language for part in queries.parts(petition.id)]
    source = live.get(petition.source_language)
    return [
        Language(
            code=code,
            newest=newest.get(code),
            live=live.get(code),
            outdated=writing_desk.outdated(live.get(code), source),
            parts=spoken.count(code),
        )
        for code in queries.source_first(petition)
    ]


@bp.get("/")
@requires(Permission.READ)
def index() -> ResponseReturnValue:
    """List the petitions."""
    lines = [
        Line(
            petition,
            queries.title(petition, current_language()),
            languages_of(petition),
            tally.total(petition.id),
        )
        for petition in queries.every()
    ]
    return page("petitions", lines=lines)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new() -> ResponseReturnValue:
    """Begin a petition."""
    form = PlanForm()
    if form.validate_on_submit():
        with refusals(form):
            petition = transact(lambda: services.create(form.plan(_campaign(form))))
            flash(_("The petition is begun. Now write its words."), "good")
            return redirect(
                url_for(".text", petition_id=petition.id, lang=petition.source_language), 303
            )
    return page("plan", status_of(form), form=form, petition=None)


def _campaign(form: PlanForm) -> int | None:
    """Take the campaign that was chosen, or begin the one that was named."""
    if not form.campaign_name.data:
        return form.campaign_id.data or None
    return events.add_campaign({current_language(): form.campaign_name.data}).id


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit(petition_id: int) -> ResponseReturnValue:
    """Change what is said of a petition."""
    form = PlanForm(queries.get(petition_id))
    if form.validate_on_submit():
        with refusals(form):
            transact(lambda: services.change(queries.get(petition_id), form.plan(_campaign(form))))
            flash(_("Saved. Look whether the consent wordings still name the right day."), "good")
            return redirect(url_for(".show", petition_id=petition_id), 303)
    return petition_page("plan", queries.get(petition_id), status_of(form), form=form)


@bp.get(ONE)
@requires(Permission.READ)
def show(petition_id: int) -> ResponseReturnValue:
    """Show where a petition stands, and what to do next."""
    petition = queries.get(petition_id)
    return petition_page(
        "petition",
        petition,
        checks=readiness.checks(petition),
        languages=languages_of(petition),
        count=tally.total(petition_id),
        reopens_until=_reopens_until(petition),
        early=petition.opens_at > clock.now(),
        public_url=settings().public_url,
        names_go=keep_until.first_day(petition),
        names_deleted=forgetting.deleted_on(petition),
        shared_visits=_shared_visits(petition_id),
    )


def _shared_visits(petition_id: int) -> int | None:
    """Tell how often links were opened that signers had shared; None before there is one."""
    link = qr.shared(queries.TARGET, petition_id)
    return qr.visits_of(link.code_id).get(link.id, 0) if link else None


def _reopens_until(petition: Petition) -> object:
    """Tell until when closing can be undone; None if it cannot."""
    if petition.state != states.CLOSED or petition.closed_at is None:
        return None
    until = petition.closed_at + services.REOPEN_WITHIN
    return until if clock.now() < until and not petition.index_key_destroyed_at else None


def _step(petition_id: int, work: Callable[[Petition], None], said: str) -> ResponseReturnValue:
    queries.get(petition_id)
    back = url_for(".show", petition_id=petition_id)
    return deed(lambda: work(queries.get(petition_id)), said, back)


@bp.post(f"{ONE}/open")
@requires(Permission.ORGANISE)
def open_(petition_id: int) -> ResponseReturnValue:
    """Take signatures."""
    return _step(petition_id, services.open_petition, _("The petition is open."))


@bp.post(f"{ONE}/pause")
@requires(Permission.ORGANISE)
def pause(petition_id: int) -> ResponseReturnValue:
    """Take none for a while."""
    said = _("The petition is paused. Its page says so, and takes no signatures.")
    return _step(petition_id, services.pause, said)


@bp.post(f"{ONE}/reopen")
@requires(Permission.ORGANISE)
def reopen(petition_id: int) -> ResponseReturnValue:
    """Undo closing."""
    return _step(petition_id, services.reopen, _("The petition is open again."))


@bp.route(f"{ONE}/close", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def close(petition_id: int) -> ResponseReturnValue:
    """Ask for the petition's name, then end it."""
    petition = queries.get(petition_id)
    title, form = queries.title(petition, current_language()), CloseForm()
    if form.validate_on_submit():
        typed = str(form.name.data)
        name = petition.slug if typed.casefold() == petition.slug else title
        with refusals(form):
            reason = str(form.without_proof.data or "")
            transact(
                lambda: services.close(queries.get(petition_id), typed, name, without_proof=reason)
            )
            flash(_("The petition is closed. For 30 days you can open it again."), "good")
            return redirect(url_for(".show", petition_id=petition_id), 303)
    return petition_page(
        "close",
        queries.get(petition_id),
        status_of(form),
        form=form,
        proven=services.proven_lately(),
    )


@bp.route(f"{ONE}/export", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def sealed(petition_id: int) -> ResponseReturnValue:
    """Hand out the signatures, sealed as they are, to whoever says what for."""
    petition, form = queries.get(petition_id), ExportForm()
    if form.validate_on_submit():
        reason = form.reason.data
        subject = f"petition:{petition_id}"
        transact(lambda: audit.record("signatures.exported", subject, reason=reason))
        return _download(petition_id)
    count = tally.total(petition_id)
    return petition_page(
        "export", petition, status_of(form), form=form, keys=queries.organiser_keys(), count=count
    )


def _download(petition_id: int) -> Response:
    """Write the file first: a slow line must not keep the database's snapshot open."""
    recount.begin_snapshot()
    petition = queries.get(petition_id)
    file = TemporaryFile()  # noqa: SIM115 -- closed with the answer
    file.writelines(f"{line.rstrip()}\n".encode() for line in export.lines(petition))
    file.seek(0)
    response = Response(file, mimetype="application/x-ndjson")
    response.call_on_close(file.close)
    name = f"{petition.slug}-{clock.now():%Y-%m-%d}.sealed.jsonl"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
