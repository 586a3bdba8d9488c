"""What the dialogs of the Customer page stand on: one open at a time, each previews, writes once, and says how to undo.

Buttons ask for a dialog by name (`ask`); the page opens it on the next run (`open_asked`).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from functools import partial
from typing import Any
from uuid import uuid4

import pandas as pd
import streamlit as st

from arcore.errors import ArcoreError
from arcore.ledger.checks import LAST_YEAR
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.money import digits
from arcore.reports.book import book
from arcore.reports.customer import Who
from arcore.reports.filters import Filters
from arcore.reports.items import ItemRow
from arcore.reports.items import items
from arcore.store.unit import Facts
from pages.ui import failures
from pages.ui import forms
from pages.ui import shell
from pages.ui import undo
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form

NAME = "customer_write"
"""The form name that all dialogs share: its outcome is shown at the top of the page."""
PAGE, ASKED = "customer", "customer_asked"
LAST_DAY = date(LAST_YEAR, 12, 31)
MOST_EFFECTS = 10
Act = Callable[..., Facts]
Back = Callable[[Facts, str], object]
"""Takes back what a write did: its facts, and the idempotency key to do it under."""


@dataclass(frozen=True)
class Desk:
    """What the dialogs work on: the frame, the customer, the ids of the ticked items."""

    frame: shell.Frame
    about: Who
    ticked: tuple[int, ...] = ()

    @cached_property
    def rows(self) -> tuple[ItemRow, ...]:
        """The open items as the books are now, whatever day and version the page shows; oldest due first."""
        now = Filters(as_of=LAST_DAY, basis="due")
        return items(self.frame.books.engine, now, by="customer", key=self.about.code).rows()

    @property
    def chosen(self) -> list[ItemRow]:
        """The ticked items that are still open."""
        return [row for row in self.rows if row.item_id in self.ticked]

    @property
    def currencies(self) -> list[str]:
        """Currencies of the open items first, then the customer's own, then ours."""
        codes = [row.currency for row in (*self.chosen, *self.rows)]
        return list(dict.fromkeys(code for code in [*codes, self.about.currency, self.frame.company.currency] if code))

    @property
    def entities(self) -> list[str]:
        """Companies of ours that the customer owes, or all where it owes none."""
        codes = [row.entity for row in (*self.chosen, *self.rows)]
        return list(dict.fromkeys(codes or book(self.frame.books.engine).entities)) or ["main"]

    @property
    def refusal(self) -> str | None:
        """Why this user may not write, None when they may."""
        actor = self.frame.actor
        return f"{actor.name} may look but not write" if actor.role in READ_ONLY_ROLES else None


def ask(name: str, *what: Any) -> None:
    """Remember which dialog to open on the next run, with an empty form; for `on_click`."""
    st.session_state[ASKED] = (name, what)
    forms.begin(NAME)
    st.session_state[f"{NAME}_token"] = uuid4().hex
    for left in ("said", "told", "drawn"):
        st.session_state.pop(f"{NAME}_{left}", None)


def open_asked(desk: Desk, dialogs: dict[str, Callable[..., None]]) -> None:
    """Open the dialog that was asked for, once; called last on the page."""
    name, what = st.session_state.pop(ASKED, (None, ()))
    if name in dialogs:
        dialogs[name](desk, *what)


def begin(desk: Desk) -> tuple[Desk, Form]:
    """Start a dialog on the books as they are now; close it when its write is done, or when it asks for another."""
    close_when_done()
    if desk.frame.filters.as_of != desk.frame.today or desk.frame.filters.known_at is not None:
        st.caption("This works on the books as they are now, not on the day that the page shows.")
    return replace(desk), forms.once(NAME)


def close_when_done() -> None:
    """Close the dialog after a success, and when a button in it asked for another one."""
    if forms.is_done(NAME) or ASKED in st.session_state:
        st.rerun()


