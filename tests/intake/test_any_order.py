"""Random lives of a source, told in any order: the books are those of the right order, and undo leads back."""

from __future__ import annotations

import os
import shutil
from datetime import date
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.errors import NeedsAnswer
from arcore.store.engine import open_engine

EXAMPLES = int(os.environ.get("ARCORE_FUZZ_EXAMPLES", "0")) or 8
"""Random lives of a test; those of `make hunt` where it runs."""
START = date(2026, 1, 31)
MONTH = timedelta(days=28)

states = st.dictionaries(
    st.integers(1, 4),
    st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 1)),
    max_size=4,
)
"""One month of a source: invoice → (hundreds in all, hundreds done of them, which due date)."""


def growing(life: list[dict[int, tuple[int, int, int]]]) -> list[dict[int, tuple[int, int, int]]]:
    """Let revised amounts only grow: a smaller one that is all open may be a file that tells only what is open."""
    most: dict[int, int] = {}
    for state in life:
        for number, (amount, paid, due) in state.items():
            most[number] = max(amount, most.get(number, 0))
            state[number] = (most[number], paid, due)
    return life


lives = (
    st.lists(states, min_size=3, max_size=4)
    .map(growing)
    .flatmap(lambda life: st.tuples(st.just(life), st.permutations(range(len(life)))))
)
"""A life, and the order in which it is told."""
CAUSES = {"after a match of theirs had ended": 0, "while credits were matched": 2}
"""Why a late file is refused → what of a document was told in several ways: its amount, or its due date."""
CREDITS = 5
"""From this number on a document is a credit note."""
with_credits = (
    st.lists(
        st.dictionaries(
            st.sampled_from([2, 4, 5, 7]), st.tuples(st.integers(1, 3), st.integers(0, 2), st.just(0)), max_size=4
        ),
        min_size=3,
        max_size=4,
    )
    .map(growing)
    .flatmap(lambda life: st.tuples(st.just(life), st.permutations(range(len(life)))))
)
"""The same with credit notes beside the invoices of the same customers."""


def rows_of(files: Any, state: dict[int, tuple[int, int, int]]) -> list[Any]:
    """Return what a snapshot lists: what is still open."""
    found = []
    for number, (amount, paid, due) in state.items():
        more = {"customer": f"C{number % 2}", "due": f"2026-02-{10 + due}"}
        left = f"{amount - paid}00.00"
        if paid < amount and number >= CREDITS:
            found.append(files.credit(f"CN-{number}", f"{amount}00.00", "2026-01-06", left=f"-{left}", **more))
        elif paid < amount:
            found.append(files.document(f"INV-{number}", f"{amount}00.00", "2026-01-05", left=left, **more))
    return found


def inferred(office: Any) -> list[tuple[str, str, int]]:
    """Return every settlement that stands, and every one that ends one: number, day, units."""
    rows = office.rows(
        "SELECT number, document_date, amount FROM document d WHERE kind = 'settlement' AND reverses_id IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM document v WHERE v.reverses_id = d.id) ORDER BY number, document_date, amount"
    )
    return [(row["number"], str(row["document_date"]), row["amount"]) for row in rows]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(told=([{2: (3, 0, 1)}, {2: (2, 0, 0)}, {}, {}], [1, 3, 2, 0]))  # revised, gone, and the first comes last
