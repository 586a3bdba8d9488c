"""Step three of an import: what will change, refused lines first."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.intake import queries
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Plan
from arcore.intake.sendback import sent_back
from arcore.intake.understood import RefusedRow
from arcore.money import ZERO
from arcore.money import nearest_minor
from pages.ui import import_explain
from pages.ui import import_people
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_state import KEPT_SECONDS
from pages.ui.import_words import LEFT_OUT
from pages.ui.import_words import counted
from pages.ui.import_words import with_days

WORDS = {
    ChangeKind.REFUSED: "Refused",
    ChangeKind.CHANGED: "Changed",
    ChangeKind.REOPENED: "Re-opened",
    ChangeKind.SETTLED: "Settled",
    ChangeKind.PART_PAID: "Part paid",
    ChangeKind.NEW: "New",
    ChangeKind.PENDING_IN_SOURCE: "Pending",
    ChangeKind.UNCHANGED: "Unchanged",
}
"""In the order in which they are listed: what needs a look comes first, what stays as it is last."""
TILES = (
    ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.SETTLED, ChangeKind.PART_PAID, ChangeKind.REOPENED,
    ChangeKind.PENDING_IN_SOURCE, ChangeKind.UNCHANGED, ChangeKind.REFUSED,
)  # fmt: skip
ALWAYS = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.SETTLED, ChangeKind.UNCHANGED, ChangeKind.REFUSED)
"""Counted even when there are none."""
COLOURS = {
    "Refused": "red", "Changed": "yellow", "Re-opened": "orange", "Pending": "gray", "Settled": "green",
    "Part paid": "green", "New": "blue", "Unchanged": "gray",
}  # fmt: skip
COLUMNS = ["What", "Line", "Document", "Customer", "Amount", "Before", "After", "Currency", "Why"]
MOST_ROWS = 14
MOST_REFUSED = 5
BELOW_TILE = 28
"""Characters."""
LONG_LIST = 20_000
"""Differences drawn at once; the download has all of them."""


# --- tiles ------------------------------------------------------------------------------------------------------------


def tiles(frame: shell.Frame, plan: Plan) -> None:
    """Count the differences by kind, with what they do to the open balance."""
    totals = {total.kind: total for total in queries.kind_totals(plan)}
    documents = bool(plan.changes or not (plan.parties or plan.balances))
    shown = [kind for kind in TILES if totals[kind].documents or (documents and kind in ALWAYS)]
    people = {} if documents else import_people.facts_of(plan)
    left_out = plan_left_out(plan)
    with st.grid(len(shown) + len(people) + 1, min_column_width=130, gap="small", key="plan_tiles"):
        for name, count in people.items():
            _tile(frame, f"people_{name.lower().replace(' ', '_')}", name, count)
        for kind in shown:
            count = totals[kind].documents
            refused = kind is ChangeKind.REFUSED and count
            below = f"need{'s' * (count == 1)} a look" if refused else moved(frame.say, totals[kind])
            _tile(frame, f"kind_{kind.value}", WORDS[kind], count, below)
        _tile(frame, "left", "Left out", sum(left_out.values()), _main_reasons(left_out))


def _tile(frame: shell.Frame, key: str, name: str, count: int, below: str = "") -> None:
    """Draw a tile; of what there is, with the way to how it is made and the rows behind it."""
    with st.container(border=True, height="stretch", gap=None, key=f"plan_tile_{key}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f":small[{name}]", width="content")
            import_explain.arrow(key, name)
        st.metric(
            name, frame.say.number(count), label_visibility="collapsed",
            delta_description=as_label(below) if below else " ",
        )  # fmt: skip


def moved(say: Format, total: queries.KindTotal) -> str:
    """Say what one kind of change does to the open balance; short for several currencies."""
    before, after = total.before, total.after
    codes = sorted({*before, *after})
    by = {code: after.get(code, ZERO) - before.get(code, ZERO) for code in codes}
    shown = after if total.kind is ChangeKind.UNCHANGED else by
    write = say.money if len(codes) == 1 else say.compact
    sums = [write(nearest_minor(shown[code], code), code) for code in codes if shown.get(code)]
    return " · ".join(sums) if len(sums) < 3 else f"{sums[0]} and {len(sums) - 1} more"


def plan_left_out(plan: Plan) -> dict[str, int]:
    """Count what is left out: lines that reading skipped, documents that the plan does not book."""
    found: dict[str, int] = {}
    for reasons in (*(file.understood.left_out for file in plan.files), plan.left_out):
        for reason, count in reasons.items():
            found[reason] = found.get(reason, 0) + count
    return found


def _main_reasons(left_out: dict[str, int]) -> str:
    """Name the reason, or the two, that most of what is left out has; as much as fits below a tile."""
    most = sorted(left_out, key=lambda reason: -left_out[reason])[:2]
    words = [LEFT_OUT.get(reason, ("", reason.replace("_", " ")))[1] for reason in most]
    return both if len(both := ", ".join(words)) <= BELOW_TILE else words[0]


# --- refused ----------------------------------------------------------------------------------------------------------


def refused(frame: shell.Frame, plan: Plan) -> None:
    """Draw the lines that can't be booked, each with its reason in full."""
    if not plan.refused:
        return
    count = counted(len(plan.refused), "line", "lines", frame.say)
    with st.container(border=True, gap="xsmall", key="refused"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(
                f":red[:material/block:] **{count} can't be booked** :gray[:small[the others can]]", width="content"
            )
            _download(plan)
        shown = [_refused_line(row, several=len(plan.files) > 1) for row in plan.refused[:MOST_REFUSED]]
        rest = len(plan.refused) - len(shown)
        if rest:
            shown.append(f":small[:gray[and {frame.say.number(rest)} more in the table]]")
        st.markdown("  \n".join(shown))


def _download(plan: Plan) -> None:
    """Offer the lines as they came, to be mended and sent again; what has no file of its own as a plain list."""
    if {row.file for row in plan.refused} & plan.contents.keys():
        back = sent_back(plan)
        name, content, mime = back.name, back.content, back.mime
    else:
        name, content, mime = "refused-lines.csv", queries.refused_csv(plan.refused).encode(), "text/csv"
    st.download_button(
        "Refused lines", content, name, mime, key="refused_download", on_click="ignore", type="tertiary",
        icon=":material/download:", help="As they came, with the reason beside each: mend them and drop the file again",
    )  # fmt: skip


def _refused_line(row: RefusedRow, *, several: bool) -> str:
    where = f"{row.file}, line {row.line}" if several else f"Line {row.line}"
    what = " · ".join(filter(None, (where, row.number, row.customer)))
    return f":small[:gray[{as_label(what)}] &nbsp; {as_label(row.reason)}]"


# --- differences ------------------------------------------------------------------------------------------------------


def differences(frame: shell.Frame, plan: Plan) -> None:
    """Draw every difference, searchable, refused lines first."""
    if not (plan.changes or plan.refused):
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="plan_bar"):
        counts = plan.counts()
        present = {
            f"{word} {frame.say.number(counts[kind])}": kind.value for kind, word in WORDS.items() if counts[kind]
        }
        kinds = st.pills("Kind", present, selection_mode="multi", key="plan_kinds", label_visibility="collapsed")
        text = st.text_input(
            "Find", key="plan_find", type="search", placeholder="Number, customer or reason",
            label_visibility="collapsed", width=230,
        )  # fmt: skip
        tables.downloads(
            "Download", "import-differences", **tables.files(partial(everything, plan, frame.say), "Differences")
        )
    table = listed(plan, frame.say, tuple(present[word] for word in kinds), text)
    codes = sorted({code for code in table["Currency"] if code})
    money = f", {codes[0]}" if len(codes) == 1 else ""
    if len(table) > LONG_LIST:
        st.caption(
            f"The first {frame.say.number(LONG_LIST)} of {frame.say.number(len(table))}; narrow by kind or text."
        )
    if table.empty:
        st.caption("No difference fits.")
        return
    shown = table.head(LONG_LIST).drop(columns=[] if len(codes) > 1 else "Currency")
    # What no row says takes room from the reasons.
    shown = shown.drop(columns=[name for name in ("Before", "After") if shown[name].isna().all()])
    if {"Before", "After", "Currency"} <= {*shown.columns}:
        shown = shown.drop(columns="Amount")
    tables.grid(
        shown,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(shown), most=MOST_ROWS),
        placeholder="–",
        column_config=_grid(frame.say, money, shown.columns, several=len(plan.files) > 1),
        alt=f"{len(table)} differences between the files and what the source said last",
    )


