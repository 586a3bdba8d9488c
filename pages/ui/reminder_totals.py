"""The totals of the Reminders page: what is asked for today and what is held back, each with its explanation."""

from __future__ import annotations

from collections.abc import Iterable

from arcore.dunning.proof import Debt
from arcore.dunning.queries import Row
from arcore.dunning.rules import Send
from arcore.reports.filters import Filters
from arcore.reports.totals import Entry
from pages.ui import cached
from pages.ui import reminder_desk
from pages.ui.reminder_desk import Desk
from pages.ui.total_drawer import Explained

ASKED, HELD, COMING = "asked", "held", "coming"
ITEMS = ("item", "items")
RESTS = "overdue debts as the books have them, with disputes, promises, plans and credits of the day"


def key_of_asked(steps: Iterable[int]) -> str:
    """Return the key of what the letters ask for; `steps` narrow it, none for all."""
    return "-".join([ASKED, *map(str, sorted(steps))])


def key_of_held(code: str = "") -> str:
    """Return the key of what is held back, of one reason or of all."""
    return f"{HELD}-{code}" if code else HELD


def known(desk: Desk, key: str) -> Explained | None:
    """Return a total of the page by its key."""
    kind, _, tail = key.partition("-")
    if key == COMING:
        return _coming(desk)
    if kind == ASKED and all(part.isdigit() for part in tail.split("-") if tail):
        return _asked(desk, tuple(int(part) for part in tail.split("-") if part))
    reasons: dict[str, str] = {reason.code: reason.words for reason in desk.found.reasons()}
    if kind == HELD and (not tail or tail in reasons):
        return _held(desk, tail, reasons.get(tail, ""))
    return None


def _asked(desk: Desk, steps: tuple[int, ...]) -> Explained:
    names = reminder_desk.steps(desk)
    chosen = ", ".join(names[step - 1] for step in steps if 0 < step <= len(names))

    def read(filters: Filters) -> list[Entry]:
        found = cached.read(desk.frame.books, filters, reminder_desk.of_day)
        return [entry for row in found.due if not steps or row.step in steps for entry in _claims(row)]

    return Explained(
        key_of_asked(steps), f"Asked for{f' at the step {chosen}' if chosen else ''}",
        "What the letters of the day ask for: what is overdue, less what credits cover, what is in dispute, what a "
        "plan or a promise speaks for.",
        "of every item that a letter of the day asks for, what is open less credits, disputed, planned and promised",
        ITEMS, read, rests_on=RESTS, currency=desk.found.currency,
        window=f"run of {desk.say.day(desk.day)}, compared with that of the last month-end",
    )  # fmt: skip


def _held(desk: Desk, code: str, words: str) -> Explained:
    def read(filters: Filters) -> list[Entry]:
        found = cached.read(desk.frame.books, filters, reminder_desk.of_day)
        return [entry for row in found.held if not code or row.code == code for entry in _overdue(row)]

    return Explained(
        key_of_held(code), f"Held back{f': {words.lower()}' if words else ''}",
        "What customers owe that is overdue and who get no letter on the day. Each counts once, under the first reason "
        "that holds.",
        "what is open of every overdue item of customers who are held back", ITEMS, read, rests_on=RESTS,
        currency=desk.found.currency,
        window=f"run of {desk.say.day(desk.day)}, compared with that of the last month-end",
    )  # fmt: skip


def _coming(desk: Desk) -> Explained:
    currency = desk.found.currency

    def read(filters: Filters) -> list[Entry]:
        return [
            Entry(f"{one.who.customer_id}:{one.entity}:{one.step}", one.who.code, one.who.name, one.why, one.day,
                  one.worth or 0, currency)
            for one in cached.read(desk.frame.books, filters, reminder_desk.coming)
        ]  # fmt: skip

    return Explained(
        COMING, "Would be asked for in the next 14 days",
        "What the reminders would ask for that fall due in the next 14 days, if nobody pays and nothing is agreed.",
        "what every customer would be asked for on the day on which its next reminder falls due",
        ("reminder", "reminders"), read, "On", "Why", rests_on=RESTS, currency=currency,
    )  # fmt: skip


def _claims(row: Row) -> list[Entry]:
    decided = row.decision.proof if isinstance(row.decision, Send) else row.proof
    return [_entry(row, claim.debt, claim.claimed) for claim in decided.claims if claim.claimed]


def _overdue(row: Row) -> list[Entry]:
    return [_entry(row, claim.debt, claim.debt.open) for claim in row.proof.claims if claim.debt.open]


def _entry(row: Row, debt: Debt, amount: int) -> Entry:
    key = f"item:{debt.item_id}"
    return Entry(key, row.who.code, row.who.name, debt.document, debt.due_date, amount, debt.currency)
