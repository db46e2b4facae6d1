"""The demo's pages about us, written by one person and read by another."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from campaign_app import demo_content
from campaign_app.home import services
from campaign_app.home.facts import Written
from campaign_app.home.models import PAGES

FOLDER: Final = Path(demo_content.__file__).resolve().parent / "pages"
FENCE: Final = "+++\n"
#: The language that the others were translated from.
SOURCE: Final = "en"


@dataclass(frozen=True, slots=True)
class Writers:
    """Who wrote them, and who read them."""

    author_id: int
    reader_id: int


def plans() -> Iterator[Written]:
    """Read the demo's pages, the source of each before its translations."""
    for page in PAGES:
        files = sorted((FOLDER / page).glob("*.md"), key=lambda file: (file.stem != SOURCE, file))
        for file in files:
            _, facts, body = file.read_text("utf-8").split(FENCE, 2)
            yield Written(page=page, language=file.stem, body=body.strip(), **tomllib.loads(facts))


def write_pages(writers: Writers) -> None:
    """Write and publish them all, in the caller's transaction."""
    sources: dict[str, int] = {}
    for plan in plans():
        said = plan if plan.language == SOURCE else _following(plan, sources.get(plan.page))
        text = services.write(said, writers.author_id)
        services.publish(text.id, writers.reader_id)
        sources.setdefault(plan.page, text.id)


def _following(plan: Written, source_id: int | None) -> Written:
    return replace(plan, source_id=source_id)
