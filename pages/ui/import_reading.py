"""How a file was read, as facts with their evidence, and what it holds by currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from arcore.intake.changes import Plan
from arcore.intake.lines import AMOUNT_FIELDS
from arcore.intake.lines import DATE_FIELDS
from arcore.intake.quality import quality_of
from arcore.intake.understood import BALANCES
from arcore.intake.understood import BOOKS
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood
from arcore.intake.understood import totals
from arcore.money import nearest_minor
from pages.ui import import_quality
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_words import KINDS
from pages.ui.import_words import counted
from pages.ui.import_words import left_out
from pages.ui.import_words import quality
from pages.ui.import_words import system

DOCUMENTS = (
    ("invoices", "invoice", "invoices"),
    ("credit_notes", "credit note", "credit notes"),
    ("payments", "payment", "payments"),
    ("others", "other document", "other documents"),
)

NOT_KNOWN = "not recognised"
AMONG_FACTS = ("dates that", "day first", "month first", "order ", "decimals ")
"""How the parts of a reason begin that tell something of the whole file."""
COUNTS = re.compile(r"\((\d+) of (\d+) ")
MARKS = {"decimals behind “.”: ": "point, ", "decimals behind “,”: ": "comma, "}


def title(one: Understood) -> str:
    """Return the name of a file and its sheet with what it is, as Markdown."""
    name = f"{one.path} · {one.sheet}" if one.sheet else one.path
    seems = f", {system(one.profile)}" if system(one.profile) and one.kind != OTHER else ""
    return f"**{as_label(name)}** :gray[is {as_label(held(one) + seems)}]"


def held(one: Understood) -> str:
    """Say what a table is; of one of which nothing is known, that."""
    return NOT_KNOWN if one.kind == OTHER and not one.confidence else KINDS.get(one.kind, one.kind)


def facts(one: Understood, say: Format, *, currency: str, place: int) -> None:
    """Draw how a file was read as a table of facts; `currency` is what amounts without one are taken for.

    `place` is that of the file among those read: below its facts stands what opens how they were counted.
    """
    rows = {
        "Holds": held(one).removeprefix("a ").capitalize(),
        "Lines": _lines(one, say),
        "Left out": left_out(one.left_out, say),
        "Data": quality(quality_of(one), say),
        "As of": say.day(one.as_of) if one.as_of else "",
        "Dates": _evidence(one, DATE_FIELDS),
        "Decimals": with_numbers(_evidence(one, AMOUNT_FIELDS), say) if one.decimal_mark else "",
        "Currency": _currencies(one, currency),
        "Layout": _layout(one),
    }
    with st.container(gap="xsmall"):
        st.table({f":gray[{name}]": as_label(fact) for name, fact in rows.items() if fact}, border="horizontal")
        if rows["Lines"]:
            import_quality.facts_button(place)


def sums(one: Understood, say: Format, *, currency: str) -> list[str]:
    """Say what a file holds, a line for each currency: 46 invoices €200,206.93, open €182,026.01."""
    lines = []
    for code, held in totals(one.rows).items():
        unit = code or currency
        parts = [
            f"{counted(count.count, singular, plural, say)} {_money(count.sum, unit, say)}"
            for name, singular, plural in DOCUMENTS
            if (count := getattr(held, name)).count
        ]
        if held.open is not None:
            parts.append(f"open {_money(held.open, unit, say)}")
        lines.append(", ".join(parts))
    if one.kind == CUSTOMERS:
        lines.append(counted(len(one.customer_keys()), "customer", "customers", say))
    if one.kind == BALANCES:
        lines.append(counted(len(one.customers), "balance", "balances", say))
    return lines


def _money(amount: Decimal, currency: str, say: Format) -> str:
    return say.money(nearest_minor(amount, currency), currency)


def _lines(one: Understood, say: Format) -> str:
    if one.kind == BOOKS:
        return ""
    refused = f", {say.number(len(one.refused))} refused" if one.refused else ""
    return f"{say.number(one.rows_used)} of {say.number(one.rows_read)} used{refused}"


def _currencies(one: Understood, currency: str) -> str:
    if not one.rows:
        return ""
    named = sorted({row.currency for row in one.rows if row.currency})
    if any(not row.currency for row in one.rows):
        return f"{', '.join(named)}; where none is named {currency}" if named else f"None is named, taken as {currency}"
    return ", ".join(named)


def _layout(one: Understood) -> str:
    kind = f"Sheet “{one.sheet}”" if one.sheet else f"{one.format.upper()}, {one.encoding.upper()}"
    if one.kind == BOOKS:
        return kind
    return f"{kind}, header in line {one.header_row}" if one.header_row else f"{kind}, no header"


def _evidence(one: Understood, fields: Sequence[str]) -> str:
    """Return what proves how dates or amounts are read: that part of the reason of their first column."""
    for column in one.columns:
        parts = [part for part in column.why.split("; ") if part.startswith(AMONG_FACTS)]
        if column.field in fields and parts:
            last = parts[-1]
            for said, shorter in MARKS.items():
                last = last.replace(said, shorter)
            return last[0].upper() + last[1:]
    return ""


def with_numbers(sentence: str, say: Format) -> str:
    """Write counts in a sentence as all others are written: (5,000 of 5,000 amounts)."""
    return COUNTS.sub(lambda found: f"({say.number(int(found[1]))} of {say.number(int(found[2]))} ", sentence)


def all_facts(plan: Plan, say: Format, *, currency: str) -> None:
    """Draw how each file of a plan was read; several are folded away."""
    for place, file in enumerate(plan.files):
        one = file.understood
        if len(plan.files) == 1:
            facts(one, say, currency=currency, place=place)
            continue
        name = f"{one.path} · {one.sheet}" if one.sheet else one.path
        with st.expander(as_label(name), key=f"how_{place}"):
            facts(one, say, currency=currency, place=place)
