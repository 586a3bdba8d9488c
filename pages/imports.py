"""Imports: drop files, see what was understood, see what will change, book it; undo it any time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from arcore.errors import ArcoreError
from arcore.intake.customers import template
from arcore.intake.understood import BALANCES
from arcore.intake.understood import BOOKS
from arcore.intake.understood import Understood
from pages.ui import books
from pages.ui import failures
from pages.ui import import_booking
from pages.ui import import_columns
from pages.ui import import_difference
from pages.ui import import_history
from pages.ui import import_state
from pages.ui import shell
from pages.ui.import_state import COLUMNS
from pages.ui.import_state import DIFFERENCE
from pages.ui.import_state import FILES
from pages.ui.import_state import STEPS
from pages.ui.import_state import Upload

TYPES = ["csv", "tsv", "txt", "xlsx", "gz"]


def page(frame: shell.Frame) -> None:
    """Draw the step that is open, and below it what was imported before."""
    upload = import_state.current()
    frame.heading(
        facts=[f"into {books.WORDS[upload.into].lower()}"] if upload else ["nothing is booked before the last step"]
    )
    import_booking.outcome()
    step = steps(upload)
    if step == FILES or upload is None:
        files(upload)
        import_history.draw(frame)
        return
    try:
        found = import_state.understood(upload)
    except ArcoreError as error:
        failures.sentence(error)
        st.button("Choose other files", key="again", on_click=import_state.drop)
        return
    if step == COLUMNS:
        columns(frame, upload, found)
    else:
        difference(frame, upload)


def steps(upload: Upload | None) -> str:
    """Draw where we are; a step that lies behind has a tick, one that is not reached yet leads nowhere."""
    at = st.session_state.get(import_state.STEP, FILES) if upload else FILES
    done = STEPS.index(at)
    words = [f":material/check: {n + 1} {name}" if n < done else f"{n + 1} {name}" for n, name in enumerate(STEPS)]
    chosen = st.segmented_control(
        "Step", words, default=words[done], required=True, key=f"step_{done}_{upload is None}", width="stretch",
        label_visibility="collapsed", disabled=upload is None,
    )  # fmt: skip
    step = STEPS[words.index(str(chosen))] if chosen in words else at
    if upload is not None and step != at:
        st.session_state[import_state.STEP] = step
        st.rerun()
    return step


def files(upload: Upload | None) -> None:
    """Take files, and ask once where they go."""
    with st.container(border=True, gap="small"):
        given = st.file_uploader(
            "CSV or Excel, one or several that belong together",
            type=TYPES,
            accept_multiple_files=True,
            key=f"files_{st.session_state.get('upload_round', 0)}",
        )
        into = st.segmented_control(
            "Where do they go?", ["My books", "Try it in the sample"], key="into", default=None,
            help="The sample company is a store of its own; trying there changes nothing in your books.",
        )  # fmt: skip
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            taken = [(one.name, one.getvalue()) for one in given or []]
            target = books.SAMPLE if into == "Try it in the sample" else books.MINE
            st.button(
                "Read the files", type="primary", key="read", disabled=not taken or into is None,
                help=None if taken and into else "Choose files, and where they go",
                on_click=partial(import_state.keep, Upload(tuple(taken), target), step=COLUMNS),
            )  # fmt: skip
            if upload is not None:
                st.button(
                    "Back to the files that were read",
                    key="resume",
                    type="tertiary",
                    on_click=partial(import_state.keep, upload, step=COLUMNS),
                )
            st.download_button(
                "Template for customers",
                template,
                "customers.csv",
                "text/csv",
                key="template",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )
        st.caption(
            "Invoice lists, open items, payments, credit notes, customers. Title rows, totals, any encoding, "
            "delimiter and date order are fine."
        )


def columns(frame: shell.Frame, upload: Upload, found: list[Understood]) -> None:
    """Show what was understood and let it be corrected."""
    import_columns.draw(frame, upload, found)
    usable = any(one.rows or one.customers or one.kind in {BOOKS, BALANCES} for one in found)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Show what will change",
            type="primary",
            key="to_difference",
            disabled=not usable,
            on_click=partial(import_state.keep, upload, step=DIFFERENCE),
        )
        st.button("Cancel", key="cancel_columns", type="tertiary", on_click=import_state.drop)


def difference(frame: shell.Frame, upload: Upload) -> None:
    """Show what will change, ask what has to be asked, and book it."""
    target = import_state.target(upload)
    try:
        plan = import_booking.planned(target, upload)
    except ArcoreError as error:
        failures.sentence(error)
        return
    import_difference.tiles(frame, plan)
    left, right = st.columns([8.4, 3.6], gap="small")
    with right:
        import_booking.panel(frame, target, upload, plan)
        with st.container(border=True, gap="xsmall"):
            st.markdown("**How the files add up**")
            import_difference.side(frame, plan)
            drafts = st.toggle("Book drafts too", value=upload.drafts, key="drafts")
            if drafts != upload.drafts:
                import_state.keep(replace(upload, drafts=drafts))
                st.rerun()
    with left:
        import_difference.questions(upload, plan)
        import_difference.differences(frame, plan)


page(shell.require_shell())
