"""Keep the organisation's own facts where its people can change them."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Build."""


def downgrade() -> None:
    """Take down."""
