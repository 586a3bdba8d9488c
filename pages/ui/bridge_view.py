"""From one figure to another in causes that add up: a waterfall, its table, the documents of a line, a link."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from typing import Protocol
from urllib.parse import urlencode
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.analytics import written as measures
from arcore.analytics.kpis import BY_NAME
from arcore.money import from_minor
from arcore.reports.bridges import BALANCES
from arcore.reports.bridges import REVALUED
from arcore.reports.bridges import Balance
from arcore.reports.bridges import Bridge
from arcore.reports.bridges import BridgeReport
from arcore.reports.bridges import balance_bridge
from arcore.reports.bridges import line_documents
from arcore.reports.filters import Filters
from arcore.reports.ratio_bridges import RATIOS
from arcore.reports.ratio_bridges import RatioBridge
from arcore.reports.ratio_bridges import ratio_bridge
from arcore.reports.view import month_before
from pages.ui import aging_view
from pages.ui import behind_link
from pages.ui import bridge_way
from pages.ui import cached
from pages.ui import cause_words
from pages.ui import charts
from pages.ui import filters
from pages.ui import moved_view
from pages.ui import revaluation_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

VIEWS = ("Measures", "Bridge", "Targets")
MEASURES = {"Open balance": "open", "Overdue": "overdue", "DSO": "dso", "CEI": "cei"}
CLICKED = "bridge_clicked"
"""What was clicked since the last run: (line, currency)."""
LINKED = "line"
"""How the address names a line of a bridge."""
SHORT = {
    "invoiced": "Invoiced,|charged",
    "fell_due": "Fell due",
    "collected": "Collected",
    "credited": "Credited,|discounted",
    "written_off": "Written|off",
    "settled": "Settled,|unexplained",
    "transferred": "Transferred",
    "exchange": "Exchange|difference",
    "redated": "Re-dated",
    REVALUED: "Revalued",
    "balance": "Balance",
    "sales": "Sales",
    "mix": "Mix of|segments",
    "timeliness": "Timeliness",
    "credits": "Credits",
    "write_offs": "Write-offs",
}
"""Words under the bars."""


class Explain(Protocol):
    """Asks for the explanation of a measure on a day."""

    def __call__(self, name: str, *, day: date) -> None:
        """Ask for it, to be opened on the next run."""


HOW = (
    "Each part is the average over all orders in which the causes could have changed, so no order is preferred and the "
    "parts add up exactly. Sales count by the day, as windows differ in length. The mix is what a shift of sales "
    "between segments alone would have done, each with its own balance for its share."
)


def choose_view(place: DeltaGenerator) -> str:
    """Draw the choice between the measures and a bridge."""
    chosen = place.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", label_visibility="collapsed", bind="query-params",
        persist_state="session",
    )  # fmt: skip
    return str(chosen or VIEWS[0])


def draw(frame: shell.Frame, explain: Explain) -> None:
    """Draw the bridge that is chosen: measure, first day; the second is the as-of day.

    A click on a balance calls `explain` with its measure and day, before the next run.
    """
    bar = st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="bridge_bar")
    name, since = _choose(bar, frame)
    with st.container(border=True):
        if name.partition(".")[0] in RATIOS:
            _ratio(frame, name, since, explain)
        else:
            _balance(frame, "overdue" if name == "overdue" else "open", since, explain)
    st.markdown(":small[:gray[A link that opens this again]]")
    st.code(link(frame.filters, frame.books.word, name, since), language=None, wrap_lines=True)


def link(chosen: Filters, books: str, name: str, since: date) -> str:
    """Return the address of a bridge with these filters."""
    values = filters.address(chosen) | {"books": books} | page_of(name, since)
    base = urlsplit(st.context.url or "")
    folder = (base.path or "/").rsplit("/", 1)[0]
    return f"{base.scheme}://{base.netloc}{folder}/trends?{urlencode(values, doseq=True)}"


def page_of(name: str, since: date) -> dict[str, str]:
    """Return the page's own names and values for a bridge in an address."""
    plain, _, variant = name.partition(".")
    word = next(word for word, measure in MEASURES.items() if measure == plain)
    way = {bridge_way.BY: variant or BY_NAME[plain].variant} if plain in RATIOS else {}
    return {"view": VIEWS[1], "bridge_of": word, "bridge_from": since.isoformat(), **way}


