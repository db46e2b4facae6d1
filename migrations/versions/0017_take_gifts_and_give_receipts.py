"""Take gifts, and give receipts for them."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    """Take gifts and give receipts."""
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about', sa.String(length=200), server_default='', nullable=False))
        batch_op.create_index('ix_ledger_transaction_about', ['book', 'about'], unique=False)

    op.create_table('gift_receipt',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('cancels_id', sa.Uuid(), nullable=True),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('donor', sa.LargeBinary(), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(kind = 'cancelling') = (cancels_id IS NOT NULL)", name=op.f('ck_gift_receipt_cancels')),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_gift_receipt_book')),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_gift_receipt_currency')),
    sa.CheckConstraint("kind IN ('issued', 'cancelling')", name=op.f('ck_gift_receipt_kind')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_gift_receipt_minor')),
    sa.CheckConstraint('number > 0', name=op.f('ck_gift_receipt_number')),
    sa.ForeignKeyConstraint(['cancels_id'], ['gift_receipt.id'], name=op.f('fk_gift_receipt_cancels_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gift_receipt')),
    sa.UniqueConstraint('book', 'entity', 'year', 'number', name=op.f('uq_gift_receipt_book_entity_year_number')),
    sa.UniqueConstraint('cancels_id', name=op.f('uq_gift_receipt_cancels_id'))
    )
    with op.batch_alter_table('gift_receipt', schema=None) as batch_op:
        batch_op.create_index('uq_gift_receipt_subject', ['subject', 'turn'], unique=True, sqlite_where=sa.text("kind = 'issued'"), postgresql_where=sa.text("kind = 'issued'"))

    op.create_table('receipt_series',
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('book', 'entity', 'year', name=op.f('pk_receipt_series'))
    )
    op.create_table('donation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('returned', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default='0', nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('reference', sa.String(length=4), nullable=True),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('placement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('no_name', sa.Boolean(), nullable=False),
    sa.Column('contact', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_donation_book')),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_donation_currency')),
    sa.CheckConstraint("state <> 'settled' OR settled_on IS NOT NULL", name=op.f('ck_donation_settled_on')),
    sa.CheckConstraint("state IN ('begun', 'pending', 'settled', 'ended')", name=op.f('ck_donation_state')),
    sa.CheckConstraint("way IN ('card', 'transfer', 'cash')", name=op.f('ck_donation_way')),
    sa.CheckConstraint('NOT no_name OR contact IS NULL', name=op.f('ck_donation_no_name')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_donation_minor')),
    sa.CheckConstraint('returned BETWEEN 0 AND minor', name=op.f('ck_donation_returned')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_donation_campaign_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_donation_event_id')),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_donation_location_id')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_donation_placement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donation')),
    sa.UniqueConstraint('book', 'reference', name=op.f('uq_donation_book_reference')),
    sa.UniqueConstraint('nonce', 'way', 'currency', 'minor', name=op.f('uq_donation_nonce_way_currency_minor'))
    )
    with op.batch_alter_table('donation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_donation_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_donation_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_donation_location_id'), ['location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_donation_placement_id'), ['placement_id'], unique=False)
        batch_op.create_index('ix_donation_settled_on', ['book', 'settled_on'], unique=False)
        batch_op.create_index('ix_donation_state', ['book', 'state', 'way'], unique=False)



def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table('donation', schema=None) as batch_op:
        batch_op.drop_index('ix_donation_state')
        batch_op.drop_index('ix_donation_settled_on')
        batch_op.drop_index(batch_op.f('ix_donation_placement_id'))
        batch_op.drop_index(batch_op.f('ix_donation_location_id'))
        batch_op.drop_index(batch_op.f('ix_donation_event_id'))
        batch_op.drop_index(batch_op.f('ix_donation_campaign_id'))

    op.drop_table('donation')
    op.drop_table('receipt_series')
    with op.batch_alter_table('gift_receipt', schema=None) as batch_op:
        batch_op.drop_index('uq_gift_receipt_subject', sqlite_where=sa.text("kind = 'issued'"), postgresql_where=sa.text("kind = 'issued'"))

    op.drop_table('gift_receipt')
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_transaction_about')
        batch_op.drop_column('about')
