"""Lets axe look at a page: WCAG 2.2 AA and best practice."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
BY_TAGS: Final = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
#: What darkness may change.
BY_CONTRAST: Final = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
#: What words may change: in another language only these can go wrong where one passed them all.
BY_WORDS: Final = {
    "runOnly": [
        "aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name",
        "document-title", "empty-heading", "html-has-lang", "html-lang-valid", "image-alt",
        "input-button-name", "label", "label-title-only", "landmark-unique", "link-name",
        "select-name", "summary-name", "svg-img-alt", "target-size", "valid-lang",
    ],
    "resultTypes": ["violations"],
}  # fmt: skip
FOUND: Final = """(options) => axe.run(document, options).then((it) => it.violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`)))"""


def faults(page: Page, options: dict[str, Any] = BY_TAGS) -> list[str]:
    """List what axe finds on a page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(FOUND, options)
    return found
