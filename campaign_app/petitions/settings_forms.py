"""What administrators say: how providers read addresses, what is refused."""

from typing import Any, Final

from email_validator import ValidatedEmail
from wtforms import BooleanField, EmailField, Field, SelectField, StringField
from wtforms.validators import Length, ValidationError

from campaign_app.core.forms import ConsoleForm, no_control_characters
from campaign_app.core.i18n import _, _l, current_language
from campaign_app.petitions import mailboxes, queries
from campaign_app.petitions.console_forms import needed, one_line

LONGEST_DOMAIN: Final = 255


def bare_domain(text: str) -> str:
    """Write a domain as mail servers know it; "" if it is none."""
    found = mailboxes.checked(f"anybody@{text.strip().strip('.')}")
    return str(found.ascii_domain).lower() if found and found.ascii_domain else ""


def _read_domain(text: str) -> str:
    domain = bare_domain(text)
    if not domain:
        raise ValidationError(_("This is not a domain. Write it like example.org."))
    return domain


def domain_field(label: Any, missing: Any, **more: Any) -> StringField:
    """Make the field of a domain."""
    return StringField(
        label,
        filters=[one_line],
        validators=needed(missing, LONGEST_DOMAIN),
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"},
        **more,
    )


class RuleForm(ConsoleForm):
    """How one provider reads its addresses."""

    domain = domain_field(
        _l("Domain"),
        _l("Write the provider's domain."),
        description=_l("example.org, or .example.org for all below it. The closest one wins."),
    )
    strip_dots = BooleanField(_l("Dots before the @ do not count"))
    cut_at = SelectField(
        _l("What follows this sign does not count"),
        choices=[
            ("", _l("everything counts")),
            ("+", _l("+ as in mina+news")),
            ("-", _l("- as in mina-news")),
        ],
    )
    same_as = StringField(
        _l("Another name of"),
        filters=[one_line],
        validators=[Length(max=LONGEST_DOMAIN), no_control_characters],
        description=_l(
            "If both domains lead to the same mailboxes, as googlemail.com and gmail.com."
        ),
        render_kw={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"},
    )

    def __init__(self, rule_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rule_id: Final = rule_id

    def validate_domain(self, field: StringField) -> None:
        """Take a domain that has no rule yet."""
        typed = field.data or ""
        field.data = ("." if typed.startswith(".") else "") + _read_domain(typed)
        taken = {rule.domain: rule.id for rule in queries.rules()}
        if taken.get(field.data, self._rule_id) != self._rule_id:
            raise ValidationError(_("There is a rule for this domain already. Change that one."))

    def validate_same_as(self, field: StringField) -> None:
        """Take another domain, or none."""
        if not field.data:
            return
        field.data = _read_domain(field.data)
        if field.data == bare_domain(self.domain.data or ""):
            raise ValidationError(_("A domain cannot be another name of itself."))


def no_address(form: ConsoleForm, field: Field) -> None:
    """Keep addresses out of what is stored in words."""
    if "@" in (field.data or "") or "＠" in (field.data or ""):
        raise ValidationError(_("Leave the address out of the reason: the reason is kept."))


def reason_field(**more: Any) -> StringField:
    """Make the field of a reason that is kept and must name nobody."""
    return StringField(
        _l("Reason"),
        filters=[one_line],
        validators=[*needed(_l("Write why it is blocked."), 300), no_address],
        description=_l("It is kept, and shown above. Write no name and no address."),
        render_kw={"maxlength": 300},
        **more,
    )


class DomainForm(ConsoleForm):
    """A mail domain to refuse."""

    domain = domain_field(
        _l("Domain"),
        _l("Write the domain to block."),
        description=_l("All domains below it are blocked, too."),
    )
    reason = reason_field()

    def validate_domain(self, field: StringField) -> None:
        """Take a domain."""
        field.data = _read_domain((field.data or "").removeprefix("@"))


class MailboxForm(ConsoleForm):
    """One mailbox to refuse for one petition; the address is not kept."""

    petition_id = SelectField(_l("Petition"), coerce=int)
    email = EmailField(
        _l("E-mail address"),
        description=_l("It is turned into a mark at once and not kept, neither here nor in a log."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )
    reason = reason_field(id="mailbox-reason")
    mailbox: ValidatedEmail

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.petition_id.choices = [
            (one.id, queries.title(one, current_language()))
            for one in queries.every()
            if one.index_key_destroyed_at is None
        ]

    def validate_email(self, field: EmailField) -> None:
        """Take what the standards call an address."""
        no_control_characters(self, field)
        found = mailboxes.checked(field.data or "")
        if found is None or len(field.data or "") > mailboxes.LONGEST:
            raise ValidationError(
                _("This is not an e-mail address. Please write it like mina@example.org.")
            )
        self.mailbox = found
