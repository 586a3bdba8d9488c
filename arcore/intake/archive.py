"""Archives that hold the files of one export: each file inside becomes a file of its own, measured before unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import PurePosixPath

from arcore.errors import BadInput

MOST_FILES = 200
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 300
SMALL = 8 * 1024 * 1024
"""Below this size a high ratio is no trap."""
_SPREADSHEETS = ("xl/", "content.xml", "word/", "ppt/")
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def unpacked(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the files with archives replaced by what they hold, named "export.zip/invoices.csv".

    A workbook is an archive too and stays as it is. Raises BadInput for a broken, locked or overlarge archive, and
    for one inside another.
    """
    return [found for name, data in files for found in _unpacked(name, data)]


def _unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK\x03\x04"):
        yield name, data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [entry for entry in packed.infolist() if not _is_junk(entry)]
            if any(entry.filename.startswith(_SPREADSHEETS) for entry in entries):
                yield name, data
                return
            _measure(name, entries, len(data))
            for entry in entries:
                yield f"{name}/{PurePosixPath(entry.filename).name}", packed.read(entry)
    except BadInput:
        raise
    except Exception as err:
        # A damaged archive fails in more ways than zipfile names.
        raise BadInput(f"{name} is not a complete workbook or archive: it can't be opened.", file=name) from err


def _is_junk(entry: zipfile.ZipInfo) -> bool:
    return entry.is_dir() or entry.filename.startswith(_JUNK[0]) or entry.filename.endswith(_JUNK[1:])


def _measure(name: str, entries: list[zipfile.ZipInfo], packed: int) -> None:
    """Refuse what would be too much before any of it is unpacked; a directory that lies makes reading fail."""
    size = sum(entry.file_size for entry in entries)
    if not entries:
        raise BadInput(f"{name} is an empty archive.", file=name)
    if inner := [entry.filename for entry in entries if entry.filename.lower().endswith(".zip")]:
        raise BadInput(f"{name} holds another archive, {inner[0]}: unpack that first.", file=name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadInput(f"{name} is locked by a password: unpack it and give the files inside.", file=name)
    if len(entries) > MOST_FILES or size > min(MOST_UNPACKED, max(packed * MOST_RATIO, SMALL)):
        raise BadInput(
            f"{name} holds {len(entries):,} files of {size / 2**20:,.0f} MB together, which is more than is read.",
            file=name,
        )
