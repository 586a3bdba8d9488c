"""A payment plan while it is being made: what it is about, its table to edit by hand, what it would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from typing import NamedTuple

import pandas as pd
import streamlit as st

from arcore.arrangements import queries as arrangements
from arcore.arrangements.queries import Preview
from arcore.arrangements.queries import Source
from arcore.arrangements.rules import MOST_GRACE
from arcore.arrangements.rules import MOST_INSTALMENTS
from arcore.arrangements.rules import RHYTHMS
from arcore.arrangements.rules import split
from arcore.arrangements.service import GRACE_DAYS
from arcore.bankdays import add_bank_days
from arcore.bankdays import country_of
from arcore.bankdays import is_bank_day
from arcore.errors import BadInput
from arcore.errors import RuleBroken
from arcore.money import digits
from arcore.money import from_minor
from arcore.money import to_minor
from arcore.reports.items import ItemRow
from pages.ui import failures
from pages.ui import shell
from pages.ui import tables
from pages.ui.aging_view import bucket_word
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import debts
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form

INSTALMENTS, FIRST_IN = 3, 14
"""A plan unless told otherwise: three instalments, the first in two weeks."""
SHOWN = 3
"""Documents that are named one by one."""
CHOSEN, OVERDUE, ALL = "The ticked items", "All that is overdue", "All that is owed"

Instalments = list[tuple[date, Decimal]]


class About(NamedTuple):
    """What a plan is about: one company of ours, one currency, and its items oldest due first."""

    entity: str
    currency: str
    sources: tuple[Source, ...]

    @property
    def total(self) -> int:
        """What its instalments have to add up to, minor units."""
        return sum(source.amount for source in self.sources)

    @property
    def item_ids(self) -> tuple[int, ...]:
        """The items."""
        return tuple(source.item_id for source in self.sources)


class Terms(NamedTuple):
    """Who agreed to a plan, when, and how many bank days of grace it gives."""

    who: str
    agreed_on: date
    grace_days: int
    note: str


def about(desk: Desk, form: Form) -> About | None:
    """Let the user say what the plan is about; None, with a sentence, when there is nothing that it could be."""
    owed = [row for row in (*desk.chosen, *desk.rows) if row.open > 0]
    if not owed:
        st.caption("Nothing is owed that could be paid in instalments.")
        return None
    places = list(dict.fromkeys((row.entity, row.currency) for row in owed))
    left, right = st.columns([5, 4], gap="small") if len(places) > 1 else (st.container(), None)
    entity, currency = places[0]
    if right is not None:
        entity, currency = right.selectbox("Of", places, format_func=" · ".join, key=form.key("place"))
    ways = _ways(desk, currency, entity)
    way = next(iter(ways))
    if len(ways) > 1:
        way = str(
            left.segmented_control(
                "About", list(ways), default=way, required=True, key=form.key(f"about_{entity}_{currency}")
            )
        )
    sources, refused = _sources(desk, entity, currency, ways[way])
    if refused:
        more = f" and {len(refused) - SHOWN} more" if len(refused) > SHOWN else ""
        st.caption(as_label(f"Left out: {'; '.join(refused[:SHOWN])}{more}."))
    if not sources:
        st.caption("Nothing is left that a plan could be about.")
        return None
    return About(entity, currency, sources)


def first_day(today: date, locale: str) -> date:
    """Return the first bank day two weeks from a day on."""
    day, country = today + timedelta(days=FIRST_IN), country_of(locale)
    return day if is_bank_day(day, country) else add_bank_days(day, 1, country)


def rows(frame: shell.Frame, form: Form, total: int, currency: str, *, count: int) -> tuple[str, Instalments]:
    """Draw number, first day and rhythm, and return what they give, with a mark that changes with them."""
    say, today = frame.say, frame.today
    left, middle, right = st.columns([2, 3, 4], gap="small")
    number = int(left.number_input("Instalments", 1, MOST_INSTALMENTS, count, 1, key=form.key("count")))
    first = middle.date_input(
        "First on", value=first_day(today, frame.company.locale), min_value=today, key=form.key("first"),
        format=say.date_input,
    )  # fmt: skip
    every = right.selectbox(
        "Then", list(RHYTHMS), index=list(RHYTHMS).index("month"), format_func=RHYTHMS.__getitem__,
        key=form.key("every"),
    )  # fmt: skip
    try:
        found = [(day, from_minor(units, currency)) for day, units in split(total, first, number, every)]
    except BadInput as error:
        failures.sentence(error)
        found = []
    return f"{total}_{number}_{first}_{every}", found


def table(form: Form, given: tuple[str, Instalments], total: int, currency: str, say: Format) -> Instalments | None:
    """Draw the instalments to edit, None while they have gaps; what a button put right stays until the mark changes."""
    (mark, rows), places = given, digits(currency)
    if not rows:
        return None
    kept = st.session_state.get(form.key("rows"))
    turn, rows = (kept[1], kept[2]) if kept and kept[0] == mark else (0, rows)
    shown = pd.DataFrame({"Due on": [day for day, _ in rows], "Amount": [float(amount) for _, amount in rows]})
    edited = st.data_editor(
        shown,
        key=f"{form.key('table')}_{mark}_{turn}",
        hide_index=True,
        num_rows="dynamic",
        row_height=tables.ROW,
        column_config={
            "Due on": tables.day("Due on", say, width=140),
            "Amount": tables.money(f"Amount, {currency}", say, places=places, width=160),
        },
        alt="Instalments, to be edited",
    )
    try:
        found = read(edited, currency)
    except BadInput as error:
        failures.sentence(error)
        return None
    missing = total - sum(to_minor(amount, currency) for _, amount in found)
    last = to_minor(found[-1][1], currency) + missing
    if missing and last > 0:
        fitted = [*found[:-1], (found[-1][0], from_minor(last, currency))]
        verb = "Add {} to" if missing > 0 else "Take {} off"
        words = verb.format(say.money(abs(missing), currency))
        st.button(
            as_label(f"{words} the last instalment"), icon=":material/balance:", key=form.key(f"fit_{turn}"),
            on_click=partial(_keep, form, (mark, turn + 1, fitted)),
        )  # fmt: skip
    return found


def read(table: pd.DataFrame, currency: str) -> Instalments:
    """Read an edited table, by day. Raises BadInput in a sentence."""
    found: Instalments = []
    for place, (day, amount) in enumerate(zip(table["Due on"], table["Amount"], strict=True), start=1):
        if pd.isna(day) and pd.isna(amount):
            continue
        if pd.isna(day) or pd.isna(amount):
            raise BadInput(f"Line {place} needs a day and an amount", line=place)
        exact = Decimal(repr(float(amount)))
        if exact != exact.quantize(Decimal(1).scaleb(-digits(currency))):
            raise BadInput(f"Line {place} has more decimals than {currency} has: {exact}", line=place)
        found.append((_day(day), exact))
    if not found:
        raise BadInput("A plan needs at least one instalment")
    return sorted(found)


def terms(desk_people: Sequence[str], frame: shell.Frame, form: Form, given: Terms | None = None) -> Terms:
    """Draw who agreed, when and with how much grace, closed until wanted."""
    say, grace = frame.say, given.grace_days if given else GRACE_DAYS
    people = list(dict.fromkeys([*([given.who] if given and given.who else []), *desk_people]))
    with st.expander(f"Agreed with, on, grace of {grace} bank days, note"):
        left, middle, right = st.columns([5, 3, 3], gap="small")
        who = left.selectbox(
            "Agreed with", people, index=0 if people else None, accept_new_options=True, key=form.key("who"),
            placeholder="Name",
        )  # fmt: skip
        on = middle.date_input(
            "Agreed on", value=frame.today, max_value=frame.today, key=form.key("agreed"), format=say.date_input
        )
        days = int(right.number_input("Grace, bank days", 0, MOST_GRACE, grace, 1, key=form.key("grace")))
        note = st.text_input("Note", value=given.note if given else "", key=form.key("note"), max_chars=400)
    return Terms(who or "", on, days, note)


def effect(shown: Preview, say: Format) -> None:
    """Draw what the plan does to the customer's aging on both bases."""
    code, say_amount = shown.currency, partial(_amount, say, shown.currency)
    columns = (shown.agreed.before, shown.agreed.after, shown.original.after)
    heads = ["Days past due", "Now", "With the plan", "From original date"]
    places = [place for place in range(len(shown.columns)) if any(cells[place] for cells in columns)]
    cells: dict[str, list[Any]] = {heads[0]: [*(bucket_word(shown.columns[place]) for place in places), "Open"]}
    for head, amounts in zip(heads[1:], columns, strict=True):
        cells[head] = [
            float(from_minor(units, code)) for units in (*(amounts[place] for place in places), sum(amounts))
        ]
    table = pd.DataFrame(cells)
    style: Any = table.style
    styled = style.format(say_amount, subset=heads[1:])
    styled = styled.apply(lambda row: ["font-weight: 700" if row.name == len(places) else ""] * len(row), axis=1)
    st.table(styled, border="horizontal", hide_index=True, alt="Aging with and without the plan")


