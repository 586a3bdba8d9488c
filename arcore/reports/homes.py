"""Each customer in its own currency: the one it was given, else the one it is mostly invoiced in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.reports.dimensions import Codes
from arcore.reports.dimensions import Customers
from arcore.reports.rates import Gap
from arcore.reports.rates import Rates
from arcore.reports.rates import converted


@dataclass(frozen=True, eq=False)
class Homes:
    """The own currency of every customer.

    Attributes:
        codes: what the positions stand for; the currencies of the books come first, in their order.
        of: the position for each customer; a merged one has its survivor's.
        guessed: whose currency nobody named: it is the one most of its invoices are in.
    """

    codes: tuple[str, ...]
    of: Codes
    guessed: Bools

    def led_by(self, leader: Codes) -> Homes:
        """Return the currencies when each customer is shown in that of another, such as the head of its family."""
        return Homes(self.codes, self.of[leader], self.guessed[leader])


def homes(customers: Customers, columns: Columns, currencies: tuple[str, ...], usual: str) -> Homes:
    """Find the currency of every customer; one without invoices and without a word has the `usual` one.

    Of two currencies with as many invoices the first by name is taken.
    """
    codes = tuple(dict.fromkeys([*currencies, *sorted(set(customers.currencies) - {""}), usual]))
    number = {code: place for place, code in enumerate(codes)}
    told = np.array([number.get(code, -1) for code in customers.currencies], np.int32)
    told = told[customers.survivor] if len(told) else told
    guessed = told < 0
    found = np.where(guessed, _mostly(customers, columns, codes, number[usual]), told).astype(np.int32)
    return Homes(codes, found, guessed)


def _mostly(customers: Customers, columns: Columns, codes: tuple[str, ...], usual: int) -> Codes:
    """Return the currency in which each customer has most debit items."""
    debits = columns.side > 0
    order = np.array(sorted(range(len(codes)), key=codes.__getitem__), np.int64)
    rank = np.argsort(order)
    who = customers.survivor[columns.customer[debits]].astype(np.int64)
    cell = who * len(codes) + rank[columns.currency[debits]]
    counts = np.bincount(cell, minlength=len(customers.ids) * len(codes)).reshape(-1, len(codes))
    best = order[counts.argmax(axis=1)] if len(counts) else np.zeros(0, np.int64)
    found: Codes = np.where(counts.sum(axis=1) > 0, best, usual).astype(np.int32)[customers.survivor]
    return found


def at_home(
    rates: Rates, codes: tuple[str, ...], units: Ints, held: Ints, wanted: Ints, day: date
) -> tuple[Ints, NDArray[np.int64], tuple[Gap, ...]]:
    """Convert each amount from the currency it is held in into the one wanted for it, at the rates of a day.

    Gives the amounts, the currency each is in, and the missing rates; without a rate an amount stays as it is.
    """
    width = len(codes)
    pair = held * width + wanted
    factors = np.ones(width * width)
    gaps: list[Gap] = []
    missing = np.zeros(width * width, np.bool_)
    for place in np.unique(pair).tolist():
        source, target = codes[place // width], codes[place % width]
        factor = rates.factor(source, target, day)
        if factor is None:
            missing[place] = True
            gaps.append(Gap(source, target, day, int(units[pair == place].sum())))
        else:
            factors[place] = factor
    return converted(units, factors[pair]), np.where(missing[pair], held, wanted).astype(np.int64), tuple(gaps)
