"""The first load of a large store, in bulk by ADBC.

Two SQLite libraries on one file in one process do not see each other's locks, and committed rows get lost. ADBC's
driver carries its own SQLite, so it only ever opens a copy made by `backup()`, never the store's own file.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import APPLICATION_TYPES
from arcore.analytics.columns import ITEM_TYPES
from arcore.errors import Unavailable
from arcore.reports.rows import ABSENT
from arcore.reports.rows import DATES
from arcore.reports.rows import TEXTS
from arcore.reports.rows import Array
from arcore.reports.rows import Coded
from arcore.reports.rows import Reach
from arcore.reports.rows import Rows
from arcore.reports.rows import Table
from arcore.reports.rows import share_of_tax
from arcore.store.engine import is_sqlite

RAM_DISK = Path("/dev/shm")  # noqa: S108  a private folder is made inside it
"""Where the copy goes when there is one with room enough."""

ITEMS = (
    "SELECT id AS item_id, document_id, customer_id, side, {effective_on} AS effective, {due_date} AS due, "
    "{original_due_date} AS original_due, origin_item_id, amount FROM item WHERE id <= {upto.item} ORDER BY id"
)
DOCUMENTS = (
    "SELECT id, kind, currency, entity, reason, {document_date} AS doc_day, amount AS document_amount, "
    "tax_amount AS tax FROM document WHERE id <= {upto.document} ORDER BY id"
)
APPLICATIONS = (
    "SELECT id AS app_id, from_item_id, to_item_id, amount AS app_amount, {effective_on} AS app_day "
    "FROM application WHERE id <= {upto.application} ORDER BY id"
)
DATE_COLUMNS = ("effective_on", "due_date", "original_due_date", "document_date")
DAY_NUMBER = "unixepoch({}) / 86400"
"""SQLite keeps dates as text, and makes day numbers of them in the time it takes to hand texts over."""

BATCH_ROWS = 65_536
"""Rows that ADBC hands over at once from SQLite; its own choice of a thousand costs a third more."""

TYPES: dict[str, type[np.generic]] = {**ITEM_TYPES, **APPLICATION_TYPES}

Query = Callable[[str], tuple[Table, dict[str, Coded]]]


def read_all(engine: Engine, upto: Reach) -> Rows:
    """Read the books up to known ids, the three tables side by side.

    Needs no snapshot: rows up to a committed id never change, and what is written meanwhile has higher ids.
    Raises Unavailable when the store can't be copied or reached.
    """
    connected, day = (_copy_of_file, DAY_NUMBER) if is_sqlite(engine) else (_server, "{}")
    dates = {column: day.format(column) for column in DATE_COLUMNS}
    queries = [sql.format(upto=upto, **dates) for sql in (ITEMS, DOCUMENTS, APPLICATIONS)]
    with connected(engine) as query, ThreadPoolExecutor(max_workers=3) as pool:
        (items, _), (documents, texts), (applications, _) = pool.map(query, queries)
    return _joined(items, documents, texts, applications)


@contextmanager
def _copy_of_file(engine: Engine) -> Iterator[Query]:
    from adbc_driver_sqlite import StatementOptions  # noqa: PLC0415  a third of a second, and small books never need it
    from adbc_driver_sqlite import dbapi  # noqa: PLC0415  the same

    with tempfile.TemporaryDirectory(prefix="arcore-", dir=_roomy_folder(engine)) as folder:
        path = Path(folder, "copy.db")
        back_up(engine, str(path))
        # Nobody else has the copy; without this three connections that open and close at once lock each other out.
        address = f"{path.as_uri()}?immutable=1"

        def query(sql: str) -> tuple[Table, dict[str, Coded]]:
            with dbapi.connect(address) as connection, connection.cursor() as cursor:
                cursor.adbc_statement.set_options(**{StatementOptions.BATCH_ROWS.value: str(BATCH_ROWS)})
                cursor.execute(sql)
                return _arrays(cursor.fetch_arrow_table())

        yield query


@contextmanager
def _server(engine: Engine) -> Iterator[Query]:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415  the same

    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def query(sql: str) -> tuple[Table, dict[str, Coded]]:
        # Without autocommit the connection would stay idle inside a transaction.
        with dbapi.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return _arrays(cursor.fetch_arrow_table())

    yield query


def back_up(engine: Engine, path: str) -> None:
    """Copy a SQLite store in one step, which is one snapshot; writers go on meanwhile. Raises Unavailable."""
    raw = engine.raw_connection()
    copy = sqlite3.connect(path)
    try:
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("PRAGMA journal_mode=OFF")
        source: Any = raw.driver_connection
        source.backup(copy)
    except sqlite3.Error as error:
        raise Unavailable(f"The store could not be copied for reading: {error}", cause=str(error)) from error
    finally:
        copy.close()
        raw.close()


def _roomy_folder(engine: Engine) -> str | None:
    """Return the RAM disk if the copy fits in twice, else None for the usual folder of temporary files."""
    database = Path(engine.url.database or "")
    size = sum(path.stat().st_size for path in (database, Path(f"{database}-wal")) if path.exists())
    return str(RAM_DISK) if RAM_DISK.is_dir() and shutil.disk_usage(RAM_DISK).free > 2 * size else None


def _joined(items: Table, documents: Table, texts: dict[str, Coded], applications: Table) -> Rows:
    """Give each item what its document says."""
    ids = documents.pop("id")
    wanted = items["document_id"]
    dense = len(ids) > 0 and ids[-1] - ids[0] + 1 == len(ids)
    row = wanted - ids[0] if dense else np.searchsorted(ids, wanted)
    joined = {name: values[row] for name, values in documents.items()}
    tax = share_of_tax(joined.pop("tax"), items["amount"], joined.pop("document_amount"))
    by_item = {name: Coded(values.codes[row], values.labels) for name, values in texts.items()}
    return Rows(items | joined | {"tax": tax}, by_item, applications)


def _arrays(table: Any) -> tuple[Table, dict[str, Coded]]:
    texts = {name: _text(table[name].combine_chunks()) for name in table.column_names if name in TEXTS}
    return {name: _number(name, table[name]) for name in table.column_names if name not in TEXTS}, texts


def _text(column: Any) -> Coded:
    if len(column) == 0:  # an empty result types every column as integer
        return Coded(np.empty(0, np.int64), ())
    encoded = column.dictionary_encode()
    return Coded(np.asarray(encoded.indices), tuple(encoded.dictionary.to_pylist()))


def _number(name: str, column: Any) -> Array:
    """Lay the chunks of a column out as one array, of the type that the columns want: they are copied once only."""
    import pyarrow as pa  # noqa: PLC0415  comes with ADBC

    kind = TYPES.get(name, np.int64)
    if len(column) == 0:
        return np.empty(0, kind)
    if name in DATES and pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    elif name in ABSENT:
        column = column.cast(pa.int64()).fill_null(ABSENT[name])
    return np.concatenate([np.asarray(chunk) for chunk in column.chunks], dtype=kind, casting="unsafe")
