"""Other people's words as text for the screen; figures and dates are written by `arcore.written`."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from arcore.written import NONE
from arcore.written import Format

__all__ = ["NONE", "Format", "as_label", "days_as_read"]

_PUNCT = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&@^=\"'/%;,?])")
_CTRL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]+")
_JOINER = "\u2060"
_DAY = re.compile(r"(?<![\w'\"“-])\d{4}-\d{2}-\d{2}(?![\w'\"”-]|\.\w)")


def as_label(text: object) -> str:
    """Make somebody else's text safe in Markdown: it reads exactly as it was written.

    Plain-text places (grids, select boxes, `st.text`) need none of this: there the backslashes would show.
    """
    clean = _PUNCT.sub(r"\\\1", _CTRL.sub(" ", str(text)).strip())
    # A word joiner has no width; it breaks what Markdown plugins look for: emoji codes, links, arrows.
    clean = re.sub(r"\\([:@])", r"\\\1" + _JOINER, clean)
    clean = re.sub(r"(?i)\bwww(?=\\\.)", "www" + _JOINER, clean)
    return re.sub(r"(?<=[-<>=~])(?=\\[-<>=~])", _JOINER, clean)


def days_as_read(sentence: str) -> str:
    """Write the days in a sentence of the core as all other days: 2026-11-20 is 20 Nov 2026; quotes and files stay."""
    return _DAY.sub(_day_as_read, sentence)


def _day_as_read(found: re.Match[str]) -> str:
    with suppress(ValueError):
        return Format().day(date.fromisoformat(found.group()))
    return found.group()
