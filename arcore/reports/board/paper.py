"""The board pack on paper: A4 across, drawn by typst; same pack, same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from arcore.glyphs import drawn
from arcore.reports.board.contents import Pack
from arcore.reports.board.layout import pages

_TEMPLATE = Path(__file__).with_name("pack.typ")
LONGEST = 7_000
"""Signs of one text; notes are the longest."""
SHARP = 110.0
"""Dots an inch of the picture of the first page."""


def pdf(pack: Pack) -> bytes:
    """Draw the whole pack."""
    return _compiled(pages(pack), "pdf")


def first_page(pack: Pack) -> bytes:
    """Draw the first page as PNG."""
    return _compiled({**pages(pack, first_only=True), "first_only": True}, "png")


def _compiled(data: Mapping[str, Any], kind: Any) -> bytes:
    text = json.dumps(_plain(data), ensure_ascii=False)
    made: Any = typst.compile(
        _TEMPLATE, format=kind, ppi=SHARP, sys_inputs={"data": text}, ignore_system_fonts=True
    )  # fmt: skip
    return bytes(made)


def _plain(value: Any) -> Any:
    """Return the data with every text in signs that the fonts have; texts are printed as they are, never as markup."""
    if isinstance(value, str):
        return "\n".join(map(drawn, value.split("\n")))[:LONGEST]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
