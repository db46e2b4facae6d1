"""Organisers' keys in the console: made and proven in the browser, re-sealed to, retired.

Private halves, passphrases and key files never come here: the modules in static/js handle them, and
send what `key_exchange` names and nothing else.
"""

from dataclasses import dataclass

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import keyfile
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _
from campaign_app.core.seal import PublicKey
from campaign_app.core.sealed_record import PURPOSE
from campaign_app.petitions import copies, organiser_keys, queries
from campaign_app.petitions.console_frame import may, page, refusals, settings_bp, status_of
from campaign_app.petitions.desk import FEWEST_KEYS
from campaign_app.petitions.key_exchange import ROW, in_use, key_of
from campaign_app.petitions.key_forms import MadeKeyForm, PastedKeyForm, RetireForm
from campaign_app.petitions.models import OrganiserKey

bp = settings_bp


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key with the name that two people can compare aloud."""

    row: OrganiserKey
    fingerprint: str
    stale: bool
    #: How many records it cannot open; None where that says nothing.
    missing: int | None


@bp.get("/")
@requires(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    """Lead to the first page of the settings."""
    return redirect(url_for(".keys"), 303)


@bp.get("/keys/")
@requires(Permission.HOLD_KEYS)
def keys() -> ResponseReturnValue:
    """List the keys that open the names."""
    return page(
        "keys",
        keys=[_shown(key) for key in queries.organiser_keys()],
        state=organiser_keys.state(),
        fewest=FEWEST_KEYS,
        emptying=copies.of_retired_keys(),
    )


def _shown(key: OrganiserKey) -> ShownKey:
    return ShownKey(
        key,
        PublicKey.from_text(key.public_key).fingerprint,
        organiser_keys.is_stale(key.proven_at),
        copies.missing(key.key_id) if in_use(key) else None,
    )


@bp.route("/keys/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def new_key() -> ResponseReturnValue:
    """Make a key in the browser, and take its public half."""
    form = MadeKeyForm()
    return _added(form) or page(
        "key_new", status_of(form), form=form, words=" ".join(keyfile.words())
    )


@bp.route("/keys/add", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def add_key() -> ResponseReturnValue:
    """Take the public half of a key that was made elsewhere."""
    form = PastedKeyForm()
    return _added(form) or page("key_add", status_of(form), form=form)


def _added(form: MadeKeyForm | PastedKeyForm) -> ResponseReturnValue | None:
    if form.validate_on_submit():
        new = form.new_key(str(form.public_key.data))
        with refusals(form):
            transact(lambda: organiser_keys.add(new))
            flash(_("Added. It counts once it is proven: open its file here once."), "good")
            return redirect(url_for(".prove_key"), 303)
    return None


@bp.get("/keys/prove")
@requires(Permission.HOLD_KEYS)
def prove_key() -> ResponseReturnValue:
    """Let a holder show that a key opens."""
    used = [key for key in queries.organiser_keys() if key.retired_at is None]
    return page("key_prove", keys=used)


@bp.get(f"{ROW}/reseal")
@requires(Permission.HOLD_KEYS)
def reseal(row: int) -> ResponseReturnValue:
    """Let a working key's holder seal all records to this key, too."""
    key = key_of(row)
    if not in_use(key):
        abort(404)
    return page("key_reseal", key=key, missing=copies.missing(key.key_id), purpose=PURPOSE)


@bp.route(f"{ROW}/retire", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def retire_key(row: int) -> ResponseReturnValue:
    """Say what retiring would do, and do it."""
    key, form = key_of(row), RetireForm()
    if form.validate_on_submit():
        typed = str(form.holder.data)
        with refusals(form):
            transact(lambda: organiser_keys.retire(key_of(row), typed))
            flash(_("Retired. Nothing new is sealed to it, and its copies are deleted."), "good")
            return redirect(url_for(".keys"), 303)
    return page(
        "key_retire",
        status_of(form),
        form=form,
        key=key_of(row),
        fingerprint=PublicKey.from_text(key.public_key).fingerprint,
        found=organiser_keys.consequences(key),
    )


def warnings() -> list[tuple[str, str]]:
    """Say on every page what organisers should know about their keys: words, and where to go."""
    if not may(Permission.HOLD_KEYS) or not organiser_keys.state().stale:
        return []
    said = _("A key has not been proven for 60 days. Nobody knows whether it still opens.")
    return [(said, url_for("settings_console.prove_key"))]
