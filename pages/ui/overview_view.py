"""The parts of the overview: tiles from measures, the customers that matter most, what happened lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

import pyarrow as pa
import streamlit as st

from arcore.analytics import written as measures
from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.windows import as_of_days
from arcore.arrangements.queries import PromiseRow
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.goals.queries import WORDS
from arcore.money import from_minor
from arcore.money import nearest_minor
from arcore.reports import overview
from arcore.reports.aging import AgingReport
from arcore.reports.aging import aging
from arcore.reports.filters import MANY
from arcore.reports.filters import Filters
from arcore.reports.news import MOST
from arcore.reports.news import Kind
from arcore.reports.news import News
from arcore.reports.news import Since
from arcore.reports.news_documents import WITH_DOCUMENTS
from arcore.reports.news_documents import news_documents
from arcore.reports.priorities import Matters
from arcore.reports.priorities import Ranking
from arcore.reports.targets import notes
from arcore.reports.view import month_before
from pages.ui import aging_view
from pages.ui import behind_link
from pages.ui import case_totals
from pages.ui import goal_view
from pages.ui import items_view
from pages.ui import moved_view
from pages.ui import news_drawer
from pages.ui import shell
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.tiles import Arrow
from pages.ui.tiles import Tile

MOST_ADDED = 3
"""So many currencies stand below a tile."""
CLICKED_BUCKET = "overview_bucket"
"""The row of the aging that was clicked since the last run: its bucket, "" for the open balance."""
LINKED_BUCKET, LINKED_NEWS = "bucket", "news"
"""How the address names a row of the aging, and a line of the news."""
CLICKED_NEWS = "overview_news"
"""The line of the news that was clicked since the last run."""
CLICKED = "overview_customer"
"""The code of the customer that was clicked since the last run."""
SHORT: dict[Kind, str] = {
    "cash_in": "Cash in",
    "promise_broken": "Broken promises",
    "turned_overdue": "Now overdue",
    "dispute_opened": "Disputes",
    "invoiced": "Invoiced",
    "credited": "Credit notes",
    "refunded": "Refunds, bounces",
    "written_off": "Written off",
    "settled": "Unexplained",
    "transferred": "Transferred",
    "reminded": "Reminders",
    "closed_period": "Closed months",
    "import": "Files booked",
}
COUNTED: dict[Kind, tuple[str, str]] = {
    "cash_in": ("receipt", "receipts"),
    "promise_broken": ("promise", "promises"),
    "turned_overdue": ("item", "items"),
    "dispute_opened": ("dispute", "disputes"),
    "invoiced": ("invoice", "invoices"),
    "reminded": ("message", "messages"),
    "import": ("file", "files"),
}


def tile(measured: overview.Tile, frame: shell.Frame, held: str = "no target set") -> Tile:
    """Turn a measure into what its tile says; `held` stands in the place of the target where there is none."""
    say, figure = frame.say, measured.figure
    label = _label(measured, frame)
    if figure.exact is None:
        return Tile(measured.name, label, NONE, reason=as_label(figure.undefined or ""))
    unit = measures.UNIT_WORDS.get(figure.unit, "")
    value = as_label(measures.value(figure, say)) + (f" :small[:gray[{unit}]]" if unit else "")
    change, arrow = _change(measured, say)
    return Tile(
        measured.name,
        label,
        value,
        change=change,
        arrow=arrow,
        judgement=measured.judgement,
        note=_note(measured, frame),
        target=_target(measured, frame) or f":gray[{as_label(held)}]",
        notes=_noted(frame, len(measured.history)),
        # Part of a month beside whole ones would look like a fall.
        history=measured.history[:-1] if _running_cash(measured, frame) else measured.history,
        alt=f"{label} over the last {len(measured.history)} months",
    )


def as_asked(frame: shell.Frame, report: AgingReport) -> dict[str, str]:
    """Say under which tile what it adds up: amounts as invoiced, or in each customer's own currency; on one line."""

    def added(amounts: Sequence[tuple[int, str]]) -> str:
        told = [frame.say.compact(units, currency) for units, currency in amounts if units]
        more = f" + {len(told) - MOST_ADDED} more" if len(told) > MOST_ADDED else ""
        return f"= {' + '.join(told[:MOST_ADDED]) or NONE}{more}"

    return {
        "open": added([(row.open, row.currency) for row in report.totals]),
        "overdue": added([(row.overdue, row.currency) for row in report.totals]),
    }


def _noted(frame: shell.Frame, count: int) -> list[tuple[float, str]]:
    """Return where among the last `count` month-ends, the as-of day the last, notes stand, and their words."""
    days = as_of_days(
        frame.filters.as_of, count - 1 if frame.filters.as_of != month_end(frame.filters.as_of) else count
    )
    return [
        (next(place for place, day in enumerate(days) if day >= note.day), f"{frame.say.day(note.day)}: {note.text}")
        for note in frame.read(notes)
        if days[0] <= note.day <= days[-1]
    ]


