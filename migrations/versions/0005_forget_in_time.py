"""Delete names when their time is over, and prove it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Build."""
    op.create_table(
        "names_deleted",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("petition_id", NUMBER, nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("records", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("counted_before", sa.Integer(), nullable=False),
        sa.Column("counted_after", sa.Integer(), nullable=True),
        sa.Column("agreed_before", sa.Boolean(), nullable=False),
        sa.Column("agreed_after", sa.Boolean(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_names_deleted_petition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names_deleted")),
    )
    with op.batch_alter_table("names_deleted", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_names_deleted_petition_id"), ["petition_id"], unique=False
        )
    op.create_table(
        "names_warned",
        sa.Column("petition_id", NUMBER, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_names_warned_petition_id")
        ),
        sa.PrimaryKeyConstraint("petition_id", "due_on", name=op.f("pk_names_warned")),
    )


def downgrade() -> None:
    """Take down."""
    op.drop_table("names_warned")
    with op.batch_alter_table("names_deleted", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_names_deleted_petition_id"))
    op.drop_table("names_deleted")
