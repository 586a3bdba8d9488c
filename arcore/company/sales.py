"""Credit sales of whole months as somebody states them, where only open items are known."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import select
from sqlmodel import Session

from arcore.company import csvfile
from arcore.company.rights import allow
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.money import from_minor
from arcore.money import is_currency
from arcore.money import to_minor
from arcore.store.company import MonthlySales
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

TEMPLATE = "month,entity,currency,sales,source\n2026-10,main,EUR,480000.00,Sales journal\n"
TYPED = "typed by hand"
"""What sales are called whose source nobody named."""

Place = tuple[date, str, str]
"""The first day of the month, entity and currency that sales are of."""


class Sales(NamedTuple):
    """Invoices, debit notes and late charges less credit notes of a month, gross of tax; `month` its first day."""

    month: date
    entity: str
    currency: str
    amount: Decimal
    source: str = ""


class StatedSales(NamedTuple):
    """Sales as they are kept; `amount` in minor units."""

    month: date
    entity: str
    currency: str
    amount: int
    source: str
    recorded_at: datetime
    recorded_by: str


def read_sales(content: bytes) -> list[Sales]:
    """Read a CSV with the columns month, currency, sales and, where wanted, entity, source.

    Raises BadInput that names line, column and value of the first row that can't be read; nothing is taken then.
    """
    rows = csvfile.rows(content, required=("month", "currency", "sales"), called="table of sales")
    return [_sales(cells, line) for line, cells in rows]


def save_sales(engine: Engine, *, sales: Sequence[Sales], actor: Actor, key: str | None = None) -> Facts:
    """State credit sales of months; a place that has them keeps them as history and uses the new ones from now on.

    They count in a month whose own invoices are not complete, and nowhere else. Raises BadInput for none, a place
    twice or a currency that does not exist; NotAllowed, Unavailable.
    """
    allow(actor, "state credit sales")
    _check(sales)

    def body(unit: Unit) -> Facts:
        _write(unit, [(one, to_minor(one.amount, one.currency)) for one in sales])
        unit.changed.update(sales=len(sales), months=sorted({one.month.isoformat()[:7] for one in sales}))
        return {"sales": len(sales)}

    content = {"sales": [list(one) for one in sales]}
    return commit(engine, body, actor=actor, verb="save_monthly_sales", key=key, content=content)


def withdraw_sales(
    engine: Engine, *, month: date, entity: str, currency: str, actor: Actor, key: str | None = None
) -> Facts:
    """Take stated sales away; what was stated stays as history. Raises NotFound where there are none, NotAllowed."""
    allow(actor, "state credit sales")

    def body(unit: Unit) -> Facts:
        found = stated(unit.session).get((month, entity, currency))
        if found is None:
            msg = f"No credit sales are stated for {entity} {currency} in {month:%Y-%m}"
            raise NotFound(msg)
        was = from_minor(found.amount, currency)
        _write(unit, [(Sales(month, entity, currency, was, found.source), None)])
        unit.changed.update(month=month.isoformat()[:7], entity=entity, currency=currency, withdrawn=str(was))
        return {"withdrawn": str(was)}

    content = {"month": month, "entity": entity, "currency": currency}
    return commit(engine, body, actor=actor, verb="withdraw_monthly_sales", key=key, content=content)


def stated(session: Session, *, upto: int | None = None) -> Mapping[Place, StatedSales]:
    """Read stated sales by place, as known at the audit event `upto`, or now."""
    table = MonthlySales.__table__  # type: ignore[attr-defined]
    query = select(table).order_by(table.c.audit_seq, table.c.id)
    found: dict[Place, Any] = {}
    for row in session.execute(query if upto is None else query.where(table.c.audit_seq <= upto)):
        found[row.month, row.entity, row.currency] = row
    return {
        place: StatedSales(*place, int(row.amount), row.source or TYPED, row.recorded_at, row.recorded_by)
        for place, row in sorted(found.items())
        if row.amount is not None
    }


def _sales(cells: csvfile.Cells, line: int) -> Sales:
    currency = csvfile.currency_of(cells["currency"], line)
    return Sales(
        month=csvfile.month_of(cells["month"], line, "month"),
        entity=cells.get("entity") or "main",
        currency=currency,
        amount=csvfile.amount_of(cells["sales"], currency, line, "sales"),
        source=cells.get("source") or "",
    )


def _check(sales: Sequence[Sales]) -> None:
    if not sales:
        raise BadInput("There are no sales in it")
    seen: set[Place] = set()
    for one in sales:
        place = (one.month, one.entity, one.currency)
        if not is_currency(one.currency):
            raise BadInput(f"{one.currency!r} is no currency code (ISO 4217)", currency=one.currency)
        if one.month.day != 1:
            raise BadInput(f"Sales are of whole months: {one.month} is not the first day of one")
        if place in seen:
            raise BadInput(f"{one.entity} {one.currency} in {one.month:%Y-%m} stands there twice")
        seen.add(place)


def _write(unit: Unit, rows: Sequence[tuple[Sales, int | None]]) -> None:
    unit.subject = "company"
    unit.session.execute(
        insert(MonthlySales),
        [
            {
                "month": one.month,
                "entity": one.entity,
                "currency": one.currency,
                "amount": amount,
                "source": one.source,
                "recorded_at": unit.recorded_at,
                "recorded_by": unit.actor.name,
                "audit_seq": unit.audit_seq,
            }
            for one, amount in rows
        ],
    )
