"""Petitions in the console: what organisers see and change."""

from flask import Blueprint

bp = Blueprint("petitions_console", __name__, url_prefix="/console/petitions")
