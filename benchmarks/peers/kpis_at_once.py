"""All measures of every month-end by segment in one SQL for DuckDB: the best we could write.

What makes it quick: movements are added up by due date, month of sale and month of the movement before any is looked at
from each month-end that it counts at; flows are added up by month, and windows run over the months; customers are laid
out by month once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

from benchmarks.peers.kpi_formulas import SELECT

AMOUNTS = """
WITH month AS (
    SELECT m, first, last_day(first) AS day
    FROM (
        SELECT m, ($since::DATE + to_months(m::INTEGER))::DATE AS first
        FROM (SELECT unnest(range(datediff('month', $since::DATE, $last::DATE) + 1)) AS m)
    )
),
applied AS (
    SELECT to_item_id AS item_id, effective_on AS moved_on, -amount AS amount FROM application
    UNION ALL
    SELECT from_item_id, effective_on, amount FROM application
),
movement AS (
    SELECT segment, side, sold, due_date, document_date, effective_on AS moved_on, amount * worth AS value FROM item
    UNION ALL
    SELECT i.segment, i.side, i.sold, i.due_date, i.document_date, a.moved_on, a.amount * i.worth
    FROM applied a JOIN item i ON i.id = a.item_id
),
together AS (
    SELECT segment, CASE WHEN side < 0 THEN NULL ELSE due_date END AS due_date,
        CASE WHEN side > 0 AND sold THEN datediff('month', $since, document_date) END AS sold_in,
        datediff('month', $since, moved_on) AS counts_from,
        datediff('month', $since, moved_on + 30) AS counted_before,
        sum(value) AS value, sum(value * (document_date - DATE '1970-01-01')) AS by_day
    FROM movement GROUP BY ALL
),
stepped AS (
    SELECT t.segment, m.m, t.sold_in,
        CASE WHEN due_date IS NULL THEN 13 WHEN due_date >= day THEN 0
            ELSE least((day - due_date - 1) // 30 + 1, 12) END AS step,
        sum(value) AS value,
        sum(value * (day - DATE '1970-01-01') - by_day) AS aged
    FROM together t JOIN month m ON m.m >= t.counts_from GROUP BY ALL
),
aged AS (
    SELECT segment, m,
        round(sum(value), 4) AS ar_end,
        round(coalesce(sum(value) FILTER (step = 13), 0), 4) AS unapplied,
        round(coalesce(sum(value) FILTER (step < 13), 0), 4) AS gross,
        round(coalesce(sum(value) FILTER (step = 0), 0), 4) AS not_due,
        round(coalesce(sum(value) FILTER (step BETWEEN 4 AND 12), 0), 4) AS over_90,
        coalesce(sum(aged) FILTER (step < 13), 0) AS aged,
        {steps}
    FROM stepped GROUP BY segment, m
),
before AS (
    SELECT segment, m, {before}
    FROM (
        SELECT t.segment, m.m,
            CASE WHEN due_date >= day - 30 THEN 0 ELSE least((day - 30 - due_date - 1) // 30 + 1, 12) END AS step,
            sum(value) AS value
        FROM together t JOIN month m ON m.m >= t.counted_before
        WHERE due_date IS NOT NULL GROUP BY ALL
    ) GROUP BY segment, m
),
booked AS (
    SELECT segment, currency, datediff('month', $since, effective_on) AS m, any_value(worth) AS worth,
        sum(amount) AS amount,
        coalesce(sum(amount) FILTER (kind IN ('invoice', 'credit_note')), 0) * any_value(worth) AS sales,
        coalesce(sum(amount) FILTER (kind = 'invoice'), 0) * any_value(worth) AS invoiced,
        coalesce(-sum(amount) FILTER (kind = 'credit_note'), 0) * any_value(worth) AS credited,
        coalesce(-sum(amount) FILTER (kind = 'payment'), 0) * any_value(worth) AS cash,
        coalesce(-sum(amount) FILTER (kind = 'write_off' AND bad), 0) * any_value(worth) AS lost,
        coalesce(-sum(amount) FILTER (kind = 'write_off' AND NOT bad), 0) * any_value(worth) AS other,
        count(DISTINCT document_id) FILTER (kind = 'invoice') AS issued
    FROM item GROUP BY ALL
),
grid AS (
    SELECT segment, currency, worth, m
    FROM (SELECT segment, currency, any_value(worth) AS worth FROM booked GROUP BY ALL), month
),
monthly AS (
    SELECT g.segment, g.currency, g.m, g.worth, coalesce(sales, 0) AS sales, coalesce(invoiced, 0) AS invoiced,
        coalesce(credited, 0) AS credited, coalesce(cash, 0) AS cash, coalesce(lost, 0) AS lost,
        coalesce(other, 0) AS other, coalesce(issued, 0) AS issued,
        sum(coalesce(amount, 0)) OVER (PARTITION BY g.segment, g.currency ORDER BY g.m) AS balance
    FROM grid g LEFT JOIN booked b ON b.segment = g.segment AND b.currency = g.currency AND b.m = g.m
),
by_currency AS (
    SELECT *,
        round_even(sum(balance) OVER (PARTITION BY segment, currency ORDER BY m ROWS 3 PRECEDING) / 4, 0) AS mean_4,
        round_even(sum(balance) OVER (PARTITION BY segment, currency ORDER BY m ROWS 12 PRECEDING) / 13, 0) AS mean_13
    FROM monthly
),
by_month AS (
    SELECT segment, m, sum(sales) AS sales, sum(invoiced) AS invoiced, sum(credited) AS credited, sum(cash) AS cash,
        sum(lost) AS lost, sum(other) AS other, sum(issued) AS issued, sum(balance * worth) AS balance,
        sum(mean_4 * worth) AS mean_4, sum(mean_13 * worth) AS mean_13
    FROM by_currency GROUP BY segment, m
),
flows AS (
    SELECT segment, m, mean_4, mean_13, cash AS cash_1,
        coalesce(lag(balance, 3) OVER w, 0) AS ar_begin_3, coalesce(lag(balance, 12) OVER w, 0) AS ar_begin_12,
        sum(sales) OVER three AS sales_3, sum(sales) OVER twelve AS sales_12,
        sum(invoiced) OVER twelve AS invoiced_12, sum(credited) OVER twelve AS credited_12,
        sum(cash) OVER three AS cash_3, sum(cash) OVER twelve AS cash_12,
        sum(lost) OVER twelve AS lost_12, sum(other) OVER twelve AS other_12, sum(issued) OVER three AS issued_3
    FROM by_month
    WINDOW w AS (PARTITION BY segment ORDER BY m), three AS (PARTITION BY segment ORDER BY m ROWS 2 PRECEDING),
        twelve AS (PARTITION BY segment ORDER BY m ROWS 11 PRECEDING)
),
looked_back AS (
    SELECT a.segment, a.m, a.m - s.m AS back, s.sales, day(n.day) AS length,
        round(sum(s.sales) OVER w, 4) AS upto, sum(day(n.day)) OVER w - day(n.day) AS days_before, a.ar_end,
        round(a.gross - a.not_due, 4) AS overdue,
        list_extract([{parts}], a.m - s.m + 1) AS part
    FROM aged a JOIN by_month s ON s.segment = a.segment AND s.m <= a.m JOIN month n ON n.m = s.m
    WINDOW w AS (PARTITION BY a.segment, a.m ORDER BY a.m - s.m)
),
back AS (
    SELECT segment, m,
        min_by(CASE ar_end WHEN 0 THEN 0 ELSE days_before + (ar_end - upto + sales) / sales * length END, back)
            FILTER (upto >= ar_end OR ar_end = 0) AS back_days,
        min_by(CASE ar_end WHEN 0 THEN 0 ELSE back + (ar_end - upto + sales) / sales END, back)
            FILTER (upto >= ar_end OR ar_end = 0) AS back_months,
        min_by(CASE overdue WHEN 0 THEN 0 ELSE days_before + (overdue - upto + sales) / sales * length END, back)
            FILTER (upto >= overdue OR overdue = 0) AS back_overdue,
        CASE WHEN bool_and(part = 0) FILTER (back < 13) THEN 0
            ELSE sum(part / sales) FILTER (back < 13 AND part <> 0 AND sales > 0) * 30 END AS parts
    FROM looked_back GROUP BY segment, m
),
true_dso AS (
    SELECT a.segment, a.m, sum(a.aged / s.sales) FILTER (s.sales > 0) AS true_days
    FROM (SELECT segment, m, sold_in, sum(aged) AS aged FROM stepped WHERE sold_in IS NOT NULL GROUP BY ALL) a
    LEFT JOIN by_month s ON s.segment = a.segment AND s.m = a.sold_in
    WHERE round(a.aged, 4) <> 0 GROUP BY a.segment, a.m
),
receipts AS (
    SELECT i.segment, datediff('month', $since, p.document_date) AS received,
        greatest(datediff('month', $since, p.document_date), datediff('month', $since, a.effective_on)) AS counts_from,
        sum(a.amount * i.worth) AS paid,
        sum(a.amount * i.worth * (p.document_date - i.document_date)) AS paid_days,
        sum(a.amount * i.worth * (p.document_date - i.due_date)) AS paid_late
    FROM application a JOIN item p ON p.id = a.from_item_id JOIN item i ON i.id = a.to_item_id
    WHERE p.kind = 'payment' AND i.sold AND i.side > 0
    GROUP BY ALL
),
paid AS (
    SELECT segment, m.m, sum(paid) AS paid, sum(paid_days) AS paid_days, sum(paid_late) AS paid_late
    FROM receipts r JOIN month m ON m.m BETWEEN r.counts_from AND r.received + 2 GROUP BY ALL
),
settled AS (
    SELECT a.to_item_id AS item_id, sum(a.amount) AS amount, max(a.effective_on) AS closed_on,
        max(p.document_date) FILTER (p.kind = 'payment') AS received_on
    FROM application a JOIN item p ON p.id = a.from_item_id GROUP BY a.to_item_id
),
closings AS (
    SELECT i.segment, datediff('month', $since, received_on) AS received,
        greatest(datediff('month', $since, received_on), datediff('month', $since, closed_on)) AS counts_from,
        count(*) AS closed, sum(received_on - i.document_date) AS closed_days,
        sum(received_on - i.due_date) AS closed_late
    FROM item i JOIN settled s ON s.item_id = i.id
    WHERE i.sold AND i.side > 0 AND i.amount = s.amount AND received_on IS NOT NULL GROUP BY ALL
),
closed AS (
    SELECT segment, m.m, sum(closed) AS closed, sum(closed_days) AS closed_days, sum(closed_late) AS closed_late
    FROM closings c JOIN month m ON m.m BETWEEN c.counts_from AND c.received + 2 GROUP BY ALL
),
accounts AS (
    SELECT segment, customer_id, currency, datediff('month', $since, effective_on) AS m, any_value(worth) AS worth,
        sum(amount) AS amount, coalesce(sum(amount) FILTER (kind IN ('invoice', 'credit_note')), 0) AS bought,
        count(*) FILTER (kind IN ('invoice', 'payment')) AS dealt
    FROM item GROUP BY ALL
),
account_months AS (
    SELECT segment, customer_id, currency, worth, month.m
    FROM (SELECT segment, customer_id, currency, any_value(worth) AS worth, min(m) AS since FROM accounts GROUP BY ALL)
    JOIN month ON month.m >= since
),
running AS (
    SELECT g.segment, g.customer_id, g.m, g.worth,
        sum(coalesce(a.amount, 0)) OVER (PARTITION BY g.customer_id, g.currency ORDER BY g.m) AS units,
        sum(coalesce(a.bought, 0)) OVER year AS bought, sum(coalesce(a.dealt, 0)) OVER year AS dealt
    FROM account_months g LEFT JOIN accounts a
        ON a.customer_id = g.customer_id AND a.currency = g.currency AND a.m = g.m
    WINDOW year AS (PARTITION BY g.customer_id, g.currency ORDER BY g.m ROWS 11 PRECEDING)
),
customers AS (
    SELECT segment, customer_id, m, sum(units * worth) AS owes, sum(bought * worth) AS bought,
        bool_or(units <> 0 OR dealt > 0) AS active
    FROM running GROUP BY ALL
),
ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY segment, m ORDER BY owes DESC) AS owes_place,
        row_number() OVER (PARTITION BY segment, m ORDER BY bought DESC) AS bought_place,
        sum(bought) FILTER (bought > 0) OVER (PARTITION BY segment, m) AS all_bought
    FROM customers
),
concentrated AS (
    SELECT segment, m,
        coalesce(sum(owes) FILTER (owes > 0), 0) AS positive_open,
        sum(owes) FILTER (owes > 0 AND owes_place <= 10) AS top_open,
        sum(owes * owes) FILTER (owes > 0) AS open_squares,
        coalesce(sum(bought) FILTER (bought > 0), 0) AS positive_sales,
        sum(bought) FILTER (bought > 0 AND bought_place <= 10) AS top_sales,
        sum(bought * bought) FILTER (bought > 0) AS sales_squares,
        count(*) FILTER (bought > 0 AND bought >= all_bought * 0.1) AS large_count,
        count(*) FILTER (active) AS active
    FROM ranked GROUP BY segment, m
),
credited AS (
    SELECT i.document_id, sum(a.amount) AS amount, max(c.document_date) AS on_day
    FROM application a
    JOIN item c ON c.id = a.from_item_id AND c.kind = 'credit_note'
    JOIN item i ON i.id = a.to_item_id AND i.kind = 'invoice'
    GROUP BY i.document_id
),
invoices AS (
    SELECT document_id, any_value(segment) AS segment, any_value(customer_id) AS customer_id,
        any_value(currency) AS currency, any_value(document_date) AS document_date, sum(amount) AS amount
    FROM item WHERE kind = 'invoice' GROUP BY document_id
),
revised AS (
    SELECT v.segment, m.m, count(DISTINCT v.document_id) AS revised_3
    FROM credited c JOIN invoices v USING (document_id)
    JOIN month m ON m.m BETWEEN datediff('month', $since, c.on_day) AND datediff('month', $since, c.on_day) + 2
    WHERE c.amount >= v.amount AND EXISTS (
        SELECT 1 FROM invoices n
        WHERE n.customer_id = v.customer_id AND n.currency = v.currency AND n.amount = v.amount
            AND n.document_id <> v.document_id AND n.document_date BETWEEN c.on_day AND c.on_day + 30
    )
    GROUP BY ALL
),
given AS (
    SELECT d.day, a.* EXCLUDE (m), a.gross - a.not_due AS overdue, a.not_due + a.unapplied AS ar_end_current,
        f.* EXCLUDE (segment, m), o.* EXCLUDE (segment, m), b.* EXCLUDE (segment, m, parts),
        coalesce(p.paid, 0) AS paid, p.paid_days, p.paid_late, coalesce(c.closed, 0) AS closed, c.closed_days,
        c.closed_late, h.* EXCLUDE (segment, m), coalesce(r.revised_3, 0) AS revised_3,
        CASE WHEN {beyond} THEN NULL ELSE b.parts END AS sales_weighted,
        CASE WHEN t.segment IS NULL THEN 0 ELSE t.true_days END AS true_days,
        a.m >= 2 AS has_3, a.m >= 11 AS has_12, a.m >= 3 AS had_3, a.m >= 12 AS had_12,
        d.day - (d.first - INTERVAL 2 MONTH)::DATE + 1 AS days_3,
        d.day - (d.first - INTERVAL 11 MONTH)::DATE + 1 AS days_12
    FROM aged a
    JOIN month d ON d.m = a.m
    JOIN flows f ON f.segment = a.segment AND f.m = a.m
    JOIN concentrated h ON h.segment = a.segment AND h.m = a.m
    LEFT JOIN before o ON o.segment = a.segment AND o.m = a.m
    LEFT JOIN back b ON b.segment = a.segment AND b.m = a.m
    LEFT JOIN true_dso t ON t.segment = a.segment AND t.m = a.m
    LEFT JOIN paid p ON p.segment = a.segment AND p.m = a.m
    LEFT JOIN closed c ON c.segment = a.segment AND c.m = a.m
    LEFT JOIN revised r ON r.segment = a.segment AND r.m = a.m
)
"""


def _sum_of(step: int, name: str) -> str:
    return f"round(coalesce(sum(value) FILTER (step = {step}), 0), 4) AS {name}_{step}"


SQL = (
    AMOUNTS.format(
        steps=", ".join(_sum_of(step, "step") for step in range(13)),
        before=", ".join(_sum_of(step, "before") for step in range(4)),
        parts=", ".join(f"step_{step}" for step in range(13)),
        beyond=" OR ".join(f"(step_{step} <> 0 AND a.m < {step})" for step in range(1, 13)),
    )
    + SELECT
)


def every_month(connection: duckdb.DuckDBPyConnection, since: date, last: date) -> dict[str, Any]:
    """Return every measure of every month-end by segment; `since` begins a month and is when the book begins."""
    return connection.execute(SQL, {"since": since, "last": last}).fetchnumpy()
