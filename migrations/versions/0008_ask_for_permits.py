"""Keep permits, their papers, and the boards."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
