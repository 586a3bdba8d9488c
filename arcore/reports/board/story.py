"""The month in a paragraph: sentences made from the figures by rules, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal

from arcore.analytics import written as measures
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.goals.queries import WORDS
from arcore.money import nearest_minor
from arcore.reports.agreement import Comparison
from arcore.reports.board.contents import Pack
from arcore.reports.board.figures import Outcome
from arcore.reports.board.printed import short
from arcore.reports.bridges import Bridge
from arcore.reports.bridges import BridgeLine
from arcore.written import MINUS
from arcore.written import Format

FLAT = Decimal("0.5")
"""Changes below so many percent are no change in words."""
SMALL = Decimal("0.05")
"""Changes of a ratio below this are none in words."""
UNITS = {DAYS: "days", PERCENT: "points"}
_VERBS = {
    "invoiced": "were invoiced and charged",
    "fell_due": "fell due",
    "collected": "came in",
    "credited": "were credited and discounted",
    "written_off": "were written off",
    "settled": "were settled without explanation",
    "transferred": "were moved between customers",
    "exchange": "are exchange differences",
    "redated": "got another due date",
    "revalued": "is the effect of exchange rates",
}
RATIO_CAUSES = {
    "balance": "balance that is not overdue",
    "sales": "sales",
    "mix": "mix of segments",
    "timeliness": "overdue amounts",
    "credits": "credits",
    "write_offs": "write-offs",
}
"""The causes of a change of DSO and CEI."""


def paragraphs(pack: Pack) -> tuple[str, ...]:
    """Say how the month was: the balance and what moved it, what is late and whose, DSO, CEI."""
    say = Format(pack.locale)
    made = (
        (*_open(pack, say), *_moved(pack, say)),
        (*_overdue(pack, say), *_largest(pack, say)),
        tuple(_ratio(pack, say, "dso")),
        tuple(_ratio(pack, say, "cei")),
    )
    return tuple(" ".join(sentences) for sentences in made if sentences)


def agreement_sentence(compared: Sequence[Comparison], say: Format) -> str:
    """Say whether the books agree with the general ledger."""
    if not compared:
        return "Parts of the customers can't be compared with a general ledger."
    stated = [one for one in compared if one.stated is not None]
    if not stated:
        return "Not compared with a general ledger: nobody has said what it says on this day."
    missing = [f"{one.entity} {one.currency}" for one in compared if one.stated is None]
    tail = f" Not compared: {', '.join(missing)}." if missing else ""
    off = [one for one in stated if not one.agrees]
    if not off:
        sources = " and ".join(dict.fromkeys(one.stated.source for one in stated if one.stated))
        return f"The open balance agrees to {sources}{' where that is known' if missing else ''}.{tail}"
    parts = []
    for one in off:
        difference = say.signed(one.difference or 0, one.currency)
        how = "explained by documents" if one.rest == 0 else f"{say.amount(one.rest, one.currency)} not explained"
        parts.append(f"{one.entity} {one.currency} by {difference} ({how})")
    return f"The general ledger differs from the open balance: {'; '.join(parts)}.{tail}"


def _open(pack: Pack, say: Format) -> Iterator[str]:
    one = pack.outcome("open")
    if one.now.exact is None:
        yield f"The open balance can't be told: {one.now.undefined}."
        return
    tail = _against([(one, one.before, _before_word(pack)), (one, one.year_before, "a year before")], say)
    yield f"Customers owed {_money(one.now, say)} on {say.long_day(pack.month.last)}{tail}."


def _against(compared: Sequence[tuple[Outcome, Figure, str]], say: Format) -> str:
    """Say how a value compares with earlier ones in percent: ", 2% less than a month before and …"."""
    parts = []
    for one, earlier, when in compared:
        if one.now.exact is None or not earlier.exact:
            continue
        change = (one.now.exact / earlier.exact - 1) * 100
        if abs(change) < FLAT:
            parts.append(f"about as much as {when}")
        else:
            parts.append(f"{say.percent(abs(change), 0 if abs(change) >= 10 else 1)} {_more(change)} than {when}")
    return f", {' and '.join(parts)}" if parts else ""


def _moved(pack: Pack, say: Format) -> Iterator[str]:
    """Say which two or three lines of the bridge moved the balance."""
    part = _main(pack.bridges[0].parts, pack.currency)
    if part is None or not part.lines:
        return
    lines = sorted(part.lines, key=lambda line: -abs(line.amount))[:3]
    big = [line for line in lines if abs(line.amount) * 20 >= abs(lines[0].amount)]
    grown = part.closing - part.opening
    words = [f"{_compact(line, part, say)} {_VERBS[line.key]}" for line in big]
    how = (
        "stayed as it was"
        if not grown
        else f"{'rose' if grown > 0 else 'fell'} by {short(abs(grown), part.currency, say)}"
    )
    yield f"Since {say.long_day(pack.month.before)} it {how}: {_listed(words)}."


def _compact(line: BridgeLine, part: Bridge, say: Format) -> str:
    signed = line.key in ("transferred", "exchange", "redated", "revalued", "settled")
    amount = line.amount if signed else abs(line.amount)
    text = short(amount, part.currency, say)
    return f"+{text}" if signed and amount > 0 and not text.startswith(MINUS) else text


def _overdue(pack: Pack, say: Format) -> Iterator[str]:
    one, old = pack.outcome("overdue"), pack.outcome("share_over_90")
    if one.now.exact is None:
        return
    debits = one.now.inputs.get("gross_debits")
    share = f" ({say.percent(one.now.exact / Decimal(debits) * 100)} of what is invoiced and open)" if debits else ""
    change = ""
    if one.change is not None and one.before.exact:
        moved = one.change / one.before.exact * 100
        change = f", about as much as {_before_word(pack)}" if abs(moved) < FLAT else (
            f", {_money_of(abs(one.change), one.now, say)} {_more(one.change)} than {_before_word(pack)}"
        )  # fmt: skip
    yield f"{_money(one.now, say)}{share} is past due{change}{_target(one, say)}."
    if old.now.exact is not None and "over_90" in old.now.inputs and old.now.exact > 0:
        amount = _money_of(Decimal(old.now.inputs["over_90"]), one.now, say)
        yield f"{amount} of it is more than 90 days late."


def _ratio(pack: Pack, say: Format, name: str) -> Iterator[str]:
    one = pack.outcome(name)
    if one.now.exact is None:
        yield f"{one.kpi.label} can't be told: {one.now.undefined}."
        return
    text = f"{one.kpi.label} is {measures.with_unit(one.now, say)}"
    if one.change is not None:
        unit = UNITS.get(one.now.unit, one.now.unit)
        if abs(one.change) < SMALL:
            text += f", as {_before_word(pack)}"
        else:
            change = say.number(abs(one.change), 1)
            text += f", {change} {unit} {one.judged(one.change)} than {_before_word(pack)}{_mostly(pack, say, one)}"
    yield f"{text}{_target(one, say)}."


def _mostly(pack: Pack, say: Format, one: Outcome) -> str:
    """Name the cause that did most in the direction of the change: ", mostly through higher sales (−1.6 days)"."""
    bridge = pack.ratios[one.kpi.name]
    if bridge.after.variant != one.now.variant or one.change is None:
        return ""
    effects = measures.adding_up([cause.effect for cause in bridge.causes], one.change, one.now.unit)
    sign = 1 if one.change > 0 else -1
    most, by = max(
        zip(bridge.causes, effects, strict=True), key=lambda each: sign * each[1], default=(None, Decimal(0))
    )
    if most is None or sign * by < SMALL:
        return ""
    how = "another"
    if most.then is not None and most.now is not None:
        how = "higher" if most.now > most.then else "lower"
    effect = f"{'+' if by > 0 else ''}{say.number(by, 1)} {UNITS.get(one.now.unit, one.now.unit)}"
    article = "a " if most.key == "balance" else ""
    return f", mostly through {article}{how} {RATIO_CAUSES[most.key]} ({effect})"


def _largest(pack: Pack, say: Format) -> Iterator[str]:
    late = sorted(pack.risks.rows, key=lambda risk: -risk.overdue)[:3]
    late = [risk for risk in late if risk.overdue > 0]
    if not late or pack.risks.overdue <= 0:
        return
    share = Decimal(100 * sum(risk.overdue for risk in late)) / pack.risks.overdue
    names = _listed([risk.name for risk in late])
    verb = "owes" if len(late) == 1 else "owe"
    yield f"{names} {verb} {say.percent(share)} of what is past due."


def _target(one: Outcome, say: Format) -> str:
    if one.target is None or one.state is None:
        return ""
    word = measures.target_word(one.target, one.now, say)
    return f"; the target of {word} is {WORDS[one.state].lower()}"


def _before_word(pack: Pack) -> str:
    return "a month before" if pack.month.over else "at the end of the month before"


def _more(change: Decimal) -> str:
    return "more" if change > 0 else "less"


def _money(figure: Figure, say: Format) -> str:
    return _money_of(figure.exact or Decimal(0), figure, say)


def _money_of(amount: Decimal, figure: Figure, say: Format) -> str:
    return short(nearest_minor(amount, figure.currency), figure.currency, say)


def _main(parts: Sequence[Bridge], currency: str) -> Bridge | None:
    """Return the bridge in the currency of the pack."""
    return next((part for part in parts if part.currency == currency), None)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