def _choose(bar: DeltaGenerator, frame: shell.Frame) -> tuple[str, date]:
    word = bar.segmented_control(
        "Bridge of", list(MEASURES), default="Open balance", required=True, key="bridge_of",
        label_visibility="collapsed", bind="query-params", persist_state="session",
    )  # fmt: skip
    name = bridge_way.choose(bar, frame, MEASURES.get(str(word), "open"))
    usual = month_before(frame.filters.as_of)
    bar.markdown(":small[:gray[from the end of]]", width="content")
    chosen = bar.date_input(
        "From the end of", value=usual, key="bridge_from", format=frame.say.date_input, label_visibility="collapsed",
        width=135, bind="query-params",
    )  # fmt: skip
    until = f"to the end of {frame.say.day(frame.filters.as_of)}, the day chosen above"
    bar.markdown(f":small[:gray[{as_label(until)}]]", width="content")
    if chosen >= frame.filters.as_of:
        bar.markdown(f":small[:orange[{as_label(f'not before it: {frame.say.day(usual)} instead')}]]", width="content")
        return name, usual
    return name, chosen


def told(frame: shell.Frame, narrowed: Filters, name: str, since: date, currency: str) -> list[tuple[str, Decimal]]:
    """Return in words what moved a measure since a day, and by how much of its unit; empty where no bridge tells it."""
    if since >= narrowed.as_of:
        return []
    plain = name.partition(".")[0]
    if plain in RATIOS:
        found = cached.read(frame.books, narrowed, ratio_bridge, since, name)
        words = cause_words.words_of(name)
        return [(words[cause.key], cause.effect) for cause in found.causes if cause.effect]
    if name in BALANCES:
        converted = narrowed.in_currency(currency)
        report = cached.read(frame.books, converted, balance_bridge, since, "overdue" if name == "overdue" else "open")
        if report.gaps or len(report.parts) != 1:
            return []
        return [(line.label, from_minor(line.amount, currency)) for line in report.parts[0].lines]
    return []


# --- balances ---------------------------------------------------------------------------------------------------------


def _balance(frame: shell.Frame, measure: Balance, since: date, explain: Explain) -> None:
    report, say = frame.read(balance_bridge, since, measure), frame.say
    aging_view.gaps(report.gaps, say)
    if not report.parts:
        st.caption("Nothing was open and nothing moved.")
        return
    part = _part(report)
    title = "Open balance" if measure == "open" else "Overdue"
    _heading(f"Bridge of the {title.lower()}", f"{part.currency}, {_period(since, report.filters.as_of, say)}")
    bars = [
        charts.Step(SHORT[line.key], float(from_minor(line.amount, part.currency)),
                    say.signed(line.amount, part.currency, decimals=0))
        for line in part.lines
    ]  # fmt: skip
    ends = [
        (since, say.compact(part.opening, part.currency)),
        (report.filters.as_of, say.compact(part.closing, part.currency)),
    ]
    change = part.closing - part.opening
    _waterfall(
        ends, ("+" if change > 0 else "") + say.compact(change, part.currency), bars, say,
        f"{title} from {say.amount(part.opening, part.currency)} to {say.amount(part.closing, part.currency)} "
        f"{part.currency}: {', '.join(f'{bar.label} {bar.text}' for bar in bars).replace('|', ' ')}",
    )  # fmt: skip
    _lines(frame, part, report, title, explain)
    _open_clicked(frame, measure, since)


def _part(report: BridgeReport) -> Bridge:
    if len(report.parts) == 1:
        return report.parts[0]
    codes = [part.currency for part in report.parts]
    chosen = st.segmented_control(
        "Currency of the bridge", codes, default=codes[0], required=True, key="bridge_currency",
        label_visibility="collapsed",
    )  # fmt: skip
    return next((part for part in report.parts if part.currency == chosen), report.parts[0])


