"""The first load of a large store: SQLite column by column, PostgreSQL by ADBC."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from arcore.analytics.columns import APPLICATION_TYPES
from arcore.analytics.columns import ITEM_TYPES
from arcore.reports.columnwise import Part
from arcore.reports.columnwise import read_tables
from arcore.reports.rows import ABSENT
from arcore.reports.rows import DATES
from arcore.reports.rows import TEXTS
from arcore.reports.rows import Array
from arcore.reports.rows import Coded
from arcore.reports.rows import Reach
from arcore.reports.rows import Rows
from arcore.reports.rows import read_new
from arcore.reports.rows import share_of_tax
from arcore.store.engine import is_sqlite
from arcore.store.engine import reading

ITEMS = (
    "SELECT id AS item_id, document_id, customer_id, side, effective_on AS effective, due_date AS due, "
    "original_due_date AS original_due, origin_item_id, amount FROM item WHERE id <= {upto.item} ORDER BY id"
)
DOCUMENTS = (
    "SELECT id, kind, currency, entity, reason, document_date AS doc_day, amount AS document_amount, "
    "tax_amount AS tax FROM document WHERE id <= {upto.document} ORDER BY id"
)
APPLICATIONS = (
    "SELECT id AS app_id, from_item_id, to_item_id, amount AS app_amount, effective_on AS app_day "
    "FROM application WHERE id <= {upto.application} ORDER BY id"
)

TYPES: dict[str, type[np.generic]] = {**ITEM_TYPES, **APPLICATION_TYPES}


def read_all(engine: Engine, upto: Reach) -> Rows:
    """Read the books up to known ids, the three tables side by side.

    Needs no snapshot: rows up to a committed id never change, and what is written meanwhile has higher ids.
    Raises Unavailable when the store can't be reached.
    """
    if not is_sqlite(engine):
        return _joined(*_by_adbc(engine, upto))
    try:
        return _joined(*read_tables(engine, upto))
    except ValueError:
        # Texts with a separator inside, or what no verb writes: read row by row, they are what they are.
        with reading(engine) as session:
            return read_new(session, Reach(), upto)


def _by_adbc(engine: Engine, upto: Reach) -> list[Part]:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415  a third of a second, and SQLite never needs it

    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def query(sql: str) -> Part:
        # Without autocommit the connection would stay idle inside a transaction.
        with dbapi.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(sql.format(upto=upto))
            return _arrays(cursor.fetch_arrow_table())

    with ThreadPoolExecutor(max_workers=3) as pool:
        return list(pool.map(query, (ITEMS, DOCUMENTS, APPLICATIONS)))


def _joined(items: Part, documents: Part, applications: Part) -> Rows:
    """Give each item what its document says."""
    said = dict(documents.numbers)
    ids = said.pop("id")
    wanted = items.numbers["document_id"]
    dense = len(ids) > 0 and ids[-1] - ids[0] + 1 == len(ids)
    row = wanted - ids[0] if dense else np.searchsorted(ids, wanted)
    joined = {name: values[row] for name, values in said.items()}
    tax = share_of_tax(joined.pop("tax"), items.numbers["amount"], joined.pop("document_amount"))
    by_item = {name: Coded(values.codes[row], values.labels) for name, values in documents.texts.items()}
    return Rows(items.numbers | joined | {"tax": tax}, by_item, applications.numbers)


def _arrays(table: Any) -> Part:
    texts = {name: _text(table[name].combine_chunks()) for name in table.column_names if name in TEXTS}
    return Part({name: _number(name, table[name]) for name in table.column_names if name not in TEXTS}, texts)


def _text(column: Any) -> Coded:
    if len(column) == 0:  # an empty result types every column as integer
        return Coded(np.empty(0, np.int64), ())
    encoded = column.dictionary_encode()
    return Coded(np.asarray(encoded.indices), tuple(encoded.dictionary.to_pylist()))


def _number(name: str, column: Any) -> Array:
    """Lay the chunks of a column out as one array, of the type that the columns want: they are copied once only."""
    kind = TYPES.get(name, np.int64)
    if len(column) == 0:
        return np.empty(0, kind)
    if name in DATES and pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    elif name in ABSENT:
        column = column.cast(pa.int64()).fill_null(ABSENT[name])
    return np.concatenate([np.asarray(chunk) for chunk in column.chunks], dtype=kind, casting="unsafe")
