"""Texts that several pages of the board pack share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from arcore.analytics import written as measures
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.analytics.kpi import Kpi
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.wording import DEFINITIONS
from arcore.analytics.wording import TITLES
from arcore.money import from_minor
from arcore.reports.board.contents import Pack
from arcore.written import NONE
from arcore.written import Format

SHORT = 10_000
"""Amounts below this are written in whole units: thousands would say too little."""
EMPTY = "–"
"""What stands in a cell of a list where there is nothing."""


def title(kpi: Kpi) -> str:
    """Return what a measure is called in full."""
    own = TITLES.get(f"{kpi.name}.{kpi.variant}")
    return own or (TITLES.get(kpi.name, kpi.label) if kpi == BY_NAME[kpi.name] else kpi.label)


def meaning(kpi: Kpi) -> str:
    """Return what a measure means in a sentence or two; "" where nobody wrote it down."""
    own = DEFINITIONS.get(f"{kpi.name}.{kpi.variant}")
    return own or (DEFINITIONS.get(kpi.name, "") if kpi == BY_NAME[kpi.name] else "")


def facts(pack: Pack, say: Format) -> list[str]:
    """Return what the pack covers, in words."""
    month, filters = pack.month, pack.month.filters
    day = f"As of {say.long_day(month.last)}"
    found = [day if month.over else f"{day}; the month still runs", f"amounts in {pack.currency}"]
    found.append(filters.entity or "all entities")
    if filters.segments:
        found.append(f"segments {', '.join(name or 'none' for name in filters.segments)}")
    if filters.owners:
        found.append(f"owners {', '.join(name or 'nobody' for name in filters.owners)}")
    if filters.customer:
        found.append(f"customer {filters.customer}")
    if filters.intercompany != "out":
        found.append({"in": "our own group counted", "only": "our own group alone"}[filters.intercompany])
    if month.close is not None:
        found.append(f"as frozen {moment(pack, month.close.at, say)} by {month.close.by}")
    return found


def moment(pack: Pack, at: datetime, say: Format) -> str:
    """Write a moment as day and time where the company is."""
    there = at.astimezone(ZoneInfo(pack.time_zone))
    return f"{say.day(there.date())} {say.time(there)}"


def table_value(figure: Figure, say: Format) -> str:
    """Write a figure for a table without its unit: 12,469,794; 46.3; "—" for none."""
    if figure.exact is None or figure.unit != MONEY:
        return measures.value(figure, say)
    return say.number(figure.exact)


def change_value(change: Decimal | None, figure: Figure, say: Format) -> str:
    """Write how far a figure moved, with its sign, as exactly as tables show it: −273,320; +0.3; "—" for none."""
    if change is None:
        return NONE
    text = say.number(change, 0 if figure.unit == MONEY else 1)
    return f"+{text}" if change > 0 and text.strip("0.,") else text


def short(units: int, currency: str, say: Format) -> str:
    """Write minor units as short as they fit a chart: €12.47m, €86k, €9,500."""
    if abs(from_minor(units, currency)) < SHORT:
        return say.money(units, currency, decimals=0)
    return say.compact(units, currency)


def whole(amounts: Sequence[int], currency: str, say: Format) -> list[str]:
    """Write minor units in whole units of the currency, nothing as "–"."""
    return [say.amount(units, currency, decimals=0) if units else EMPTY for units in amounts]


def capital(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def posted_sentence(pack: Pack, say: Format) -> str:
    """Say what came after the month was frozen; "" for a month that is not."""
    posted = pack.posted
    if posted is None:
        return ""
    if posted.same:
        return "Nothing was posted into the month since it was frozen."
    moved = [f"{say.signed(b.change, b.currency)} {b.currency} in {b.entity}" for b in posted.balances if b.change]
    what = f"{say.number(posted.count)} document{'s' * (posted.count != 1)}"
    matched = f" {say.number(posted.matches)} amounts were matched or taken apart." if posted.matches else ""
    effect = f"the balance would change by {', '.join(moved)}" if moved else "no balance moves"
    return f"Posted into the month since it was frozen, and not in these figures: {what}; {effect}.{matched}"
