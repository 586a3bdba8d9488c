"""Make the board pack of a month: a PDF to hand out and a workbook whose totals foot by formula."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import Basis

if TYPE_CHECKING:
    from arcore.analytics.figures import Figure
    from arcore.reports.board.contents import Pack

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db report --month 2026-10"
FORMATS = ("both", "pdf", "xlsx")


def run(
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month; the last one that is over.")] = "",
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write into.")] = Path(),
    kind: Annotated[str, typer.Option("--format", metavar="pdf|xlsx|both", help="Which files to write.")] = "both",
    currency: Annotated[str, typer.Option(metavar="CODE", help="Count in this currency; the company's own.")] = "",
    entity: Annotated[str, typer.Option(metavar="NAME", help="Only documents of this company of ours.")] = "",
    segment: Annotated[list[str] | None, typer.Option(help="Only customers of this segment; may stand twice.")] = None,
    owner: Annotated[list[str] | None, typer.Option(help="Only customers of this owner; may stand twice.")] = None,
    basis: Basis = "original",
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write the board pack of a month; a frozen month as it was frozen, a running one as of today."""
    from arcore.errors import BadInput
    from arcore.reports.board.contents import pack

    if kind not in FORMATS:
        raise BadInput(f"{kind!r} is no format; one of {', '.join(FORMATS)}", format=kind)
    with frame.books() as engine:
        today = frame.today(engine)
        first = _month(month, today)
        files = {
            ending: out / f"board-pack-{first:%Y-%m}.{ending}" for ending in ("pdf", "xlsx") if kind in ("both", ending)
        }
        for file in files.values():
            frame.refuse_existing(file, force=force)
        filters = _filters(first, currency, entity, segment, owner, basis)
        _refuse_unknown(engine, filters)
        made = pack(engine, first, filters, today=today)
        for ending, file in files.items():
            frame.save(file, _content(made, ending))
    frame.show(document(made, files), *_for_people(made, files))


def document(made: Pack, files: dict[str, Path]) -> dict[str, Any]:
    """Return what scripts get: which month, the headline, and where the files are."""
    from arcore.reports.board.checks import checks
    from arcore.reports.board.figures import HEADLINE

    month, filters = made.month, made.month.filters
    return {
        "month": month.name,
        "as_of": month.last,
        "complete": month.over,
        "frozen": None if month.close is None else {"at": month.close.at, "by": month.close.by},
        "known_at": filters.known_at,
        "currency": made.currency,
        "entity": filters.entity,
        "segments": list(filters.segments),
        "owners": list(filters.owners),
        "basis": filters.basis,
        "ledger_version": made.ledger,
        "headline": [
            {
                "name": one.kpi.name,
                "variant": one.kpi.variant,
                "unit": one.now.unit,
                "value": _value(one.now),
                "month_before": _value(one.before),
                "year_before": _value(one.year_before),
                "target": one.target,
                "met": None if one.state is None else one.state == "met",
                "state": one.state,
                "undefined": one.now.undefined,
            }
            for one in made.outcomes[: len(HEADLINE)]
        ],
        "checks": [{"name": check.name, "difference": check.written, "ok": check.ok} for check in checks(made)],
        "missing_rates": list(made.gaps),
        "files": files,
    }  # fmt: skip


def _value(figure: Figure) -> Any:
    from arcore.analytics.figures import MONEY
    from arcore.cli.kpi import written

    return None if figure.exact is None else written(figure.exact, figure.currency if figure.unit == MONEY else "")


def _month(text: str, today: date) -> date:
    """Return the first day of the month asked for, else of the last one that is over."""
    from arcore.dates import add_months
    from arcore.dates import month_start
    from arcore.reports.board.period import read_month

    return read_month(text) if text else add_months(month_start(today), -1)


def _filters(
    day: date, currency: str, entity: str, segments: list[str] | None, owners: list[str] | None, basis: Any
) -> Any:
    from arcore.reports.filters import DOCUMENT
    from arcore.reports.filters import Filters

    return Filters(
        as_of=day, currency=currency.upper() or DOCUMENT, entity=entity or None, segments=tuple(segments or ()),
        owners=tuple(owners or ()), basis=basis,
    )  # fmt: skip


def _refuse_unknown(engine: Any, filters: Any) -> None:
    """Raise BadInput for a segment or an owner that no customer ever had: a pack of zeros helps nobody."""
    from arcore.errors import BadInput
    from arcore.reports.view import view

    facts = view(engine, filters).book.around.customers.facts
    for name, wanted in (("segment", filters.segments), ("owner", filters.owners)):
        known = {"", *(facts[name].labels if name in facts else ())}
        for unknown in sorted(set(wanted) - known):
            raise BadInput(f"No customer has the {name} {unknown!r}", **{name: unknown}, known=sorted(known - {""}))


def _content(made: Pack, ending: str) -> bytes:
    if ending == "pdf":
        from arcore.reports.board.paper import pdf

        return pdf(made)
    from arcore.reports.board.workbook import xlsx

    return xlsx(made)


def _for_people(made: Pack, files: dict[str, Path]) -> list[Any]:
    from arcore.reports.board.story import paragraphs

    return [*paragraphs(made), *(f"Missing: {gap}" for gap in made.gaps), *(f"Wrote {file}" for file in files.values())]
