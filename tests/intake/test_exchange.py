"""The exchange pair: every kind in, the books out, and the same books again in a fresh store."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.errors import ArcoreError
from arcore.intake.exchange_out import write_books
from arcore.intake.reading import understand
from arcore.ledger import service
from arcore.ledger.verify import verify
from arcore.store.customers import Customer

HEADER = (
    "id,type,customer,date,due_date,amount,currency,number,original_due_date,effective_on,instalments,against,side,"
    "linked_id"
)
MOVES = "from_id,to_id,date,amount"


def pair(documents: str, applications: str = "", header: str = HEADER) -> list[tuple[str, bytes]]:
    """Return the two files."""
    return [
        ("documents.csv", f"{header}\n{documents.strip()}\n".encode()),
        ("applications.csv", f"{MOVES}\n{applications.strip()}\n".encode()),
    ]


def take(office: Any, files: list[tuple[str, bytes]]) -> int | None:
    """Book files as they come."""
    number: int | None = office.take(*understand(files), contents=dict(files))
    return number


def refused(office: Any, files: list[tuple[str, bytes]]) -> list[tuple[str, int, str]]:
    """Return what a plan refuses: file, line, column."""
    return [(row.file, row.line, row.column) for row in office.plan(*understand(files)).refused]


# --- in ---------------------------------------------------------------------------------------------------------------


def test_documents_and_applications_become_books(office):
    take(
        office,
        pair(
            """
I1,invoice,C1,2026-01-05,2026-02-05,100.00,EUR,INV-1,,,,,,
P1,payment,C1,2026-01-20,,60.00,EUR,,,,,,,
W1,write_off,C1,2026-03-01,,5.00,EUR,,,,,,,
""",
            "P1,I1,2026-01-20,60.00\nW1,I1,2026-03-01,5.00",
        ),
    )
    assert office.open("01-19") == {"INV-1": "100.00"}
    assert office.open() == {"INV-1": "35.00"}
    assert office.documents("write_off")[0]["reason"] == "uncollectible"
    assert [row["what"] for row in office.rows("SELECT what FROM coverage ORDER BY id")] == ["sales", "receipts"]


def test_gzipped_files_are_the_same(office, other):
    files = pair("I1,invoice,C1,2026-01-05,2026-02-05,100.00,EUR,INV-1,,,,,,")
    take(office, files)
    take(other, [(f"{name}.gz", gzip.compress(data)) for name, data in files])
    assert office.history() == other.history()


def test_application_takes_the_instalment_that_is_due_first(office):
    take(
        office,
        pair(
            "I1,invoice,C1,2026-01-05,,100.00,EUR,INV-1,,,2026-03-31:70.00;2026-02-28:30.00,,,\n"
            "P1,payment,C1,2026-01-20,,40.00,EUR,,,,,,,",
            "P1,I1,2026-01-20,40.00",
        ),
    )
    left = {key[3]: sum(units for _, units in moves) for key, moves in office.history().items() if key[0] == "invoice"}
    assert left == {"2026-02-28": 0, "2026-03-31": 6000}


def test_application_before_its_invoice_counts_from_the_later_day(office):
    take(
        office,
        pair(
            "P1,payment,C1,2026-01-01,,100.00,EUR,,,,,,,\nI1,invoice,C1,2026-01-05,2026-02-05,100.00,EUR,INV-1,,,,,,",
            "P1,I1,2026-01-01,100.00",
        ),
    )
    assert office.open("01-04") == {"P1": "-100.00"}
    assert office.open("01-05") == {}


def test_effective_day_is_the_day_from_which_it_counts(office):
    take(office, pair("I1,invoice,C1,2026-01-05,2026-02-05,100.00,EUR,INV-1,,2026-01-09,,,,"))
    assert office.open("01-08") == {}
    assert office.open("01-09") == {"INV-1": "100.00"}


def test_journal_credit_is_a_payment_only_if_it_goes_to_a_debit(office):
    take(
        office,
        pair(
            """
