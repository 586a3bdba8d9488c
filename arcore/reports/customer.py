"""One customer: who it is, what is open, how it pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.arrangements.queries import PromiseRow
from arcore.arrangements.queries import promises_in
from arcore.dates import add_months
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import NotFound
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import KINDS
from arcore.ledger.kinds import KindClass
from arcore.reports.filters import Filters
from arcore.reports.promised import broken
from arcore.reports.rates import Gap
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.engine import reading

RECENT = 10
"""Invoices that the running median of days to pay looks back on."""
BROKEN_MONTHS = 12
"""So long a broken promise is shown with the customer."""
_SALES = np.array([kind.kind_class is KindClass.SALES for kind in KINDS])


@dataclass(frozen=True)
class Relative:
    """A customer of the same family or one merged into this one."""

    customer_id: int
    code: str
    name: str
    role: str


@dataclass(frozen=True)
class Who:
    """What does not come from the books: names, links, facts of the day, contacts.

    Attributes:
        facts: owner, segment, terms, status, limits (minor units of `currency`, as text) and what holds for reminders
            (hold_until, key_account, policy, max_extension) on the as-of day.
        relatives: parent, children, and customers merged into this one.
    """

    customer_id: int
    code: str
    name: str
    currency: str
    language: str
    region: str
    intercompany: bool
    merged_into: Relative | None
    facts: dict[str, str]
    relatives: tuple[Relative, ...]
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class Standing:
    """The figures on a customer's tiles; amounts in minor units of `currency`.

    Attributes:
        oldest_days: days past due of the oldest open debit item, None when nothing is late.
        oldest_number: the number of its document.
        pays_after: days from document to receipt, weighted by amount, twelve months to the as-of day.
        paid_after_before: the same for the twelve months before, to compare with.
        limit: credit limit converted to `currency`, None when none is set or a rate is missing.
        used: open balance in percent of the limit, None without a limit above zero.
    """

    currency: str
    open: int
    overdue: int
    unapplied: int
    items: int
    oldest_days: int | None
    oldest_row: int | None
    pays_after: float | None
    paid_after_before: float | None
    limit: int | None
    used: float | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Paid:
    """One invoice that money came in for.

    Attributes:
        amount: what receipts settled of it, minor units of `currency`.
        days: from document date to receipt, weighted by amount.
        median: the middle of the days of the last ten up to this one.
    """

    number_row: int
    last_receipt: date
    amount: int
    currency: str
    days: float
    median: float


def find(engine: Engine, code: str) -> int:
    """Return the id of a customer's code, or of the customer that it was merged into. Raises NotFound."""
    with reading(engine) as session:
        found = session.execute(select(Customer).where(col(Customer.code) == code)).scalar()
        if found is None:
            raise NotFound(f"There is no customer {code}", customer=code)
        while found.merged_into_id is not None:
            found = session.get_one(Customer, found.merged_into_id)
        return int(found.id or 0)


def who(engine: Engine, filters: Filters, customer_id: int) -> Who:
    """Read names, family, facts of the day and contacts. Raises NotFound."""
    seen = view(engine, filters)
    customers = seen.book.around.customers
    with reading(engine) as session:
        customer = session.get(Customer, customer_id)
        if customer is None:
            raise NotFound(f"There is no customer {customer_id}", customer=customer_id)
        related = session.execute(
            select(Customer).where(
                (col(Customer.parent_id) == customer_id)
                | (col(Customer.id) == customer.parent_id)
                | (col(Customer.merged_into_id) == customer_id)
                | (col(Customer.id) == customer.merged_into_id)
            )
        ).scalars()
        contacts = session.execute(
            select(Contact).where(col(Contact.customer_id) == customer_id).order_by(col(Contact.id))
        ).scalars()
        relatives = [Relative(int(r.id or 0), r.code, r.name, _role(r, customer)) for r in related]
        place = int(np.searchsorted(customers.ids, customer_id))
        facts = {}
        for name in customers.facts:
            codes, labels = customers.fact_on(name, filters.as_of, seen.known_seq)
            if codes[place] >= 0:
                facts[name] = labels[codes[place]]
        return Who(
            customer_id=customer_id,
            code=customer.code,
            name=customer.name,
            currency=customer.currency,
            language=customer.language,
            region=customer.region,
            intercompany=customer.intercompany,
            merged_into=next((r for r in relatives if r.role == "survivor"), None),
            facts=facts,
            relatives=tuple(r for r in relatives if r.role != "survivor"),
            contacts=tuple(contacts),
        )


