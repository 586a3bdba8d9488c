"""Changing what a customer is called: the name before stays, so that files and people who use it still find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arcore.store.customers import Customer
from arcore.store.customers import CustomerAlias
from arcore.store.unit import Unit


def set_values(unit: Unit, customer: Customer, values: Mapping[str, Any]) -> None:
    """Set columns of a customer; a name that it loses is kept among its former ones."""
    if values.get("name", customer.name) != customer.name:
        unit.session.add(CustomerAlias(customer_id=customer.id or 0, name=customer.name, audit_seq=unit.audit_seq))
    for name, value in values.items():
        setattr(customer, name, value)
