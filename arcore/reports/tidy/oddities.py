"""Dates and amounts that can hardly be meant: from the future, due before issued, terms of more than a year, zero."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.open_items import balances_at
from arcore.analytics.runs import FEWEST
from arcore.cleanup.queries import decisions
from arcore.cleanup.queries import oddity_subject
from arcore.dates import to_day
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import KINDS
from arcore.reports.filters import Filters
from arcore.reports.items import taken_over
from arcore.reports.tidy.gaps import prefixes
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.listing import within
from arcore.reports.tidy.register import Register
from arcore.reports.tidy.register import register
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.engine import reading
from arcore.store.sources import SourceWord

LONGEST_TERMS = 365
"""Days from document to due date; more is taken for a typing error in the year."""
ODDITIES: Mapping[str, str] = {
    "future": "Dated in the future",
    "due_before": "Due before it was issued",
    "long_terms": f"Terms of more than {LONGEST_TERMS} days",
    "zero": "Amount is zero",
    "more_open": "More open than invoiced",
    "negative": "Credit in the invoices' numbering",
}
"""Kinds of oddities and how they are called; a negative invoice of a file arrives as a credit note."""
_DEBIT_SALES = np.array([kind.in_sales and kind.side > 0 for kind in KINDS])
_IN_SALES = np.array([kind.in_sales for kind in KINDS])


def oddities(engine: Engine, filters: Filters, today: date, *, accepted: bool = False) -> Listing:
    """Return odd documents among those that stand, the largest first; `what` says in which way.

    What is dated after `today` is from the future, whatever day is looked at. `accepted` gives those that somebody
    let be instead of the others.
    """
    seen = view(engine, filters)
    found: Listing = seen.book.remembered(("oddities", filters.key(), today), lambda: _oddities(engine, seen, today))
    decided = decisions(engine, "oddity")
    if not decided and not accepted:
        return found
    return found.only(np.array([subject in decided for subject in subjects(found)], np.bool_) == accepted)


def subjects(listing: Listing) -> list[str]:
    """Return how each entry is named in a decision."""
    keys = list(ODDITIES)
    pairs = zip(listing.what.tolist(), listing.document_ids.tolist(), strict=True)
    return [oddity_subject(keys[what], document) for what, document in pairs]


def _oddities(engine: Engine, seen: View, today: date) -> Listing:
    book, columns = register(engine, seen), seen.columns
    kind, day = columns.kind[book.row], columns.doc_day[book.row].astype(np.int64)
    debit, due = _DEBIT_SALES[kind], _agreed(columns)[book.row]
    tests = {
        "future": day > to_day(today),
        "due_before": debit & (due < day),
        "long_terms": debit & (due - day > LONGEST_TERMS),
        "zero": _IN_SALES[kind] & (book.amount == 0),
        "more_open": np.isin(columns.document_id[book.row], _more_open(engine, seen, book)),
        "negative": (kind == CODES["credit_note"]) & _among_invoices(engine, seen, book),
    }
    counted = within(seen, book.row)
    places = [np.flatnonzero(tests[name] & counted) for name in ODDITIES]
    at = np.concatenate(places)
    what = np.repeat(np.arange(len(places)), [len(place) for place in places])
    listing = Listing(seen, book.row[at], book.amount[at], what, tuple(ODDITIES.values()))
    return listing.ordered("largest")


def _agreed(columns: Columns) -> Ints:
    """Return the due day of every item, of one that was re-dated the day that was agreed last."""
    due = columns.original_due.astype(np.int64)
    born = np.flatnonzero(columns.origin >= 0)
    born = born[columns.document_id[born] == columns.document_id[columns.root[born]]]
    # What was taken back carries nothing any more.
    born = born[taken_over(columns, born) != 0]
    due[columns.root[born]] = columns.due[born]
    return due


def _more_open(engine: Engine, seen: View, book: Register) -> Ints:
    """Return documents of which more is open than they were for, here or as the last file of their source says."""
    columns = seen.columns
    balance = np.abs(balances_at(columns, seen.as_of))
    over = columns.document_id[book.row[balance[book.row] > np.abs(book.amount)]]
    latest = select(func.max(col(SourceWord.id))).where(col(SourceWord.document_id).is_not(None)).group_by(
        col(SourceWord.source_id), col(SourceWord.key))  # fmt: skip
    query = select(col(SourceWord.document_id), col(SourceWord.id)).where(
        func.abs(col(SourceWord.open_amount)) > func.abs(col(SourceWord.amount)), col(SourceWord.present)
    )
    with reading(engine) as session:
        told = session.execute(query).all()
        if told:
            last = set(session.execute(latest).scalars())
            told = [row for row in told if row.id in last]
    return np.concatenate((over, np.array([row.document_id for row in told if row.document_id], np.int64)))


def _among_invoices(engine: Engine, seen: View, book: Register) -> Bools:
    """Tell which documents carry a number of a series of invoices, where credit notes have one of their own.

    In books that number both in one series none is odd.
    """
    ids, prefix, *_ = prefixes(engine, seen)
    found = np.zeros(len(book.row), np.bool_)
    sold = book.sold
    if len(ids) == 0 or len(sold) == 0:
        return found
    of = prefix[np.searchsorted(ids, seen.columns.document_id[book.row[sold]])]
    width = int(prefix.max()) + 2
    kind = seen.columns.kind[book.row[sold]]
    credit = kind == CODES["credit_note"]
    invoices, every = (np.bincount(of[part] + 1, minlength=width) for part in (kind == CODES["invoice"], slice(None)))
    mostly = (invoices * 2 > every) & (every >= FEWEST)
    mostly[0] = False
    strangers = mostly[of + 1] & credit
    found[sold] = strangers if 2 * strangers.sum() < credit.sum() else False
    return found
