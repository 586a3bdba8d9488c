"""Reminders as the page shows them: who is due one and what the rest is held back for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.company.queries import from_settings
from arcore.dunning import wording
from arcore.dunning.circumstances import Circumstances
from arcore.dunning.circumstances import circumstances
from arcore.dunning.debts import Place
from arcore.dunning.debts import debts_of
from arcore.dunning.live import live_of
from arcore.dunning.policy import SETTING
from arcore.dunning.policy import Policy
from arcore.dunning.policy import from_setting
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Proof
from arcore.dunning.rules import CODES
from arcore.dunning.rules import WORDS
from arcore.dunning.rules import Code
from arcore.dunning.rules import Held
from arcore.dunning.rules import Send
from arcore.dunning.rules import Worth
from arcore.dunning.rules import decide
from arcore.dunning.standing import Standing
from arcore.dunning.texts import SETTING as LETTER_TEXTS
from arcore.dunning.wording import Texts
from arcore.dunning.worth import in_reporting
from arcore.money import to_minor
from arcore.reports.queries import NOBODY
from arcore.reports.queries import Book
from arcore.reports.queries import book
from arcore.store.books import LedgerHead
from arcore.store.customers import Customer
from arcore.store.engine import reading

CHANNEL = "email"
"""How reminders leave."""
TRIES = 5
"""How often books and circumstances are read again when somebody writes in between."""

T = TypeVar("T")


class Who(NamedTuple):
    """A customer as lists show it; owner and segment as of the day, "" for none."""

    customer_id: int
    code: str
    name: str
    owner: str
    segment: str


@dataclass(frozen=True)
class Row:
    """One customer and selling entity with an overdue amount.

    Attributes:
        overdue, asked: minor units by currency: what is late, and what a message may ask for of it.
        overdue_worth, asked_worth: the same in the reporting currency; None when a rate is missing.
        days_late: of the oldest overdue debt.
        email: whom a message goes to; "" when nobody is known.
        language: of the texts that a letter to it is written with.
        step: the step that is due, or would be; 0 for none.
        decision: send, or held back with code and reason.
        proof: every overdue debt, with what takes off what.
    """

    who: Who
    entity: str
    overdue: tuple[tuple[str, int], ...]
    asked: tuple[tuple[str, int], ...]
    overdue_worth: int | None
    asked_worth: int | None
    days_late: int
    email: str
    language: str
    step: int
    decision: Send | Held
    proof: Proof
    standing: Standing

    @property
    def why(self) -> str:
        """Return the reason, as a sentence."""
        return self.decision.why

    @property
    def code(self) -> Code | None:
        """Return what holds it back; None for a message that is due."""
        return self.decision.code if isinstance(self.decision, Held) else None

    @property
    def place(self) -> Place:
        """Return customer and entity."""
        return self.who.customer_id, self.entity


class Reason(NamedTuple):
    """The customers held back by one code: how many, what they owe overdue, and the largest of them.

    `worth` is in the reporting currency and leaves out those without a rate, counted in `without_rate`.
    """

    code: Code
    words: str
    customers: int
    worth: int
    without_rate: int
    example: Row


@dataclass(frozen=True)
class Reminders:
    """A day's reminders.

    Attributes:
        currency: the reporting currency.
        live: whether anything may leave; before that all of it is a preview.
        due: what "send all" sends, largest amount first.
        held: everybody else with an overdue amount, largest first.
    """

    as_of: date
    currency: str
    policy: Policy
    live: bool
    due: tuple[Row, ...]
    held: tuple[Row, ...]

    def reasons(self) -> tuple[Reason, ...]:
        """Return why customers are held back, in the order in which reasons are looked for."""
        by_code: dict[Code, list[Row]] = defaultdict(list)
        for row in self.held:
            by_code[row.decision.code].append(row)  # type: ignore[union-attr]
        return tuple(_reason(code, by_code[code]) for code in CODES if code in by_code)

    def of(self, code: Code) -> tuple[Row, ...]:
        """Return the rows held back by one code."""
        return tuple(row for row in self.held if row.code == code)

    def row(self, customer_id: int, entity: str | None = None) -> Row | None:
        """Return the row of a customer (and entity), due or held; None when it owes nothing overdue."""
        rows = (row for row in (*self.due, *self.held) if row.who.customer_id == customer_id)
        return next((row for row in rows if entity in (None, row.entity)), None)


def reminders(
    engine: Engine,
    as_of: date,
    *,
    owners: Sequence[str] = (),
    segments: Sequence[str] = (),
    entity: str | None = None,
) -> Reminders:
    """Return who is due a reminder on a day and why the others are not.

    Every customer with an overdue amount is in one of the two lists, once for each of our entities it owes to.
    """
    found = _remembered(engine, as_of)
    if not (owners or segments or entity):
        return found

    def kept(rows: Iterable[Row]) -> tuple[Row, ...]:
        return tuple(
            row
            for row in rows
            if (not owners or row.who.owner in owners)
            and (not segments or row.who.segment in segments)
            and entity in (None, row.entity)
        )

    return replace(found, due=kept(found.due), held=kept(found.held))


def survivor_code(engine: Engine, code: str) -> str | None:
    """Return the code of the customer that one lives on in (its own, unless it was merged); None for an unknown one."""
    customers = book(engine).around.customers
    if code not in customers.codes:
        return None
    return customers.codes[int(customers.survivor[customers.codes.index(code)])]


# --- what the other reads share ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """One version of the books, what decides besides them, and who is who."""

    books: Book
    policy: Policy
    currency: str
    worth: Worth
    minimum: int
    around: Circumstances
    debts: dict[Place, list[Debt]]
    people: dict[int, Who]
    languages: dict[int, str]
    texts: Texts


def scene(engine: Engine, as_of: date, *, until: date | None = None) -> Scene:
    """Read all that decides on the reminders of a day; with `until` also what falls due before that day."""
    books, (around, languages) = _at_once(engine, lambda books, session: _around(books, session, as_of))
    debts = debts_of(engine, books, as_of, until=until)
    currency = from_settings(books.around.settings).currency
    policy = policy_of(books)
    return Scene(
        books=books,
        policy=policy,
        currency=currency,
        worth=in_reporting(books.around.rates, currency, as_of),
        minimum=to_minor(policy.minimum, currency),
        around=around,
        debts=debts,
        people=_people(books, as_of, {customer for customer, _ in debts}),
        languages=languages,
        texts=wording.from_setting(books.around.settings.get(LETTER_TEXTS)),
    )


def policy_of(books: Book) -> Policy:
    """Return the company's rules."""
    return from_setting(books.around.settings.get(SETTING))


