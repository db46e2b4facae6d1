"""The counting sheet, on the phone of whoever counts: their own link, their own numbers, nothing else."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import Actor, acting_as
from campaign_app.cash import (
    banking,
    counters,
    counting,
    forms,
    phones,
    pieces,
    queries,
    states,
    words,
)
from campaign_app.cash.models import BoxOpening, CashCounter
from campaign_app.cash.sheet_form import SheetForm
from campaign_app.cash.wrong import AlreadyCounted, NotNow
from campaign_app.core import web
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.forms import PublicForm
from campaign_app.core.i18n import speak
from campaign_app.payments import ways

bp: Final = Blueprint("cash", __name__, url_prefix="/<language:lang>/count/<token>")
#: What the button says that hands the sheet in.
HAND_IN: Final = "hand-in"


@bp.get("")
@signed_link
def count(lang: str, token: str) -> ResponseReturnValue:
    """Show the sheet, or what became of it."""
    speak(lang)
    return _page(_found(token), token)


@bp.post("")
@signed_link
def handed(lang: str, token: str) -> ResponseReturnValue:
    """Add up, or take the sheet as it was added up."""
    speak(lang)
    counter = _found(token)
    form = SheetForm(request.form, _home(counter.opening))
    wants = request.form.get("do") == HAND_IN
    if not (wants and form.was_seen):
        return _page(counter, token, form=form, changed=wants and not form.errors)
    if phones.counted_for_another(counter):
        return _page(counter, token, form=form)
    counter_id, counted, foreign = counter.id, form.pieces, form.foreign.count
    try:
        with acting_as(Actor(counter.alias)):
            transact(lambda: counting.submit(counter_id, counted, foreign))
    except (AlreadyCounted, NotNow):
        pass  # the page says what became of it
    answer = redirect(url_for(".count", lang=lang, token=token), 303)
    phones.remember(answer, counter, f"/{lang}/count")
    return answer


@bp.post("/bag")
@signed_link
def bag(lang: str, token: str) -> ResponseReturnValue:
    """Take the seal of the bag from whoever counted."""
    speak(lang)
    counter = _found(token)
    form = forms.made(forms.BagFields, PublicForm)
    if not form.validate():
        return _page(counter, token, bag_form=form)
    row, seal = counter.opening_id, str(form.seal.data)
    with acting_as(Actor(counter.alias)):
        transact(lambda: counting.put_into_bag(row, seal))
    return redirect(url_for(".count", lang=lang, token=token), 303)


def _found(token: str) -> CashCounter:
    return counters.find(token) or abort(404)


def _home(opening: BoxOpening) -> str:
    """Tell which currency most of the box will be."""
    body = ways.of_the_app().entities.get(opening.entity)
    country = body.country if body else opening.event.location.country
    return states.HOME.get(country, "EUR")


def _page(counter: CashCounter, token: str, **facts: Any) -> Response:
    opening = counter.opening
    mine, other = counters.sheet_of(counter, opening.round), phones.counted_for_another(counter)
    counts = mine is None and opening.state in _counts(counter)
    form = facts.pop("form", None) or SheetForm(None, _home(opening))
    html = render_template(
        "cash/count.html" if counts else "cash/counted.html",
        counter=counter,
        opening=opening,
        token=token,
        form=form,
        mine=_sums(mine.pieces) if mine else None,
        posted=[one.money for one in queries.amounts(opening.id)],
        receipts=queries.receipts(opening),
        words=words,
        same_phone=other,
        takes=banking.currencies_of(opening.entity),
        **({"bag_form": forms.made(forms.BagFields, PublicForm, formdata=None)} | facts),
    )
    refused = other and request.form.get("do") == HAND_IN
    wrong = bool(form.errors) or "bag_form" in facts or refused
    return web.page(html, 400 if wrong else 200)


def _counts(counter: CashCounter) -> tuple[str, ...]:
    """Tell in which states somebody counts: the third one only where two differ."""
    return (states.DIFFERS,) if counter.letter == states.THIRD else (states.COUNTING,)


def _sums(counted: Mapping[str, int]) -> list[Any]:
    return list(pieces.totals(counted).values())
