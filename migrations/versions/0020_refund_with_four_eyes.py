"""Refund with four eyes: who allowed it, by hand too, its timeline, what finance was told."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    """Build the tables."""
    op.create_table('finance_notice',
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_finance_notice'))
    )
    op.create_table('return_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject', sa.String(length=260), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('detail', sa.String(length=300), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_return_step_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_step'))
    )
    with op.batch_alter_table('return_step', schema=None) as batch_op:
        batch_op.create_index('ix_return_step_subject', ['subject', 'id'], unique=False)

    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('book', sa.String(length=4), nullable=True))
        batch_op.add_column(sa.Column('entity', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('currency', sa.String(length=3), nullable=True))
        batch_op.add_column(sa.Column('bank', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('slip', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('needs_two', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('outside', sa.String(length=120), server_default='', nullable=False))
        batch_op.add_column(sa.Column('link_hash', sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column('link_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('by_outside', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('said', sa.String(length=80), server_default='', nullable=False))
        batch_op.alter_column('payment_id',
               existing_type=sa.Uuid(),
               nullable=True)
        batch_op.create_index('ix_refund_state', ['state', 'changed_at'], unique=False)
        batch_op.create_index('ix_refund_subject', ['subject'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_refund_link_hash'), ['link_hash'])
        batch_op.create_check_constraint(batch_op.f('ck_refund_four_eyes'), "NOT needs_two OR state IN ('asked', 'dropped') OR allowed_by IS NOT NULL OR by_outside OR alone_reason IS NOT NULL")
        batch_op.create_check_constraint(batch_op.f('ck_refund_what'), '(payment_id IS NULL) = (subject IS NOT NULL AND book IS NOT NULL AND entity IS NOT NULL AND currency IS NOT NULL)')



def downgrade() -> None:
    """Take them down."""
    op.execute('DELETE FROM refund WHERE payment_id IS NULL')  # what had no card has no place below
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_refund_what'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_refund_four_eyes'), type_='check')
        batch_op.drop_constraint(batch_op.f('uq_refund_link_hash'), type_='unique')
        batch_op.drop_index('ix_refund_subject')
        batch_op.drop_index('ix_refund_state')
        batch_op.alter_column('payment_id',
               existing_type=sa.Uuid(),
               nullable=False)
        batch_op.drop_column('said')
        batch_op.drop_column('tried_at')
        batch_op.drop_column('by_outside')
        batch_op.drop_column('link_until')
        batch_op.drop_column('link_hash')
        batch_op.drop_column('outside')
        batch_op.drop_column('needs_two')
        batch_op.drop_column('slip')
        batch_op.drop_column('bank')
        batch_op.drop_column('currency')
        batch_op.drop_column('entity')
        batch_op.drop_column('book')
        batch_op.drop_column('subject')

    with op.batch_alter_table('return_step', schema=None) as batch_op:
        batch_op.drop_index('ix_return_step_subject')

    op.drop_table('return_step')
    op.drop_table('finance_notice')
