"""Invite people, and ask for a second factor."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Build."""


def downgrade() -> None:
    """Take down."""
