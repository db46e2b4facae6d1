"""How the bank of the demo comes into an app: its vaults, its gateways, its pages, its carrier.

Loaded by name from `payments/opening.py` in mode `local`, and never anywhere else.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace

from flask import Flask

from campaign_app.outbox.registry import every
from campaign_app.payments.gateway import Gateway
from campaign_app.payments.local import carrier, pages
from campaign_app.payments.local.api import Api, InProcess
from campaign_app.payments.local.house import HOUSES, House
from campaign_app.payments.local.vault import Vault
from campaign_app.payments.opening import VAULT
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.ways import Account, Ways
from config import Config


def open_(app: Flask, found: Ways) -> Mapping[str, Gateway]:
    """Open a bank for each account, and lend it to the same gateway that speaks to Stripe."""
    config: Config = app.config["LANTERN"]
    if config.is_production:
        raise AssertionError("the demo's bank never opens in production")
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    houses = {key: _house(key, found, config) for key in found.accounts}
    app.extensions[HOUSES] = houses
    app.register_blueprint(pages.bp)
    every(seconds=1, name="payments.local.carry", unguarded=True)(carrier.carry_all)
    return {key: _gateway(house) for key, house in houses.items()}


def _house(key: str, found: Ways, config: Config) -> House:
    return House(
        account=_with_secrets(found.accounts[key], config),
        vault=Vault(config.instance_dir / f"{key}-{VAULT}"),
        pages=f"{config.public_url}/payments/local/{key}",
        listener=f"{config.public_url}/payments/{key}/signals",
    )


def _with_secrets(account: Account, config: Config) -> Account:
    """Give an account keys of its own, derived from this installation's secret."""
    mark = hmac.new(config.secret_key.encode(), account.key.encode(), hashlib.sha256).hexdigest()
    return replace(account, secret=f"sk_test_{mark}", webhook_secret=f"whsec_{mark}")


def _gateway(house: House) -> Gateway:
    api = Api(house.vault, pages=house.pages)
    return StripeGateway(house.account, http_client=InProcess(api), retries=0)
