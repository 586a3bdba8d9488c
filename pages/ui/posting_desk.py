"""The posting list on Imports: what was booked here and the source has not, as a file for the general ledger."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import PurePath

import pandas as pd
import streamlit as st

from arcore.errors import BadInput
from arcore.intake.posting import files
from arcore.intake.posting import queries
from arcore.intake.posting import service
from arcore.intake.posting.files import Profile
from arcore.intake.posting.queries import Batch
from arcore.intake.posting.queries import Line
from arcore.intake.posting.queries import Status
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.money import from_minor
from pages.ui import cached
from pages.ui import empty
from pages.ui import forms
from pages.ui import posting_totals
from pages.ui import shell
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import counted

NAME, UNDO, DAYS = "posting", "posting_undo", "posting_days"
READY = "posting_ready"
WORDS: dict[Status, str] = {"to_post": "To post", "exported": "Exported", "confirmed": "Confirmed"}
MOST_SHOWN, MOST_BATCHES = 14, 8
WAITING = "Waiting"
OWN = "A profile of your own (TOML)"
NOT_HERE = (
    "Receipts, refunds, matches, write-offs, discounts, notes and credit requests are listed. Moves between customers, "
    "conversions and agreed due dates change no total of the ledger: they have no line, the match they served has one."
)


def read(frame: shell.Frame) -> tuple[Line, ...]:
    """Return the posting list of the open books, remembered for their version."""
    engine, today = frame.books.engine, frame.today
    return cached.prepared(frame.books, ("posting", today), lambda: queries.posting_list(engine, today))


def _days_allowed(frame: shell.Frame) -> int:
    return cached.prepared(frame.books, "posting days", lambda: queries.days_allowed(frame.books.engine))


def waiting(frame: shell.Frame) -> int:
    """Return how many lines were not confirmed in time."""
    return len(queries.overdue(read(frame), _days_allowed(frame)))


def alert(frame: shell.Frame) -> None:
    """Draw, on the overview, that something waits too long in the source; nothing when nothing does."""
    if not (late := waiting(frame)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="posting_alert"):
        words = counted(late, "booking waits", "bookings wait", frame.say)
        st.markdown(
            f":orange[:material/pending_actions:] **{as_label(words)}** for the accounting system", width="content"
        )
        st.page_link(
            shell.page_of("imports.py"), label="Posting list", icon=":material/outbox:",
            query_params={"section": "Posting list", "posting": WAITING},
        )  # fmt: skip


def draw(frame: shell.Frame) -> None:
    """Draw the list with its totals, the export, and what was exported before."""
    forms.outcome(NAME)
    forms.outcome(UNDO)
    forms.outcome(DAYS)
    _ready(frame)
    lines = read(frame)
    if not lines:
        empty.card(
            "Nothing here: no booking waits for the accounting system",
            "Receipts, matches, write-offs and credit notes that you book here, once files of a system came, are here "
            "until a later file shows that the system has them.",
            icon=":material/outbox:", key="nothing_to_post",
        )  # fmt: skip
        return
    days = _days_allowed(frame)
    late = queries.overdue(lines, days)
    shown = _chosen(frame, lines, late)
    left, right = st.columns([8.4, 3.6], gap="small")
    with left:
        _totals(frame, shown, str(st.session_state["posting_status"]))
        _grid(frame, shown)
        st.caption(NOT_HERE)
    with right, st.container(border=True, gap="small", key="posting_export"):
        _export(frame, [line for line in lines if line.status == "to_post"])
        _past(frame)
        _days(frame, days, len(late))
    posting_totals.open_asked(frame, _groups(lines, late))


def _groups(lines: Sequence[Line], late: Sequence[Line]) -> dict[str, Sequence[Line]]:
    return {word: [line for line in lines if line.status == status] for status, word in WORDS.items()} | {WAITING: late}


def _chosen(frame: shell.Frame, lines: Sequence[Line], late: Sequence[Line]) -> Sequence[Line]:
    """Draw the choice of the status and return what it shows."""
    groups = _groups(lines, late)
    asked = st.query_params.get("posting", "")
    start = asked if asked in groups else next(word for word in groups if groups[word])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Posting list** :gray[:small[booked here, not in the accounting system yet]]", width="stretch")
        chosen = st.segmented_control(
            "Status", list(groups), default=start, required=True, key="posting_status", label_visibility="collapsed",
            format_func=lambda word: f"{word} {frame.say.number(len(groups[word]))}",
            help="Waiting: not confirmed in the days allowed",
        )  # fmt: skip
    if chosen:
        st.query_params["posting"] = str(chosen)
    return groups.get(str(chosen), [])


def _totals(frame: shell.Frame, lines: Sequence[Line], status: str) -> None:
    """Draw the sums by currency, each with the way to how it is made."""
    if not lines:
        st.markdown(":small[:gray[Nothing with this status.]]")
        return
    with st.container(horizontal=True, gap="small", key="posting_totals"):
        for one in files.totals(lines):
            total_drawer.figure(_sum(one, frame.say), posting_totals.key_of(status, one.currency), "the net")


def _sum(one: files.Total, say: Format) -> str:
    debit, credit, net = (say.number(from_minor(units, one.currency), 2) for units in (one.debit, one.credit, one.net))
    return (
        f":small[**{as_label(one.currency)}** debit {as_label(debit)} · credit {as_label(credit)} · "
        f"net **{as_label(net)}**]"
    )


def _grid(frame: shell.Frame, lines: Sequence[Line]) -> None:
    if not lines:
        return
    say = frame.say
    data = pd.DataFrame(
        {
            "date": line.on,
            "kind": posting_totals.kind_of(line),
            "number": line.number or "–",
            "customer": line.customer,
            "debit": _side(line, 1),
            "credit": _side(line, -1),
            "currency": line.currency,
            "against": ", ".join(line.against),
            "by": line.recorded_by,
            "days": line.days,
            "told": f"import {line.confirmed_by}"
            if line.confirmed_by
            else f"export {line.batch}"
            if line.batch
            else "",
        }
        for line in lines
    )
    tables.grid(
        data, hide_index=True, row_height=tables.ROW, height=tables.height(len(data), most=MOST_SHOWN), placeholder="–",
        column_config={
            "date": tables.day("Date", say), "kind": tables.text("Kind", width=95),
            "number": tables.text("Number", width=70), "customer": tables.text("Customer", width=140),
            "debit": tables.money("Debit", say, width=80), "credit": tables.money("Credit", say, width=80),
            "currency": tables.text("", width=45), "against": tables.text("Applied to", width=90),
            "by": tables.text("By", width=60), "days": tables.count("Days", width=50, hint="since it was booked"),
            "told": tables.text("Status", width=80),
        },
        alt=f"{len(lines)} bookings to post",
    )  # fmt: skip
    table = data.rename(columns={"told": "status"})
    tables.downloads("This table", "posting-list", **tables.files(table, "Posting list", sums=False))


def _side(line: Line, side: int) -> float | None:
    if line.kind != queries.MATCH and line.amount * side <= 0:
        return None
    return float(from_minor(abs(line.amount), line.currency))


# --- export -----------------------------------------------------------------------------------------------------------


def _export(frame: shell.Frame, lines: Sequence[Line]) -> None:
    st.markdown("**For the general ledger**")
    profile = _profile()
    reader = frame.actor.role in READ_ONLY_ROLES
    forms.once(NAME).button(
        f"Export {counted(len(lines), 'line', 'lines', frame.say)}", partial(_do_export, frame, profile),
        icon=":material/outbox:", kind="primary", disabled=reader or not lines or profile is None,
        hint="Marks them exported; that can be taken back",
    )  # fmt: skip


def _profile() -> Profile | None:
    """Ask how the ledger wants its file: a profile that comes with the program, or a TOML file of one's own."""
    known = {made.title: made for made in map(files.load, files.names())}
    title = str(st.selectbox("File", [*known, OWN], key="posting_profile", help="What the ledger's import wants"))
    if title in known:
        made = known[title]
        st.download_button(
            "Its profile, to change", made.text, file_name=f"{made.name}.toml", mime="application/toml",
            key="posting_profile_file", icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip
        return made
    given = st.file_uploader("Your profile", type=["toml"], key="posting_own", help="Columns and accounts as TOML")
    if given is None:
        return None
    try:
        return files.parse(PurePath(given.name).stem, given.getvalue().decode("utf-8"))
    except (BadInput, UnicodeDecodeError) as error:
        st.error(as_label(error.message if isinstance(error, BadInput) else "This is no text"))
        return None


def _do_export(frame: shell.Frame, profile: Profile | None, form: Form) -> str:
    written, batch = service.export(
        frame.books.engine,
        profile=profile or files.load(files.DEFAULT),
        today=frame.today,
        actor=frame.actor,
        key=form.token,
    )
    st.session_state[READY] = written
    said = " ".join(f"{words}." for words in written.left_out)
    count = len(written.lines)
    return f"{count} {'line is' if count == 1 else 'lines are'} exported as {batch}: the file is ready. {said}".strip()


def _ready(frame: shell.Frame) -> None:
    """Offer the file that was just made."""
    written: files.Written | None = st.session_state.get(READY)
    if written is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            f"Download {written.name}", written.content, file_name=written.name, mime="text/csv", type="primary",
            key="posting_file", icon=":material/download:", on_click=partial(st.session_state.pop, READY, None),
        )  # fmt: skip
        st.markdown(f":small[:gray[{as_label(frame.say.number(len(written.content)))} bytes]]", width="content")


