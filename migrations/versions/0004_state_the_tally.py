"""State a tally for the record, and say to whom it was handed."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
#: Letters of codes, as drawn when this was written.
READABLE = "3479acdefghjkmnpqrtxy"
SHARED = sa.text("kind = 'shared'")


def upgrade() -> None:
    """Add statements, handovers and answers; give each petition its shared link."""
    with op.batch_alter_table("petition") as batch_op:
        batch_op.add_column(sa.Column("delivered_on", sa.Date(), nullable=True))
    with op.batch_alter_table("placement") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=10), server_default="board", nullable=False)
        )
        batch_op.create_index(
            "uq_placement_shared",
            ["target", "target_id"],
            unique=True,
            sqlite_where=SHARED,
            postgresql_where=SHARED,
        )
    _create_statement()
    _create_handover()
    _create_answer()
    _share_what_has_opened()


def _create_statement() -> None:
    op.create_table(
        "statement",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("petition_id", NUMBER, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_statement_petition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_statement_year_number")),
    )
    with op.batch_alter_table("statement") as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_petition_id"), ["petition_id"])


def _create_handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("petition_id", NUMBER, nullable=False),
        sa.Column("statement_id", NUMBER, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("receivers", sa.JSON(), nullable=False),
        sa.Column("handed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=600), nullable=True),
        sa.Column("state_before", sa.String(length=12), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_reason", sa.String(length=300), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_handover_petition_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_handover_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover") as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_petition_id"), ["petition_id"])
        batch_op.create_index(batch_op.f("ix_handover_statement_id"), ["statement_id"])


def _create_answer() -> None:
    op.create_table(
        "petition_answer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("handover_id", NUMBER, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("senders", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_petition_answer_handover_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_answer")),
        sa.UniqueConstraint(
            "handover_id", "version", name=op.f("uq_petition_answer_handover_id_version")
        ),
    )


def _share_what_has_opened() -> None:
    """Petitions that open from now on get their link then; those that have are given it here."""
    connection = op.get_bind()
    petition = sa.table(
        "petition", sa.column("id"), sa.column("state"), sa.column("source_language"),
        sa.column("demo", sa.Boolean()),
    )  # fmt: skip
    opened = sa.select(petition).where(petition.c.state != "draft").order_by(petition.c.id)
    for row in connection.execute(opened).mappings().all():
        _share(connection, row)


def _share(connection: sa.Connection, petition: sa.RowMapping) -> None:
    code = sa.table(
        "code", sa.column("id"), sa.column("letters"), sa.column("created_at", MOMENT),
        sa.column("demo", sa.Boolean()),
    )  # fmt: skip
    placement = sa.table(
        "placement", sa.column("code_id"), sa.column("kind"), sa.column("target"),
        sa.column("target_id"), sa.column("board"), sa.column("language"),
        sa.column("starts_at", MOMENT), sa.column("demo", sa.Boolean()),
    )  # fmt: skip
    now, of_demo = datetime.now(UTC), bool(petition["demo"])
    letters = "".join(secrets.choice(READABLE) for _ in range(8))
    connection.execute(code.insert().values(letters=letters, created_at=now, demo=of_demo))
    made = connection.scalar(sa.select(code.c.id).where(code.c.letters == letters))
    connection.execute(
        placement.insert().values(
            code_id=made,
            kind="shared",
            target="petition",
            target_id=petition["id"],
            board="",
            language=petition["source_language"],
            starts_at=now,
            demo=of_demo,
        )
    )


def downgrade() -> None:
    """Take it away; what came by shared links stays counted at its placement."""
    op.drop_table("petition_answer")
    op.drop_table("handover")
    op.drop_table("statement")
    op.drop_index("uq_placement_shared", "placement")
    op.drop_column("placement", "kind")
    op.drop_column("petition", "delivered_on")
