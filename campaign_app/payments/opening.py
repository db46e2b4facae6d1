"""The till of this app, opened once at its start, as its settings say and never otherwise."""

from collections.abc import Mapping
from typing import Final

from flask import Flask, current_app

from campaign_app.core.settings import settings
from campaign_app.payments import ways
from campaign_app.payments.gateway import Gateway
from campaign_app.payments.local.api import Api, InProcess
from campaign_app.payments.local.vault import Vault
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import Back, Till
from campaign_app.payments.ways import Ways
from config import Config

TILL: Final = "lantern_till"
VAULT: Final = "local-bank.sqlite3"
#: A room above says where its donors come back to (payment → Back); one does.
PAGES: Final[dict[str, object]] = {}


def init_app(app: Flask) -> None:
    """Open the till."""
    ways.init_app(app)
    with app.app_context():
        found = ways.of_the_app()
    app.extensions[TILL] = Till(found, _gateways(found, app.config["LANTERN"]), back)


def till() -> Till:
    """Give this app's till."""
    found: Till = current_app.extensions[TILL]
    return found


def back(payment: Payment) -> Back:
    """Ask the room above where a donor comes back to; where none says, to the front page."""
    said = PAGES.get(payment.subject.partition(":")[0])
    if callable(said):
        told: Back = said(payment)
        return told
    home = f"{settings().public_url}/{payment.language}/"
    return Back(home, home, "Gift")


def _gateways(found: Ways, config: Config) -> Mapping[str, Gateway]:
    if found.mode == "off":
        return {}
    if found.mode == "local":
        return {key: _local(key, found, config) for key in found.accounts}
    return {key: StripeGateway(account) for key, account in found.accounts.items()}


def _local(key: str, found: Ways, config: Config) -> Gateway:
    """Lend the demo's bank to the same gateway that speaks to Stripe."""
    if config.is_production:
        raise AssertionError("the demo's bank never opens in production")
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    vault = Vault(config.instance_dir / f"{key}-{VAULT}")
    api = Api(vault, pages=f"{config.public_url}/payments/local/{key}")
    account = ways.with_demo_secrets(found.accounts[key], config)
    return StripeGateway(account, http_client=InProcess(api), retries=0)
