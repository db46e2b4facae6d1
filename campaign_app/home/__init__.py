"""The public front: which petitions are open, in the visitor's language."""

from flask import Flask

from campaign_app.home import views


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(views.bp)
    app.jinja_env.globals["site_links"] = views.site_links
