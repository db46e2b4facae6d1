"""A phone with an authenticator app, and the way in which its owner sets a second factor up."""

import re
from typing import Final

from flask.testing import FlaskClient
from passlib.totp import TOTP  # type: ignore[import-untyped]  # libpass ships no types

from campaign_app.core import clock
from tests.accounts.people import PASSWORD, send

FACTOR: Final = "/console/account/second-factor"


class Phone:
    """An authenticator app: another implementation than the server's own clock."""

    def __init__(self, uri: str) -> None:
        self._totp = TOTP.from_uri(uri)

    def code(self) -> str:
        """Show the six digits of this half minute."""
        return str(self._totp.generate(clock.now().timestamp()).token)

    def wrong(self) -> str:
        """Make up six digits that are not right now."""
        near = {
            self._totp.generate(clock.now().timestamp() + shift).token for shift in (-30, 0, 30)
        }
        return next(f"{n:06}" for n in range(10) if f"{n:06}" not in near)


def set_up(client: FlaskClient) -> tuple[Phone, list[str]]:
    """Set a second factor up; give the phone and the recovery codes."""
    send(client, f"{FACTOR}/begin", password=PASSWORD)
    found = re.search(r'href="(otpauth://[^"]+)"', client.get(FACTOR).text)
    assert found
    phone = Phone(found[1].replace("&amp;", "&"))
    answer = send(client, f"{FACTOR}/confirm", code=phone.code())
    assert answer.status_code == 200
    return phone, re.findall(r"<code dir=\"ltr\">([0-9a-f-]{14})</code>", answer.text)
