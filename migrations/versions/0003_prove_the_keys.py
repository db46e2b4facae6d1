"""Remember who holds a key, where it lies and when it was proven."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Build."""


def downgrade() -> None:
    """Take down."""
