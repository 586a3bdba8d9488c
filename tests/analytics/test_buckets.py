"""Where days past due are cut."""

from __future__ import annotations

import pytest

from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import labels
from arcore.analytics.buckets import offsets
from arcore.errors import BadInput


def test_names_of_the_ordinary_buckets():
    assert labels() == ("1-30", "31-60", "61-90", "91+")
    assert columns_of() == ("not due", "1-30", "31-60", "61-90", "91+", "unapplied")


def test_edges_are_free():
    assert labels((7,)) == ("1-7", "8+")
    assert labels(()) == ("1+",)
    assert offsets((7,)).tolist()[1:] == [1, 8]


@pytest.mark.parametrize("edges", [(30, 30), (60, 30), (0, 30), (-5,)])
def test_edges_have_to_ascend_from_one(edges):
    with pytest.raises(BadInput, match="positive and ascend"):
        labels(edges)
