"""The process review as people see it: the answer, the steps as one line of days, what changed, a table that foots."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from arcore.analytics.step_days import AGREED
from arcore.analytics.step_sums import FEWEST_CUSTOMERS
from arcore.analytics.step_sums import FEWEST_INVOICES
from arcore.money import digits
from arcore.reports.process import Cut
from arcore.reports.process import Process
from arcore.reports.process import Step
from pages.ui import process_chart
from pages.ui import process_documents
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label

WHERE = {
    "billing": "before the invoice is written, after delivery",
    "unattended": "after the due date, with no contact on record",
    "contact": "between due date and first contact",
    "after_contact": "after the first contact, where nothing was promised",
    "promise": "between first contact and promise",
    "promised": "between a promise and the day it names",
    "kept": "after the promised day",
}
"""Where days are lost, for a sentence."""
VERDICTS = {
    "better": ("quicker", "#2a9d63"),
    "worse": ("slower", "#d6504a"),
    "chance": ("not clear", ""),
    "few": ("too few", ""),
}
"""What is said of a change, and its colour."""
HOW = (
    "Days are averages by amount over the invoices that went through a step; half and nine of ten payments took no "
    "longer than median and 90 %. Quicker or slower is said where a change is larger than chance explains (95 %, "
    f"payments of a customer taken together); too few is less than {FEWEST_INVOICES} invoices of {FEWEST_CUSTOMERS} "
    "customers on either side."
)
SHORT = {
    "billing": "To invoice",
    "terms": "Terms",
    "early": "In time",
    "unattended": "No contact",
    "contact": "To contact",
    "after_contact": "Contact on",
    "promise": "To promise",
    "promised": "To its day",
    "kept": "After its day",
}
"""Column heads of the table."""
LOST = "Amount × days from delivery to invoice and after the due date; ranks the rows."
HINTS = {
    "billing": "Delivery or service to the date of the invoice, where a file told the day of delivery.",
    "terms": "Invoice date to due date.",
    "early": "Due date to cash of what came in time and unasked; it counts against the others.",
    "unattended": "Due date to cash of what came late, where no reminder, call or letter is on record.",
    "contact": "Due date to the first reminder, call, mail, meeting, letter or promise.",
    "after_contact": "First contact to cash, where nothing was promised.",
    "promise": "First contact to the first promise.",
    "promised": "The promise to the day it names.",
    "kept": "The day that the promise names to cash.",
}


def counted(say: Format, number: int, noun: str) -> str:
    """Write a count with its noun: 1 invoice, 1,204 invoices."""
    return f"{say.number(number)} {noun}" if number == 1 else f"{say.number(number)} {noun}s"


def period_words(found: Process, say: Format, *, before: bool = False) -> str:
    """Name the period, or the one before: Q3 2026, Nov 2025 to Oct 2026, 20 Nov 2026."""
    period = found.before if before else found.period
    if found.of == "overdue":
        return say.day(period.last)
    if period.quarter:
        year, name = period.quarter.split("-")
        return f"{name} {year}"
    return f"{say.month(period.first, short=True)} to {say.month(period.last, short=True)}"


def nothing_recorded(found: Process) -> None:
    """Say that no contact is on record, and how it comes there."""
    if found.recorded:
        return
    st.info(
        "No calls, promises or reminders are recorded yet: only the way from invoice to due date and from there to "
        "cash can be told. Log calls on the page of a customer, or let reminders go out.",
        icon=":material/phone_missed:",
    )


def answer(found: Process, say: Format) -> None:
    """Say in one sentence where most days are lost, and whether that became better."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", wrap=False):
        st.header(sentence(found, say), anchor=False, width="stretch")
        if found.worst is not None:
            _arrow(found.worst.key, found.worst.label)
    st.markdown(moved(found, say))


def _arrow(step: str, label: str) -> None:
    st.button(
        "", icon=":material/chevron_right:", key=f"explain_step_{step}", type="tertiary",
        help=f"How {label.lower()} is made", on_click=process_documents.ask, args=(step,),
    )  # fmt: skip


