"""Finance's page of cash: what is counted and not banked, deposits, and whatever needs a reason."""

import re
from functools import partial
from typing import Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.cash import banking, counting, depositing, queries
from campaign_app.cash.console import ROW, log_of, page, tried
from campaign_app.cash.depositing import NewDeposit
from campaign_app.cash.forms import ButtonForm, DepositForm, ExchangeForm, LookForm, WhyForm
from campaign_app.cash.models import CashDeposit
from campaign_app.cash.states import PIECES
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _
from campaign_app.core.money import Money
from campaign_app.core.wall_clock import today_in
from campaign_app.payments import ways
from campaign_app.payments.opening import till
from campaign_app.payments.ways import BankAccount

#: A row's number, as both engines can hold it.
NUMBER: Final = re.compile(r"[0-9]{1,9}")
money_bp: Final = Blueprint("cash_money", __name__, url_prefix="/console/money/cash")


@money_bp.get("/")
@requires(Permission.FINANCE)
def index() -> ResponseReturnValue:
    """Show what is counted, what is banked, what waits, and what needs a reason."""
    book = till().book
    banks = list(ways.of_the_app().banks.values())
    waiting = queries.still_here(book)
    return page(
        "money",
        totals=queries.totals(book),
        waiting=waiting,
        carried=queries.on_the_way(book),
        stranded=banking.stranded(book),
        looked_at=counting.can_be_looked_at,
        to_count=queries.to_count(book),
        alone=queries.by_one_still_open(book),
        receipts=[
            (one, queries.receipts_exceed(one)) for one in queries.receipts_unexplained(book)
        ],
        arrivals=queries.deposits_unexplained(book),
        deposits=queries.deposits(book),
        banks=[(one, queries.bags_for(book, one.entity, one.currency)) for one in banks],
        events=queries.events_of({one.opening_id for one in waiting}),
    )


@money_bp.route("/deposit/<bank>", methods=["GET", "POST"])
@requires(Permission.FINANCE)
def deposit(bank: str) -> ResponseReturnValue:
    """Carry bags to a bank account."""
    account = _account(bank)
    return _carried(account, DepositForm(account.currency), account.currency)


@money_bp.route("/exchange/<bank>/<currency>", methods=["GET", "POST"])
@requires(Permission.FINANCE)
def exchange(bank: str, currency: str) -> ResponseReturnValue:
    """Carry bags to an account of another currency: they were exchanged on the way."""
    account = _account(bank)
    if currency == account.currency or currency not in PIECES:
        abort(404)
    return _carried(account, ExchangeForm(account.currency), currency)


def _account(bank: str) -> BankAccount:
    return ways.of_the_app().banks.get(bank) or abort(404)


def _carried(account: BankAccount, form: DepositForm, currency: str) -> ResponseReturnValue:
    bags = queries.bags_for(till().book, account.entity, currency)
    chosen = _chosen([one.opening_id for one in bags])
    if request.method == "GET":
        form.sent_on.data = today_in(ways.of_the_app().zone_of(account.entity))
    elif not chosen:
        form.validate_on_submit()
        form.form_errors = [_("Choose the bags that went along.")]
    elif form.validate_on_submit():
        made = tried(form, partial(depositing.deposit, _new(account, chosen, form, currency)))
        if made is not None:
            flash(_("The deposit is written down. It stays open until the bank shows it."), "good")
            return redirect(url_for(".one", row=made.id), 303)
    total = Money.sum_of((one.money for one in bags), currency)
    return page(
        "deposit", 400 if form.errors else 200, bank=account, bags=bags, form=form, chosen=chosen,
        total=total, currency=currency,
    )  # fmt: skip


def _chosen(offered: list[int]) -> list[int]:
    """Read which bags were ticked; all are, before anybody chose."""
    if request.method == "GET":
        return offered
    return sorted({int(one) for one in request.form.getlist("bag") if NUMBER.fullmatch(one)})


def _new(account: BankAccount, chosen: list[int], form: DepositForm, currency: str) -> NewDeposit:
    return NewDeposit(
        bank=account,
        openings=chosen,
        amount=form.money,
        slip=form.slip.data or "",
        on=form.sent_on.data,  # type: ignore[arg-type]  # the field asks for it
        reason=form.reason.data or "",
        of=currency,
    )


@money_bp.get(f"/deposits/{ROW}")
@requires(Permission.FINANCE)
def one(row: int) -> ResponseReturnValue:
    """Show a deposit and its bags."""
    return _one(_deposit(row), WhyForm(formdata=None))


def _one(found: CashDeposit, form: WhyForm) -> ResponseReturnValue:
    bags = queries.bags_of(found.id)
    return page(
        "one", 400 if form.errors else 200, deposit=found, bags=bags, form=form,
        in_bags=queries.summed(bag.money for bag in bags).values(),
        button=ButtonForm(formdata=None),
    )  # fmt: skip


@money_bp.post(f"/deposits/{ROW}/back")
@requires(Permission.FINANCE)
def take_back(row: int) -> ResponseReturnValue:
    """Say that a deposit was written down by mistake."""
    _deposit(row)
    if not ButtonForm().validate_on_submit():
        abort(400)
    try:
        transact(partial(depositing.take_back, row))
        flash(_("The deposit is taken back; its bags wait again."), "good")
    except DomainError as refused:
        flash(str(refused.shown), "bad")
    return redirect(url_for(".index"), 303)


@money_bp.post(f"/deposits/{ROW}/why")
@requires(Permission.FINANCE)
def why_arrived(row: int) -> ResponseReturnValue:
    """Take why the statement shows something else than the slip."""
    found, form = _deposit(row), WhyForm()
    if not form.validate_on_submit():
        return _one(found, form)
    if tried(form, partial(_explained, row, form.reason.data or "")) is None:
        return _one(found, form)
    return redirect(url_for(".one", row=row), 303)


def _explained(row: int, reason: str) -> bool:
    depositing.explain(row, reason)
    return True


@money_bp.route(f"/boxes/{ROW}/why", methods=["GET", "POST"])
@requires(Permission.FINANCE)
def why_receipts(row: int) -> ResponseReturnValue:
    """Take why receipts of a box say more than was counted in it."""
    opening = queries.opening(row) or abort(404)
    form = WhyForm()
    if form.validate_on_submit() and tried(form, partial(_said, row, form.reason.data or "")):
        return redirect(url_for(".index"), 303)
    more = queries.receipts_exceed(opening)
    status = 400 if form.errors else 200
    return page("why", status, opening=opening, form=form, more=more)


def _said(row: int, reason: str) -> bool:
    counting.explain_receipts(row, reason)
    return True


@money_bp.route(f"/boxes/{ROW}/look", methods=["GET", "POST"])
@requires(Permission.FINANCE)
def look(row: int) -> ResponseReturnValue:
    """Take what somebody found who looked again at what one person had counted."""
    opening, form = queries.opening(row) or abort(404), LookForm()
    if form.validate_on_submit() and tried(form, partial(_looked, row, form.reason.data or "")):
        return redirect(url_for(".index"), 303)
    return page("look", 400 if form.errors else 200, opening=opening, form=form)


def _looked(row: int, reason: str) -> bool:
    counting.look_again(row, reason)
    return True


@money_bp.get(f"/boxes/{ROW}/log.pdf")
@requires(Permission.FINANCE)
def log(row: int) -> ResponseReturnValue:
    """Print the log entry of a box at a stall."""
    return log_of(queries.opening(row) or abort(404))


def _deposit(row: int) -> CashDeposit:
    return queries.deposit(row) or abort(404)
