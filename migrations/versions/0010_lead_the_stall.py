"""Keep leads' links, results, incidents and photos."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