def sentence(found: Process, say: Format) -> str:
    """Return that sentence as Markdown."""
    worst, paid = found.worst, found.of == "paid"
    now = period_words(found, say)
    if worst is None or worst.now.mean is None:
        return as_label(f"No days were lost after the due date: everything paid in {now} came in time.")
    whole = found.whole.now.invoices
    of = say.number(worst.now.invoices)
    over = f"{of} of {say.number(whole)} invoices" if worst.now.invoices < whole else counted(say, whole, "invoice")
    told = f"{say.number(worst.now.mean, 1)} days on average over {over} {'paid in' if paid else 'overdue on'} {now}"
    return as_label(f"Most days are lost {WHERE[worst.key]}: {told}{_against(worst, found, say)}.")


def moved(found: Process, say: Format) -> str:
    """Say which steps became quicker or slower by more than chance, as Markdown."""
    then = period_words(found, say, before=True)
    told = []
    for verdict, word in (("better", ":green[Quicker]"), ("worse", ":red[Slower]")):
        steps = [step for step in (*found.chain, *found.beside) if step.verdict == verdict]
        names = [f"{step.label.lower()} ({say.change(_shown_change(step) or 0.0)} days)" for step in steps]
        if names:
            told.append(f"{word} than {'in' if found.of == 'paid' else 'on'} {then}: {as_label(', '.join(names))}.")
    return " ".join(told) or f":gray[No step became quicker or slower since {then} by more than chance explains.]"


def _against(step: Step, found: Process, say: Format) -> str:
    then = f"{'in' if found.of == 'paid' else 'on'} {period_words(found, say, before=True)}"
    change = _shown_change(step)
    if change is None:
        return f"; nobody went through it {then}"
    size = say.number(abs(change), 1)
    if size == say.number(0, 1):
        return f", about as many as {then}"
    words = f"{size} days {'fewer' if change < 0 else 'more'} than"
    tail = {"chance": ", which may be chance", "few": ", too few to say whether by chance"}.get(step.verdict, "")
    return f", {words} {then}{tail}"


def picture(found: Process, say: Format) -> None:
    """Draw the steps one behind the other, as long as they take of the average; a click opens what went through one."""
    whole = found.whole.now
    tail = "average by amount; the steps add up"
    title = found.whole.label
    st.markdown(f"**{title}, {as_label(say.number(whole.mean, 1))} days** :gray[:small[{tail}]]")
    drawn = [step for step in found.chain if step.now.payments]
    key = f"process_steps_{found.of}_{len(drawn)}"

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get("pick")
        if picked:
            process_documents.ask(picked[0]["key"])

    worst = found.worst.key if found.worst else ""
    bars = [
        process_chart.Stretch(step.key, step.label, step.share, say.number(step.share, 1), _role(step, worst))
        for step in drawn
    ]
    end = process_chart.Stretch("whole", found.whole.label, whole.mean or 0.0, say.number(whole.mean, 1), "quiet")
    st.vega_lite_chart(
        process_chart.stretches(bars, end, "pick"), key=key, on_select=clicked,
        alt=f"{found.whole.label} {end.text} days: " + ", ".join(f"{bar.label} {bar.text}" for bar in bars),
    )  # fmt: skip


def _role(step: Step, worst: str) -> str:
    if step.key == worst:
        return "main"
    return "quiet" if step.key in AGREED else "soft"


def _shown_change(step: Step) -> float | None:
    """Return what a step gained or lost as its two days stand in the table, each with one decimal; not "-0.0"."""
    if step.now.mean is None or step.before.mean is None:
        return None
    return round(round(step.now.mean, 1) - round(step.before.mean, 1), 1) + 0.0


