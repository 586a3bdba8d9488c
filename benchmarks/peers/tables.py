"""The same rows for every peer, in the form it likes best, loaded before the clock starts.

Each gets the currency of the document beside the item already, as an enum or category, and dates as dates: what a
user who cares about speed would prepare.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.stored import Stored


@dataclass(frozen=True)
class Tables:
    """Items (id, customer_id, currency, side, effective_on, due_date, amount) and applications, three times.

    Attributes:
        rows: of both together.
    """

    duck: duckdb.DuckDBPyConnection
    polars_items: pl.DataFrame
    polars_applications: pl.DataFrame
    pandas_items: pd.DataFrame
    pandas_applications: pd.DataFrame
    rows: int


def load(stored: Stored) -> Tables:
    """Give every peer the rows of the store."""
    items, applications = items_with_currency(stored), dated(stored.applications.drop_columns("id"))
    polars_items, polars_applications = pl.from_arrow(items), pl.from_arrow(applications)
    if not isinstance(polars_items, pl.DataFrame) or not isinstance(polars_applications, pl.DataFrame):
        raise TypeError("Polars made something else than a frame of a table")
    return Tables(
        duck=_duck(items, applications),
        polars_items=polars_items.with_columns(pl.col("currency").cast(pl.Categorical)),
        polars_applications=polars_applications,
        pandas_items=_pandas(items).astype({"currency": "category"}).set_index("id"),
        pandas_applications=_pandas(applications),
        rows=items.num_rows + applications.num_rows,
    )


def items_with_currency(stored: Stored) -> pa.Table:
    """Return the items with real dates and with the currency of their document."""
    documents = stored.documents
    ids = documents["id"].to_numpy()
    place = np.searchsorted(ids, stored.items["document_id"].to_numpy())
    currency = documents["currency"].combine_chunks().dictionary_encode().take(pa.array(place))
    wanted = stored.items.select(["id", "customer_id", "side", "effective_on", "due_date", "amount"])
    return dated(wanted).append_column("currency", currency.cast(pa.string()))


def dated(table: pa.Table) -> pa.Table:
    """Return a table whose dates are dates."""
    for place, name in enumerate(table.column_names):
        if name in ("effective_on", "due_date", "document_date"):
            table = table.set_column(place, name, table[name].cast(pa.date32()))
    return table.combine_chunks()


def _duck(items: pa.Table, applications: pa.Table) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.register("given_items", items)
    connection.register("given_applications", applications)
    connection.execute("CREATE TYPE code AS ENUM (SELECT DISTINCT currency FROM given_items ORDER BY currency)")
    connection.execute("CREATE TABLE item AS SELECT * REPLACE (currency::code AS currency) FROM given_items")
    connection.execute("CREATE TABLE application AS SELECT * FROM given_applications")
    connection.unregister("given_items")
    connection.unregister("given_applications")
    return connection


def _pandas(table: pa.Table) -> pd.DataFrame:
    columns = {}
    for name in table.column_names:
        if pa.types.is_date32(table[name].type):
            columns[name] = table[name].cast(pa.int32()).to_numpy().astype("datetime64[D]").astype("datetime64[s]")
        else:
            columns[name] = table[name].to_pandas()
    return pd.DataFrame(columns)
