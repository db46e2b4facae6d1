"""Hands that have a keyboard and nothing else, and eyes that must see where they are."""

from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Response

#: More than any page of ours needs.
PATIENCE: Final = 90
#: Where the keyboard is: what has the focus, whether one sees it, and whether it came in order.
HERE: Final = """(wanted) => {
  const it = document.activeElement;
  const [style, box] = [getComputedStyle(it), it.getBoundingClientRect()];
  const before = window.wasHere?.isConnected ? window.wasHere : null;
  window.wasHere = it;
  const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const after = !before || [it, document.body].includes(before) || it === document.body
    || Boolean(before.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING)
    || !before.contains(it) && it.closest("dialog") !== null;
  return {
    name: `${it.tagName.toLowerCase()}#${it.id}.${it.className}[name=${it.name ?? ""}] ${it.innerText ?? ""}`.slice(0, 80).trim(),
    nowhere: it === document.body,
    there: it !== document.body && it.matches(wanted),
    seen: it === document.body || (shown && inside),
    after,
  };
}"""

#: How many times one goes down from here to a choice.
HOW_FAR: Final = """(value) => {
  const it = document.activeElement;
  const all = it.options ? [...it.options] : [...it.form.elements[it.name]];
  const at = all.findIndex((one) => it.options ? one.selected : one === it);
  return all.findIndex((one) => one.value === value) - at;
}"""


@dataclass(frozen=True)
class Keyboard:
    """Walks a page with the Tab key; each stop must be seen, and come in the order of reading."""

    page: Page

    def to(self, wanted: str) -> None:
        """Walk on to something; from the end of the page the walk goes on at its beginning."""
        met: list[str] = []
        for _step in range(PATIENCE):
            here = self._here(wanted)
            if here["there"]:
                return
            self.page.keyboard.press("Tab")
            here = self._here(wanted)
            met.append(here["name"])
            assert here["seen"], f"{self.page.url}: nobody sees the focus on {here['name']}"
            assert here["after"] or len(met) == 1, f"{self.page.url}: out of order: {met}"
        pytest.fail(f"{self.page.url}: Tab never reaches {wanted}, only {met}")

    def _here(self, wanted: str) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(HERE, wanted)
        return found

    def type(self, wanted: str, text: str) -> None:
        """Walk to a field and write into it, over what was there."""
        self.to(wanted)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def press(self, wanted: str, key: str = "Enter") -> None:
        """Walk to a button, a link or a box, and press it."""
        self.to(wanted)
        self.page.keyboard.press(key)

    def follow(self, wanted: str, status: int = 200) -> Page:
        """Walk to what leads to another page, and go there."""
        self.to(wanted)
        with self.page.expect_navigation() as arrival:
            self.page.keyboard.press("Enter")
        answer: Response | None = arrival.value
        assert answer is not None
        assert answer.status == status, self.page.url
        return self.page

    def choose(self, wanted: str, value: str) -> None:
        """Walk to a list or to a group of choices, and go down to one of them."""
        self.to(wanted)
        for _step in range(self.page.evaluate(HOW_FAR, value)):
            self.page.keyboard.press("ArrowDown")
