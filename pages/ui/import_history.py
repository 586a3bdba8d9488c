"""What was imported before: who, when, which file, what it changed; and its undo with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from arcore.intake import queries
from pages.ui import failures
from pages.ui import forms
from pages.ui import import_quality
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_booking import BOOKED
from pages.ui.import_difference import WORDS
from pages.ui.import_state import MAIN
from pages.ui.import_undo import NAME
from pages.ui.import_undo import ask
from pages.ui.import_words import KINDS
from pages.ui.import_words import counted
from pages.ui.import_words import left_out
from pages.ui.import_words import quality
from pages.ui.import_words import size
from pages.ui.import_words import system
from pages.ui.import_words import with_days

ASKED, TOLD = "import_undo_asked", "import_details_asked"
MOST, MOST_FILES, MOST_WARNINGS = 20, 8, 10
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
    import_quality.open_asked(frame, past, before)
    told = st.session_state.pop(TOLD, None)
    shown = next((one for one in past if one.id == told), None)
    if shown is not None:
        details(frame, shown)
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
        st.markdown(words(frame, one), width="stretch")
        share = clean(one, before)
        if share:
            import_quality.button(one.id, share)
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
        st.button(
            "", key=f"details_{one.id}", icon=":material/info:", type="tertiary", help="What it read and did, in full",
            on_click=partial(_tell, one.id),
        )  # fmt: skip
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


def words(frame: shell.Frame, one: queries.ImportRow) -> str:
    """Say which files, when, by whom, and what they did, as Markdown."""
    say, at = frame.say, one.at.astimezone(ZoneInfo(frame.company.time_zone))
    facts = [
        f"{say.day(at.date())} {say.time(at)}",
        one.by,
        system(one.system),
        "" if one.entity == MAIN else f"for {one.entity}",
        f"as of {say.day(one.as_of)}" if one.as_of else "",
        did(one.counts, say) or ("" if one.new_customers else "changed nothing"),
        counted(one.new_customers, "new customer", "new customers", say) if one.new_customers else "",
        counted(len(one.refused), "line refused", "lines refused", say) if one.refused else "",
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


@st.dialog("An import", width="large", icon=":material/info:")
@failures.guarded
def details(frame: shell.Frame, one: queries.ImportRow) -> None:
    """Tell an import in full: its files with their fingerprints, whose they were, what it did and left out."""
    say = frame.say
    st.markdown(words(frame, one))
    data = pd.DataFrame(
        {
            "File": [file.name for file in one.files],
            "Size": [size(file.size, say) for file in one.files],
            "SHA-256": [file.sha256 for file in one.files],
        }
    )
    tables.grid(
        data, hide_index=True, row_height=tables.ROW, height=tables.height(len(data), most=MOST_FILES),
        column_config={
            "File": tables.text("File", width=240), "Size": tables.text("Size", width=80),
            "SHA-256": tables.text("SHA-256", width=480),
        },
        alt="Files of the import",
    )  # fmt: skip
    rows = {
        "Kind": KINDS.get(one.kind, one.kind).removeprefix("a ").capitalize(),
        "System": system(one.system) or "none in particular",
        "Our company": one.entity,
        "Part": one.scope,
        "As of": say.day(one.as_of) if one.as_of else "",
        "Changed": did(one.counts, say) or "no document",
        "New customers": say.number(one.new_customers) if one.new_customers else "",
        "Left out": left_out(one.left_out, say),
        "Refused": counted(len(one.refused), "line", "lines", say) if one.refused else "",
        "Data": quality(one.quality, say) if one.quality else "",
    }
    st.table({f":gray[{name}]": as_label(fact) for name, fact in rows.items() if fact}, border="horizontal")
    for warning in one.warnings[:MOST_WARNINGS]:
        st.markdown(f":small[:orange[:material/warning:] {as_label(with_days(warning, say))}]")
    if one.refused:
        st.download_button(
            "Refused lines", partial(queries.refused_csv, one.refused), file_name=f"import-{one.id}-refused.csv",
            mime="text/csv", key=f"refused_{one.id}", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _tell(import_id: int) -> None:
    st.session_state[TOLD] = import_id


def _ask(import_id: int) -> None:
    st.session_state[ASKED] = import_id
    forms.begin(NAME)
