"""One customer: who it is, what is open, how it pays."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.analytics.coverage import Coverage
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.measure import missing_for
from arcore.analytics.windows import Window
from arcore.customers.queries import with_merged
from arcore.dates import add_months
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import NotFound
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import KINDS
from arcore.ledger.kinds import KindClass
from arcore.reports.book import places_of
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.engine import reading

RECENT = 10
"""Invoices that the running median of days to pay looks back on."""
PAYS_AFTER_MONTHS = 12
"""The window of the tile that says how long a customer takes."""
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
        pays_after: days from document to receipt, weighted by amount, twelve months to the as-of day; None without a
            receipt, and where receipts are not complete.
        pays_after_lacks: what is missing for `pays_after`, "" when nothing is.
        paid_after_before: the same for the twelve months before, to compare with.
        limit: credit limit converted to `currency`, None when none is set or a rate is missing; of a family the sum.
        used: open balance in percent of the limit, None without a limit above zero; of a family what the members that
            have a limit owe, each net of its own credits.
        exposure: what is owed, each member net of its own credits: nobody's credit lowers what another owes.
        members: how many customers the figures hold.
        limited: how many of these have a limit.
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
    exposure: int = 0
    members: int = 1
    limited: int = 0
    pays_after_lacks: str = ""


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
            select(Contact)
            .where(col(Contact.customer_id).in_(with_merged(session, [customer_id])))
            .order_by(col(Contact.id))
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


def filters_for(engine: Engine, filters: Filters, customer_id: int) -> Filters:
    """Return the filters under which one customer is shown: in one currency, and counted whatever group it is of.

    Segments and owners fall away: it was chosen by its code. The currency is the one asked for; as booked it is the
    company's, and the customer's own where that is asked for.
    """
    seen = view(engine, filters)
    customers = seen.book.around.customers
    place = int(np.searchsorted(customers.ids, customer_id))
    currency = seen.homes.codes[seen.homes.of[place]] if filters.currency == CUSTOMER else seen.reporting
    ours = bool(customers.intercompany[place])
    hidden = filters.intercompany == ("out" if ours else "only")
    group = "in" if hidden else filters.intercompany
    return replace(filters, currency=currency, intercompany=group, segments=(), owners=())


def standing(engine: Engine, filters: Filters, customer_id: int, *, family: bool = False) -> Standing:
    """Return the figures of one customer and whoever was merged into it, in one currency (see `filters_for`).

    With `family` those of everybody under it too, each counted once.
    """
    seen = _in_reporting(engine, filters, customer_id)
    return seen.book.remembered(
        ("standing", seen.filters.key(), customer_id, family), lambda: _standing(seen, customer_id, family=family)
    )


def paid(
    engine: Engine, filters: Filters, customer_id: int, *, months: int = 24, family: bool = False
) -> tuple[Paid, ...]:
    """Return the invoices that receipts settled in the months up to the as-of day, oldest receipt first."""
    seen = _in_reporting(engine, filters, customer_id)
    since = to_day(add_months(filters.as_of, -months))
    receipts = _receipts(seen, _rows_of(seen, members_of(seen, customer_id, family=family)))
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
    """Cash that settled invoices: rows of the invoice's first item, when it came and was matched, amounts as booked."""

    invoice: Ints
    day: Ints
    matched: Ints
    taken: Ints
    amount: Ints


def _in_reporting(engine: Engine, filters: Filters, customer_id: int) -> View:
    return view(engine, filters_for(engine, filters, customer_id))


def members_of(seen: View, customer_id: int, *, family: bool) -> Ints:
    """Return the positions of a customer and, with `family`, of everybody under it, in the order of the tree."""
    customers = seen.book.around.customers
    place = int(customers.survivor[np.searchsorted(customers.ids, customer_id)])
    return customers.families.under(place) if family else np.array([place], np.int64)


