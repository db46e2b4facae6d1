"""The demo's files fit each other and the database."""

from campaign_app.demo.content import content
from campaign_app.events.models import EVENT_KINDS, LOCATION_KINDS
from campaign_app.petitions.models import PetitionText
from config import SHIPPED_LANGUAGES


def test_every_text_fits_its_column_and_says_who_wrote_it() -> None:
    for petition in content().petitions.values():
        assert set(petition.texts) == set(SHIPPED_LANGUAGES)
        assert petition.languages[0] == petition.source_language
        for text in petition.texts.values():
            for name in ("title", "summary", "ask", "addressee"):
                words: str = getattr(text, name)
                assert 0 < len(words) <= PetitionText.__table__.c[name].type.length  # type: ignore[attr-defined]
            assert text.origin in {"human", "machine"}
            assert len(text.body) > 500


def test_everything_named_is_there() -> None:
    plan = content()
    for event in plan.events:
        assert event.place in plan.places
        assert event.kind in EVENT_KINDS
        assert set(event.boards) <= set(plan.boards)
        assert set(event.titles) == set(SHIPPED_LANGUAGES)
    assert {board.petition for board in plan.boards.values()} == set(plan.petitions)
    assert set(plan.passers_by) == set(plan.places)
    assert {place.kind for place in plan.places.values()} <= set(LOCATION_KINDS)
    for countries in plan.passers_by.values():
        assert set(countries) <= set(plan.countries)
    for country in plan.countries.values():
        assert set(country.names) <= set(plan.names)
        assert set(country.languages) <= set(SHIPPED_LANGUAGES)


def test_boards_that_always_stand_are_at_three_places() -> None:
    standing = content().standing

    assert len({row.place for row in standing}) == len({row.board for row in standing}) == 3


def test_there_are_two_who_organise_two_who_keep_the_money_and_one_who_only_looks() -> None:
    people = content().people

    assert [person.role for person in people] == [
        "administrator",
        "organiser",
        "organiser",
        "viewer",
        "finance",
        "finance",
    ]
    assert all(person.email.endswith("@example.org") for person in people)
