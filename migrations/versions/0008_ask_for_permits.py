"""Keep permits, their papers, and the boards."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "board",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("sources", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("image_alts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_board_image_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
    )
    with op.batch_alter_table("board", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_board_image_id"), ["image_id"], unique=False)

    op.create_table(
        "board_code",
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_board_code_board_id")),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_board_code_code_id")),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_board_code")),
    )
    with op.batch_alter_table("board_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_board_code_board_id"), ["board_id"], unique=False)

    op.create_table(
        "permit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(length=60), server_default="", nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="to_file", nullable=False),
        sa.Column("due_local", sa.String(length=16), server_default="", nullable=False),
        sa.Column("filed_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("answered_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reference", sa.String(length=80), server_default="", nullable=False),
        sa.Column("named", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("decided_by", sa.String(length=120), server_default="", nullable=False),
        sa.Column("decided_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("(rule = '') <> (title = '')", name=op.f("ck_permit_named")),
        sa.CheckConstraint("state <> 'filed' OR filed_on <> ''", name=op.f("ck_permit_filed")),
        sa.CheckConstraint(
            "state IN ('to_file', 'filed', 'granted', 'refused', 'not_needed', 'goes_ahead')",
            name=op.f("ck_permit_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'refused') OR answered_on <> ''",
            name=op.f("ck_permit_answered"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('not_needed', 'goes_ahead') OR (decided_by <> '' AND decided_on <> '' AND reason <> '')",
            name=op.f("ck_permit_decided"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_permit_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint(
            "event_id", "rule", "title", name=op.f("uq_permit_event_id_rule_title")
        ),
    )
    op.create_table(
        "permit_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "permit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_permit_paper_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["permit_id"], ["permit.id"], name=op.f("fk_permit_paper_permit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_paper")),
        sa.UniqueConstraint("permit_id", "file_id", name=op.f("uq_permit_paper_permit_id_file_id")),
    )
    with op.batch_alter_table("permit_paper", schema=None) as batch_op:
        batch_op.create_index("ix_permit_paper_file_id", ["file_id"], unique=False)


def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table("permit_paper", schema=None) as batch_op:
        batch_op.drop_index("ix_permit_paper_file_id")

    op.drop_table("permit_paper")
    op.drop_table("permit")
    with op.batch_alter_table("board_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_board_code_board_id"))

    op.drop_table("board_code")
    with op.batch_alter_table("board", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_board_image_id"))

    op.drop_table("board")