def insured(shown: Preview) -> str:
    """Say how the plan stands to the insurer's longest extension; "" where none is known or a warning says it."""
    if shown.max_extension is None or any(one.beyond for one in shown.instalments):
        return ""
    longest = max(one.extension for one in shown.instalments)
    return f"The insurer allows {shown.max_extension} days after the first due date; the longest here is {longest}."


def counted(rows: Instalments) -> str:
    """Return how many instalments there are, in words."""
    return f"{len(rows)} {'instalment' if len(rows) == 1 else 'instalments'}"


# --- inside -----------------------------------------------------------------------------------------------------------


def _ways(desk: Desk, currency: str, entity: str) -> dict[str, list[ItemRow]]:
    """Return what a plan may be about: the ticked items first, then what is late, then everything."""
    every, ticked = debts(desk.rows, currency, entity), debts(desk.chosen, currency, entity)
    free = [row for row in every if row.due_date == row.original_due_date]
    late = [row for row in free if row.due_date < desk.frame.today]
    ways = {CHOSEN: ticked, OVERDUE: late, ALL: free}
    return {way: rows for way, rows in ways.items() if rows} or {ALL: every}


def _sources(desk: Desk, entity: str, currency: str, rows: Sequence[ItemRow]) -> tuple[tuple[Source, ...], list[str]]:
    """Return what of the items may be in a plan, and a sentence for each that may not."""
    left, refused = [row.item_id for row in rows], []
    while left:
        try:
            found = arrangements.sources(
                desk.frame.books.engine, customer_id=desk.about.customer_id, entity=entity, currency=currency,
                item_ids=left, on=desk.frame.today,
            )  # fmt: skip
        except RuleBroken as error:
            number = error.details.get("item")
            if number not in left:
                raise
            left.remove(number)
            refused.append(error.message)
        else:
            return found, refused
    return (), refused


def _day(value: Any) -> date:
    if isinstance(value, (datetime, pd.Timestamp)):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _amount(say: Format, currency: str, amount: float) -> str:
    return as_label(say.number(amount, digits(currency))) if amount else NONE


def _keep(form: Form, rows: tuple[str, int, Instalments]) -> None:
    st.session_state[form.key("rows")] = rows
