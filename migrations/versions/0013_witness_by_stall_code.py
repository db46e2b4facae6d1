"""Let a stall's code witness a signature."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Build the tables."""


def downgrade() -> None:
    """Take them down."""
