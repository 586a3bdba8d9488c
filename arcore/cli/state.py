"""State what only other books know: credit sales of months, balances of the general ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame

EXAMPLE = (
    "python -m arcore --store sqlite:///data/sample.db state balances "
    "--day 2026-10-31 --currency EUR --amount 1234567.89 --dry-run"
)

File = Annotated[Path | None, typer.Argument(metavar="[FILE.csv]", help="A table of them; or one by the options.")]
Entity = Annotated[str, typer.Option(help="Our entity.")]
Currency = Annotated[str, typer.Option(metavar="CODE")]
Amount = Annotated[str, typer.Option(metavar="AMOUNT", help="Written as 1234.50.")]
Source = Annotated[str, typer.Option(help="Where the figure is from.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what it would state.")]


def sales(
    file: File = None,
    month: Annotated[str, typer.Option(metavar="YYYY-MM")] = "",
    entity: Entity = "main",
    currency: Currency = "",
    amount: Amount = "",
    source: Source = "",
    dry_run: Dry = False,
) -> None:
    """State credit sales of months; the file has the columns month, currency, sales and, if wanted, entity, source."""
    from arcore.company.csvfile import month_of
    from arcore.company.sales import Sales
    from arcore.company.sales import read_sales
    from arcore.company.service import save_sales

    def typed() -> Sales:
        return Sales(month_of(month, 1, "--month"), entity, currency.upper(), _decimal(amount, currency), source)

    rows = _rows(file, read_sales, typed, {"--month": month, "--currency": currency, "--amount": amount})
    with frame.books(dry=dry_run) as engine:
        if not dry_run:
            save_sales(engine, sales=rows, actor=frame.actor())
    _show("sales", [(f"{row.month:%Y-%m}", row.entity, row.currency, row.amount, row.source) for row in rows], dry_run)


def balances(
    file: File = None,
    day: Annotated[date | None, typer.Option(parser=frame.day, metavar="DATE", help="Its end counts.")] = None,
    entity: Entity = "main",
    currency: Currency = "",
    amount: Amount = "",
    source: Source = "",
    drawn_on: Annotated[
        date | None, typer.Option(parser=frame.day, metavar="DATE", help="When the ledger was asked; now.")
    ] = None,
    dry_run: Dry = False,
) -> None:
    """State balances of the general ledger; the file has the columns day, currency, balance and, if wanted, others."""
    from arcore.company.balances import Balance
    from arcore.company.balances import read_balances
    from arcore.company.service import save_balances

    def typed() -> Balance:
        assert day is not None  # noqa: S101  `_rows` asked for it
        return Balance(day, entity, currency.upper(), _decimal(amount, currency), source, drawn_on)

    rows = _rows(file, read_balances, typed, {"--day": day, "--currency": currency, "--amount": amount})
    with frame.books(dry=dry_run) as engine:
        if not dry_run:
            save_balances(engine, balances=rows, actor=frame.actor())
    _show("balances", [(row.day, row.entity, row.currency, row.amount, row.source) for row in rows], dry_run)


COMMANDS = {"sales": sales, "balances": balances}


def _rows(
    file: Path | None, read: Callable[[bytes], list[Any]], typed: Callable[[], Any], needed: dict[str, object]
) -> list[Any]:
    """Read the file, or take the one row of the options. Raises BadInput where neither is whole, or both are given."""
    from arcore.errors import BadInput

    given = [name for name, value in needed.items() if value]
    if file is not None:
        if given:
            raise BadInput(f"Give a file or {', '.join(needed)}, not both", file=str(file))
        try:
            return read(file.read_bytes())
        except OSError as error:
            raise BadInput(f"{file} can't be read: {error.strerror}", file=str(file)) from error
    missing = [name for name in needed if name not in given]
    if missing:
        raise BadInput(f"Give a file, or {', '.join(missing)} as well", missing=missing)
    return [typed()]


def _decimal(text: str, currency: str) -> Decimal:
    from arcore.company.csvfile import amount_of
    from arcore.company.csvfile import currency_of

    return amount_of(text, currency_of(currency, 1), 1, "--amount")


def _show(what: str, rows: list[tuple[object, str, str, Decimal, str]], dry_run: bool) -> None:
    from arcore.money import plain
    from arcore.money import to_minor

    when = "month" if what == "sales" else "day"
    written = [
        (of, entity, code, plain(to_minor(amount, code), code), source) for of, entity, code, amount, source in rows
    ]
    document = {
        "stated": 0 if dry_run else len(rows),
        what: [dict(zip((when, "entity", "currency", "amount", "source"), row, strict=True)) for row in written],
    }
    heads = {when.capitalize(): "left", "Entity": "left", "Currency": "left", "Amount": "right", "Source": "left"}
    title = "Credit sales" if what == "sales" else "Balances of the general ledger"
    done = "Nothing was stated: a dry run." if dry_run else f"{len(rows)} stated."
    frame.show(document, frame.table(title, heads, written), done)  # type: ignore[arg-type]
