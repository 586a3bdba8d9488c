"""The barest load: the fastest reader, one executemany per table, in one transaction, into the tables we fill.

It knows the columns, looks at nothing and explains nothing: no second import could follow it, nothing is remembered of
the file, no customer gets a mailbox. Indexes, triggers and foreign keys are as they are; the rows are those we book.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

SETTLEMENT = "settlement"
BY = "2026-10-31 08:00:00.000000"
DATES = ("Invoice Date", "Due Date")
MONEY = ("Tax Amount", "Total Amount", "Open Amount")
HELD = ("Customer No.", "Customer Name", "Invoice No.", "Currency", "PO Number", "Reference", *DATES, *MONEY)


def load(file: Path, store: Path) -> None:
    """Read a file and pour its invoices, what settled them and the customers into a store."""
    tables = _tables(_read(file))
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO source (id, system, entity, scope, mapping) VALUES (1, 'bare', 'main', '', '{}')"
        )
        connection.execute(
            'INSERT INTO import (id, source_id, kind, at, "by", plan, audit_seq, undone_by)'
            " VALUES (1, 1, 'invoices', ?, 'bare', '{}', 1, '')",
            (BY,),
        )
        for name, table in tables:
            marks = ", ".join("?" * table.width)
            connection.executemany(f"INSERT INTO {name} ({', '.join(table.columns)}) VALUES ({marks})", table.rows())
        connection.execute("COMMIT")


def _read(file: Path) -> pl.DataFrame:
    if file.suffix == ".csv":
        return pl.read_csv(file, columns=list(HELD), schema_overrides=dict.fromkeys(MONEY, pl.Float64)).select(*HELD)
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    header, rows = sheet[0], sheet[1:]
    at = [header.index(name) for name in HELD]
    columns: dict[str, Any] = {name: [row[place] for row in rows] for name, place in zip(HELD, at, strict=True)}
    return pl.DataFrame(columns).with_columns(pl.col(name).cast(pl.String) for name in DATES)


def _tables(read: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Lay out the rows of each table, parents first."""
    minor = {name: (pl.col(name) * 100).round().cast(pl.Int64) for name in MONEY}
    found = read.with_columns(
        code=pl.col("Customer No."),
        customer_id=pl.col("Customer No.").rank("dense").cast(pl.Int64),
        amount=minor["Total Amount"],
        owed=minor["Open Amount"],
        tax_amount=minor["Tax Amount"],
        id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        issued=pl.col("Invoice Date"),
        due=pl.col("Due Date"),
        po_number=pl.col("PO Number").fill_null(""),
    )
    last = found["issued"].max()
    settled = found.filter(pl.col("owed") < pl.col("amount")).with_columns(
        paid=pl.col("amount") - pl.col("owed"),
        own=len(found) + pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        last=pl.lit(last),
    )
    by = (pl.lit(BY).alias("recorded_at"), pl.lit("bare").alias("recorded_by"))
    return [
        ("customer", _customers(found)),
        ("document", _documents(found, by)),
        ("document", _settlements(settled, by)),
        ("item", _items(found, by)),
        ("item", _settled_items(settled, by)),
        ("application", _applications(settled, by)),
        ("source_word", _words(found)),
    ]


def _customers(found: pl.DataFrame) -> pl.DataFrame:
    empty = ("currency", "language", "region", "sales_rep", "channel", "billing_instructions")
    return found.unique("customer_id").select(
        pl.col("customer_id").alias("id"),
        "code",
        pl.col("Customer Name").alias("name"),
        pl.lit(0).alias("intercompany"),
        *(pl.lit("").alias(name) for name in empty),
        pl.lit(1).alias("import_id"),
    )


def _documents(found: pl.DataFrame, by: tuple[pl.Expr, ...]) -> pl.DataFrame:
    return found.select(
        "id",
        pl.lit("invoice").alias("kind"),
        pl.col("Invoice No.").alias("number"),
        "customer_id",
        pl.lit("main").alias("entity"),
        pl.col("issued").alias("document_date"),
        pl.col("issued").alias("effective_on"),
        pl.col("Currency").alias("currency"),
        "amount",
        "tax_amount",
        pl.lit("").alias("reason"),
        "po_number",
        pl.col("Reference").alias("reference"),
        pl.lit(1).alias("import_id"),
        *by,
    )


def _settlements(settled: pl.DataFrame, by: tuple[pl.Expr, ...]) -> pl.DataFrame:
    return settled.select(
        pl.col("own").alias("id"),
        pl.lit(SETTLEMENT).alias("kind"),
        pl.lit("").alias("number"),
        "customer_id",
        pl.lit("main").alias("entity"),
        pl.col("last").alias("document_date"),
        pl.col("last").alias("effective_on"),
        pl.col("Currency").alias("currency"),
        (-pl.col("paid")).alias("amount"),
        *(pl.lit("").alias(name) for name in ("reason", "po_number", "reference")),
        pl.lit(1).alias("import_id"),
        *by,
    )


def _items(found: pl.DataFrame, by: tuple[pl.Expr, ...]) -> pl.DataFrame:
    return found.select(
        "id",
        pl.col("id").alias("document_id"),
        "customer_id",
        pl.lit(1).alias("side"),
        pl.col("issued").alias("effective_on"),
        pl.col("due").alias("due_date"),
        pl.col("due").alias("original_due_date"),
        "amount",
        *by,
    )


def _settled_items(settled: pl.DataFrame, by: tuple[pl.Expr, ...]) -> pl.DataFrame:
    return settled.select(
        pl.col("own").alias("id"),
        pl.col("own").alias("document_id"),
        "customer_id",
        pl.lit(-1).alias("side"),
        *(pl.col("last").alias(name) for name in ("effective_on", "due_date", "original_due_date")),
        (-pl.col("paid")).alias("amount"),
        *by,
    )


def _applications(settled: pl.DataFrame, by: tuple[pl.Expr, ...]) -> pl.DataFrame:
    return settled.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("id"),
        "customer_id",
        pl.col("own").alias("from_item_id"),
        pl.col("id").alias("to_item_id"),
        pl.col("paid").alias("amount"),
        pl.col("last").alias("effective_on"),
        *by,
    )


def _words(found: pl.DataFrame) -> pl.DataFrame:
    return found.select(
        pl.lit(1).alias("source_id"),
        pl.lit(1).alias("import_id"),
        ("invoice|" + pl.col("code") + "|" + pl.col("Invoice No.")).alias("key"),
        pl.lit("invoice").alias("kind"),
        pl.col("Invoice No.").alias("number"),
        "customer_id",
        pl.col("id").alias("document_id"),
        pl.col("Currency").alias("currency"),
        pl.col("issued").alias("document_date"),
        pl.col("due").alias("due_date"),
        "amount",
        pl.col("owed").alias("open_amount"),
        pl.lit("open").alias("status"),
        pl.lit(1).alias("present"),
        pl.lit("export").alias("file"),
        (pl.col("id") + 1).alias("line"),
    )
