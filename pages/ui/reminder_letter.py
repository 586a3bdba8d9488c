"""The letter of one customer as it would leave, under the facts that decide about it: to, files, proof."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.dunning import queries as dunning
from arcore.dunning.proof import TAKEN_OFF
from arcore.dunning.queries import LADDER_WORDS
from arcore.dunning.queries import Claim
from arcore.dunning.queries import Proof
from arcore.dunning.queries import Row
from arcore.dunning.queries import Shown
from arcore.money import digits
from arcore.money import from_minor
from pages.ui import letter_view
from pages.ui import reminder_papers
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_words import counted
from pages.ui.reminder_desk import Desk
from pages.ui.reminder_desk import way_in_short

MOST_CLAIMS = 12


def draw(desk: Desk, row: Row) -> None:
    """Draw the facts and the letter of a customer that is due."""
    shown = letter_of(desk, row)
    facts(desk, shown)
    reminder_papers.draw(desk, row)
    if shown.letter is not None:
        with st.container(border=True, key="letter"):
            letter_view.draw(shown.letter)
    st.markdown(
        f":small[:gray[{as_label(way_in_short(desk.way).capitalize())}. All of it is read again at the moment of "
        "sending. What has left can't be called back.]]"
    )


def letter_of(desk: Desk, row: Row, *, with_statement: bool = False) -> Shown:
    """Return the letter of a customer as the user would send it now."""
    return dunning.shown(
        desk.engine, customer_id=row.who.customer_id, entity=row.entity, as_of=desk.day,
        actor_name=desk.frame.actor.name, with_statement=with_statement,
    )  # fmt: skip


def facts(desk: Desk, shown: Shown, *, named: bool = True) -> None:
    """Draw whom it goes to, what it says on top, its file, and the way from open to asked."""
    row, letter = shown.row, shown.letter
    reach = row.standing.reach
    rows = {"Customer": f"{row.who.name} ({row.who.code})"} if named else {}
    rows["To"] = ", ".join(part for part in (reach.name, reach.email) if part) if reach else "nobody yet"
    if letter is not None:
        rows["Subject"] = letter.subject
    rows["Why"] = row.why
    lines = {f":gray[{name}]": as_label(text) for name, text in rows.items()}
    lines[":gray[Proof]"] = proof(shown.proof, shown.ladders, desk.say)
    lines[":gray[Before]"] = as_label(before(desk, row))
    st.table(lines, border="horizontal")
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="letter_links"):
        if letter is not None:
            st.download_button(
                letter.statement_name, lambda: _statement(desk, row), file_name=letter.statement_name,
                mime="application/pdf", icon=":material/picture_as_pdf:", key="statement", type="tertiary",
                on_click="ignore", help="The statement of account that goes with the letter",
            )  # fmt: skip
        st.page_link(
            shell.page_of("customer.py"), label="Open customer", icon=":material/person:",
            query_params={"customer": row.who.code},
        )  # fmt: skip


def proof(of: Proof, ladders: Sequence[tuple[str, Sequence[tuple[str, int]], str]], say: Format) -> str:
    """Return the way from open to asked as Markdown, a line for each currency."""
    lines = []
    for currency, ladder, _ in ladders:
        *above, (_, asked) = ladder
        parts = [f"{as_label(say.amount(abs(units), currency))} {LADDER_WORDS[what]}" for what, units in above]
        left = f"{currency} " if len(ladders) > 1 or of.claimed() else ""
        lines.append(f"{left}{' − '.join(parts)} = **{as_label(say.amount(asked, currency))} asked**")
    return "  \n".join(lines) or "nothing to ask for yet"


def before(desk: Desk, row: Row) -> str:
    """Say what was sent before."""
    last, opening = row.standing.last, row.standing.opening
    if last is not None:
        ago = (desk.day - last.day).days
        when = "today" if ago == 0 else f"{counted(ago, 'day', 'days', desk.say)} ago"
        return f"{desk.found.policy.step_name(last.step).capitalize()} reminder of {desk.say.day(last.day)}, {when}"
    if opening is not None and opening.step:
        return f"{desk.found.policy.step_name(opening.step).capitalize()} step done before reminders went live"
    return "No reminder yet"


def claims(of: Proof, first_days: int, say: Format) -> None:
    """Draw the overdue items with what is taken off each, in every currency; of younger ones nothing is asked yet."""
    for currency in of.currencies():
        rows = [claim for claim in of.claims if claim.debt.currency == currency]
        _claims(rows[:MOST_CLAIMS], currency, first_days, say)
        if len(rows) > MOST_CLAIMS:
            st.caption(f"and {len(rows) - MOST_CLAIMS} more")


def _claims(rows: Sequence[Claim], currency: str, first_days: int, say: Format) -> None:
    late = [claim.days_late >= first_days for claim in rows]
    data = pd.DataFrame(
        {
            "Item": [_item(claim, say) for claim in rows],
            f"Open, {currency}": [float(from_minor(claim.debt.open, currency)) for claim in rows],
            "Taken off": [_taken(claim, say) if due else "not due yet" for claim, due in zip(rows, late, strict=True)],
            "Asked": [
                float(from_minor(claim.claimed, currency)) if due else 0.0
                for claim, due in zip(rows, late, strict=True)
            ],
        }
    )
    numbers: list[Any] = [f"Open, {currency}", "Asked"]
    written: Any = partial(_number, say, digits(currency))
    st.table(
        data.style.format(dict.fromkeys(numbers, written)),
        border="horizontal", hide_index=True, alt=f"Overdue items in {currency} and what is asked of each",
    )  # fmt: skip


def _number(say: Format, places: int, value: float) -> str:
    return as_label(say.number(value, places))


def _item(claim: Claim, say: Format) -> str:
    late = f"due {say.day(claim.debt.due_date)}, {claim.days_late} days late"
    return f"{as_label(claim.debt.document)}  \n:small[:gray[{as_label(late)}]]"


def _taken(claim: Claim, say: Format) -> str:
    parts = [
        f"{say.amount(getattr(claim, what), claim.debt.currency)} {LADDER_WORDS[what]}"
        for what in TAKEN_OFF
        if getattr(claim, what)
    ]
    return as_label(", ".join(parts)) if parts else ":gray[–]"


def _statement(desk: Desk, row: Row) -> bytes:
    letter = letter_of(desk, row, with_statement=True).letter
    return letter.statement if letter is not None else b""
