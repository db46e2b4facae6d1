"""The settings of the app that runs, for rooms that need one of them."""

from flask import current_app

from config import Config


def settings() -> Config:
    """Give the frozen settings of this app."""
    config: Config = current_app.config["LANTERN"]
    return config
