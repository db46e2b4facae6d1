"""Refund with four eyes."""

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
