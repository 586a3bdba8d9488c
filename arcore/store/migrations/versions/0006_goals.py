"""what measures should be, and notes in charts; targets leave the company's settings for a table of their own."""

from __future__ import annotations

import json
from datetime import UTC
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import arcore.store.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD = {
    "dso": ("period_end", False), "add": ("period_end", False), "cei": ("period", False),
    "overdue": ("gross_debits", True), "cash_in": ("to_date", True),
}  # fmt: skip
"""What could have a target before → its variant, and whether it is an amount."""


def upgrade() -> None:
    """Go up."""
    target = op.create_table(
        "target",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("measure", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("variant", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("segment", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("low", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("high", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", arcore.store.base.Moment(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index("ix_target_measure_variant_segment", ["measure", "variant", "segment"], unique=False)

    op.create_table(
        "chart_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("segment", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", arcore.store.base.Moment(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["chart_note.id"], name=op.f("fk_chart_note_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_note")),
    )
    with op.batch_alter_table("chart_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chart_note_note_id"), ["note_id"], unique=False)
    _move_settings(target)


def _move_settings(target: sa.Table) -> None:
    """Make rows of the targets that stood among the company's settings; since when they stand nobody noted."""
    settings = sa.table("company_setting", sa.column("name"), sa.column("value"))
    head = sa.table("ledger_head", sa.column("audit_seq"))
    connection = op.get_bind()
    kept = {row.name: json.loads(row.value) for row in connection.execute(sa.select(settings.c.name, settings.c.value))}
    wanted: dict[str, Any] = kept.get("targets") or {}
    seq = connection.execute(sa.select(head.c.audit_seq)).scalar() or 0
    rows = [
        {
            "measure": name,
            "variant": OLD[name][0],
            "segment": "",
            "value": format(value, "g") if value < 1e6 else format(value, "f").rstrip("0").rstrip("."),
            "currency": kept.get("currency", "EUR") if OLD[name][1] else "",
            "owner": "",
            "note": "",
            "recorded_at": datetime.now(UTC),
            "recorded_by": "arcore",
            "audit_seq": seq,
        }
        for name, value in wanted.items()
        if name in OLD
    ]
    if rows:
        connection.execute(sa.insert(target), rows)
    connection.execute(sa.delete(settings).where(settings.c.name == "targets"))
