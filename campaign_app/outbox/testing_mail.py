"""A test mail: straight through the real transport, so that its answer shows at once."""

import uuid
from typing import Final

from campaign_app.core import i18n
from campaign_app.core.settings import settings
from campaign_app.outbox import composing, transport
from campaign_app.outbox.composing import BadAddress
from campaign_app.outbox.transport import Trouble

TIMEOUT: Final = 10.0
TEMPLATE: Final = "outbox/test"


def send_test(to: str) -> Trouble | None:
    """Send a test mail; give what went wrong, or nothing."""
    way = transport.for_url(settings().mail_url, helo=composing.our_host(), timeout=TIMEOUT)
    text = composing.render(TEMPLATE, language=i18n.current_language(), context={})
    line = way.open()
    try:
        line.send(composing.envelope(text, to=to, name=f"{uuid.uuid4()}.test"))
    except BadAddress:
        return Trouble("BadAddress")
    except Trouble as trouble:
        return trouble
    finally:
        line.close()
    return None
