"""What has to be equal in a board pack, each worked out by two roads."""

from __future__ import annotations

from dataclasses import dataclass

from arcore.money import nearest_minor
from arcore.money import plain
from arcore.reports.board.contents import Pack

ITEMS_MOST = 100_000
"""Open items in the workbook; a book with more of them is exported as CSV."""


@dataclass(frozen=True)
class Check:
    """Two figures that must be equal, in minor units of `currency`; `key` tells the workbook which cells they are."""

    key: tuple[str, str]
    name: str
    ours: int
    other: int
    currency: str

    @property
    def difference(self) -> int:
        """The one less the other."""
        return self.ours - self.other

    @property
    def ok(self) -> bool:
        """Tell whether they are equal."""
        return self.difference == 0

    @property
    def written(self) -> str:
        """The difference for scripts."""
        return plain(self.difference, self.currency)


def checks(pack: Pack) -> tuple[Check, ...]:
    """Return every check of the pack: items, aging, measures, bridges, movement and documents."""
    found = [*_measured(pack), *_bridged(pack), *_moved(pack)]
    if all_items(pack):
        found = [*_items(pack), *found]
    return tuple(found)


def all_items(pack: Pack) -> bool:
    """Tell whether every open item stands in the workbook."""
    return len(pack.items) <= ITEMS_MOST


def aged(pack: Pack, currency: str) -> int:
    """Return what is open in a currency by the aging."""
    return sum(row.open for row in pack.aging.totals if row.currency == currency)


def _items(pack: Pack) -> list[Check]:
    name = pack.currency
    found = [Check(("items", name), "Items less aging", pack.items.reporting_total or 0, aged(pack, name), name)]
    totals = pack.items.totals
    found += [
        Check(("documents", one.currency), f"Documents in {one.currency} less items", one.total,
              totals.get(one.currency, 0), one.currency)
        for one in pack.aging.control
    ]  # fmt: skip
    return found


def _measured(pack: Pack) -> list[Check]:
    name, found = pack.currency, []
    late = sum(row.overdue for row in pack.aging.totals if row.currency == name)
    for measure, units in (("open", aged(pack, name)), ("overdue", late)):
        one = pack.outcome(measure)
        if one.now.exact is not None:
            told = nearest_minor(one.now.exact, name)
            found.append(Check((measure, name), f"Aging less the measure {one.kpi.label}", units, told, name))
    return found


def _bridged(pack: Pack) -> list[Check]:
    found = []
    for report in pack.bridges:
        for part in report.parts:
            word = f"{report.measure} balance, {part.currency}"
            reached = part.opening + sum(line.amount for line in part.lines)
            found.append(
                Check(
                    (f"bridge {report.measure}", part.currency),
                    f"Bridge of the {word}",
                    reached,
                    part.closing,
                    part.currency,
                )
            )
    return [*found, *_ends(pack)]


def _ends(pack: Pack) -> list[Check]:
    """Compare the ends of the bridge of the open balance with the aging of both days."""
    found = []
    for part in pack.bridges[0].parts:
        opening = sum(row.open for row in pack.aging_before.totals if row.currency == part.currency)
        name = f"of the bridge less aging, {part.currency}"
        found.append(
            Check(("closing", part.currency), f"End {name}", part.closing, aged(pack, part.currency), part.currency)
        )
        if pack.whole:
            found.append(Check(("opening", part.currency), f"Beginning {name}", part.opening, opening, part.currency))
    return found


def _moved(pack: Pack) -> list[Check]:
    return [
        Check(("movement", part.currency), f"Movement by bucket less aging, {part.currency}",
              part.opening.total + sum(line.total for line in part.lines), aged(pack, part.currency), part.currency)
        for part in pack.movement.parts
    ]  # fmt: skip
