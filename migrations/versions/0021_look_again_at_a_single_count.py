"""Look again at what one person counted: who did, and what they found."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table('box_opening', schema=None) as batch_op:
        batch_op.add_column(sa.Column('looked_by', sa.String(length=120), server_default='', nullable=False))
        batch_op.add_column(sa.Column('looked_reason', sa.String(length=300), server_default='', nullable=False))


def downgrade() -> None:
    """Take them away."""
    op.drop_column('box_opening', 'looked_reason')
    op.drop_column('box_opening', 'looked_by')
