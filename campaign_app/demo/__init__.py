"""The demo: an invented month on the street, real in everything but the people.

It stands above all rooms, so that it can fill each of them; nothing imports it but `make run`.
"""

from campaign_app.demo.loading import load

__all__ = ["load"]
