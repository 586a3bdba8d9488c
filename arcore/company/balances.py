"""The general ledger's balance of receivables per day, entity and currency, as somebody typed or uploaded it."""

from __future__ import annotations

from collections.abc import Iterable
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
from arcore.store.company import LedgerBalance
from arcore.store.sources import FileTotal
from arcore.store.sources import Import
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

TEMPLATE = "day,entity,currency,balance,source,drawn_on\n2026-10-31,main,EUR,1234567.89,Trial balance,2026-11-05\n"
LEDGER = "general ledger"
"""What a balance is called whose source nobody named."""

Place = tuple[date, str, str]
"""The day, entity and currency that a balance is of."""


class Balance(NamedTuple):
    """What the general ledger says is owed to `entity` in `currency` at the end of `day`; + owed to us.

    `drawn_on` is the day on which the ledger was asked; None: when it is saved.
    """

    day: date
    entity: str
    currency: str
    amount: Decimal
    source: str = ""
    drawn_on: date | None = None

    @property
    def place(self) -> Place:
        """What it is of."""
        return self.day, self.entity, self.currency


class StatedBalance(NamedTuple):
    """A balance as it is kept; `amount` in minor units, `import_id` where a file states it of itself."""

    day: date
    entity: str
    currency: str
    amount: int
    source: str
    drawn_on: date | None
    recorded_at: datetime
    recorded_by: str
    import_id: int | None = None

    @property
    def place(self) -> Place:
        """What it is of."""
        return self.day, self.entity, self.currency


def read_balances(content: bytes) -> list[Balance]:
    """Read a CSV with the columns day, currency, balance and, where wanted, entity, source, drawn_on.

    Raises BadInput that names line, column and value of the first row that can't be read; nothing is taken then.
    """
    return [_balance(cells, line) for line, cells in _rows(content)]


def save_balances(engine: Engine, *, balances: Sequence[Balance], actor: Actor, key: str | None = None) -> Facts:
    """State balances; a place that has one keeps it as history and uses the new one from now on.

    Raises BadInput for none, a place twice, a currency that does not exist or a day before the one it was drawn for;
    NotAllowed, Unavailable.
    """
    allow(actor, "state the balances of the general ledger")
    _check(balances)

    def body(unit: Unit) -> Facts:
        _write(unit, [(balance, to_minor(balance.amount, balance.currency)) for balance in balances])
        unit.changed.update(balances=len(balances), days=sorted({balance.day.isoformat() for balance in balances}))
        return {"balances": len(balances)}

    content = {"balances": [list(balance) for balance in balances]}
    return commit(engine, body, actor=actor, verb="save_ledger_balances", key=key, content=content)


def withdraw_balance(
    engine: Engine, *, day: date, entity: str, currency: str, actor: Actor, key: str | None = None
) -> Facts:
    """Take a stated balance away; what was stated stays as history. Raises NotFound where there is none, NotAllowed."""
    allow(actor, "state the balances of the general ledger")

    def body(unit: Unit) -> Facts:
        found = stated(unit.session).get((day, entity, currency))
        if found is None:
            msg = f"No balance of the general ledger is known for {entity} {currency} on {day}"
            raise NotFound(msg)
        was = from_minor(found.amount, currency)
        _write(unit, [(Balance(day, entity, currency, was, found.source, found.drawn_on), None)])
        unit.changed.update(day=day.isoformat(), entity=entity, currency=currency, withdrawn=str(was))
        return {"withdrawn": str(was)}

    content = {"day": day, "entity": entity, "currency": currency}
    return commit(engine, body, actor=actor, verb="withdraw_ledger_balance", key=key, content=content)


def stated(session: Session, *, upto: int | None = None) -> Mapping[Place, StatedBalance]:
    """Read the general ledger's balances by place, as known at the audit event `upto`, or now."""
    table = LedgerBalance.__table__  # type: ignore[attr-defined]
    query = select(table).order_by(table.c.audit_seq, table.c.id)
    found: dict[Place, Any] = {}
    for row in session.execute(query if upto is None else query.where(table.c.audit_seq <= upto)):
        found[row.day, row.entity, row.currency] = row
    return {place: _stated(row) for place, row in found.items() if row.amount is not None}


def stated_by_files(session: Session, *, upto: int | None = None) -> Mapping[Place, StatedBalance]:
    """Read the totals that snapshots state of themselves, by place; the latest import that stands wins."""
    totals, imports = FileTotal.__table__, Import.__table__  # type: ignore[attr-defined]
    query = (
        select(totals, imports.c.at, imports.c.by)
        .join(imports, imports.c.id == totals.c.import_id)
        .where(imports.c.undone_at.is_(None))
        .order_by(totals.c.id)
    )
    if upto is not None:
        query = query.where(imports.c.audit_seq <= upto)
    return {
        (row.day, row.entity, row.currency): StatedBalance(
            row.day, row.entity, row.currency, int(row.amount), f"own total of {row.file}", None, row.at, row.by,
            row.import_id,
        )
        for row in session.execute(query)
    }  # fmt: skip


def _stated(row: Any) -> StatedBalance:
    return StatedBalance(
        row.day, row.entity, row.currency, int(row.amount), row.source or LEDGER, row.drawn_on, row.recorded_at,
        row.recorded_by,
    )  # fmt: skip


def _rows(content: bytes) -> Iterable[tuple[int, csvfile.Cells]]:
    return csvfile.rows(content, required=("day", "currency", "balance"), called="table of balances")


def _balance(cells: csvfile.Cells, line: int) -> Balance:
    currency = csvfile.currency_of(cells["currency"], line)
    drawn = cells.get("drawn_on")
    return Balance(
        day=csvfile.day_of(cells["day"], line, "day"),
        entity=cells.get("entity") or "main",
        currency=currency,
        amount=csvfile.amount_of(cells["balance"], currency, line, "balance"),
        source=cells.get("source") or "",
        drawn_on=csvfile.day_of(drawn, line, "drawn_on") if drawn else None,
    )


def _check(balances: Sequence[Balance]) -> None:
    if not balances:
        raise BadInput("There is no balance in it")
    seen: set[Place] = set()
    for balance in balances:
        if not is_currency(balance.currency):
            raise BadInput(f"{balance.currency!r} is no currency code (ISO 4217)", currency=balance.currency)
        if balance.place in seen:
            raise BadInput(f"{balance.entity} {balance.currency} on {balance.day} stands there twice")
        if balance.drawn_on is not None and balance.drawn_on < balance.day:
            raise BadInput(f"A balance of {balance.day} can't have been drawn before, on {balance.drawn_on}")
        seen.add(balance.place)


def _write(unit: Unit, rows: Sequence[tuple[Balance, int | None]]) -> None:
    unit.subject = "company"
    unit.session.execute(
        insert(LedgerBalance),
        [
            {
                "day": balance.day,
                "entity": balance.entity,
                "currency": balance.currency,
                "amount": amount,
                "source": balance.source,
                "drawn_on": balance.drawn_on,
                "recorded_at": unit.recorded_at,
                "recorded_by": unit.actor.name,
                "audit_seq": unit.audit_seq,
            }
            for balance, amount in rows
        ],
    )
