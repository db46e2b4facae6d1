"""What rooms above add to this room's pages. They are told nothing: not what was signed, nor by whom."""

from collections.abc import Callable
from typing import Final

from markupsafe import Markup

#: Below the thanks for a signature, in the current language: what somebody may do next.
AFTER_SIGNING: Final[dict[str, Callable[[], Markup]]] = {}
