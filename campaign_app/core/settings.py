"""The settings of the app that runs, for rooms that need one of them.

What the environment says is where they begin; what people of ours changed goes before it.
"""

from typing import Final

from flask import Flask, current_app

from campaign_app.core.organisation import Current, Facts
from config import Config

CURRENT: Final = "lantern_organisation"


def init_app(app: Flask) -> None:
    """Keep what is known of the organisation, and lend it to templates."""
    app.extensions[CURRENT] = Current(app.config["LANTERN"])
    app.jinja_env.globals.update(
        settings=settings, organisation=organisation, organisation_facts=facts
    )


def settings() -> Config:
    """Give the settings of this app as they are now."""
    return _current().config


def facts() -> Facts:
    """Give what the organisation says of itself."""
    return _current().facts


def organisation(language: str = "") -> str:
    """Give the organisation's name in a language, else in English, else in any."""
    current = _current()
    return current.facts.name(current.config.organisation, language)


def organisation_said() -> bool:
    """Tell whether people of ours have said who they are, or only the environment."""
    return _current().said


def look_again() -> None:
    """Let this process see a change of its own at once."""
    _current().forget()


def _current() -> Current:
    known: Current = current_app.extensions[CURRENT]
    environment: Config = current_app.config["LANTERN"]
    if known.environment is not environment:
        known = current_app.extensions[CURRENT] = Current(environment)
    return known
