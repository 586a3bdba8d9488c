"""What stands around the books and changes seldom: customers, rates, settings, coverage, independent figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from arcore.reports.coverage import Coverages
from arcore.reports.coverage import read_coverages
from arcore.reports.dimensions import Customers
from arcore.reports.dimensions import read_customers
from arcore.reports.rates import Rates
from arcore.reports.rates import read_rates
from arcore.store.company import CompanySetting


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Everything a report needs besides items and applications.

    Attributes:
        settings: the company's settings by name, read from JSON.
    """

    customers: Customers
    rates: Rates
    coverages: Coverages
    settings: Mapping[str, Any]


def read_surroundings(session: Session) -> Surroundings:
    """Read it all, inside the snapshot of the session."""
    table = CompanySetting.__table__  # type: ignore[attr-defined]
    return Surroundings(
        customers=read_customers(session),
        rates=read_rates(session),
        coverages=read_coverages(session),
        settings={row.name: json.loads(row.value) for row in session.execute(select(table))},
    )