@example(told=([{1: (3, 1, 0)}, {1: (3, 0, 0)}, {}, {}], [3, 1, 0, 2]))  # gone, back, gone again
@example(told=([{1: (3, 1, 0)}, {}, {1: (3, 0, 0)}], [0, 2, 1]))  # a hole in the middle
@example(told=([{1: (3, 1, 1)}, {1: (3, 1, 0)}, {1: (3, 0, 0)}, {}], [3, 1, 0, 2]))  # one fall over two due dates
@given(told=lives)
def test_any_order_ends_in_the_books_of_the_right_one(told, files, sqlite_template, office_of, tmp_path_factory):
    life, order = told
    snapshots = [
        files.snapshot((START + index * MONTH).isoformat(), *rows_of(files, state)) for index, state in enumerate(life)
    ]
    folder = tmp_path_factory.mktemp("life")
    right = fresh(sqlite_template, folder / "right.db", office_of)
    for snapshot in snapshots:
        right.take(snapshot, yes=True)
    office = fresh(sqlite_template, folder / "any.db", office_of)
    taken = []
    for index in order:
        before = (office.balances(), by_day(office), inferred(office))
        taken.append((office.take(snapshots[index], yes=True), before))
    assert office.history() == right.history()
    assert inferred(office) == inferred(right)
    assert office.whole()
    for imported, before in reversed(taken):
        office.undo(imported)
        assert (office.balances(), by_day(office), inferred(office)) == before
    assert office.whole()
    right.engine.dispose()
    office.engine.dispose()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# Half paid by a credit, which is used up later.
@example(told=([{2: (2, 1, 0), 5: (2, 1, 0)}, {2: (2, 1, 0)}, {2: (2, 1, 0)}], [2, 0, 1]))
# A credit and its invoice open again, once, and after each other.
@example(told=([{2: (2, 1, 0), 5: (2, 1, 0)}, {2: (2, 1, 0)}, {2: (2, 0, 0), 5: (2, 0, 0)}, {}], [2, 0, 3, 1]))
@example(told=([{2: (3, 2, 0), 5: (3, 2, 0)}, {2: (3, 0, 0), 5: (3, 2, 0)}, {2: (3, 1, 0), 5: (3, 0, 0)}], [1, 2, 0]))
# The invoice alone comes back, then the credit does.
@example(told=([{2: (1, 0, 0), 7: (2, 0, 0)}, {}, {2: (1, 0, 0)}, {7: (2, 0, 0)}], [0, 1, 3, 2]))
# Two credits of one amount, of which the first became known last.
@example(told=([{2: (1, 0, 0), 5: (1, 0, 0), 7: (3, 0, 0)}, {7: (3, 1, 0)}, {7: (3, 0, 0)}], [1, 2, 0]))
# A new credit where an invoice was closed and opened again before.
@example(told=([{2: (3, 0, 0)}, {}, {2: (3, 0, 0)}, {2: (3, 0, 0), 7: (3, 2, 0)}], [3, 1, 0, 2]))
# A credit that is revised when it opens again.
@example(told=([{5: (1, 0, 0)}, {2: (3, 2, 0)}, {2: (3, 0, 0), 5: (2, 0, 0)}], [1, 2, 0]))
# An invoice that is revised when its due date moves back.
@example(told=([{2: (3, 0, 0)}, {2: (3, 0, 1)}, {2: (4, 0, 0)}, {}], [1, 3, 0, 2]))
# A credit that is revised after the invoice that it closed came back: what closed that then is another credit now.
@example(told=(
    [
        {2: (2, 0, 0), 4: (1, 0, 0), 8: (1, 0, 0)},
        {4: (1, 0, 0)},
        {2: (3, 0, 0)},
        {2: (4, 0, 0), 4: (1, 0, 0), 8: (2, 0, 0)},
    ],
    [0, 2, 3, 1],
))  # fmt: skip
# The same, though no document's story would change: the late file says only that the invoice came back sooner.
@example(told=([{2: (1, 0, 0), 8: (1, 0, 0)}, {}, {2: (1, 0, 0)}, {2: (1, 0, 0), 8: (2, 0, 0)}], [1, 0, 3, 2]))
# Only what was open gets another due date, though a credit told later takes the place of what was settled before.
@example(told=([{1: (4, 1, 1)}, {1: (4, 3, 0), 6: (2, 0, 0)}, {5: (2, 1, 0), 6: (2, 0, 0)}], [2, 0, 1]))
# An invoice whose due date moves while its credit is posted again.
@example(told=([{5: (4, 1, 0)}, {1: (4, 0, 2), 5: (4, 0, 0)}, {1: (4, 1, 0)}], [2, 1, 0]))
@given(told=with_credits)
def test_credits_end_in_the_right_books_too_or_one_revised_is_refused(
    told, files, sqlite_template, office_of, tmp_path_factory
):
    life, order = told
    snapshots = [
        files.snapshot((START + index * MONTH).isoformat(), *rows_of(files, state)) for index, state in enumerate(life)
    ]
    folder = tmp_path_factory.mktemp("life")
    right = fresh(sqlite_template, folder / "right.db", office_of)
    for snapshot in snapshots:
        right.take(snapshot, yes=True)
    office = fresh(sqlite_template, folder / "any.db", office_of)
    said = ""
    for index in order:
        before = (by_day(office), pairs(office), inferred(office))
        try:
            last = office.take(snapshots[index], yes=True)
        except NeedsAnswer as asked:
            said = asked.message
            break
    if said:
        [amount_or_due] = [what for words, what in CAUSES.items() if words in said]
        assert changed(life, amount_or_due)
        return
    assert by_day(office) == by_day(right)
    assert matches(office) == matches(right)
    assert inferred(office) == inferred(right)
    assert office.whole()
    office.undo(last)
    assert (by_day(office), pairs(office), inferred(office)) == before
    assert office.whole()
    right.engine.dispose()
    office.engine.dispose()