def _past(frame: shell.Frame) -> None:
    past = queries.batches(frame.books.engine)
    for one in past[:MOST_BATCHES]:
        _batch(frame, one)


def _batch(frame: shell.Frame, one: Batch) -> None:
    say = frame.say
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"batch_{one.number}"):
        facts = f"{say.day(one.at.date())} · {one.by} · {one.profile} · {counted(one.size, 'line', 'lines', say)}"
        st.markdown(f"**{one.number}** :small[:gray[{as_label(facts)}]]", width="stretch")
        st.download_button(
            "", partial(_again, frame, one), file_name=one.file or f"posting-{one.number}.csv", mime="text/csv",
            key=f"again_{one.number}", icon=":material/download:", type="tertiary", on_click="ignore",
            help="The same file once more",
        )  # fmt: skip
        forms.once(UNDO).button(
            "Not posted", partial(_withdraw, frame, one.number), kind="tertiary", icon=":material/undo:",
            disabled=frame.actor.role in READ_ONLY_ROLES, hint="Its lines are to post again", name=f"undo_{one.number}",
        )  # fmt: skip


def _again(frame: shell.Frame, one: Batch) -> bytes:
    return service.again(frame.books.engine, batch=one.number, today=frame.today).content


def _withdraw(frame: shell.Frame, number: int, form: Form) -> str:
    told = service.withdraw(frame.books.engine, batch=number, actor=frame.actor, key=form.token)
    st.session_state.pop(READY, None)
    return f"Export {number} is taken back: {told['lines']} lines are to post again."


def _days(frame: shell.Frame, days: int, late: int) -> None:
    form = forms.once(DAYS)
    words = (
        f":orange[{as_label(counted(late, 'waits', 'wait', frame.say))} longer]" if late else ":gray[none waits longer]"
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wanted = st.number_input("Days until it is a task", 1, service.LONGEST, days, key=form.key("days"), width=170)
        if wanted != days:
            form.button("Save", partial(_save_days, frame), kind="secondary")
        st.markdown(f":small[{words}]", width="content")


def _save_days(frame: shell.Frame, form: Form) -> str:
    days = int(form.value("days", queries.DAYS))
    service.save_days(frame.books.engine, days=days, actor=frame.actor, key=form.token)
    return f"What is not confirmed after {days} days is a task."