I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,
J1,journal_credit,C1,2026-01-06,,70.00,EUR,,,,,,,
J2,journal_credit,C1,2026-01-07,,20.00,EUR,,,,,,,
J3,journal_debit,C1,2026-01-08,2026-02-01,10.00,EUR,,,,,,,
""",
            "J1,I1,2026-01-06,30.00",
        ),
    )
    assert {row["number"]: row["kind"] for row in office.rows("SELECT number, kind FROM document")} == {
        "I1": "invoice",
        "J1": "payment",
        "J2": "credit_note",
        "J3": "debit_note",
    }
    assert office.open() == {"I1": "70.00", "J1": "-40.00", "J2": "-20.00", "J3": "10.00"}


def test_transfer_and_conversion_come_as_linked_pairs(office):
    take(
        office,
        pair(
            """
I1,invoice,C1,2026-01-05,2026-02-05,100.00,USD,INV-1,,,,,,
T1,transfer,C1,2026-03-01,2026-02-05,100.00,USD,INV-1,,,,,credit,T2
T2,transfer,C2,2026-01-05,2026-02-05,100.00,USD,INV-1,,2026-03-01,,,debit,T1
P1,payment,C2,2026-03-02,,90.00,EUR,PAY,,,,,,
X1,conversion,C2,2026-03-02,,90.00,EUR,PAY,,,,,debit,X2
X2,conversion,C2,2026-03-02,,100.00,USD,PAY,,,,,credit,X1
""",
            """
T1,I1,2026-03-01,100.00
P1,X1,2026-03-02,90.00
X2,T2,2026-03-02,100.00
""",
        ),
    )
    assert office.open() == {}
    (leg,) = office.rows(
        "SELECT i.origin_item_id, i.original_due_date FROM item i JOIN document d ON d.id = i.document_id "
        "WHERE d.kind = 'transfer' AND i.side = 1"
    )
    assert (leg["origin_item_id"], str(leg["original_due_date"])) == (1, "2026-02-05")
    rates = {row["rate"] for row in office.documents("conversion")}
    assert rates == {"1.1111111111"}


def test_rows_that_can_not_be_booked_are_refused_and_the_others_stand(office):
    files = pair(
        """
I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,
I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,
I2,invoice,C1,31/02/2026,,100.00,EUR,,,,,,,
I3,bill,C1,2026-01-05,,100.00,EUR,,,,,,,
I4,invoice,C1,2026-01-05,,12x,EUR,,,,,,,
I5,invoice,C1,2026-01-05,,-1.00,EUR,,,,,,,
I6,invoice,,2026-01-05,,1.00,EUR,,,,,,,
I7,settlement,C1,2026-01-05,,1.00,EUR,,,,,,,
I8,invoice,C1,2026-01-05,,10.00,EUR,,,,2026-01-31:9.00,,,
I9,invoice,C1,2026-01-05,,10.00,ZZZ,,,,,,,
T1,transfer,C1,2026-01-05,,10.00,EUR,,,,,,debit,
P1,payment,C1,2026-01-06,,30.00,EUR,,,,,,,
P2,payment,C2,2026-01-06,,30.00,EUR,,,,,,,
""",
        """
P1,I1,2026-01-06,20.00
P1,I1,2026-01-07,20.00
P2,I1,2026-01-07,1.00
P1,I2,2026-01-07,1.00
P1,I1,soon,1.00
""",
    )
    assert refused(office, files) == [
        ("documents.csv", 4, "date"),
        ("documents.csv", 5, "type"),
        ("documents.csv", 6, "amount"),
        ("documents.csv", 7, "amount"),
        ("documents.csv", 8, "id"),
        ("documents.csv", 9, "side"),
        ("documents.csv", 10, "instalments"),
        ("documents.csv", 11, "currency"),
        ("applications.csv", 6, "date"),
        ("documents.csv", 3, "id"),
        ("documents.csv", 12, "linked_id"),
        ("applications.csv", 3, "from_id"),
        ("applications.csv", 4, "to_id"),
        ("applications.csv", 5, "to_id"),
    ]
    take(office, files)
    assert office.open() == {"I1": "80.00", "P1": "-10.00", "P2": "-30.00"}


def test_an_application_between_two_invoices_or_two_credits_is_refused(office):
    files = pair(
        """
