"""List what in the books can be cleaned up: a count and a sum for every section of the Clean-up page."""

from __future__ import annotations

from typing import Annotated
from typing import Any

import typer

from arcore.cli import frame
from arcore.cli.aging import AsOf
from arcore.cli.aging import filters_of

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db cleanup"


def run(
    as_of: AsOf = None,
    older_than: Annotated[int, typer.Option(metavar="DAYS", min=0, help="Unapplied credits older than this.")] = 30,
) -> None:
    """Count and add up what wants a look, section by section; nothing is changed."""
    from arcore.reports.tidy.summary import TITLES
    from arcore.reports.tidy.summary import summary

    with frame.books() as engine:
        filters = filters_of(engine, as_of, None, "original")
        sections = summary(engine, filters, frame.today(engine), older_than)
    answer = document(sections) | {"as_of": filters.as_of, "older_than": older_than}
    rows = (
        (
            TITLES[one["name"]],
            one["count"],
            " + ".join(f"{sum_['amount']} {sum_['currency']}" for sum_ in one["totals"]),
        )
        for one in answer["sections"]
    )
    columns: Any = {"section": "left", "count": "right", "amount": "right"}
    frame.show(answer, frame.table(f"To clean up as of {filters.as_of}", columns, rows))


def document(sections: Any) -> dict[str, Any]:
    """Return the sections as scripts get them: amounts as text with the digits of their currency."""
    from arcore.money import plain

    return {
        "sections": [
            {
                "name": one.name,
                "count": one.count,
                "totals": [{"currency": code, "amount": plain(units, code)} for code, units in one.by_currency.items()],
            }
            for one in sections
        ]
    }
