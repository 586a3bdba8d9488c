"""Prove the books: every invariant, control totals, ids, moments, audit chain, triggers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any

import typer

from arcore.cli import frame

if TYPE_CHECKING:
    from arcore.ledger.verify import Check

EXAMPLE = "python -m arcore verify --store sqlite:///data/sample.db"
BROKEN = 1
"""The exit code when something does not hold: nothing was refused, but what was asked to be true is not."""


def run() -> None:
    """Check every rule of the books in one snapshot; exit code 1 when one does not hold. Changes nothing."""
    from arcore.ledger.verify import verify

    with frame.books(dry=True) as engine:
        answer(verify(engine))


def answer(checks: list[Check]) -> None:
    """Show the checks as a document and as a table; end with exit code 1 unless all of them hold."""
    ok = all(check.ok for check in checks)
    document = {"ok": ok, "checks": [{"name": c.name, "ok": c.ok, "figures": dict(c.figures)} for c in checks]}
    rows = (("yes" if c.ok else "NO", c.says, c.figures.get("rows", ""), _what(c)) for c in checks)
    columns: Mapping[str, frame.Side] = {"Holds": "left", "Rule": "left", "Rows": "right", "What breaks it": "left"}
    frame.show(document, frame.table("The books are proved" if ok else "The books are broken", columns, rows))
    if not ok:
        raise typer.Exit(BROKEN)


def _what(check: Check) -> str:
    if check.ok:
        return ""
    found: dict[str, Any] = dict(check.figures)
    if found.get("missing"):
        return f"missing: {', '.join(found['missing'])}"
    first = found.get("first")
    return f"{found['broken']}" + ("" if first is None else f", first {first}")