I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,
I2,invoice,C1,2026-01-05,,50.00,EUR,,,,,,,
P1,payment,C1,2026-01-06,,30.00,EUR,,,,,,,
K1,credit_note,C1,2026-01-06,,20.00,EUR,,,,,,,
""",
        """
I1,I2,2026-01-07,10.00
K1,P1,2026-01-07,10.00
P1,I1,2026-01-08,30.00
""",
    )
    assert refused(office, files) == [("applications.csv", 2, "to_id"), ("applications.csv", 3, "to_id")]
    take(office, files)
    assert office.open() == {"I1": "70.00", "I2": "50.00", "K1": "-20.00"}
    assert all(check.ok for check in verify(office.engine))


def test_same_pair_again_changes_nothing_and_a_longer_one_adds_its_rows(office):
    files = pair("I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,")
    take(office, files)
    assert take(office, files) is None
    longer = pair(
        "I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,\nP1,payment,C1,2026-01-06,,30.00,EUR,,,,,,,",
        "P1,I1,2026-01-06,30.00",
    )
    assert office.changes(*understand(longer)) == {"new": 1, "unchanged": 1}
    take(office, longer)
    assert office.open() == {"I1": "70.00"}
    changed = pair("I1,invoice,C1,2026-01-05,,120.00,EUR,,,,,,,")
    assert refused(office, changed) == [("documents.csv", 2, "id")]


def test_a_line_that_can_not_be_read_is_refused_each_time_the_pair_comes(office):
    files = pair("I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,\nI2,invoice,C1,2026-01-05,,12x,EUR,,,,,,,")
    assert take(office, files) == 1
    assert take(office, files) is None
    assert refused(office, files) == [("documents.csv", 3, "amount")]


def test_pair_is_undone(office):
    take(
        office,
        pair(
            "I1,invoice,C1,2026-01-05,,100.00,EUR,,,,,,,\nP1,payment,C1,2026-01-06,,30.00,EUR,,,,,,,\n"
            "R1,payment_reversal,C1,2026-02-06,,30.00,EUR,,,,,P1,,",
            "P1,I1,2026-01-06,30.00\nI1,P1,2026-02-06,30.00\nP1,R1,2026-02-06,30.00",
        ),
    )
    assert office.open("02-05") == {"I1": "70.00"}
    assert office.open() == {"I1": "100.00"}
    office.undo(1)
    assert office.open() == office.open("01-31") == {}


# --- out and in again -------------------------------------------------------------------------------------------------


def again(office: Any, other: Any) -> None:
    """Export the books of one office, import them in another and compare every balance on every day."""
    written = write_books(office.engine)
    take(other, list(written.items()))
    assert aged(other) == aged(office)
    assert write_books(other.engine).keys() == written.keys()


def aged(office: Any) -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Return how every balance moved by customer, currency, class of kind, document date and both due dates."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    rows = office.rows(
        """
        SELECT c.code, d.currency, d.entity, i.side, i.original_due_date, i.due_date, i.effective_on AS day,
               i.amount AS units
        FROM item i JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id
        UNION ALL
        SELECT c.code, d.currency, d.entity, i.side, i.original_due_date, i.due_date, a.effective_on, a.amount
        FROM application a JOIN item i ON i.id = a.from_item_id
        JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id
        UNION ALL
        SELECT c.code, d.currency, d.entity, i.side, i.original_due_date, i.due_date, a.effective_on, -a.amount
        FROM application a JOIN item i ON i.id = a.to_item_id
        JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id
        """
    )
    for row in rows:
        debit = row["side"] > 0
        due = (str(row["original_due_date"]), str(row["due_date"])) if debit else ("", "")
        key = (row["code"], row["currency"], row["entity"], "debit" if debit else "credit", *due)
        on = found.setdefault(key, {})
        on[str(row["day"])] = on.get(str(row["day"]), 0) + row["units"]
    return {key: moved for key, on in found.items() if (moved := [pair for pair in sorted(on.items()) if pair[1]])}


class Teller:
    """Books things by the service's verbs, without looking at what they mean."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.customers = [self._customer(code) for code in ("C1", "C2")]

    def _customer(self, code: str) -> int:
        from arcore.store.unit import commit

        def body(unit: Any) -> dict[str, Any]:
            customer = Customer(code=code, name=f"Customer {code}")
            unit.session.add(customer)
            unit.session.flush()
            return {"id": customer.id}

        number: int = commit(self.office.engine, body, actor=self.office.actor, verb="add")["id"]
        return number

    def do(self, verb: str, **arguments: Any) -> dict[str, Any]:
        said: dict[str, Any] = getattr(service, verb)(self.office.engine, actor=self.office.actor, **arguments)
        return said

    def invoice(self, amount: int, on: date, *dues: tuple[int, date], customer: int = 0) -> list[int]:
        parts = [(Decimal(part), due) for part, due in dues] or [(Decimal(amount), on)]
        said = self.do(
            "post_invoice",
            customer_id=self.customers[customer],
            document_date=on,
            currency="EUR",
            instalments=parts,
            details={"number": f"INV-{amount}"},
        )
        return list(said["items"])

    def payment(self, amount: int, on: date, *pays: tuple[int, int], customer: int = 0) -> dict[str, Any]:
        return self.do(
            "record_payment",
            customer_id=self.customers[customer],
            received_on=on,
            currency="EUR",
            amount=Decimal(amount),
            apply_to=[(item, Decimal(part)) for item, part in pays],
        )


