"""Settings in the console: how mailboxes are read, what is refused."""

from typing import Any, Final

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l, current_language
from campaign_app.petitions import mailbox_policy, mailboxes, queries
from campaign_app.petitions.console_frame import (
    LARGEST_ROW,
    deed,
    page,
    refusals,
    settings_bp,
    status_of,
)
from campaign_app.petitions.models import Block, MailboxRule
from campaign_app.petitions.pages import desks
from campaign_app.petitions.settings_forms import DomainForm, MailboxForm, RuleForm
from campaign_app.petitions.signing import keyring

bp = settings_bp
ROW: Final = f"<int(max={LARGEST_ROW}):row>"


class NoIndexKey(DomainError):
    """A petition keeps no mark of any mailbox, so none can be blocked."""

    text = _l(
        "No mailbox can be blocked for this petition: it was never opened, or it is over and "
        "its key is destroyed."
    )


def _row(model: type[Any], row: int) -> Any:
    return session.get(model, row) or abort(404)


@bp.get("/mailboxes")
@requires(Permission.ADMINISTER)
def rules() -> ResponseReturnValue:
    """List how providers read their addresses."""
    return page("settings_rules", rules=queries.rules())


@bp.route("/mailboxes/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def new_rule() -> ResponseReturnValue:
    """Add a rule."""
    return _rule_page(RuleForm(), None)


@bp.route(f"/mailboxes/{ROW}", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def edit_rule(row: int) -> ResponseReturnValue:
    """Change a rule."""
    return _rule_page(RuleForm(row, obj=_row(MailboxRule, row)), row)


def _rule_page(form: RuleForm, row: int | None) -> ResponseReturnValue:
    if form.validate_on_submit():
        with refusals(form):
            transact(lambda: _set_rule(form, row))
            flash(_("Saved. Signatures from now on are compared by it."), "good")
            return redirect(url_for(".rules"), 303)
    rule = _row(MailboxRule, row) if row is not None else None
    return page("settings_rule", status_of(form), form=form, rule=rule)


def _set_rule(form: RuleForm, row: int | None) -> None:
    rule = _row(MailboxRule, row) if row is not None else MailboxRule()
    rule.domain, rule.strip_dots = form.domain.data, form.strip_dots.data
    rule.cut_at, rule.same_as = form.cut_at.data, form.same_as.data or None
    mailbox_policy.set_rule(rule)


@bp.post(f"/mailboxes/{ROW}/remove")
@requires(Permission.ADMINISTER)
def remove_rule(row: int) -> ResponseReturnValue:
    """Read a provider's addresses as they are written."""
    _row(MailboxRule, row)
    said = _("Removed. Addresses of this provider are compared as they are written.")
    return deed(lambda: mailbox_policy.drop_rule(_row(MailboxRule, row)), said, url_for(".rules"))


@bp.get("/blocked")
@requires(Permission.ADMINISTER)
def blocked() -> ResponseReturnValue:
    """List what is refused."""
    return _blocked_page(DomainForm(formdata=None), MailboxForm(formdata=None))


def _blocked_page(domain: DomainForm, mailbox: MailboxForm) -> ResponseReturnValue:
    found = queries.blocks()
    named = [block.petition_id for block in found if block.petition_id]
    return page(
        "settings_blocked",
        max(status_of(domain), status_of(mailbox)),
        blocks=found,
        titles=queries.titles(named, current_language()),
        domain_form=domain,
        mailbox_form=mailbox,
    )


@bp.post("/blocked/domain")
@requires(Permission.ADMINISTER)
def block_domain() -> ResponseReturnValue:
    """Refuse a domain."""
    form = DomainForm()
    if form.validate_on_submit():
        domain, reason = str(form.domain.data), str(form.reason.data)
        with refusals(form):
            transact(lambda: mailbox_policy.block_domain(domain, reason))
            flash(_("%(domain)s is blocked.", domain=domain), "good")
            return redirect(url_for(".blocked"), 303)
    return _blocked_page(form, MailboxForm(formdata=None))


@bp.post("/blocked/mailbox")
@requires(Permission.ADMINISTER)
def block_mailbox() -> ResponseReturnValue:
    """Refuse one mailbox for one petition; only its mark is kept."""
    form = MailboxForm()
    if form.validate_on_submit():
        reason = str(form.reason.data)
        with refusals(form):
            blind = _blinded(form)
            transact(
                lambda: mailbox_policy.block_mailbox(
                    queries.get(form.petition_id.data), blind, reason
                )
            )
            flash(_("The mailbox is blocked. Its address was not kept."), "good")
            return redirect(url_for(".blocked"), 303)
    return _blocked_page(DomainForm(formdata=None), form)


def _blinded(form: MailboxForm) -> bytes:
    petition = queries.get(form.petition_id.data)
    mailbox = mailboxes.normalised(form.mailbox, desks().rules.get(None))
    blind = keyring().blind_index(petition.uid, mailbox)
    if blind is None:
        raise NoIndexKey
    return blind


@bp.post(f"/blocked/{ROW}/lift")
@requires(Permission.ADMINISTER)
def lift(row: int) -> ResponseReturnValue:
    """Refuse it no longer."""
    _row(Block, row)
    said = _("Lifted. It may sign again.")
    return deed(lambda: mailbox_policy.lift_block(_row(Block, row)), said, url_for(".blocked"))