def _rows_of(seen: View, members: Ints) -> Ints:
    customers = seen.book.around.customers
    chosen = np.zeros(len(customers.ids), np.bool_)
    chosen[members] = True
    held = chosen[customers.survivor][seen.columns.customer]
    rows: Ints = np.flatnonzero(held & seen.mask if len(seen.mask) else held)
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
    day = columns.doc_day[columns.app_from[chosen]].astype(np.int64)
    return _Receipts(
        invoice=debt[chosen],
        day=day,
        matched=columns.app_day[chosen].astype(np.int64),
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


def _standing(seen: View, customer_id: int, *, family: bool) -> Standing:
    columns, items = seen.columns, seen.open_items()
    members = members_of(seen, customer_id, family=family)
    rows = _rows_of(seen, members)
    member = np.zeros(len(columns.item_id), np.bool_)
    member[rows] = True
    here = member[items.row]
    money = seen.money(items)
    known = here & (np.array(money.codes, dtype=object)[money.currency] == seen.filters.currency)
    debit = columns.side[items.row] > 0
    late = here & debit & (items.days_past_due > 0)
    open_ = int(money.units[known].sum())
    oldest = int(np.flatnonzero(late)[items.days_past_due[late].argmax()]) if late.any() else None
    limits = limits_of(seen, members)
    limit = None if np.isnan(limits).all() else round(float(np.nansum(limits)))
    owed = _owed(seen, members, items.row[known], money.units[known])
    limited = np.nan_to_num(limits) > 0
    pays_after, lacks = _pays_after(seen, rows, 0)
    return Standing(
        currency=seen.filters.currency,
        open=open_,
        overdue=int(money.units[known & late].sum()),
        unapplied=int(money.units[known & ~debit].sum()),
        items=int(here.sum()),
        oldest_days=None if oldest is None else int(items.days_past_due[oldest]),
        oldest_row=None if oldest is None else int(items.row[oldest]),
        pays_after=pays_after,
        paid_after_before=_pays_after(seen, rows, 12)[0],
        limit=limit,
        used=None if not limit else 100 * (int(owed[limited].sum()) if family else open_) / limit,
        gaps=seen.in_currency(items.open[here], items.row[here]).gaps,
        exposure=int(owed.sum()),
        members=len(members),
        limited=int((~np.isnan(limits)).sum()),
        pays_after_lacks=lacks,
    )


def _pays_after(seen: View, rows: Ints, months_ago: int) -> tuple[float | None, str]:
    """Return days to pay as its measure has it, of the twelve months that end so many months before the as-of day.

    And what is missing for it, "" when nothing is.
    """
    last = add_months(seen.filters.as_of, -months_ago)
    window = Window(add_months(last + timedelta(days=1), -PAYS_AFTER_MONTHS), last)
    lacks = missing_for(BY_NAME["days_to_pay"], window, _coverage(seen, rows))
    if lacks is not None:
        return None, lacks
    receipts = _receipts(seen, rows)
    money = seen.in_currency(receipts.amount, receipts.invoice)
    inside = (
        (receipts.day >= to_day(window.first)) & (receipts.day <= to_day(last)) & (receipts.matched <= to_day(last))
    )
    amount = int(money.units[inside].sum())
    return (None if amount <= 0 else float((money.units * receipts.taken)[inside].sum() / amount)), ""


def _coverage(seen: View, rows: Ints) -> Coverage:
    """Return from which day everything of some items is complete."""
    columns, declared = seen.columns, seen.book.around.coverages
    places = places_of(columns.entity[rows], columns.currency[rows], seen.book.entities, seen.currencies)
    return Coverage(
        balances=declared.complete_from("balances", places),
        sales=declared.complete_from("sales", places),
        receipts=declared.complete_from("receipts", places),
    )


def limits_of(seen: View, members: Ints) -> NDArray[np.float64]:
    """Return the credit limits of customers in minor units of the currency shown; nan for none, or without a rate."""
    customers, rates, filters = seen.book.around.customers, seen.book.around.rates, seen.filters
    codes, labels = customers.fact_on("credit_limit", filters.as_of, seen.known_seq)
    found = np.full(len(members), np.nan)
    for place, member in enumerate(members.tolist()):
        held = customers.currencies[member]
        factor = rates.factor(held, filters.currency, filters.as_of) if held and codes[member] >= 0 else None
        if factor is not None:
            found[place] = round(int(labels[codes[member]]) * factor)
    return found


def _owed(seen: View, members: Ints, rows: Ints, units: Ints) -> Ints:
    """Return what each of these customers owes, net of its own credits; nothing where it is in credit."""
    customers = seen.book.around.customers
    owed = np.zeros(len(customers.ids), np.int64)
    np.add.at(owed, customers.survivor[seen.columns.customer[rows]], units)
    whose: Ints = np.maximum(owed[members], 0)
    return whose


def _role(relative: Customer, customer: Customer) -> str:
    if relative.id == customer.merged_into_id:
        return "survivor"
    if relative.merged_into_id == customer.id:
        return "merged"
    return "parent" if relative.id == customer.parent_id else "child"
