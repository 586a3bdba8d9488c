"""How clean the rows of a file are: the counts that make the share, the rows with a flaw, the import before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from arcore.errors import ArcoreError
from arcore.intake import queries
from arcore.intake.quality import FLAWS
from arcore.intake.quality import Flawed
from arcore.intake.quality import Quality
from arcore.intake.quality import flawed
from arcore.intake.quality import quality_of
from arcore.intake.understood import Understood
from pages.ui import behind_link
from pages.ui import import_explain
from pages.ui import import_state
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_explain import Made
from pages.ui.import_words import counted
from pages.ui.import_words import left_out

CLICKED = "import_quality"
"""The import whose share was asked for since the last run."""
LINKED = "clean"
"""How the address names it."""
LARGEST = 4_000_000
"""Bytes of a kept file that is read again to name the rows with a flaw."""
TITLE = "Clean rows"
MEANING = "The share of the rows that hold data and have nothing wrong with them. A row with several flaws counts once."
LINES = "Lines of the file"
FORMULA = "rows without a flaw ÷ rows that hold data, in percent, rounded down, so that 100 % means all"


def button(import_id: int, words: str) -> None:
    """Draw how clean an import was; a click opens how that is counted."""
    st.button(
        words, key=f"explain_clean_{import_id}", type="tertiary", help="How this share is counted, and what is wrong",
        on_click=partial(st.session_state.__setitem__, CLICKED, import_id),
    )  # fmt: skip


def open_asked(frame: shell.Frame, past: Sequence[queries.ImportRow], before: dict[int, queries.ImportRow]) -> None:
    """Open the share of an import that was asked for, by a click or by the address."""
    linked = behind_link.asked(LINKED, 1)
    wanted = str(st.session_state.pop(CLICKED, linked[0] if linked else ""))
    one = next((one for one in past if str(one.id) == wanted and one.quality is not None), None)
    if one is None or one.quality is None:
        return
    earlier = before.get(one.id)
    notes = [f"Import {one.id}, {', '.join(file.name for file in one.files)}, as it was read when it was booked"]
    if earlier is not None and earlier.quality is not None:
        notes.append(_moved(one.quality, earlier.quality, earlier.id, frame.say))
    rows, note = _kept(frame, one)
    link = behind_link.address(frame, LINKED, str(one.id), **behind_link.page_state())
    import_explain.opened(frame, made(one.quality, rows, frame.say, notes=[*notes, note], link=link))


def of_file(one: Understood, say: Format) -> Made:
    """Return how the share of a file that is being read is made, and how its lines add up."""
    lines = f"{LINES}: {lines_in_words(one, say)}"
    notes = [lines, f"Left out: {left_out(one.left_out, say)}" if one.left_out else ""]
    found = quality_of(one)
    if found.score is None:
        return import_explain.Made(
            LINES, "Every line or row of the file that holds anything.", "used + left out + refused",
            [lines_in_words(one, say)], pd.DataFrame(), ("row with a flaw", "rows with a flaw"), {}, notes[1:],
        )  # fmt: skip
    return made(found, flawed(one), say, notes=notes)


def lines_in_words(one: Understood, say: Format) -> str:
    """Write how the lines of a file add up: 48 used + 3 left out + 1 refused = 52 read."""
    parts = {"used": one.rows_used, "left out": sum(one.left_out.values()), "refused": len(one.refused)}
    told = [f"{say.number(count)} {word}" for word, count in parts.items() if count] or ["0 used"]
    return f"{' + '.join(told)} = {say.number(one.rows_read)} read"


def made(
    found: Quality, rows: Sequence[Flawed], say: Format, *, notes: Sequence[str] = (), link: str = ""
) -> Made:  # fmt: skip
    """Return how a share of clean rows is made of its counts."""
    told = [f"{say.number(count)} {FLAWS[name][count != 1]}" for name, count in found.flaws.items()]
    filled = [f"{say.number(found.clean)} ÷ {say.number(found.rows)} = {found.score} %"]
    bad = found.rows - found.clean
    flaws = f"With a flaw: {counted(bad, 'row', 'rows', say)}: {'; '.join(told)}"
    table = pd.DataFrame(
        [(row.line, row.number, row.customer, _wrong(row)) for row in rows],
        columns=["Line", "Document", "Customer", "What is wrong"],
    )
    columns = {
        "Line": tables.count("Line", width=55), "Document": tables.text("Document", width=105),
        "Customer": tables.text("Customer", width=165), "What is wrong": tables.text("What is wrong", width=305),
    }  # fmt: skip
    return Made(
        TITLE, MEANING, FORMULA, filled, table, ("row is named", "rows are named"),
        columns, [flaws] * bool(told) + [note for note in notes if note], link,
        "Rows with a flaw",
    )  # fmt: skip


def _wrong(row: Flawed) -> str:
    words = "; ".join(FLAWS[name][0] for name in row.flaws)
    return f"{words}: {row.reason}" if row.reason else words


def _moved(now: Quality, then: Quality, number: int, say: Format) -> str:
    """Say which flaws became more or fewer since the import before."""
    moves = [
        f"{say.change(change, 0)} {FLAWS[name][1]}"
        for name in FLAWS
        if (change := now.flaws.get(name, 0) - then.flaws.get(name, 0))
    ]
    was = f"Import {number} before it: {say.number(then.clean)} ÷ {say.number(then.rows)} = {then.score} %"
    return f"{was}; since then {', '.join(moves)}" if moves else f"{was}, with the same flaws"


def _kept(frame: shell.Frame, one: queries.ImportRow) -> tuple[list[Flawed], str]:
    """Read the kept files again for their rows with a flaw; where that does not give the same counts, say so."""
    refused = [Flawed(row.line, row.number, row.customer, ("refused",), row.reason) for row in one.refused]
    other = "The refused lines are named; the other rows are found by reading the file again, which it offers above"
    if sum(file.size for file in one.files) > LARGEST:
        return refused, f"{other}: it is large"
    engine = frame.books.engine
    files = tuple(
        import_state.File(file.name, queries.file_content(engine, one.id, file.name), file.sha256) for file in one.files
    )
    upload = import_state.Upload(files, frame.books.which, as_of=one.as_of, scope=one.scope, entity=one.entity)
    try:
        read = import_state.found(upload, frame.books, frame.say).files
    except ArcoreError:
        return refused, other
    total = sum((quality_of(each) for each in read), Quality(0, 0))
    if total != one.quality:
        return refused, f"{other}; it is read in another way now"
    return [row for each in read for row in flawed(each)], ""


def facts_button(place: int) -> None:
    """Draw, below the facts of a file, what opens how its rows were counted."""
    st.button(
        as_label("How lines and flaws are counted"), key=f"explain_clean_file_{place}", type="tertiary",
        icon=":material/functions:", on_click=partial(import_explain.ask, f"clean_{place}"),
    )  # fmt: skip
