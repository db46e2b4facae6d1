"""Paper: in our own fonts, set right in each language, never with a letter missing."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from pypdf import PdfReader

from campaign_app.core import clock, fonts, pdf
from tests.paper import families, text_of

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(ROOT.glob("translations/*/LC_MESSAGES/messages.po"))


def specimen(language: str, *paragraphs: str) -> bytes:
    return pdf.render("specimen", {"title": "Lantern", "paragraphs": paragraphs}, language)


def words_of(catalogue: Path) -> Iterator[str]:
    with catalogue.open("rb") as file:
        for message in read_po(file):
            for texts in (message.id, message.string):
                yield from [texts] if isinstance(texts, str) else texts or ()


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_whatever_lantern_says_can_be_printed_and_read_back(catalogue: Path) -> None:
    language = catalogue.parts[-3]
    signs = sorted({sign for words in words_of(catalogue) for sign in words} - {"\n"})
    printed = text_of(specimen(language, *(f"a{sign}a" for sign in signs)))
    assert [sign for sign in signs if sign.strip() and sign not in printed] == []
    assert families(specimen(language, *signs)) <= {"NotoSans", "NotoSansKR"}


def test_every_syllable_of_a_korean_name_can_be_printed_and_read_back() -> None:
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    lines = ["".join(syllables[at : at + 28]) for at in range(0, len(syllables), 28)]
    made = specimen("ko", *lines)
    assert families(made) == {"NotoSansKR"} | (families(made) & {"NotoSans"})
    assert set(syllables) <= set(text_of(made))


def test_names_in_chinese_characters_cyrillic_and_vietnamese_can_be_printed() -> None:
    names = ("金正恩", "Наталья Ёлкина", "Nguyễn Thị Ánh", "Łukasz Żółć", "Þóra Ægisdóttir")
    printed = text_of(specimen("ko", *names))
    assert all(name in printed for name in names)


def test_a_letter_that_no_font_has_is_an_error_that_names_it_and_nothing_else(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(pdf.CannotPrint) as refused:
        specimen("en", "Mina Kim 🚀")
    assert "🚀" in refused.value.shown
    assert "U+1F680" in refused.value.shown
    assert "Mina" not in refused.value.shown


def test_a_letter_without_a_glyph_stops_typst_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "writable", lambda: {"🚀", *"Lanter"})
    with pytest.raises(RuntimeError, match="could not be displayed"):
        specimen("en", "🚀")


def test_what_a_person_typed_shows_a_box_where_a_letter_is_missing() -> None:
    assert pdf.typed("Mina 🚀 민아") == "Mina □ 민아"
    assert "Mina □" in text_of(specimen("en", pdf.typed("Mina 🚀")))


def test_letters_typed_in_pieces_are_put_together() -> None:
    assert pdf.typed("한") == "한"
    assert "한 é" in text_of(specimen("fr", "한 é"))


def test_our_list_of_characters_is_what_typst_finds_in_the_fonts() -> None:
    for names in fonts.FILES.values():
        first, *others = [fonts.characters(fonts.FOLDER / name) for name in names]
        assert all(other == first for other in others), "weights differ"
        assert len(first) > 1_000


def test_typst_sees_our_families_only() -> None:
    assert fonts.closed_list().families() == sorted(fonts.FILES)


def test_the_fonts_are_the_ones_that_their_page_describes() -> None:
    told = (fonts.FOLDER / "README.md").read_text()
    found = [path for path in fonts.FOLDER.iterdir() if path.suffix in (".ttf", ".otf")]
    for path in found:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in told
    assert {path.name for path in found} == {n for names in fonts.FILES.values() for n in names}
    assert sum(path.stat().st_size for path in found) < 20_000_000


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Pourquoi ?", "Pourquoi\u202f?"),
        ("Lieu\u00a0: Genève !", "Lieu\u202f: Genève\u202f!"),
        ("« Oui »", "«\u202fOui\u202f»"),
        ("«Oui»", "«\u202fOui\u202f»"),
        ("50 % ; 14:30", "50\u202f%\u202f; 14:30"),
        ("https://lantern.example/q/abcd", "https://lantern.example/q/abcd"),
    ],
)
def test_french_punctuation_is_held_by_narrow_spaces(typed: str, printed: str) -> None:
    assert printed in text_of(specimen("fr", typed))


def test_french_rules_are_for_french_alone_and_for_french_inside_other_paper() -> None:
    assert "Why ?" in text_of(specimen("en", "Why ?"))
    mixed = {"title": "T", "paragraphs": ["Why ?"], "more": {"language": "fr", "x": "Pourquoi ?"}}
    ready = pdf.set_right(mixed, "en")
    assert ready["more"]["x"] == "Pourquoi\u202f?"
    assert ready["paragraphs"] == ["Why ?"]


def test_korean_lines_break_between_words_never_inside_one() -> None:
    words = "북한의 정치범수용소를 즉시 폐쇄하고 모든 수감자를 석방할 것을 요구합니다. " * 12
    lines = text_of(specimen("ko", words)).splitlines()[1:]
    assert len([line for line in lines if line.strip()]) > 3
    assert set(" ".join(lines).split()) == set(words.split())


def test_paper_has_a_title_a_language_and_tags_and_keeps_for_archives() -> None:
    for language in ("ko", "fr", "en"):
        made = PdfReader(BytesIO(specimen(language, "x")))
        root = made.trailer["/Root"]
        told = root["/Metadata"].get_data().decode()  # type: ignore[index]
        assert made.metadata is not None
        assert made.metadata.title == "Lantern"
        assert root["/Lang"].split("-")[0] == language  # type: ignore[index]
        assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
        assert re.search(r"pdfaid:part[>=\"]+2", told)
        assert re.search(r"pdfuaid:part[>=\"]+1", told)


def test_paper_printed_twice_on_a_day_is_the_same_and_tells_no_hour() -> None:
    noon = clock.now().replace(hour=12, minute=34, second=56)
    made = []
    for later in (timedelta(), timedelta(hours=3)):
        with clock.frozen(noon + later):
            made.append(specimen("en", "x"))
    assert made[0] == made[1]
    told = PdfReader(BytesIO(made[0])).metadata
    assert told is not None
    assert told.creation_date is not None
    assert (told.creation_date.hour, told.creation_date.minute) == (0, 0)


def test_typed_words_are_never_taken_for_instructions() -> None:
    typed: Sequence[str] = ['#read("/base.typ")', "= Heading", "$x$ *bold* @nobody", "\\u{41}"]
    printed = text_of(specimen("en", *typed))
    assert all(words in printed for words in typed)
