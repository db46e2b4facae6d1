"""What is printed: words set right in every language, a code on each sheet, and nobody's secrets."""

from typing import Final

import pytest

from campaign_app.core import fonts
from campaign_app.core.db import session
from campaign_app.paper import printing, queries, sampling, services, states
from campaign_app.petitions.models import ConsentPart, PetitionText
from tests.accounts.people import send
from tests.given import LANGUAGES, TITLES
from tests.on_paper.conftest import Paper
from tests.on_paper.typing_in import say_of_line
from tests.paper import decoded, families, seen, text_of

HOME: Final = "/console/paper/"


@pytest.fixture
def engine_name() -> str:
    """What is printed does not depend on what keeps the data: one engine is enough here."""
    return "sqlite"


def printed(paper: Paper, batch: int) -> bytes:
    """Print a batch as its page does."""
    with paper.app.test_request_context():
        found = queries.batch(batch)
        assert found
        return printing.as_pdf(found)


def squeezed(text: str) -> str:
    """Take out what setting puts between letters: line ends, narrow spaces, hyphens of none."""
    return "".join(text.split()).replace("\u202f", "").replace("\ufffe", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", states.KINDS)
def test_each_sheet_says_what_is_signed_and_agreed_to_in_its_language(
    paper: Paper, language: str, kind: str
) -> None:
    batch = paper.batch(2, kind, language=language)
    made = printed(paper, batch)
    words = squeezed(text_of(made))
    with paper.app.app_context():
        parts, sheets = queries.parts(batch), queries.sheets(batch)
        text = session.get_one(PetitionText, paper.read(batch).text_id)
    told = [TITLES[language], text.ask, text.addressee, (text.sha256 or "")[:16], "privacy@"]
    told += [part.title for part in parts] + [part.wording for part in parts]
    told += [f"{sheet.letters[:4]}-{sheet.letters[4:]}" for sheet in sheets]
    for said in told:
        assert squeezed(said) in words, said
    assert families(made) <= {"NotoSans", "NotoSansKR"}


@pytest.mark.parametrize("kind", states.KINDS)
def test_the_code_of_each_sheet_is_read_by_two_decoders_and_leads_to_it(
    paper: Paper, kind: str
) -> None:
    batch = paper.batch(6 if kind == states.SLIPS else 2, kind)
    pages = seen(printed(paper, batch), 200)
    with paper.app.app_context():
        wanted = [printing.address(sheet.letters) for sheet in queries.sheets(batch)]
    size = states.ON_A_PAGE[kind]
    assert len(pages) == 2
    for number, page in enumerate(pages):
        here = sorted(wanted[number * size : (number + 1) * size])
        with_zxing, with_opencv = decoded(page)
        assert with_zxing == here
        assert with_opencv == here


def test_long_words_still_fit_their_page(paper: Paper) -> None:
    with paper.app.app_context():
        for row in session.query(PetitionText):
            row.title, row.ask = "Lang genug " * 14, "Die Regierung soll sie freilassen. " * 8
        for part in session.query(ConsentPart):
            part.wording *= 2
        session.commit()
    for kind, pages in ((states.SLIPS, 1), (states.LISTS, 4)):
        assert len(seen(printed(paper, paper.batch(4, kind)), 20)) == pages


def test_every_letter_of_our_own_words_can_be_printed(paper: Paper) -> None:
    for language in LANGUAGES:
        with paper.app.test_request_context():
            batch = queries.batch(paper.batch(1, language=language))
            assert batch
            words = printing._words(language).values()
            missing = {sign for text in words for sign in text if sign not in fonts.writable()}
        assert missing == set()


def test_the_record_tells_how_many_who_and_when_and_names_no_signer(paper: Paper) -> None:
    batch, client = paper.batch(4), paper.client(paper.mina)
    for number in (1, 2):
        say_of_line(client, paper.sheet(batch, number), 1, "illegible")
    paper.say(batch, [3], states.LOST, "Left on the train")
    paper.say(batch, [4], states.UNUSED)
    paper.act(paper.mina, lambda: services.move(services.locked(batch), [1, 2], states.CHECKED))
    paper.say(batch, [1], states.HANDED_OVER, "To the office of the UN")
    open_one = text_of(client.get(f"{HOME}{batch}/record.pdf").data)
    assert "Still without an end: 2" in open_one
    paper.say(batch, [2], states.DESTROYED, "Shredded before Bora □")
    made = client.get(f"{HOME}{batch}/record.pdf")
    words = " ".join(text_of(made.data).split())
    for said in ("To the office of the UN", "Shredded before Bora", "Left on the train", "Mina",
                 "Handed over", "Destroyed", "Lost", "Unused"):  # fmt: skip
        assert said in words, said
    assert "Still without" not in words
    assert len(seen(made.data, 20)) == 1


def test_the_record_says_when_one_person_checked_alone(paper: Paper) -> None:
    batch, client = paper.batch(1), paper.client(paper.mina)
    say_of_line(client, paper.sheet(batch), 1, "illegible")
    paper.act(paper.mina, lambda: sampling.draw(batch))
    with paper.app.app_context():
        (row,) = queries.sample(batch).due
        row.sample, row.checked_by = states.AGREED, row.person_id
        session.commit()
    words = " ".join(text_of(client.get(f"{HOME}{batch}/record.pdf").data).split())
    assert "Checked by one person alone" in words


def test_what_cannot_be_printed_is_not_said_to_be(paper: Paper) -> None:
    batch, client = paper.batch(1), paper.client(paper.mina)
    with paper.app.app_context():
        session.query(PetitionText).update({"title": "Close \U0001f600"})
        session.commit()
    refused = send(client, f"{HOME}{batch}/print")
    assert refused.status_code == 409
    assert "U+1F600" in refused.text
    with paper.app.app_context():
        assert paper.read(batch).printings == 0
