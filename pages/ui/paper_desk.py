"""Papers on Imports: PDFs dropped in bulk, matched by number, looked at; what nobody knows is placed by hand."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from arcore.intake import papers
from arcore.intake.papers import Kept
from arcore.ledger.service import READ_ONLY_ROLES
from pages.ui import forms
from pages.ui import paper_view
from pages.ui import shell
from pages.ui import undo
from pages.ui.forms import Form

NAME, PLACE, PAGE = "papers", "paper_place", "papers"
MOST = 20


def draw(frame: shell.Frame) -> None:
    """Draw the upload, what has no document yet, and the newest papers, or those that are looked for."""
    undo.outcome(PAGE, frame.books.store_id, by=PLACE, of=(NAME,))
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
    kept, lost = papers.count(frame.books.engine)
    if lost:
        again = ":gray[:small[tried again with every import]]"
        st.markdown(f"**Without a document** :orange-badge[{frame.say.number(lost)}] {again}")
        for one in papers.papers(frame.books.engine, unmatched=True, most=MOST):
            _lost(frame, one, reader=reader)
    if kept == lost:
        st.container(border=True).caption(
            "No paper yet. What you upload here stands beside the invoice it is of.", text_alignment="center"
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        at = frame.say.number(kept - lost)
        st.markdown(f"**At their documents** {at} :gray[:small[newest first; in their stories too]]", width="stretch")
        find = st.text_input(
            "Find a paper", key="paper_find", placeholder="Number, customer or file", label_visibility="collapsed",
            icon=":material/search:", width=280,
        )  # fmt: skip
    found = papers.papers(frame.books.engine, unmatched=False, find=find, most=MOST)
    for one in found:
        paper_view.row(frame, one, more=None if reader else partial(_more, frame, one))
    if not found:
        st.caption("No paper has these words in its name, number or customer.")


def _more(frame: shell.Frame, one: Kept) -> None:
    form = forms.once(PLACE)
    form.button(
        "", partial(_assign, frame, one, None), kind="tertiary", icon=":material/link_off:", name=f"off_{one.id}",
        hint="Not of this document",
    )  # fmt: skip
    form.button(
        "", partial(_remove, frame, one), kind="tertiary", icon=":material/delete:", name=f"rm_{one.id}",
        hint="Remove it from the lists",
    )  # fmt: skip


def _lost(frame: shell.Frame, one: Kept, *, reader: bool) -> None:
    form = forms.once(PLACE)
    with st.container(border=True, key=f"lost_{one.id}"):
        paper_view.row(frame, one, note=one.note)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            sought = st.text_input("Number or customer", key=f"seek_{one.id}")
            offers = dict(papers.find_documents(frame.books.engine, sought)) if sought.strip() else {}
            chosen = st.selectbox(
                "Document", list(offers), format_func=lambda number: offers.get(number, ""),
                key=f"choose_{one.id}_{sought}", disabled=not offers,
                placeholder="Write a number or customer first" if not sought.strip() else "None found",
            )  # fmt: skip
            form.button(
                "It belongs there", partial(_assign, frame, one, chosen), disabled=reader or chosen is None,
                name=f"assign_{one.id}",
            )  # fmt: skip
            form.button("Remove", partial(_remove, frame, one), kind="tertiary", disabled=reader, name=f"rm_{one.id}")


def _add(frame: shell.Frame, form: Form) -> str:
    given = [(file.name, file.getvalue()) for file in form.value("files", ())]
    done = papers.add(frame.books.engine, files=given, actor=frame.actor, key=form.token)
    ids: list[int] = done["ids"]
    if ids:
        _keep(frame, f"{len(ids)} {'paper' if len(ids) == 1 else 'papers'} kept", partial(_taken_out, frame, ids))
    else:
        undo.drop(PAGE)
    return f"{done['added']} kept, {done['matched']} of them at their document, {done['known']} were here before."


def _assign(frame: shell.Frame, one: Kept, document_id: int | None, form: Form) -> str:
    done = papers.assign(
        frame.books.engine, attachment_id=one.id, document_id=document_id, actor=frame.actor, key=form.token
    )
    words = f"{one.name} given to its document" if document_id is not None else f"{one.name} taken from {one.number}"
    _keep(frame, words, partial(_put_back, frame, one.id, done["before"]))
    return "The paper is at its document." if document_id is not None else "The paper has no document any more."


def _remove(frame: shell.Frame, one: Kept, form: Form) -> str:
    papers.remove(frame.books.engine, attachment_ids=[one.id], actor=frame.actor, key=form.token)
    _keep(frame, f"{one.name} removed", partial(_brought_back, frame, one.id))
    return "The paper is out of the lists."


def _keep(frame: shell.Frame, words: str, back: Callable[[str], object]) -> None:
    undo.keep(PAGE, words, frame.books.store_id, back)


def _taken_out(frame: shell.Frame, ids: list[int], key: str) -> object:
    return papers.remove(frame.books.engine, attachment_ids=ids, actor=frame.actor, key=key)


def _brought_back(frame: shell.Frame, number: int, key: str) -> object:
    return papers.remove(frame.books.engine, attachment_ids=[number], back=True, actor=frame.actor, key=key)


def _put_back(frame: shell.Frame, number: int, before: Mapping[str, Any], key: str) -> object:
    return papers.put_back(frame.books.engine, attachment_id=number, before=before, actor=frame.actor, key=key)
