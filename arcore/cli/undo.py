"""Undo an import: the books stand as if it had never come."""

from __future__ import annotations

from typing import Annotated

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db undo 1 --dry-run"


def run(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT_ID", help="The import, as `import` named it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would change.")] = False,
) -> None:
    """Undo an import and print its plan backwards; payments that came later stay, unapplied."""
    from arcore.intake.undo import undo

    with frame.books(dry=dry_run) as engine:
        facts = undo(engine, import_id, actor=frame.actor(), dry_run=dry_run)
    counts = facts["plan"]
    document = {
        "import_id": import_id,
        "undone": not dry_run,
        "plan": counts,
        "documents": facts["documents"],
        "restored": facts["restored"],
        "customers_kept": facts["customers_kept"],
        "change": facts["change"],
    }
    rows = [(BACKWARDS[kind], counts.get(kind, 0)) for kind in BACKWARDS if counts.get(kind)]
    frame.show(
        document,
        frame.table(f"Import {import_id}, backwards", {"What": "left", "Documents": "right"}, rows),
        *(f"Open balance {amount} {currency}" for currency, amount in facts["change"].items()),
        "Nothing was changed: a dry run." if dry_run else f"Import {import_id} is undone.",
    )


BACKWARDS = {
    "new": "removed",
    "changed": "changed back",
    "settled": "open again",
    "part_paid": "open again in part",
    "reopened": "settled again",
}
"""What an undo does to each kind of change."""
