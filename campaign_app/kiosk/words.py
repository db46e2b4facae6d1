"""The tablet's texts in every language it may be handed to somebody in; each screen keeps its own file.

A module of this room named `words_…` holds `WORDS`: key → a lazy text. All of them travel with the
tablet's pages, because a language must not need a network.
"""

import json
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from campaign_app.core.i18n import direction, own_name, spoken

_ROOM: Final = "campaign_app.kiosk"


def collected() -> dict[str, str]:
    """Gather every screen's texts; no two screens may give one key two meanings."""
    texts: dict[str, str] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("words_"):
            own: Mapping[str, str] = import_module(f"{_ROOM}.{module.name}").WORDS
            if twice := texts.keys() & own.keys():
                raise ValueError(f"{module.name} names again: {sorted(twice)}")
            texts.update(own)
    return texts


TEXTS: Final = collected()


def written(languages: tuple[str, ...]) -> str:
    """Write all texts in all languages, as the tablet reads them."""
    return json.dumps(
        {
            "languages": [
                {"code": code, "name": own_name(code), "dir": direction(code)} for code in languages
            ],
            "texts": {code: _in(code) for code in languages},
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def _in(language: str) -> dict[str, str]:
    with spoken(language):
        return {key: str(text) for key, text in TEXTS.items()}