def standing(engine: Engine, filters: Filters, customer_id: int) -> Standing:
    """Return the figures of one customer and whoever was merged into it, in the reporting currency."""
    seen = _in_reporting(engine, filters)
    return seen.book.remembered(
        ("standing", seen.filters.key(), customer_id), lambda: _standing(engine, seen, customer_id)
    )


@dataclass(frozen=True)
class Promised:
    """What a customer promised, as of the day; due first first, of the broken the newest first.

    Attributes:
        running: open, or past their grace while no cash data say whether they were kept ("unknown").
        broken: broken or kept in part only, within the last BROKEN_MONTHS.
        kept, judged: how many were kept, of all those that could be judged.
    """

    running: tuple[PromiseRow, ...]
    broken: tuple[PromiseRow, ...]
    kept: int
    judged: int


def promised(engine: Engine, filters: Filters, customer_id: int) -> Promised:
    """Return the promises of one customer and whoever was merged into it, judged on the as-of day."""
    seen = view(engine, filters)

    def read() -> Promised:
        with reading(engine) as session:
            rows = promises_in(session, filters.as_of, [customer_id])
        recent = add_months(filters.as_of, -BROKEN_MONTHS)
        late = broken(rows)
        kept = sum(row.state == "kept" for row in rows)
        return Promised(
            running=tuple(row for row in rows if row.state in ("open", "unknown")),
            broken=tuple(row for row in late if (row.broken_on or row.due_on) > recent),
            kept=kept,
            judged=kept + len(late),
        )

    return seen.book.remembered(("promised", filters.as_of, customer_id), read)


def paid(engine: Engine, filters: Filters, customer_id: int, *, months: int = 24) -> tuple[Paid, ...]:
    """Return the invoices that receipts settled in the months up to the as-of day, oldest receipt first."""
    seen = _in_reporting(engine, filters)
    since = to_day(add_months(filters.as_of, -months))
    receipts = _receipts(seen, _rows_of(seen, customer_id))
    money = seen.in_currency(receipts.amount, receipts.invoice)
    found: list[Paid] = []
    days_so_far: list[float] = []
    for row, last, amount, days in _by_invoice(receipts, money.units):
        days_so_far.append(days)
        if last > since:
            median = float(np.median(days_so_far[-RECENT:]))
            found.append(Paid(row, from_day(last), amount, seen.filters.currency, days, median))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Receipts:
    """Cash that settled invoices: rows of the invoice's first item, days, amounts as booked."""

    invoice: Ints
    day: Ints
    taken: Ints
    amount: Ints


def _in_reporting(engine: Engine, filters: Filters) -> View:
    return view(engine, filters.in_currency(view(engine, filters).reporting))


def _rows_of(seen: View, customer_id: int) -> Ints:
    customers = seen.book.around.customers
    place = int(np.searchsorted(customers.ids, customer_id))
    ours = customers.survivor == customers.survivor[place]
    rows: Ints = np.flatnonzero(ours[seen.columns.customer])
    return rows


def _receipts(seen: View, rows: Ints) -> _Receipts:
    """Find what payments took off debts; reversal rows are negative and cancel what they take back."""
    columns = seen.columns
    ours = np.zeros(len(columns.item_id), np.bool_)
    ours[rows] = True
    debt, money = columns.root[columns.app_to], columns.root[columns.app_from]
    chosen = (
        ours[columns.app_to]
        & _SALES[columns.kind[debt]]
        & (columns.kind[money] == CODES["payment"])
        & (columns.app_day <= seen.as_of)
    )
    day = columns.effective[money][chosen].astype(np.int64)
    return _Receipts(
        invoice=debt[chosen],
        day=day,
        taken=day - columns.doc_day[debt[chosen]],
        amount=columns.app_amount[chosen],
    )