def d(month: int, day: int = 1) -> date:
    """Return a day of 2026."""
    return date(2026, month, day)


def test_books_with_everything_come_back_the_same(office, other):
    teller = Teller(office)
    (bounced,) = teller.invoice(100, d(1))
    paid = teller.payment(100, d(1, 20), (bounced, 100))
    teller.do("reverse_payment", document_id=paid["documents"][0], on=d(2, 3))
    first, second = teller.invoice(90, d(1), (40, d(2)), (50, d(3)))
    teller.payment(50, d(1, 15), (second, 50))
    (planned,) = teller.invoice(80, d(1), (80, d(2)))
    new = teller.do("redate", item_id=planned, due_date=d(6), on=d(2, 10), amount=Decimal(60))["items"][0]
    teller.payment(25, d(2, 20), (new, 25))
    teller.do("move_back", item_id=new, on=d(3, 10))
    (moved,) = teller.invoice(70, d(1), (70, d(2)))
    leg = teller.do("transfer", item_id=moved, amount=Decimal(30), to_customer_id=teller.customers[1], on=d(2, 15))
    teller.payment(10, d(3), (leg["items"][0], 10), customer=1)
    (lost,) = teller.invoice(60, d(1))
    teller.do("write_off", item_id=lost, amount=Decimal(60), reason="uncollectible", on=d(3, 1))
    (wrong,) = teller.invoice(999, d(1))
    teller.do("void", document_id=office.rows("SELECT document_id FROM item WHERE id = :i", i=wrong)[0]["document_id"])
    late = teller.payment(15, d(2), (first, 15))
    teller.do("unapply", application_id=late["applications"][0], on=d(3, 3))
    again(office, other)
    assert other.documents("transfer") != []
    assert [row["reason"] for row in other.documents("write_off")] == ["uncollectible"]
    assert other.rows("SELECT COUNT(*) AS n FROM item WHERE origin_item_id IS NOT NULL")[0]["n"] == 2


def test_recovered_write_off_comes_back_as_one(office, other):
    teller = Teller(office)
    (lost,) = teller.invoice(60, d(1))
    off = teller.do("write_off", item_id=lost, amount=Decimal(60), reason="uncollectible", on=d(3, 1))
    found = office.rows("SELECT 1 AS x") and [name for name in dir(service) if name.startswith("recover")]
    assert found == ["recover"]
    teller.do("recover", document_id=off["documents"][0], amount=Decimal(20), on=d(4, 1))
    again(office, other)
    assert [(row["reason"], row["amount"]) for row in other.documents("write_off")] == [
        ("uncollectible", -6000),
        ("recovery", 2000),
    ]


