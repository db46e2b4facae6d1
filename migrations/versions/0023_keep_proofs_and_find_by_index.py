"""Keep what proofs of the books found, and find money by index after years of giving."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'


def upgrade() -> None:
    """Build the table and the indexes."""
    op.create_table('book_proof',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('what', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rows', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('flaws', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('named', sa.JSON(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_book_proof_book')),
    sa.CheckConstraint("what IN ('ledger', 'receipts')", name=op.f('ck_book_proof_what')),
    sa.CheckConstraint('rows >= 0 AND flaws >= 0', name=op.f('ck_book_proof_counts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_book_proof'))
    )
    with op.batch_alter_table('book_proof', schema=None) as batch_op:
        batch_op.create_index('ix_book_proof_newest', ['book', 'what', 'id'], unique=False)

    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_posting_debit')
        batch_op.drop_index('ix_ledger_posting_credit')
        batch_op.create_index('ix_ledger_posting_debit', ['debit_id', 'transaction_id', 'minor'], unique=False)
        batch_op.create_index('ix_ledger_posting_credit', ['credit_id', 'transaction_id', 'minor'], unique=False)

    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_transaction_day', ['book', 'happened_on', 'id'], unique=False)

    with op.batch_alter_table('balance_proof', schema=None) as batch_op:
        batch_op.create_index('ix_balance_proof_newest', ['book', 'account', 'currency', 'id'], unique=False)

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_state', ['book', 'state'], unique=False)

    with op.batch_alter_table('donation', schema=None) as batch_op:
        batch_op.create_index('ix_donation_created_at', ['book', 'created_at', 'id'], unique=False)

    with op.batch_alter_table('gift_receipt', schema=None) as batch_op:
        batch_op.create_index('ix_gift_receipt_subject', ['subject'], unique=False)
        batch_op.create_index('ix_gift_receipt_given_on', ['book', 'entity', 'given_on'], unique=False)


def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table('gift_receipt', schema=None) as batch_op:
        batch_op.drop_index('ix_gift_receipt_given_on')
        batch_op.drop_index('ix_gift_receipt_subject')

    with op.batch_alter_table('donation', schema=None) as batch_op:
        batch_op.drop_index('ix_donation_created_at')

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index('ix_payment_state')

    with op.batch_alter_table('balance_proof', schema=None) as batch_op:
        batch_op.drop_index('ix_balance_proof_newest')

    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_transaction_day')

    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_posting_credit')
        batch_op.drop_index('ix_ledger_posting_debit')
        batch_op.create_index('ix_ledger_posting_debit', ['debit_id'], unique=False)
        batch_op.create_index('ix_ledger_posting_credit', ['credit_id'], unique=False)

    with op.batch_alter_table('book_proof', schema=None) as batch_op:
        batch_op.drop_index('ix_book_proof_newest')

    op.drop_table('book_proof')