def changes(found: Process, say: Format) -> None:
    """Draw each step now and before, and whether the difference is more than chance."""
    heads = [period_words(found, say, before=before) for before in (True, False)]
    st.markdown(
        f"**Which step improved since {as_label(heads[0])}** :gray[:small[days of what went through it, by amount]]"
    )
    steps = [*found.chain, found.whole, *found.beside]
    product, scale = f"{found.currency} m\u202f×\u202fdays", 10.0 ** -digits(found.currency) / 1e6
    table = pd.DataFrame(
        {
            "Step": [_name(step) for step in steps],
            "Invoices": [step.now.invoices for step in steps],
            product: [step.now.amount_days * scale for step in steps],
            "Median": [step.now.median for step in steps],
            "90 %": [step.now.p90 for step in steps],
            heads[0]: [step.before.mean for step in steps],
            heads[1]: [step.now.mean for step in steps],
            "Change": [_shown_change(step) for step in steps],
            "": [VERDICTS[step.verdict][0] for step in steps],
        }
    ).astype({heads[0]: float, heads[1]: float, "Median": float, "90 %": float, "Change": float})
    key = f"process_changes_{found.of}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            process_documents.ask(steps[cells[0][0]].key)

    days = {name: tables.money(name, say, places=1, width=82) for name in heads}
    tables.grid(
        _coloured(table, len(found.chain)), hide_index=True, row_height=tables.ROW, height=tables.height(len(table)),
        placeholder=NONE, key=key, on_select=clicked, selection_mode="single-cell",
        column_config={
            "Step": tables.text("Step", width=178),
            "Invoices": tables.count("Invoices", width=58),
            product: tables.money(product, say, places=1, width=84),
            "Median": tables.money("Median", say, places=0, width=60),
            "90 %": tables.money("90 %", say, places=0, width=52),
            **days,
            "Change": tables.change("Change", say, width=62),
            "": tables.text("", width=72),
        },
        alt=f"Steps against {heads[0]}; select one to see how it is made",
    )  # fmt: skip
    st.caption(as_label(HOW))


def _name(step: Step) -> str:
    return f"– {step.label}" if step.key.startswith("disputed:") else step.label


def _coloured(table: pd.DataFrame, whole: int) -> Any:
    """Return the table with its whole in bold and its verdicts in their colours."""
    colours = dict(VERDICTS.values())

    def styles(cells: pd.DataFrame) -> pd.DataFrame:
        bold = f"font-weight: 700; background-color: {tables.TOTAL_GROUND}"
        rows = []
        for place, word in enumerate(cells[""].tolist()):
            ground = bold if place == whole else ""
            tint = f"{ground}; color: {colours[word]}" if colours[word] else ground
            rows.append([*[ground] * (len(cells.columns) - 1), tint])
        return pd.DataFrame(rows, index=cells.index, columns=cells.columns)

    return table.style.apply(styles, axis=None)


def act(found: Process) -> None:
    """Offer the ways on: where the days that are lost most can be won back."""
    worst = found.worst.key if found.worst else ""
    ways = [
        ("reminders.py", "Who is due a reminder", ":material/outgoing_mail:", {}),
        ("settings.py", "When reminders go out", ":material/tune:", {"tab": "Reminders"}),
        ("plans.py", "Promises, and which were kept", ":material/handshake:", {"view": "Promises"}),
        ("customers.py", "Who is overdue, to call", ":material/call:", {"show": "Overdue"}),
    ]
    if worst in ("kept", "promised", "promise"):
        ways = [ways[2], ways[3], *ways[:2]]
    elif worst == "after_contact":
        ways = [ways[3], ways[1], ways[0], ways[2]]
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="process_act"):
        st.markdown(":small[:gray[Win days back]]", width="content")
        for file, label, icon, query in ways:
            if shell.exists(file):
                st.page_link(shell.page_of(file), label=label, icon=icon, query_params=query, width="content")