days = st.integers(0, 90)
verbs = st.lists(
    st.tuples(
        st.sampled_from(
            "invoice split payment apply unapply late_unapply redate back write_off transfer void bounce".split()
        ),
        st.integers(0, 30),
        st.integers(0, 30),
        days,
        st.integers(1, 50),
    ),
    min_size=3,
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=verbs)
def test_any_books_come_back_with_the_same_balances_on_every_day(story, sqlite_template, office_of, tmp_path_factory):
    import shutil

    from arcore.store.engine import open_engine

    folder = tmp_path_factory.mktemp("pair")
    offices = []
    for name in ("one", "two"):
        shutil.copyfile(sqlite_template, folder / f"{name}.db")
        offices.append(office_of(open_engine(f"sqlite:///{folder / name}.db")))
    teller = Teller(offices[0])
    for verb, first, second, day, amount in story:
        try:
            tell(teller, verb, first, second, date.fromordinal(d(1).toordinal() + day), amount)
        except ArcoreError:
            continue
    again(*offices)
    assert all(office.whole() for office in offices)
    for office in offices:
        office.engine.dispose()


def tell(teller: Teller, verb: str, first: int, second: int, day: date, amount: int) -> None:
    """Do one thing to whatever stands at two places of the books; many are refused, and that is fine."""
    items = [row["id"] for row in teller.office.rows("SELECT id FROM item ORDER BY id")] or [1]
    one, two = items[first % len(items)], items[second % len(items)]
    documents = teller.office.rows("SELECT COUNT(*) AS n FROM document")[0]["n"] or 1
    applied = teller.office.rows("SELECT COUNT(*) AS n FROM application")[0]["n"] or 1
    later, latest = (date.fromordinal(day.toordinal() + more) for more in (25, 50))
    units, customer = Decimal(amount), teller.customers[second % 2]
    {
        "invoice": lambda: teller.invoice(amount, day, (amount, later), customer=first % 2),
        "split": lambda: teller.invoice(2 * amount, day, (amount, later), (amount, latest)),
        "payment": lambda: teller.payment(amount, day, customer=first % 2),
        "apply": lambda: teller.do("apply", from_item_id=one, to_item_id=two, amount=units, on=day),
        "unapply": lambda: teller.do("unapply", application_id=first % applied + 1),
        "late_unapply": lambda: teller.do("unapply", application_id=first % applied + 1, on=later),
        "redate": lambda: teller.do(
            "redate", item_id=one, due_date=later, on=day, amount=units if second % 2 else None
        ),
        "back": lambda: teller.do("move_back", item_id=one, on=later),
        "write_off": lambda: teller.do("write_off", item_id=one, amount=units, reason="goodwill", on=day),
        "transfer": lambda: teller.do("transfer", item_id=one, amount=units, to_customer_id=customer, on=day),
        "void": lambda: teller.do("void", document_id=first % documents + 1),
        "bounce": lambda: teller.do("reverse_payment", document_id=first % documents + 1, on=later),
    }[verb]()


# --- another system's report ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def golden() -> Path:
    """Return the folder of the report of another system; skips where it is not there."""
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "erpnext_1000"
    if not folder.is_dir():
        pytest.skip("the other system's report (../shared/golden/erpnext_1000) is not here")
    return folder


EDGES = (30, 60, 90, 120)


def test_every_kpi_is_the_same_in_the_books_that_come_back(golden, sqlite_engine, office_of, other):
    from arcore.reports.filters import Filters
    from arcore.reports.kpis import kpis

    office = office_of(sqlite_engine)
    take(office, [(str(p), p.read_bytes()) for p in (golden / "documents.csv.gz", golden / "applications.csv.gz")])
    take(other, list(write_books(office.engine).items()))
    filters = Filters(as_of=date(2026, 8, 31))
    told = [
        {(found.kpi.name, found.figure.as_of): (found.figure.exact, found.figure.undefined) for found in figures}
        for figures in (kpis(one.engine, filters, history=6) for one in (office, other))
    ]
    assert told[0] == told[1]
    assert sum(value is not None for value, _ in told[0].values()) > 50