def _lines(frame: shell.Frame, part: Bridge, report: BridgeReport, title: str, explain: Explain) -> None:
    say, code = frame.say, part.currency
    ends = [(f"{title}, {say.day(day)}", units) for day, units in
            ((report.since, part.opening), (report.filters.as_of, part.closing))]  # fmt: skip
    rows = pd.DataFrame(
        {
            "What": [ends[0][0], *(line.label for line in part.lines), ends[1][0]],
            code: [float(from_minor(units, code))
                   for units in (part.opening, *(line.amount for line in part.lines), part.closing)],
            "Documents": [None, *(line.documents or None for line in part.lines), None],
        }
    )  # fmt: skip
    key = f"bridge_lines_{report.measure}_{code}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        place = cells[0][0] - 1 if cells else None
        if place is not None and not 0 <= place < len(part.lines):
            explain(report.measure, day=report.since if place < 0 else report.filters.as_of)
        elif place is not None and (part.lines[place].documents or part.lines[place].key == REVALUED):
            st.session_state[CLICKED] = (part.lines[place].key, code)

    tables.grid(
        rows, hide_index=True, row_height=tables.ROW, height=tables.height(len(rows)), placeholder="–",
        column_config={
            "What": tables.text("What", width=420),
            code: tables.money(code, say, width=160),
            "Documents": tables.count("Documents", width=110),
        },
        key=key, on_select=clicked, selection_mode="single-cell",
        alt=f"Bridge of the {title.lower()}; select a line to see its documents",
    )  # fmt: skip
    total = sum(line.amount for line in part.lines)
    words = (
        f"{say.amount(part.opening, code)} {'−' if total < 0 else '+'} {say.amount(abs(total), code)} = "
        f"{say.amount(part.closing, code)} · difference {say.amount(part.closing - part.opening - total, code)}"
    )
    st.markdown(f":small[:gray[:material/check: {as_label(words)}]]")
    name = f"bridge-{report.measure}-{report.since}-{report.filters.as_of}"
    tables.downloads(
        "Download the bridge", name,
        **tables.files(rows, f"Bridge of the {title.lower()}", [*frame.facts(), words], sums=False),
    )  # fmt: skip


def _open_clicked(frame: shell.Frame, measure: Balance, since: date) -> None:
    clicked = st.session_state.pop(CLICKED, None) or behind_link.asked(LINKED, 2)
    if not clicked:
        return
    line, currency = clicked
    link_again = behind_link.address(frame, LINKED, line, currency, **page_of(measure, since))
    if line == REVALUED:
        revaluation_view.drawer(frame, measure, since, currency, link_again)
        return
    if line not in SHORT:
        return
    word = SHORT[line].replace("|", " ")
    moved_view.drawer(
        frame, f"{'Open balance' if measure == 'open' else 'Overdue'}: {word.lower()}",
        _period(since, frame.filters.as_of, frame.say),
        lambda: frame.read(line_documents, since, measure, line, currency),
        f"bridge-{measure}-{line.replace('_', '-')}-{frame.filters.as_of}",
        link_again,
    )  # fmt: skip


# --- ratios -----------------------------------------------------------------------------------------------------------


