"""Fixtures for reading files: text or cells in, what was understood out; the shared samples where they are there."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arcore.intake.reading import understand
from arcore.intake.understood import Understood

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture(scope="session")
def read_text() -> Callable[..., Understood]:
    """Return a function that understands one CSV text, given with any options of `understand`."""

    def read(text: str, *, name: str = "file.csv", encoding: str = "utf-8", **options: Any) -> Understood:
        (found,) = understand([(name, text.encode(encoding))], **options)
        return found

    return read


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """Return a function that makes an .xlsx of sheets: name → rows of cells."""

    def make(**sheets: Sequence[Sequence[Any]]) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of sample exports; skips where they are not there."""
    if not (SHARED / "imports").is_dir():
        pytest.skip("the sample exports (../shared/imports) are not here")
    return SHARED / "imports"


@pytest.fixture(scope="session")
def expectations(samples: Path) -> dict[str, dict[str, Any]]:
    """Return what is expected of each sample: path → kind and figures."""
    known = json.loads((SHARED / "import_expectations.json").read_text())
    return {one["path"]: one for one in known}
