"""Fixtures for reading files: text or cells in, what was understood out; the shared samples where they are there."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from sqlmodel import Session

from arcore.intake.changes import Plan
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.intake.understood import Row
from arcore.intake.understood import Understood
from arcore.intake.undo import undo
from arcore.ledger.verify import verify
from arcore.money import plain
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture(scope="session")
def read_text() -> Callable[..., Understood]:
    """Return a function that understands one CSV text, given with any options of `understand`."""

    def read(text: str, *, name: str = "file.csv", encoding: str = "utf-8", **options: Any) -> Understood:
        (found,) = understand([(name, text.encode(encoding))], **options)
        return found

    return read


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """Return a function that makes an .xlsx of sheets: name → rows of cells."""

    def make(**sheets: Sequence[Sequence[Any]]) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of sample exports; skips where they are not there."""
    if not (SHARED / "imports").is_dir():
        pytest.skip("the sample exports (../shared/imports) are not here")
    return SHARED / "imports"


@pytest.fixture(scope="session")
def expectations(samples: Path) -> dict[str, dict[str, Any]]:
    """Return what is expected of each sample: path → kind and figures."""
    known = json.loads((SHARED / "import_expectations.json").read_text())
    return {one["path"]: one for one in known}


# --- importing --------------------------------------------------------------------------------------------------------


def day(text: str | date | None) -> date | None:
    """Return a date; "01-31" is one of 2026."""
    if text is None or isinstance(text, date):
        return text
    return date.fromisoformat(text if len(text) > len("01-31") else f"2026-{text}")


def money(text: str | None) -> Decimal | None:
    """Return a Decimal."""
    return None if text is None else Decimal(text)


class Files:
    """Makes files as they are understood, without their bytes: one document per call, small figures."""

    def document(self, number: str, amount: str, on: str, **more: Any) -> Row:
        """Return a document; `customer`, `due`, `left` (open, signed), `pays` (number), `kind`, `paid_on`, `status`."""
        kind, customer = more.pop("kind", "invoice"), more.pop("customer", "Alder")
        code = more.pop("code", "")
        ending = "" if number else f"|{on}|{amount}"
        return Row(
            kind=kind,
            key=more.pop("key", f"{kind}|{code or customer}|{number}{ending}"),
            number=number,
            customer_code=code,
            customer_name=customer,
            document_date=day(on),
            due_date=day(more.pop("due", None)),
            paid_date=day(more.pop("paid_on", None)),
            currency=more.pop("currency", "EUR"),
            amount=Decimal(amount),
            open_amount=money(more.pop("left", None)),
            paid_amount=money(more.pop("paid", None)),
            status=more.pop("status", ""),
            applies_to=more.pop("pays", ""),
            po_number="",
            reference="",
            terms="",
            tax_amount=None,
            file=more.pop("file", "file.csv"),
            line=more.pop("line", 2),
            **more,
        )

    def payment(self, amount: str, on: str, pays: str = "", **more: Any) -> Row:
        """Return a payment, of an invoice or on account."""
        return self.document(more.pop("number", ""), amount, on, kind="payment", pays=pays, **more)

    def credit(self, number: str, amount: str, on: str, **more: Any) -> Row:
        """Return a credit note; `left` is negative."""
        return self.document(number, amount, on, kind="credit_note", **more)

    def listed(self, *rows: Row, kind: str = "invoices", **more: Any) -> Understood:
        """Return a list of documents."""
        name = more.pop("path", "list.csv")
        told = tuple(row._replace(file=name) for row in rows)
        return Understood(name, "csv", kind, rows=told, rows_read=len(told), rows_used=len(told), **more)

    def payments(self, *rows: Row, **more: Any) -> Understood:
        """Return a list of payments."""
        return self.listed(*rows, kind="payments", path="payments.csv", **more)

    def snapshot(self, as_of: str | None, *rows: Row, **more: Any) -> Understood:
        """Return a list of what is open on a day; a row without `left` is open in full."""
        return self.listed(*rows, kind="open_items", path=f"open {as_of}.csv", as_of=day(as_of), **more)


