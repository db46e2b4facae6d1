"""Keep the pages that organisers write."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
