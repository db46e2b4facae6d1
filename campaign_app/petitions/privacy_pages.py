"""What happens with a name: a notice for the whole house, and a page for each petition."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import current_language, speak
from campaign_app.petitions import wording
from campaign_app.petitions.pages import switcher
from campaign_app.petitions.privacy_notice import notice
from campaign_app.petitions.statement_pages import bp as petitions_bp
from campaign_app.petitions.texts import rendered
from campaign_app.petitions.views import found, spoken

bp: Blueprint = petitions_bp


@bp.get("/<language:lang>/privacy")
@public
def privacy_notice(lang: str) -> ResponseReturnValue:
    """Show the privacy notice, made from the settings."""
    speak(lang)
    html = render_template("petitions/privacy_notice.html", notice=notice(current_language()))
    return web.page(html, Cache_Control="no-cache")


@bp.get("/<language:lang>/petitions/<slug>/my-name")
@public
def my_name(lang: str, slug: str) -> ResponseReturnValue:
    """Say what happens with a name under this petition; the same words as beside the form."""
    desk = found(lang, slug)
    text = spoken(desk, lang)
    html = render_template(
        "petitions/my_name.html",
        title=text.title,
        privacy_html=rendered(wording.privacy(lang, desk.facts(lang))),
        parts=desk.parts_for(lang, desk.country),
        sign_url=url_for("petitions.sign", lang=lang, slug=slug),
        languages=switcher(desk, lambda code: url_for(".my_name", lang=code, slug=slug)),
    )
    return web.page(html, Cache_Control="no-cache")
