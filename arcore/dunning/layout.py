"""A letter's pieces laid out as plain text and as HTML."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined
from jinja2 import Template

from arcore.dunning.parts import LEFT
from arcore.dunning.parts import Part
from arcore.dunning.parts import Payment
from arcore.dunning.parts import Table

_GAP = "  "
_WIDEST = 24
"""Signs of a document number in the text; the HTML and the statement have it whole."""


def as_text(parts: Sequence[Part]) -> str:
    """Lay a letter out as plain text; its tables are aligned in a font of equal widths."""
    said = []
    for part in parts:
        if isinstance(part, Table):
            said.append(_text_table(part))
        elif isinstance(part, Payment):
            said.append(_text_payment(part))
        else:
            said.append("\n".join(part.lines))
    return "\n\n".join(said) + "\n"


def as_html(parts: Sequence[Part], *, subject: str, language: str) -> str:
    """Lay a letter out as one HTML page that asks nothing from outside; every value is escaped."""
    pieces = [(type(part).__name__, part) for part in parts]
    return _page().render(pieces=pieces, subject=subject, language=language, left=LEFT)


def _text_table(table: Table) -> str:
    heads = list(table.heads)
    total = [table.total[0], *[""] * (len(heads) - len(table.total)), *table.total[1:]]
    rows = [[_cut(cell) if not place else cell for place, cell in enumerate(row.cells)] for row in table.rows]
    every = [heads, *rows, total]
    widths = [max(_width(line[place]) for line in every) for place in range(len(heads))]
    rule = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    return "\n".join([_text_line(heads, widths), rule, *(_text_line(row, widths) for row in rows), rule,
                      _text_line(total, widths)])  # fmt: skip


def _text_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    filled = [
        cell + " " * (width - _width(cell)) if place < LEFT else " " * (width - _width(cell)) + cell
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return _GAP.join(filled).rstrip()


def _text_payment(payment: Payment) -> str:
    widest = max((_width(label) for label, _ in payment.rows), default=0)
    rows = [f"  {label}:{' ' * (widest - _width(label))} {value}" for label, value in payment.rows]
    return "\n".join([payment.heading, *(f"  {line}" for line in payment.lines), *rows])


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _width(text: str) -> int:
    """Return how many columns a text takes in a font of equal widths."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


@lru_cache(maxsize=1)
def _page() -> Template:
    folder = Path(__file__).with_name("templates")
    made = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return made.get_template("letter.html")