def _grid(say: Format, money: str, shown: Collection[str], *, several: bool) -> dict[str, Any]:
    """Return the columns of the grid: 883 pixels in all, so that none is cut; the reasons take what is left."""
    left = 213 - (78 if several else 0) - (78 if "Currency" in shown else 0)
    left += 92 * sum(name not in shown for name in ("Before", "After")) + 98 * ("Amount" not in shown)
    wider = min(48, max(0, left - 215))  # what the reasons can spare goes to long names
    return {
        "What": st.column_config.MultiselectColumn(
            "What", options=list(COLOURS), color=list(COLOURS.values()), width=88
        ),
        "Line": tables.text("Line", width=128) if several else tables.count("Line", width=50),
        "Document": tables.text("Document", width=88),
        "Customer": tables.text("Customer", width=162 + wider),
        "Amount": tables.money(f"Amount{money}", say, width=98),
        "Before": tables.money("Open before", say, width=92),
        "After": tables.money("Open after", say, width=92),
        "Currency": tables.text("Currency", width=78),
        "Why": tables.text("Why", width=left - wider),
    }


def listed(plan: Plan, say: Format, kinds: Sequence[str], find: str) -> pd.DataFrame:
    """Lay out refused lines and differences as people read them, of some kinds, with every word of `find` in them."""
    whole: pd.DataFrame = _listed(f"{plan.store_id} {plan.audit_seq} {plan.digest} {say.known}", plan, say)
    words = [WORDS[ChangeKind(kind)] for kind in kinds]
    keep = whole["What"].str[0].isin(words) if words else pd.Series(data=True, index=whole.index)
    for word in find.casefold().split():
        keep &= whole["_text"].str.contains(word, regex=False)
    return whole[keep].drop(columns="_text")


