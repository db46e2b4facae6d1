"""Keep one honest ledger: accounts, transactions, postings."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    """Build the tables."""
    op.create_table('ledger_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.String(length=60), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_ledger_account_book')),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_ledger_account_currency')),
    sa.CheckConstraint("kind IN ('gateway', 'held', 'payout', 'bank', 'cash', 'deposit', 'donation', 'unassigned', 'refund', 'fee', 'dispute', 'variance')", name=op.f('ck_ledger_account_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_account')),
    sa.UniqueConstraint('book', 'entity', 'currency', 'kind', 'detail', name=op.f('uq_ledger_account_book_entity_currency_kind_detail')),
    sa.UniqueConstraint('id', 'book', 'entity', 'currency', name='uq_ledger_account_whole')
    )
    op.create_table('ledger_transaction',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_ledger_transaction_book')),
    sa.CheckConstraint("kind IN ('gift', 'gift_reversed', 'refund', 'refund_failed', 'fee', 'fee_returned', 'dispute_opened', 'dispute_won', 'dispute_lost', 'payout', 'payout_failed', 'payout_arrived', 'cash_counted', 'cash_deposited', 'deposit_arrived', 'transfer_arrived', 'transfer_assigned', 'correction')", name=op.f('ck_ledger_transaction_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_transaction')),
    sa.UniqueConstraint('book', 'source', name=op.f('uq_ledger_transaction_book_source')),
    sa.UniqueConstraint('id', 'book', 'entity', name='uq_ledger_transaction_whole')
    )
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_transaction_happened_on', ['book', 'entity', 'happened_on'], unique=False)

    op.create_table('ledger_posting',
    sa.Column('transaction_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('leg', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('debit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('debit_id <> credit_id', name=op.f('ck_ledger_posting_two_accounts')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_ledger_posting_minor')),
    sa.ForeignKeyConstraint(['credit_id', 'book', 'entity', 'currency'], ['ledger_account.id', 'ledger_account.book', 'ledger_account.entity', 'ledger_account.currency'], name='fk_ledger_posting_credit_id'),
    sa.ForeignKeyConstraint(['debit_id', 'book', 'entity', 'currency'], ['ledger_account.id', 'ledger_account.book', 'ledger_account.entity', 'ledger_account.currency'], name='fk_ledger_posting_debit_id'),
    sa.ForeignKeyConstraint(['transaction_id', 'book', 'entity'], ['ledger_transaction.id', 'ledger_transaction.book', 'ledger_transaction.entity'], name='fk_ledger_posting_transaction'),
    sa.PrimaryKeyConstraint('transaction_id', 'leg', name=op.f('pk_ledger_posting'))
    )
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_posting_credit', ['credit_id'], unique=False)
        batch_op.create_index('ix_ledger_posting_debit', ['debit_id'], unique=False)



def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_posting_debit')
        batch_op.drop_index('ix_ledger_posting_credit')

    op.drop_table('ledger_posting')
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_transaction_happened_on')

    op.drop_table('ledger_transaction')
    op.drop_table('ledger_account')
