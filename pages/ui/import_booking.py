"""The end of an import: the plan as of now, the button that books it, progress, and what was booked."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import streamlit as st

from arcore.errors import ArcoreError
from arcore.errors import BooksMoved
from arcore.intake import worker
from arcore.intake.changes import Plan
from arcore.intake.plan import plan
from pages.ui import books
from pages.ui import failures
from pages.ui import import_state
from pages.ui import shell
from pages.ui.books import Books
from pages.ui.format import as_label
from pages.ui.import_state import Upload

JOB, TOKEN, SAID = "import_job", "import_token", "import_said"
BOOKED = ("new", "changed", "settled", "part_paid", "reopened")


def planned(target: Books, upload: Upload) -> Plan:
    """Return the plan of the upload against the books as they are now. Raises BadInput, Unavailable."""
    found: Plan = _plan(upload.key(), target.version, target, upload)
    return found


@st.cache_resource(max_entries=4, show_spinner="Comparing with what is known")
def _plan(key: str, version: tuple[str, int], _target: Books, _upload: Upload) -> Plan:  # noqa: ARG001  kept by these
    return plan(
        _target.engine,
        import_state.understood(_upload),
        as_of=_upload.as_of,
        currency=_upload.currency or None,
        include_drafts=_upload.drafts,
        answers=_upload.accepted,
        contents=dict(_upload.files),
    )


def panel(frame: shell.Frame, target: Books, upload: Upload, made: Plan) -> None:
    """Draw the one primary button of the page, or what stands in its way."""
    with st.container(border=True, gap="small"):
        if JOB in st.session_state:
            running(upload)
            return
        counts = made.counts()
        changes = sum(counts[kind] for kind in BOOKED)
        customers = sum(1 for party in made.parties if party.is_new)
        standing = made.unanswered
        st.markdown(f"**Into {as_label(books.WORDS[upload.into].lower())}** :gray[:small[can be undone any time]]")
        if made.is_empty:
            st.caption("Nothing would change: the books already know everything in it.")
        elif standing:
            st.caption("Answer what is asked on the left first." if len(standing) > 1 else as_label(standing[0].text))
        label = f"Book {frame.say.number(changes)} changes"
        if not changes:
            label = f"Save {frame.say.number(customers)} new customers" if customers else "Save what is new"
        if made.is_empty:
            label = "Nothing to book"
        with st.container(horizontal=True, gap="small"):
            st.button(
                label,
                type="primary",
                key="book",
                disabled=made.is_empty or bool(standing),
                on_click=partial(begin, frame, target, made),
            )
            st.button("Cancel", key="cancel_import", type="tertiary", on_click=import_state.drop)


def begin(frame: shell.Frame, target: Books, made: Plan) -> None:
    """Open the books it goes to and start booking on a thread of its own; a second click finds it running."""
    if JOB not in st.session_state:
        books.switch(target.which)
        token = st.session_state.setdefault(TOKEN, uuid4().hex)
        st.session_state[JOB] = worker.start(target.engine, made, actor=frame.actor, key=token)


@st.fragment(run_every=0.4)
def running(upload: Upload) -> None:
    """Show how far the booking is; end with the sentence that says what was done."""
    number = st.session_state.get(JOB)
    if number is None:
        return
    job = worker.status(number)
    if not job.done:
        st.progress(job.percent, text=as_label(job.phase))
        st.button("Cancel: book nothing", key="cancel_job", type="tertiary", on_click=partial(worker.cancel, number))
        return
    st.session_state.pop(JOB)
    st.session_state.pop(TOKEN, None)
    if job.error is None:
        names = ", ".join(name for name, _ in upload.files)
        st.session_state[SAID] = (f"Booked {names}. Undo any time below.", job.result)
        import_state.drop()
    else:
        st.session_state[SAID] = (job.error, None)
    st.rerun()


def outcome() -> None:
    """Say what the last booking did, and open the books it went to."""
    found = st.session_state.pop(SAID, None)
    if found is None:
        return
    said, import_id = found
    if import_id is None:
        if isinstance(said, BooksMoved):
            st.info("The books changed meanwhile; the plan was made again. Look at it once more.")
        elif isinstance(said, ArcoreError):
            failures.sentence(said)
        else:
            st.error(as_label(str(said)))
        return
    st.success(as_label(said), icon=":material/check_circle:")