def everything(plan: Plan, say: Format) -> pd.DataFrame:
    """Lay out every difference for the download: file and line apart, kinds as plain words."""
    table = listed(plan, say, (), "")
    return table.assign(What=table["What"].str[0])


@st.cache_resource(max_entries=4, ttl=KEPT_SECONDS, show_spinner=False)
def _listed(key: str, _plan: Plan, _say: Format) -> pd.DataFrame:  # noqa: ARG001  the key is what it is kept by
    several = len(_plan.files) > 1
    rows: list[tuple[Any, ...]] = [
        (
            ["Refused"],
            _line(row.file, row.line, several=several),
            row.number,
            row.customer,
            None,
            None,
            None,
            "",
            row.reason,
        )
        for row in _plan.refused
    ]
    order = {kind.value: place for place, kind in enumerate(WORDS)}
    for one in sorted(queries.differences(_plan), key=lambda one: order[one.kind]):
        line = _line(one.file, one.line, several=several)
        amounts = [_number(amount) for amount in (one.amount, one.before, one.after)]
        why = with_days(one.why, _say)
        rows.append(([WORDS[ChangeKind(one.kind)]], line, one.number, one.customer, *amounts, one.currency, why))
    table = pd.DataFrame(rows, columns=COLUMNS)
    text = table["Document"] + " " + table["Customer"] + " " + table["Why"]
    return table.assign(_text=text.str.casefold())


def _line(file: str, line: int | None, *, several: bool) -> str | int | None:
    """Return where a row stands: its line, with the file when there are several; None for what no file lists."""
    return line if line is None or not several else f"{file}, {line}"


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
