"""Everything that stands in the board pack of a month, as one value that paper and workbook are made from."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from arcore.company.queries import MonthNote
from arcore.company.queries import StatedBalance
from arcore.company.queries import from_settings
from arcore.company.queries import month_note
from arcore.goals.queries import Annotation
from arcore.money import grouped
from arcore.reports.aging import AgingReport
from arcore.reports.aging import aging
from arcore.reports.agreement import Comparison
from arcore.reports.agreement import agreement
from arcore.reports.as_known import AsKnown
from arcore.reports.as_known import as_known
from arcore.reports.board.figures import Course
from arcore.reports.board.figures import Outcome
from arcore.reports.board.figures import courses
from arcore.reports.board.figures import outcomes
from arcore.reports.board.period import Period
from arcore.reports.board.period import period
from arcore.reports.board.risks import Risks
from arcore.reports.board.risks import risks
from arcore.reports.book import Version
from arcore.reports.bridges import BridgeReport
from arcore.reports.bridges import balance_bridge
from arcore.reports.filters import Filters
from arcore.reports.items import ItemsReport
from arcore.reports.items import items
from arcore.reports.kpis import Lenses
from arcore.reports.movement import MovementReport
from arcore.reports.movement import between
from arcore.reports.rates import Gap
from arcore.reports.ratio_bridges import RATIOS
from arcore.reports.ratio_bridges import RatioBridge
from arcore.reports.ratio_bridges import ratio_bridge
from arcore.reports.targets import Status
from arcore.reports.targets import notes
from arcore.reports.targets import statuses
from arcore.reports.view import View
from arcore.store.engine import reading


@dataclass(frozen=True, eq=False)
class Pack:
    """The month, from one version of the books.

    Attributes:
        company, locale, time_zone: whose it is, and how figures and moments are written.
        version: the books it was made from; `ledger`, the last audit event that counts: of a frozen month that of the
            freeze.
        outcomes: every measure, those of the headline first.
        courses: the headline and what is drawn, over the last month-ends.
        aging: by customer, with the same totals at the end of the month before and a year before.
        bridges: of the open and of the overdue balance, from the end of the month before.
        ratios: the causes of the change of DSO and CEI.
        movement: the way of every bucket.
        agreement: beside the general ledger, in the currencies of the books.
        posted: what was recorded after the freeze; None where the month is not frozen.
        statuses: how every target stands.
        marks: the notes that charts show at a day.
        note: what the managers say; None where they say nothing.
        items: every open item.
        covered, gaps: sentences on what the figures rest on, and what is missing.
    """

    company: str
    locale: str
    time_zone: str
    month: Period
    version: Version
    ledger: int
    outcomes: tuple[Outcome, ...]
    courses: tuple[Course, ...]
    aging: AgingReport
    aging_before: AgingReport
    aging_year_before: AgingReport
    bridges: tuple[BridgeReport, BridgeReport]
    ratios: Mapping[str, RatioBridge]
    movement: MovementReport
    risks: Risks
    agreement: tuple[Comparison, ...]
    posted: AsKnown | None
    statuses: tuple[Status, ...]
    marks: tuple[Annotation, ...]
    note: MonthNote | None
    items: ItemsReport
    covered: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def currency(self) -> str:
        """What amounts are in."""
        return self.month.filters.currency

    @property
    def whole(self) -> bool:
        """Tell whether every customer is looked at: else opening figures are of other customers than a month ago."""
        return not narrowed(self.month.filters)

    def outcome(self, name: str) -> Outcome:
        """Return the measure of a name, in the variant the company chose where it is one of the headline."""
        return next(one for one in self.outcomes if one.kpi.name == name)


def pack(engine: Engine, month: date, filters: Filters, *, today: date) -> Pack:
    """Make the pack of the month that `month` lies in; of `filters` everything but the days counts.

    A frozen month is shown as it was frozen, a running one as of `today`. Raises BadInput for a month that has not
    begun or an entity that does not exist, Unavailable.
    """
    looked = period(engine, month, filters, today=today)
    chosen = looked.filters
    lenses = Lenses.of(engine, chosen)
    seen = lenses.seen
    company = from_settings(seen.book.around.settings)
    with reading(engine) as session:
        note = month_note(session, looked.first)
    made = aging(engine, chosen)
    bridges = tuple(balance_bridge(engine, chosen, looked.before, measure) for measure in ("open", "overdue"))
    movement = between(engine, chosen, looked.before)
    risky = risks(engine, lenses, chosen)
    return Pack(
        company=company.name or "Our company",
        locale=company.locale,
        time_zone=company.time_zone,
        month=looked,
        version=seen.book.version,
        ledger=seen.book.version[1] if seen.known_seq is None else seen.known_seq,
        outcomes=outcomes(lenses, looked),
        courses=courses(lenses, looked),
        aging=made,
        aging_before=aging(engine, chosen.on(looked.before), by="none", control=False),
        aging_year_before=aging(engine, chosen.on(looked.year_before), by="none", control=False),
        bridges=(bridges[0], bridges[1]),
        ratios={name: ratio_bridge(engine, chosen, looked.before, name) for name in RATIOS},
        movement=movement,
        risks=risky,
        agreement=_agreement(engine, chosen),
        posted=None if looked.close is None else as_known(engine, replace(chosen, known_at=None), looked.close.at),
        statuses=statuses(engine, chosen),
        marks=notes(engine, chosen),
        note=note,
        items=items(engine, chosen),
        covered=_covered(seen, looked),
        gaps=_gaps(made, [*(gap for bridge in bridges for gap in bridge.gaps), *movement.gaps], risky),
    )


def narrowed(filters: Filters) -> bool:
    """Tell whether only a part of the customers is looked at."""
    return bool(filters.segments or filters.owners or filters.customer or filters.intercompany != "out")


def _agreement(engine: Engine, filters: Filters) -> tuple[Comparison, ...]:
    """Compare with the general ledger; what it says of a frozen month may have been told after the freeze."""
    if narrowed(filters):
        return ()
    compared = agreement(engine, filters)
    if filters.known_at is None:
        return compared
    told = {(one.entity, one.currency): one.stated for one in agreement(engine, replace(filters, known_at=None))}
    return tuple(_told_since(one, told.get((one.entity, one.currency))) for one in compared)


def _told_since(one: Comparison, stated: StatedBalance | None) -> Comparison:
    if stated is None or stated == one.stated:
        return one
    return replace(one, stated=stated, reasons=(), rest=stated.amount - one.ours, candidates=())


def _covered(seen: View, month: Period) -> tuple[str, ...]:
    """Say what is complete, and what is not."""
    coverage, found = seen.coverage, []
    for need in ("balances", "sales", "receipts"):
        text = coverage.missing(need, month.first) or coverage.text(need)
        found.append(f"{need.capitalize()}: complete" if text == "complete" else text[0].upper() + text[1:])
    others = sorted({code for _, code in seen.places} - {seen.filters.currency})
    if others:
        found.append(f"Converted into {seen.filters.currency} at the rate of each day: {', '.join(others)}")
    if seen.filters.intercompany != "out":
        whose = {"in": "Companies of our own group are in the figures", "only": "Only companies of our own group"}
        found.append(whose[seen.filters.intercompany])
    elif seen.has_group_companies:
        found.append("Companies of our own group are left out")
    return tuple(found)


def _gaps(made: AgingReport, others: Iterable[Gap], risky: Risks) -> tuple[str, ...]:
    """Name the rates that are missing, each from the first day that lacks it, with what is open and waits for it."""
    waiting = {gap.currency: gap.units for gap in made.gaps}
    first: dict[tuple[str, str], Gap] = {}
    for gap in (*made.gaps, *others, *risky.gaps):
        pair = (gap.currency, gap.reporting)
        first[pair] = min(first.get(pair, gap), gap, key=lambda one: one.day)
    found = []
    for gap in first.values():
        units = waiting.get(gap.currency)
        tail = "" if not units else f": {grouped(units, gap.currency)} {gap.currency} open stand apart"
        found.append(f"{gap}{tail}")
    # Limits lack no other rate than those that are named already, unless nothing else does.
    return tuple(found) or ((risky.unlimited,) if risky.unlimited else ())
