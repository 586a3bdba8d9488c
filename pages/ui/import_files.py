"""Step one of an import: drop files, say where they go; or try one of ours in the sample company."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from arcore.intake.customers import template
from arcore.reports.book import book
from arcore.settings import ROOT
from pages.ui import books
from pages.ui import import_state
from pages.ui.books import Which
from pages.ui.format import as_label
from pages.ui.import_state import Upload

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "ods", "xml", "html", "json", "jsonl", "zip", "gz", "iif", "edi"]
INTO = {"My books": books.MINE, "Try it in the sample": books.SAMPLE}
LONGEST_ENTITY = 40
READ = (
    "Open items of one day, such as an aging detail",
    "Invoices, credit notes, payments",
    "Customers and contacts",
    "Balances per customer, to compare with the books",
    "arcore's own export of the books",
)
SAMPLES = {
    "Open items, CSV": "quickbooks-ar-aging-detail.csv",
    "Invoices and payments, Excel": "invoices-and-payments.xlsx",
}
"""Files of our own that show the upload."""


def draw(upload: Upload | None) -> None:
    """Draw the upload, and beside it what can be read."""
    left, right = st.columns([8.4, 3.6], gap="small")
    with left, st.container(border=True, gap="small", height="stretch"):
        _upload(upload)
    with right, st.container(border=True, gap="xsmall", height="stretch"):
        _help()


def _upload(upload: Upload | None) -> None:
    given = st.file_uploader(
        "CSV, Excel, OpenDocument, JSON or ZIP: one or several that belong together",
        type=TYPES,
        accept_multiple_files=True,
        key=f"files_{st.session_state.get(import_state.ROUND, 0)}",
    )
    word = st.segmented_control(
        "Where do they go?", list(INTO), key="into", default=None,
        help="The sample company is a store of its own; trying there changes nothing in your books.",
    )  # fmt: skip
    entity = _entity(INTO[word]) if word else import_state.MAIN
    missing = "" if given and word else "Choose files first." if not given else "Say where they go."
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Read the files", type="primary", key="read", disabled=bool(missing),
            on_click=partial(_take, given or [], str(word), entity),
        )  # fmt: skip
        if missing:
            st.markdown(f":small[:gray[{missing}]]", width="content")
        if upload is not None:
            st.button(
                f"Back to {upload.names}" if len(upload.files) > 1 else "Back to the file that was read",
                key="resume",
                type="tertiary",
                on_click=partial(import_state.go, import_state.COLUMNS),
            )


def _entity(into: Which) -> str:
    """Ask which company of ours the files are about: one that is known, or a new one by its name."""
    known = sorted(book(books.open_books(into).engine).entities) or [import_state.MAIN]
    usual = known.index(import_state.MAIN) if import_state.MAIN in known else 0
    chosen = st.selectbox(
        "Which company of ours are they about?", known, index=usual, key=f"entity_{into}", accept_new_options=True,
        width=340,
        help="Each legal entity keeps its own invoices in one store. For another one type its name. A column of a file "
        "that names the entity wins.",
    )  # fmt: skip
    return " ".join(str(chosen or "").split())[:LONGEST_ENTITY] or import_state.MAIN


def _take(given: list[UploadedFile], word: str, entity: str) -> None:
    import_state.take([(file.name, file.getvalue()) for file in given], INTO[word], entity)


def _help() -> None:
    st.markdown("**What can be read**")
    st.markdown("  \n".join(f":small[:green[:material/check:] {as_label(line)}]" for line in READ))
    st.download_button(
        "Template for customers", template, "customers.csv", "text/csv", key="template", on_click="ignore",
        type="tertiary", icon=":material/download:",
    )  # fmt: skip
    paths = {word: ROOT / "data" / "samples" / name for word, name in SAMPLES.items()}
    there = {word: path for word, path in paths.items() if path.is_file()}
    if there:
        st.markdown("**No file at hand?** :gray[:small[try one in the sample company]]")
    with st.container(gap=None):
        for word, path in there.items():
            st.button(
                word, key=f"try_{path.stem}", type="tertiary", icon=":material/play_arrow:",
                on_click=partial(_try, path),
            )  # fmt: skip


def _try(path: Path) -> None:
    import_state.take([(path.name, path.read_bytes())], books.SAMPLE)
