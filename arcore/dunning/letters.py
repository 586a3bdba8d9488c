"""A reminder as it leaves: subject, text, HTML and statement, all of the same figures.

Everything that comes from the books or from customers is text here, whatever it looks like: templates are rendered in a
sandbox (`sandbox`), and the HTML is escaped by its layout (`templates/letter.html`).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import Any
from typing import NamedTuple
from typing import Protocol

from arcore.bankdays import add_bank_days
from arcore.bankdays import country_of
from arcore.bankdays import is_bank_day
from arcore.company.queries import BankAccount
from arcore.company.queries import Profile
from arcore.company.queries import is_iban
from arcore.dunning import layout
from arcore.dunning import sandbox
from arcore.dunning import statement as statements
from arcore.dunning.figures import Figures
from arcore.dunning.figures import joined
from arcore.dunning.figures import locale_for
from arcore.dunning.listing import Listing
from arcore.dunning.listing import listings
from arcore.dunning.parts import COLUMNS
from arcore.dunning.parts import Part
from arcore.dunning.parts import Payment
from arcore.dunning.parts import Row
from arcore.dunning.parts import Table
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Claim
from arcore.dunning.proof import Proof
from arcore.dunning.sandbox import Words
from arcore.dunning.sandbox import literal
from arcore.dunning.wording import Language
from arcore.dunning.wording import Texts
from arcore.dunning.wording import from_setting
from arcore.settings import Settings

__all__ = ["Addressee", "Broken", "Letter", "Person", "Texts", "compose", "from_setting"]

LONGEST_SUBJECT = 200
UNNAMED = str(Settings.model_fields["user"].default)
"""The one local user, as long as nobody gave a name: no letter is signed with it."""
_REFERENCE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
"""What a payment's text may hold everywhere (SEPA); other signs become a space."""


@dataclass(frozen=True)
class Addressee:
    """The customer a letter goes to; `language` is a tag or empty."""

    customer_id: int
    code: str
    name: str
    language: str = ""


class Person(Protocol):
    """Whom a letter greets: a contact; `language` is a tag or empty."""

    @property
    def name(self) -> str:
        """Return the name; empty for a mailbox."""

    @property
    def language(self) -> str:
        """Return the tag of the language."""


class Broken(NamedTuple):
    """A promise that was not kept: `left` of `amount` (minor units) did not come by `due_on`."""

    currency: str
    amount: int
    left: int
    due_on: date


@dataclass(frozen=True)
class Letter:
    """A reminder, ready to be made a message.

    Attributes:
        subject: one line.
        text: the plain-text alternative, with an aligned table.
        html: the HTML alternative; needs nothing from outside.
        language: the tag of the texts it is written in.
        statement: the statement of account as PDF; empty when not asked for.
        statement_name: its file name.
        reference: what the payment should quote; the same in every step.
        parts: the same letter in pieces, for a page to draw.
    """

    subject: str
    text: str
    html: str
    language: str
    statement: bytes
    statement_name: str
    reference: str
    parts: tuple[Part, ...] = ()


def compose(
    *,
    proof: Proof,
    step: int,
    policy: Policy,
    profile: Profile,
    customer: Addressee,
    contact: Person | None,
    texts: Texts,
    as_of: date,
    actor_name: str,
    broken: Sequence[Broken] = (),
    with_statement: bool = True,
) -> Letter:
    """Write the letter of a step about what `proof` claims.

    It lists every overdue debt that is at least as late as the first step asks; `broken` are promises to mention.
    Raises BadTemplate when the company's own text can't be written, and ValueError when nothing is asked for.
    """
    language = texts.pick(contact.language if contact else "", customer.language)
    figures = Figures(locale_for(language.code, profile.locale))
    lists = listings(proof, policy.steps[0].days)
    if not lists:
        raise ValueError("A letter that asks for nothing can't be written")
    reference = payment_reference(customer.code, language)
    facts = _facts(proof, lists, policy, profile, customer, contact, language, figures, actor_name, broken, as_of)
    text = language.text(step)
    subject = sandbox.render_line(text.subject, facts)[:LONGEST_SUBJECT]
    payments = _payments(lists, proof.entity, profile, language, figures, reference)
    blocks: dict[str, tuple[Part, ...]] = {
        "table": tuple(_table(listing, language, figures) for listing in lists),
        "payment": payments,
    }
    parts = _parts(text.body, facts, blocks)
    pdf = (
        statements.make(proof, lists, payments, profile, customer, language, figures, as_of) if with_statement else b""
    )
    return Letter(
        subject=subject,
        text=layout.as_text(parts),
        html=layout.as_html(parts, subject=subject, language=language.code),
        language=language.code,
        statement=pdf,
        statement_name=statements.file_name(customer.code, language, as_of),
        reference=reference,
        parts=parts,
    )


def payment_reference(code: str, language: Language) -> str:
    """Return what a payment should quote, in signs that every bank takes; the same whatever the step."""
    said = language.say("reference_text", code=code)
    return " ".join("".join(sign if sign in _REFERENCE else " " for sign in said).split())[:70]


def pay_by(as_of: date, policy: Policy, profile: Profile) -> date:
    """Return the day a letter asks to be paid by: a day on which banks are open where the company is."""
    day = as_of + timedelta(days=policy.pay_within_days)
    country = country_of(profile.locale)
    return day if is_bank_day(day, country) else add_bank_days(day, 1, country)


