"""How far a sheet reaches is known before it is opened, however its cells are written."""

from __future__ import annotations

import io
from xml.parsers.expat import ExpatError

import pytest

from arcore.intake.extent import Extent
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
