"""What volunteers open on their phones: an event's sign-up link, and the page of their own.

A link that is wrong, ended or somebody else's leads nowhere, whatever it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import icalendar
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import Actor, acting
from campaign_app.core import clock, web
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.i18n import OWN_NAMES, current_language, pick, speak
from campaign_app.core.settings import settings
from campaign_app.events import notices
from campaign_app.events import queries as events
from campaign_app.events.models import CANCELLED as CALLED_OFF
from campaign_app.events.models import Event
from campaign_app.shifts import certificates, queries, services, volunteers, words
from campaign_app.shifts.forms import CertificateForm, PortalNameForm, SignUpForm
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import LIVE, SignUp, Volunteer
from campaign_app.shifts.seats import Full, NotOpen, TwoAtOnce
from campaign_app.shifts.telling import when
from campaign_app.shifts.volunteers import Closed, How, Newcomer

bp = Blueprint("shifts", __name__)

VOLUNTEER: Final = Actor("volunteer")
UID: Final = "<uuid:number>"


@contextmanager
def _by_a_volunteer() -> Iterator[None]:
    token = acting.set(VOLUNTEER)
    try:
        yield
    finally:
        acting.reset(token)


# The link of an event


@bp.route("/v/<token>", methods=["GET", "POST"])
@signed_link
def sign_up(token: str) -> ResponseReturnValue:
    """Show an event's shifts to who holds its link, and let them ask for one."""
    wanted = request.args.get("lang", "")
    if wanted in settings().languages:
        speak(wanted)
    event = events.event(volunteers.event_of(token) or 0) or abort(404)
    form = SignUpForm(request.form if request.method == "POST" else None)
    shifts = queries.manned(event.id)
    form.offer([(row.shift.id, "") for row in shifts if row.free and queries.worth_helping(event)])
    if request.method == "GET" and not form.speaks.data:
        form.speaks.data = [current_language()]
    if request.method == "POST" and form.validate():
        return _asked(event, form)
    return _sign_up_page(event, form, shifts)


def _asked(event: Event, form: SignUpForm) -> ResponseReturnValue:
    newcomer = Newcomer(
        alias=form.alias.data or "",
        contact=form.reached,
        language=current_language(),
        speaks=form.spoken,
        form_key=form.key,
    )
    closed, shift = volunteers.close(newcomer), int(form.shift.data)
    try:
        with _by_a_volunteer():
            how, own = transact(lambda: _welcome(shift, closed))
    except (Full, NotOpen) as refused:
        form.shift.errors = [str(refused.shown)]
        return _sign_up_page(event, form, queries.manned(event.id))
    # Only a number is answered with the link at once: a mailbox may be somebody else's.
    if form.reached.phone and how in {How.NEW, How.AGAIN}:
        return redirect(url_for(".mine", lang=current_language(), token=own, said="asked"), 303)
    html = render_template("shifts/asked.html", event=event, alias=form.alias.data)
    return web.page(html)


def _welcome(shift: int, closed: Closed) -> tuple[How, str]:
    welcome = services.sign_up(shift, closed)
    return welcome.how, volunteers.token_of(welcome.volunteer)


def _sign_up_page(event: Event, form: SignUpForm, shifts: Any) -> Response:
    lang = current_language()
    html = render_template(
        "shifts/sign_up.html",
        event=event,
        form=form,
        rows=shifts,
        roles=words.OF_ROLE,
        when=when,
        open=queries.worth_helping(event),
        notice=news(event),
        languages=[(code, OWN_NAMES[code], f"?lang={code}") for code in settings().languages],
        action=url_for(".sign_up", token=(request.view_args or {})["token"], lang=lang),
    )
    return web.page(html, 400 if form.errors else 200)


def news(event: Event) -> str:
    """Say what changed since the event was announced, if anything did."""
    change = notices.latest(event)
    return notices.notice(event, change, current_language()) if change else ""


# The page of one's own


@bp.get("/<language:lang>/my-shifts/<token>")
@signed_link
def mine(lang: str, token: str) -> ResponseReturnValue:
    """Show a volunteer their shifts, and what they can do about them."""
    speak(lang)
    return _page(_whose(token), token)


def _whose(token: str) -> Volunteer:
    return volunteers.by_link(token) or abort(404)


def _page(volunteer: Volunteer, token: str, **forms: Any) -> Response:
    mine = queries.sign_ups_of(volunteer.id)
    now = clock.now()
    coming = [one for one in mine if span(one.shift).ends_at > now and one.state != "swapped"]
    trusted = services.knows_us(volunteer.id)
    done = [one for one in mine if one.minutes]
    certificate = forms.get("certificate") or CertificateForm(None)
    facts = {
        "token": token,
        "volunteer": volunteer,
        "coming": coming,
        "live": LIVE,
        "news": {one.shift.event_id: news(one.shift.event) for one in coming},
        "offers": queries.offered_to(volunteer.id) if trusted else [],
        "more": queries.open_for(volunteer.id) if trusted else [],
        "done": done,
        "minutes": sum(one.minutes or 0 for one in done),
        "hours": certificates.hours,
        "certificate": certificate,
        "portal": PortalNameForm(data={"portal_name": _portal_name(volunteer)}),
        "forgotten": volunteer.contact is None,
        "said": words.DONE.get(request.args.get("said", "")),
        "refused": forms.get("refused"),
        "roles": words.OF_ROLE,
        "states": words.OF_STATE,
        "span": span,
        "when": when,
    }
    html = render_template("shifts/mine.html", **facts)
    return web.page(html, 409 if forms.get("refused") else 400 if certificate.errors else 200)


