"""The explanation of a total that is no measure: words, sum with these figures, what moved it, entries, a link."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.reports.book import book
from arcore.reports.filters import Filters
from arcore.reports.totals import Entry
from arcore.reports.totals import Moved
from arcore.reports.totals import Total
from arcore.reports.totals import moved
from arcore.reports.totals import total_of
from arcore.reports.view import month_before
from arcore.reports.view import view
from pages.ui import behind_link
from pages.ui import failures
from pages.ui import filters
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

CLICKED = "total_clicked"
"""The total that was asked for since the last run."""
LINKED = "total"
"""How the address names a total."""
PAGE = 12
"""Entries on one page of the drawer."""
NAMED = 3
"""So many of the largest entries stand in the sum by themselves."""


@dataclass(frozen=True)
class Explained:
    """A total that can be explained; all words are plain text.

    Attributes:
        key: its name on its page and in the address: letters, digits, - and _ only.
        meaning: what it is, in a sentence or two.
        formula: how it is made, in words.
        nouns: what one entry is called, and several.
        read: its entries through filters, on their as-of day.
        window: of which day or days the entries are.
        rests_on: what it leaves out or needs; "" for nothing.
        compared: the day compared with; None for the end of the month before.
        currency: that it is added up in; "" for that of the filters.
        dated: each entry is converted at the rate of its own day.
        page: where the entries are listed: file, words of the link, what goes into its address.
    """

    key: str
    title: str
    meaning: str
    formula: str
    nouns: tuple[str, str]
    read: Callable[[Filters], Sequence[Entry]]
    day_is: str = "Due"
    what_is: str = "Document"
    window: str = ""
    rests_on: str = ""
    compared: date | None = None
    currency: str = ""
    dated: bool = False
    page: tuple[str, str, Mapping[str, str]] | None = None


def ask(key: str) -> None:
    """Ask for the explanation of a total; for `on_click`."""
    st.session_state[CLICKED] = key


def arrow(key: str, title: str) -> None:
    """Draw the arrow that opens the explanation of a total; beside its figure."""
    st.button(
        "", icon=":material/chevron_right:", key=f"explain_total_{key}", type="tertiary", help=f"How {title} is made",
        on_click=partial(ask, key),
    )  # fmt: skip


def figure(words: str, key: str, title: str) -> None:
    """Draw a figure, `words` in Markdown, with its arrow at its right."""
    with st.container(
        horizontal=True, gap=None, vertical_alignment="center", width="content", key=f"total_{key}_figure"
    ):
        st.markdown(words, width="content")
        arrow(key, title)


def open_asked(frame: shell.Frame, known: Callable[[str], Explained | None]) -> None:
    """Open the total that was asked for, by a click or by the address; among the last statements of a page.

    `known` finds a total of the page by its key.
    """
    linked = behind_link.asked(LINKED, 1)
    wanted = st.session_state.pop(CLICKED, linked[0] if linked else None)
    found = known(wanted) if wanted else None
    if found is not None:
        st.dialog(found.title, position="right", width=690, icon=":material/functions:")(failures.guarded(_body))(
            frame, found
        )


def compared(frame: shell.Frame, found: Explained) -> tuple[Total, Total]:
    """Return the total on the day compared with, and on the as-of day."""
    held = book(frame.books.engine)
    currency = found.currency or view(frame.books.engine, frame.filters).reporting
    days = (found.compared or month_before(frame.filters.as_of), frame.filters.as_of)
    before, now = (
        total_of(found.read(frame.filters.on(day)), held.around.rates, currency, day, dated=found.dated) for day in days
    )
    return before, now


def _body(frame: shell.Frame, found: Explained) -> None:
    before, now = compared(frame, found)
    say = frame.say
    scope = [found.window or f"as of {say.day(now.as_of)}", *filters.words(frame.filters, say)]
    st.markdown(f":small[:gray[{as_label(' · '.join(scope))}]]")
    st.markdown(as_label(found.meaning))
    with st.container(border=True, gap="xsmall"):
        st.markdown(as_label(f"{found.title} = {found.formula}"))
        st.markdown(f"{as_label(filled(now, say))} = **{as_label(written(now.worth, now, say))}**")
    _why(frame, before, now)
    _rests_on(found, now)
    noun = found.nouns[0] if len(now.entries) == 1 else found.nouns[1]
    count = f"{say.number(len(now.entries))} {noun}, largest first"
    st.markdown(f"**What it is made of** :gray[:small[{as_label(count)}]]")
    if now.entries:
        _entries(frame, found, now)
    if found.page is not None and shell.exists(found.page[0]):
        file, label, query = found.page
        st.page_link(shell.page_of(file), label=label, icon=":material/arrow_forward:", query_params=dict(query))
    behind_link.draw(behind_link.address(frame, LINKED, found.key, **behind_link.page_state()))


def filled(total: Total, say: Format) -> str:
    """Write the sum with its figures: the largest by themselves, the others together."""
    worths = [worth for worth in total.worths if worth is not None]
    if not worths:
        return "nothing"
    if not total.currency:
        return f"{say.number(len(worths))} × 1" if all(worth == 1 for worth in worths) else _sum(worths, total, say)
    return _sum(worths, total, say)


def _sum(worths: Sequence[int], total: Total, say: Format) -> str:
    parts = [written(worth, total, say) for worth in worths[:NAMED]]
    rest = worths[NAMED:]
    if rest:
        parts.append(f"{written(sum(rest), total, say)} (the other {say.number(len(rest))})")
    return " + ".join(parts)


def written(amount: int, total: Total, say: Format) -> str:
    """Write an amount of a total, or a count."""
    return say.money(amount, total.currency) if total.currency else say.number(amount)


def _signed(amount: int, total: Total, say: Format) -> str:
    if total.currency:
        return say.signed(amount, total.currency)
    return say.change(amount, 0)


def _why(frame: shell.Frame, before: Total, now: Total) -> None:
    """Draw what led from the total of the day compared with to this one."""
    since = frame.say.short_day(before.as_of, now.as_of)
    why(frame, before, now, f"since {since}", (since, frame.say.day(now.as_of)), "Entries")


def why(frame: shell.Frame, before: Total, now: Total, since: str, ends: tuple[str, str], counted: str) -> None:
    """Draw what led from one total to another: `since` says against what, `ends` name both, `counted` their entries."""
    say = frame.say
    lines: Sequence[Moved] = moved(before, now, book(frame.books.engine).around.rates)
    change = _signed(now.worth - before.worth, now, say)
    st.markdown(f"**What moved it** :gray[:small[{as_label(f'{change} {since}')}]]")
    if not lines:
        st.caption(as_label(f"Nothing: the same as {ends[0]}."))
        return
    rows = [
        (ends[0], len(before.entries), before.worth),
        *((line.what, line.entries, line.amount) for line in lines),
        (ends[1], len(now.entries), now.worth),
    ]
    unit = now.currency or "Count"
    # Numbers, not text: then heads and cells stand at the right.
    table = pd.DataFrame(rows, columns=["Because of", counted, unit])
    bold = table.index[[0, -1]]
    style: Any = table.style
    styled = style.format(say.number, subset=[counted])
    styled = styled.format(lambda amount: _signed(int(amount), now, say), subset=[unit])
    styled = styled.format(lambda amount: written(int(amount), now, say), subset=(bold, [unit]))
    styled = styled.format(as_label, subset=["Because of"])
    styled = styled.set_properties(subset=(bold, list(table.columns)), **{"font-weight": "700"})
    st.table(styled, border="horizontal", hide_index=True, alt="What moved it")


def _rests_on(found: Explained, now: Total) -> None:
    words = [found.rests_on] if found.rests_on else []
    if now.currency:
        words.append("each converted by itself at the rate of its day" if len(_codes(now)) > 1 else "")
    if now.lacking:
        words.append(f"no rate for {', '.join(now.lacking)}: left out")
    text = " · ".join(word for word in words if word)
    st.markdown(f":small[:gray[Rests on: {as_label(text or 'everything in the books on the day')}]]")


def _codes(total: Total) -> set[str]:
    return {entry.currency for entry in total.entries}


def _entries(frame: shell.Frame, found: Explained, now: Total) -> None:
    first = tables.paged(len(now.entries), PAGE, f"total_{found.key}_page")
    say, table = frame.say, now.table(first, PAGE)
    names = ["name", "what", "day", "amount"]
    if any(code != now.currency for code in _codes(now)):
        names[3:3] = ["booked", "currency"]
    if not any(entry.name for entry in now.entries):
        names.remove("name")
    if all(entry.day is None for entry in now.entries):
        names.remove("day")
    if not now.currency:
        names.remove("amount")
    tables.grid(
        table.select([name for name in names if name in table.column_names]), hide_index=True, row_height=tables.ROW,
        height=tables.height(table.num_rows), placeholder="–",
        column_config={
            "name": tables.text("Customer", width=170),
            "what": tables.text(found.what_is, width=135),
            "day": tables.day(found.day_is, say, width=92),
            "booked": tables.money("As booked", say, width=100),
            "currency": tables.text("Currency", width=78),
            "amount": tables.money(f"In {now.currency}", say, width=105),
        },
        alt=f"{found.title}: what it is made of, largest first",
    )  # fmt: skip
    facts = [*frame.facts(converted=True), found.title, found.formula]
    tables.downloads(
        "Download all", f"{found.key.replace('_', '-')}-{now.as_of}",
        **tables.files(now.table, found.title[:30], facts, sums=bool(now.currency)),
    )  # fmt: skip
