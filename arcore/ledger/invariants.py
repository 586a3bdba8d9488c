"""What must hold in the books at any time, as SQL that finds the rows that break it.

Each query asks both engines the same way and returns ids; an empty answer is the proof. Dates are compared, never
calculated with, so that they may stand as text (SQLite) or as dates (PostgreSQL).
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One invariant.

    Attributes:
        name: how scripts know it.
        says: the rule in one sentence.
        table: whose rows it looks at.
        broken: SQL that returns the ids of rows of that table that break it.
    """

    name: str
    says: str
    table: str
    broken: str


ITEMS_ADD_UP = Rule(
    "items_add_up",
    "The items of a document add up to its amount",
    "document",
    """
    SELECT d.id FROM document d
    LEFT JOIN (SELECT document_id, SUM(amount) AS total FROM item GROUP BY document_id) i ON i.document_id = d.id
    WHERE i.total IS NULL OR i.total <> d.amount
    """,
)

ITEMS_FOLLOW_DOCUMENTS = Rule(
    "items_follow_documents",
    "An item belongs to its document's customer and never counts before it",
    "item",
    """
    SELECT i.id FROM item i LEFT JOIN document d ON d.id = i.document_id
    WHERE d.id IS NULL OR i.customer_id <> d.customer_id OR i.effective_on < d.effective_on
    """,
)

ORIGINS = Rule(
    "origins",
    "An item born of another takes its side and contractual due date; inside a document it takes no amount of its own",
    "item",
    """
    SELECT i.id FROM item i JOIN document d ON d.id = i.document_id LEFT JOIN item o ON o.id = i.origin_item_id
    WHERE i.origin_item_id IS NOT NULL AND (
        o.id IS NULL OR o.id >= i.id OR o.side <> i.side OR o.original_due_date <> i.original_due_date
        OR o.effective_on > i.effective_on
        OR (o.document_id = i.document_id AND i.amount <> 0)
        OR (o.document_id <> i.document_id AND d.kind NOT IN ('transfer', 'conversion'))
    )
    """,
)

# Rows of one day are peers in the window, so each running sum is the balance at the end of a day.
NEVER_CROSSES_ZERO = Rule(
    "never_crosses_zero",
    "The balance of an item keeps its sign at the end of every day",
    "item",
    """
    SELECT DISTINCT i.id FROM (
        SELECT m.item_id, SUM(m.amount) OVER (PARTITION BY m.item_id ORDER BY m.day) AS running
        FROM (
            SELECT id AS item_id, effective_on AS day, amount FROM item
            UNION ALL SELECT from_item_id, effective_on, amount FROM application
            UNION ALL SELECT to_item_id, effective_on, -amount FROM application
        ) m
    ) r JOIN item i ON i.id = r.item_id WHERE r.running * i.side < 0
    """,
)

APPLICATION_DAYS = Rule(
    "application_days",
    "An application never counts before its items",
    "application",
    """
    SELECT a.id FROM application a JOIN item f ON f.id = a.from_item_id JOIN item t ON t.id = a.to_item_id
    WHERE a.effective_on < f.effective_on OR a.effective_on < t.effective_on
    """,
)

APPLICATION_BOOKS = Rule(
    "application_books",
    "An application stays within one customer, entity and currency",
    "application",
    """
    SELECT a.id FROM application a
    LEFT JOIN item f ON f.id = a.from_item_id LEFT JOIN document fd ON fd.id = f.document_id
    LEFT JOIN item t ON t.id = a.to_item_id LEFT JOIN document td ON td.id = t.document_id
    WHERE fd.id IS NULL OR td.id IS NULL OR f.customer_id <> t.customer_id OR a.customer_id <> t.customer_id
        OR fd.entity <> td.entity OR fd.currency <> td.currency
    """,
)

APPLICATION_SIDES = Rule(
    "application_sides",
    "An application goes from a credit to a debit, or carries a balance between items of one document",
    "application",
    """
    SELECT a.id FROM application a JOIN item f ON f.id = a.from_item_id JOIN item t ON t.id = a.to_item_id
    WHERE (a.reverses_id IS NULL AND a.amount < 0)
        OR NOT ((f.side = -1 AND t.side = 1) OR (f.side = t.side AND f.document_id = t.document_id AND f.id <> t.id))
    """,
)

