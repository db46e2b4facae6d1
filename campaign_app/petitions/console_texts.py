"""The words of a petition in the console: written side by side, read by a second person, approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts import queries as people
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _
from campaign_app.petitions import preview, queries, services, states, writing_desk
from campaign_app.petitions import texts as words
from campaign_app.petitions.console_forms import ApproveForm, TextForm
from campaign_app.petitions.console_frame import (
    LARGEST_ROW,
    ONE,
    bp,
    deed,
    petition_page,
    refusals,
    status_of,
)
from campaign_app.petitions.models import PetitionText
from campaign_app.petitions.services import Draft

TEXT: Final = f"{ONE}/texts/<language:lang>"
REVISION: Final = f"{TEXT}/<int(max={LARGEST_ROW}):revision>"


@bp.get(TEXT)
@requires(Permission.READ)
def text(petition_id: int, lang: str) -> ResponseReturnValue:
    """Show the words in a language beside their source, ready to be written."""
    desk = writing_desk.desk_of(petition_id, lang)
    form = TextForm(obj=desk.newest)
    _begin(form, desk)
    return _text_page(desk, form)


def _begin(form: TextForm, desk: writing_desk.Desk) -> None:
    form.seen.data = desk.seen
    form.source.data = str(desk.source.revision) if desk.source else ""
    form.follows.data = False
    if desk.newest is None and desk.source is not None:
        form.addressee.data = desk.source.addressee


def _text_page(desk: writing_desk.Desk, form: TextForm) -> ResponseReturnValue:
    form.speak(desk.language)
    return petition_page(
        "text",
        desk.petition,
        status_of(form),
        form=form,
        desk=desk,
        lang=desk.language,
        names=_names(desk.history),
        rendered=words.rendered,
    )


def _names(texts: Sequence[PetitionText]) -> dict[int, str]:
    """Name the people who wrote and read."""
    ids = {number for text in texts for number in (text.author_id, text.reviewer_id) if number}
    found = (people.person(number) for number in ids)
    return {person.id: person.name for person in found if person}


@bp.post(TEXT)
@requires(Permission.ORGANISE)
def write(petition_id: int, lang: str) -> ResponseReturnValue:
    """Keep what was written."""
    desk, form = writing_desk.desk_of(petition_id, lang), TextForm()
    if form.validate_on_submit():
        draft, author = _draft(form, desk), _me()
        seen = str(form.seen.data)
        if _says_nothing_new(draft, desk):
            return _kept(petition_id, desk.newest, _("Nothing was changed."))
        with refusals(form):
            kept = transact(
                lambda: services.write(queries.get(petition_id), draft, author, seen=seen)
            )
            return _kept(petition_id, kept, _("Saved as a draft."))
    desk = writing_desk.desk_of(petition_id, lang)
    form.seen.data = desk.seen  # who sends it again has seen what is there now
    return _text_page(desk, form)


def _me() -> int:
    person = people.current_person()
    return person.id if person else abort(404)


def _draft(form: TextForm, desk: writing_desk.Desk) -> Draft:
    written = {name: form[name].data for name in (*writing_desk.FIELDS, "origin")}
    return Draft(language=desk.language, based_on=_based_on(form, desk), **written)


def _based_on(form: TextForm, desk: writing_desk.Desk) -> int | None:
    """Tell which source revision the words follow: the one shown, or the older one as before."""
    if desk.source is None:
        return None
    if desk.behind and not form.follows.data:
        return desk.newest.based_on if desk.newest else None
    shown = str(form.source.data)
    known = shown.isascii() and shown.isdigit() and len(shown) < 10
    return min(int(shown), desk.source.revision) if known else desk.source.revision


def _says_nothing_new(draft: Draft, desk: writing_desk.Desk) -> bool:
    newest = desk.newest
    if newest is None or newest.state == states.RETIRED:
        return False
    if words.digest(draft) != words.digest(newest) or draft.origin != newest.origin:
        return False
    return desk.source is None or draft.based_on == newest.based_on


def _kept(petition_id: int, kept: PetitionText | None, said: str) -> ResponseReturnValue:
    flash(said, "good")
    where: dict[str, Any] = {"petition_id": petition_id, "lang": kept.language if kept else ""}
    if kept is not None and request.form.get("then") == "read":
        return redirect(url_for(".revision", revision=kept.revision, **where), 303)
    return redirect(url_for(".text", **where), 303)


def _found(petition_id: int, lang: str, revision: int) -> PetitionText:
    return queries.revision(petition_id, lang, revision) or abort(404)


@bp.get(REVISION)
@requires(Permission.READ)
def revision(petition_id: int, lang: str, revision: int) -> ResponseReturnValue:
    """Show one revision whole, what it changes, and what may be done with it."""
    return _revision_page(_found(petition_id, lang, revision), ApproveForm())


@dataclass(frozen=True, slots=True)
class Reading:
    """How the person signed in stands to a text that waits for approval."""

    is_author: bool
    #: Nobody else could read it.
    nobody: bool
    #: An author must let others look first, until then.
    waits_until: datetime | None


def _reading(text: PetitionText) -> Reading:
    me = _me()
    others = people.other_reviewers(me)
    waits = text.author_id == me and services.must_wait(text, others=others)
    until = text.submitted_at + services.ANSWER_WITHIN if waits and text.submitted_at else None
    return Reading(text.author_id == me, nobody=not others, waits_until=until)


def _revision_page(text: PetitionText, form: ApproveForm) -> ResponseReturnValue:
    form.seen.data = words.digest(text)
    before = writing_desk.before(text)
    return petition_page(
        "revision",
        queries.get(text.petition_id),
        status_of(form),
        form=form,
        text=text,
        lang=text.language,
        before=before,
        changes=writing_desk.changed(before, text) if before else [],
        digest=form.seen.data,
        names=_names([text]),
        me=_me(),
        reading=_reading(text),
        source=writing_desk.source_of(queries.get(text.petition_id), text.language),
        body=words.rendered(text.body),
    )


def _button(text: PetitionText, work: Any, said: str) -> ResponseReturnValue:
    key = (text.petition_id, text.language, text.revision)
    where: dict[str, Any] = dict(zip(("petition_id", "lang", "revision"), key, strict=True))
    return deed(lambda: work(_found(*key)), said, url_for(".revision", **where))


@bp.post(f"{REVISION}/review")
@requires(Permission.ORGANISE)
def send_to_review(petition_id: int, lang: str, revision: int) -> ResponseReturnValue:
    """Ask somebody else to read."""
    text = _found(petition_id, lang, revision)
    said = _("Sent to review. Somebody else can read and approve it now.")
    return _button(text, services.send_to_review, said)


@bp.post(f"{REVISION}/approve")
@requires(Permission.ORGANISE)
def approve(petition_id: int, lang: str, revision: int) -> ResponseReturnValue:
    """Let exactly these words go public."""
    text, form = _found(petition_id, lang, revision), ApproveForm()
    form.alone = text.author_id == _me()
    if form.validate_on_submit():
        me, seen, reason = _me(), str(form.seen.data), str(form.reason.data or "")
        others = people.other_reviewers(me)
        with refusals(form):
            transact(
                lambda: services.approve(
                    _found(petition_id, lang, revision),
                    me,
                    others=others,
                    reason=reason,
                    seen=seen,
                )
            )
            flash(_("Approved. These words are fixed and public from now on."), "good")
            return redirect(
                url_for(".revision", petition_id=petition_id, lang=lang, revision=revision), 303
            )
    return _revision_page(_found(petition_id, lang, revision), form)


@bp.post(f"{REVISION}/look-again")
@requires(Permission.ORGANISE)
def look_again(petition_id: int, lang: str, revision: int) -> ResponseReturnValue:
    """Be the second pair of eyes, afterwards."""
    text, me = _found(petition_id, lang, revision), _me()
    said = _("Thank you. Two people have read these words now.")
    return _button(text, lambda found: services.look_again(found, me), said)


@bp.post(f"{REVISION}/withdraw")
@requires(Permission.ORGANISE)
def withdraw(petition_id: int, lang: str, revision: int) -> ResponseReturnValue:
    """Take words back."""
    text = _found(petition_id, lang, revision)
    said = _("Withdrawn. Who signed these words stays counted.")
    return _button(text, services.withdraw_text, said)


@bp.get(f"{REVISION}/preview")
@requires(Permission.READ)
def show_preview(petition_id: int, lang: str, revision: int) -> ResponseReturnValue:
    """Show a revision exactly as the public would meet it; nothing can be signed there."""
    return preview.page(_found(petition_id, lang, revision))
