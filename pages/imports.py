"""Imports: drop files, see what was understood, see what will change, book it; undo it any time."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.errors import ArcoreError
from pages.ui import failures
from pages.ui import import_booking
from pages.ui import import_columns
from pages.ui import import_difference
from pages.ui import import_explain
from pages.ui import import_files
from pages.ui import import_history
from pages.ui import import_made
from pages.ui import import_people
from pages.ui import import_profiles
from pages.ui import import_questions
from pages.ui import import_reading
from pages.ui import import_same
from pages.ui import import_sections
from pages.ui import import_state
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.import_state import COLUMNS
from pages.ui.import_state import DIFFERENCE
from pages.ui.import_state import FILES
from pages.ui.import_state import STEPS
from pages.ui.import_state import Found
from pages.ui.import_state import Upload
from pages.ui.import_words import INTO
from pages.ui.import_words import counted

TURN = "import_step_turn"
"""Counts how often somebody chose a step without files, so that the control begins anew."""
SAFE = ("Nothing is booked before the last step", "every import can be undone")


def page(frame: shell.Frame) -> None:
    """Draw the step that is open, and below the first one what was imported before."""
    upload = import_state.current()
    frame.heading(facts=facts(frame, upload))
    import_booking.outcome(frame)
    if import_booking.is_running(frame):
        import_history.draw(frame)
        return
    step = steps(upload)
    if step == FILES or upload is None:
        import_files.draw(upload)
        import_profiles.draw(frame)
        import_sections.draw(frame)
        return
    try:
        found = import_state.found(upload, import_state.target(upload), frame.say)
        if step == COLUMNS:
            columns(frame, upload, found)
        else:
            difference(frame, upload, found)
    except ArcoreError as error:
        failures.sentence(error)
        st.button("Choose other files", key="again", on_click=import_state.drop)


def facts(frame: shell.Frame, upload: Upload | None) -> list[str]:
    """Return the grey line: what is imported, into which books where others are open, and that nothing is at stake."""
    if upload is None:
        return list(SAFE)
    into = "" if upload.into == frame.books.which else f" into {INTO[upload.into]}"
    whose = "" if upload.entity == import_state.MAIN else f" for {upload.entity}"
    return [SAFE[0], f"{upload.names}{into}{whose}", SAFE[1]]


def steps(upload: Upload | None) -> str:
    """Draw where we are; a step that lies behind has a tick. Without files there is only the first."""
    at = st.session_state.get(import_state.STEP, FILES) if upload else FILES
    done = STEPS.index(at)
    words = [f":material/check: {n + 1} {name}" if n < done else f"{n + 1} {name}" for n, name in enumerate(STEPS)]
    turn = st.session_state.get(TURN, 0)
    chosen = st.segmented_control(
        "Step", words, default=words[done], required=True, key=f"step_{done}_{upload is None}_{turn}", width="stretch",
        label_visibility="collapsed",
    )  # fmt: skip
    step = STEPS[words.index(str(chosen))] if chosen in words else at
    if step != at:
        if upload is None:  # there is nothing to step to yet: the control goes back to where we are
            st.session_state[TURN] = turn + 1
            st.toast("Choose files first.", icon=":material/upload_file:")
        else:
            st.session_state[import_state.STEP] = step
        st.rerun()
    return step


def columns(frame: shell.Frame, upload: Upload, found: Found) -> None:
    """Show what was understood and let it be corrected."""
    usable = import_columns.usable(found.files)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="columns_bar"):
        with st.container(horizontal=True, vertical_alignment="center", gap=None, width="stretch"):
            st.markdown(read(frame, found, usable=usable), width="content")
            if usable:
                import_explain.arrow("rows", "this count")
        st.button("Cancel", key="cancel_columns", type="tertiary", on_click=import_state.drop)
        st.button(
            "Show what will change", type="primary", key="to_difference", disabled=not usable,
            on_click=partial(import_state.go, DIFFERENCE),
        )  # fmt: skip
    if usable:
        import_questions.first_run(frame, import_state.target(upload))
    import_columns.draw(frame, upload, found)
    currency = found.currency or import_questions.company_currency(upload)
    import_explain.open_asked(frame, lambda key: import_made.of_file(found.files, key, frame.say, currency))


def read(frame: shell.Frame, found: Found, *, usable: bool) -> str:
    """Say what became of the files, as Markdown."""
    if not usable:
        return ":orange[:material/info:] Nothing of this can be booked or compared; the reason stands below."
    rows = sum(len(one.rows) + len(one.customers) for one in found.files)
    refused = sum(len(one.refused) for one in found.files)
    said = f"**{as_label(counted(rows, 'row', 'rows', frame.say))} understood**"
    return f"{said} :red[:small[· {frame.say.number(refused)} refused]]" if refused else said


def difference(frame: shell.Frame, upload: Upload, found: Found) -> None:
    """Show what will change, ask what has to be asked, and book it."""
    target = import_state.target(upload)
    plan = import_booking.planned(target, upload, found, frame.say)
    for unread in found.unread:
        st.error(as_label(f"{unread.sentence} The other files go on without it."), icon=":material/error:")
    import_difference.tiles(frame, plan)
    left, right = st.columns([8.4, 3.6], gap="small")
    with left:
        import_questions.of_plan(frame, upload, plan)
        import_same.draw(frame, upload, plan)
        import_difference.refused(frame, plan)
        import_difference.differences(frame, plan)
        import_people.balances(frame, plan, here=upload.into == frame.books.which)
        import_people.customers(frame, plan)
    with right:
        import_booking.panel(frame, target, upload, found, plan)
        with st.container(border=True, gap="xsmall", key="how_read"):
            st.markdown("**How the files were read**" if len(plan.files) > 1 else "**How the file was read**")
            currency = found.currency or import_questions.company_currency(upload)
            import_reading.all_facts(plan, frame.say, currency=currency)
    import_explain.open_asked(frame, lambda key: import_made.of_plan(frame, plan, key, currency))
    import_people.open_asked(frame, plan)


page(shell.require_shell())
