"""Papers on Imports: PDFs dropped in bulk, matched by number; what nobody knows is given its document by hand."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.intake import papers
from arcore.intake.papers import Kept
from arcore.ledger.service import READ_ONLY_ROLES
from pages.ui import forms
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import size

NAME, PLACE = "papers", "paper_place"
MOST = 20


def draw(frame: shell.Frame) -> None:
    """Draw the upload, what has no document yet, and the newest papers."""
    forms.outcome(NAME)
    forms.outcome(PLACE)
    form = forms.once(NAME)
    given = st.file_uploader(
        "PDFs of invoices, proofs of delivery, purchase orders; the number in name or text says where they belong",
        type=["pdf"], accept_multiple_files=True, key=form.key("files"),
    )  # fmt: skip
    reader = frame.actor.role in READ_ONLY_ROLES
    form.button(
        "Keep the papers", partial(_add, frame), kind="primary", icon=":material/attach_file:",
        disabled=reader or not given,
    )  # fmt: skip
    kept = papers.papers(frame.books.engine)
    lost = [one for one in kept if one.document_id is None]
    if lost:
        st.markdown(f"**Without a document** :orange-badge[{len(lost)}]")
    for one in lost[:MOST]:
        _lost(frame, one, reader=reader)
    st.markdown("**Papers** :gray[:small[newest first; each is shown in the story of its document too]]")
    found = [one for one in kept if one.document_id is not None]
    for one in found[:MOST]:
        row(frame, one)
    if not found:
        st.container(border=True).caption("No paper is kept yet.", text_alignment="center")


def row(frame: shell.Frame, one: Kept) -> None:
    """Draw a paper with its download."""
    facts = [papers.LABELS[one.kind], one.number, one.customer, size(one.size, frame.say)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"paper_{one.id}"):
        words = as_label(" · ".join(fact for fact in facts if fact))
        st.markdown(f"{as_label(one.name)} :small[:gray[{words}]]", width="stretch")
        st.download_button(
            "", partial(papers.content_of, frame.books.engine, one.id), file_name=f"paper-{one.id}.pdf",
            mime="application/pdf", key=f"paper_file_{one.id}", icon=":material/download:", type="tertiary",
            on_click="ignore", help="The paper as it came",
        )  # fmt: skip


def of_document(frame: shell.Frame, document_id: int) -> None:
    """Draw the papers of one document; nothing where it has none."""
    found = papers.papers(frame.books.engine, document_id=document_id)
    if found:
        st.markdown("**Papers**")
    for one in found:
        row(frame, one)


def _lost(frame: shell.Frame, one: Kept, *, reader: bool) -> None:
    form = forms.once(PLACE)
    with st.container(border=True, key=f"lost_{one.id}"):
        row(frame, one)
        st.caption(as_label(one.note))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            sought = st.text_input("Number or customer", key=f"seek_{one.id}")
            offers = dict(papers.find_documents(frame.books.engine, sought)) if sought.strip() else {}
            chosen = st.selectbox(
                "Document", list(offers), format_func=lambda number: offers.get(number, ""),
                key=f"choose_{one.id}_{sought}", disabled=not offers,
            )  # fmt: skip
            form.button(
                "It belongs there", partial(_assign, frame, one.id, chosen), disabled=reader or chosen is None,
                name=f"assign_{one.id}",
            )  # fmt: skip
            form.button(
                "Remove", partial(_remove, frame, one.id), kind="tertiary", disabled=reader, name=f"rm_{one.id}"
            )


def _add(frame: shell.Frame, form: Form) -> str:
    given = [(file.name, file.getvalue()) for file in form.value("files", ())]
    done = papers.add(frame.books.engine, files=given, actor=frame.actor, key=form.token)
    return f"{done['added']} kept, {done['matched']} of them at their document, {done['known']} were here before."


def _assign(frame: shell.Frame, number: int, document_id: int, form: Form) -> str:
    papers.assign(frame.books.engine, attachment_id=number, document_id=document_id, actor=frame.actor, key=form.token)
    return "The paper is at its document."


def _remove(frame: shell.Frame, number: int, form: Form) -> str:
    papers.remove(frame.books.engine, attachment_id=number, actor=frame.actor, key=form.token)
    return "The paper is out of the lists."
