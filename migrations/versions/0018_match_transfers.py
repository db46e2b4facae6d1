"""Match what the bank lists with what was promised."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'


def upgrade() -> None:
    """Build the tables."""
    op.create_table('bank_layout',
    sa.Column('bank', sa.String(length=40), nullable=False),
    sa.Column('head', sa.JSON(), nullable=False),
    sa.Column('layout', sa.JSON(), nullable=False),
    sa.Column('kept_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['kept_by'], ['person.id'], name=op.f('fk_bank_layout_kept_by')),
    sa.PrimaryKeyConstraint('bank', name=op.f('pk_bank_layout'))
    )
    op.create_table('bank_statement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('bank', sa.String(length=40), nullable=False),
    sa.Column('file', sa.String(length=64), nullable=False),
    sa.Column('uploaded_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('fresh', sa.Integer(), nullable=False),
    sa.Column('known', sa.Integer(), nullable=False),
    sa.Column('doubtful', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_bank_statement_book')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['person.id'], name=op.f('fk_bank_statement_uploaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_statement')),
    sa.UniqueConstraint('book', 'bank', 'file', name=op.f('uq_bank_statement_book_bank_file'))
    )
    op.create_table('bank_upload',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bank', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_bank_upload_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_upload'))
    )
    with op.batch_alter_table('bank_upload', schema=None) as batch_op:
        batch_op.create_index('ix_bank_upload_created_at', ['created_at'], unique=False)

    op.create_table('bank_row',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('statement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.String(length=4), nullable=False),
    sa.Column('bank', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('came_on', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('told', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('donation_id', sa.Uuid(), nullable=True),
    sa.Column('answers', sa.String(length=220), nullable=True),
    sa.Column('reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('turn', sa.Integer(), server_default='0', nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(state = 'gift') = (donation_id IS NOT NULL)", name=op.f('ck_bank_row_gift')),
    sa.CheckConstraint("book IN ('live', 'test')", name=op.f('ck_bank_row_book')),
    sa.CheckConstraint("currency IN ('KRW', 'JPY', 'CHF', 'EUR', 'USD', 'GBP')", name=op.f('ck_bank_row_currency')),
    sa.CheckConstraint("state <> 'ignored' OR reason <> ''", name=op.f('ck_bank_row_reason')),
    sa.CheckConstraint("state IN ('doubtful', 'unassigned', 'gift', 'expected', 'payout', 'ignored', 'known')", name=op.f('ck_bank_row_state')),
    sa.CheckConstraint('minor > 0', name=op.f('ck_bank_row_minor')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_bank_row_decided_by')),
    sa.ForeignKeyConstraint(['donation_id'], ['donation.id'], name=op.f('fk_bank_row_donation_id')),
    sa.ForeignKeyConstraint(['statement_id'], ['bank_statement.id'], name=op.f('fk_bank_row_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_row')),
    sa.UniqueConstraint('book', 'answers', name=op.f('uq_bank_row_book_answers')),
    sa.UniqueConstraint('book', 'bank', 'mark', name=op.f('uq_bank_row_book_bank_mark'))
    )
    with op.batch_alter_table('bank_row', schema=None) as batch_op:
        batch_op.create_index('ix_bank_row_came_on', ['book', 'bank', 'came_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_bank_row_donation_id'), ['donation_id'], unique=False)
        batch_op.create_index('ix_bank_row_state', ['book', 'state', 'came_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_bank_row_statement_id'), ['statement_id'], unique=False)



def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table('bank_row', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_row_statement_id'))
        batch_op.drop_index('ix_bank_row_state')
        batch_op.drop_index(batch_op.f('ix_bank_row_donation_id'))
        batch_op.drop_index('ix_bank_row_came_on')

    op.drop_table('bank_row')
    with op.batch_alter_table('bank_upload', schema=None) as batch_op:
        batch_op.drop_index('ix_bank_upload_created_at')

    op.drop_table('bank_upload')
    op.drop_table('bank_statement')
    op.drop_table('bank_layout')
