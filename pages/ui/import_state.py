"""What an upload is at this moment: its files, where they go, and what the analyst corrected; plain values only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from arcore.intake.reading import understand
from arcore.intake.understood import Understood
from pages.ui import books
from pages.ui.books import Which

STATE = "import_upload"
STEP = "import_step"
FILES, COLUMNS, DIFFERENCE = "Files", "Columns", "Difference"
STEPS = (FILES, COLUMNS, DIFFERENCE)


@dataclass(frozen=True)
class Upload:
    """One upload.

    Attributes:
        files: name and bytes of each.
        into: which books it goes to.
        mapping: corrections by header fingerprint: column position → field, "" to leave it out.
        day_first: corrections of the date order by header fingerprint.
        as_of, currency: what the analyst said where a file does not.
        accepted: ids of the questions that were answered with yes.
    """

    files: tuple[tuple[str, bytes], ...]
    into: Which
    mapping: dict[str, dict[int, str]] = field(default_factory=dict)
    day_first: dict[str, bool] = field(default_factory=dict)
    as_of: date | None = None
    currency: str = ""
    accepted: frozenset[str] = frozenset()
    drafts: bool = False

    @property
    def reading(self) -> dict[str, Any]:
        """Return the options that reading takes."""
        return {
            "currency": self.currency or None,
            "as_of": self.as_of,
            "mapping": self.mapping or None,
            "day_first": self.day_first or None,
        }

    def key(self) -> str:
        """Return a digest of the files and of every choice: what a cached plan is kept by."""
        digest = hashlib.sha256()
        for name, content in self.files:
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        choices = (self.into, self.reading, sorted(self.accepted), self.drafts)
        digest.update(repr(choices).encode())
        return digest.hexdigest()


def current() -> Upload | None:
    """Return the upload that is being worked on."""
    found: Upload | None = st.session_state.get(STATE)
    return found


def keep(upload: Upload, *, step: str = "") -> None:
    """Keep what the analyst chose; for `on_click` and `on_change`."""
    st.session_state[STATE] = upload
    if step:
        st.session_state[STEP] = step


def change(**values: Any) -> None:
    """Change some of the choices of the current upload."""
    upload = current()
    if upload is not None:
        keep(replace(upload, **values))


def drop() -> None:
    """Forget the upload: nothing of it was written."""
    st.session_state.pop(STATE, None)
    st.session_state[STEP] = FILES
    st.session_state["upload_round"] = st.session_state.get("upload_round", 0) + 1


def understood(upload: Upload) -> list[Understood]:
    """Return what was understood of the files. Raises BadInput for one that can't be read at all."""
    found: list[Understood] = _understood(upload.key(), upload)
    return found


@st.cache_resource(max_entries=8, show_spinner="Reading the files")
def _understood(key: str, _upload: Upload) -> list[Understood]:  # noqa: ARG001  the key is what it is kept by
    return understand(_upload.files, **_upload.reading)


def target(upload: Upload) -> books.Books:
    """Open the books that the upload goes to."""
    return books.open_books(upload.into)
