"""What the sample company is and whom it knows: settings, coverage, customers, what holds for them, contacts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from sqlalchemy import insert
from sqlmodel import Session

from arcore.money import digits
from arcore.sample import names
from arcore.sample.chance import chance
from arcore.sample.player import LEFT
from arcore.sample.player import OWNERS
from arcore.sample.player import SEGMENTS
from arcore.sample.player import WHOLESALE
from arcore.sample.player import Player
from arcore.sample.stories import INSOLVENT_SINCE
from arcore.sample.workdays import first_day
from arcore.store.company import CompanySetting
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.sources import Coverage

COMPANY = "Tessmark Fluid Systems B.V."
SETTINGS: dict[str, Any] = {
    "name": f"{COMPANY} (sample)",
    "currency": "EUR",
    "time_zone": "Europe/Amsterdam",
    "locale": "en_GB",
    "sender": f"{COMPANY}\nReceivables\nPompkade 12\n0000 AA Amsterdam\nreceivables@tessmark.example",
    "bank_details": "Bank of the Sample\nIBAN NL83 TSMK 0123 4567 89\nBIC TSMKNL00",
    "bank_accounts": [
        {"account": "NL83TSMK0123456789", "bic": "TSMKNL00", "bank": "Bank of the Sample", "holder": COMPANY}
    ],
    "segments": list(SEGMENTS),
    "owners": list(OWNERS),
    "sample": True,
}
OWNER_CHANGE, LEGAL_SINCE, RAISED_SINCE, MOVED_SINCE = 243, 58, 150, 320
"""Days before today: a collector left, a case went to the lawyers, a limit was raised, a segment changed."""


class Learnt(NamedTuple):
    """Something that holds for a customer from a day on."""

    code: str
    name: str
    value: str
    valid_from: date


def write_company(session: Session, today: date) -> None:
    """Insert the settings, and that everything is complete from the first day."""
    session.execute(
        insert(CompanySetting),
        [{"name": name, "value": json.dumps(value, ensure_ascii=False)} for name, value in SETTINGS.items()],
    )
    session.execute(
        insert(Coverage),
        [
            {
                "entity": "main",
                "currency": currency,
                "what": what,
                "complete_from": first_day(today),
                "withdrawn": False,
            }
            for currency in ("EUR", "USD", "GBP")
            for what in ("balances", "sales", "receipts")
        ],
    )


def write_customers(session: Session, players: Sequence[Player]) -> dict[str, int]:
    """Insert the customers, parents before their children, with contacts; return their ids by code."""
    made: dict[str, Customer] = {}
    for player in players:
        if player.parent:
            session.flush()
        made[player.code] = row = Customer(
            code=player.code,
            name=player.name,
            parent_id=made[player.parent].id if player.parent else None,
            intercompany=player.intercompany,
            currency=player.currency,
            language=player.country.language,
            region=player.country.region,
            sales_rep=SALES[players.index(player) % len(SALES)],
            channel=player.channel,
            billing_instructions="Order number on every invoice" if player.purchase_orders else "",
        )
        session.add(row)
    session.flush()
    ids = {code: row.id for code, row in made.items() if row.id is not None}
    session.execute(insert(Contact), [row for player in players for row in _contacts(player, ids[player.code])])
    return ids


def write_facts(session: Session, learnt: Sequence[Learnt], ids: Mapping[str, int], audit_seq: int) -> None:
    """Insert what holds for customers from a day on."""
    rows = [
        {
            "customer_id": ids[fact.code],
            "name": fact.name,
            "value": fact.value,
            "valid_from": fact.valid_from,
            "audit_seq": audit_seq,
        }
        for fact in learnt
    ]
    if rows:
        session.execute(insert(CustomerFact), rows)


def facts(players: Sequence[Player], today: date) -> list[Learnt]:
    """Return everything that ever held for the customers, by the day from which it did."""
    return sorted((fact for player in players for fact in _facts(player, today)), key=lambda fact: fact.valid_from)


SALES = ("Mara Toonder", "Felix Ostrander", "Ruth Amberley")


def _facts(player: Player, today: date) -> Iterator[Learnt]:
    first = first_day(today)

    def since(name: str, value: str, days: int | None = None) -> Learnt:
        return Learnt(player.code, name, value, first if days is None else today - timedelta(days=days))

    yield since("owner", player.owner)
    yield since("segment", WHOLESALE if player.part == "child_3" else player.segment)
    yield since("terms", f"2/10 net {player.terms}" if player.discount else f"net {player.terms}")
    unit = 10 ** digits(player.currency)
    raised = player.part == "slipping"
    yield since("credit_limit", str(player.limits[0] * unit * (6 if raised else 10) // 10))
    if player.limits[1]:
        yield since("insured_limit", str(player.limits[1] * unit))
    if player.owner == LEFT:
        yield since("owner", OWNERS[0], OWNER_CHANGE)
    if player.part == "child_3":
        yield since("segment", player.segment, MOVED_SINCE)
    if raised:
        yield since("credit_limit", str(player.limits[0] * unit), RAISED_SINCE)
    if player.status:
        days = {"insolvent": INSOLVENT_SINCE, "legal": LEGAL_SINCE}.get(player.status)
        yield since("status", player.status, days)


def _contacts(player: Player, customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield the people who pay, for a few customers somebody above them, for a few nobody at all."""
    rng = chance(f"contact {player.code}")
    roles = ["payables"] if rng.random() > 0.03 else []
    roles += [role for role, odds in (("purchasing", 0.25), ("management", 0.15)) if rng.random() < odds and roles]
    for role in roles:
        who = names.person(player.country, player.name, int(player.code[-3:]), rng)
        yield {
            "customer_id": customer_id,
            "role": role,
            "name": who.name,
            "email": who.email,
            "phone": who.phone,
            "language": player.country.language,
        }