def customers(frame: shell.Frame, ranking: Ranking) -> None:
    """Draw the customers that matter most and why; a click on a row opens the customer."""
    say, currency = frame.say, ranking.currency
    rows = pa.table(
        {
            "Customer": [row.name for row in ranking.rows],
            "Why now": [_why(row, say) for row in ranking.rows],
            "Overdue": [float(from_minor(row.overdue, currency)) for row in ranking.rows],
            "Share": [row.share for row in ranking.rows],
            "Oldest": [row.oldest_days for row in ranking.rows],
            "Owner": pa.array([row.owner or None for row in ranking.rows], pa.string()),
        }
    )

    def clicked() -> None:
        cells = st.session_state["matter"]["selection"]["cells"]
        if cells:
            st.session_state[CLICKED] = ranking.rows[cells[0][0]].code

    tables.grid(
        rows,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(rows.num_rows),
        placeholder="–",
        key="matter",
        on_select=clicked,
        selection_mode="single-cell",
        column_config={
            "Customer": tables.text("Customer", width=244),
            "Why now": tables.text("Why now", width=284),
            "Overdue": tables.money(f"Overdue, {currency}", say, places=0, width=95),
            "Share": tables.share("Share", width=90, hint="Of all that is overdue."),
            "Oldest": tables.count("Days late", width=66, hint="Of the oldest item."),
            "Owner": tables.text("Owner", width=100),
        },
        alt=f"The {rows.num_rows} customers that matter most, with the reason; select a row to open the customer",
    )


def buckets(frame: shell.Frame, filters: Filters, report: AgingReport) -> None:
    """Draw the aging as a list of amounts, shares and changes; a click on a row leads to what it is made of."""
    since = month_before(filters.as_of)

    def rows() -> pa.Table:
        before = aging(frame.books.engine, filters.on(since), by="none", control=False)
        return aging_view.shares(report, before, frame.say)

    def ask(bucket: str | None) -> None:
        st.session_state[CLICKED_BUCKET] = bucket or ""

    table = frame.prepared(("aging shares", st.context.theme.type), rows)
    aging_view.share_list(table, report.columns, frame.say.short_day(since, filters.as_of), ask)


def open_bucket(frame: shell.Frame) -> None:
    """Open what the row of the aging is made of that was clicked, or that the address names."""
    linked = behind_link.asked(LINKED_BUCKET, 1)
    bucket = st.session_state.pop(CLICKED_BUCKET, linked[0] if linked else None)
    if bucket is None:
        return
    if frame.filters.currency in MANY:
        frame = replace(frame, filters=frame.filters.in_currency(frame.company.currency))
    known = bucket if bucket in columns_of(EDGES) else None
    items_view.drawer(
        frame, "none", None, known, since=month_before(frame.filters.as_of),
        link=behind_link.address(frame, LINKED_BUCKET, known or ""),
    )  # fmt: skip


def news(frame: shell.Frame, found: Since) -> None:
    """Draw what happened since the last working day, one line each; a click leads to what a line is made of."""
    lines = [_line(row, frame.say) for row in found.rows]

    def clicked() -> None:
        cells = st.session_state["news"]["selection"]["cells"]
        if cells:
            st.session_state[CLICKED_NEWS] = found.rows[cells[0][0]].kind

    tables.grid(
        pa.table(dict(zip(("What", "Amount", "Detail"), zip(*lines, strict=True), strict=True))), hide_index=True,
        row_height=tables.ROW, height=tables.height(len(lines)), key="news", on_select=clicked,
        selection_mode="single-cell",
        column_config={
            "What": tables.text("What", width=116),
            "Amount": st.column_config.TextColumn("Amount", width=80, alignment="right"),
            "Detail": tables.text("Made of", width=180),
        },
        alt="What happened since the last working day; select a line to see its documents",
    )  # fmt: skip


def open_news(frame: shell.Frame, found: Since) -> None:
    """Open what the line that was clicked is made of: its documents, or ask for its promises, messages, files."""
    linked = behind_link.asked(LINKED_NEWS, 1)
    kind = st.session_state.pop(CLICKED_NEWS, linked[0] if linked else None)
    row = next((row for row in found.rows if row.kind == kind), None)
    if row is None:
        return
    if row.kind in WITH_DOCUMENTS:
        period = f"{frame.say.day(found.first)} to {frame.say.day(frame.filters.as_of)}, both days counted"
        moved_view.drawer(
            frame, row.label, f"{period} · {news_drawer.MEANT[row.kind]}",
            lambda: frame.read(news_documents, found.first, row.kind),
            f"{row.kind.replace('_', '-')}-{frame.filters.as_of}",
            behind_link.address(frame, LINKED_NEWS, row.kind), partial(news_drawer.explain, frame, row, found.first),
        )  # fmt: skip
    else:
        total_drawer.ask(f"{case_totals.NEWS}{row.kind}")


