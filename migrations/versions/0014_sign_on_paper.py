"""Sign on paper: batches, sheets, lines."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Build the tables."""
    op.create_table('paper_batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.Uuid(), nullable=False),
    sa.Column('petition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('placement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=6), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('text_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheets', sa.Integer(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('printings', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('alone_reason', sa.String(length=300), nullable=True),
    sa.Column('alone_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("kind IN ('slips', 'lists')", name=op.f('ck_paper_batch_kind')),
    sa.CheckConstraint('(alone_reason IS NULL) = (alone_id IS NULL)', name=op.f('ck_paper_batch_alone_with_reason')),
    sa.CheckConstraint('sheets BETWEEN 1 AND 1000', name=op.f('ck_paper_batch_sheets')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_paper_batch_event_id')),
    sa.ForeignKeyConstraint(['petition_id'], ['petition.id'], name=op.f('fk_paper_batch_petition_id')),
    sa.ForeignKeyConstraint(['placement_id'], ['placement.id'], name=op.f('fk_paper_batch_placement_id')),
    sa.ForeignKeyConstraint(['text_id'], ['petition_text.id'], name=op.f('fk_paper_batch_text_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_batch')),
    sa.UniqueConstraint('placement_id', name=op.f('uq_paper_batch_placement_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_paper_batch_uid'))
    )
    with op.batch_alter_table('paper_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_batch_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_batch_petition_id'), ['petition_id'], unique=False)

    op.create_table('paper_part',
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('part_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['paper_batch.id'], name=op.f('fk_paper_part_batch_id')),
    sa.ForeignKeyConstraint(['part_id'], ['consent_part.id'], name=op.f('fk_paper_part_part_id')),
    sa.PrimaryKeyConstraint('batch_id', 'part_id', name=op.f('pk_paper_part'))
    )
    op.create_table('paper_sheet',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('letters', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("state IN ('printed', 'collected', 'entered', 'checked', 'handed_over', 'destroyed', 'unused', 'lost')", name=op.f('ck_paper_sheet_state')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_paper_sheet_number')),
    sa.ForeignKeyConstraint(['batch_id'], ['paper_batch.id'], name=op.f('fk_paper_sheet_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_sheet')),
    sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_paper_sheet_batch_id_number')),
    sa.UniqueConstraint('letters', name=op.f('uq_paper_sheet_letters'))
    )
    op.create_table('paper_line',
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('signature_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=True),
    sa.Column('sample', sa.String(length=8), server_default='', nullable=False),
    sa.Column('checked_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('checked_hour', sa.Integer(), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(outcome = 'signed') = (signature_id IS NOT NULL)", name=op.f('ck_paper_line_signed_has_a_signature')),
    sa.CheckConstraint("outcome IN ('signed', 'duplicate', 'blocked', 'illegible', 'struck_out', 'no_consent', 'empty', 'again', 'withdrawn')", name=op.f('ck_paper_line_outcome')),
    sa.CheckConstraint("sample IN ('', 'due', 'agreed', 'differed')", name=op.f('ck_paper_line_sample')),
    sa.CheckConstraint('line >= 1', name=op.f('ck_paper_line_line')),
    sa.ForeignKeyConstraint(['sheet_id'], ['paper_sheet.id'], name=op.f('fk_paper_line_sheet_id')),
    sa.PrimaryKeyConstraint('sheet_id', 'line', name=op.f('pk_paper_line'))
    )
    with op.batch_alter_table('paper_line', schema=None) as batch_op:
        batch_op.create_index('ix_paper_line_due', ['sheet_id'], unique=False, sqlite_where=sa.text("sample = 'due'"), postgresql_where=sa.text("sample = 'due'"))

    op.create_table('paper_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('words', sa.String(length=300), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("state IN ('printed', 'collected', 'entered', 'checked', 'handed_over', 'destroyed', 'unused', 'lost')", name=op.f('ck_paper_step_state')),
    sa.ForeignKeyConstraint(['sheet_id'], ['paper_sheet.id'], name=op.f('fk_paper_step_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_step'))
    )
    with op.batch_alter_table('paper_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_step_sheet_id'), ['sheet_id'], unique=False)


def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table('paper_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_step_sheet_id'))

    op.drop_table('paper_step')
    with op.batch_alter_table('paper_line', schema=None) as batch_op:
        batch_op.drop_index('ix_paper_line_due', sqlite_where=sa.text("sample = 'due'"), postgresql_where=sa.text("sample = 'due'"))

    op.drop_table('paper_line')
    op.drop_table('paper_sheet')
    op.drop_table('paper_part')
    with op.batch_alter_table('paper_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_batch_petition_id'))
        batch_op.drop_index(batch_op.f('ix_paper_batch_event_id'))

    op.drop_table('paper_batch')