def _parts(body: str, facts: Mapping[str, Any], blocks: Mapping[str, tuple[Part, ...]]) -> tuple[Part, ...]:
    """Put the blocks into the text; one that an `if` of the text left out stands at the end all the same."""
    parts: list[Part] = []
    missing = dict(blocks)
    for part in sandbox.render_paragraphs(body, facts, tuple(blocks)):
        if isinstance(part, Words):
            parts.append(part)
        else:
            parts += missing.pop(part.name, ())
    for block in missing.values():
        parts += block
    return tuple(parts)


def _facts(
    proof: Proof, lists: Sequence[Listing], policy: Policy, profile: Profile, customer: Addressee,
    contact: Person | None, language: Language, figures: Figures, actor_name: str, broken: Sequence[Broken],
    as_of: date,
) -> dict[str, Any]:  # fmt: skip
    asked = [claim for listing in lists for claim in listing.claims if claim.claimed]
    oldest = max(asked, key=lambda claim: claim.days_late)
    person = literal(contact.name) if contact else ""
    word = "invoices" if all(claim.debt.kind == "invoice" for claim in asked) else "items"
    said = {
        "greeting": language.say("greeting_name", name=person) if person else language.say("greeting"),
        "contact": person,
        "customer": literal(customer.name),
        "code": literal(customer.code),
        "company": literal(profile.name),
        "sender": ("" if actor_name == UNNAMED else literal(actor_name)) or literal(profile.name),
        "signature": _signature(profile, actor_name),
        "today": figures.long_day(as_of),
        "pay_by": figures.long_day(pay_by(as_of, policy, profile)),
        "invoices": figures.counted(len(asked), *language.forms(word)),
        "count": len(asked),
        "total": _money(((listing.currency, listing.asked) for listing in lists), language, figures),
        "currencies": len(lists),
        "oldest_days": oldest.days_late,
        "oldest_due": figures.long_day(oldest.debt.due_date),
        "left_out": _left_out(lists, language, figures),
        "reference": payment_reference(customer.code, language),
        "entity": literal(proof.entity),
    }
    promises = [
        {
            "amount": figures.money(promise.amount, promise.currency),
            "left": figures.money(promise.left, promise.currency),
            "due": figures.long_day(promise.due_on),
        }
        for promise in broken
    ]
    return said | {"broken": promises, "plural": figures.plural, "counted": figures.counted}


def _signature(profile: Profile, actor_name: str) -> str:
    person = "" if actor_name == UNNAMED else literal(actor_name)
    house = literal(profile.sender, lines=True) or literal(profile.name)
    return house if not person or person in house.split("\n") else f"{person}\n{house}"


def _money(pairs: Any, language: Language, figures: Figures) -> str:
    return joined([figures.money(units, currency) for currency, units in pairs], language.say("and"))


def _left_out(lists: Sequence[Listing], language: Language, figures: Figures) -> str:
    sums: dict[str, list[tuple[str, int]]] = {}
    for listing in lists:
        for what, units in listing.left_out:
            sums.setdefault(what, []).append((listing.currency, units))
    parts = [language.say(f"left_out_{what}", amount=_money(pairs, language, figures)) for what, pairs in sums.items()]
    return language.say("left_out", parts=joined(parts, language.say("and"))) if parts else ""


def _table(listing: Listing, language: Language, figures: Figures) -> Table:
    code = listing.currency
    sums = [listing.invoiced, listing.open, listing.taken("disputed"), listing.asked]
    return Table(
        currency=code,
        heads=tuple(language.say(name) for name in COLUMNS),
        rows=tuple(_row(claim, language, figures) for claim in listing.claims),
        total=(language.say("total", currency=code), *(figures.some(units, code) for units in sums)),
        sums=tuple(sums),
    )


def _row(claim: Claim, language: Language, figures: Figures) -> Row:
    debt, amounts = claim.debt, [claim.debt.invoiced, claim.debt.open, claim.disputed, claim.claimed]
    order = literal(debt.po_number)
    return Row(
        cells=(
            literal(debt.document),
            figures.day(debt.document_date),
            figures.day(debt.due_date),
            figures.number(claim.days_late),
            *(figures.some(units, debt.currency) for units in amounts),
        ),
        note=language.say("po_number", number=order) if order else "",
        units=tuple(amounts),
    )


def _payments(
    lists: Sequence[Listing], entity: str, profile: Profile, language: Language, figures: Figures, reference: str
) -> tuple[Payment, ...]:
    """Return where to pay, currencies of one account together."""
    places: dict[BankAccount | None, list[tuple[str, int]]] = {}
    for listing in lists:
        places.setdefault(profile.account_for(entity, listing.currency), []).append((listing.currency, listing.asked))
    return tuple(
        _payment(account, _money(pairs, language, figures), profile, language, reference)
        for account, pairs in places.items()
    )


def _payment(account: BankAccount | None, amount: str, profile: Profile, language: Language, reference: str) -> Payment:
    quoted = (language.say("reference"), reference)
    if account is None:
        free = tuple(literal(profile.bank_details, lines=True).split("\n")) if profile.bank_details.strip() else ()
        if not free:
            return Payment(language.say("no_account"), (), (quoted,))
        return Payment(f"{language.say('pay', amount=amount)}:", free, (quoted,))
    label = language.say("iban" if is_iban(account.account) else "account")
    rows = (
        (language.say("holder"), literal(account.holder) or literal(profile.name)),
        (label, literal(account.written)),
        (language.say("bic"), literal(account.bic)),
        (language.say("bank"), literal(account.bank)),
        quoted,
    )
    return Payment(f"{language.say('pay', amount=amount)}:", (), tuple(row for row in rows if row[1]))
