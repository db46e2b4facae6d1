"""Fetch fraud warnings: when the gateway warned that a card may be stolen."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'


def upgrade() -> None:
    """Build the column."""
    op.add_column('payment', sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it down."""
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_column('warned_at')
