"""Keep leads' links, results, incidents and photos."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    """Build the tables."""
    op.create_table('event_photo',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('alts', sa.JSON(), nullable=False),
    sa.Column('faces', sa.Boolean(), nullable=False),
    sa.Column('agreed', sa.Boolean(), nullable=False),
    sa.Column('shown', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('alias', sa.String(length=60), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_photo_event_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_event_photo_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_photo'))
    )
    with op.batch_alter_table('event_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_photo_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_photo_file_id'), ['file_id'], unique=False)

    op.create_table('event_result',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('talked_to', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_result_event_id')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_event_result'))
    )
    op.create_table('incident',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.Uuid(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('alias', sa.String(length=60), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_incident_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('subject', name=op.f('uq_incident_subject'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_event_id'), ['event_id'], unique=False)

    op.create_table('lead_link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('alias', sa.String(length=60), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('pin_hash', sa.String(length=200), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_lead_link_tries')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_lead_link_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_lead_link_token_hash'))
    )
    with op.batch_alter_table('lead_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lead_link_event_id'), ['event_id'], unique=False)
        batch_op.create_index('uq_lead_link_current', ['event_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))



def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table('lead_link', schema=None) as batch_op:
        batch_op.drop_index('uq_lead_link_current', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_lead_link_event_id'))

    op.drop_table('lead_link')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_event_id'))

    op.drop_table('incident')
    op.drop_table('event_result')
    with op.batch_alter_table('event_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_photo_file_id'))
        batch_op.drop_index(batch_op.f('ix_event_photo_event_id'))

    op.drop_table('event_photo')
