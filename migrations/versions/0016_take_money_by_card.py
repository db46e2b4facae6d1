"""Take money by card: attempts, signals, refunds, disputes, proofs."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    """Build the tables."""
    op.create_table('balance_proof',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ours', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('theirs', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mismatches', sa.JSON(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_balance_proof'))
    )
    with op.batch_alter_table('balance_proof', schema=None) as batch_op:
        batch_op.create_index('ix_balance_proof_at', ['at'], unique=False)

    op.create_table('gateway_account',
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('read_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('account', 'book', name=op.f('pk_gateway_account'))
    )
    op.create_table('gateway_signal',
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('id', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('object_id', sa.String(length=200), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pushed', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("state IN ('unread', 'done')", name=op.f('ck_gateway_signal_state')),
    sa.PrimaryKeyConstraint('account', 'id', name=op.f('pk_gateway_signal'))
    )
    with op.batch_alter_table('gateway_signal', schema=None) as batch_op:
        batch_op.create_index('ix_gateway_signal_state', ['account', 'state'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rhythm', sa.String(length=8), server_default='once', nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('session_id', sa.String(length=200), nullable=True),
    sa.Column('intent_id', sa.String(length=200), nullable=True),
    sa.Column('charge_id', sa.String(length=200), nullable=True),
    sa.Column('url', sa.String(length=2000), nullable=True),
    sa.Column('method', sa.String(length=40), server_default='', nullable=False),
    sa.Column('refunded', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default='0', nullable=False),
    sa.Column('disputed', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.String(length=80), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_payment_book')),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_payment_currency')),
    sa.CheckConstraint("state IN ('new', 'open', 'pending', 'failed', 'expired', 'paid', 'quarantined')", name=op.f('ck_payment_state')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_payment_minor')),
    sa.CheckConstraint('refunded BETWEEN 0 AND minor', name=op.f('ck_payment_refunded')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('charge_id', name=op.f('uq_payment_charge_id')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_payment_intent_id')),
    sa.UniqueConstraint('nonce', 'fingerprint', name=op.f('uq_payment_nonce_fingerprint')),
    sa.UniqueConstraint('session_id', name=op.f('uq_payment_session_id'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_look_at', ['look_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_subject'), ['subject'], unique=False)

    op.create_table('signal_refused',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('why', sa.String(length=20), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'account', 'why', name=op.f('pk_signal_refused'))
    )
    op.create_table('dispute',
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('id', sa.String(length=200), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_dispute_payment_id')),
    sa.PrimaryKeyConstraint('account', 'id', name=op.f('pk_dispute'))
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_payment_id'), ['payment_id'], unique=False)

    op.create_table('refund',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('asked_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('allowed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('alone_reason', sa.String(length=300), nullable=True),
    sa.Column('gateway_id', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("state IN ('asked', 'allowed', 'sent', 'arrived', 'came_back', 'dropped')", name=op.f('ck_refund_state')),
    sa.CheckConstraint('asked_by IS NULL OR allowed_by IS NULL OR asked_by <> allowed_by', name=op.f('ck_refund_two')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_refund_minor')),
    sa.ForeignKeyConstraint(['allowed_by'], ['person.id'], name=op.f('fk_refund_allowed_by')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_refund_asked_by')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('gateway_id', name=op.f('uq_refund_gateway_id'))
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index('ix_refund_payment_id', ['payment_id'], unique=False)



def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_index('ix_refund_payment_id')

    op.drop_table('refund')
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_payment_id'))

    op.drop_table('dispute')
    op.drop_table('signal_refused')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_subject'))
        batch_op.drop_index('ix_payment_look_at')

    op.drop_table('payment')
    with op.batch_alter_table('gateway_signal', schema=None) as batch_op:
        batch_op.drop_index('ix_gateway_signal_state')

    op.drop_table('gateway_signal')
    op.drop_table('gateway_account')
    with op.batch_alter_table('balance_proof', schema=None) as batch_op:
        batch_op.drop_index('ix_balance_proof_at')

    op.drop_table('balance_proof')