def outcome(desk: Desk) -> None:
    """Say what was done, with its undo beside it."""
    undo.outcome(PAGE, _about(desk), by="customer_undo", of=(NAME,))


def keep_undo(desk: Desk, words: str, back: Callable[[str], object]) -> None:
    """Offer to take the last write back."""
    undo.keep(PAGE, words, _about(desk), back)


def drop_undo() -> None:
    """Offer to take nothing back: the last write has no undo."""
    undo.drop(PAGE)


def finish(
    desk: Desk,
    form: Form,
    label: str,
    act: Act,
    *,
    words: str,
    on: date | None = None,
    back: Back | None = None,
    final: str = "",
    preview: Callable[[Facts, Format], None] | None = None,
) -> None:
    """Show what `act` would do and the button that does exactly that, or nothing.

    `act(dry_run=…, key=…, expected=…)` calls one service; `words` name what it does, `on` is the day it counts from.
    `back` takes it back; where there is none, `final` says so before.
    """
    say = desk.frame.say
    try:
        shown = act(dry_run=True, key=None)
    except ArcoreError as error:
        failures.sentence(error)
        form.button(label, lambda _: "", disabled=True, kind="primary")
        forms.outcome(NAME)
        return
    (preview or effects)(shown, say)
    if back is None:
        st.caption(as_label(f"There is no undo. {final}"))

    def post(current: Form) -> str:
        done = act(dry_run=False, key=current.token, expected=shown["effects"])
        drop_undo()
        if back is not None:
            keep_undo(desk, words, lambda key: back(done, key))
        return f"Booked: {words}.{later(desk.frame, on)}"

    form.button(label, post, kind="primary", disabled=desk.refusal is not None, hint=desk.refusal)
    forms.outcome(NAME)


def later(frame: shell.Frame, on: date | None) -> str:
    """Say why the page does not show what was booked, when it shows an earlier day."""
    if on is None or on <= frame.filters.as_of:
        return ""
    return f" It counts from {frame.say.day(on)}; this page shows {frame.say.day(frame.filters.as_of)}."


def effects(facts: Facts, say: Format) -> None:
    """Draw the balances before and after."""
    rows = [row for row in facts["effects"] if row["before"] != row["after"] or Decimal(row["after"])]
    codes = sorted({row["currency"] for row in rows})
    unit = f", {codes[0]}" if len(codes) == 1 else ""
    places = max((digits(code) for code in codes), default=2)
    before, after = f"Open before{unit}", f"Open after{unit}"
    cells: dict[str, list[Any]] = {
        "Document": [as_label(f"{BY_NAME[row['kind']].label} {row['number'] or row['document']}") for row in rows],
        before: [float(row["before"]) for row in rows],
        after: [float(row["after"]) for row in rows],
    }
    if not unit:
        cells["In"] = [row["currency"] for row in rows]
    # As numbers, so that header and cells stand at the right.
    table = pd.DataFrame(cells)[:MOST_EFFECTS].style.format(partial(_number, say, places), subset=[before, after])
    st.table(table, border="horizontal", hide_index=True, alt="Balances before and after")
    if len(rows) > MOST_EFFECTS:
        st.caption(f"and {len(rows) - MOST_EFFECTS} more")


def debts(rows: Sequence[ItemRow], currency: str, entity: str) -> list[ItemRow]:
    """Return debit items with something open in a currency and an entity, oldest due first."""
    wanted = [row for row in rows if row.open > 0 and (row.currency, row.entity) == (currency, entity)]
    return sorted(wanted, key=lambda row: (row.due_date, row.item_id))


def named(row: ItemRow) -> str:
    """Return what people call the document of an item."""
    return f"{BY_NAME[row.kind].label} {row.document_id}" if row.document.startswith(f"{row.kind} ") else row.document


def _number(say: Format, places: int, amount: float) -> str:
    return as_label(say.number(amount, places))


def _about(desk: Desk) -> tuple[int, str]:
    return desk.about.customer_id, desk.frame.books.store_id
