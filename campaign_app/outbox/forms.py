"""What organisers send."""

from wtforms import EmailField
from wtforms.validators import DataRequired, Email, Length

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _l


class MailTestForm(ConsoleForm):
    """Where the test mail goes."""

    address = EmailField(
        _l("Send a test mail to"),
        description=_l("It goes straight to the mail server, and its answer shows here."),
        filters=[lambda typed: (typed or "").strip()],
        validators=[
            DataRequired(_l("Type an address.")),
            Length(max=254),
            no_control_characters,
            Email(_l("This does not look like an address. Example: mina@example.org")),
        ],
    )
