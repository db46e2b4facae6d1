"""Keep shifts, volunteers and kit lists."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("speaks", sa.JSON(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("mail_mark", sa.LargeBinary(length=32), nullable=True),
        sa.Column("phone_mark", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link_closed", sa.LargeBinary(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("form_key", name=op.f("uq_volunteer_form_key")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_volunteer_link_hash")),
        sa.UniqueConstraint("mail_mark", name=op.f("uq_volunteer_mail_mark")),
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_phone_mark"), ["phone_mark"], unique=False)

    op.create_table(
        "crew_template",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("kind IN ('shifts', 'kit')", name=op.f("ck_crew_template_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_crew_template_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_template")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_crew_template_kind_name")),
    )
    with op.batch_alter_table("crew_template", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crew_template_campaign_id"), ["campaign_id"], unique=False
        )

    op.create_table(
        "crew",
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_closed", sa.LargeBinary(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "(link_hash IS NULL) = (link_closed IS NULL)", name=op.f("ck_crew_link_whole")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_crew_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_crew")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_crew_link_hash")),
    )
    op.create_table(
        "kit_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_kit_item_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_item")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_kit_item_event_id_name")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'board', 'tablet')", name=op.f("ck_shift_role")),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (planned_from IS NULL) AND (starts_at IS NULL) = (planned_until IS NULL)",
            name=op.f("ck_shift_times_whole"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_ends_after_start")),
        sa.CheckConstraint(
            "least >= 0 AND most >= least AND most > 0", name=op.f("ck_shift_numbers")
        ),
        sa.CheckConstraint("taken >= 0 AND taken <= most", name=op.f("ck_shift_seats")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_shift_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_event_id"), ["event_id"], unique=False)

    op.create_table(
        "shift_sign_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="asked", nullable=False),
        sa.Column("offered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("told_state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("told_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reminded_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'declined', 'cancelled', 'swapped')",
            name=op.f("ck_shift_sign_up_state"),
        ),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1440", name=op.f("ck_shift_sign_up_minutes")),
        sa.CheckConstraint(
            "minutes IS NULL OR came", name=op.f("ck_shift_sign_up_hours_of_who_came")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_shift_sign_up_shift_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_shift_sign_up_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_sign_up")),
    )
    with op.batch_alter_table("shift_sign_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_sign_up_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shift_sign_up_volunteer_id"), ["volunteer_id"], unique=False
        )
        batch_op.create_index(
            "uq_shift_sign_up_live",
            ["shift_id", "volunteer_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'confirmed')"),
            postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
        )


def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table("shift_sign_up", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shift_sign_up_live",
            sqlite_where=sa.text("state IN ('asked', 'confirmed')"),
            postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
        )
        batch_op.drop_index(batch_op.f("ix_shift_sign_up_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_shift_sign_up_shift_id"))

    op.drop_table("shift_sign_up")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_event_id"))

    op.drop_table("shift")
    op.drop_table("kit_item")
    op.drop_table("crew")
    with op.batch_alter_table("crew_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_template_campaign_id"))

    op.drop_table("crew_template")
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_phone_mark"))

    op.drop_table("volunteer")
