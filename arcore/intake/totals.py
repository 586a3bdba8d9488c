"""What snapshots state of themselves: an independent figure for their day, kept with the import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.changes import PlannedFile
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import FileTotal
from arcore.intake.understood import Understood
from arcore.money import nearest_minor

OPEN = "open_amount"


class OwnTotal(NamedTuple):
    """The total that the files of one day, entity and currency state; `amount` in minor units."""

    day: date
    entity: str
    currency: str
    amount: int
    file: str
    column: str


def own_totals(files: Iterable[PlannedFile]) -> list[OwnTotal]:
    """Return the totals of whole snapshots, by day, entity and currency, where every file of the place states one.

    A file that was filtered, or adds up several entities or currencies, says nothing of one place.
    """
    found: dict[tuple[date, str, str], list[tuple[PlannedFile, FileTotal | None]]] = defaultdict(list)
    for file in files:
        if file.understood.kind != OPEN_ITEMS or file.as_of is None or file.source.scope or file.known:
            continue
        places = _places(file)
        total = _open_total(file.understood) if len(places) == 1 else None
        for entity, currency in places:
            found[file.as_of, entity, currency].append((file, total))
    return [one for place, stated in sorted(found.items()) if (one := _added(place, stated)) is not None]


def _places(file: PlannedFile) -> set[tuple[str, str]]:
    rows = (row for row in file.understood.rows if row.status not in NOT_COUNTED)
    return {(row.entity or file.source.entity, row.currency or file.currency) for row in rows}


def _open_total(understood: Understood) -> FileTotal | None:
    """Return the total of what is open; of the amounts where the file has no column of its own for it."""
    by_field = {total.field: total for total in understood.file_totals}
    own_column = any(column.field == OPEN for column in understood.columns)
    return by_field.get(OPEN) or (None if own_column else by_field.get("amount"))


def _added(place: tuple[date, str, str], stated: list[tuple[PlannedFile, FileTotal | None]]) -> OwnTotal | None:
    totals = [total for _, total in stated if total is not None]
    if len(totals) < len(stated):
        return None
    try:
        amount = nearest_minor(sum((total.stated for total in totals), Decimal(0)), place[2])
    except BadInput:
        return None
    names, columns = (" and ".join(dict.fromkeys(words)) for words in (
        (file.understood.path for file, _ in stated), (total.column for total in totals),
    ))  # fmt: skip
    return OwnTotal(*place, amount, names, columns)