def _line(row: News, say: Format) -> tuple[str, str, str]:
    one, many = COUNTED.get(row.kind, ("document", "documents"))
    count = f"{say.number(row.count)} {one if row.count == 1 else many}" if row.count else "none"
    amount = NONE if row.amount is None else say.money(row.amount, row.currency, decimals=0)
    # There is room for a count or for a name: where a customer makes it up, or most of it, its name says more.
    told = f"mostly {row.detail.removeprefix(MOST)}" if row.detail.startswith(MOST) else row.detail
    counts_too = row.kind == "closed_period" or (row.kind == "import" and row.count > 1)
    detail = (f"{count}, {told}" if counts_too else told) if told else count
    return SHORT[row.kind], "" if row.kind == "import" else amount, detail


def _label(measured: overview.Tile, frame: shell.Frame) -> str:
    if measured.name != "cash_in":
        return measured.label
    to_date = " to date" if _running_cash(measured, frame) else ""
    return f"Cash in, {frame.say.month_name(frame.filters.as_of)}{to_date}"


def _running_cash(measured: overview.Tile, frame: shell.Frame) -> bool:
    return measured.name == "cash_in" and frame.filters.as_of != month_end(frame.filters.as_of)


def _change(measured: overview.Tile, say: Format) -> tuple[str, Arrow]:
    change = measured.change
    if change is None:
        return "", "off"
    text = _size(abs(change), measured, say)
    return as_label(text), "up" if change > 0 else "down" if change < 0 else "off"


def _size(amount: Decimal, measured: overview.Tile, say: Format) -> str:
    """Write how far something moved: 83k, 0.9, 2.8 points; without the sign, the arrow has it."""
    figure = measured.figure
    if figure.unit == MONEY:
        return say.compact(nearest_minor(amount, figure.currency), figure.currency)
    return say.number(amount, 1) + (" points" if figure.unit == PERCENT else "")


def _note(measured: overview.Tile, frame: shell.Frame) -> str:
    as_of = frame.filters.as_of
    compared = add_months(as_of, -1) if measured.name == "cash_in" else measured.before.as_of
    if measured.change is None or compared is None:
        return as_label(f"nothing to compare on {frame.say.short_day(compared, as_of)}") if compared else ""
    return as_label(f"vs {frame.say.short_day(compared, as_of)}")


def _target(measured: overview.Tile, frame: shell.Frame) -> str:
    """Say the target, how it stands in the colour of that, and the distance."""
    if measured.target is None:
        return ""
    figure = measured.figure
    word = as_label(f"target {measures.target_word(measured.target, figure, frame.say)}")
    if measured.state is None:
        return f":gray[{word}{_whole_month(frame) if measured.name == 'cash_in' else ''}]"
    said = f":gray[{word},] :{goal_view.colour(measured.state)}[{WORDS[measured.state].lower()}]"
    if measured.state == "met":
        return said
    off = (figure.exact or Decimal(0)) - Decimal(str(measured.target))
    side = "above" if off > 0 else "below"
    return f"{said} :gray[· {as_label(_size(abs(off), measured, frame.say))} {side}]"


def _whole_month(frame: shell.Frame) -> str:
    return f" for all of {as_label(frame.say.month_name(frame.filters.as_of))}"


def _why(row: Matters, say: Format) -> str:
    """Say in a few words what moved a customer up; the amounts beside it say how much."""
    items = f"{say.number(row.items)} {'item' if row.items == 1 else 'items'} overdue"
    if row.why == "broken_promise" and row.broken is not None:
        return _let_down(row.broken, say, row.since)
    if row.why == "covered":
        return f"Credits of {say.money(-row.unapplied, row.currency, decimals=0)} not matched may cover it"
    if row.why == "over_90":
        return f"{say.money(row.over_90, row.currency, decimals=0)} of it over 90 days late"
    if row.why == "turned_overdue":
        turned = f"{say.number(row.turned)} {'item' if row.turned == 1 else 'items'}"
        return f"{turned} turned overdue since {say.short_day(row.since, row.since)}"
    if row.why == "long_overdue":
        return f"{items}, most of it over 30 days"
    grown = f", {say.money(row.grown, row.currency, decimals=0)} more than on {say.short_day(row.since, row.since)}"
    return f"{items}{grown}" if row.grown > 0 else items


def _let_down(promise: PromiseRow, say: Format, today: date) -> str:
    """Say what was promised and when that failed, in whole units: cents would be cut off first."""
    whole = say.money(promise.amount, promise.currency, decimals=0)
    day = say.short_day(promise.broken_on or promise.due_on, today)
    if promise.state == "part_kept":
        return f"{say.money(promise.left, promise.currency, decimals=0)} of a promised {whole} missing since {day}"
    return f"Promise of {whole} broken {day}"
