"""Let a stall's code witness a signature."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _demo():
    return sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False)


def _event(table):
    return sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f(f"fk_{table}_event_id"))


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "stall_secret",
        sa.Column("event_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        _demo(),
        sa.CheckConstraint("generation >= 0", name=op.f("ck_stall_secret_generation")),
        sa.CheckConstraint("wrong BETWEEN 0 AND 300", name=op.f("ck_stall_secret_wrong")),
        _event("stall_secret"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_stall_secret")),
    )
    op.create_table(
        "stall_window",
        sa.Column("event_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        _demo(),
        sa.CheckConstraint("uses BETWEEN 0 AND 40", name=op.f("ck_stall_window_uses")),
        sa.CheckConstraint("wrong BETWEEN 0 AND 30", name=op.f("ck_stall_window_wrong")),
        _event("stall_window"),
        sa.PrimaryKeyConstraint("event_id", "generation", "window", name=op.f("pk_stall_window")),
    )
    op.create_table(
        "stall_try",
        sa.Column("row", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        _demo(),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_stall_try_tries")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_stall_try")),
    )
    op.create_index("ix_stall_try_hour", "stall_try", ["hour"])
    op.add_column("signature", sa.Column("not_me_hash", sa.LargeBinary(), nullable=True))
    op.add_column(
        "petition",
        sa.Column("stall_codes", sa.Boolean(), server_default=sa.true(), nullable=False),
    )


def downgrade() -> None:
    """Take them down."""
    for table, column in (("petition", "stall_codes"), ("signature", "not_me_hash")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
    op.drop_index("ix_stall_try_hour", "stall_try")
    for table in ("stall_try", "stall_window", "stall_secret"):
        op.drop_table(table)
