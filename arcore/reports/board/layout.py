"""What stands on each page of the board pack: texts as they are printed, numbers where something is drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from itertools import pairwise
from typing import Any

from arcore.analytics import written as measures
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.analytics.kpis import BY_KEY
from arcore.goals.queries import WORDS
from arcore.goals.queries import Annotation
from arcore.money import from_minor
from arcore.reports import target_words
from arcore.reports.board import lists
from arcore.reports.board.appendix import definition
from arcore.reports.board.appendix import other_measures
from arcore.reports.board.appendix import rests_on
from arcore.reports.board.contents import Pack
from arcore.reports.board.figures import DRAWN
from arcore.reports.board.figures import HEADLINE
from arcore.reports.board.figures import Course
from arcore.reports.board.figures import Outcome
from arcore.reports.board.printed import capital
from arcore.reports.board.printed import change_value
from arcore.reports.board.printed import facts
from arcore.reports.board.printed import posted_sentence
from arcore.reports.board.printed import short
from arcore.reports.board.printed import table_value
from arcore.reports.board.printed import title
from arcore.reports.board.scales import scale
from arcore.reports.board.story import RATIO_CAUSES
from arcore.reports.board.story import agreement_sentence
from arcore.reports.board.story import paragraphs
from arcore.reports.bridges import BridgeReport
from arcore.reports.ratio_bridges import RatioBridge
from arcore.written import Format

POINTS = 13
"""Month-ends of the charts."""


def pages(pack: Pack, *, first_only: bool = False) -> dict[str, Any]:
    """Return everything that is printed."""
    say = Format(pack.locale)
    found: dict[str, Any] = {"frame": _frame(pack, say), "answer": _answer(pack, say)}
    if first_only:
        return found
    by_name = {course.kpi.name: course for course in pack.courses}
    return found | {
        "trends": [_chart(pack, by_name[name], say) for name in DRAWN],
        "aging": lists.aged(pack, say),
        "bridges": [_bridge(pack, report, say) for report in pack.bridges],
        "ratios": [_causes(pack, bridge, say) for bridge in pack.ratios.values()],
        "movement": lists.movement(pack, say),
        "risks": lists.risks(pack, say),
        "goals": lists.goals(pack, say),
        "ledger": lists.ledger(pack, say),
        "marks": [f"{number}  {say.day(mark.day)}: {mark.text}" for number, mark in _marked(pack)],
        "posted": lists.posted(pack, say),
        "note": lists.note(pack, say),
        "definitions": [definition(one, say) for one in pack.outcomes[: len(HEADLINE)]],
        "measures": other_measures(pack, say),
        "rests_on": rests_on(pack, say),
    }


def _frame(pack: Pack, say: Format) -> dict[str, Any]:
    covered = facts(pack, say)
    return {
        "title": f"Receivables, {say.month(pack.month.last)}",
        "company": pack.company,
        "facts": covered,
        "unit": pack.currency,
        "footer": " · ".join([*covered, f"ledger version {say.number(pack.ledger)}"]),
    }


def _answer(pack: Pack, say: Format) -> dict[str, Any]:
    month = pack.month
    courses = {course.kpi.name: course for course in pack.courses}
    note = lists.note(pack, say)
    return {
        "story": list(paragraphs(pack)),
        "heads": [say.day(month.last), say.day(month.before), "Change", say.day(month.year_before), "Change", "Target"],
        "rows": [_headline(one, courses[one.kpi.name], say) for one in pack.outcomes[: len(HEADLINE)]],
        "ledger": agreement_sentence(pack.agreement, say),
        "posted": posted_sentence(pack, say),
        "note": note["text"],
        "note_by": note["by"],
        "gaps": list(pack.gaps),
    }


def _headline(one: Outcome, course: Course, say: Format) -> dict[str, Any]:
    return {
        "label": one.kpi.label,
        "unit": measures.unit_word(one.now),
        "now": table_value(one.now, say),
        "before": table_value(one.before, say),
        "change": change_value(one.change, one.now, say),
        "judged": one.judged(one.change),
        "year": table_value(one.year_before, say),
        "change_of_year": change_value(one.change_of_year, one.now, say),
        "judged_of_year": one.judged(one.change_of_year),
        "target": "" if one.target is None else _target(one.target, one.now, say),
        "state": "" if one.state is None else WORDS[one.state].lower(),
        "tone": "" if one.state is None else target_words.TONES[one.state],
        "why": one.now.undefined or "",
        "spark": [figure.value for figure in course.figures[-POINTS:]],
    }


def _target(target: float, figure: Figure, say: Format) -> str:
    return say.number(target) if figure.unit == MONEY else measures.target_word(target, figure, say)


def _chart(pack: Pack, course: Course, say: Format) -> dict[str, Any]:
    days, figures = course.days[-POINTS:], course.figures[-POINTS:]
    values = [figure.value for figure in figures]
    bars = course.kpi.name == "cash_in"
    size = scale([*values, course.target], zero=bars)
    sample = figures[-1]

    return {
        "label": title(course.kpi),
        "unit": measures.unit_word(sample),
        "low": size.low,
        "high": size.high,
        "ticks": [list(tick) for tick in zip(size.ticks, _axis(size.ticks, sample, say), strict=True)],
        "values": values,
        "bars": bars,
        "last": measures.value(sample, say),
        "days": [say.month(day, short=True) if day != pack.month.last or pack.month.over else say.day(day)
                 for day in days],
        "marks": [[str(number), _place(days, mark.day)] for number, mark in _marked(pack)],
        "target": course.target,
        "target_label": "" if course.target is None else f"target {measures.target_word(course.target, sample, say)}",
        "why": sample.undefined or "",
    }  # fmt: skip


def _marked(pack: Pack) -> list[tuple[int, Annotation]]:
    """Return the notes at days that the charts show, numbered."""
    days = pack.courses[0].days[-POINTS:]
    return list(enumerate((mark for mark in pack.marks if days[0] < mark.day <= days[-1]), 1))


def _place(days: Sequence[date], day: date) -> float:
    """Return where a day lies between the points of a chart, which count from 0."""
    after = next(place for place, each in enumerate(days) if each >= day)
    if after == 0:
        return 0.0
    return after - (days[after] - day).days / (days[after] - days[after - 1]).days


def _axis(ticks: Sequence[float], sample: Figure, say: Format) -> list[str]:
    """Write what stands at the grid lines, without decimals that are zero at all of them."""
    if sample.unit != MONEY:
        places = 0 if all(tick.is_integer() for tick in ticks) else 1
        return [say.number(tick, places) for tick in ticks]
    labels = [measures.number(tick, sample.unit, sample.currency, say) for tick in ticks]
    written = [label for tick, label in zip(ticks, labels, strict=True) if tick]
    for zeros in (r"[.,]00(?!\d)", r"(?<=[.,]\d)0(?!\d)"):
        if all(re.search(zeros, label) for label in written):
            return [re.sub(zeros, "", label) for label in labels]
    return labels


def _bridge(pack: Pack, report: BridgeReport, say: Format) -> dict[str, Any]:
    """Lay out the steps from one balance to the other, each from where the one before ended."""
    currency = pack.currency
    part = next((one for one in report.parts if one.currency == currency), None)
    first, last = say.day(report.since), say.day(pack.month.last)
    name = "open" if report.measure == "open" else "overdue"
    found: dict[str, Any] = {"title": f"The {name} balance from {first} to {last}", "unit": currency, "steps": []}
    if part is None:
        return found
    ends = list(accumulate((line.amount for line in part.lines), initial=part.opening))
    moves = ((line.label, *span) for line, span in zip(part.lines, pairwise(ends), strict=True))
    spans = [(first, 0, part.opening), *moves, (last, 0, part.closing)]
    for place, (label, start, end) in enumerate(spans):
        whole = place in (0, len(spans) - 1)
        text = short(end, currency, say) if whole else _signed_short(end - start, currency, say)
        begin, stop = (float(from_minor(units, currency)) for units in (start, end))
        found["steps"].append({"label": label, "from": begin, "to": stop, "whole": whole, "text": text})
    levels = [each for step in found["steps"] for each in (step["from"], step["to"])]
    return found | {"low": min(levels), "high": max(*levels, min(levels) + 1)}


def _signed_short(units: int, currency: str, say: Format) -> str:
    text = short(units, currency, say)
    return f"+{text}" if units > 0 else text


def _causes(pack: Pack, bridge: RatioBridge, say: Format) -> dict[str, Any]:
    label = BY_KEY[bridge.after.name, bridge.after.variant].label
    word = measures.unit_word(bridge.after)
    found: dict[str, Any] = {
        "title": f"Why {label} changed", "unit": word, "why": bridge.undefined or "", "rows": [], "total": []
    }  # fmt: skip
    if not bridge.causes or bridge.before.exact is None or bridge.after.exact is None:
        return found
    change = bridge.after.exact - bridge.before.exact
    effects = measures.adding_up([cause.effect for cause in bridge.causes], change, bridge.after.unit)
    rows = [
        [capital(RATIO_CAUSES[cause.key]), change_value(effect, bridge.after, say)]
        for cause, effect in zip(bridge.causes, effects, strict=True)
    ]
    return found | {
        "rows": [[say.day(pack.month.before), measures.value(bridge.before, say)], *rows],
        "total": [say.day(pack.month.last), measures.value(bridge.after, say)],
    }
