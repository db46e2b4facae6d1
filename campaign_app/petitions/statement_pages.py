"""Statements for whoever was handed one: looked up by number, read, printed, checked by hash."""

import re
from typing import Final

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import OWN_NAMES, speak
from campaign_app.core.settings import settings
from campaign_app.petitions import handed, statement_sheet, statements
from campaign_app.petitions.receipt_pages import bp as petitions_bp
from campaign_app.petitions.statement_models import Statement
from campaign_app.petitions.statement_sheet import Sheet

bp: Final = petitions_bp
#: A number however it is typed: "No. 2026-001", "2026–1", "2026 / 001".
TYPED: Final = re.compile(r"(20\d\d)\W{1,3}(\d{1,9})", re.ASCII)
LONGEST_TYPED: Final = 60


@bp.get("/<language:lang>/statements")
@public
def statement_search(lang: str) -> ResponseReturnValue:
    """Ask for a statement's number; lead to it if there is one."""
    speak(lang)
    typed = request.args.get("number", "").strip()[:LONGEST_TYPED]
    statement = _typed(typed)
    if statement is not None:
        return redirect(url_for("petitions.statement", lang=lang, serial=statement.serial), 303)
    html = render_template("petitions/statement_search.html", typed=typed)
    return web.page(html, 404 if typed else 200)


def _typed(text: str) -> Statement | None:
    found = TYPED.search(text)
    return statements.numbered(f"{found[1]}-{found[2]}") if found else None


@bp.get("/<language:lang>/statements/<serial>")
@public
def statement(lang: str, serial: str) -> ResponseReturnValue:
    """Let whoever holds a statement compare it with what was frozen."""
    speak(lang)
    found = _found(serial)
    offered = _languages(found)
    sheet = _sheet(found, lang if lang in offered else offered[0])
    html = render_template(
        "petitions/statement.html",
        sheet=sheet,
        sheets=[(code, OWN_NAMES.get(code, code)) for code in offered],
        handed=[one for one in handed.shown(found.petition_id, lang) if one.serial == found.serial],
    )
    return web.page(html)


@bp.get("/<language:lang>/statements/<serial>/sheet")
@public
def statement_print(lang: str, serial: str) -> ResponseReturnValue:
    """Show the whole statement in one language, for paper."""
    speak(lang)
    found = _found(serial)
    if lang not in _languages(found):
        abort(404)
    address = settings().public_url + url_for("petitions.statement", lang=lang, serial=found.serial)
    html = render_template(
        "petitions/statement_print.html", sheet=_sheet(found, lang), address=address
    )
    return web.page(html)


@bp.get("/statements/<serial>.json")
@public
def statement_data(serial: str) -> ResponseReturnValue:
    """Hand out exactly the bytes that the hash is of."""
    found = _found(serial)
    response = Response(found.data.encode(), mimetype="application/json")
    name = f"statement-{found.serial}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _found(serial: str) -> Statement:
    """Find a statement by its number as it is written; another spelling is another address."""
    found = statements.numbered(serial)
    if found is None or found.serial != serial:
        abort(404)
    return found


def _languages(found: Statement) -> list[str]:
    held = statements.languages(statements.facts(found))
    return [code for code in held if code in settings().languages] or held


def _sheet(found: Statement, language: str) -> Sheet:
    sheet = statement_sheet.read(found, language)
    if sheet is None:
        abort(404)
    return sheet