class Office:
    """Imports files into one store and says what the books hold then."""

    def __init__(self, engine: Engine, today: str = "2026-06-30") -> None:
        self.engine = engine
        self.actor = Actor("anna")
        self.today = day(today)

    def plan(self, *files: Understood, yes: bool = False, **options: Any) -> Plan:
        """Return the plan of files; `yes` answers every question."""
        made = plan(self.engine, files, today=self.today, **options)
        if yes and made.questions:
            answers = frozenset(q.id for q in made.questions)
            made = plan(self.engine, files, today=self.today, **options, answers=answers)
        return made

    def take(self, *files: Understood, yes: bool = False, **options: Any) -> int | None:
        """Book files and return the import."""
        return commit(self.engine, self.plan(*files, yes=yes, **options), actor=self.actor)

    def changes(self, *files: Understood, **options: Any) -> dict[str, int]:
        """Return the counts of a plan, kinds without a document left out."""
        return {kind: count for kind, count in self.plan(*files, **options).counts().items() if count}

    def undo(self, number: int | None) -> dict[str, Any]:
        """Undo an import."""
        assert number is not None
        return undo(self.engine, number, actor=self.actor)

    def open(self, on: str | None = None) -> dict[str, str]:
        """Return what is open by kind and number at the end of a day, or after everything: {"INV-1": "40.00"}.

        Documents without a number go by their kind; what is zero is left out.
        """
        units: dict[str, int] = {}
        for row in self.moves():
            if on is None or str(row["day"]) <= str(day(on)):
                name = row["number"] or row["kind"]
                if row["kind"] in ("settlement", "refund"):
                    name = row["kind"]
                units[name] = units.get(name, 0) + row["units"]
        return {name: plain(amount, "EUR") for name, amount in sorted(units.items()) if amount}

    def cash(self) -> str:
        """Return all that came in, voids taken off."""
        return plain(-sum(row["amount"] for row in self.documents("payment")), "EUR")

    def settled(self) -> str:
        """Return what is still only inferred, signed as the books sign it."""
        return plain(sum(row["amount"] for row in self.documents("settlement")), "EUR")

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """Return the documents of a kind, voided ones and their voids too."""
        return self.rows("SELECT * FROM document WHERE kind = :kind ORDER BY id", kind=kind)

    def moves(self) -> list[dict[str, Any]]:
        """Return every move on every item: the document it belongs to, the day, signed units."""
        return self.rows(
            "SELECT d.id, d.kind, d.number, d.document_date, i.due_date, i.effective_on AS day, i.amount AS units "
            "FROM item i JOIN document d ON d.id = i.document_id "
            "UNION ALL SELECT d.id, d.kind, d.number, d.document_date, i.due_date, a.effective_on, a.amount "
            "FROM application a JOIN item i ON i.id = a.from_item_id JOIN document d ON d.id = i.document_id "
            "UNION ALL SELECT d.id, d.kind, d.number, d.document_date, i.due_date, a.effective_on, -a.amount "
            "FROM application a JOIN item i ON i.id = a.to_item_id JOIN document d ON d.id = i.document_id"
        )

    def history(self) -> dict[tuple[str, str, str, str], list[tuple[str, int]]]:
        """Return how every open amount moved: kind, number, date, due date → the days and balances; zeros left out."""
        found: dict[tuple[str, str, str, str], dict[str, int]] = {}
        for row in self.moves():
            key = (row["kind"], row["number"], str(row["document_date"]), str(row["due_date"]))
            on = found.setdefault(key, {})
            on[str(row["day"])] = on.get(str(row["day"]), 0) + row["units"]
        return {key: moved for key, on in found.items() if (moved := [pair for pair in sorted(on.items()) if pair[1]])}

    def balances(self) -> dict[str, list[tuple[str, int]]]:
        """Return how what is open under each number moved, whatever the kind; what cancels out is left out."""
        found: dict[str, dict[str, int]] = {}
        for row in self.moves():
            on = found.setdefault(row["number"] or row["kind"], {})
            on[str(row["day"])] = on.get(str(row["day"]), 0) + row["units"]
        return {
            name: moved for name, on in found.items() if (moved := [pair for pair in sorted(on.items()) if pair[1]])
        }

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Ask the store in plain SQL."""
        with Session(self.engine) as session:
            return [dict(row) for row in session.execute(text(sql), values).mappings()]

    def whole(self) -> bool:
        """Tell whether every invariant of the books holds."""
        return all(check.ok for check in verify(self.engine))


@pytest.fixture(scope="session")
def files() -> Files:
    """Return the maker of files."""
    return Files()


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    """Give an office with empty books, on each engine; whatever the test did, they have to be whole afterwards."""
    found = Office(engine)
    yield found
    assert found.whole()


@pytest.fixture
def other(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    """Give a second office with empty books of its own, always on SQLite."""
    path = tmp_path / "other.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    try:
        found = Office(engine)
        yield found
        assert found.whole()
    finally:
        engine.dispose()


@pytest.fixture
def office_of() -> Callable[..., Office]:
    """Return what makes an office of any store."""
    return Office
