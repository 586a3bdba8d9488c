"""The rows for the table of all measures, in DuckDB: all that a query needs of an item stands beside it already.

Segment, currency and kind as enums, dates as dates, what a unit is worth as a number: what a user who cares about speed
would prepare. The clock starts later.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.peers.tables import dated
from benchmarks.segments import of_customers
from benchmarks.store import RATES
from benchmarks.stored import Stored


def load(stored: Stored) -> duckdb.DuckDBPyConnection:
    """Give DuckDB the rows of a store."""
    connection = duckdb.connect()
    connection.register("given_items", _items(stored))
    connection.register("given_applications", dated(stored.applications.drop_columns("id")))
    for name in ("segment", "currency", "kind"):
        connection.execute(f"CREATE TYPE {name}_code AS ENUM (SELECT DISTINCT {name} FROM given_items ORDER BY {name})")
    connection.execute(
        "CREATE TABLE item AS SELECT * REPLACE (segment::segment_code AS segment, currency::currency_code AS currency,"
        " kind::kind_code AS kind) FROM given_items"
    )
    connection.execute("CREATE TABLE application AS SELECT * FROM given_applications")
    connection.unregister("given_items")
    connection.unregister("given_applications")
    return connection


def _items(stored: Stored) -> pa.Table:
    documents, items = stored.documents, stored.items
    place = pa.array(np.searchsorted(documents["id"].to_numpy(), items["document_id"].to_numpy()))
    of_document = {name: documents[name].combine_chunks().take(place) for name in ("currency", "kind", "document_date")}
    customers = items["customer_id"].to_numpy()
    known = np.array(["", *of_customers(range(1, int(customers.max()) + 1))])
    worth = {"EUR": 0.01, **{code: float(rate) / 100 for code, rate in RATES.items()}}
    currency = np.asarray(of_document["currency"])
    kinds = np.asarray(of_document["kind"])
    wanted = items.select(["id", "document_id", "customer_id", "side", "effective_on", "due_date", "amount"])
    table = wanted
    for name, values in (
        *of_document.items(),
        ("segment", pa.array(known[customers])),
        ("worth", pa.array(np.vectorize(worth.__getitem__)(currency))),
        ("sold", pa.array(kinds == "invoice")),
        ("bad", pa.array(np.asarray(documents["reason"].combine_chunks().take(place)) == "uncollectible")),
    ):
        table = table.append_column(name, values)
    return dated(table)
