"""Somebody at the console: opens pages, fills in forms, follows links."""

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tests.journeys.axe import faults
from tests.journeys.street import Visitor

WORDS: Final = {
    "ko": {
        "title": "납북자를 돌려보내라",
        "summary": "해변에서 끌려간 사람들이 있습니다.",
        "ask": "이들을 집으로 돌려보내 주십시오.",
        "addressee": "유엔 인권이사회",
        "body": "## 이유\n\n가족들이 **지금도** 기다립니다.",
    },
    "en": {
        "title": "Free the abductees",
        "summary": "They were taken from their beaches.",
        "ask": "Let them go home.",
        "addressee": "UN Human Rights Council",
        "body": "## Why\n\nTheir families are **still** waiting.",
    },
    "fr": {
        "title": "Libérez les personnes enlevées",
        "summary": "On les a prises sur leurs plages.",
        "ask": "Laissez-les rentrer chez elles.",
        "addressee": "Conseil des droits de l’homme des Nations Unies",
        "body": "## Pourquoi\n\nLeurs familles attendent **encore**.",
    },
}


@dataclass(frozen=True)
class Desk:
    """A person at the console."""

    visitor: Visitor

    @property
    def page(self) -> Page:
        """Give the page that is open."""
        return self.visitor.page

    def go(self, path: str) -> Page:
        """Open a page of the console; whoever works here all day needs it accessible, too."""
        page = self.visitor.go(f"/console/{path}")
        assert faults(page) == [], path
        return page

    def fill(self, **fields: str) -> None:
        """Write into fields by their names."""
        for name, text in fields.items():
            field = self.page.locator(f"main [name={name}]")
            if field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)

    def save(self, selector: str = "main .primary") -> Page:
        """Press the button; what was done is said."""
        self.visitor.press(selector)
        assert self.page.locator(".notice.good[role=status]").count() == 1
        return self.page

    def follow(self, address_ends: str) -> Page:
        """Follow the link that a person would."""
        with self.page.expect_navigation():
            self.page.locator(f"main a[href$='{address_ends}']").first.click()
        return self.page
