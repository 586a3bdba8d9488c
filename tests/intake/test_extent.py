"""How far a sheet reaches is known before it is opened, however its cells are written."""

from __future__ import annotations

import contextlib
import io
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from arcore.intake import extent as module
from arcore.intake.extent import Extent
from arcore.intake.extent import glance
from arcore.intake.extent import measure


def extent(xml: str) -> Extent:
    """Measure one XML part."""
    return measure(io.BytesIO(xml.encode()))


def test_cells_are_placed_by_reference_or_one_after_the_other() -> None:
    assert extent('<sheetData><row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row></sheetData>') == Extent(3, 3, 2, 0)
    assert extent("<sheetData><row><c><v>1</v></c></row><row><c><is/></c></row></sheetData>") == Extent(2, 1, 2, 0)


@pytest.mark.parametrize("cell", ['r="xfd1048576"', "r='XFD1048576'", 'x="1" r = "XFD1048576"'])
def test_far_cells_are_seen_in_any_spelling(cell: str) -> None:
    found = extent(f'<x:sheetData xmlns:x="y"><x:row><x:c {cell}><x:v>1</x:v></x:c></x:row></x:sheetData>')
    assert (found.rows, found.columns) == (1_048_576, 16_384)


def test_cells_with_a_style_and_nothing_in_them_do_not_count() -> None:
    assert extent('<row r="900000"><c r="XFD900000" s="1"/></row>') == Extent(0, 0, 0, 0)


@pytest.mark.parametrize(
    "row", ['<row r="99999999"/>', '<c r="ZZZZ1"/>', '<c r="A99999999"/>', '<c r="-1"/>', '<row r="x"/>']
)
def test_a_place_that_no_sheet_has_is_odd(row: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        extent(f"<sheetData>{row}</sheetData>")


def test_the_longest_shared_string_is_known_though_it_comes_in_runs() -> None:
    assert extent("<sst><si><t>abc</t></si><si><r><t>ab</t></r><r><t>cd</t></r></si></sst>").longest == 4


def test_entities_are_refused_before_they_unfold() -> None:
    with pytest.raises(ValueError, match="document type"):
        extent('<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')


def test_broken_xml_is_broken() -> None:
    with pytest.raises(ExpatError):
        extent("<sheetData><row>")


CELL = '<c r="{}"><v>1</v></c>'
PIECES = st.sampled_from(
    [
        CELL.format("A1"),
        CELL.format("XFD1048576"),
        '<c r="C7" s="1"/>',
        '<c s="1" r="D9"><v>1</v></c>',
        "<c><v>2</v></c>",
        '<c r="e5"><is><t>x</t></is></c>',
        "<!-- <si>",
        "-->",
        '<![CDATA[<c r="F6">]]>',
        "<row>",
        "</row>",
        '<row r="12">',
        "<cols><col/></cols>",
        "<si><t>" + "x" * 50 + "</t></si>",
        '<x:c xmlns:x="y" r="G20"><x:v>3</x:v></x:c>',
        "<si><six/>" + "y" * 30,
        "</si>",
        "\n" * 20,
    ]
)


@given(pieces=st.lists(PIECES, max_size=12), chunk=st.integers(1, 90))
@example(pieces=[CELL.format("B2"), CELL.format("AA31"), "<si><t>abcdef</t></si>"], chunk=7)
def test_a_glance_never_sees_less_than_there_is(pieces: list[str], chunk: int) -> None:
    xml = f"<sheetData>{''.join(pieces)}</sheetData>"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_CHUNK", chunk)
        try:
            whole = extent(xml)
        except (ValueError, ExpatError):
            with contextlib.suppress(ValueError, ExpatError):
                glance(io.BytesIO(xml.encode()))
            return
        seen = glance(io.BytesIO(xml.encode()))
    assert seen is None or all(more >= there for more, there in zip(seen, whole, strict=True))


def test_a_glance_is_enough_for_what_programs_write() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n}</v></c><c r="AB{n}"/></row>' for n in range(1, 50))
    seen = glance(io.BytesIO(f'<?xml version="1.0" encoding="UTF-8"?>\n<sheetData>{rows}</sheetData>'.encode()))
    assert seen == Extent(49, 28, 98, 0)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_glance_leaves_other_encodings_to_the_closer_look(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><sheetData>{CELL.format("B2")}</sheetData>'
    assert glance(io.BytesIO(xml.encode(encoding))) is None


def test_a_glance_refuses_entities_too() -> None:
    with pytest.raises(ValueError, match="document type"):
        glance(io.BytesIO(b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'))
