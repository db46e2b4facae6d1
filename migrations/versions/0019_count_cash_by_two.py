"""Count cash by two, in sealed boxes."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'


def upgrade() -> None:
    """Build the tables."""
    op.create_table('cash_box',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('label', sa.String(length=80), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rests_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_box')),
    sa.UniqueConstraint('number', name=op.f('uq_cash_box_number'))
    )
    op.create_table('cash_deposit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('bank', sa.String(length=40), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slip', sa.String(length=40), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.Column('sent_by', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('arrived_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('arrived_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('arrival_reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(state = 'arrived') = (arrived_minor IS NOT NULL AND arrived_on IS NOT NULL)", name=op.f('ck_cash_deposit_arrived')),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_cash_deposit_book')),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_cash_deposit_currency')),
    sa.CheckConstraint("state IN ('sent', 'arrived', 'taken_back')", name=op.f('ck_cash_deposit_state')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_cash_deposit_minor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_deposit'))
    )
    with op.batch_alter_table('cash_deposit', schema=None) as batch_op:
        batch_op.create_index('uq_cash_deposit_slip', ['book', 'bank', 'slip'], unique=True, sqlite_where=sa.text("state <> 'taken_back'"), postgresql_where=sa.text("state <> 'taken_back'"))

    op.create_table('box_opening',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('box_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.String(length=120), nullable=False),
    sa.Column('opening_seal', sa.String(length=20), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=120), server_default='', nullable=False),
    sa.Column('closing_seal', sa.String(length=20), server_default='', nullable=False),
    sa.Column('declined', sa.Integer(), server_default='0', nullable=False),
    sa.Column('round', sa.Integer(), server_default='1', nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted_on', sa.Date(), nullable=True),
    sa.Column('how', sa.String(length=6), nullable=True),
    sa.Column('reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('receipts_reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('bag_seal', sa.String(length=20), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_box_opening_book')),
    sa.CheckConstraint("how IN ('two', 'three', 'agreed', 'one')", name=op.f('ck_box_opening_how')),
    sa.CheckConstraint("how NOT IN ('agreed', 'one') OR reason <> ''", name=op.f('ck_box_opening_reason')),
    sa.CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name=op.f('ck_box_opening_closed_at')),
    sa.CheckConstraint("state IN ('open', 'closed', 'counting', 'differs', 'counted', 'empty', 'deposited', 'banked')", name=op.f('ck_box_opening_state')),
    sa.CheckConstraint('(how IS NULL) = (counted_at IS NULL)', name=op.f('ck_box_opening_counted_at')),
    sa.CheckConstraint('declined >= 0', name=op.f('ck_box_opening_declined')),
    sa.ForeignKeyConstraint(['box_id'], ['cash_box.id'], name=op.f('fk_box_opening_box_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_box_opening_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_box_opening'))
    )
    with op.batch_alter_table('box_opening', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_box_opening_event_id'), ['event_id'], unique=False)
        batch_op.create_index('ix_box_opening_state', ['book', 'state'], unique=False)
        batch_op.create_index('uq_box_opening_in_use', ['box_id'], unique=True, sqlite_where=sa.text('counted_at IS NULL'), postgresql_where=sa.text('counted_at IS NULL'))

    op.create_table('cash_amount',
    sa.Column('opening_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deposit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_cash_amount_currency')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_cash_amount_minor')),
    sa.ForeignKeyConstraint(['deposit_id'], ['cash_deposit.id'], name=op.f('fk_cash_amount_deposit_id')),
    sa.ForeignKeyConstraint(['opening_id'], ['box_opening.id'], name=op.f('fk_cash_amount_opening_id')),
    sa.PrimaryKeyConstraint('opening_id', 'currency', name=op.f('pk_cash_amount'))
    )
    with op.batch_alter_table('cash_amount', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cash_amount_deposit_id'), ['deposit_id'], unique=False)

    op.create_table('cash_counter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opening_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('letter', sa.String(length=1), nullable=False),
    sa.Column('alias', sa.String(length=60), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("letter IN ('A', 'B', 'C')", name=op.f('ck_cash_counter_letter')),
    sa.ForeignKeyConstraint(['opening_id'], ['box_opening.id'], name=op.f('fk_cash_counter_opening_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_counter')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_cash_counter_token_hash'))
    )
    with op.batch_alter_table('cash_counter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cash_counter_opening_id'), ['opening_id'], unique=False)
        batch_op.create_index('uq_cash_counter_current', ['opening_id', 'letter'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('cash_receipt',
    sa.Column('donation_id', sa.Uuid(), nullable=False),
    sa.Column('opening_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['donation_id'], ['donation.id'], name=op.f('fk_cash_receipt_donation_id')),
    sa.ForeignKeyConstraint(['opening_id'], ['box_opening.id'], name=op.f('fk_cash_receipt_opening_id')),
    sa.PrimaryKeyConstraint('donation_id', name=op.f('pk_cash_receipt'))
    )
    with op.batch_alter_table('cash_receipt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cash_receipt_opening_id'), ['opening_id'], unique=False)

    op.create_table('count_sheet',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('counter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.JSON(), nullable=False),
    sa.Column('foreign_pieces', sa.Integer(), server_default='0', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('foreign_pieces >= 0', name=op.f('ck_count_sheet_foreign_pieces')),
    sa.CheckConstraint('round >= 1', name=op.f('ck_count_sheet_round')),
    sa.ForeignKeyConstraint(['counter_id'], ['cash_counter.id'], name=op.f('fk_count_sheet_counter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_count_sheet')),
    sa.UniqueConstraint('counter_id', 'round', name=op.f('uq_count_sheet_counter_id_round'))
    )


def downgrade() -> None:
    """Take them down."""
    op.drop_table('count_sheet')
    with op.batch_alter_table('cash_receipt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cash_receipt_opening_id'))

    op.drop_table('cash_receipt')
    with op.batch_alter_table('cash_counter', schema=None) as batch_op:
        batch_op.drop_index('uq_cash_counter_current', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_cash_counter_opening_id'))

    op.drop_table('cash_counter')
    with op.batch_alter_table('cash_amount', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cash_amount_deposit_id'))

    op.drop_table('cash_amount')
    with op.batch_alter_table('box_opening', schema=None) as batch_op:
        batch_op.drop_index('uq_box_opening_in_use', sqlite_where=sa.text('counted_at IS NULL'), postgresql_where=sa.text('counted_at IS NULL'))
        batch_op.drop_index('ix_box_opening_state')
        batch_op.drop_index(batch_op.f('ix_box_opening_event_id'))

    op.drop_table('box_opening')
    with op.batch_alter_table('cash_deposit', schema=None) as batch_op:
        batch_op.drop_index('uq_cash_deposit_slip', sqlite_where=sa.text("state <> 'taken_back'"), postgresql_where=sa.text("state <> 'taken_back'"))

    op.drop_table('cash_deposit')
    op.drop_table('cash_box')
