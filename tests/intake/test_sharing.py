"""Equal cells of a column are one object, and nothing that differs becomes equal."""

from __future__ import annotations

from datetime import date
from datetime import datetime

import pytest

from arcore.intake import sharing
from arcore.intake.delimited import read_delimited
from arcore.intake.sharing import Shared


def test_equal_texts_and_days_of_a_column_are_one_object() -> None:
    shared = Shared(lambda cell: cell.strip() if isinstance(cell, str) else cell)
    rows = [shared.row([text, date(2026, 1, 5)], 2) for text in ("EUR ", " EUR", "EUR ")]
    assert rows == [["EUR", date(2026, 1, 5)]] * 3
    assert rows[0][0] is rows[2][0]
    assert rows[0][1] is rows[2][1]


def test_numbers_that_are_equal_keep_their_kind() -> None:
    shared = Shared(lambda cell: cell)
    cells = [1, 1.0, True, "1", datetime(2026, 1, 5), date(2026, 1, 5)]  # noqa: DTZ001 - cells have no zone
    kept = [shared.row([cell], 1)[0] for cell in cells * 2]
    assert list(map(repr, kept)) == list(map(repr, cells * 2))


def test_rows_may_grow_and_shrink() -> None:
    shared = Shared(str.strip)
    assert [shared.row(row, len(row)) for row in ([" a"], [], ["a ", "b "], ["c"])] == [["a"], [], ["a", "b"], ["c"]]


def test_a_column_of_different_texts_is_given_up_and_still_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "LOOKED_AT", 10)
    shared = Shared(str.strip)
    rows = [shared.row([f" INV-{number} ", f"{number % 2} "], 2) for number in range(40)]
    assert rows == [[f"INV-{number}", f"{number % 2}"] for number in range(40)]
    assert shared._known[0] is None
    assert len(shared._known[1] or ()) == 2


def test_a_text_of_several_pieces_is_cut_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'No,Text\r\n1,"a\r\nb"\r\n2,c\rd\n\n3,"e ""f"""\n4,g'
    whole = read_delimited("x", text)
    monkeypatch.setattr("arcore.intake.delimited._SAMPLE", 3)
    monkeypatch.setattr("arcore.intake.delimited.choose_delimiter", lambda _text: ",")
    assert read_delimited("x", text) == whole
    assert [row for row in whole.rows if row][-2:] == [["3", 'e "f"'], ["4", "g"]]
