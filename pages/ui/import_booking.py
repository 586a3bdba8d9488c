"""The end of an import: the plan as of now, the button that books it, progress, and what was booked."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

import streamlit as st

from arcore.errors import ArcoreError
from arcore.errors import BooksMoved
from arcore.errors import NotFound
from arcore.intake import queries
from arcore.intake import worker
from arcore.intake.changes import Plan
from arcore.intake.plan import plan
from pages.ui import books
from pages.ui import failures
from pages.ui import forms
from pages.ui import import_state
from pages.ui import import_sums
from pages.ui import import_words
from pages.ui import shell
from pages.ui.books import Books
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_state import Found
from pages.ui.import_state import Upload
from pages.ui.import_words import counted

JOB, TOKEN, SAID, STOPPED = "import_job", "import_token", "import_said", "import_stopped"
BOOKED = ("new", "changed", "settled", "part_paid", "reopened")
POLLED = 0.4
"""Seconds between two looks at how far a booking is."""


# --- the plan ---------------------------------------------------------------------------------------------------------


def planned(target: Books, upload: Upload, found: Found, say: Format) -> Plan:
    """Return the plan of the upload against the books as they are now. Raises BadInput, Unavailable."""
    count = sum(len(one.rows) + len(one.customers) for one in found.files)
    with st.spinner(f"Comparing {counted(count, 'row', 'rows', say)} with what the books know"):
        made: Plan = _plan(f"{upload.key()} {found.currency}", target.version, target, upload, found)
    # Answers change nothing in a plan but what still stands, so a yes does not make it again.
    accepted = frozenset(q.id for q in made.questions if (q.id, q.text) in upload.accepted)
    return replace(made, answers=accepted | upload.united)


@st.cache_resource(max_entries=4, ttl=import_state.KEPT_SECONDS, show_spinner=False)
def _plan(key: str, version: tuple[str, int], _target: Books, _upload: Upload, _found: Found) -> Plan:  # noqa: ARG001
    return _made(_target, _upload, _found)


def _made(target: Books, upload: Upload, found: Found) -> Plan:
    read = {one.path for one in found.files}
    return plan(
        target.engine,
        found.files,
        as_of=upload.as_of,
        currency=found.currency or None,
        include_drafts=upload.drafts,
        scope=upload.scope,
        entity=upload.entity,
        answers=upload.united,
        contents={file.name: file.content for file in upload.files if file.name in read},
    )


def _made_again(target: Books, upload: Upload, found: Found, answers: frozenset[str]) -> Plan:
    """Make the plan again on a thread of its own; the answers hold for the same questions, which is looked at there."""
    return replace(_made(target, upload, found), answers=answers)


# --- the button -------------------------------------------------------------------------------------------------------


def panel(frame: shell.Frame, target: Books, upload: Upload, found: Found, made: Plan) -> None:
    """Draw what the plan comes to and the one primary button of the page, or what stands in its way."""
    with st.container(border=True, gap="small", key="booking"):
        import_sums.draw(frame, made)
        obstacle = _obstacle(frame.say, made)
        if obstacle:
            st.markdown(f":small[:gray[{as_label(obstacle)}]]")
        with st.container(horizontal=True, gap="small"):
            st.button(
                label(frame.say, made), type="primary", key="book", disabled=bool(obstacle),
                on_click=partial(begin, frame, target, made, partial(_made_again, target, upload, found)),
            )  # fmt: skip
            st.button(
                "Back", key="back", on_click=partial(import_state.go, import_state.COLUMNS)
            )  # fmt: skip
            st.button("Cancel", key="cancel_import", type="tertiary", on_click=import_state.drop)
        if made.left_out.get("draft") or upload.drafts:
            drafts = st.toggle("Book drafts too", value=upload.drafts, key="drafts")
            if drafts != upload.drafts:
                import_state.change(drafts=drafts)
                st.rerun()
        if not made.is_empty:
            st.markdown(f":small[:gray[Goes into {import_words.INTO[upload.into]}; can be undone any time.]]")


def label(say: Format, made: Plan) -> str:
    """Return what the button does, with its count."""
    changes = sum(made.counts()[kind] for kind in BOOKED)
    if changes:
        return f"Book {counted(changes, 'change', 'changes', say)}"
    if made.is_empty:
        return "Nothing to book"
    if made.parties:
        return f"Save {counted(len(made.parties), 'customer', 'customers', say)}"
    return "Record that nothing changed"


def _obstacle(say: Format, made: Plan) -> str:
    """Return why nothing can be booked now, "" when it can."""
    if made.unanswered:
        return f"Answer {counted(len(made.unanswered), 'question', 'questions', say)} on the left first."
    if not made.is_empty:
        return ""
    if made.balances:
        return "Balances are compared and not booked."
    if made.refused and not made.changes:
        return "No line of it can be booked: see why on the left."
    if any(file.known for file in made.files):
        return "This file was imported before, so the books know everything in it."
    reason = next((file.understood.reason for file in made.files if file.understood.reason), "")
    return reason if not made.changes and reason else "Nothing would change: the books know everything in it."


def begin(frame: shell.Frame, target: Books, made: Plan, again: worker.Again) -> None:
    """Open the books it goes to and start booking on a thread of its own; a second click finds it running."""
    if JOB not in st.session_state:
        books.switch(target.which)
        token = st.session_state.setdefault(TOKEN, uuid4().hex)
        st.session_state[JOB] = worker.start(target.engine, made, actor=frame.actor, key=token, again=again)


# --- while it runs ----------------------------------------------------------------------------------------------------


def is_running(frame: shell.Frame) -> bool:
    """Draw how far a booking into the open books is, begun here or in another tab; tell whether there is one."""
    number = st.session_state.get(JOB) or worker.running(frame.books.store_id)
    if number is None:
        return False
    st.session_state[JOB] = number
    with st.container(border=True, gap="small", key="progress"):
        progress()
    return True


@st.fragment(run_every=POLLED)
def progress() -> None:
    """Show how far the booking is; end with the sentence that says what was done."""
    number = st.session_state.get(JOB)
    if number is None:
        return
    try:
        job = worker.status(number)
    except NotFound as error:
        _end(error)
        return
    if job.done:
        _end(job.error or job.result)
        return
    stopped = st.session_state.get(STOPPED) == number
    st.progress(job.percent, text=f"{'Stopping' if stopped else 'Booking'}: {as_label(job.phase.lower())}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Stop, book nothing", key="cancel_job", disabled=stopped, on_click=partial(_stop, number))
        st.markdown(":small[:gray[This page may be left or reloaded; the booking goes on.]]", width="stretch")


def _stop(number: str) -> None:
    st.session_state[STOPPED] = number
    worker.cancel(number)


def _end(said: ArcoreError | int | None) -> None:
    ours = st.session_state.get(TOKEN) == st.session_state.get(JOB)
    for name in (JOB, TOKEN, STOPPED):
        st.session_state.pop(name, None)
    st.session_state[SAID] = said
    st.session_state.pop(f"{SAID}_first", None)
    if ours and not isinstance(said, ArcoreError):
        import_state.drop()
    st.rerun()


# --- what was done ----------------------------------------------------------------------------------------------------


def outcome(frame: shell.Frame) -> None:
    """Say what the last booking did, and where to see it."""
    if not forms.still_told(SAID):
        return
    said = st.session_state[SAID]
    if isinstance(said, BooksMoved):
        st.info("The books changed meanwhile; the plan was made again. Look at it once more.", icon=":material/sync:")
    elif isinstance(said, ArcoreError):
        failures.sentence(said)
    elif said is None:
        st.info("Nothing was to be booked.", icon=":material/info:")
    else:
        row = next((row for row in queries.history(frame.books.engine) if row.id == said), None)
        st.success(as_label(booked(frame.say, row)), icon=":material/check_circle:")


def booked(say: Format, row: queries.ImportRow | None) -> str:
    """Say what an import booked and how to undo it."""
    if row is None:
        return "Booked. Undo any time below."
    names = ", ".join(file.name for file in row.files)
    changes = sum(row.counts.get(kind, 0) for kind in BOOKED)
    what = counted(changes, "change", "changes", say)
    if not changes and row.new_customers:
        what = counted(row.new_customers, "new customer", "new customers", say)
    return f"Booked {what} from {names}. Undo any time below."
