"""Random lives of a source, told by snapshots in order: the books follow, and what people booked stays theirs."""

from __future__ import annotations

import shutil
from datetime import date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.ledger import service
from arcore.store.engine import open_engine

START = date(2026, 1, 31)
MONTH = timedelta(days=28)

states = st.dictionaries(
    st.integers(1, 8),
    st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 2)),
    max_size=8,
)
"""One month of a source: invoice → (hundreds invoiced, hundreds paid of them, which due date)."""


def rows_of(files: Any, state: dict[int, tuple[int, int, int]], born: dict[int, str] | None = None) -> list[Any]:
    """Return what a snapshot lists: what is still open. `born` dates the invoices."""
    return [
        files.document(
            f"INV-{number}",
            f"{amount}00.00",
            (born or {}).get(number, "2026-01-05"),
            customer=f"C{number % 3}",
            due=f"2026-02-{10 + due}",
            left=f"{amount - paid}00.00",
        )
        for number, (amount, paid, due) in state.items()
        if paid < amount
    ]


def open_of(state: dict[int, tuple[int, int, int]]) -> dict[str, str]:
    """Return what a source says is open."""
    return {f"INV-{n}": f"{amount - paid}00.00" for n, (amount, paid, _) in sorted(state.items()) if paid < amount}


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(
    months=[
        {3: (3, 2, 1), 8: (2, 2, 0), 4: (2, 1, 2), 6: (2, 2, 1), 7: (3, 2, 2), 1: (3, 1, 2), 2: (2, 1, 1)},
        {},
        {},
        {5: (2, 3, 2)},
        {
            3: (1, 1, 0),
            6: (2, 3, 2),
            8: (1, 1, 0),
            1: (3, 2, 1),
            5: (3, 0, 0),
            4: (1, 3, 0),
            2: (3, 3, 0),
            7: (3, 0, 2),
        },
    ]
)  # two voids of different undos that stand open against each other in the past
@example(
    months=[
        {
            7: (3, 2, 2),
            5: (2, 3, 2),
            3: (2, 0, 0),
            2: (2, 0, 1),
            8: (3, 2, 0),
            1: (3, 0, 2),
            6: (1, 2, 2),
            4: (2, 2, 2),
        },
        {8: (1, 3, 0), 2: (1, 3, 2), 7: (3, 1, 2), 3: (2, 3, 2), 6: (2, 2, 2)},
        {4: (2, 0, 0), 2: (3, 1, 0), 8: (3, 1, 1), 3: (1, 0, 0), 5: (3, 1, 2), 6: (1, 2, 0)},
        {8: (2, 1, 1)},
        {1: (2, 1, 0)},
    ]
)
@given(months=st.lists(states, min_size=1, max_size=5))
def test_books_say_what_the_source_said_on_every_snapshots_day(
    months, files, sqlite_template, office_of, tmp_path_factory
):
    office, engine = fresh(sqlite_template, tmp_path_factory.mktemp("life"), office_of)
    days = [(START + index * MONTH).isoformat() for index in range(len(months))]
    born: dict[int, str] = {}
    told = []
    for day, state in zip(days, months, strict=True):
        born |= {n: day for n, (amount, paid, _) in state.items() if paid < amount and n not in born}
        told.append(files.snapshot(day, *rows_of(files, state, born)))
    taken = []
    for snapshot, state in zip(told, months, strict=True):
        taken.append(office.take(snapshot, yes=True))
        assert office.open() == open_of(state)
        assert office.take(snapshot, yes=True) is None
    kept = amounts(months)
    for day, state in zip(days, months, strict=True):
        then = office.open(day)
        assert {n: then.get(f"INV-{n}") for n in kept} == {n: open_of(state).get(f"INV-{n}") for n in kept}
    assert office.whole()
    first = office.balances()
    for number in reversed([number for number in taken if number]):
        office.undo(number)
    assert office.balances() == {}
    for snapshot in told:
        office.take(snapshot, yes=True)
    assert office.balances() == first
    assert office.whole()
    engine.dispose()


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), months=st.lists(states, min_size=2, max_size=5))
def test_open_balance_is_the_sources_word_and_what_was_booked_here(
    data, months, files, sqlite_template, office_of, tmp_path_factory
):
    """Payments booked here before the source knows them are pending; as it learns of them, nothing is counted twice."""
    office, engine = fresh(sqlite_template, tmp_path_factory.mktemp("life"), office_of)
    first = dict.fromkeys(range(1, 9), (3, 0, 0))
    office.take(files.snapshot(START.isoformat(), *rows_of(files, first)))
    known, pending = dict.fromkeys(first, 0), dict.fromkeys(first, 0)
    for index, state in enumerate(months, start=1):
        number = data.draw(st.integers(1, 8))
        left = 3 - known[number] - pending[number]
        if left > 0:
            hundreds = data.draw(st.integers(1, left))
            pay(office, number, hundreds, START + (index - 1) * MONTH + timedelta(days=3))
            pending[number] += hundreds
        paid = {n: state[n][1] if n in state else 3 for n in first}
        told = {n: (3, paid[n], 0) for n in first}
        office.take(files.snapshot((START + index * MONTH).isoformat(), *rows_of(files, told)), yes=True)
        for n in first:
            if paid[n] > known[n]:
                pending[n] = max(0, pending[n] - (paid[n] - known[n]))
            elif paid[n] < known[n]:
                # The source opens it again: what is pending on top of its word stays.
                pending[n] = min(pending[n], 3 - paid[n])
            known[n] = paid[n]
        ours = {f"INV-{n}": f"{3 - known[n] - pending[n]}00.00" for n in first if known[n] + pending[n] < 3}
        assert {k: v for k, v in office.open().items() if k != "payment"} == ours
        assert office.whole()
    engine.dispose()


def fresh(template: Path, folder: Path, office_of: Any) -> Any:
    """Return an office with empty books in a folder."""
    shutil.copyfile(template, folder / "books.db")
    engine = open_engine(f"sqlite:///{folder / 'books.db'}")
    return office_of(engine), engine


def amounts(months: list[dict[int, tuple[int, int, int]]]) -> list[int]:
    """Return invoices whose amount never changed; a changed amount corrects earlier days too."""
    found: dict[int, set[int]] = {}
    for state in months:
        for number, (amount, _, _) in state.items():
            found.setdefault(number, set()).add(amount)
    return [number for number, told in found.items() if len(told) == 1]


def pay(office: Any, number: int, hundreds: int, on: date) -> None:
    """Record a payment of an invoice by hand."""
    item = office.rows(
        "SELECT i.id, i.customer_id FROM item i JOIN document d ON d.id = i.document_id "
        "WHERE d.number = :n AND d.kind = 'invoice' AND d.reverses_id IS NULL ORDER BY i.id DESC",
        n=f"INV-{number}",
    )[0]
    amount = Decimal(hundreds) * 100
    service.record_payment(
        office.engine,
        customer_id=item["customer_id"],
        received_on=on,
        currency="EUR",
        amount=amount,
        apply_to=[(item["id"], amount)],
        actor=office.actor,
    )
