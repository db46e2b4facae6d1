"""What every answer has in common: headers, origin check, compression, errors, assets."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import brotli
from flask import Flask, Response, abort, current_app, g, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import Accept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import current_language

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OWN_SITE: Final = frozenset({"same-origin", "none"})
LARGEST_POST: Final = 256 * 1024
FOR_EVER: Final = 31536000
STATIC: Final = Path(__file__).resolve().parents[2] / "static"

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    # With no-referrer browsers send "Origin: null" on our own posts.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask, *, trusted_proxies: int, https: bool) -> None:
    """Put headers on every answer, refuse foreign posts, and show errors as pages."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_POST
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_POST
    headers = HEADERS | {"Content-Security-Policy": policy()}
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    app.before_request(_refuse_nul)
    app.before_request(_refuse_foreign_posts)
    app.get_send_file_max_age = _how_long  # type: ignore[assignment,method-assign]
    app.wsgi_app = WithHeaders(app.wsgi_app, headers)  # type: ignore[method-assign]  # documented
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(DomainError, _show_broken_rule)
    app.register_error_handler(Exception, _show_bug)
    app.jinja_env.globals.update(asset=asset, inline_css=inline_css)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way
            app.wsgi_app, x_for=trusted_proxies, x_proto=trusted_proxies, x_host=trusted_proxies
        )


def policy(form_action: Sequence[str] = ()) -> str:
    """Allow ourselves and the stylesheets we inline, nothing else.

    A page whose form ends in a redirect to another house names that house: browsers hold the whole
    chain of redirects against `form-action`.

        return web.page(html, Content_Security_Policy=web.policy(form_action=checkout_origins()))
    """
    targets = " ".join(["'self'", *form_action])
    styles = " ".join(f"'sha256-{style_hash(name)}'" for name in INLINED)
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' {styles}; "
        "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )


#: Stylesheets that pages carry inside, to save a round trip on a slow network.
INLINED: Final = ("public.css", "site.css", "give.css")


@lru_cache
def css_text(name: str) -> str:
    """Read a stylesheet without its comments and line breaks."""
    path = STATIC / "css" / name
    return squeeze(path.read_text("utf-8")) if path.is_file() else ""


def squeeze(css: str) -> str:
    """Take comments and idle white space out of our own CSS."""
    while "/*" in css:
        before, rest = css.split("/*", 1)
        css = before + rest.split("*/", 1)[1]
    css = " ".join(css.split())
    for mark in "{};,>":
        css = css.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return css.replace(": ", ":").replace(";}", "}")


def style_hash(name: str) -> str:
    """Hash an inlined stylesheet as the policy wants it."""
    return b64encode(hashlib.sha256(css_text(name).encode()).digest()).decode()


def inline_css(name: str) -> Markup:
    """Write a stylesheet into the page; the policy knows its hash."""
    return Markup("<style>{}</style>").format(Markup(css_text(name)))  # noqa: S704 -- our own file


@lru_cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Address a static file by its content, so that it may be kept for ever."""
    return url_for("static", filename=name, v=_version(name))


def _how_long(_name: str | None) -> int | None:
    """Let a file be kept for ever if its address names its content.

    A module that another one imports has a plain address; browsers ask each time whether it changed,
    or after an update an old half would work with a new one.
    """
    return FOR_EVER if "v" in request.args else None


def _refuse_nul() -> None:
    """Know no address with a NUL in it: PostgreSQL takes none in a text, and no name of ours has one."""
    if "\0" in request.path:
        abort(HTTPStatus.NOT_FOUND)


def _refuse_foreign_posts() -> None:
    """Accept a post only from our own pages; very old browsers say nothing and pass."""
    if request.method in UNSAFE and not own_origin():
        abort(HTTPStatus.FORBIDDEN)


def own_origin() -> bool:
    """Tell whether the browser says that one of our pages sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_SITE
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return origin in (request.host_url.rstrip("/"), current_app.config["PUBLIC_URL"])


class WithHeaders:
    """Adds what every answer carries; a page that said something itself keeps its word.

    Outside the app rather than in after_request: plain lists cost a tenth of header objects.
    """

    def __init__(self, app: WSGIApplication, headers: dict[str, str]) -> None:
        self._app = app
        every = headers | {"Cache-Control": "no-store"}
        self._fixed: Final = [(name, name.lower(), value) for name, value in every.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the app does, with our headers."""

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said = {name.lower() for name, _value in headers}
            headers.extend((n, value) for n, lower, value in self._fixed if lower not in said)
            return start_response(status, headers, *more)

        return self._app(environ, start)


def fragment(template: str, **facts: Any) -> Markup:
    """Render a part of a page that another room puts into its own; Jinja has escaped what it shows."""
    return Markup(render_template(template, **facts).strip())  # noqa: S704 -- our own template


def page(html: str, status: int = 200, **headers: str) -> Response:
    """Answer with a page in the current language, compressed if that is welcome."""
    response = packed(html.encode(), request.headers.get("Accept-Encoding", ""))
    response.status_code = status
    response.headers["Content-Language"] = current_language()
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def packed(body: bytes, accepted: str, mimetype: str = "text/html; charset=utf-8") -> Response:
    """Compress a body, quickly, in the best way the visitor understands."""
    encoding = best_encoding(accepted)
    if encoding == "br":
        body = brotli.compress(body, quality=1)  # 0.06 ms; 3 takes 0.04 more for 7 % less
    elif encoding == "gzip":
        body = gzip.compress(body, compresslevel=2, mtime=0)
    response = Response(body, content_type=mimetype)
    response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """Choose br, gzip or nothing from an Accept-Encoding header."""
    qualities = parse_accept_header(accepted, Accept)
    return next((name for name in ("br", "gzip") if qualities.quality(name) > 0), "")


def _show_http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    return _error_page(error.code, None)


def _show_broken_rule(error: DomainError) -> Response:
    return _error_page(error.status, str(error.shown))


def _show_bug(error: Exception) -> Response:
    """Log what broke, without a value from the request, and apologise."""
    current_app.logger.error("unexpected %s at %s", type(error).__name__, request.endpoint)
    if current_app.testing or current_app.debug:
        raise error
    _log_where(error)
    return _error_page(HTTPStatus.INTERNAL_SERVER_ERROR, None)


def _log_where(error: BaseException) -> None:
    """Name the places, never the values: an exception's text may hold what somebody typed."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        current_app.logger.error("  %s:%s in %s", code.co_filename, trace.tb_lineno, code.co_name)
        trace = trace.tb_next


def _error_page(status: int, text: str | None) -> Response:
    for beginning, tell in ERRORS.items():
        if request.path.startswith(beginning):
            return tell(int(status))
    template = "layout/error.html"
    html = render_template(template, status=int(status), text=text, offers=_offers())
    return page(html, int(status))


def _offers() -> list[Any]:
    """Ask the rooms above what else a lost visitor may want (see OFFERS)."""
    make = current_app.extensions.get(OFFERS)
    return make() if make and not g.get("broken") else []


#: Addresses (by how they begin) at which machines ask: a room above says there how it tells an error.
ERRORS: Final[dict[str, Callable[[int], Response]]] = {}
#: A room above fills this with a function that lists what is open.
OFFERS: Final = "lantern_offers"
