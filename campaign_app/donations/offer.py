"""What stands below the thanks for a signature: one line that leads to the page to give on.

It is told nothing of the signature, and it takes nothing along: the same address for everybody.
"""

from markupsafe import Markup

from campaign_app.core import web
from campaign_app.donations import menu


def after_signing() -> Markup:
    """Offer to give; nothing where nothing can be taken."""
    return web.fragment("donations/after_signing.html") if menu.currencies() else Markup()