def _ratio(frame: shell.Frame, name: str, since: date, explain: Explain) -> None:
    found, say = frame.read(ratio_bridge, since, name), frame.say
    as_of = frame.filters.as_of
    unit = measures.unit_word(found.after)
    _heading(
        f"Bridge of {bridge_way.title(name)}", f"{unit if unit != '%' else 'points'}, {_period(since, as_of, say)}"
    )
    if not found.causes or found.before.exact is None or found.after.exact is None:
        values = f"{measures.with_unit(found.before, say)} to {measures.with_unit(found.after, say)}"
        st.markdown(f"— :gray[{as_label(f'{found.undefined}; {values}')}]")
        return
    effects, total = shown(found), found.after.exact - found.before.exact
    bars = [
        charts.Step(SHORT[cause.key], float(effect), measures.change(effect, found.after, say, unit=False, of=total))
        for cause, effect in zip(found.causes, effects, strict=True)
    ]
    change = measures.change(total, found.after, say)
    ends = [(since, measures.with_unit(found.before, say)), (as_of, measures.with_unit(found.after, say))]
    _waterfall(
        ends,
        change,
        bars,
        say,
        f"{bridge_way.title(name)} {change}: " + ", ".join(f"{b.label} {b.text}" for b in bars).replace("|", " "),
    )
    rows = ratio_table(found, name, say)
    heads = list(rows.columns)
    style: Any = rows.style
    styled = style.format(say.number, na_rep="", subset=heads[1:3])
    styled = styled.format(
        lambda amount: measures.change(amount, found.after, say, unit=False, of=total), subset=heads[3:]
    )  # fmt: skip
    styled = styled.set_properties(subset=(rows.index[-1:], heads), **{"font-weight": "700"})
    st.table(styled, border="horizontal", hide_index=True, alt=f"Bridge of {bridge_way.title(name)}")
    words = measures.led_to(found.before.exact, found.after.exact, found.after, say)
    st.markdown(f":small[:gray[:material/check: {as_label(words)}]]")
    with st.container(horizontal=True, gap="xsmall"):
        for day, figure in ((since, found.before), (as_of, found.after)):
            st.button(
                f"How {measures.with_unit(figure, say)} is made", key=f"explain_{name}_{day}", type="tertiary",
                icon=":material/functions:", on_click=explain, args=(name,), kwargs={"day": day},
            )  # fmt: skip
    st.caption(HOW)
    facts = [*frame.facts(converted=True), words]
    tables.downloads(
        "Download the bridge", f"bridge-{name}-{since}-{as_of}",
        **tables.files(lambda: exact_table(found, name, say), f"Bridge of {bridge_way.title(name)}", facts, sums=False),
    )  # fmt: skip


def shown(found: RatioBridge) -> list[Decimal]:
    """Return the effects rounded as they are shown, so that they add up to the change as it is shown."""
    assert found.after.exact is not None  # noqa: S101  causes come with both values
    assert found.before.exact is not None  # noqa: S101
    return measures.adding_up(
        [cause.effect for cause in found.causes], found.after.exact - found.before.exact, found.after.unit
    )


def ratio_table(found: RatioBridge, name: str, say: Format) -> pd.DataFrame:
    """Lay the causes out: amounts then and now, and what each did; the last row is the change."""
    return _laid_out(found, name, say, [float(effect) for effect in shown(found)])


def exact_table(found: RatioBridge, name: str, say: Format) -> pd.DataFrame:
    """Lay the causes out as `ratio_table` does, unrounded."""
    return _laid_out(found, name, say, [float(cause.effect) for cause in found.causes])


def _laid_out(found: RatioBridge, name: str, say: Format, effects: list[float]) -> pd.DataFrame:
    days = [figure.as_of for figure in (found.before, found.after)]
    heads = [f"{found.after.currency}, {say.day(day)}" for day in days]
    unit = {"days": "Days", "%": "Points"}[measures.unit_word(found.after)]
    return pd.DataFrame(
        {
            "Because of": [*(cause_words.words_of(name)[cause.key] for cause in found.causes), "Change"],
            heads[0]: [*(_number(cause.then) for cause in found.causes), None],
            heads[1]: [*(_number(cause.now) for cause in found.causes), None],
            unit: [*effects, round(sum(effects), 6)],
        }
    ).astype(dict.fromkeys(heads, float))


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


# --- both -------------------------------------------------------------------------------------------------------------


def _heading(title: str, tail: str) -> None:
    st.markdown(f"**{as_label(title)}** :gray[:small[{as_label(tail)}]]")


def _period(since: date, as_of: date, say: Format) -> str:
    return f"{say.short_day(since, as_of)} to {say.day(as_of)}"


def _waterfall(ends: list[tuple[date, str]], change: str, bars: list[charts.Step], say: Format, alt: str) -> None:
    left, right = st.columns([1, 4.6], gap="small", vertical_alignment="center")
    with left:
        for day, value in ends:
            st.metric(say.day(day), as_label(value))
        st.metric("Change", as_label(change))
    with right:
        if any(bar.amount for bar in bars):
            st.vega_lite_chart(charts.waterfall([bar for bar in bars if bar.amount]), alt=alt, key="bridge_bars")
        else:
            st.caption("Nothing moved it.")
