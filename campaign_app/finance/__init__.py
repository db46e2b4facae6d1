"""Money as the finance role sees it: five honest numbers, refunds, disputes, proofs, exports."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
