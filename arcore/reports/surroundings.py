"""What stands around the books and changes seldom: customers, rates, settings, coverage, independent figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from arcore.company.queries import StatedBalance
from arcore.company.queries import StatedSales
from arcore.company.queries import file_totals
from arcore.company.queries import ledger_balances
from arcore.company.queries import monthly_sales
from arcore.goals.queries import Annotation
from arcore.goals.queries import Goal
from arcore.goals.queries import chart_notes_in
from arcore.goals.queries import goals_in
from arcore.reports.coverage import Coverages
from arcore.reports.coverage import read_coverages
from arcore.reports.dimensions import Customers
from arcore.reports.dimensions import read_customers
from arcore.reports.rates import Rates
from arcore.reports.rates import read_rates
from arcore.store.company import CompanySetting

Place = tuple[date, str, str]
"""A day, or the first day of a month, with entity and currency."""


@dataclass(frozen=True, eq=False)
class Stated:
    """What others say: the general ledger's balances, files' own totals, credit sales of months; by place."""

    ledger: Mapping[Place, StatedBalance] = field(default_factory=dict)
    files: Mapping[Place, StatedBalance] = field(default_factory=dict)
    sales: Mapping[Place, StatedSales] = field(default_factory=dict)

    def balance(self, place: Place) -> StatedBalance | None:
        """Return an independent balance of a place: the general ledger's, else the total a file states of itself."""
        return self.ledger.get(place) or self.files.get(place)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Everything a report needs besides items and applications.

    Attributes:
        settings: the company's settings by name, read from JSON.
        goals: the targets that stand.
        notes: what is written at days, for charts over time.
    """

    customers: Customers
    rates: Rates
    coverages: Coverages
    settings: Mapping[str, Any]
    stated: Stated = field(default_factory=Stated)
    goals: tuple[Goal, ...] = ()
    notes: tuple[Annotation, ...] = ()

    def as_known(self, session: Session, seq: int, moment: datetime) -> Surroundings:
        """Return the same, all but customers and settings as it was known at an audit event."""
        return replace(
            self,
            rates=read_rates(session, upto=seq),
            coverages=read_coverages(session, known=(seq, moment)),
            stated=read_stated(session, upto=seq),
            goals=goals_in(session, upto=seq),
            notes=chart_notes_in(session, upto=seq),
        )


def read_surroundings(session: Session) -> Surroundings:
    """Read it all, inside the snapshot of the session."""
    table = CompanySetting.__table__  # type: ignore[attr-defined]
    return Surroundings(
        customers=read_customers(session),
        rates=read_rates(session),
        coverages=read_coverages(session),
        settings={row.name: json.loads(row.value) for row in session.execute(select(table))},
        stated=read_stated(session),
        goals=goals_in(session),
        notes=chart_notes_in(session),
    )


def read_stated(session: Session, *, upto: int | None = None) -> Stated:
    """Read what others state, as known at the audit event `upto` or now."""
    return Stated(
        ledger=ledger_balances(session, upto=upto),
        files=file_totals(session, upto=upto),
        sales=monthly_sales(session, upto=upto),
    )