def _portal_name(volunteer: Volunteer) -> str:
    return volunteers.contact_of(volunteer).portal_name


@bp.post(f"/<language:lang>/my-shifts/<token>/<deed>/{UID}")
@signed_link
def act(lang: str, token: str, deed: str, number: UUID) -> ResponseReturnValue:
    """Do what a volunteer decided about a sign-up of theirs, or take one that is offered."""
    speak(lang)
    who = _whose(token).id
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "cancel": (lambda: services.cancel(number, who), "cancelled"),
        "offer": (lambda: services.offer(number, who, offered=True), "offered"),
        "keep": (lambda: services.offer(number, who, offered=False), "kept"),
        "take": (lambda: services.take(number, who), "taken"),
    }
    return _done(token, *(deeds.get(deed) or abort(404)))


@bp.post("/<language:lang>/my-shifts/<token>/join/<int(max=2147483647):row>")
@signed_link
def join(lang: str, token: str, row: int) -> ResponseReturnValue:
    """Let a volunteer ask for another shift with one tap."""
    speak(lang)
    volunteer = _whose(token)
    if row not in {one.shift.id for one in queries.open_for(volunteer.id)}:
        return _done(token, lambda: _gone(row, volunteer.id), "asked")
    return _done(token, lambda: services.join(row, volunteer.id), "asked")


def _gone(row: int, volunteer_id: UUID) -> object:
    """Say why a shift that was shown a while ago cannot be had any more."""
    if any(one.shift_id == row and one.state in LIVE for one in queries.sign_ups_of(volunteer_id)):
        return None
    raise Full


def _done(token: str, work: Callable[[], object], said: str) -> ResponseReturnValue:
    try:
        with _by_a_volunteer():
            transact(work)
    except (TwoAtOnce, Full, NotOpen, services.Changed) as refused:
        return _page(_whose(token), token, refused=str(refused.shown))
    return redirect(url_for(".mine", lang=current_language(), token=token, said=said), 303)


@bp.post("/<language:lang>/my-shifts/<token>/portal-name")
@signed_link
def portal_name(lang: str, token: str) -> ResponseReturnValue:
    """Keep the name by which the volunteering portal knows somebody, with their contact."""
    speak(lang)
    volunteer, form = _whose(token), PortalNameForm(request.form)
    if not form.validate() or volunteer.contact is None:
        abort(400)
    name = form.portal_name.data or ""
    return _done(token, lambda: services.set_portal_name(volunteer.id, name), "named")


@bp.post("/<language:lang>/my-shifts/<token>/certificate")
@signed_link
def certificate(lang: str, token: str) -> ResponseReturnValue:
    """Print a certificate with the name that was typed; the name is kept nowhere."""
    speak(lang)
    volunteer, form = _whose(token), CertificateForm(request.form)
    done = queries.done_by(volunteer.id)
    if not done:
        abort(404)
    if not form.validate():
        return _page(volunteer, token, certificate=form)
    return certificates.answer(form.name.data or "", done, form.language.data)


@bp.get(f"/<language:lang>/my-shifts/<token>/{UID}.ics")
@signed_link
def own_ics(lang: str, token: str, number: UUID) -> ResponseReturnValue:
    """Give one shift for a volunteer's own calendar."""
    speak(lang)
    volunteer = _whose(token)
    one = queries.sign_up(number)
    if one is None or one.volunteer_id != volunteer.id:
        abort(404)
    return Response(_calendar(one), content_type="text/calendar; charset=utf-8")


def _calendar(one: SignUp) -> bytes:
    event, at = one.shift.event, span(one.shift)
    entry = icalendar.Event()
    entry.add("uid", f"shift-{one.id}@{urlsplit(settings().public_url).hostname}")
    entry.add("dtstamp", _utc(event.changed_at))
    entry.add("last-modified", _utc(event.changed_at))
    entry.add("dtstart", _utc(at.starts_at))
    entry.add("dtend", _utc(at.ends_at))
    entry.add("sequence", event.sequence)
    entry.add("summary", f"{pick(event.titles)} – {words.OF_ROLE[one.shift.role]}")
    entry.add("location", f"{pick(event.location.names)}, {pick(event.location.cities)}")
    entry.add("status", _status(one, event))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Lantern//shifts//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _status(one: SignUp, event: Event) -> str:
    if event.state == CALLED_OFF or one.state not in LIVE:
        return "CANCELLED"
    return "CONFIRMED" if one.state == "confirmed" else "TENTATIVE"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