def row_of(seen: Scene, place: Place, proof: Proof, standing: Standing) -> Row:
    """Decide on one customer and entity."""
    decision = decide(proof, standing, seen.policy, worth=seen.worth, minimum=seen.minimum)
    overdue, asked = proof.overdue(), proof.from_step(seen.policy.step(1).days).claimed()
    reach = standing.reach
    language = seen.texts.pick(reach.language if reach else "", seen.languages.get(place[0], "")).code
    return Row(
        who=seen.people[place[0]],
        entity=place[1],
        overdue=tuple(overdue.items()),
        asked=tuple(asked.items()),
        overdue_worth=seen.worth(overdue),
        asked_worth=seen.worth(asked),
        days_late=max((claim.days_late for claim in proof.claims), default=0),
        email=reach.email if reach else "",
        language=language,
        step=decision.step,
        decision=decision,
        proof=proof,
        standing=standing,
    )


# --- inside -----------------------------------------------------------------------------------------------------------


def _remembered(engine: Engine, as_of: date) -> Reminders:
    return book(engine).remembered(("reminders", as_of), lambda: _reminders(engine, as_of))


def _reminders(engine: Engine, as_of: date) -> Reminders:
    seen = scene(engine, as_of)
    rows = []
    for place, debts in seen.debts.items():
        # The room of the day is given out below, to the largest first.
        standing = seen.around.standing(place, limited=False)
        rows.append(row_of(seen, place, seen.around.prove(place, debts), standing))
    due = sorted((row for row in rows if isinstance(row.decision, Send)), key=lambda row: _large(row, row.asked_worth))
    held = [row for row in rows if isinstance(row.decision, Held)]
    room = len(due) if seen.around.room is None else seen.around.room
    for row in due[room:]:
        limited = Held("on_hold", f"Only {seen.policy.daily_limit} messages a day: it comes on a later day", row.step)
        held.append(replace(row, decision=limited))
    return Reminders(
        as_of=as_of,
        currency=seen.currency,
        policy=seen.policy,
        live=live_of(seen.books.around.settings) is not None,
        due=tuple(due[:room]),
        held=tuple(sorted(held, key=lambda row: _large(row, row.overdue_worth))),
    )


def _large(row: Row, worth: int | None) -> tuple[bool, int, str, str]:
    """Order rows: largest first, those without a rate last."""
    return worth is None, -(worth or 0), row.who.code, row.entity


def _reason(code: Code, rows: Sequence[Row]) -> Reason:
    worths = [row.overdue_worth for row in rows if row.overdue_worth is not None]
    return Reason(code, WORDS[code], len(rows), sum(worths), len(rows) - len(worths), rows[0])


def _around(books: Book, session: Session, as_of: date) -> tuple[Circumstances, dict[int, str]]:
    around = circumstances(session, as_of, policy_of(books), books.places, until=as_of)
    rows = session.execute(select(col(Customer.id), col(Customer.language)).where(col(Customer.language) != ""))
    return around, {row.id: row.language for row in rows}


def _at_once(engine: Engine, read: Callable[[Book, Session], T]) -> tuple[Book, T]:
    """Read beside the books of the same version; after a few tries of the newest, however busy the store is."""
    for attempt in range(TRIES):
        books = book(engine)
        with reading(engine) as session:
            seq = session.execute(select(col(LedgerHead.audit_seq))).scalar_one()
            if seq == books.seq or attempt == TRIES - 1:
                return books, read(books, session)
    raise AssertionError


def _people(books: Book, as_of: date, wanted: Iterable[int]) -> dict[int, Who]:
    customers = books.around.customers
    facts = {name: customers.fact_on(name, as_of) for name in ("owner", "segment")}
    found = {}
    for customer_id in wanted:
        place = int(customers.ids.searchsorted(customer_id))
        known = {
            name: "" if codes[place] == NOBODY else labels[codes[place]] for name, (codes, labels) in facts.items()
        }
        found[customer_id] = Who(customer_id, customers.codes[place], customers.names[place], **known)
    return found