def changed(life: list[dict[int, tuple[int, int, int]]], what: int) -> bool:
    """Tell whether a document has several amounts (0) or due dates (2) in a life."""
    found: dict[int, set[int]] = {}
    for state in life:
        for number, told in state.items():
            found.setdefault(number, set()).update({told[what]} if told[1] < told[0] else ())
    return any(len(several) > 1 for several in found.values())


def by_day(office: Any) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return how what is open moved: number and due date → days and units; voids under the number of their document."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in office.moves():
        on = found.setdefault((row["number"], str(row["due_date"])), {})
        on[str(row["day"])] = on.get(str(row["day"]), 0) + row["units"]
    return {key: moved for key, on in found.items() if (moved := [pair for pair in sorted(on.items()) if pair[1]])}


def matches(office: Any) -> dict[tuple[str, str, str], int]:
    """Return what is applied: number of the credit, of the debit, day → units."""
    rows = office.rows(
        "SELECT c.number AS credit, d.number AS debit, a.effective_on AS day, a.amount AS units FROM application a "
        "JOIN item f ON f.id = a.from_item_id JOIN document c ON c.id = f.document_id "
        "JOIN item t ON t.id = a.to_item_id JOIN document d ON d.id = t.document_id "
        "WHERE a.reverses_id IS NULL AND a.id NOT IN "
        "(SELECT reverses_id FROM application WHERE reverses_id IS NOT NULL) AND c.reverses_id IS NULL "
        "AND d.reverses_id IS NULL AND c.id NOT IN (SELECT reverses_id FROM document WHERE reverses_id IS NOT NULL) "
        "AND d.id NOT IN (SELECT reverses_id FROM document WHERE reverses_id IS NOT NULL)"
    )
    found: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row["credit"], row["debit"], str(row["day"]))
        found[key] = found.get(key, 0) + row["units"]
    return found


def pairs(office: Any) -> dict[tuple[str, str], int]:
    """Return what is applied from whenever on: number of the credit, of the debit → units."""
    found: dict[tuple[str, str], int] = {}
    for (credit, debit, _), units in matches(office).items():
        found[credit, debit] = found.get((credit, debit), 0) + units
    return found


def fresh(template: Path, path: Path, office_of: Any) -> Any:
    """Return an office with empty books."""
    shutil.copyfile(template, path)
    return office_of(open_engine(f"sqlite:///{path}"))
