"""The plan on paper, as PDF, for the customer to accept.

Same plan, same bytes: the document has no date of its own, and only the fonts that come with typst are used. They draw
Latin, Greek, Cyrillic and Hebrew; a sign of another script is drawn as "?", beside the customer's number.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date
from babel.numbers import format_decimal
from sqlalchemy import Engine
from sqlmodel import Session

from arcore.arrangements import plans
from arcore.arrangements.draft import draft
from arcore.arrangements.wording import language_of
from arcore.arrangements.wording import said
from arcore.company.queries import profile_in
from arcore.errors import NotFound
from arcore.money import digits
from arcore.money import from_minor
from arcore.store.arrangements import Plan
from arcore.store.customers import Customer
from arcore.store.engine import reading

_TEMPLATE = Path(__file__).with_name("plan.typ")
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "COMBINING", "MODIFIER")
_ARROWS = "\u2190"
"""Before it come the punctuation and currency signs that the fonts have; arrows, boxes and emoji begin here."""
_LONGEST = 300


@dataclass(frozen=True)
class Debt:
    """What the plan pays of one document; minor units. `due_date` is the first one."""

    document: str
    due_date: date
    amount: int


@dataclass(frozen=True)
class Due:
    """One instalment; minor units. `documents` are what it pays."""

    due_on: date
    amount: int
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """All that stands on the paper; debts and instalments add up to the same. Our own note of the plan is not on it.

    Attributes:
        code, name: of the customer.
        language, locale: of the words, and of figures and dates.
        pay_into: which account to pay into: the name of a word, or "", with what stands beside it.
        reference: what a payment should name.
    """

    code: str
    name: str
    currency: str
    agreed_on: date
    debts: tuple[Debt, ...]
    instalments: tuple[Due, ...]
    grace_days: int
    sender: tuple[str, ...]
    pay_into: tuple[tuple[str, str], ...]
    reference: str
    language: str
    locale: str

    @property
    def total(self) -> int:
        """What is to be paid."""
        return sum(one.amount for one in self.instalments)


def of_plan(engine: Engine, plan_id: int) -> bytes:
    """Return the paper of a plan as it was agreed, whatever was paid since. Raises NotFound."""
    with reading(engine) as session:
        return render(paper_of(session, plan_id))


def of_draft(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    item_ids: Sequence[int],
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
    grace_days: int,
) -> bytes:
    """Return the paper of a plan that is not agreed yet. Raises whatever agreeing it would."""
    with reading(engine) as session:
        drawn = draft(
            session,
            customer_id=customer_id,
            entity=entity,
            currency=currency,
            item_ids=item_ids,
            instalments=instalments,
            agreed_on=agreed_on,
        )
        sources = drawn.by_item
        dues = tuple(
            Due(day, amount, _distinct(sources[p.item_id].document for p in drawn.pieces if p.number == number))
            for number, (day, amount) in enumerate(drawn.instalments, start=1)
        )
        debts = tuple(Debt(source.document, source.original_due_date, source.amount) for source in drawn.sources)
        return render(_paper(session, drawn.customer_id, entity, currency, agreed_on, debts, dues, grace_days))


def paper_of(session: Session, plan_id: int) -> Paper:
    """Return what stands on the paper of a plan. Raises NotFound."""
    kept = session.get(Plan, plan_id)
    rows = () if kept is None else plans.judged(session, kept.agreed_on, plan_id=plan_id)
    if not rows:
        raise NotFound(f"There is no plan {plan_id}", plan=plan_id)
    row = rows[0]
    owed: dict[tuple[str, date], int] = {}
    for one in row.instalments:
        for part in one.parts:
            debt = (part.document, part.original_due_date)
            owed[debt] = owed.get(debt, 0) + part.amount
    return _paper(
        session,
        row.customer_id,
        row.entity,
        row.currency,
        row.agreed_on,
        tuple(Debt(*debt, amount) for debt, amount in sorted(owed.items(), key=lambda one: (one[0][1], one[0][0]))),
        tuple(Due(one.due_on, one.amount, _distinct(part.document for part in one.parts)) for one in row.instalments),
        row.grace_days,
    )


def render(paper: Paper) -> bytes:
    """Draw the paper."""
    data = json.dumps(_shown(paper), ensure_ascii=False)
    made: Any = typst.compile(_TEMPLATE, sys_inputs={"data": data}, ignore_system_fonts=True)
    return bytes(made)


def _paper(
    session: Session,
    customer_id: int,
    entity: str,
    currency: str,
    agreed_on: date,
    debts: tuple[Debt, ...],
    instalments: tuple[Due, ...],
    grace_days: int,
) -> Paper:
    customer, company = session.get_one(Customer, customer_id), profile_in(session)
    account = company.account_for(entity, currency)
    language, locale = language_of(customer.language, company.locale)
    into = tuple(("", line) for line in company.bank_details.splitlines() if line.strip())
    if account is not None:
        named = (account.holder or company.name, account.written, account.bic, account.bank)
        into = tuple(zip(("holder", "account", "bic", "bank"), named, strict=True))
    return Paper(
        code=customer.code,
        name=customer.name,
        currency=currency,
        agreed_on=agreed_on,
        debts=debts,
        instalments=instalments,
        grace_days=grace_days,
        sender=tuple(dict.fromkeys((company.name, *company.sender.splitlines()))),
        pay_into=into,
        reference=customer.code,
        language=language,
        locale=locale,
    )


def _shown(paper: Paper) -> Mapping[str, Any]:
    words = said(paper.language)
    whole = f"{_amount(paper.total, paper)} {paper.currency}"
    opening = words["opening" if len(paper.instalments) > 1 else "opening_one"]
    owed = [f"{words['total']} {paper.currency}", _amount(sum(one.amount for one in paper.debts), paper)]
    return {
        "lang": paper.language,
        "title": words["title"],
        "day": words["day"].format(day=_day(paper.agreed_on, paper)),
        "footer": _drawn(f"{words['title']} · {paper.name} ({paper.code})"),
        "sender": [_drawn(line) for line in paper.sender if line.strip()],
        "customer": _drawn(paper.name),
        "number": _drawn(words["number"].format(code=paper.code)),
        "opening": opening.format(total=whole, count=len(paper.instalments)),
        "instalments": {
            "title": words["instalments"],
            "heads": [words["no"], words["pays"], words["due_on"], words["amount"]],
            "rows": [
                [str(number), _drawn(", ".join(one.documents)), _day(one.due_on, paper), _amount(one.amount, paper)]
                for number, one in enumerate(paper.instalments, start=1)
            ],
            "total": [f"{words['total']} {paper.currency}", _amount(paper.total, paper)],
        },
        "debts": {
            "title": words["debts"],
            "heads": [words["no"], words["document"], words["first_due"], words["amount"]],
            "rows": [
                [str(number), _drawn(one.document), _day(one.due_date, paper), _amount(one.amount, paper)]
                for number, one in enumerate(paper.debts, start=1)
            ],
            "total": owed,
        },
        "terms": words["terms" if paper.grace_days else "terms_none"].format(days=paper.grace_days),
        "pay": {"title": words["pay"], "rows": _pay(paper, words)},
        "accept": words["accept"],
        "sign": [_drawn(words["signed_by"].format(name=paper.name)), words["place_and_day"]],
    }


def _pay(paper: Paper, words: Mapping[str, str]) -> list[list[str]]:
    """Return label and value of each line that says where to pay; nothing when nobody said."""
    if not paper.pay_into:
        return []
    rows = [*((words.get(name, ""), value) for name, value in paper.pay_into), (words["reference"], paper.reference)]
    return [[label, _drawn(value)] for label, value in rows if value]


def _amount(units: int, paper: Paper) -> str:
    places = digits(paper.currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(from_minor(units, paper.currency), pattern, locale=paper.locale)


def _day(day: date, paper: Paper) -> str:
    return format_date(day, "long", locale=paper.locale)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _drawn(text: str) -> str:
    """Return what the fonts can draw of a text: a sign of another script, an arrow or an emoji becomes "?"."""
    composed = unicodedata.normalize("NFC", text)[:_LONGEST]
    return "".join(sign if _can_draw(sign) else "?" for sign in composed if sign.isprintable())


def _can_draw(sign: str) -> bool:
    if sign.isascii():
        return True
    if unicodedata.category(sign)[0] in "LM":
        return unicodedata.name(sign, "").startswith(_SCRIPTS)
    return sign < _ARROWS
