"""What an upload is at this moment: its files, where they go, what the analyst chose; and what was understood of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any
from typing import NamedTuple

import streamlit as st

from arcore.errors import BadInput
from arcore.intake import queries
from arcore.intake.archive import unpacked
from arcore.intake.profiles_own import own_profiles
from arcore.intake.profiles_read import Profile
from arcore.intake.queries import Remembered
from arcore.intake.reading import understand
from arcore.intake.understood import Understood
from pages.ui import books
from pages.ui.books import Books
from pages.ui.books import Which
from pages.ui.format import Format
from pages.ui.import_words import size

STATE = "import_upload"
STEP = "import_step"
ROUND = "import_round"
MAIN = "main"
"""The company of ours that files are about when nobody says so."""
FILES, COLUMNS, DIFFERENCE = "Files", "Columns", "Difference"
STEPS = (FILES, COLUMNS, DIFFERENCE)
KEPT_SECONDS = 3600
"""So long the last files read and plans made are kept."""


class File(NamedTuple):
    """An uploaded file; its digest is taken once."""

    name: str
    content: bytes
    digest: str


class Unread(NamedTuple):
    """A file that can't be read at all, and why."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Upload:
    """One upload, and what was chosen for it.

    Attributes:
        into: which books it goes to.
        mapping: corrections by header fingerprint: column position → field, "" to leave it out.
        afresh: fingerprints of headers for which what is remembered does not count.
        day_first: corrections of the date order by header fingerprint.
        as_of, currency: what the analyst said where a file does not.
        scope: what was filtered in the source, "" for everything.
        entity: the company of ours that the files are about; a column of a file wins.
        accepted: id and text of the questions that were answered with yes.
        united: answers about new customers that look like somebody we have; they change the plan.
    """

    files: tuple[File, ...]
    into: Which
    mapping: dict[str, dict[int, str]] = field(default_factory=dict)
    afresh: frozenset[str] = frozenset()
    day_first: dict[str, bool] = field(default_factory=dict)
    as_of: date | None = None
    currency: str = ""
    scope: str = ""
    entity: str = MAIN
    accepted: frozenset[tuple[str, str]] = frozenset()
    drafts: bool = False
    united: frozenset[str] = frozenset()

    @property
    def names(self) -> str:
        """Return the name of the one file, or how many there are."""
        return self.files[0].name if len(self.files) == 1 else f"{len(self.files)} files"

    def key(self) -> str:
        """Return what a plan is kept by: the files and every choice but the answers, which change nothing in it."""
        read = (self.mapping, self.afresh, self.day_first, self.as_of, self.currency)
        choices = (*read, self.scope, self.drafts, self.entity, sorted(self.united))
        named = [(file.name, file.digest) for file in self.files]
        return hashlib.sha256(repr((named, self.into, choices)).encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """What was understood of an upload.

    Attributes:
        files: one for each table; a workbook may hold several.
        unread: files that can't be read at all.
        known: how files with these headers were read before.
        currency: what amounts without one are taken for: as chosen, else as remembered; "" leaves it to the company.
    """

    files: tuple[Understood, ...]
    unread: tuple[Unread, ...]
    known: Remembered
    currency: str


def current() -> Upload | None:
    """Return the upload that is being worked on."""
    found: Upload | None = st.session_state.get(STATE)
    return found


def take(given: Sequence[tuple[str, bytes]], into: Which, entity: str = MAIN) -> None:
    """Begin with files, an archive as those inside; for `on_click`. Files of one name get numbers."""
    files: dict[str, File] = {}
    with suppress(BadInput):  # reading it says why
        given = unpacked(given)
    for name, content in given:
        path, number = PurePath(name), 1
        while name in files:
            number += 1
            name = f"{path.stem} ({number}){path.suffix}"  # noqa: PLW2901  the name that is free
        files[name] = File(name, content, hashlib.sha256(content).hexdigest())
    st.session_state[STATE] = Upload(tuple(files.values()), into, entity=entity)
    go(COLUMNS)


def go(step: str) -> None:
    """Go to a step; for `on_click`."""
    st.session_state[STEP] = step


def change(**values: Any) -> None:
    """Change some of the choices of the current upload."""
    upload = current()
    if upload is not None:
        st.session_state[STATE] = replace(upload, **values)


def drop() -> None:
    """Forget the upload: nothing of it was written."""
    st.session_state.pop(STATE, None)
    st.session_state[STEP] = FILES
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def target(upload: Upload) -> Books:
    """Open the books that the upload goes to. Raises Unavailable."""
    return books.open_books(upload.into)


def found(upload: Upload, opened: Books, say: Format) -> Found:
    """Return what is understood of the files, read the way files with the same header were read before."""
    known, own = _remembered(opened.version, opened), profiles(opened)
    tables, unread, currency = [], [], upload.currency
    for place, file in enumerate(upload.files):
        said = f"Reading {file.name}, {size(len(file.content), say)}"
        with st.spinner(said if len(upload.files) == 1 else f"{said} ({place + 1} of {len(upload.files)})"):
            read = _read(file, upload, known, own, upload.currency)
            usual = "" if isinstance(read, Unread) else _usual_currency(read, known)
            if usual and not upload.currency:
                currency = currency or usual
                read = _read(file, upload, known, own, usual)
        if isinstance(read, Unread):
            unread.append(read)
        else:
            tables += read
    return Found(tuple(tables), tuple(unread), known, currency)


def corrections(upload: Upload, known: Remembered, fingerprint: str) -> dict[int, str]:
    """Return the corrections that count for a header: what is remembered, and over it what was chosen now."""
    before = {} if fingerprint in upload.afresh else known.columns.get(fingerprint, {})
    return before | upload.mapping.get(fingerprint, {})


def _usual_currency(tables: Sequence[Understood], known: Remembered) -> str:
    """Return what amounts without a currency were taken for the last time, under the same header."""
    silent = [one.header_fingerprint for one in tables if any(not row.currency for row in one.rows)]
    return next((known.currency[mark] for mark in silent if mark in known.currency), "")


def _read(
    file: File, upload: Upload, known: Remembered, own: tuple[Profile, ...], currency: str
) -> list[Understood] | Unread:
    marks = {*known.columns, *upload.mapping}
    options = {
        "currency": currency or None,
        "as_of": upload.as_of,
        "mapping": {mark: corrections(upload, known, mark) for mark in sorted(marks)} or None,
        "day_first": upload.day_first or None,
        "usual_day_first": known.day_first,
        "usual_snapshots": sorted(known.snapshots),
        "own_profiles": own,
    }
    made: list[Understood] | Unread = _understood(file.name, file.digest, repr(options), file.content, options)
    return made


@st.cache_resource(max_entries=24, ttl=KEPT_SECONDS, show_spinner=False)
def _understood(
    name: str, digest: str, choices: str, _content: bytes, _options: dict[str, Any]  # noqa: ARG001  kept by these
) -> list[Understood] | Unread:  # fmt: skip
    try:
        return understand([(name, _content)], **_options)
    except BadInput as error:
        return Unread(name, error.message)


def profiles(opened: Books) -> tuple[Profile, ...]:
    """Return the profiles that users saved in these books."""
    kept: tuple[Profile, ...] = _profiles(opened.version, opened)
    return kept


@st.cache_resource(max_entries=4, ttl=KEPT_SECONDS, show_spinner=False)
def _profiles(version: tuple[str, int], _opened: Books) -> tuple[Profile, ...]:  # noqa: ARG001  kept by the version
    return own_profiles(_opened.engine)


@st.cache_resource(max_entries=4, ttl=KEPT_SECONDS, show_spinner=False)
def _remembered(version: tuple[str, int], _opened: Books) -> Remembered:  # noqa: ARG001  kept by the version
    return queries.remembered(_opened.engine)
