"""The statement of account that goes with a letter, as PDF.

Same input, same bytes: the document has no date of its own, and only the fonts that come with typst are used
(Libertinus Serif, for some signs DejaVu Sans Mono). They draw Latin with its accents, Greek, Cyrillic, Armenian,
Hebrew, Arabic, Georgian, punctuation, arrows and mathematical signs. A sign of another script (Chinese, Japanese,
Korean, Thai, those of India and others) or an emoji is drawn as "?": a name is then seen to lack something, and stands
beside its customer number; the letter itself has it whole. Nothing in the books makes this raise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from typing import Protocol

import typst

from arcore import glyphs
from arcore.company.queries import Profile
from arcore.dunning.figures import NONE
from arcore.dunning.figures import Figures
from arcore.dunning.listing import Listing
from arcore.dunning.parts import COLUMNS
from arcore.dunning.parts import Payment
from arcore.dunning.proof import TAKEN_OFF
from arcore.dunning.proof import Claim
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Proof
from arcore.dunning.sandbox import literal
from arcore.dunning.wording import Language

_TEMPLATE = Path(__file__).with_name("templates") / "statement.typ"
_LONGEST = 300
"""Signs of one cell: what is longer is cut, so that one row never fills pages."""


class Named(Protocol):
    """A customer as the statement names it."""

    @property
    def code(self) -> str:
        """Return its number."""

    @property
    def name(self) -> str:
        """Return its name."""


@dataclass(frozen=True)
class Account:
    """One currency of a statement, in minor units.

    open balance = overdue + not due + credits (negative); asked = overdue − what is taken off − what is only just
    overdue and so not in the letter. `listed` are the claims of the letter, none where it asks for nothing.
    """

    currency: str
    claims: tuple[Claim, ...]
    coming: tuple[Debt, ...]
    credits: tuple[Debt, ...]
    listed: tuple[Claim, ...] = ()

    @property
    def asked(self) -> int:
        """Return what the letter asks for."""
        return sum(claim.claimed for claim in self.listed)

    @property
    def overdue(self) -> int:
        """Return what is overdue."""
        return sum(claim.debt.open for claim in self.claims)

    @property
    def not_due(self) -> int:
        """Return what is not due yet."""
        return sum(debt.open for debt in self.coming)

    @property
    def credit(self) -> int:
        """Return the unapplied credits, zero or negative."""
        return sum(debt.open for debt in self.credits)

    @property
    def open(self) -> int:
        """Return the open balance."""
        return self.overdue + self.not_due + self.credit

    def ladder(self) -> tuple[tuple[str, int], ...]:
        """Return the way from overdue to asked, without zeros: (what, units), what is taken off negative."""
        taken = [(what, -sum(getattr(claim, what) for claim in self.claims)) for what in TAKEN_OFF]
        recent = self.asked - self.overdue - sum(units for _, units in taken)
        return tuple((what, units) for what, units in (*taken, ("recent", recent)) if units)


def accounts(proof: Proof, lists: Sequence[Listing]) -> tuple[Account, ...]:
    """Return the statement's figures by currency; `lists` are what the letter asks for, or none without a letter."""
    listed = {listing.currency: listing.claims for listing in lists}
    codes = {claim.debt.currency for claim in proof.claims} | {d.currency for d in (*proof.coming, *proof.credits)}
    return tuple(
        Account(
            code,
            tuple(claim for claim in proof.claims if claim.debt.currency == code),
            _of(code, proof.coming),
            _of(code, proof.credits),
            listed.get(code, ()),
        )
        for code in sorted(codes)
    )


def make(
    proof: Proof, lists: Sequence[Listing], payments: Sequence[Payment], profile: Profile, customer: Named,
    language: Language, figures: Figures, as_of: date,
) -> bytes:  # fmt: skip
    """Return the statement as PDF: every open item, what is in dispute, and what the letter of `lists` asks for."""
    data = {
        "lang": language.code.partition("-")[0],
        "title": language.say("statement"),
        "as_of": language.say("as_of", day=figures.long_day(as_of)),
        "sender": [drawn(line) for line in literal(profile.sender or profile.name, lines=True).split("\n")],
        "customer": drawn(customer.name) or drawn(customer.code),
        "number": [language.say("customer_number"), drawn(customer.code)],
        "page": language.words["page"].replace("{number}", "\ue000").replace("{count}", "\ue001"),
        "empty": language.say("nothing_open"),
        "heads": [language.say(name) for name in COLUMNS],
        "accounts": [_account(account, language, figures, as_of) for account in accounts(proof, lists)],
        "payments": [_payment(payment) for payment in payments],
    }
    return _compiled(json.dumps(data))


