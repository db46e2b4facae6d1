"""Take signatures on tablets: enrolment, envelopes, gap reports; say how a signature is known."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'

BEFORE = "evidence IN ('unconfirmed', 'confirmed', 'witnessed', 'paper')"
AFTER = "evidence IN ('unconfirmed', 'confirmed', 'witnessed', 'no_mailbox', 'stall_code', 'paper')"


def _allow(evidence):
    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_signature_evidence'), type_='check')
        batch_op.create_check_constraint(op.f('ck_signature_evidence'), evidence)


def upgrade() -> None:
    """Build the tables."""
    op.create_table('event_key',
    sa.Column('key_id', sa.String(length=16), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seed_name', sa.String(length=40), nullable=False),
    sa.Column('public_key', sa.String(length=160), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('destroyed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_key_event_id')),
    sa.PrimaryKeyConstraint('key_id', name=op.f('pk_event_key')),
    sa.UniqueConstraint('seed_name', name=op.f('uq_event_key_seed_name'))
    )
    with op.batch_alter_table('event_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_key_event_id'), ['event_id'], unique=False)
        batch_op.create_index('uq_event_key_current', ['event_id'], unique=True, sqlite_where=sa.text('destroyed_at IS NULL'), postgresql_where=sa.text('destroyed_at IS NULL'))

    op.create_table('stall_petition',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('petition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('position BETWEEN 1 AND 3', name=op.f('ck_stall_petition_position')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_stall_petition_event_id')),
    sa.ForeignKeyConstraint(['petition_id'], ['petition.id'], name=op.f('fk_stall_petition_petition_id')),
    sa.PrimaryKeyConstraint('event_id', 'position', name=op.f('pk_stall_petition'))
    )
    with op.batch_alter_table('stall_petition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stall_petition_petition_id'), ['petition_id'], unique=False)

    op.create_table('tablet',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('pin_salt', sa.LargeBinary(length=16), nullable=False),
    sa.Column('pin_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("state IN ('active', 'drain_only', 'lost', 'closed')", name=op.f('ck_tablet_state')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_tablet_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tablet')),
    sa.UniqueConstraint('uid', name=op.f('uq_tablet_uid'))
    )
    with op.batch_alter_table('tablet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tablet_event_id'), ['event_id'], unique=False)

    op.create_table('enrolment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tablet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('finder', sa.String(length=4), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('alias', sa.String(length=60), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_enrolment_tries')),
    sa.ForeignKeyConstraint(['tablet_id'], ['tablet.id'], name=op.f('fk_enrolment_tablet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('finder', name=op.f('uq_enrolment_finder'))
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_tablet_id'), ['tablet_id'], unique=False)

    op.create_table('install',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.Uuid(), nullable=False),
    sa.Column('tablet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clock_offset', sa.Integer(), nullable=True),
    sa.Column('battery', sa.Integer(), nullable=True),
    sa.Column('shell', sa.String(length=20), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['tablet_id'], ['tablet.id'], name=op.f('fk_install_tablet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_install')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_install_token_hash')),
    sa.UniqueConstraint('uid', name=op.f('uq_install_uid'))
    )
    with op.batch_alter_table('install', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_install_tablet_id'), ['tablet_id'], unique=False)
        batch_op.create_index('uq_install_current', ['tablet_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('tablet_code',
    sa.Column('tablet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('petition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['code.id'], name=op.f('fk_tablet_code_code_id')),
    sa.ForeignKeyConstraint(['petition_id'], ['petition.id'], name=op.f('fk_tablet_code_petition_id')),
    sa.ForeignKeyConstraint(['tablet_id'], ['tablet.id'], name=op.f('fk_tablet_code_tablet_id')),
    sa.PrimaryKeyConstraint('tablet_id', 'petition_id', name=op.f('pk_tablet_code')),
    sa.UniqueConstraint('code_id', name=op.f('uq_tablet_code_code_id'))
    )
    op.create_table('gap_report',
    sa.Column('install_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('next_seq', sa.Integer(), server_default='1', nullable=False),
    sa.Column('held', sa.JSON(), nullable=False),
    sa.Column('conflicts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clock_offset', sa.Integer(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_why', sa.String(length=500), server_default='', nullable=False),
    sa.Column('numbers', sa.JSON(), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('(closed_at IS NULL) = (numbers IS NULL)', name=op.f('ck_gap_report_closed_is_frozen')),
    sa.CheckConstraint('next_seq >= 1', name=op.f('ck_gap_report_next_seq')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_gap_report_event_id')),
    sa.ForeignKeyConstraint(['install_id'], ['install.id'], name=op.f('fk_gap_report_install_id')),
    sa.PrimaryKeyConstraint('install_id', 'event_id', name=op.f('pk_gap_report'))
    )
    op.create_table('intake',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('install_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('key_id', sa.String(length=16), nullable=False),
    sa.Column('sha256', sa.LargeBinary(length=32), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=30), server_default='', nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('petition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint("(sealed IS NULL) = (state NOT IN ('new', 'quarantined'))", name=op.f('ck_intake_understood_is_empty')),
    sa.CheckConstraint("state IN ('new', 'counted', 'duplicate', 'voided', 'void', 'quarantined', 'discarded')", name=op.f('ck_intake_state')),
    sa.CheckConstraint('seq >= 1', name=op.f('ck_intake_seq')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_intake_event_id')),
    sa.ForeignKeyConstraint(['install_id'], ['install.id'], name=op.f('fk_intake_install_id')),
    sa.ForeignKeyConstraint(['petition_id'], ['petition.id'], name=op.f('fk_intake_petition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake')),
    sa.UniqueConstraint('install_id', 'event_id', 'seq', name=op.f('uq_intake_install_id_event_id_seq'))
    )
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_event_id'), ['event_id'], unique=False)
        batch_op.create_index('ix_intake_new', ['event_id', 'id'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
        batch_op.create_index(batch_op.f('ix_intake_petition_id'), ['petition_id'], unique=False)

    op.create_table('tablet_shift',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('install_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('alias', sa.String(length=60), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('collected', sa.Integer(), nullable=True),
    sa.Column('held', sa.Integer(), nullable=True),
    sa.Column('battery', sa.Integer(), nullable=True),
    sa.Column('handed_over', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_tablet_shift_event_id')),
    sa.ForeignKeyConstraint(['install_id'], ['install.id'], name=op.f('fk_tablet_shift_install_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tablet_shift'))
    )
    with op.batch_alter_table('tablet_shift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tablet_shift_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tablet_shift_install_id'), ['install_id'], unique=False)

    _allow(AFTER)


def downgrade() -> None:
    """Take them down."""
    for table in ('signature', 'tally_delta'):
        op.execute(
            f"UPDATE {table} SET evidence = 'witnessed' WHERE evidence IN ('no_mailbox', 'stall_code')"
        )
    # Counters are kept by class: two classes that become one are added up.
    op.execute(
        "UPDATE tally_counter SET n = n + (SELECT coalesce(sum(other.n), 0) FROM tally_counter AS other"
        " WHERE other.evidence IN ('no_mailbox', 'stall_code')"
        " AND other.petition_id = tally_counter.petition_id AND other.grain = tally_counter.grain"
        " AND other.placement_id = tally_counter.placement_id AND other.hour = tally_counter.hour"
        " AND other.language = tally_counter.language AND other.country = tally_counter.country)"
        " WHERE evidence = 'witnessed'"
    )
    op.execute(
        "INSERT INTO tally_counter (petition_id, grain, placement_id, hour, language, country,"
        " evidence, n) SELECT petition_id, grain, placement_id, hour, language, country, 'witnessed',"
        " sum(n) FROM tally_counter AS other WHERE evidence IN ('no_mailbox', 'stall_code')"
        " AND NOT EXISTS (SELECT 1 FROM tally_counter AS there WHERE there.evidence = 'witnessed'"
        " AND there.petition_id = other.petition_id AND there.grain = other.grain"
        " AND there.placement_id = other.placement_id AND there.hour = other.hour"
        " AND there.language = other.language AND there.country = other.country)"
        " GROUP BY petition_id, grain, placement_id, hour, language, country"
    )
    op.execute("DELETE FROM tally_counter WHERE evidence IN ('no_mailbox', 'stall_code')")
    _allow(BEFORE)
    with op.batch_alter_table('tablet_shift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tablet_shift_install_id'))
        batch_op.drop_index(batch_op.f('ix_tablet_shift_event_id'))

    op.drop_table('tablet_shift')
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_intake_petition_id'))
        batch_op.drop_index('ix_intake_new', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
        batch_op.drop_index(batch_op.f('ix_intake_event_id'))

    op.drop_table('intake')
    op.drop_table('gap_report')
    op.drop_table('tablet_code')
    with op.batch_alter_table('install', schema=None) as batch_op:
        batch_op.drop_index('uq_install_current', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_install_tablet_id'))

    op.drop_table('install')
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrolment_tablet_id'))

    op.drop_table('enrolment')
    with op.batch_alter_table('tablet', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tablet_event_id'))

    op.drop_table('tablet')
    with op.batch_alter_table('stall_petition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stall_petition_petition_id'))

    op.drop_table('stall_petition')
    with op.batch_alter_table('event_key', schema=None) as batch_op:
        batch_op.drop_index('uq_event_key_current', sqlite_where=sa.text('destroyed_at IS NULL'), postgresql_where=sa.text('destroyed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_event_key_event_id'))

    op.drop_table('event_key')
