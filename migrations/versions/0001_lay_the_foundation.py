"""Lay the foundation."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

#: How well-known providers read their addresses: domain, strips dots, cuts at, same as.
SHIPPED_RULES = (
    ("gmail.com", True, "+", None),
    ("googlemail.com", True, "+", "gmail.com"),
    ("outlook.com", False, "+", None),
    ("hotmail.com", False, "+", None),
    ("live.com", False, "+", None),
    ("msn.com", False, "+", None),
    ("outlook.fr", False, "+", None),
    ("hotmail.fr", False, "+", None),
    ("live.fr", False, "+", None),
    ("outlook.kr", False, "+", None),
    ("icloud.com", False, "+", None),
    ("me.com", False, "+", "icloud.com"),
    ("mac.com", False, "+", "icloud.com"),
    ("proton.me", True, "+", None),
    ("protonmail.com", True, "+", "proton.me"),
    ("pm.me", True, "+", "proton.me"),
    ("fastmail.com", False, "+", None),
    ("yahoo.com", False, "-", None),
    ("yahoo.fr", False, "-", None),
    ("naver.com", False, "+", None),
    ("kakao.com", False, "+", None),
    ("hanmail.net", False, "", "daum.net"),
    ("gmx.de", False, "+", None),
    ("gmx.net", False, "+", None),
    ("posteo.de", False, "+", None),
    ("tutanota.com", False, "", "tuta.com"),
    ("yandex.ru", False, "+", None),
    ("ya.ru", False, "+", "yandex.ru"),
    ("yandex.com", False, "+", "yandex.ru"),
)


def upgrade() -> None:
    """Lay the foundation."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_subject"), ["subject"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    op.create_table(
        "code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("letters", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=300), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("letters", name=op.f("uq_code_letters")),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("cities", sa.JSON(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_location_latitude")),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_location_country")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_location_longitude")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("slug", name=op.f("uq_location_slug")),
    )
    op.create_table(
        "mail_budget",
        sa.Column("lane", sa.String(length=100), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "hour", name=op.f("pk_mail_budget")),
    )
    op.create_table(
        "mail_problem",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour", "error", "code", "template", "language", name=op.f("pk_mail_problem")
        ),
    )
    op.create_table(
        "mailbox_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("strip_dots", sa.Boolean(), nullable=False),
        sa.Column("cut_at", sa.String(length=1), nullable=False),
        sa.Column("same_as", sa.String(length=255), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_rule")),
        sa.UniqueConstraint("domain", name=op.f("uq_mailbox_rule_domain")),
    )
    op.create_table(
        "organiser_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.String(length=160), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_organiser_key_key_id")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("is_mail", sa.Boolean(), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("key_hour", sa.String(length=10), nullable=True),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("lanes", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=40), nullable=True),
        sa.Column("held_by", sa.String(length=100), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.String(length=60), server_default="", nullable=False),
        sa.Column("last_code", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_hour", sa.Integer(), nullable=False),
        sa.Column("repeat_template", sa.String(length=80), nullable=True),
        sa.Column("repeat_after_hours", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("dedupe", sa.String(length=120), nullable=True),
        sa.Column("failed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["is_mail", "run_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_ref"), ["ref"], unique=False)
        batch_op.create_index(
            "uq_outbox_dedupe",
            ["dedupe"],
            unique=True,
            sqlite_where=sa.text("dedupe IS NOT NULL"),
            postgresql_where=sa.text("dedupe IS NOT NULL"),
        )

    op.create_table(
        "pace",
        sa.Column(
            "petition_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "placement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("petition_id", "placement_id", "quarter", name=op.f("pk_pace")),
    )
    op.create_table(
        "periodic",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=60), server_default="", nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "tally_change",
        sa.Column(
            "petition_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_tally_change")),
    )
    op.create_table(
        "tally_counter",
        sa.Column(
            "petition_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("grain", sa.String(length=10), nullable=False),
        sa.Column(
            "placement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("evidence", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint(
            "petition_id",
            "grain",
            "placement_id",
            "hour",
            "language",
            "country",
            "evidence",
            name=op.f("pk_tally_counter"),
        ),
    )
    op.create_table(
        "tally_delta",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("evidence", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_delta")),
    )
    with op.batch_alter_table("tally_delta", schema=None) as batch_op:
        batch_op.create_index("ix_tally_delta_petition", ["petition_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("starts_local", sa.String(length=16), nullable=False),
        sa.Column("ends_local", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_event_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_event_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "person_role",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_role_person_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_person_role_role_id")),
        sa.PrimaryKeyConstraint("person_id", "role_id", name=op.f("pk_person_role")),
    )
    op.create_table(
        "petition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source_language", sa.String(length=12), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keep_months", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("index_key_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'paused', 'closed', 'delivered')",
            name=op.f("ck_petition_state"),
        ),
        sa.CheckConstraint(
            "closes_at IS NULL OR closes_at > opens_at",
            name=op.f("ck_petition_closes_after_opening"),
        ),
        sa.CheckConstraint("goal > 0", name=op.f("ck_petition_goal")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_petition_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("slug", name=op.f("uq_petition_slug")),
        sa.UniqueConstraint("uid", name=op.f("uq_petition_uid")),
    )
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "visit_count",
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "placement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_visit_count_code_id")),
        sa.PrimaryKeyConstraint("code_id", "placement_id", "hour", name=op.f("pk_visit_count")),
    )
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=80), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_web_session_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_web_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("blind_index", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "(domain IS NULL) <> (blind_index IS NULL)", name=op.f("ck_block_one_of_two")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_block_petition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("domain", name=op.f("uq_block_domain")),
        sa.UniqueConstraint(
            "petition_id", "blind_index", name=op.f("uq_block_petition_id_blind_index")
        ),
    )
    op.create_table(
        "consent_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("checked_by", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_consent_part_petition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_part")),
        sa.UniqueConstraint(
            "petition_id",
            "kind",
            "language",
            "country",
            "version",
            name=op.f("uq_consent_part_petition_id_kind_language_country_version"),
        ),
    )
    with op.batch_alter_table("consent_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_part_petition_id"), ["petition_id"], unique=False
        )

    op.create_table(
        "mailbox",
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("signed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("receipts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("receipts_on", sa.Date(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_mailbox_petition_id")
        ),
        sa.PrimaryKeyConstraint("petition_id", "blind_index", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "petition_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("summary", sa.String(length=600), nullable=False),
        sa.Column("ask", sa.String(length=600), nullable=False),
        sa.Column("addressee", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alone_reason", sa.String(length=300), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("origin IN ('human', 'machine')", name=op.f("ck_petition_text_origin")),
        sa.CheckConstraint(
            "state <> 'approved' OR sha256 IS NOT NULL",
            name=op.f("ck_petition_text_approved_is_hashed"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'approved', 'withdrawn')",
            name=op.f("ck_petition_text_state"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_petition_text_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_text_petition_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_petition_text_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_text")),
        sa.UniqueConstraint(
            "petition_id",
            "language",
            "revision",
            name=op.f("uq_petition_text_petition_id_language_revision"),
        ),
    )
    with op.batch_alter_table("petition_text", schema=None) as batch_op:
        batch_op.create_index(
            "uq_petition_text_live",
            ["petition_id", "language"],
            unique=True,
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )

    op.create_table(
        "placement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column(
            "target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("board", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_placement_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_placement_code_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_placement_event_id")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_placement_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_code_id"), ["code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_location_id"), ["location_id"], unique=False)
        batch_op.create_index("ix_placement_target", ["target", "target_id"], unique=False)
        batch_op.create_index(
            "uq_placement_current",
            ["code_id"],
            unique=True,
            sqlite_where=sa.text("ends_at IS NULL"),
            postgresql_where=sa.text("ends_at IS NULL"),
        )

    op.create_table(
        "placement_correction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "from_placement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "to_placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("to_hour", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("to_hour > from_hour", name=op.f("ck_placement_correction_some_hours")),
        sa.ForeignKeyConstraint(
            ["from_placement_id"],
            ["placement.id"],
            name=op.f("fk_placement_correction_from_placement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_placement_id"],
            ["placement.id"],
            name=op.f("fk_placement_correction_to_placement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_correction")),
    )
    with op.batch_alter_table("placement_correction", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_correction_from_placement_id"),
            ["from_placement_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_placement_correction_to_placement_id"), ["to_placement_id"], unique=False
        )

    op.create_table(
        "signature",
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("evidence", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "evidence IN ('unconfirmed', 'confirmed', 'witnessed', 'paper')",
            name=op.f("ck_signature_evidence"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR (sealed IS NULL AND blind_index IS NULL)",
            name=op.f("ck_signature_withdrawn_is_empty"),
        ),
        sa.CheckConstraint(
            "state IN ('awaiting', 'confirmed', 'withdrawn', 'invalidated')",
            name=op.f("ck_signature_state"),
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_signature_petition_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_signature_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["petition_text.id"], name=op.f("fk_signature_text_id")
        ),
        sa.PrimaryKeyConstraint("petition_id", "id", name=op.f("pk_signature")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(
            "ix_signature_mailbox",
            ["petition_id", "blind_index"],
            unique=False,
            sqlite_where=sa.text("blind_index IS NOT NULL"),
            postgresql_where=sa.text("blind_index IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_signature_counted",
            ["petition_id", "blind_index"],
            unique=True,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )

    op.create_table(
        "given_consent",
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"], ["consent_part.id"], name=op.f("fk_given_consent_part_id")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id", "signature_id"],
            ["signature.petition_id", "signature.id"],
            name=op.f("fk_given_consent_petition_id_signature_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "petition_id", "signature_id", "part_id", name=op.f("pk_given_consent")
        ),
    )
    op.create_table(
        "receipt",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id", "signature_id"],
            ["signature.petition_id", "signature.id"],
            name=op.f("fk_receipt_petition_id_signature_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_signature", ["petition_id", "signature_id"], unique=False)

    op.create_table(
        "sealed_copy",
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id", "signature_id"],
            ["signature.petition_id", "signature.id"],
            name=op.f("fk_sealed_copy_petition_id_signature_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "petition_id", "signature_id", "key_id", name=op.f("pk_sealed_copy")
        ),
    )
    op.bulk_insert(
        sa.table(
            "mailbox_rule",
            sa.column("domain", sa.String),
            sa.column("strip_dots", sa.Boolean),
            sa.column("cut_at", sa.String),
            sa.column("same_as", sa.String),
        ),
        [
            {"domain": domain, "strip_dots": dots, "cut_at": cut, "same_as": same}
            for domain, dots, cut, same in SHIPPED_RULES
        ],
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("sealed_copy")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index("ix_receipt_signature")

    op.drop_table("receipt")
    op.drop_table("given_consent")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signature_counted",
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.drop_index(
            "ix_signature_mailbox",
            sqlite_where=sa.text("blind_index IS NOT NULL"),
            postgresql_where=sa.text("blind_index IS NOT NULL"),
        )

    op.drop_table("signature")
    with op.batch_alter_table("placement_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_correction_to_placement_id"))
        batch_op.drop_index(batch_op.f("ix_placement_correction_from_placement_id"))

    op.drop_table("placement_correction")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_placement_current",
            sqlite_where=sa.text("ends_at IS NULL"),
            postgresql_where=sa.text("ends_at IS NULL"),
        )
        batch_op.drop_index("ix_placement_target")
        batch_op.drop_index(batch_op.f("ix_placement_location_id"))
        batch_op.drop_index(batch_op.f("ix_placement_event_id"))
        batch_op.drop_index(batch_op.f("ix_placement_code_id"))

    op.drop_table("placement")
    with op.batch_alter_table("petition_text", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_petition_text_live",
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )

    op.drop_table("petition_text")
    op.drop_table("mailbox")
    with op.batch_alter_table("consent_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_part_petition_id"))

    op.drop_table("consent_part")
    op.drop_table("block")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_person_id"))
        batch_op.drop_index(batch_op.f("ix_web_session_expires_at"))

    op.drop_table("web_session")
    op.drop_table("visit_count")
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petition_campaign_id"))

    op.drop_table("petition")
    op.drop_table("person_role")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_starts_at"))
        batch_op.drop_index(batch_op.f("ix_event_location_id"))
        batch_op.drop_index(batch_op.f("ix_event_campaign_id"))

    op.drop_table("event")
    with op.batch_alter_table("tally_delta", schema=None) as batch_op:
        batch_op.drop_index("ix_tally_delta_petition")

    op.drop_table("tally_delta")
    op.drop_table("tally_counter")
    op.drop_table("tally_change")
    op.drop_table("role")
    op.drop_table("person")
    op.drop_table("periodic")
    op.drop_table("pace")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outbox_dedupe",
            sqlite_where=sa.text("dedupe IS NOT NULL"),
            postgresql_where=sa.text("dedupe IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_outbox_ref"))
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    op.drop_table("organiser_key")
    op.drop_table("mailbox_rule")
    op.drop_table("mail_problem")
    op.drop_table("mail_budget")
    op.drop_table("location")
    op.drop_table("code")
    op.drop_table("campaign")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_subject"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_action"))

    op.drop_table("audit_entry")
