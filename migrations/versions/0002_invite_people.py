"""Invite people, and ask for a second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Build."""
    # Plain ALTER TABLE, which both engines know: a batch would build SQLite's table anew, and
    # dropping the old one would take the sessions along that hang on it.
    op.add_column(
        "person", sa.Column("language", sa.String(length=12), server_default="", nullable=False)
    )
    op.add_column("person", sa.Column("totp_secret", sa.String(length=400), nullable=True))
    op.add_column("person", sa.Column("totp_counter", sa.BigInteger(), nullable=True))
    op.add_column(
        "person",
        sa.Column("totp_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("person", sa.Column("totp_next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "person",
        sa.Column("mf_recovery_codes", sa.JSON(), server_default="[]", nullable=False),
    )
    op.add_column("web_session", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))

    op.create_table(
        "person_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_link_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_person_link")),
    )
    with op.batch_alter_table("person_link") as batch_op:
        batch_op.create_index(batch_op.f("ix_person_link_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Take down. Who was only invited has no password; nobody can sign in with an empty one."""
    with op.batch_alter_table("person_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_link_person_id"))
    op.drop_table("person_link")
    op.drop_column("web_session", "used_at")
    for name in (
        "mf_recovery_codes",
        "totp_next_at",
        "totp_tries",
        "totp_counter",
        "totp_secret",
        "language",
    ):
        op.drop_column("person", name)
