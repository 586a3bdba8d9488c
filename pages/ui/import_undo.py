"""The undo of an import: what it would take along, said before it is done; the reason where it can't be undone."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from arcore.errors import ArcoreError
from arcore.intake.consequences import Consequences
from arcore.intake.consequences import Moved
from arcore.intake.consequences import Sum
from arcore.intake.undo import undo
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.money import from_minor
from arcore.money import nearest_minor
from arcore.store.unit import Facts
from pages.ui import failures
from pages.ui import forms
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_state import MAIN
from pages.ui.import_words import counted

NAME = "import_undo"
HEADS = ("What happens", "What", "Customer", "Amount", "Currency", "Who, when")
MOST_SHOWN = 8
"""Rows of the table before it scrolls."""
CASES = {
    "promise": ("promise", "promises"),
    "plan": ("payment plan", "payment plans"),
    "dispute": ("dispute", "disputes"),
}


@st.dialog("Undo an import", width="large", icon=":material/undo:")
@failures.guarded
def ask(frame: shell.Frame, import_id: int, title: str) -> None:
    """Say what the undo takes back and what goes along, and do it; `title` is the import in words, as Markdown."""
    if forms.is_done(NAME):
        st.rerun()
    st.markdown(title)
    if frame.actor.role in READ_ONLY_ROLES:
        st.info("Your role may look at imports but not undo them.", icon=":material/lock:")
        return
    try:
        with st.spinner("Looking what it would take along"):
            would = undo(frame.books.engine, import_id, actor=frame.actor, dry_run=True)
    except ArcoreError as error:
        failures.sentence(error)
        return
    with st.container(gap="xsmall"):
        consequences(frame, would)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        forms.once(NAME).button(
            "Undo the import", partial(_undo, frame, import_id), kind="primary", icon=":material/undo:"
        )
        if rows := list(_rows(frame, would["consequences"])):
            data = pd.DataFrame(rows, columns=list(HEADS))
            tables.downloads("This table", "undo-takes-along", **tables.files(data, "What goes along", sums=False))
    forms.outcome(NAME)


def consequences(frame: shell.Frame, would: Facts) -> None:
    """Say in sentences what goes, what it does to the balance, and what goes along; then every single thing."""
    say, found = frame.say, would["consequences"]
    leaves, back = sums(found.leaving, say), sums(found.back, say)
    lines = [f"Takes back **{as_label(leaves)}**." if leaves else "It booked no document; nothing of that changes."]
    if back:
        lines.append(f"Stands again as before: **{as_label(back)}**.")
    for currency, amount in would["change"].items():
        moved = nearest_minor(Decimal(amount), currency)
        lines.append(f"Open balance changes by **{as_label(say.signed(moved, currency))}** {currency}.")
    st.markdown("  \n".join(lines))
    said = list(sentences(frame, found))
    if said:
        st.markdown("**What goes along**")
        st.markdown("  \n".join(f":gray[:material/{icon}:] {words}" for icon, words in said))
        _table(frame, found)
    else:
        st.caption("Nothing else hangs on it: no payment since, no reminder, promise, plan, dispute or frozen month.")
    st.caption("Payments recorded since stay, unapplied. What was known before stays visible as known then.")


def sentences(frame: shell.Frame, found: Consequences) -> Iterator[tuple[str, str]]:
    """Yield what goes along: an icon and Markdown."""
    yield from _of_books(frame.say, found)
    yield from _of_people(frame, found)
    yield from _of_records(frame.say, found)


def _of_books(say: Format, found: Consequences) -> Iterator[tuple[str, str]]:
    if found.along:
        words = counted(len(found.along), "booking hangs", "bookings hang", say)
        kinds = sums(_as_sums(found.along), say)
        verb = "goes" if len(found.along) == 1 else "go"
        yield "content_cut", f"**{as_label(words)}** on it alone and {verb} too: {as_label(kinds)}"
    if found.freed:
        words = counted(len(found.freed), "payment or credit", "payments or credits", say)
        later = f", also of import {' and '.join(map(str, found.builds_on))}" if found.builds_on else ""
        amount = money(((one.currency, one.before - one.after) for one in found.freed), say)
        verb = "becomes" if len(found.freed) == 1 else "become"
        yield "link_off", f"**{as_label(words)}** applied since{later} {verb} unapplied: **{as_label(amount)}**"
    if found.owed:
        words = counted(len(found.owed), "document is", "documents are", say)
        amount = money(((one.currency, one.after - one.before) for one in found.owed), say)
        yield "undo", f"**{as_label(words)}** owed again: {as_label(amount)}"
    if found.bounced:
        words = counted(len(found.bounced), "payment that bounced stays", "payments that bounced stay", say)
        yield "keep", f"**{as_label(words)}** beside the bounce; together they come to nothing"


def _of_people(frame: shell.Frame, found: Consequences) -> Iterator[tuple[str, str]]:
    say = frame.say
    if found.sent:
        zone = ZoneInfo(frame.company.time_zone)
        words = counted(len(found.sent), "reminder that left names", "reminders that left name", say)
        newest = found.sent[0]
        last = f"the last to {newest.customer} on {say.day(newest.at.astimezone(zone).date())}"
        yield "mail", f"**{as_label(words)}** what goes, {as_label(last)}; nobody is told"
    for what, nouns in CASES.items():
        mine = [one for one in found.agreed if one.what == what]
        if mine:
            amount = money(((one.currency, one.amount) for one in mine), say)
            words = counted(len(mine), *nouns, say)
            ending = "stands on other rows and has to be looked at" if what == "plan" else "is about what goes"
            many = ending.replace("stands", "stand").replace("has", "have").replace("is about", "are about")
            said = f"**{as_label(words)}** over {as_label(amount)} {ending if len(mine) == 1 else many}"
            yield "handshake" if what != "dispute" else "gavel", said
    if found.past:
        words = counted(len(found.past), "customer", "customers", say)
        yield "history", f"Past days of matches that had ended may stay as they are: **{as_label(words)}**"
    if found.hidden:
        words = counted(len(found.hidden), "customer is", "customers are", say)
        notes = counted(found.notes, "note or talk", "notes and talks", say) if found.notes else ""
        yield (
            "person_off",
            f"**{as_label(words)}** in no list until a file names them"
            + (f"; {as_label(notes)} with them" if notes else ""),
        )


def _of_records(say: Format, found: Consequences) -> Iterator[tuple[str, str]]:
    waits = [one for one in found.postings if one.confirmed]
    taken = len(found.postings) - len(waits)
    if waits:
        words = counted(len(waits), "booking", "bookings", say)
        yield "outbox", f"**{as_label(words)}** of the posting list wait for the accounting system again"
    if taken:
        words = counted(taken, "booking", "bookings", say)
        yield "outbox", f"**{as_label(words)}** that were exported have to be taken back in the accounting system"
    if found.papers:
        words = counted(found.papers, "paper loses its document", "papers lose their document", say)
        yield "attach_file", f"**{as_label(words)}**; the next file with its number finds it again"
    if found.months:
        days = dict.fromkeys(say.month(one.day) for one in found.months)
        words = counted(len(days), "frozen month changes", "frozen months change", say)
        named = f"{', '.join(list(days)[:3])}{' …' if len(days) > 3 else ''}"
        yield "ac_unit", f"**{as_label(words)}** ({as_label(named)}): as frozen it stays, the difference shows as later"


def _table(frame: shell.Frame, found: Consequences) -> None:
    """Draw every single thing that goes along."""
    rows = list(_rows(frame, found))
    data = pd.DataFrame(rows, columns=list(HEADS))
    tables.grid(
        data, hide_index=True, row_height=tables.ROW, height=tables.height(len(data), most=MOST_SHOWN),
        placeholder="–",
        column_config={
            "What happens": tables.text("What happens", width=150), "What": tables.text("What", width=210),
            "Customer": tables.text("Customer", width=150), "Amount": tables.money("Amount", frame.say),
            "Currency": tables.text("", width=50), "Who, when": tables.text("Who, when", width=170),
        },
        alt=f"{len(data)} things that go along",
    )  # fmt: skip


def _rows(frame: shell.Frame, found: Consequences) -> Iterator[tuple[Any, ...]]:
    say, zone = frame.say, ZoneInfo(frame.company.time_zone)
    groups: Mapping[str, tuple[Sequence[Moved], str]] = {
        "Goes too": (found.along, "amount"), "Unapplied again": (found.freed, "after"),
        "Owed again": (found.owed, "after"), "Stays with its bounce": (found.bounced, "amount"),
    }  # fmt: skip
    for head, (moved, shown) in groups.items():
        for one in moved:
            amount = float(from_minor(getattr(one, shown), one.currency))
            by = f"import {one.import_id}" if one.import_id else one.by
            what = f"{kind(one.kind)} {one.number}".strip()
            yield head, what, one.customer, amount, one.currency, f"{by}, {say.day(one.on)}"
    for sent in found.sent:
        what = f"Reminder {sent.step}: {', '.join(sent.documents)}"
        when = f"to {sent.to}, {say.day(sent.at.astimezone(zone).date())}"
        for currency, units in sent.asked.items():
            yield "Was sent", what, sent.customer, float(from_minor(units, currency)), currency, when
    for case in found.agreed:
        what = f"{CASES[case.what][0].capitalize()}: {', '.join(case.documents)}"
        amount = float(from_minor(case.amount, case.currency))
        yield "Loses its documents", what, case.customer, amount, case.currency, say.day(case.on)
    for line in found.postings:
        head = "Waits again" if line.confirmed else "To take back"
        batch = f"export {line.batch}" if line.batch else ""
        amount = float(from_minor(line.amount, line.currency))
        yield head, f"{kind(line.kind)} {line.number}".strip(), line.customer, amount, line.currency, batch
    for month in found.months:
        change = float(from_minor(month.change, month.currency))
        what = say.month(month.day) if month.entity == MAIN else f"{say.month(month.day)}, {month.entity}"
        yield "Frozen month", what, None, change, month.currency, "" if month.change else "only matches"
    for name in found.past:
        yield "Past days may stay", "Customer", name, None, None, ""
    for name in found.hidden:
        yield "In no list", "Customer", name, None, None, ""


def kind(name: str) -> str:
    """Return what people call a kind of document."""
    return BY_NAME[name].label if name in BY_NAME else name.replace("_", " ").capitalize()


def sums(found: Sequence[Sum], say: Format) -> str:
    """Say counts and amounts by kind: 60 × invoice €6,000.00, 2 × payment −€40.00; "" without any."""
    return ", ".join(
        f"{say.number(one.documents)} × {kind(one.kind).lower()} {say.money(one.amount, one.currency)}" for one in found
    )


def money(amounts: Any, say: Format) -> str:
    """Add amounts up by currency and write them."""
    found: dict[str, int] = {}
    for currency, units in amounts:
        found[currency] = found.get(currency, 0) + units
    return ", ".join(say.money(units, currency) for currency, units in sorted(found.items()))


def _as_sums(moved: Sequence[Moved]) -> list[Sum]:
    found: dict[tuple[str, str], list[int]] = {}
    for one in moved:
        here = found.setdefault((one.kind, one.currency), [0, 0])
        here[0] += 1
        here[1] += one.amount
    return [Sum(*key, *counts) for key, counts in sorted(found.items())]


def _undo(frame: shell.Frame, import_id: int, form: Form) -> str:
    undo(frame.books.engine, import_id, actor=frame.actor, key=form.token)
    return f"Import {import_id} is undone. The same file can be imported again."
