"""Broken rules that a person can do something about."""

from typing import ClassVar

from campaign_app.core.i18n import _l


class DomainError(Exception):
    """A rule that says no; one handler shows its text with its status."""

    status: ClassVar[int] = 409
    text: ClassVar[str] = _l("This cannot be done now.")

    def __init__(self, text: str | None = None) -> None:
        super().__init__()
        self.shown = text or self.text
