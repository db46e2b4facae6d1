"""What the finance role sends about receipts."""

import wtforms
from wtforms import validators

from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _l


class CancelForm(ConsoleForm):
    """Take a receipt back, and say why."""

    reason = wtforms.StringField(
        _l("Why it is cancelled"),
        [
            validators.InputRequired(
                _l("Write why the receipt is cancelled; it stands on the paper.")
            ),
            validators.Length(max=200, message=_l("Write 200 characters at most.")),
        ],
        description=_l("It stands on the cancelling receipt, in these words. No names."),
    )


class ButtonForm(ConsoleForm):
    """A button alone."""
