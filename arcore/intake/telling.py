"""What a plan says, as plain values that scripts, tables and pages can show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from arcore.intake.alike import OTHER
from arcore.intake.alike import SAME
from arcore.intake.alike import MaybeSame
from arcore.intake.changes import Plan
from arcore.intake.changes import PlannedFile
from arcore.intake.exchange import DOCUMENTS
from arcore.intake.exchange import BookDocument
from arcore.intake.exchange import read_applications
from arcore.intake.exchange import read_documents
from arcore.intake.quality import Quality
from arcore.intake.quality import quality_of
from arcore.intake.told import NO_CURRENCY
from arcore.intake.understood import BOOKS
from arcore.intake.understood import SALES_KINDS
from arcore.intake.understood import CountAndSum
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Totals
from arcore.intake.understood import totals
from arcore.money import from_minor
from arcore.money import is_currency
from arcore.money import nearest_minor
from arcore.money import plain


def file_facts(file: PlannedFile) -> dict[str, Any]:
    """Return what was understood of one file: amounts as text with the digits of their currency, dates as dates."""
    one = file.understood
    if one.kind == BOOKS:
        return _shared(file) | _books_facts(file)
    return _shared(file) | {
        "rows": {
            "read": one.rows_read,
            "used": one.rows_used,
            "left_out": dict(one.left_out),
            "refused": len(one.refused),
        },
        "columns": [
            {"column": c.column, "field": c.field, "score": round(c.score, 2), "why": c.why} for c in one.columns
        ],
        "totals": _totals(totals(one.rows), file.currency),
        "dates": _span([row.document_date for row in one.rows]),
        "due_dates": _span([row.due_date for row in one.rows]),
        "customers": {"count": file.customers, "new": file.new_customers},
        "refused": [refused_facts(row) for row in one.refused],
    }


def plan_facts(plan: Plan) -> dict[str, Any]:
    """Return what a plan would change: counts by kind, what is left out, questions that still stand."""
    return {
        "files": [file_facts(file) for file in plan.files],
        "plan": plan.counts(),
        "left_out": dict(plan.left_out),
        "questions": [{"id": q.id, "text": q.text} for q in plan.unanswered],
        "warnings": list(plan.warnings),
        "refused": [refused_facts(row) for row in plan.refused],
        "customers": {
            "new": sum(party.is_new for party in plan.parties),
            "changed": sum(not party.is_new for party in plan.parties),
        },
        "balances": [
            {
                "customer": b.customer,
                "name": b.name,
                "currency": b.currency,
                "stated": plain(b.stated, b.currency),
                "ours": plain(b.ours, b.currency),
                "difference": plain(b.difference, b.currency),
            }
            for b in plan.balances
        ],
        "alike": [_alike(pair) for pair in plan.alike],
    }


def _alike(pair: MaybeSame) -> dict[str, Any]:
    """Return a new customer that looks like another one; `same` and `other` are the ids of the answers."""
    return {
        "code": pair.code,
        "name": pair.name,
        "like": pair.other_code,
        "like_name": pair.other_name,
        "score": pair.score,
        "why": pair.why,
        "open_items": pair.items,
        "open": [{"currency": code, "amount": plain(units, code)} for code, units in pair.open],
        "answer": pair.answer,
        "same": pair.id_of(SAME),
        "other": pair.id_of(OTHER),
    }


def refused_facts(row: RefusedRow) -> dict[str, Any]:
    """Return a refused row as scripts read it."""
    return {"file": row.file, "line": row.line, "column": row.column, "value": row.value, "reason": row.reason}


def _shared(file: PlannedFile) -> dict[str, Any]:
    one = file.understood
    warnings = [*one.warnings, *([one.reason] if one.reason else [])]
    if file.known:
        warnings.append("This very file was imported before; it changes nothing")
    return {
        "path": one.path,
        "sheet": one.sheet,
        "format": one.format,
        "kind": one.kind,
        "profile": one.profile,
        "confidence": round(one.confidence, 2),
        "as_of": file.as_of,
        "encoding": one.encoding,
        "header_row": one.header_row,
        "quality": _quality(quality_of(one)),
        "statements": [],
        "warnings": warnings,
    }


def _quality(found: Quality) -> dict[str, Any]:
    return {"score": found.score, "rows": found.rows, "flaws": dict(found.flaws)}


def _totals(found: Mapping[str, Totals], currency: str) -> dict[str, Any]:
    return {
        _code(code, currency): {
            "invoices": _count_and_sum(one.invoices, _code(code, currency)),
            "credit_notes": _count_and_sum(one.credit_notes, _code(code, currency)),
            "payments": _count_and_sum(one.payments, _code(code, currency)),
            "open": None if one.open is None else _plain(one.open, _code(code, currency)),
        }
        for code, one in found.items()
    }


def _code(code: str, otherwise: str) -> str:
    found = code or otherwise
    return found if is_currency(found) else NO_CURRENCY


def _count_and_sum(one: CountAndSum, currency: str) -> dict[str, Any]:
    return {"count": one.count, "sum": _plain(one.sum, currency)}


def _plain(amount: Decimal, currency: str) -> str:
    return plain(nearest_minor(amount, currency), currency)


def _span(days: list[date | None]) -> list[date]:
    known = [day for day in days if day is not None]
    return [min(known), max(known)] if known else []


def _books_facts(file: PlannedFile) -> dict[str, Any]:
    one = file.understood
    rows: list[BookDocument] = []
    if one.part == DOCUMENTS:
        rows, refused = read_documents(one.path, one.content)
        count = len(rows)
    else:
        applied, refused = read_applications(one.path, one.content)
        count = len(applied)
    return {
        "rows": {"read": count + len(refused), "used": count, "left_out": {}, "refused": len(refused)},
        "columns": [],
        "totals": _totals(_book_totals(rows), ""),
        "dates": _span([row.day for row in rows]),
        "due_dates": _span([row.due_date for row in rows if row.type in SALES_KINDS]),
        "customers": {"count": len({row.customer for row in rows}), "new": file.new_customers},
        "refused": [refused_facts(row) for row in refused],
    }


_GROUPS = dict.fromkeys(SALES_KINDS, "invoices") | {"credit_note": "credit_notes", "payment": "payments"}


def _book_totals(rows: list[BookDocument]) -> dict[str, Totals]:
    """Add up documents by currency; what is open stands in the applications, so the books say nothing of it here."""
    found: dict[str, dict[str, CountAndSum]] = {}
    for row in rows:
        group = _GROUPS.get(row.type, "others")
        of_currency = found.setdefault(row.currency, {})
        before = of_currency.get(group, CountAndSum())
        of_currency[group] = before.plus(from_minor(row.amount, row.currency))
    none = CountAndSum()
    return {
        currency: Totals(
            invoices=groups.get("invoices", none),
            credit_notes=groups.get("credit_notes", none),
            payments=groups.get("payments", none),
            others=groups.get("others", none),
        )
        for currency, groups in sorted(found.items())
    }
