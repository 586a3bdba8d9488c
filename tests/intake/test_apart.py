"""Documents that nothing else touches are booked many at a time: just as one after the other, and refused as those."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.intake import booking
from arcore.intake.booking import Booking
from arcore.intake.lazily import Made
from arcore.intake.lazily import Rows
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.staged import Apart
from arcore.ledger.staged import Closed
from arcore.store import bulk
from arcore.store.unit import commit

TABLES = "document item application source_word"


def any_files(files, seed: int) -> tuple[list, list]:
    """Return two imports of invoices, credits and payments; some are open, some part paid, some pay another."""
    chance = random.Random(seed)
    invoices, payments = [], []
    for number in range(60):
        customer = f"Customer {chance.randrange(8)}"
        amount = Decimal(chance.randrange(100, 9000)) / 100
        left = chance.choice([None, None, amount, amount, Decimal(0), (amount / 3).quantize(Decimal("0.01"))])
        on = f"0{chance.randrange(1, 5)}-{chance.randrange(10, 28)}"
        told = {"customer": customer, "left": None if left is None else str(left), "currency": "EUR"}
        if chance.random() < 0.1 and left is None:
            invoices.append(files.credit(f"CN-{number}", str(amount), on, customer=customer))
        else:
            invoices.append(files.document(f"INV-{number}", str(amount), on, **told))
        if left is None and chance.random() < 0.3:
            payments.append(files.payment(str(amount), "05-20", pays=f"INV-{number}", customer=customer))
    return invoices, payments


def kept(office) -> dict[str, list[dict[str, str]]]:
    """Return all rows that an import writes, but for when."""
    return {
        table: [
            {name: str(value) for name, value in row.items() if name not in ("recorded_at", "present")}
            for row in office.rows(f"SELECT * FROM {table} ORDER BY id")
        ]
        for table in TABLES.split()
    }


@pytest.mark.parametrize(("seed", "few"), [(0, bulk.FEW), (1, 5), (2, 0)])
def test_many_at_a_time_are_the_same_rows_as_one_after_the_other(office, other, files, monkeypatch, seed, few):
    invoices, payments = any_files(files, seed)
    apart = []

    def noting(was):
        def rows(self, *ends):
            made = was(self, *ends)
            apart.append(made)
            return made

        return rows

    for kind in (Apart, Closed):
        monkeypatch.setattr(kind, "rows", noting(kind.rows))
    monkeypatch.setattr(bulk, "FEW", few)
    turns = [[files.listed(*invoices[:40])], [files.listed(*invoices[20:], path="more.csv"), files.payments(*payments)]]
    for turn in turns:
        office.take(*turn)
    assert sum(len(made[0]) for made in apart if len(made) == 2) > 10
    assert sum(len(made[0]) for made in apart if len(made) == 3) > 3
    apart.clear()
    monkeypatch.setattr(bulk, "FEW", 1_000_000)
    monkeypatch.setattr(booking, "parts_of", lambda steps: (list(steps),))
    for turn in turns:
        other.take(*turn)
    assert not apart
    assert kept(office) == kept(other)


@pytest.mark.parametrize(
    "broken",
    [{"currency": "???"}, {"parts": (Part(-1, None),)}, {"kind": "nothing"}, {"kind": "settlement"}, {"parts": ()}],
    ids=["currency", "negative", "kind", "side", "no part"],
)
def test_many_at_a_time_are_refused_as_one_would_be(office, files, broken):
    office.take(files.listed(files.document("INV-1", "10.00", "01-05")))
    good = Entry("invoice", 1, office.today, "EUR", (Part(100, office.today),), import_id=1)

    def posted(many: bool):
        def body(unit):
            journal = Journal(unit)
            if many:
                journal.post_many([good, good._replace(**broken)], (), [].append)
            else:
                journal.post(good._replace(**broken))
            journal.flush()
            return {}

        return lambda: commit(office.engine, body, actor=office.actor, verb="test")

    with pytest.raises(BadInput) as one:
        posted(many=False)()
    with pytest.raises(BadInput) as several:
        posted(many=True)()
    assert several.value.message == one.value.message


def test_a_document_that_was_never_posted_has_no_number(office):
    def body(unit):
        found = Booking(Journal(unit), 1)
        found.take(Rows(), [].append)
        with pytest.raises((KeyError, IndexError)):
            found.document_id(-1)
        return {}

    commit(office.engine, body, actor=office.actor, verb="test")


def test_rows_are_made_when_they_are_read():
    made = []

    def make(number):
        made.append(number)
        return number

    rows = Rows([1, 2])
    rows += Made([3, 4, 5], make)
    rows += (number for number in (6, 7))
    assert (len(rows), bool(rows), made) == (7, True, [])
    assert (rows[2], made) == (3, [3])
    assert (rows[1:4], made) == ((2, 3, 4), [3, 3, 4])
    assert rows == [1, 2, 3, 4, 5, 6, 7]
    assert (rows[-1], rows[::3], rows[5:]) == (7, (1, 4, 7), (6, 7))
    assert (not Rows(), Rows([]) == (), rows == (1, 2)) == (True, True, False)
    with pytest.raises(IndexError):
        rows[7]
