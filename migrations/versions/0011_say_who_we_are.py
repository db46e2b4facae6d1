"""Keep the pages that organisers write."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "page_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("lead", sa.String(length=600), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("origin IN ('human', 'machine')", name=op.f("ck_page_text_origin")),
        sa.CheckConstraint("page IN ('front', 'about', 'contact')", name=op.f("ck_page_text_page")),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_page_text_published")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'live', 'replaced')", name=op.f("ck_page_text_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_page_text_author_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_page_text_reader_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["page_text.id"], name=op.f("fk_page_text_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_text")),
        sa.UniqueConstraint(
            "page", "language", "revision", name=op.f("uq_page_text_page_language_revision")
        ),
    )
    with op.batch_alter_table("page_text", schema=None) as batch_op:
        batch_op.create_index(
            "uq_page_text_live",
            ["page", "language"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )


def downgrade() -> None:
    """Take them down."""
    with op.batch_alter_table("page_text", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_page_text_live",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )

    op.drop_table("page_text")
