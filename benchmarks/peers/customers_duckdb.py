"""Aging by customer as of one day in DuckDB; the quickest of four ways that were tried."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

SQL = """
WITH applied AS (
    SELECT to_item_id AS item_id, -amount AS amount FROM application WHERE effective_on <= $day
    UNION ALL
    SELECT from_item_id, amount FROM application WHERE effective_on <= $day
),
moved AS (
    SELECT customer_id, currency, side, due_date, amount FROM item WHERE effective_on <= $day
    UNION ALL
    SELECT i.customer_id, i.currency, i.side, i.due_date, a.amount FROM applied a JOIN item i ON i.id = a.item_id
)
SELECT
    customer_id,
    currency::VARCHAR AS currency,
    CASE
        WHEN side < 0 THEN 5
        WHEN due_date >= $day THEN 0
        WHEN due_date >= $day - 30 THEN 1
        WHEN due_date >= $day - 60 THEN 2
        WHEN due_date >= $day - 90 THEN 3
        ELSE 4
    END AS bucket,
    sum(amount)::BIGINT AS open
FROM moved
GROUP BY ALL
"""


def aging(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, Any]:
    """Return customer, currency, column and open amount; columns: not due, 1-30, 31-60, 61-90, 91+, unapplied."""
    return connection.execute(SQL, {"day": day}).fetchnumpy()
