"""Filling in the form of a real page, so that what is posted is what a browser would post."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

import brotli

from bench.load import Load, Request
from bench.servers import get
from bench.site import HOST, LANGUAGES

NAMES: Final = (
    "김미나",
    "이서준",
    "Min-Ji Park",
    "Amélie Lefèvre",
    "Nguyễn Thị Hoa",
    "Ахмет Оспанов",
)
#: What a phone sends with a form on our own page.
HEADERS: Final = {
    "Host": HOST,
    "Origin": f"https://{HOST}",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "User-Agent": "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7",
}
TAG: Final = re.compile(r"<(input|option|select)\b([^>]*)>")
ATTRIBUTE: Final = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


def page_load(codes: Sequence[str]) -> Load:
    """Scan each board in turn, in Korean."""
    return Load([Request("GET", f"/q/{code}") for code in codes], HEADERS)


def sign_load(port: int, codes: Sequence[str]) -> Load:
    """Sign at each board and in each language in turn, with every box ticked."""
    requests = [
        Request("POST", path, form_of(page_at(port, path), NAMES[number % len(NAMES)]))
        for number, path in enumerate(_paths(codes))
    ]
    return Load(requests, HEADERS)


def _paths(codes: Sequence[str]) -> Iterator[str]:
    for code in codes:
        for language in LANGUAGES:
            yield f"/q/{code}?lang={language}"


def packed_page(port: int, path: str) -> bytes:
    """Fetch a page as its bytes travel."""
    status, body = get(port, path, HEADERS)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return body


def page_at(port: int, path: str) -> str:
    """Fetch a page as text."""
    return str(brotli.decompress(packed_page(port, path)).decode())


def form_of(html: str, name: str) -> str:
    """Fill in the signing form of a page; only the mailbox is left out."""
    form = html[html.index('<form method="post"') :]
    form = form[: form.index("</form>")]
    filled: list[tuple[str, str]] = []
    chosen = ""
    for tag, rest in TAG.findall(form):
        given = dict(ATTRIBUTE.findall(rest))
        if tag == "select":
            chosen = given["name"]
        elif tag == "option" and "selected" in given:
            filled.append((chosen, given["value"]))
        elif given.get("type") in ("hidden", "checkbox"):
            filled.append((given["name"], given.get("value", "on")))
    return urlencode([*filled, ("name", name)])
