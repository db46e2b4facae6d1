"""The words of a petition: rendered safely, hashed exactly."""

import hashlib
import json
from functools import lru_cache
from typing import Final, Protocol

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS: Final = {
    "p", "h2", "h3", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_markdown: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


class Words(Protocol):
    """What is signed, in one language."""

    @property
    def language(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def ask(self) -> str: ...
    @property
    def addressee(self) -> str: ...
    @property
    def body(self) -> str: ...


@lru_cache(maxsize=256)
def rendered(markdown: str) -> Markup:
    """Turn Markdown into HTML with a short list of tags and safe links only."""
    html = nh3.clean(
        _markdown.render(markdown),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(html)  # noqa: S704 -- cleaned on the line above


def digest(words: Words) -> str:
    """Hash exactly what is signed: hex SHA-256 over canonical JSON of the six parts."""
    parts = {
        "language": words.language,
        "title": words.title,
        "summary": words.summary,
        "ask": words.ask,
        "addressee": words.addressee,
        "body": words.body,
    }
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