def test_other_systems_report_agrees_on_every_date_and_basis(golden, sqlite_engine, office_of):
    """Open per customer agrees to the cent; so do its buckets once our items are put into them by its two rules.

    Its rules that are not ours: an item due on the report date is already "0-30" (ours is not due until the day is
    over: nobody is late on the due date), and a credit stands as a negative amount in the bucket of its own date (ours
    stands apart as unapplied: it belongs to no age until it is applied, and would hide what is really late).
    """
    office = office_of(sqlite_engine)
    take(office, [(str(p), p.read_bytes()) for p in (golden / "documents.csv.gz", golden / "applications.csv.gz")])
    expected = json.loads((golden / "expected.json").read_text())
    rows = office.rows(
        "SELECT c.code, i.id, i.side, d.document_date, i.original_due_date, i.effective_on AS day, i.amount AS units "
        "FROM item i JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id"
    )
    moves = office.rows("SELECT from_item_id, to_item_id, effective_on AS day, amount FROM application")
    for run in expected["runs"]:
        day = date.fromisoformat(run["report_date"])
        basis = {"Due Date": "original_due_date", "Posting Date": "document_date"}[run["ageing_based_on"]]
        table = theirs(rows, moves, day, basis)
        total = [sum(values[i] for values in table.values()) for i in range(7)]
        overall = run["overall"]
        assert [total[0], *(cents(total[i]) for i in range(1, 7))] == [
            overall["rows"],
            *(f"{overall[name]:.2f}" for name in ("outstanding", *(f"range{n}" for n in range(1, 6)))),
        ]
        for row in run["top10"]:
            assert cents(table[row["customer"]][1]) == f"{row['outstanding']:.2f}"
        lines = "".join(
            f"{code},{values[0]},{','.join(cents(units) for units in values[1:])}\n"
            for code, values in sorted(table.items())
        )
        assert hashlib.sha256(lines.encode()).hexdigest() == run["all_customers_sha256"]


def test_our_buckets_are_theirs_where_the_rules_are_the_same(golden, sqlite_engine, office_of):
    from arcore.reports.aging import aging
    from arcore.reports.filters import Filters

    office = office_of(sqlite_engine)
    take(office, [(str(p), p.read_bytes()) for p in (golden / "documents.csv.gz", golden / "applications.csv.gz")])
    rows = office.rows(
        "SELECT c.code, i.id, i.side, d.document_date, i.original_due_date, i.effective_on AS day, i.amount AS units "
        "FROM item i JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id"
    )
    moves = office.rows("SELECT from_item_id, to_item_id, effective_on AS day, amount FROM application")
    for run in json.loads((golden / "expected.json").read_text())["runs"]:
        day = date.fromisoformat(run["report_date"])
        basis = {"Due Date": "original", "Posting Date": "document"}[run["ageing_based_on"]]
        column = {"original": "original_due_date", "document": "document_date"}[basis]
        debits = theirs([row for row in rows if row["side"] > 0], moves, day, column, first=1)
        negative = theirs([row for row in rows if row["side"] < 0], moves, day, column)
        found = aging(office.engine, Filters(as_of=day, basis=basis), edges=EDGES)  # type: ignore[arg-type]
        ours = {row.key: (row.open, row.unapplied, *row.buckets) for row in found.cells}
        assert len(ours) == run["overall"]["customers"]
        for code, values in ours.items():
            none = [0] * 7
            debit, credit = debits.get(code, none), negative.get(code, none)
            assert values == (debit[1] + credit[1], credit[1], *debit[2:])


def theirs(rows: Any, moves: Any, day: date, basis: str, first: int = 0) -> dict[str, list[int]]:
    """Return per customer: open items, what is open, and its five ranges; the first begins at the age `first`."""
    left = {row["id"]: row["units"] for row in rows if as_date(row["day"]) <= day}
    for move in moves:
        if as_date(move["day"]) <= day:
            for side, units in (("from_item_id", move["amount"]), ("to_item_id", -move["amount"])):
                if move[side] in left:
                    left[move[side]] += units
    table: dict[str, list[int]] = {}
    for row in rows:
        units = left.get(row["id"], 0)
        if units:
            values = table.setdefault(row["code"], [0] * 7)
            age = (day - as_date(row[basis])).days
            values[0] += 1
            values[1] += units
            if age >= first:
                values[2 + sum(age > edge for edge in EDGES)] += units
    return table


def as_date(value: Any) -> date:
    """Return a date; plain SQL on SQLite gives text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def cents(units: int) -> str:
    """Write minor units with two digits."""
    return f"{Decimal(units).scaleb(-2):.2f}"
