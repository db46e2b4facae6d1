"""Keep shifts, volunteers and kit lists."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
