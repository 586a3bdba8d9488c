"""Ids in pieces for queries."""

from __future__ import annotations

import pytest

from arcore.store.chunks import CHUNK
from arcore.store.chunks import chunks


@pytest.mark.parametrize(
    ("ids", "size", "pieces"),
    [
        ([], 2, []),
        ([3, 1, 2, 1], 2, [[1, 2], [3]]),
        (["b", "a"], 2, [["a", "b"]]),
        ({1, 2, 3, 4}, 4, [[1, 2, 3, 4]]),
    ],
)
def test_each_id_comes_once_in_order_in_pieces_that_fit(ids, size: int, pieces) -> None:
    assert list(chunks(ids, size)) == pieces


def test_a_query_takes_as_many_as_every_database_does() -> None:
    assert [len(piece) for piece in chunks(range(2 * CHUNK + 1))] == [CHUNK, CHUNK, 1]
