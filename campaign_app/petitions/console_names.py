"""Names in the console: the server hands out sealed records, the browser alone can read them."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import OWN_NAMES, _, current_language
from campaign_app.petitions import (
    invalidating,
    names_lists,
    queries,
    receipts,
    sealed_feed,
    states,
    tally,
)
from campaign_app.petitions.console_frame import LARGEST_ROW, ONE, bp, petition_page
from campaign_app.petitions.names_forms import ListForm, SignatureForm
from campaign_app.petitions.names_lists import Wanted

SIGNATURE: Final = f"{ONE}/signatures/<uuid:row>"
DOWNLOAD: Final = f"<int(max={LARGEST_ROW}):download_id>"


@bp.get(f"{ONE}/open")
@requires(Permission.ORGANISE)
def names(petition_id: int) -> ResponseReturnValue:
    """Offer to open the names, here in the browser."""
    petition = queries.get(petition_id)
    return petition_page(
        "names",
        petition,
        facts=sealed_feed.facts(petition),
        records=sealed_feed.how_many(petition_id),
        keys=sealed_feed.keys_in_use(),
        own_names=OWN_NAMES,
        form=SignatureForm(formdata=None),
        list_form=ListForm(formdata=None),
        held=[one for one in names_lists.held(petition_id) if one.row.deleted_at is None],
    )


@bp.post(f"{ONE}/open/records")
@requires(Permission.ORGANISE)
def records(petition_id: int) -> ResponseReturnValue:
    """Hand out the next sealed records; that they were asked for stands in the trail."""
    petition = queries.get(petition_id)
    if not ConsoleForm().validate_on_submit():
        abort(400)
    key_id, after = request.form.get("key", ""), _row(request.form.get("after", ""))
    if not sealed_feed.key_is_known(key_id):
        abort(400)
    if not sealed_feed.is_noted(petition_id):
        transact(lambda: sealed_feed.note(petition_id, key_id))
    found = jsonify(sealed_feed.page(petition.id, key_id, after)).get_data()
    return web.packed(found, request.headers.get("Accept-Encoding", ""), "application/json")


def _row(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(hex=text)
    except ValueError:
        abort(400)


@bp.post(f"{SIGNATURE}/withdraw")
@requires(Permission.ORGANISE)
def withdraw_for(petition_id: int, row: UUID) -> ResponseReturnValue:
    """Take a signature back because its signer wishes it."""
    return _deed(
        petition_id,
        row,
        lambda reason: receipts.take_back(petition_id, row, row=row.hex, reason=reason),
    )


@bp.post(f"{SIGNATURE}/invalidate")
@requires(Permission.ORGANISE)
def invalidate(petition_id: int, row: UUID) -> ResponseReturnValue:
    """Let a signature count no more."""
    return _deed(petition_id, row, lambda reason: invalidating.invalidate(petition_id, row, reason))


@bp.post(f"{SIGNATURE}/restore")
@requires(Permission.ORGANISE)
def restore(petition_id: int, row: UUID) -> ResponseReturnValue:
    """Let an invalidated signature count again."""
    return _deed(petition_id, row, lambda reason: invalidating.restore(petition_id, row, reason))


def _deed(petition_id: int, row: UUID, work: Callable[[str], bool]) -> ResponseReturnValue:
    """Do it with its reason; say how the signature and the tally stand now, whoever was first."""
    queries.get(petition_id)
    if invalidating.state_of(petition_id, row) is None:
        abort(404)
    form = SignatureForm()
    if not form.validate_on_submit():
        return _refused(form)
    reason = str(form.reason.data)
    done = transact(lambda: work(reason))
    now = invalidating.state_of(petition_id, row)
    counted = tally.total(petition_id).counted
    return jsonify(done=done, state=now, counts=now == states.CONFIRMED, counted=counted)


def _refused(form: ConsoleForm) -> ResponseReturnValue:
    """Say for each field what is wrong with it."""
    if "csrf_token" in form.errors or not form.errors:
        abort(400)
    errors = {str(name): str(next(iter(said))) for name, said in form.errors.items() if said}
    return jsonify(errors=errors), 400


@bp.get(f"{ONE}/lists")
@requires(Permission.ORGANISE)
def lists(petition_id: int) -> ResponseReturnValue:
    """Show who holds lists of names, and until when."""
    held = names_lists.held(petition_id)
    return petition_page("names_lists", queries.get(petition_id), held=held, me=_me())


@bp.post(f"{ONE}/lists")
@requires(Permission.ORGANISE)
def note_list(petition_id: int) -> ResponseReturnValue:
    """Write down a list before the browser makes it."""
    queries.get(petition_id)
    form = ListForm()
    if not form.validate_on_submit():
        return _refused(form)
    wanted = _wanted(petition_id, form)
    made = transact(lambda: names_lists.note(wanted))
    return jsonify(list=made.id), 201


def _wanted(petition_id: int, form: Any) -> Wanted:
    return Wanted(
        petition_id=petition_id,
        person_id=_me(),
        whose=form.whose.data,
        names=form.names.data,
        reason=form.reason.data,
        why_everybody=form.why_everybody.data if form.asks_for_everybody else "",
        delete_by=form.delete_by.data,
        language=current_language(),
    )


def _me() -> int:
    person = current_person()
    return person.id if person else abort(404)


@bp.post(f"{ONE}/lists/{DOWNLOAD}/deleted")
@requires(Permission.ORGANISE)
def list_deleted(petition_id: int, download_id: int) -> ResponseReturnValue:
    """Take the holder's word that a list is gone."""
    queries.get(petition_id)
    if not ConsoleForm().validate_on_submit():
        abort(400)
    me = _me()
    if not transact(lambda: names_lists.mark_deleted(petition_id, download_id, me)):
        abort(404)
    flash(_("Noted: the list is deleted. Remember copies, mails and printouts."), "good")
    return redirect(url_for(".lists", petition_id=petition_id), 303)
