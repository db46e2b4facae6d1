"""Count cash by two, in sealed boxes."""

revision = '0019'
down_revision = '0018'


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
