"""The demo's banks of an app, one for each account: what pages and carrier work on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import current_app

from campaign_app.payments.local.vault import Vault
from campaign_app.payments.ways import Account

HOUSES: Final = "lantern_demo_banks"


@dataclass(frozen=True, slots=True)
class House:
    """A bank: whose account, its objects, where its pages lie, and where it tells what happened."""

    account: Account
    vault: Vault
    pages: str
    listener: str


def houses() -> Mapping[str, House]:
    """Give this app's banks by account; none in every mode but `local`."""
    found: Mapping[str, House] = current_app.extensions.get(HOUSES, {})
    return found