def file_name(code: str, language: Language, as_of: date) -> str:
    """Return the name of the file, in signs that every system takes: Statement-C0001-2026-11-20.pdf."""
    whose = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in code)[:40].strip("-")
    return "-".join(filter(None, (language.say("statement_file"), whose, as_of.isoformat()))) + ".pdf"


def drawn(text: str) -> str:
    """Return a text with "?" for each sign that the bundled fonts can't draw."""
    return glyphs.drawn(literal(text))[:_LONGEST]


def _of(code: str, debts: Iterable[Debt]) -> tuple[Debt, ...]:
    return tuple(debt for debt in debts if debt.currency == code)


def _account(account: Account, language: Language, figures: Figures, as_of: date) -> dict[str, Any]:
    code = account.currency
    disputed = sum(claim.disputed for claim in account.claims)
    late = [_claimed(claim, language, figures, asked=claim in account.listed) for claim in account.claims]
    sections = (
        ("overdue", late, (account.overdue, disputed, account.asked)),
        ("not_due", [_open(debt, language, figures) for debt in account.coming], (account.not_due, 0, 0)),
        ("credits", [_open(debt, language, figures) for debt in account.credits], (account.credit, 0, 0)),
    )
    return {
        "currency": code,
        "sections": [
            {"title": language.say(name), "rows": rows, "sums": [figures.some(units, code) for units in sums]}
            for name, rows, sums in sections
            if rows
        ],
        "open": [language.say("open_balance"), figures.amount(account.open, code)],
        "ladder": _ladder(account, language, figures, as_of) if account.listed else [],
    }


def _ladder(account: Account, language: Language, figures: Figures, as_of: date) -> list[tuple[str, str]]:
    code = account.currency
    taken = [(language.say(f"minus_{what}"), figures.amount(units, code)) for what, units in account.ladder()]
    first = [(language.say("overdue"), figures.amount(account.overdue, code))] if taken else []
    return [
        *first,
        *taken,
        (language.say("asked_in_letter", day=figures.day(as_of)), figures.amount(account.asked, code)),
    ]


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "heading": drawn(payment.heading),
        "lines": [drawn(line) for line in payment.lines],
        "rows": [[drawn(label), drawn(value)] for label, value in payment.rows],
    }


def _compiled(data: str) -> bytes:
    made: Any = typst.compile(_TEMPLATE, sys_inputs={"data": data}, ignore_system_fonts=True)
    return bytes(made)


def _claimed(claim: Claim, language: Language, figures: Figures, *, asked: bool) -> dict[str, Any]:
    debt = claim.debt
    amounts = (debt.invoiced, debt.open, claim.disputed, claim.claimed if asked else 0)
    late = figures.number(claim.days_late)
    return _line(debt, language, figures, [late, *(figures.some(units, debt.currency) for units in amounts)])


def _open(debt: Debt, language: Language, figures: Figures) -> dict[str, Any]:
    amounts = (debt.invoiced, debt.open)
    return _line(debt, language, figures, [NONE, *(figures.some(u, debt.currency) for u in amounts), NONE, NONE])


def _line(debt: Debt, language: Language, figures: Figures, rest: list[str]) -> dict[str, Any]:
    kind = language.words.get(f"kind_{debt.kind}", debt.kind)
    order = drawn(debt.po_number)
    notes = [kind if debt.kind != "invoice" else "", language.say("po_number", number=order) if order else ""]
    return {
        "cells": [drawn(debt.document), figures.day(debt.document_date), figures.day(debt.due_date), *rest],
        "note": " · ".join(filter(None, notes)),
    }
