"""How the sections of the Clean-up page are called, why each matters, and what is said where there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from arcore.ledger.classify import Explanation
from arcore.reports.tidy.listing import Order
from arcore.reports.tidy.summary import Name


class Words(NamedTuple):
    """What is said of a section."""

    noun: str
    why: str
    nothing: str
    icon: str


SECTIONS: Mapping[Name, Words] = {
    "unapplied": Words(
        "unapplied credit",
        "Money and credits that pay nothing keep invoices open that are paid, and reminders go out for them.",
        "all cash and credits of that age are applied to invoices.",
        ":material/join_inner:",
    ),
    "credit_balances": Words(
        "credit balance",
        "What we owe to customers is a liability: it must not make receivables look smaller on the balance sheet.",
        "no customer has more to its credit than it owes.",
        ":material/balance:",
    ),
    "unexplained": Words(
        "unexplained settlement",
        "These debts left the files and nobody said how: until then they lower the balance, but count neither as "
        "cash nor as credit nor as loss.",
        "every debt that left the files is explained.",
        ":material/help:",
    ),
    "duplicates": Words(
        "possible duplicate",
        "An invoice booked twice is never paid twice: it ages, is reminded of and overstates sales.",
        "no two invoices of one customer and amount look alike.",
        ":material/content_copy:",
    ),
    "gaps": Words(
        "missing number",
        "An auditor asks for every number: a missing one is an invoice that was cancelled, lost or never sent.",
        "every series is complete.",
        ":material/data_array:",
    ),
    "oddities": Words(
        "odd document",
        "Wrong dates and amounts age in the wrong bucket and bend every measure that counts them.",
        "dates and amounts of all documents make sense.",
        ":material/event_busy:",
    ),
    "same_customers": Words(
        "pair of customers that may be the same",
        "One customer under two codes seems to owe less than it does: its limit is never reached, and it gets two "
        "reminders.",
        "no two customers look alike.",
        ":material/group:",
    ),
}
ORDERS: Mapping[Order, str] = {
    "largest": "Largest first",
    "oldest": "Oldest first",
    "newest": "Newest first",
    "customer": "By customer",
}
EXPLANATIONS: Mapping[Explanation, str] = {
    "cash": "Cash",
    "credit": "Credit note",
    "write_off": "Write-off",
    "factored": "Factored",
}
MEANS: Mapping[Explanation, str] = {
    "cash": "Counts as a receipt of the day on which it left the files.",
    "credit": "Counts as a credit note of that day: it lowers sales.",
    "write_off": "Counts as a loss of that day.",
    "factored": "Was sold to a factor: it moved, and counts neither as cash nor as loss.",
}
REASONS: Mapping[str, str] = {
    "uncollectible": "Uncollectible, a bad debt",
    "small_difference": "Small difference",
    "goodwill": "Goodwill",
    "dispute_conceded": "Dispute conceded",
}
"""Reasons of a write-off."""
GAP_REASONS = ("Cancelled before it was sent", "Used in another system", "Test or void", "Never used", "Other")
