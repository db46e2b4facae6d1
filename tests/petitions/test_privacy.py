"""What happens with a name, said in public: a notice made from the settings, a page per petition."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.accounts import organisation
from campaign_app.core import db
from campaign_app.core.organisation import Facts
from campaign_app.core.settings import look_again
from campaign_app.petitions.privacy_notice import authority_key
from tests import given

FACTS: dict[str, Any] = {
    "names": {"en": "Window Watch", "ko": "창문지기"},
    "address": "Rue du Lac 1\n1200 Genève",
    "country": "CH",
    "privacy_contact": "privacy@window.example.org",
    "sender_name": "Window Watch",
    "sender_address": "sign@window.example.org",
    "smallest_age": 16,
    "languages": ("ko", "en", "fr"),
    "host_name": "Berg Hosting",
    "host_country": "CH",
    "mail_name": "Post & Co",
    "mail_country": "DE",
    "other_processors": "Print House, posters, Seoul",
}


def say(app: Flask, **changes: Any) -> None:
    with app.app_context():
        db.transact(lambda: organisation.change(Facts(**(FACTS | changes))))
        look_again()


@pytest.mark.parametrize("language", given.LANGUAGES)
def test_the_notice_is_whole_in_each_language(
    app: Flask, client: FlaskClient, language: str
) -> None:
    say(app)
    page = client.get(f"/{language}/privacy")
    assert page.status_code == 200
    for said in ("Rue du Lac 1, 1200 Genève", "Berg Hosting", "Post &amp; Co", "Print House"):
        assert said in page.text, said
    assert 'href="mailto:privacy@window.example.org"' in page.text
    assert f'href="/{language}/receipt"' in page.text
    assert "16" in page.text
    assert "edoeb.admin.ch" in page.text
    assert "{" not in page.text.split("</style>")[1]


def test_before_anybody_said_more_the_notice_says_what_is_open(client: FlaskClient) -> None:
    page = client.get("/en/privacy").text
    assert "We have not named here yet who runs our server" in page
    assert "data leaves" not in page
    assert "stays in" not in page
    assert "the data protection authority of your country" in page


def test_a_border_is_named_only_where_data_crosses_one(app: Flask, client: FlaskClient) -> None:
    say(app)
    assert "data leaves Switzerland: it goes to Germany" in client.get("/en/privacy").text
    say(app, mail_country="CH")
    assert "data stays in Switzerland" in client.get("/en/privacy").text
    say(app, country="")
    assert "Switzerland: it goes" not in client.get("/en/privacy").text


@pytest.mark.parametrize(
    ("country", "key"),
    [("KR", "KR"), ("CH", "CH"), ("FR", "FR"), ("DE", "EU"), ("NO", "EU"), ("US", "other")],
)
def test_who_hears_a_complaint_follows_the_seat(country: str, key: str) -> None:
    assert authority_key(country) == key


def test_an_authority_of_ones_own_goes_first(app: Flask, client: FlaskClient) -> None:
    say(app, authority="Ombudsman of the Canton")
    page = client.get("/en/privacy").text
    assert "Ombudsman of the Canton" in page
    assert "edoeb" not in page


def test_what_administrators_type_stays_text(app: Flask, client: FlaskClient) -> None:
    say(
        app,
        names={"en": "<script>x</script>"},
        other_processors="[a](javascript:b)",
        authority="<img src=x>",
    )
    page = client.get("/en/privacy").text
    assert "<script>x" not in page
    assert 'javascript:b"' not in page
    assert "<img" not in page


def test_the_foot_of_every_public_page_leads_to_it(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    for path in ("/fr/", f"/fr/petitions/{world.slug}", "/fr/receipt", "/fr/petitions/nowhere"):
        assert 'href="/fr/privacy"' in client.get(path).text, path


def test_a_petitions_page_says_the_same_as_its_form(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    for language in given.LANGUAGES:
        form = client.get(f"/{language}/petitions/{world.slug}").text
        page = client.get(f"/{language}/petitions/{world.slug}/my-name").text
        said = form.split('<div class="fold">')[-1].split("</div>")[0].strip()
        assert said.count("<p>") >= 5
        assert said in page
        assert f'href="/{language}/petitions/{world.slug}"' in page


def test_only_petitions_that_the_public_may_read_have_the_page(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        db.transact(lambda: given.petition("draft"))
    assert client.get("/en/petitions/draft/my-name").status_code == 404
    assert client.get("/en/petitions/nowhere/my-name").status_code == 404
