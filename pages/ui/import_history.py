"""What was imported before: who, when, which file, what it changed; and its undo with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from arcore.intake import queries
from pages.ui import forms
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_booking import BOOKED
from pages.ui.import_difference import WORDS
from pages.ui.import_undo import NAME
from pages.ui.import_undo import ask
from pages.ui.import_words import counted
from pages.ui.import_words import system

ASKED = "import_undo_asked"
MOST = 20
LONGEST_ENDING = 5


def draw(frame: shell.Frame) -> None:
    """Draw the history of the open books, newest first."""
    forms.outcome(NAME)
    past = queries.history(frame.books.engine)
    st.markdown("**History** :gray[:small[imports into these books, newest first]]")
    if not past:
        st.container(border=True).caption(
            "No import yet. What you book here is listed with its undo.", text_alignment="center"
        )
    before = earlier(past)
    for one in past[:MOST]:
        entry(frame, one, before.get(one.id))
    asked = st.session_state.pop(ASKED, None)
    chosen = next((one for one in past if one.id == asked), None)
    if chosen is not None:
        ask(frame, chosen.id, words(frame, chosen))


def earlier(past: Sequence[queries.ImportRow]) -> dict[int, queries.ImportRow]:
    """Return for each import the one before it that stands, of the same source and kind."""
    found, last = {}, dict[tuple[str, ...], queries.ImportRow]()
    for one in reversed(past):
        source = one.system, one.entity, one.scope, one.kind
        if source in last:
            found[one.id] = last[source]
        if one.undone_at is None:
            last[source] = one
    return found


def clean(one: queries.ImportRow, before: queries.ImportRow | None) -> str:
    """Say how much of the data was clean, and how it moved since the import before; "" where it was not looked at."""
    score = one.quality.score if one.quality else None
    if score is None:
        return ""
    then = before.quality.score if before and before.quality else None
    moved = "" if then in {None, score} else f", was {then} %"
    return f"{score} % clean{moved}"


def entry(frame: shell.Frame, one: queries.ImportRow, before: queries.ImportRow | None) -> None:
    """Draw one import; `before` is the one of its source that came before."""
    row = st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"import_{one.id}")
    with row:
        st.markdown(words(frame, one, before), width="stretch")
        for number, file in enumerate(one.files, start=1):
            st.download_button(
                "",
                partial(queries.file_content, frame.books.engine, one.id, file.name),
                file_name=f"import-{one.id}-{number}{ending(file.name)}",
                key=f"file_{one.id}_{number}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                help="The file as it was uploaded",
            )
        if one.undone_at is None:
            st.button(
                "Undo",
                key=f"undo_{one.id}",
                icon=":material/undo:",
                type="tertiary",
                disabled=not one.can_undo,
                help=f"Import {one.under} of the same source came later and stands on it: undo that first"
                if one.under
                else "Says first what it would take along",
                on_click=partial(_ask, one.id),
            )


def words(frame: shell.Frame, one: queries.ImportRow, before: queries.ImportRow | None = None) -> str:
    """Say which files, when, by whom, and what they did, as Markdown."""
    say, at = frame.say, one.at.astimezone(ZoneInfo(frame.company.time_zone))
    facts = [
        f"{say.day(at.date())} {say.time(at)}",
        one.by,
        system(one.system),
        f"as of {say.day(one.as_of)}" if one.as_of else "",
        did(one.counts, say) or ("" if one.new_customers else "changed nothing"),
        counted(one.new_customers, "new customer", "new customers", say) if one.new_customers else "",
        counted(len(one.refused), "line refused", "lines refused", say) if one.refused else "",
        clean(one, before),
    ]
    title = f"**{one.id}** {as_label(', '.join(file.name for file in one.files))}"
    if one.undone_at is not None:
        title += f" :gray[{as_label(f'undone {say.day(one.undone_at.date())} by {one.undone_by}')}]"
    return f"{title}  \n:small[:gray[{as_label(' · '.join(fact for fact in facts if fact))}]]"


def did(counts: Mapping[str, int], say: Format) -> str:
    """Say what an import changed: 60 new, 2 part paid; "" when no document changed. Refused lines changed nothing."""
    words = {kind.value: word.lower() for kind, word in WORDS.items()}
    return ", ".join(f"{say.number(counts[kind])} {words[kind]}" for kind in BOOKED if counts.get(kind))


def ending(name: str) -> str:
    """Return the ending of a file's name, letters and digits only."""
    found = name.rpartition(".")[2].lower()
    return f".{found}" if found.isalnum() and len(found) <= LONGEST_ENDING else ""


def _ask(import_id: int) -> None:
    st.session_state[ASKED] = import_id
    forms.begin(NAME)