def grid(frame: shell.Frame, found: Process, parted: Cut) -> None:
    """Draw the population cut by one dimension, the total first; a click on a cell opens what is behind it."""
    say, heads = frame.say, [SHORT[key] for key in parted.steps]
    whole = cut_frame(found, parted)
    key = f"process_grid_{found.of}_{parted.by}"
    steps = dict(zip(heads, parted.steps, strict=True))

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            place, column = cells[0][0] - 1, cells[0][1]
            row = parted.rows[place] if place >= 0 else None
            process_documents.ask(steps.get(column, "whole"), None if row is None else row.key)

    title = f"Where the days are, by {parted.by}"
    lost = f"{found.currency} × days lost"
    tail = f"days of the average of each row; they add up to its days; {lost}: what is not agreed"
    st.markdown(f"**{title}** :gray[:small[{as_label(tail)}]]")
    before = f"{period_words(found, say, before=True)}"
    columns: dict[str, Any] = {
        "Name": tables.text(parted.by.capitalize(), width=186),
        "Invoices": tables.count("Invoices", width=64),
        f"Amount, {found.currency}": tables.money(f"Amount, {found.currency}", say, places=0, width=98),
        "Days": tables.money("Days", say, places=1, width=54, hint=f"{found.whole.label}, weighed by amount."),
        "Before": tables.money(before, say, places=1, width=74, hint=f"The same in {before}."),
        **{
            head: tables.money(head, say, places=1, width=76, hint=HINTS[step])
            for head, step in steps.items()
        },
        lost: tables.money(lost, say, places=0, width=112, hint=LOST),
    }  # fmt: skip
    facts = [*frame.facts(converted=True), sentence_facts(found, say)]
    name = f"process-{parted.by}-{found.period.last}"
    tables.downloads("Download", name, place=frame.actions, **tables.files(lambda: whole, title, facts, sums=False))
    tables.grid(
        tables.totals_first(whole.iloc[:1], whole.iloc[1:]), hide_index=True, row_height=tables.ROW,
        height=tables.height(len(whole), most=16), placeholder="–", column_config=columns, key=key,
        on_select=clicked, selection_mode="single-cell",
        alt=f"{title}; select a cell to see the invoices behind it",
    )  # fmt: skip
    st.markdown(f":small[:gray[:material/check: {as_label(ties(found, say))}]]")


def cut_frame(found: Process, parted: Cut) -> pd.DataFrame:
    """Lay the cut out with numbers, the total first; days unrounded, amounts in whole units."""
    scale = 10.0 ** -digits(found.currency)
    rows = [
        {
            "Name": row.name,
            "Invoices": row.invoices,
            f"Amount, {found.currency}": row.amount * scale,
            "Days": row.whole,
            "Before": row.whole_before,
            **{SHORT[key]: row.days(place) or None for place, key in enumerate(parted.steps)},
            f"{found.currency} × days lost": parted.lost(row) * scale,
        }
        for row in parted.rows
    ]
    lost = sum(step.now.amount_days for step in found.chain if step.key not in AGREED)
    total: dict[str, Any] = {
        "Name": f"All, {len(rows)}",
        "Invoices": found.whole.now.invoices,
        f"Amount, {found.currency}": found.whole.now.amount * scale,
        "Days": found.whole.now.mean,
        "Before": found.whole.before.mean,
        **{SHORT[step.key]: step.share for step in found.chain if step.key in parted.steps},
        f"{found.currency} × days lost": lost * scale,
    }
    table = pd.DataFrame([total, *rows])
    numbers = [name for name in table.columns if name not in ("Name", "Invoices")]
    return table.astype(dict.fromkeys(numbers, float))


def ties(found: Process, say: Format) -> str:
    """Return the steps as a sum: 30.4 − 1.7 + 18.8 = 47.5 days."""
    drawn = [step for step in found.chain if step.now.payments]
    parts = "".join(_part(step, say, first=place == 0) for place, step in enumerate(drawn))
    total = f"{parts} = {say.number(found.whole.now.mean, 1)} days {found.whole.label.lower()}"
    if found.late.now.mean is None:
        return total
    return f"{total} · after the due date {say.number(found.late.now.mean, 1)}"


def _part(step: Step, say: Format, *, first: bool) -> str:
    size = say.number(abs(step.share), 1)
    sign = "" if first else " − " if step.share < 0 else " + "
    return f"{sign}{SHORT[step.key].lower()} {size}"


def sentence_facts(found: Process, say: Format) -> str:
    """Return the population and what it is compared with, for the top of a file."""
    return f"{period_words(found, say)}, compared with {period_words(found, say, before=True)}"
