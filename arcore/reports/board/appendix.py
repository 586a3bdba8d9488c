"""What the appendix of the board pack says: definitions, every other measure, what the figures rest on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from arcore.analytics import written as measures
from arcore.analytics.wording import in_words
from arcore.reports.board.contents import Pack
from arcore.reports.board.figures import HEADLINE
from arcore.reports.board.figures import Outcome
from arcore.reports.board.lists import checked
from arcore.reports.board.printed import capital
from arcore.reports.board.printed import meaning
from arcore.reports.board.printed import moment
from arcore.reports.board.printed import table_value
from arcore.reports.board.printed import title
from arcore.written import Format


def definition(one: Outcome, say: Format) -> dict[str, Any]:
    """Say what a measure means, with its formula in words and in figures."""
    figure = one.now
    window = "" if figure.window is None else f"{say.day(figure.window[0])} to {say.day(figure.window[1])}"
    worth = "" if figure.exact is None else f"= {figure.filled(lambda value: _input(value, say))}"
    return {
        "label": title(one.kpi),
        "words": meaning(one.kpi),
        "formula": in_words(figure.formula),
        "filled": f"{worth} = {measures.in_full(figure, say)}" if worth else figure.undefined or "",
        "window": window,
        "coverage": "" if figure.coverage == "complete" else figure.coverage,
    }


def _input(value: Any, say: Format) -> str:
    """Write one figure of a formula; what is negative stands in brackets behind a sign."""
    if not isinstance(value, int | float | Decimal):
        return str(value)
    text = say.number(value)
    return f"({text})" if value < 0 else text


def other_measures(pack: Pack, say: Format) -> dict[str, Any]:
    """List every measure that is not in the headline, and why some have no value."""
    month = pack.month
    return {
        "heads": ["Measure", "Unit", say.day(month.last), say.day(month.before), say.day(month.year_before)],
        "rows": [
            [title(one.kpi), measures.unit_word(one.now),
             table_value(one.now, say), table_value(one.before, say), table_value(one.year_before, say)]
            for one in pack.outcomes[len(HEADLINE):] if one.now.exact is not None
        ],
        "without": [
            [title(one.kpi), one.now.undefined or ""]
            for one in pack.outcomes if one.now.exact is None
        ],
    }  # fmt: skip


def rests_on(pack: Pack, say: Format) -> list[list[str]]:
    """Say what the figures rest on: knowledge, due dates, coverage, rates, and whether they add up."""
    month, close = pack.month, pack.month.close
    known = f"Ledger version {say.number(pack.ledger)}, of all that was recorded by then."
    if close is not None:
        known = (
            f"As frozen {moment(pack, close.at, say)} by {close.by}, ledger version {say.number(pack.ledger)}. "
            "What was recorded later is not in the figures; it is listed with its effect."
        )
    elif month.filters.known_at is not None:
        known = f"As known {moment(pack, month.filters.known_at, say)}, ledger version {say.number(pack.ledger)}."
    basis = {
        "original": "the contractual due date",
        "due": "the agreed due date",
        "document": "the date of the document",
    }
    return [
        ["As known at", known],
        ["Aged from", f"{capital(basis[month.filters.basis])}; a bucket holds what is that many days past it."],
        ["Complete", f"{'. '.join(pack.covered)}."],
        ["Missing rates", "; ".join(pack.gaps) or "None: every amount is in the figures."],
        ["Checked", checked(pack, say)],
    ]
