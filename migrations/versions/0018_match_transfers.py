"""Match what the bank lists with what was promised."""

revision = '0018'
down_revision = '0017'


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
