"""Organisers' pages of the boards that stand at a stall, and their printed sheets."""

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.boards import queries, services
from campaign_app.boards.forms import BoardForm, board_form
from campaign_app.boards.models import Board
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, current_language, pick
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.core.uploads import takes_file
from campaign_app.events.place_forms import PhotoForm, photo_form
from campaign_app.qr import drawing

console_bp: Final = Blueprint("boards_console", __name__, url_prefix="/console/boards")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


@console_bp.get("/")
@requires(Permission.READ)
def boards() -> ResponseReturnValue:
    """List the boards, and where their codes stand now."""
    resting = request.args.get("resting") == "1"
    found = queries.boards(retired=resting)
    codes = queries.codes_on([board.id for board in found])
    return _page("boards", boards=found, codes=codes, resting=resting)


@console_bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_board() -> ResponseReturnValue:
    """Write a board."""
    form = board_form(settings().languages)()
    if form.validate_on_submit():
        facts = form.facts()
        return _saved(transact(lambda: services.add(facts)))
    return _page("board", _status(form), form=form, board=None)


@console_bp.route(f"/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_board(row: int) -> ResponseReturnValue:
    """Put a board right."""
    board = _board(row)
    form = board_form(settings().languages)(data=_said_of(board), board_id=row)
    if form.validate_on_submit():
        facts = form.facts()
        return _saved(transact(lambda: services.change(row, facts)))
    return _board_page(board, form, _image_form(board, fresh=True))


@console_bp.post(f"/{ROW}/image")
@takes_file
@requires(Permission.ORGANISE)
def set_image(row: int) -> ResponseReturnValue:
    """Keep a picture, drawn anew, and what it shows."""
    board = _board(row)
    form = _image_form(board)
    if not form.validate_on_submit():
        make = board_form(settings().languages)
        return _board_page(board, make(formdata=None, data=_said_of(board)), form)
    drawn, alts = form.drawn, form.texts("alt")
    transact(lambda: services.set_image(row, drawn, alts))
    return _back(row, _("The picture is kept."))


@console_bp.post(f"/{ROW}/image/remove")
@requires(Permission.ORGANISE)
def remove_image(row: int) -> ResponseReturnValue:
    """Show no picture any more."""
    _asked_for(row)
    transact(lambda: services.remove_image(row))
    return _back(row, _("The picture is gone."))


@console_bp.post(f"/{ROW}/rest")
@requires(Permission.ORGANISE)
def put_to_rest(row: int) -> ResponseReturnValue:
    """Take a board along no more."""
    _asked_for(row)
    transact(lambda: services.put_to_rest(row))
    return _back(row, _("The board rests. Its codes stay as they are."))


@console_bp.post(f"/{ROW}/take-up")
@requires(Permission.ORGANISE)
def take_up(row: int) -> ResponseReturnValue:
    """Take a board along again."""
    _asked_for(row)
    transact(lambda: services.take_up(row))
    return _back(row, _("The board is in use again."))


@console_bp.get(f"/{ROW}/sheet")
@requires(Permission.READ)
def sheet(row: int) -> ResponseReturnValue:
    """Show a board as it is printed: one page for each of its codes, in one language."""
    known = queries.languages_of(_board(row))
    wished = request.args.get("language", "") or current_language()
    language = wished if wished in known else known[0]
    found = queries.sheet(row, language) or abort(404)
    html = render_template(
        "boards/console/sheet.html",
        sheet=found,
        languages=known,
        pictures={one.address: drawing.svg(one.address, one.spoken) for one in found.codes},
    )
    return web.page(html)


def _board(row: int) -> Board:
    return queries.board(row) or abort(404)


def _asked_for(row: int) -> None:
    _board(row)
    if not ConsoleForm().validate_on_submit():
        abort(400)


def _saved(board: Board) -> ResponseReturnValue:
    return _back(board.id, _("“%(name)s” is saved.", name=pick(board.titles)))


def _back(row: int, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for(".edit_board", row=row), 303)


def _status(form: ConsoleForm) -> int:
    return 400 if form.errors else 200


def _image_form(board: Board, *, fresh: bool = False) -> PhotoForm:
    make, has_photo = photo_form(settings().languages), board.image_id is not None
    data = {f"alt_{language}": text for language, text in board.image_alts.items()}
    if fresh:
        return make(has_photo=has_photo, formdata=None, data=data)
    return make(has_photo=has_photo, data=data)


def _board_page(board: Board, form: BoardForm, image: PhotoForm) -> ResponseReturnValue:
    status = 400 if form.errors or image.errors else 200
    return _page(
        "board",
        status,
        form=form,
        board=board,
        image_form=image,
        codes=queries.codes_on([board.id])[board.id],
        languages=queries.languages_of(board),
        button=ConsoleForm(formdata=None),
    )


def _said_of(board: Board) -> dict[str, Any]:
    codes = queries.codes_on([board.id])[board.id]
    said: dict[str, Any] = {"codes": ", ".join(in_groups(one.code.letters) for one in codes)}
    for stem, texts in (
        ("title", board.titles),
        ("text", board.texts),
        ("source", board.sources),
    ):
        said |= {f"{stem}_{language}": text for language, text in texts.items()}
    return said


def _page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    person = current_person()
    facts["may_organise"] = person is not None and person.may(Permission.ORGANISE)
    html = render_template(
        f"boards/console/{name}.html", languages_of=queries.languages_of, **facts
    )
    return web.page(html, status)
