"""Keep the organisation's own facts where its people can change them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Build the two tables; both stay empty until somebody says something."""
    op.create_table(
        "organisation",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("privacy_contact", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("sender_address", sa.String(length=254), nullable=False),
        sa.Column("smallest_age", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("host_name", sa.String(length=120), nullable=False),
        sa.Column("host_country", sa.String(length=2), nullable=False),
        sa.Column("mail_name", sa.String(length=120), nullable=False),
        sa.Column("mail_country", sa.String(length=2), nullable=False),
        sa.Column("other_processors", sa.Text(), nullable=False),
        sa.Column("authority", sa.String(length=300), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("mark_hash", sa.String(length=20), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "setup",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("mail_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_setup_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup")),
    )


def downgrade() -> None:
    """Take them down; the environment's values hold again."""
    op.drop_table("setup")
    op.drop_table("organisation")
