"""A catalogue is complete, or the check says which text and why."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tools import catalogues


def texts() -> Catalog:
    template = Catalog()
    template.add("Sign")
    template.add("Hello %(name)s", flags=["python-format"])
    template.add(("%(n)s name", "%(n)s names"), flags=["python-format"])
    return template


def korean(**changes: str | None) -> Catalog:
    catalogue = Catalog(locale="ko")
    said: dict[str, str | None] = {
        "sign": "서명",
        "hello": "%(name)s님",
        "names": "%(n)s명",
    }
    said.update(changes)
    for english, translation in zip(texts_in_order(), said.values(), strict=True):
        if translation is not None:
            plural = isinstance(english, tuple)
            catalogue.add(english, (translation,) if plural else translation)
    return catalogue


def texts_in_order() -> list[str | tuple[str, ...]]:
    return [message.id for message in texts() if message.id]  # type: ignore[misc]  # Babel allows lists, too


def found(catalogue: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(catalogues, "ROOT", folder)
    monkeypatch.setattr(catalogues, "FOLDER", folder)
    path = catalogues.po_file("ko")
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
    return list(catalogues.faults("ko", texts()))


def test_a_complete_catalogue_has_no_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(korean(), tmp_path, monkeypatch) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"sign": None}, "missing: 'Sign'"),
        ({"sign": ""}, "not translated: 'Sign'"),
        ({"names": ""}, "not translated: '%(n)s name'"),
        ({"hello": "%(nom)s님"}, "other placeholders than 'Hello %(name)s': '%(nom)s님'"),
        ({"hello": "안녕"}, "other placeholders than 'Hello %(name)s': '안녕'"),
        ({"sign": "<b>서명</b>"}, "other markup than 'Sign': '<b>서명</b>'"),
    ],
)
def test_each_fault_is_named(
    changes: dict[str, str | None], fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(korean(**changes), tmp_path, monkeypatch) == [fault]


def test_a_guess_does_not_count_as_a_translation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = korean()
    catalogue["Sign"].flags.add("fuzzy")
    assert found(catalogue, tmp_path, monkeypatch) == ["only guessed (fuzzy): 'Sign'"]


def test_a_text_that_left_the_code_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = korean()
    catalogue.add("Gone", "없음")
    assert found(catalogue, tmp_path, monkeypatch) == ["no longer in the code: 'Gone'"]


def test_lazy_texts_and_templates_are_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "campaign_app").mkdir()
    (tmp_path / "campaign_app" / "forms.py").write_text(
        'A = _l("Name")\nB = _("Mailbox")\n', "utf-8"
    )
    (tmp_path / "templates").mkdir()
    page = "{% trans n=3 %}\n  one  {% pluralize %} {{ n }} many\n{% endtrans %}"
    (tmp_path / "templates" / "page.html").write_text(page, "utf-8")
    (tmp_path / "babel.toml").write_bytes((catalogues.ROOT / "babel.toml").read_bytes())
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)

    assert {catalogues.key(text) for text in catalogues.collected() if text.id} == {
        "Name",
        "Mailbox",
        "one",
    }
