"""Keep the translations true to the texts: collect, bring up to date, check, compile."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from config import SHIPPED_LANGUAGES

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "translations"
TEMPLATE: Final = FOLDER / "messages.pot"
# The texts in the code are English; English needs no catalogue.
SOURCE: Final = "en"
KEYWORDS: Final = ("_l", "lazy_gettext", "lazy_pgettext:1c,2", "lazy_ngettext:1,2")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]")
REVIEW: Final = re.compile(r'^"X-Review(?:er|-State): .*\n', re.MULTILINE)
MARKUP: Final = re.compile(r"</?[a-z][^>]*>")


def main() -> None:
    """Do what the command line names: extract, update, check or compile."""
    deeds = {
        "extract": lambda: extract(TEMPLATE),
        "update": update,
        "check": check,
        "compile": compile_all,
    }
    word = sys.argv[1] if len(sys.argv) == 2 else ""
    if word not in deeds:
        sys.exit(f"Say one of: {', '.join(deeds)}.")
    deeds[word]()


def po_file(language: str) -> Path:
    """Tell where the translation of a language is kept."""
    return FOLDER / str(Locale.parse(language, sep="-")) / "LC_MESSAGES" / "messages.po"


def translated() -> list[str]:
    """List the shipped languages that need a catalogue."""
    return [language for language in SHIPPED_LANGUAGES if language != SOURCE]


def extract(target: Path) -> None:
    """Collect every text of the code and the templates into one template."""
    target.parent.mkdir(parents=True, exist_ok=True)
    keywords = [part for word in KEYWORDS for part in ("--keyword", word)]
    header = ["--project=Lantern", "--copyright-holder=the Lantern authors"]
    shape = ["--no-location", "--sort-output", "--add-comments=NOTE:", "--strip-comments"]
    where = ["--mapping-file", str(ROOT / "babel.toml"), "--output-file", str(target), str(ROOT)]
    CommandLineInterface().run(["pybabel", "-q", "extract", *keywords, *header, *shape, *where])  # type: ignore[no-untyped-call]  # Babel's command has no types


def collected() -> Catalog:
    """Read the texts as they are in the code now."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "messages.pot"
        extract(target)
        return read(target)


def read(path: Path, language: str | None = None) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=Locale.parse(language, sep="-") if language else None)


def update() -> None:
    """Add new texts to every catalogue, empty, and drop those that left; guess nothing."""
    texts = collected()
    for language in translated():
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        said = review_headers(path)
        catalogue = read(path, language) if path.exists() else empty(language)
        texts.creation_date = catalogue.creation_date
        catalogue.update(texts, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(file, catalogue, no_location=True, sort_output=True, ignore_obsolete=True)
        restore(path, said)


def review_headers(path: Path) -> str:
    """Read the lines that say who has reviewed a catalogue."""
    text = path.read_text("utf-8") if path.exists() else ""
    return (
        "".join(REVIEW.findall(text)) or '"X-Review-State: machine\\n"\n"X-Reviewer: none yet\\n"\n'
    )


def restore(path: Path, said: str) -> None:
    """Put back what Babel drops, and take out whom Babel invents."""
    text = REVIEW.sub("", path.read_text("utf-8"))
    text = re.sub(
        r'^"(Last-Translator|Language-Team|Report-Msgid-Bugs-To|PO-Revision-Date): .*\n',
        "",
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r"^# FIRST AUTHOR .*\n", "", text, flags=re.MULTILINE)
    path.write_text(text.replace('"Plural-Forms:', said + '"Plural-Forms:', 1), "utf-8")


def empty(language: str) -> Catalog:
    """Begin the catalogue of a language."""
    return Catalog(locale=Locale.parse(language, sep="-"), project="Lantern", fuzzy=False)


def check() -> None:
    """Print what is wrong in any catalogue, and stop with a failure if there is something."""
    texts = collected()
    found = [f"{language}: {line}" for language in translated() for line in faults(language, texts)]
    for line in found:
        print(line)
    if found:
        sys.exit(f"{len(found)} faults in the catalogues (make catalogues, then translate).")


def faults(language: str, texts: Catalog) -> Iterator[str]:
    """Name what is wrong in one catalogue."""
    path = po_file(language)
    if not path.exists():
        yield f"{path.relative_to(ROOT)} does not exist"
        return
    catalogue = read(path, language)
    if catalogue.num_plurals != get_plural(catalogue.locale)[0]:
        yield "its header names a wrong number of plural forms"
    for text in texts:
        if text.id:
            yield from faults_of(text, catalogue)
    for own in catalogue:
        if own.id and texts.get(key(own), own.context) is None:
            yield f"no longer in the code: {key(own)!r}"


def faults_of(text: Message, catalogue: Catalog) -> Iterator[str]:
    """Name what is wrong with the translation of one text."""
    own = catalogue.get(key(text), text.context)
    if own is None:
        yield f"missing: {key(text)!r}"
    elif own.fuzzy:
        yield f"only guessed (fuzzy): {key(text)!r}"
    elif len(forms(own)) != wanted_forms(text, catalogue) or not all(forms(own)):
        yield f"not translated: {key(text)!r}"
    else:
        yield from faults_in_forms(text, own)


def faults_in_forms(text: Message, own: Message) -> Iterator[str]:
    """Compare placeholders and markup; a plural form may do without what one English form lacks."""
    english = text.id if isinstance(text.id, (list, tuple)) else (text.id,)
    named = [set(PLACEHOLDER.findall(form)) for form in english]
    marked = [sorted(MARKUP.findall(form)) for form in english]
    for form in forms(own):
        has = set(PLACEHOLDER.findall(form))
        if not set.intersection(*named) <= has <= set.union(*named):
            yield f"other placeholders than {key(text)!r}: {form!r}"
        if sorted(MARKUP.findall(form)) not in marked:
            yield f"other markup than {key(text)!r}: {form!r}"


def key(message: Message) -> str:
    """Give the English singular that names a message."""
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    """Give every plural form of a translation, or its one form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def wanted_forms(text: Message, catalogue: Catalog) -> int:
    """Tell how many forms a translation must have."""
    return catalogue.num_plurals if text.pluralizable else 1


def compile_all() -> None:
    """Compile each catalogue whose translation changed since."""
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, read(path, path.parts[-3].replace("_", "-")))
        fresh.replace(target)  # a server that starts meanwhile reads the old or the new one


if __name__ == "__main__":
    main()