APPLICATION_REVERSALS = Rule(
    "application_reversals",
    "A row that takes an application back mirrors it and counts no earlier",
    "application",
    """
    SELECT r.id FROM application r LEFT JOIN application a ON a.id = r.reverses_id
    WHERE r.reverses_id IS NOT NULL AND (
        a.id IS NULL OR a.id >= r.id OR a.reverses_id IS NOT NULL OR r.from_item_id <> a.from_item_id
        OR r.to_item_id <> a.to_item_id OR r.amount <> -a.amount OR r.effective_on < a.effective_on
    )
    """,
)

DOCUMENT_REVERSALS = Rule(
    "document_reversals",
    "A document that takes another back mirrors it: a void on the same day, a bounced payment on its own",
    "document",
    """
    SELECT r.id FROM document r LEFT JOIN document d ON d.id = r.reverses_id
    WHERE r.reverses_id IS NOT NULL AND (
        d.id IS NULL OR d.id >= r.id OR d.reverses_id IS NOT NULL OR r.amount <> -d.amount
        OR r.customer_id <> d.customer_id OR r.entity <> d.entity OR r.currency <> d.currency
        OR NOT (
            (r.kind = d.kind AND r.effective_on = d.effective_on)
            OR (r.kind = 'payment_reversal' AND d.kind = 'payment' AND r.effective_on >= d.effective_on)
        )
    )
    """,
)

CLOSED = Rule(
    "closed",
    "Nothing is open on what was taken back, on what takes back, or on the closing leg of a transfer",
    "item",
    """
    SELECT i.id FROM item i JOIN document d ON d.id = i.document_id
    WHERE (
        d.reverses_id IS NOT NULL
        OR d.id IN (SELECT reverses_id FROM document WHERE reverses_id IS NOT NULL)
        OR (d.linked_id IS NOT NULL AND i.origin_item_id IS NULL AND d.kind IN ('transfer', 'conversion'))
    ) AND i.amount
        + COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.from_item_id = i.id), 0)
        - COALESCE((SELECT SUM(a.amount) FROM application a WHERE a.to_item_id = i.id), 0) <> 0
    """,
)

PAIRS = Rule(
    "pairs",
    "Transfers and conversions are two documents that name each other; transfers sum to zero, conversions share a rate",
    "document",
    """
    SELECT d.id FROM document d LEFT JOIN document p ON p.id = d.linked_id
    WHERE (d.linked_id IS NOT NULL AND d.kind NOT IN ('transfer', 'conversion') AND NOT (
        d.kind = 'write_off' AND d.reason = 'recovery' AND p.kind = 'write_off' AND p.reason <> 'recovery'))
    OR (d.kind IN ('transfer', 'conversion') AND d.reverses_id IS NULL AND (
        p.id IS NULL OR p.linked_id IS NULL OR p.linked_id <> d.id OR p.kind <> d.kind OR p.entity <> d.entity
        OR p.effective_on <> d.effective_on
        OR (d.kind = 'transfer'
            AND (p.amount <> -d.amount OR p.currency <> d.currency OR p.customer_id = d.customer_id))
        OR (d.kind = 'conversion'
            AND (p.currency = d.currency OR p.customer_id <> d.customer_id OR d.rate IS NULL OR p.rate <> d.rate
                 OR (p.amount > 0) = (d.amount > 0)))
        OR (EXISTS (SELECT 1 FROM document v WHERE v.reverses_id = d.id)
            <> EXISTS (SELECT 1 FROM document v WHERE v.reverses_id = p.id))
    ))
    """,
)

RULES = (
    ITEMS_ADD_UP,
    ITEMS_FOLLOW_DOCUMENTS,
    ORIGINS,
    NEVER_CROSSES_ZERO,
    APPLICATION_DAYS,
    APPLICATION_BOOKS,
    APPLICATION_SIDES,
    APPLICATION_REVERSALS,
    DOCUMENT_REVERSALS,
    CLOSED,
    PAIRS,
)
