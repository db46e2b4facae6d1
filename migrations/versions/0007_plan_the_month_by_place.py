"""Give places what one must know of them, events a state and a name, and series their rules."""

import secrets
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

READABLE = "3479acdefghjkmnpqrtxy"
STATES = "('draft', 'confirmed', 'postponed', 'moved', 'cancelled', 'done')"
GATES = "('waiting', 'filed', 'granted', 'not_needed', 'goes_ahead')"


def upgrade() -> None:
    """Build the tables; an event that is over is done, one that comes waits for its permits."""
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("mime", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("summaries", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("starts_local", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("ends_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_series_minutes")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_series_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_series_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_series_location_id"), ["location_id"], unique=False)

    op.create_table(
        "series_exception",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_exception_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_exception")),
        sa.UniqueConstraint("series_id", "day", name=op.f("uq_series_exception_series_id_day")),
    )
    op.create_table(
        "act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(length=60), server_default="", nullable=False),
        sa.Column("starts_local", sa.String(length=16), nullable=False),
        sa.Column("ends_local", sa.String(length=16), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_act_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sa.UniqueConstraint("event_id", "position", name=op.f("uq_act_event_id_position")),
    )
    op.create_table(
        "event_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.Column("words", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("alias", sa.String(length=60), server_default="", nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_change_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_change")),
        sa.UniqueConstraint("event_id", "sequence", name=op.f("uq_event_change_event_id_sequence")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("letters", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("uid", sa.String(length=36), nullable=True))
        batch_op.add_column(
            sa.Column("state", sa.String(length=12), server_default="draft", nullable=False)
        )
        batch_op.add_column(
            sa.Column("permit_gate", sa.String(length=12), server_default="waiting", nullable=False)
        )
        batch_op.add_column(sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("recurrence_key", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("overridden", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("previous_starts_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "previous_location_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("summaries", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("find_notes", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("access_notes", sa.JSON(), server_default="{}", nullable=False)
        )
        batch_op.add_column(sa.Column("causes", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("doors_local", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("curfew_local", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))

    _name_what_is_there()
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("letters", nullable=False)
        batch_op.alter_column("uid", nullable=False)
        batch_op.alter_column("changed_at", nullable=False)
        batch_op.create_check_constraint(batch_op.f("ck_event_state"), f"state IN {STATES}")
        batch_op.create_check_constraint(
            batch_op.f("ck_event_permit_gate"), f"permit_gate IN {GATES}"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_event_gate_open"), "state <> 'confirmed' OR permit_gate <> 'waiting'"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_event_key_of_series"), "(series_id IS NULL) = (recurrence_key IS NULL)"
        )
        batch_op.create_check_constraint(batch_op.f("ck_event_capacity"), "capacity >= 0")
        batch_op.create_index("ix_event_state_starts_at", ["state", "starts_at"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_event_letters"), ["letters"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_event_series_id_recurrence_key"), ["series_id", "recurrence_key"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_event_uid"), ["uid"])
        batch_op.create_foreign_key(
            batch_op.f("fk_event_previous_location_id"),
            "location",
            ["previous_location_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_event_series_id"), "series", ["series_id"], ["id"]
        )

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stations", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("lines", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("exit_number", sa.String(length=12), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("addresses", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("directions", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("lifts", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("toilets", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("indoor", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("power", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("shelter", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("step_free", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("notes", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("photo_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("photo_alts", sa.JSON(), server_default="{}", nullable=False))
        batch_op.create_check_constraint(batch_op.f("ck_location_capacity"), "capacity >= 0")
        batch_op.create_index(batch_op.f("ix_location_photo_id"), ["photo_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_location_photo_id"), "stored_file", ["photo_id"], ["id"]
        )


def _name_what_is_there() -> None:
    """Give each event its name in addresses and calendars."""
    event = sa.table(
        "event",
        *(sa.column(name) for name in ("id", "letters", "uid", "state")),
        sa.column("changed_at", sa.DateTime(timezone=True)),
        sa.column("ends_at", sa.DateTime(timezone=True)),
    )
    there = op.get_bind()
    now = sa.func.current_timestamp()
    for (number,) in there.execute(sa.select(event.c.id)).all():
        letters = "".join(secrets.choice(READABLE) for _ in range(8))
        there.execute(
            sa
            .update(event)
            .where(event.c.id == number)
            .values(letters=letters, uid=str(uuid.uuid4()), changed_at=now)
        )
    there.execute(sa.update(event).where(event.c.ends_at <= now).values(state="done"))


def downgrade() -> None:
    """Take it back; what was said about states, permits and rules is gone with it."""
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_location_photo_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_location_photo_id"))
        batch_op.drop_constraint(batch_op.f("ck_location_capacity"), type_="check")
        batch_op.drop_column("photo_alts")
        batch_op.drop_column("photo_id")
        batch_op.drop_column("notes")
        batch_op.drop_column("capacity")
        batch_op.drop_column("step_free")
        batch_op.drop_column("shelter")
        batch_op.drop_column("power")
        batch_op.drop_column("indoor")
        batch_op.drop_column("toilets")
        batch_op.drop_column("lifts")
        batch_op.drop_column("directions")
        batch_op.drop_column("addresses")
        batch_op.drop_column("exit_number")
        batch_op.drop_column("lines")
        batch_op.drop_column("stations")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_event_series_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_event_previous_location_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_event_uid"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_event_series_id_recurrence_key"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_event_letters"), type_="unique")
        batch_op.drop_index("ix_event_state_starts_at")
        for name in ("state", "permit_gate", "gate_open", "key_of_series", "capacity"):
            batch_op.drop_constraint(batch_op.f(f"ck_event_{name}"), type_="check")
        batch_op.drop_column("capacity")
        batch_op.drop_column("curfew_local")
        batch_op.drop_column("doors_local")
        batch_op.drop_column("causes")
        batch_op.drop_column("access_notes")
        batch_op.drop_column("find_notes")
        batch_op.drop_column("summaries")
        batch_op.drop_column("previous_location_id")
        batch_op.drop_column("previous_starts_at")
        batch_op.drop_column("overridden")
        batch_op.drop_column("recurrence_key")
        batch_op.drop_column("series_id")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("sequence")
        batch_op.drop_column("permit_gate")
        batch_op.drop_column("state")
        batch_op.drop_column("uid")
        batch_op.drop_column("letters")

    op.drop_table("event_change")
    op.drop_table("act")
    op.drop_table("series_exception")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_location_id"))
        batch_op.drop_index(batch_op.f("ix_series_campaign_id"))

    op.drop_table("series")
    op.drop_table("stored_file")
