"""The public front: which petitions are open, in the visitor's language."""

from flask import Flask

from campaign_app.core.caching import Briefly
from campaign_app.home import console, finding, views


def init_app(app: Flask) -> None:
    """Open the room."""
    app.url_map.converters["page"] = console.PageName
    app.extensions[views.KEPT] = Briefly(views.front_page)
    app.register_blueprint(views.bp)
    app.register_blueprint(console.bp)
    app.register_blueprint(finding.bp)
    app.jinja_env.globals["site_links"] = views.site_links
    app.jinja_env.globals["next_events"] = views.next_events