def _by_invoice(receipts: _Receipts, units: Ints) -> list[tuple[int, int, int, float]]:
    """Return (invoice row, last receipt day, amount, weighted days) per invoice, by receipt day."""
    invoices, place = np.unique(receipts.invoice, return_inverse=True)
    amount, weighted = np.zeros(len(invoices), np.int64), np.zeros(len(invoices))
    last = np.full(len(invoices), -(2**31), np.int64)
    np.add.at(amount, place, units)
    np.add.at(weighted, place, units * receipts.taken)
    np.maximum.at(last, place, receipts.day)
    found = [
        (int(invoices[n]), int(last[n]), int(amount[n]), float(weighted[n] / amount[n]))
        for n in np.flatnonzero(amount > 0)
    ]
    return sorted(found, key=lambda one: (one[1], one[0]))


def _standing(engine: Engine, seen: View, customer_id: int) -> Standing:
    rows = _rows_of(seen, customer_id)
    columns = seen.columns
    member = np.zeros(len(columns.item_id), np.bool_)
    member[rows] = True
    items = seen.open_items() if not _is_ours(seen, customer_id) else seen.open_items(ours=True)
    here = member[items.row]
    money = seen.money(items)
    known = here & (np.array(money.codes, dtype=object)[money.currency] == seen.filters.currency)
    debit = columns.side[items.row] > 0
    late = here & debit & (items.days_past_due > 0)
    open_ = int(money.units[known].sum())
    oldest = int(np.flatnonzero(late)[items.days_past_due[late].argmax()]) if late.any() else None
    limit = _limit(engine, seen, customer_id)
    return Standing(
        currency=seen.filters.currency,
        open=open_,
        overdue=int(money.units[known & late].sum()),
        unapplied=int(money.units[known & ~debit].sum()),
        items=int(here.sum()),
        oldest_days=None if oldest is None else int(items.days_past_due[oldest]),
        oldest_row=None if oldest is None else int(items.row[oldest]),
        pays_after=_pays_after(seen, rows, 0),
        paid_after_before=_pays_after(seen, rows, 12),
        limit=limit,
        used=None if not limit else 100 * open_ / limit,
        gaps=tuple(gap for gap in money.gaps if _concerns(gap, seen, items.row[here])),
    )


def _pays_after(seen: View, rows: Ints, months_ago: int) -> float | None:
    """Return the weighted days of the twelve months that end so many months before the as-of day."""
    last = add_months(seen.filters.as_of, -months_ago)
    receipts = _receipts(seen, rows)
    money = seen.in_currency(receipts.amount, receipts.invoice)
    inside = (receipts.day > to_day(add_months(last, -12))) & (receipts.day <= to_day(last))
    amount = int(money.units[inside].sum())
    return None if amount <= 0 else float((money.units * receipts.taken)[inside].sum() / amount)


def _limit(engine: Engine, seen: View, customer_id: int) -> int | None:
    about = who(engine, seen.filters, customer_id)
    text = about.facts.get("credit_limit")
    if not text or not about.currency:
        return None
    factor = seen.book.around.rates.factor(about.currency, seen.filters.currency, seen.filters.as_of)
    return None if factor is None else round(int(text) * factor)


def _concerns(gap: Gap, seen: View, rows: Ints) -> bool:
    return bool((seen.columns.currency[rows] == seen.currencies.index(gap.currency)).any())


def _is_ours(seen: View, customer_id: int) -> bool:
    customers = seen.book.around.customers
    return bool(customers.intercompany[np.searchsorted(customers.ids, customer_id)])


def _role(relative: Customer, customer: Customer) -> str:
    if relative.id == customer.merged_into_id:
        return "survivor"
    if relative.merged_into_id == customer.id:
        return "merged"
    return "parent" if relative.id == customer.parent_id else "child"
