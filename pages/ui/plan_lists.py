"""The lists of the Plans page: plans and promises narrowed, added up, drawn, and handed out as files."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import TypeVar

import pandas as pd
import streamlit as st

from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.arranged import Listed
from arcore.reports.arranged import kept
from pages.ui import plan_words
from pages.ui import tables
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.plan_desk import Desk
from pages.ui.plan_desk import pick
from pages.ui.plan_desk import worth

Row = TypeVar("Row", PlanRow, PromiseRow)

PLANS: Mapping[str, Callable[[PlanRow], bool]] = {
    "All": lambda _: True,
    "Late": lambda row: row.state == "active" and row.late > 0,
    "Running": lambda row: row.state == "active",
    "Ended": lambda row: row.state != "active",
}
PROMISES: Mapping[str, Callable[[PromiseRow], bool]] = {
    "All": lambda _: True,
    "Running": lambda row: row.state == "open",
    "Broken": lambda row: row.state in ("broken", "part_kept"),
    "Kept": lambda row: row.state == "kept",
    "Not known yet": lambda row: row.state == "unknown",
}


def narrowed(rows: Sequence[Row], wanted: Callable[[Row], bool], text: str) -> list[Row]:
    """Keep rows of a state whose customer or documents hold every word that was typed."""
    words = text.casefold().split()
    return [row for row in rows if wanted(row) and all(word in _searched(row) for word in words)]


# --- plans ------------------------------------------------------------------------------------------------------------


def plan_totals(rows: Sequence[PlanRow], listed: Listed[PlanRow], say: Format) -> dict[str, str]:
    """Say what the plans in the list that run add up to, as Markdown by the key of the total; "" needs none."""
    running = [row for row in rows if row.state == "active"]
    late = [row for row in running if row.late]
    left = listed.sums((row.currency, row.left) for row in running)
    missed = listed.sums((row.currency, row.late) for row in late)
    paid = listed.sums((row.currency, row.paid) for row in running)
    if not running:
        return {"": f":gray[{_counted(len(rows), 'plan')}, none of them runs]"}
    all_in = plan_words.in_all(left, say)
    tail = f", {as_label(all_in)} in all" if all_in else ""
    parts = {
        "plans_left": f"**{as_label(plan_words.money(left, say))}** "
        f":gray[left in {_counted(len(running), 'running plan')}{tail}]"
    }
    if late:
        parts["plans_late"] = f"**{as_label(plan_words.money(missed, say))}** :gray[late in {len(late)}]"
    if any(paid.by_currency.values()):
        parts["plans_paid"] = f"**{as_label(plan_words.money(paid, say))}** :gray[paid]"
    return parts


def plan_list(desk: Desk, rows: Sequence[PlanRow], listed: Listed[PlanRow]) -> PlanRow:
    """Draw the plans and return the one that is chosen."""
    say = desk.say
    places = max(digits(row.currency) for row in rows)
    codes = {row.currency for row in rows}
    foreign, several = codes != {listed.currency}, len(codes) > 1
    unit = "" if several else f", {next(iter(codes))}"
    data = pd.DataFrame(
        {
            "Customer": [row.name for row in rows],
            "Next": [row.next.due_on if row.next else None for row in rows],
            "Due": [worth(row.next.left, row.currency) if row.next else None for row in rows],
            "Late": [worth(row.late, row.currency) if row.state == "active" else None for row in rows],
            "Left": [worth(row.left, row.currency) if row.state == "active" else None for row in rows],
            "In": [row.currency for row in rows],
            "Converted": [_converted(listed, row.left, row) if row.state == "active" else None for row in rows],
            "Settled": [100 * row.progress for row in rows],
            "State": [[plan_words.plan_state(row)] for row in rows],
        }
    ).astype({"Due": float, "Late": float, "Left": float, "Converted": float})
    config = {
        "Customer": tables.text("Customer", width=185 if foreign else 240),
        "Next": tables.day("Next due", say, width=86),
        "Due": tables.money(f"Amount{unit}", say, places=places, width=86),
        "Late": tables.money(f"Late{unit}", say, places=places, width=84),
        "Left": tables.money(f"Left{unit}", say, places=places, width=86),
        "In": tables.text("Currency", width=66) if several else None,
        "Converted": tables.money(f"Left, {listed.currency}", say, places=0, width=78) if foreign else None,
        "Settled": tables.share("Settled", width=66, hint="Paid, credited or written off, of the whole plan."),
        "State": st.column_config.MultiselectColumn(
            "State", options=list(plan_words.PLANS), color=list(plan_words.PLANS.values()), width=84
        ),
    }
    alt = f"{len(rows)} payment plans, late ones first"
    return rows[pick("plan", data, [row.plan_id for row in rows], config, alt=alt)]


def plan_file(rows: Sequence[PlanRow], listed: Listed[PlanRow]) -> pd.DataFrame:
    """Lay out the plans in the list for a file."""
    return _file(
        rows,
        {
            "Plan": lambda row: row.plan_id,
            "Customer": lambda row: row.name,
            "Code": lambda row: row.code,
            "Owner": lambda row: listed.owners[row.customer_id] or None,
            "Our company": lambda row: row.entity,
            "State": plan_words.plan_state,
            "Agreed on": lambda row: row.agreed_on,
            "Agreed with": lambda row: row.who or None,
            "Instalments": lambda row: len(row.instalments),
            "Next due": lambda row: row.next.due_on if row.next else None,
            "Next amount": lambda row: from_minor(row.next.left, row.currency) if row.next else None,
            "Late": lambda row: from_minor(row.late if row.state == "active" else 0, row.currency),
            "Paid": lambda row: from_minor(row.paid, row.currency),
            "Left": lambda row: from_minor(row.left, row.currency),
            "Total": lambda row: from_minor(row.total, row.currency),
            "Currency": lambda row: row.currency,
            "Ended on": lambda row: row.ended_on,
        },
    )


# --- promises ---------------------------------------------------------------------------------------------------------


def promise_totals(rows: Sequence[PromiseRow], listed: Listed[PromiseRow], say: Format) -> dict[str, str]:
    """Say what runs and what is missing of the promises in the list, as Markdown by the key of the total."""
    parts = {}
    for state, words in (("open", "still expected"), ("unknown", "not known yet")):
        some = [row for row in rows if row.state == state]
        sums = listed.sums((row.currency, row.left) for row in some)
        if some:
            parts[f"promises_{state}"] = f"**{as_label(plan_words.money(sums, say))}** :gray[{words} of {len(some)}]"
    broken = [row for row in rows if row.broken_on]
    missing = listed.sums((row.currency, row.left) for row in broken)
    if broken:
        parts["promises_missing"] = (
            f"**{as_label(plan_words.money(missing, say))}** :gray[missing of {len(broken)} broken]"
        )
    return parts or {"": f":gray[{_counted(len(rows), 'promise')}]"}


def kept_line(listed: Listed[PromiseRow], say: Format) -> str:
    """Say which share of the promises was kept, by number and by value, and in which period, as Markdown."""
    found = kept(listed)
    period = f"made from {say.day(found.first)} to {say.day(found.last)}"
    if found.by_count.exact is None:
        return f":small[**Kept {NONE}** :gray[{as_label(f'no promise {period} was decided yet')}]]"
    share = f"Kept {say.percent(found.by_count.exact)} by number, {say.percent(found.by_value.exact)} by value"
    missing = f"; {', '.join(gap.currency for gap in found.gaps)} without a rate" if found.gaps else ""
    tail = f"{found.kept} of {_counted(found.decided, 'promise')} {period} and decided, in full and in time{missing}"
    return f":small[**{as_label(share)}** :gray[{as_label(tail)}]]"


def promise_list(desk: Desk, rows: Sequence[PromiseRow], listed: Listed[PromiseRow]) -> PromiseRow:
    """Draw the promises and return the one that is chosen."""
    say = desk.say
    places = max(digits(row.currency) for row in rows)
    codes = {row.currency for row in rows}
    foreign, several = codes != {listed.currency}, len(codes) > 1
    unit = "" if several else f", {next(iter(codes))}"
    data = pd.DataFrame(
        {
            "Customer": [row.name for row in rows],
            "Made": [row.made_on for row in rows],
            "By": [row.due_on for row in rows],
            "Promised": [worth(row.amount, row.currency) for row in rows],
            "Received": [worth(row.received, row.currency) for row in rows],
            "Left": [worth(_missing(row), row.currency) for row in rows],
            "In": [row.currency for row in rows],
            "Converted": [_converted(listed, _missing(row), row) for row in rows],
            "State": [[row.state_words] for row in rows],
        }
    ).astype({"Promised": float, "Received": float, "Left": float, "Converted": float})
    config = {
        "Customer": tables.text("Customer", width=220 if foreign else 240),
        # In several currencies there is no room for it: the panel has it.
        "Made": None if foreign else tables.day("Made", say, width=86),
        "By": tables.day("To pay by", say, width=86),
        "Promised": tables.money(f"Promised{unit}", say, places=places, width=86),
        "Received": tables.money(f"Received{unit}", say, places=places, width=86),
        "Left": tables.money(f"Missing{unit}", say, places=places, width=88, hint="Still expected, or not kept."),
        "In": tables.text("Currency", width=66) if several else None,
        "Converted": tables.money(f"Missing, {listed.currency}", say, places=0, width=88) if foreign else None,
        "State": st.column_config.MultiselectColumn(
            "State", options=plan_words.promise_states(), color=list(plan_words.PROMISES.values()), width=110
        ),
    }
    alt = f"{len(rows)} promises to pay, due last first"
    return rows[pick("promise", data, [row.promise_id for row in rows], config, alt=alt)]


def promise_file(rows: Sequence[PromiseRow], listed: Listed[PromiseRow]) -> pd.DataFrame:
    """Lay out the promises in the list for a file."""
    return _file(
        rows,
        {
            "Promise": lambda row: row.promise_id,
            "Customer": lambda row: row.name,
            "Code": lambda row: row.code,
            "Owner": lambda row: listed.owners[row.customer_id] or None,
            "Our company": lambda row: row.entity,
            "State": lambda row: row.state_words,
            "Made on": lambda row: row.made_on,
            "By": lambda row: row.due_on,
            "Grace until": lambda row: row.until,
            "Who": lambda row: row.who or None,
            "Documents": lambda row: ", ".join(row.documents) or None,
            "Promised": lambda row: from_minor(row.amount, row.currency),
            "Received": lambda row: from_minor(row.received, row.currency),
            "Missing": lambda row: from_minor(_missing(row), row.currency),
            "Currency": lambda row: row.currency,
            "Note": lambda row: row.note or None,
        },
    )


# --- inside -----------------------------------------------------------------------------------------------------------


def _missing(row: PromiseRow) -> int:
    """Return what is still expected or was not kept; nothing of a promise that was withdrawn or fell away."""
    return 0 if row.state in ("withdrawn", "lapsed") else row.left


def _converted(listed: Listed[Any], amount: int, row: PlanRow | PromiseRow) -> float | None:
    units = listed.converted(amount, row.currency)
    return None if units is None else worth(units, listed.currency)


def _file(rows: Sequence[Row], columns: Mapping[str, Callable[[Row], Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([cell(row) for row in rows], dtype=object) for name, cell in columns.items()})


def _searched(row: PlanRow | PromiseRow) -> str:
    if isinstance(row, PlanRow):
        documents = [part.document for one in row.instalments for part in one.parts]
    else:
        documents = list(row.documents)
    return " ".join([row.name, row.code, row.who, *documents]).casefold()


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
