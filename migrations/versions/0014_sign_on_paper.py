"""Sign on paper: batches, sheets, lines."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
