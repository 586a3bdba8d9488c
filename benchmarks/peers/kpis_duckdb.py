"""All measures of one month-end by segment in DuckDB, as somebody writes it who asks month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

from benchmarks.peers.kpi_formulas import SELECT

AMOUNTS = """
WITH days AS (
    SELECT
        $day::DATE AS day,
        date_trunc('month', $day::DATE)::DATE AS from_1,
        (date_trunc('month', $day::DATE) - INTERVAL 2 MONTH)::DATE AS from_3,
        (date_trunc('month', $day::DATE) - INTERVAL 11 MONTH)::DATE AS from_12
),
moved AS (
    SELECT segment, side, sold, due_date, document_date, effective_on AS moved_on, amount * worth AS value
    FROM item WHERE effective_on <= $day
    UNION ALL
    SELECT i.segment, i.side, i.sold, i.due_date, i.document_date, a.effective_on, -a.amount * i.worth
    FROM application a JOIN item i ON i.id = a.to_item_id WHERE a.effective_on <= $day
    UNION ALL
    SELECT i.segment, i.side, i.sold, i.due_date, i.document_date, a.effective_on, a.amount * i.worth
    FROM application a JOIN item i ON i.id = a.from_item_id WHERE a.effective_on <= $day
),
aged AS (
    SELECT
        segment,
        round(sum(value), 4) AS ar_end,
        round(coalesce(sum(value) FILTER (side < 0), 0), 4) AS unapplied,
        round(coalesce(sum(value) FILTER (side > 0), 0), 4) AS gross,
        round(coalesce(sum(value) FILTER (side > 0 AND due_date >= $day), 0), 4) AS not_due,
        round(coalesce(sum(value) FILTER (side > 0 AND due_date < $day - 90), 0), 4) AS over_90,
        coalesce(sum(value * ($day - document_date)) FILTER (side > 0), 0) AS aged,
        {steps},
        {before}
    FROM moved GROUP BY segment
),
month_ends AS (
    SELECT segment,
        {averages}
    FROM (
        SELECT segment, any_value(worth) AS worth,
            {balances}
        FROM item WHERE effective_on <= $day GROUP BY segment, currency
    ) GROUP BY segment
),
flows AS (
    SELECT
        segment,
        coalesce(sum(amount * worth) FILTER (effective_on < from_3), 0) AS ar_begin_3,
        coalesce(sum(amount * worth) FILTER (effective_on < from_12), 0) AS ar_begin_12,
        coalesce(sum(amount * worth) FILTER (kind IN ('invoice', 'credit_note') AND effective_on >= from_3), 0)
            AS sales_3,
        coalesce(sum(amount * worth) FILTER (kind IN ('invoice', 'credit_note') AND effective_on >= from_12), 0)
            AS sales_12,
        coalesce(sum(amount * worth) FILTER (kind = 'invoice' AND effective_on >= from_12), 0) AS invoiced_12,
        coalesce(-sum(amount * worth) FILTER (kind = 'credit_note' AND effective_on >= from_12), 0) AS credited_12,
        coalesce(-sum(amount * worth) FILTER (kind = 'payment' AND effective_on >= from_1), 0) AS cash_1,
        coalesce(-sum(amount * worth) FILTER (kind = 'payment' AND effective_on >= from_3), 0) AS cash_3,
        coalesce(-sum(amount * worth) FILTER (kind = 'payment' AND effective_on >= from_12), 0) AS cash_12,
        coalesce(-sum(amount * worth) FILTER (kind = 'write_off' AND bad AND effective_on >= from_12), 0) AS lost_12,
        coalesce(-sum(amount * worth) FILTER (kind = 'write_off' AND NOT bad AND effective_on >= from_12), 0)
            AS other_12,
        count(DISTINCT document_id) FILTER (kind = 'invoice' AND effective_on >= from_3) AS issued_3
    FROM item, days WHERE effective_on <= $day GROUP BY segment
),
monthly AS (
    SELECT segment, datediff('month', effective_on, $day) AS back, sum(amount * worth) AS sales
    FROM item
    WHERE kind IN ('invoice', 'credit_note') AND effective_on <= $day AND effective_on >= $since
    GROUP BY ALL
),
every_month AS (
    SELECT s.segment, b.back, coalesce(m.sales, 0) AS sales,
        day(last_day($day - to_months(b.back::INTEGER))) AS length
    FROM (SELECT DISTINCT segment FROM item) s
    CROSS JOIN (SELECT unnest(range(least(36, datediff('month', $since::DATE, $day::DATE) + 1))) AS back) b
    LEFT JOIN monthly m ON m.segment = s.segment AND m.back = b.back
),
using_up AS (
    SELECT segment, back, sales, length,
        round(sum(sales) OVER w, 4) AS upto,
        sum(length) OVER w - length AS days_before
    FROM every_month WINDOW w AS (PARTITION BY segment ORDER BY back)
),
back AS (
    SELECT a.segment,
        min_by(CASE ar_end WHEN 0 THEN 0 ELSE days_before + (ar_end - upto + sales) / sales * length END, back)
            FILTER (upto >= ar_end OR ar_end = 0) AS back_days,
        min_by(CASE ar_end WHEN 0 THEN 0 ELSE back + (ar_end - upto + sales) / sales END, back)
            FILTER (upto >= ar_end OR ar_end = 0) AS back_months,
        min_by(
            CASE gross - not_due WHEN 0 THEN 0 ELSE days_before + (gross - not_due - upto + sales) / sales * length END,
            back
        ) FILTER (upto >= gross - not_due OR gross = not_due) AS back_overdue
    FROM aged a JOIN using_up u ON u.segment = a.segment GROUP BY a.segment
),
weighted AS (
    SELECT s.segment,
        CASE WHEN bool_or(part <> 0 AND m.sales IS NULL) THEN NULL WHEN bool_and(part = 0) THEN 0
            ELSE sum(part / m.sales) FILTER (part <> 0 AND m.sales > 0) * 30 END AS sales_weighted
    FROM (SELECT segment, unnest(range(13)) AS back, unnest([{parts}]) AS part FROM aged) s
    LEFT JOIN every_month m ON m.segment = s.segment AND m.back = s.back
    GROUP BY s.segment
),
by_sale AS (
    SELECT segment, datediff('month', document_date, $day) AS back, sum(value * ($day - document_date)) AS aged
    FROM moved WHERE side > 0 AND sold GROUP BY ALL
),
true_dso AS (
    SELECT b.segment, sum(aged / sales) FILTER (sales > 0) AS true_days
    FROM by_sale b LEFT JOIN monthly m ON m.segment = b.segment AND m.back = b.back
    WHERE round(aged, 4) <> 0 GROUP BY b.segment
),
paid AS (
    SELECT i.segment,
        sum(a.amount * i.worth) AS paid,
        sum(a.amount * i.worth * (p.document_date - i.document_date)) AS paid_days,
        sum(a.amount * i.worth * (p.document_date - i.due_date)) AS paid_late
    FROM application a
    JOIN item p ON p.id = a.from_item_id
    JOIN item i ON i.id = a.to_item_id
    CROSS JOIN days
    WHERE p.kind = 'payment' AND i.sold AND i.side > 0
        AND p.document_date BETWEEN from_3 AND $day AND a.effective_on <= $day
    GROUP BY i.segment
),
settled AS (
    SELECT a.to_item_id AS item_id, sum(a.amount) AS amount,
        max(p.document_date) FILTER (p.kind = 'payment') AS received_on
    FROM application a JOIN item p ON p.id = a.from_item_id
    WHERE a.effective_on <= $day GROUP BY a.to_item_id
),
closed AS (
    SELECT i.segment, count(*) AS closed,
        sum(s.received_on - i.document_date) AS closed_days, sum(s.received_on - i.due_date) AS closed_late
    FROM item i JOIN settled s ON s.item_id = i.id CROSS JOIN days
    WHERE i.sold AND i.side > 0 AND i.effective_on <= $day AND i.amount = s.amount
        AND s.received_on BETWEEN from_3 AND $day
    GROUP BY i.segment
),
accounts AS (
    SELECT segment, customer_id, currency, any_value(worth) AS worth, sum(amount) AS units,
        coalesce(sum(amount) FILTER (kind IN ('invoice', 'credit_note') AND effective_on >= from_12), 0) AS bought,
        coalesce(bool_or(effective_on >= from_12) FILTER (kind IN ('invoice', 'payment')), false) AS dealt
    FROM item, days WHERE effective_on <= $day GROUP BY segment, customer_id, currency
),
customers AS (
    SELECT segment, customer_id, sum(units * worth) AS owes, sum(bought * worth) AS bought,
        bool_or(units <> 0 OR dealt) AS active
    FROM accounts GROUP BY segment, customer_id
),
ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY segment ORDER BY owes DESC) AS owes_place,
        row_number() OVER (PARTITION BY segment ORDER BY bought DESC) AS bought_place,
        sum(bought) FILTER (bought > 0) OVER (PARTITION BY segment) AS all_bought
    FROM customers
),
concentrated AS (
    SELECT segment,
        coalesce(sum(owes) FILTER (owes > 0), 0) AS positive_open,
        sum(owes) FILTER (owes > 0 AND owes_place <= 10) AS top_open,
        sum(owes * owes) FILTER (owes > 0) AS open_squares,
        coalesce(sum(bought) FILTER (bought > 0), 0) AS positive_sales,
        sum(bought) FILTER (bought > 0 AND bought_place <= 10) AS top_sales,
        sum(bought * bought) FILTER (bought > 0) AS sales_squares,
        count(*) FILTER (bought > 0 AND bought >= all_bought * 0.1) AS large_count,
        count(*) FILTER (active) AS active
    FROM ranked GROUP BY segment
),
invoices AS (
    SELECT document_id, any_value(segment) AS segment, any_value(customer_id) AS customer_id,
        any_value(currency) AS currency, any_value(document_date) AS document_date, sum(amount) AS amount
    FROM item WHERE kind = 'invoice' GROUP BY document_id
),
credited AS (
    SELECT i.document_id, sum(a.amount) AS amount, max(c.document_date) AS on_day
    FROM application a
    JOIN item c ON c.id = a.from_item_id AND c.kind = 'credit_note'
    JOIN item i ON i.id = a.to_item_id AND i.kind = 'invoice'
    GROUP BY i.document_id
),
revised AS (
    SELECT v.segment, count(DISTINCT v.document_id) AS revised_3
    FROM credited c JOIN invoices v USING (document_id) CROSS JOIN days
    WHERE c.amount >= v.amount AND c.on_day BETWEEN from_3 AND $day AND EXISTS (
        SELECT 1 FROM invoices n
        WHERE n.customer_id = v.customer_id AND n.currency = v.currency AND n.amount = v.amount
            AND n.document_id <> v.document_id AND n.document_date BETWEEN c.on_day AND c.on_day + 30
    )
    GROUP BY v.segment
),
given AS (
    SELECT d.day, a.*, a.gross - a.not_due AS overdue, a.not_due + a.unapplied AS ar_end_current,
        f.* EXCLUDE (segment), e.* EXCLUDE (segment), b.* EXCLUDE (segment),
        coalesce(p.paid, 0) AS paid, p.paid_days, p.paid_late, coalesce(c.closed, 0) AS closed, c.closed_days,
        c.closed_late, h.* EXCLUDE (segment), coalesce(r.revised_3, 0) AS revised_3, w.sales_weighted,
        CASE WHEN t.segment IS NULL THEN 0 ELSE t.true_days END AS true_days,
        from_3 >= $since AS has_3, from_12 >= $since AS has_12,
        from_3 - 1 >= $since AS had_3, from_12 - 1 >= $since AS had_12,
        day - from_3 + 1 AS days_3, day - from_12 + 1 AS days_12
    FROM aged a
    JOIN flows f USING (segment)
    JOIN month_ends e USING (segment)
    JOIN concentrated h USING (segment)
    LEFT JOIN back b USING (segment)
    LEFT JOIN weighted w USING (segment)
    LEFT JOIN true_dso t USING (segment)
    LEFT JOIN paid p USING (segment)
    LEFT JOIN closed c USING (segment)
    LEFT JOIN revised r USING (segment)
    CROSS JOIN days d
)
"""


def _step(place: int, day: str, name: str, extra: str = "") -> str:
    """Return the sum of debit items in a step of 30 days past due; the twelfth has no end."""
    upper = f"due_date < {day} - {30 * (place - 1)}" if place else f"due_date >= {day}"
    lower = f" AND due_date >= {day} - {30 * place}" if 0 < place < 12 else ""
    return f"round(coalesce(sum(value) FILTER (side > 0 AND {upper}{lower}{extra}), 0), 4) AS {name}_{place}"


def _balance(back: int) -> str:
    return (
        f"coalesce(sum(amount) FILTER (effective_on <= last_day(($day - INTERVAL {back} MONTH)::DATE)), 0) AS at_{back}"
    )


def _average(points: int) -> str:
    total = " + ".join(f"at_{back}" for back in range(points))
    return f"sum(round_even(({total}) / {points}, 0) * worth) AS mean_{points}"


SQL = (
    AMOUNTS.format(
        steps=", ".join(_step(place, "$day", "step") for place in range(13)),
        before=", ".join(_step(place, "($day - 30)", "before", " AND moved_on <= $day - 30") for place in range(4)),
        balances=", ".join(_balance(back) for back in range(13)),
        averages=", ".join(_average(points) for points in (4, 13)),
        parts=", ".join(f"step_{place}" for place in range(13)),
    )
    + SELECT
)


def of_month(connection: duckdb.DuckDBPyConnection, day: date, since: date) -> dict[str, Any]:
    """Return every measure of one month-end by segment; sales, balances and receipts are complete from `since` on."""
    return connection.execute(SQL, {"day": day, "since": since}).fetchnumpy()
