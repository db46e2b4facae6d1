"""Delete names when their time is over, and prove it."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Build."""


def downgrade() -> None:
    """Take down."""
