"""State a tally for the record, and say to whom it was handed."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Build."""


def downgrade() -> None:
    """Take down."""
