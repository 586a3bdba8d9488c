"""The verbs on our own company: settings, rates, stated balances and sales, frozen months; one audit event each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import insert

from arcore.company import accounts
from arcore.company.balances import Balance
from arcore.company.balances import save_balances
from arcore.company.balances import withdraw_balance
from arcore.company.closing import freeze_month
from arcore.company.closing import reopen_month
from arcore.company.counting import save_in
from arcore.company.notes import save_note
from arcore.company.profile import as_settings
from arcore.company.profile import check
from arcore.company.queries import profile_in
from arcore.company.rates import QuotedRate
from arcore.company.rights import MAY_CHANGE
from arcore.company.rights import allow
from arcore.company.sales import Sales
from arcore.company.sales import save_sales
from arcore.company.sales import withdraw_sales
from arcore.errors import BadInput
from arcore.store.company import CompanySetting
from arcore.store.company import Rate
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

__all__ = [
    "MAY_CHANGE",
    "Balance",
    "Sales",
    "freeze_month",
    "reopen_month",
    "save_balances",
    "save_measures",
    "save_note",
    "save_profile",
    "save_rates",
    "save_sales",
    "withdraw_balance",
    "withdraw_sales",
]


def save_profile(engine: Engine, *, actor: Actor, key: str | None = None, **values: Any) -> Facts:
    """Save what is given of the company's profile and leave the rest. Raises BadInput, NotAllowed, Unavailable."""
    allow(actor)
    if "bank_accounts" in values:
        values["bank_accounts"] = tuple(accounts.tidy(account) for account in values["bank_accounts"])

    def body(unit: Unit) -> Facts:
        before = profile_in(unit.session)
        after = replace(before, **values)
        check(after)
        old, new = as_settings(before), as_settings(after)
        changed = {name: value for name, value in new.items() if value != old[name]}
        for name, value in changed.items():
            unit.session.merge(CompanySetting(name=name, value=json.dumps(value, ensure_ascii=False)))
        unit.session.flush()
        unit.changed.update(changed)
        unit.subject = "company"
        return {"changed": sorted(changed)}

    content = values | {
        name: [asdict(account) for account in values[name]] for name in values if name == "bank_accounts"
    }
    return commit(engine, body, actor=actor, verb="save_profile", key=key, content=content)


def save_measures(engine: Engine, *, actor: Actor, key: str | None = None, **values: Any) -> Facts:
    """Save how measures are counted and what only the company knows of them; names are those of Variants.

    Raises BadInput with a sentence for what can't be meant, NotAllowed, Unavailable.
    """
    allow(actor)
    content = {name: None if value is None else str(value) for name, value in values.items()}
    return commit(
        engine, lambda unit: save_in(unit, values), actor=actor, verb="save_measures", key=key, content=content
    )


def save_rates(engine: Engine, *, rates: Sequence[QuotedRate], actor: Actor, key: str | None = None) -> Facts:
    """Add rates; a day that has one already keeps it as history and uses the new one from now on."""
    allow(actor)
    if not rates:
        msg = "There is no rate in it"
        raise BadInput(msg)

    def body(unit: Unit) -> Facts:
        rows = [
            {
                "currency": rate.currency,
                "reporting": rate.reporting,
                "day": rate.day,
                "rate": format(rate.rate, "f"),
                "audit_seq": unit.audit_seq,
            }
            for rate in rates
        ]
        unit.session.execute(insert(Rate), rows)
        unit.subject = "company"
        unit.changed.update(rates=len(rows), currencies=sorted({rate.currency for rate in rates}))
        return {"rates": len(rows)}

    return commit(engine, body, actor=actor, verb="save_rates", key=key, content={"rates": [list(r) for r in rates]})
