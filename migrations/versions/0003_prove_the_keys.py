"""Remember who holds a key, where it lies and when it was proven."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Build."""
    _prove_keys()
    _remember_lists_of_names()


def downgrade() -> None:
    """Take down."""
    _forget_lists_of_names()
    _forget_proofs()


def _prove_keys() -> None:
    with op.batch_alter_table("organiser_key", schema=None) as batch_op:
        batch_op.alter_column(
            "label",
            new_column_name="holder",
            existing_type=sa.String(length=120),
            existing_nullable=False,
        )
        batch_op.add_column(
            sa.Column("place", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("recovery", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
    # Petitions that run must not stop: keys of before count as proven when they were made.
    op.execute("UPDATE organiser_key SET proven_at = created_at")
    op.create_table(
        "key_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "organiser_key_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("answer_hash", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_key_id"],
            ["organiser_key.id"],
            name=op.f("fk_key_challenge_organiser_key_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_challenge")),
    )
    op.create_index(
        op.f("ix_key_challenge_organiser_key_id"), "key_challenge", ["organiser_key_id"]
    )


def _forget_proofs() -> None:
    op.drop_index(op.f("ix_key_challenge_organiser_key_id"), table_name="key_challenge")
    op.drop_table("key_challenge")
    op.execute(
        "UPDATE organiser_key SET holder = substr(holder || ', ' || place, 1, 120) "
        "WHERE place <> ''"
    )
    with op.batch_alter_table("organiser_key", schema=None) as batch_op:
        batch_op.drop_column("proven_at")
        batch_op.drop_column("recovery")
        batch_op.drop_column("place")
        batch_op.alter_column(
            "holder",
            new_column_name="label",
            existing_type=sa.String(length=120),
            existing_nullable=False,
        )


# ---- lists of names


def _remember_lists_of_names() -> None:
    op.create_table(
        "names_download",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "petition_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whose", sa.String(12), nullable=False),
        sa.Column("names", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("why_everybody", sa.String(300), server_default="", nullable=False),
        sa.Column("delete_by", sa.Date(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("whose IN ('agreed', 'everybody')", name=op.f("ck_names_download_whose")),
        sa.CheckConstraint("names >= 0", name=op.f("ck_names_download_names")),
        sa.CheckConstraint(
            "whose = 'agreed' OR why_everybody <> ''",
            name=op.f("ck_names_download_everybody_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_names_download_petition_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_names_download_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names_download")),
    )
    op.create_index("ix_names_download_petition", "names_download", ["petition_id"])
    op.create_index(
        "ix_names_download_held",
        "names_download",
        ["delete_by"],
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _forget_lists_of_names() -> None:
    op.drop_table("names_download")
