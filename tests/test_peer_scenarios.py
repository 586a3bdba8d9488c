"""What other receivables systems ask of their books, asked of ours.

The ledgers, questions and figures are those of `golden/peer_scenarios.json`, read from the tests and issue trackers
named there. A case that answers differently from the peer says why. What our books can't be asked yet stands in
`NOT_YET` with the reason; a scenario in neither list fails the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.dates import add_months
from arcore.dunning import queries as dunning
from arcore.dunning import service as reminding
from arcore.dunning.policy import Policy
from arcore.dunning.policy import Step
from arcore.dunning.policy import check
from arcore.errors import BadInput
from arcore.ledger import service
from arcore.ledger.verify import verify
from arcore.reports.aging import AgingRow
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.items import ItemRow
from arcore.reports.items import items
from arcore.reports.tidy.unapplied import proposed
from arcore.settings import settings
from arcore.store.company import Rate
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit

SCENARIOS: dict[str, dict[str, Any]] = {
    scenario["name"]: scenario
    for scenario in json.loads((Path(__file__).parent / "golden" / "peer_scenarios.json").read_text(encoding="utf-8"))
}
ANNA = Actor("anna")

NOT_YET = {"Fixed reminder fee in another currency": "dunning fees are not built; the case has no books or report"}


@dataclass
class Played:
    """A scenario booked with the verbs; `items_of` are the items of each of its documents, oldest due first."""

    engine: Engine
    scenario: dict[str, Any]
    customers: dict[str, int] = field(default_factory=dict)
    items_of: dict[str, list[int]] = field(default_factory=dict)
    documents_of: dict[str, int] = field(default_factory=dict)
    application_ids: list[int] = field(default_factory=list)

    @property
    def as_of(self) -> date:
        """The day that is asked about."""
        return date.fromisoformat(self.scenario["parameters"].get("as_of", "2025-06-30"))

    def customer(self, code: str) -> int:
        """Return a customer of the scenario, made on first use."""
        if code not in self.customers:
            said = customers.create_customer(self.engine, code=code, name=code, actor=ANNA)
            self.customers[code] = said["customer"]
        return self.customers[code]

    def post(self, document: dict[str, Any]) -> None:
        """Book one document; a journal credit is read as a payment, without a due date its own date counts.

        The journal that ERPNext needs to move a credit note to another invoice is nothing here: an application does it.
        """
        if document["type"] == "journal_transfer":
            return
        on, amount = date.fromisoformat(document["date"]), Decimal(str(document["amount"]))
        common: dict[str, Any] = {
            "customer_id": self.customer(document["customer"]),
            "currency": document["currency"],
            "details": {"number": document["id"]},
            "actor": ANNA,
        }
        if document["type"] == "invoice":
            terms = document.get("terms") or [{"amount": amount, "due_date": document["due_date"] or document["date"]}]
            parts = [(Decimal(str(part["amount"])), date.fromisoformat(part["due_date"])) for part in terms]
            if missing := amount - sum(part for part, _ in parts):
                parts.append((missing, add_months(parts[-1][1], 1)))  # the source lists only the first instalments
            said = service.post_invoice(self.engine, document_date=on, instalments=parts, **common)
        elif document["type"] == "journal_debit":
            due = date.fromisoformat(document["due_date"])
            said = service.post_debit_note(
                self.engine, document_date=min(on, due), due_date=due, amount=amount, **common
            )
        elif document["type"] == "credit_note":
            said = service.post_credit_note(self.engine, document_date=on, amount=amount, **common)
        else:
            assert document["type"] in ("payment", "journal_credit")
            said = service.record_payment(self.engine, received_on=on, amount=amount, **common)
        self.items_of[document["id"]] = said["items"]
        self.documents_of[document["id"]] = said["documents"][0]

    def apply(self, application: dict[str, Any]) -> None:
        """Apply one document to another, the oldest due instalment first."""
        rest = Decimal(str(application["amount"]))
        for item in self.items_of[application["to"]]:
            part = min(rest, self.left_of(item))
            if part:
                said = service.apply(
                    self.engine,
                    from_item_id=self.items_of[application["from"]][0],
                    to_item_id=item,
                    amount=part,
                    on=date.fromisoformat(application["date"]),
                    actor=ANNA,
                )
                self.application_ids += said["applications"]
                rest -= part
        assert rest == 0

    def left_of(self, item: int) -> Decimal:
        """Return what is open on an item after everything that was booked."""
        rows = [row for row in self.rows(as_of=date(2199, 1, 1)) if row.item_id == item]
        return Decimal(rows[0].open).scaleb(-2) if rows else Decimal(0)

    def void(self, name: str) -> None:
        """Cancel a document."""
        service.void(self.engine, document_id=self.documents_of[name], actor=ANNA)

    def rate(self, currency: str, reporting: str, day: str, rate: str) -> None:
        """Add a rate of exchange."""

        def body(unit: Unit) -> dict[str, Any]:
            on = date.fromisoformat(day)
            unit.session.add(Rate(currency=currency, reporting=reporting, day=on, rate=rate, audit_seq=unit.audit_seq))
            return {}

        commit(self.engine, body, actor=ANNA, verb="add_rate")

    def rows(self, as_of: date | None = None, **filters: Any) -> tuple[ItemRow, ...]:
        """Return the open items."""
        return items(self.engine, Filters(as_of=as_of or self.as_of, **filters)).rows()

    def open(self, as_of: date | None = None) -> dict[str, list[float]]:
        """Return what is open on each document, one figure per instalment; what is settled is not there."""
        found: dict[str, list[float]] = {}
        for row in self.rows(as_of):
            found.setdefault(row.document, []).append(row.open / 100)
        return found

    def columns(self, as_of: date | None = None, edges: tuple[int, ...] = (30, 60, 90)) -> dict[str, float]:
        """Return the aging in one line: the columns that hold anything, and what is open."""
        report = aging(self.engine, Filters(as_of=as_of or self.as_of), by="none", edges=edges)
        assert report.foots
        [row] = report.cells
        cells = (row.not_due, *row.buckets, row.unapplied, row.open)
        return {name: units / 100 for name, units in zip((*report.columns, "open"), cells, strict=True) if units}

    def by(self, dimension: Any) -> dict[str, AgingRow]:
        """Return the aging by a dimension."""
        return {row.key: row for row in aging(self.engine, Filters(as_of=self.as_of), by=dimension).cells}


@pytest.fixture
def play(sqlite_engine: Engine) -> Callable[..., Played]:
    """Return what books a scenario; its steps can be stopped at, to look at the books in between."""

    def played(name: str, *, documents: int | None = None, applications: int | None = None) -> Played:
        story = Played(sqlite_engine, SCENARIOS[name])
        for document in story.scenario["documents"][:documents]:
            story.post(document)
        for application in story.scenario["applications"][:applications]:
            story.apply(application)
        return story

    return played


TOMORROW = date(2025, 7, 1)


def source(name: str) -> str:
    """Name a case by its peer and its question."""
    return f"{SCENARIOS[name]['source'].split()[0].partition('/')[2] or SCENARIOS[name]['source'].split()[0]}: {name}"


# --- one figure per document ------------------------------------------------------------------------------------------

OPEN: dict[str, dict[str, list[float]]] = {
    "Credit note partly used": {"INV": [20], "CN": [-20]},
    "Journal used as part payment": {"INV": [60]},
    "Journal used as full payment": {},
    "Cost-centre filter must see a match made from another cost centre": {},  # a match has no cost centre to miss
    "Terms split: one row per instalment": {"INV": [30, 50, 20]},
    "Terms split: partial payment consumes instalments oldest first": {"INV": [40, 20]},
    "Dunning several invoices: each line shows its own balance": {"A": [100], "B": [200]},
    "Advance against a sales order, no invoice yet": {"PAY": [-1000]},
    "Credit note of a paid invoice moved to another invoice by a journal": {},
    "Matched invoice is not offered again, whatever the date filter": {},
    "Reminder shows what is left, not the invoice total": {"INV": [600]},
    "Foreign invoice, two overdue instalments": {"INV": [100, 100]},
}


@pytest.mark.parametrize("name", OPEN, ids=source)
def test_what_is_open(play, name):
    assert play(name).open() == OPEN[name]


def test_two_payments_against_one_invoice_and_one_of_them_cancelled(play):
    story = play("Two payments against one invoice; cancelling one reopens its part")
    expected = story.scenario["expected"]
    assert story.open() == {"INV": [expected["outstanding"]]}

    story.void("P1")
    assert story.open() == {"INV": [expected["after_cancel_P1"]]}


def test_a_matched_credit_note_is_cancelled(play):
    story = play("Cancelling a credit note after it was matched")
    assert story.open() == {}

    story.void("CN")
    assert story.open() == {"INV": [story.scenario["expected"]["invoice_outstanding"]]}


def test_exact_match_undone_and_made_again(play):
    story = play("Exact match, undo, match again")
    assert story.open() == {}

    service.unapply(story.engine, application_id=story.application_ids[0], actor=ANNA)
    assert story.open() == {"INV": [42], "PAY": [-42]}
    story.apply(story.scenario["applications"][0])
    assert story.open() == {}


def test_money_that_lies_unmatched_is_proposed_for_the_invoice_it_pays(play):
    """The peer's matcher writes at once; Clean-up proposes the pair and one click applies it."""
    story = play("Automatic match of one 42 invoice and one 42 payment")
    expected = story.scenario["expected"]

    seen, pairs = proposed(story.engine, Filters(as_of=story.as_of), story.items_of["PAY"])
    named = {item: name for name, items_ in story.items_of.items() for item in items_}
    ids = seen.columns.item_id
    found = [[named[int(ids[p.source])], named[int(ids[p.target])], p.amount / 100] for p in pairs]
    assert found == expected["matched"]

    whole = [(int(ids[p.source]), int(ids[p.target]), Decimal(p.amount).scaleb(-2)) for p in pairs]
    service.apply_pairs(story.engine, pairs=whole, actor=ANNA)
    assert len(story.rows()) == expected["open_items"]


def test_an_advance_larger_than_the_first_instalments_leaves_none_negative(play):
    story = play("Advance plus terms: no negative instalment")
    expected = story.scenario["expected"]

    left = story.open()["INV"]
    assert sum(left) == expected["remaining"]
    assert sum(amount < 0 for amount in left) == expected["negative_instalments"]


def test_a_customers_row_after_invoice_advance_and_payment(play):
    name = "Summary: invoice, then unapplied advance, then part payment"
    expected = SCENARIOS[name]["expected"]
    story = play(name, documents=1, applications=0)
    # ERPNext ages by posting date here and calls 0 days the first bucket; on its due day ours is not due.
    assert story.columns() == {"not due": expected["step1"]["bucket_1"], "open": expected["step1"]["outstanding"]}

    story.post(story.scenario["documents"][1])
    assert story.columns()["open"] == expected["step2"]["outstanding"]
    assert story.columns()["unapplied"] == -expected["step2"]["advance"]

    story.post(story.scenario["documents"][2])
    story.apply(story.scenario["applications"][0])
    assert story.columns() == {"not due": 75, "unapplied": -expected["step3"]["advance"], "open": 25}


# --- money that comes tomorrow ----------------------------------------------------------------------------------------


def test_a_payment_of_tomorrow_leaves_today_alone(play):
    story = play("Future payment in full")
    row = story.scenario["expected"]["rows"][0]

    assert story.open() == {"INV": [row["outstanding"]]}
    assert story.open(TOMORROW) == {}  # "remaining 0": ours is asked as of tomorrow, not in a column of today's report


def test_a_payment_of_tomorrow_that_is_too_large_leaves_a_credit(play):
    story = play("Future over-payment leaves a credit row")
    _, credit = story.scenario["expected"]["rows"]

    assert story.open() == {"INV": [100]}
    # The peer shows the credit of 10 a day early, beside an invoice still open; ours appears when the money is there.
    assert story.open(TOMORROW) == {"PAY": [credit["outstanding"]]}


# --- plans ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Reschedule by amount: last instalment takes the rest",
        "Reschedule in 3 equal monthly parts: rounding goes to the last",
    ],
    ids=source,
)
def test_a_balance_is_rescheduled_in_parts_and_the_last_takes_the_rest(play, name):
    story = play(name)
    expected, asked = story.scenario["expected"]["instalments"], story.scenario["parameters"]
    start = date.fromisoformat(asked["start"])
    for place, part in enumerate(expected):
        last = place == len(expected) - 1
        service.redate(
            story.engine,
            item_id=story.items_of["LINE"][0],
            due_date=add_months(start, place * asked["every_months"]),
            on=start,
            amount=None if last else Decimal(str(part["amount"])),
            actor=ANNA,
        )

    rows = sorted(story.rows(date(2025, 2, 1)), key=lambda row: row.due_date)
    assert [{"date": str(row.due_date), "amount": row.open / 100} for row in rows] == expected
    assert {str(row.original_due_date) for row in rows} == {"2025-01-01"}


# --- aging ------------------------------------------------------------------------------------------------------------


def test_an_invoice_that_falls_due_later_has_a_column(play):
    story = play("Due date in the future must have a bucket")
    expected = story.scenario["expected"]
    # The peer's report lost it: a negative age was in none of its ranges.
    assert story.columns() == {expected["bucket"]: expected["outstanding"], "open": expected["sum_of_buckets"]}


def test_six_invoices_one_in_each_column(play):
    story = play("Six invoices, one per bucket")
    expected = dict(story.scenario["expected"])
    renamed = {"not due": expected.pop("current"), "121+": expected.pop("over_120"), **expected}

    assert story.columns(edges=(30, 60, 90, 120)) == renamed | {"open": sum(renamed.values())}


BOUNDARIES = SCENARIOS["Bucket boundaries differ between peers (one invoice per row)"]["expected"]["table"]


def test_every_day_past_due_is_in_exactly_one_column(play):
    """Hold each boundary day to our rule: 0 days and less is not due, both ends of 1-30, 31-60, … are inside.

    The peers differ: ERPNext and Invoice Ninja call 0 days overdue; the partner statement of OCA puts exactly 30 days
    into 31-60; Tryton's columns are terms, not days; Invoice Ninja's older statement counts 30, 60 and 90 twice and
    drops what is not due; Bigcapital drops 30 and 60. OCA's aged partner balance agrees with us on every day.
    """
    story = play("Bucket boundaries differ between peers (one invoice per row)")
    names = {"current": "not due", ">120": "121+"}
    expected = {row["days_overdue"]: row["oca_aged_partner_balance"] for row in BOUNDARIES}

    listed = items(story.engine, Filters(as_of=story.as_of), edges=(30, 60, 90, 120))
    assert {row.days_past_due: row.bucket for row in listed} == {
        late: names.get(bucket, bucket) for late, bucket in expected.items()
    }
    columns = story.columns(edges=(30, 60, 90, 120))
    assert columns.pop("open") == sum(columns.values()) == 100 * len(BOUNDARIES)


def test_part_payments_before_the_due_date_leave_the_rest_in_its_column(play):
    story = play("Part payments before due must not move the rest to the oldest bucket")
    expected = story.scenario["expected"]

    assert story.columns() == {expected["bucket"].split()[0]: expected["outstanding"], "open": expected["outstanding"]}
    assert [row.days_past_due for row in story.rows()] == [35]


def test_open_is_due_and_overdue_less_unapplied(play):
    story = play("Outstanding = due + overdue - unapplied")
    expected = story.scenario["expected"]

    assert story.columns() == {
        "1-30": expected["overdue"],
        "not due": expected["due"],
        "unapplied": -expected["unapplied"],
        "open": expected["outstanding"],
    }


def test_only_what_is_overdue_counts_as_overdue(play):
    story = play("Overdue warning counts only what is overdue")
    late = [row.open / 100 for row in story.rows() if row.days_past_due > 0]

    assert {"count": len(late), "amount": sum(late)} == story.scenario["expected"]


@pytest.mark.parametrize("margin", [0, 3])
def test_days_of_margin_before_a_debt_counts_as_unpaid(play, margin):
    """Ours are the edges of the buckets: within the margin is a column of its own, behind it is unpaid."""
    story = play("Margin days decide between open and unpaid")
    columns = story.columns(edges=(margin, 30)) if margin else story.columns()
    within = {"not due", f"1-{margin}"}
    unpaid = sum(amount for name, amount in columns.items() if name not in {*within, "open"})
    assert {"open": columns["open"] - unpaid, "unpaid": unpaid} == story.scenario["expected"][f"margin_{margin}"]


def test_how_many_invoices_and_payments_lie_between_two_amounts(play):
    """Ours are one list of open items, with its sides and amounts: the counts are those of its rows."""
    story = play("Amount filters on both sides")
    sides = [
        [row.open / 100 for row in story.rows() if row.open > 0],
        [-row.open / 100 for row in story.rows() if row.open < 0],
    ]
    for case, counts in zip(story.scenario["parameters"]["cases"], story.scenario["expected"]["counts"], strict=True):
        ranges = [case.get(name, [0, 10**9]) for name in ("invoice_range", "payment_range")]
        found = [sum(low <= amount <= high for amount in side) for side, (low, high) in zip(sides, ranges, strict=True)]
        assert found == counts


# --- customers --------------------------------------------------------------------------------------------------------


def test_some_customers_of_many(play):
    story = play("Customer filter with several customers")
    asked = story.scenario["parameters"]["customers"]

    listed = [row for code in asked for row in items(story.engine, Filters(as_of=story.as_of), customer=code)]
    assert len(listed) == story.scenario["expected"]["row_count"]
    assert [row.customer for row in listed] == asked


def test_parent_and_child_are_not_counted_twice(play):
    story = play("Parent and child must not be counted twice")
    expected = story.scenario["expected"]
    customers.set_parent(
        story.engine, customer_id=story.customers["CHILD"], parent_id=story.customers["PARENT"], actor=ANNA
    )

    single, family = story.by("customer"), story.by("family")
    assert (single["PARENT"].open, single["CHILD"].open) == (expected["PARENT_own"] * 100, expected["CHILD"] * 100)
    assert {key: row.open for key, row in family.items()} == {"PARENT": expected["PARENT_rollup"] * 100}
    assert story.columns()["open"] == expected["total"]


# --- currencies -------------------------------------------------------------------------------------------------------


def test_two_currencies_stand_apart_and_together(play):
    story = play("Two receivable accounts, two currencies")
    story.rate("USD", "INR", "2025-06-29", "80")
    expected = story.scenario["expected"]

    booked = {row.document: (row.open / 100, row.currency) for row in story.rows()}
    assert booked == {row["doc"]: (row["outstanding"], row["currency"]) for row in expected["account_currency_rows"]}
    base = {row.document: (row.in_reporting or 0) / 100 for row in story.rows(currency="INR")}
    assert base == {row["doc"]: row["outstanding"] for row in expected["base_rows"]}


def test_an_invoice_keeps_its_own_currency_whatever_account_it_was_booked_on(play):
    story = play("Foreign invoice booked on a base-currency account shows base amounts even in the party-currency view")
    story.rate("USD", "INR", "2025-06-30", "80")
    # Ours has no account with a currency of its own: always what the peer shows for an account in USD.
    expected = story.scenario["expected"]["same_invoice_on_a_USD_account"]

    [row] = story.rows(currency="INR")
    assert (row.currency, row.open / 100) == ("USD", expected["party_view"])
    assert (row.in_reporting or 0) / 100 == expected["company_view"]


def test_a_letter_about_a_foreign_invoice_would_read_its_own_currency(play):
    story = play("Dunning of a foreign invoice on a base-currency account shows the invoice currency")
    expected = story.scenario["expected"]["line"]

    [row] = story.rows()
    assert {"currency": row.currency, "outstanding": row.open / 100} == expected


def test_an_amount_is_shown_in_the_currency_asked_for(play):
    story = play("Reminder amount in the dunning currency")
    story.rate("EUR", "CHF", "2012-01-01", str(story.scenario["parameters"]["rate_eur_chf"]))

    [row] = story.rows(currency="CHF")
    assert (row.in_reporting or 0) / 100 == story.scenario["expected"]["amount"]


def test_a_foreign_invoice_and_a_part_payment_at_another_rate(play):
    story = play("Foreign invoice, partial future payment at another rate")
    story.rate("USD", "INR", "2025-06-29", "80")
    story.rate("USD", "INR", "2025-07-01", "75")
    expected = story.scenario["expected"]

    assert story.open() == {"INV": [100]}
    assert story.open(TOMORROW) == {"INV": [expected["currency"]["remaining"]]}
    # The peer's 1,250 is 8,000 less 6,750, each at its own document's rate: 10 USD and 500 INR of exchange difference.
    # We convert a balance at the rate of the day asked for, so the difference never stands among receivables.
    assert [row.in_reporting for row in story.rows(TOMORROW, currency="INR")] == [750_00]


def test_matching_books_no_exchange_difference(play):
    story = play("Realised FX difference on matching")
    story.rate("EUR", "INR", "2025-06-30", "80")
    # The peer books −500 INR (100 EUR at 85 less 80) when matching. Ours keeps each booking in its own currency and
    # shows revaluation as a line of the balance bridge, so a match moves no money.
    assert story.open() == {"P2": [-200]}
    assert [row.in_reporting for row in story.rows(currency="INR")] == [-16_000_00]


def test_an_advance_takes_the_oldest_instalment_first(play):
    story = play("Foreign advance applied at invoicing, two instalments, base view")
    story.rate("USD", "INR", "2025-06-30", "80")
    expected = story.scenario["expected"]["instalment_outstanding_base"]
    # The peer spreads an advance taken at invoicing over all instalments (2,000 and 2,000); an application of ours
    # takes the oldest due first, as every other payment does. The sum is the same.
    assert story.open() == {"INV": [50]}
    assert sum((row.in_reporting or 0) / 100 for row in story.rows(currency="INR")) == sum(expected)


# --- reminders --------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """Reminders of a scenario's one customer, by rules of its own; `look` sends nothing."""

    story: Played
    patch: pytest.MonkeyPatch

    def on(self, day: str) -> Run:
        """Let it be a day."""
        self.patch.setenv("ARCORE_TODAY", day)
        settings.cache_clear()
        self.day = date.fromisoformat(day)
        return self

    def row(self) -> dunning.Row | None:
        """Return the customer's row, due or held back; None when it owes nothing late."""
        return dunning.reminders(self.story.engine, self.day).row(self.story.customer("C1"))

    def look(self, day: str) -> int | str:
        """Return the step that is due on a day, the code that holds it back, or "" when nothing is late."""
        row = self.on(day).row()
        return "" if row is None else row.code or row.step

    def asks(self) -> dict[str, float]:
        """Return what is asked by currency."""
        row = self.row()
        return {} if row is None else {currency: units / 100 for currency, units in row.asked}

    def lines(self) -> dict[str, list[float]]:
        """Return what a message of this day asks of each document, one figure per instalment."""
        row = self.row()
        assert row is not None
        assert isinstance(row.decision, dunning.Send)
        found: dict[str, list[float]] = {}
        for claim in row.decision.proof.claims:
            found.setdefault(claim.debt.document, []).append(claim.claimed / 100)
        return found

    def send(self, day: str, *, approved: bool = False) -> int | str:
        """Send what is due on a day, and return its step or the code that holds it back."""
        if self.on(day).row() is None:
            return ""
        said = reminding.send_one(
            self.story.engine,
            customer_id=self.story.customer("C1"),
            entity="main",
            as_of=self.day,
            actor=ANNA,
            approved=approved,
        )
        held = said["held"]
        return str(held["code"]) if held else int(said["step"])


@pytest.fixture
def remind(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Return what lets reminders of a scenario go live by some rules; without a word, of no smallest amount."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCORE_DATA_DIR", str(tmp_path))

        def begin(story: Played, *days: int, **rules: Any) -> Run:
            run = Run(story, patch).on("2010-01-01")
            company.save_profile(story.engine, name="Ours", currency="EUR", bank_details="X", actor=ANNA)
            names = ("friendly", "firm", "formal")
            steps = tuple(Step(name, after) for name, after in zip(names, days or (5, 20, 40), strict=True))
            policy = replace(Policy(steps=steps, minimum=Decimal(0)), **rules)
            reminding.save_policy(story.engine, policy=policy, actor=ANNA)
            reminding.go_live(story.engine, opening={}, daily_limit=0, actor=ANNA)
            customer = story.customer("C1")
            customers.save_contact(
                story.engine, customer_id=customer, role="payables", email="c1@example.com", actor=ANNA
            )
            return run

        yield begin
    settings.cache_clear()


def test_a_letter_lists_what_is_left_of_each_invoice(play, remind):
    story = play("Dunning several invoices: each line shows its own balance")
    run = remind(story).on("2025-06-30")

    assert run.lines() == {name: [left] for name, left in story.scenario["expected"]["lines"].items()}
    assert run.asks() == {"INR": story.scenario["expected"]["total"]}


def test_a_letter_lists_each_instalment_that_is_late(play, remind):
    story = play("Foreign invoice, two overdue instalments")
    expected = story.scenario["expected"]
    # The second instalment is one day late: with our standard rules it would wait until it is five.
    run = remind(story, 1, 20, 40).on("2025-06-30")

    assert len(run.lines()["INV"]) == expected["line_count"]
    assert run.asks() == {expected["currency"]: expected["total"]}


def test_a_letter_asks_for_what_is_left(play, remind):
    story = play("Reminder shows what is left, not the invoice total")
    assert remind(story).on("2025-06-30").asks() == {"EUR": story.scenario["expected"]["amount"]}


def test_a_letter_asks_for_no_fee_and_no_interest(play, remind):
    story = play("Dunning without fee or interest")
    assert remind(story).on("2025-06-30").asks() == {"INR": story.scenario["expected"]["total"]}


def test_what_was_paid_is_not_asked_for_again(play, remind):
    name = "Paying the dunned total clears the invoice and resolves the dunning"
    story = play(name, documents=1, applications=0)
    run = remind(story)
    assert run.send("2025-06-29") == 1

    # The peer's 10.41 of fee and interest have no document here: they stay as money that was not matched.
    story.post(story.scenario["documents"][1])
    story.apply(story.scenario["applications"][0])
    assert story.open() == {"PAY": [-10.41]}
    assert run.look("2025-07-31") == ""


def test_a_credit_note_ends_reminders_and_its_cancelling_begins_them_again(play, remind):
    name = "Applied credit note resolves a dunning; cancelling it reopens it"
    story = play(name, documents=1, applications=0)
    run = remind(story)
    assert run.send("2025-06-20") == 1

    story.post(story.scenario["documents"][1])
    story.apply(story.scenario["applications"][0])
    assert run.look("2025-07-05") == ""
    story.void("CN")
    assert run.look("2025-07-05") == 2  # where it was: the next step after the friendly one


def test_three_levels_that_rise_only_with_what_was_sent(play, remind):
    story = play("Levels 5/20/40 days; draft does not escalate; blocked does not escalate; payment ends it")
    run = remind(story, *story.scenario["parameters"]["levels_days"], gap_days=1)
    assert run.look("2025-07-04") == "nothing_due"
    assert run.look("2025-07-05") == 1
    assert list(run.lines()) == ["INV2"]  # INV1 is paid
    assert run.look("2025-07-30") == 1  # looked at, not sent: the peer's draft
    assert run.send("2025-07-30") == 1

    # The peer goes on to level 2 on the same day; here at least a day lies between two messages.
    blocked = {"customer_id": story.customer("C1"), "name": "hold_until", "actor": ANNA}
    customers.set_fact(story.engine, value="2025-12-31", valid_from=date(2025, 7, 31), **blocked)
    assert run.look("2025-07-31") == "on_hold"
    customers.set_fact(story.engine, value="", valid_from=date(2025, 7, 31), **blocked)
    assert run.send("2025-07-31") == 2

    said = service.record_payment(
        story.engine,
        customer_id=story.customer("C1"),
        currency="USD",
        amount=Decimal(100),
        received_on=date(2025, 8, 1),
        apply_to=[(story.items_of["INV2"][0], Decimal(100))],
        actor=ANNA,
    )
    assert said["documents"]
    assert run.look("2025-08-19") == ""


def test_the_first_step_counts_from_the_due_date(play, remind):
    """A gap says how long after the message before; what the first step counts from is always the due date."""
    assert SCENARIOS["First level cannot be relative to a previous reminder"]["expected"] == {"valid": False}
    steps = (Step("friendly", 0, minimum_gap=10), *Policy().steps[1:])
    with pytest.raises(BadInput, match="starts 1 to"):
        reminding.save_policy(play("No back-dated run").engine, policy=Policy(steps=steps), actor=ANNA)


def test_a_run_is_of_today(play, remind):
    story = play("No back-dated run")
    asked = story.scenario["parameters"]
    run = remind(story).on(asked["existing_run"])
    reminding.send_due(story.engine, as_of=run.day, actor=ANNA)
    with pytest.raises(BadInput, match="on the day itself"):
        reminding.send_due(story.engine, as_of=date.fromisoformat(asked["new_run"]), actor=ANNA)


def test_what_was_not_sent_does_not_rise(play, remind):
    """The peer keeps a line of every run, the older ones as ignored; here a run that sends nothing leaves nothing."""
    story = play("Three runs, nothing sent in between: a line per run, no escalation")
    run = remind(story, 10, 31, 60)
    levels = [run.look(day) for day in story.scenario["parameters"]["runs"]]
    assert levels == story.scenario["expected"]["levels"]


def test_a_smallest_amount_and_one_message_per_attempt(play, remind):
    story = play("Below threshold, then above; limited attempts")
    # Two attempts are two steps, the third far away; "2 days between" lets a message leave on the third day.
    run = remind(story, 1, 2, 700, minimum=Decimal(150), gap_days=3)
    expected = story.scenario["expected"]["requests"]

    sent: dict[str, Any] = {}
    for day in story.scenario["parameters"]["runs"]:
        asked = run.on(day).asks()
        sent[day] = asked["EUR"] if isinstance(run.send(day), int) else "none"
    assert sent == {day: told if isinstance(told, int) else "none" for day, told in expected.items()}
    assert [row.step for row in dunning.outbox(story.engine)] == [2, 1]


def test_two_currencies_go_in_one_message(play, remind):
    """The peer counts attempts by currency; here one customer has one ladder, and gets one letter about both."""
    story = play("Two currencies, own thresholds and counters")
    run = remind(story, 1, 20, 40)
    assert run.send("2025-01-06") == 1
    assert {currency: units / 100 for currency, units in dunning.outbox(story.engine)[0].asked} == {
        "EUR": 159,
        "USD": 120,
    }


def test_paying_the_oldest_moves_every_later_step(play, remind):
    name = "Paying the oldest invoices must move every later step"
    story = play(name, documents=0, applications=0)
    for document in story.scenario["documents"]:
        if document["amount"]:
            story.post(document)
    service.record_payment(
        story.engine,
        customer_id=story.customer("C1"),
        currency="USD",
        amount=Decimal(500),
        received_on=date(2012, 6, 2),
        apply_to=[(story.items_of["A"][0], Decimal(500))],
        actor=ANNA,
    )
    states = story.scenario["parameters"]["states"]
    days = [state.get("days", state.get("days_since_earliest_unpaid")) for state in states]
    run = remind(story, *days, gap_days=1)
    names = {"nothing_due": "CLEAR"} | {step: state["name"] for step, state in enumerate(states, 1)}
    expected = story.scenario["expected"]["expected"]
    assert {day: names[run.send(day, approved=True)] for day in expected} == expected


def test_boundaries_belong_to_what_they_begin(play, remind):
    name = "Overdue conditions include the boundary"
    cases = SCENARIOS[name]["expected"]
    story = play(name)
    run = remind(story, 10, 20, 40, minimum=Decimal(100))

    def owes(amount: str, late: int) -> bool:
        due = date(2025, 6, 30) - timedelta(days=late)
        said = service.post_invoice(
            story.engine,
            customer_id=story.customer("C1"),
            document_date=due,
            currency="EUR",
            instalments=[(Decimal(amount), due)],
            actor=ANNA,
        )
        due_now = run.look("2025-06-30") == 1
        service.void(story.engine, document_id=said["documents"][0], actor=ANNA)
        return due_now

    nothing = run.look("2025-06-30")
    assert [nothing == 1, owes("100", 10), owes("200", 20)] == cases["count 0/1/2"]
    assert [nothing == 1, owes("100", 10), owes("200", 10)] == cases["balance 0/100/200"]
    assert [nothing == 1, owes("100", 10), owes("100", 20)] == cases["earliest none/10 days ago/20 days ago"]
    assert not owes("99.99", 10)
    assert not owes("100", 9)


def test_a_run_that_comes_late_sends_the_next_step_and_no_harder_one(play, remind):
    """The peer goes straight to the hardest state; its own note says that letters should not. Ours never skip one."""
    story = play("A check that runs late applies the most severe state that is met", documents=0)
    story.post(story.scenario["documents"][0] | {"amount": 100})
    run = remind(story, 5, 7, 11, gap_days=1)
    assert run.send("2012-06-08") == 1
    assert run.send("2012-06-09") == 2


def test_days_between_two_messages(play, remind):
    story = play("Minimum days between reminders")
    asked = story.scenario["parameters"]
    run = remind(story, gap_days=asked["days_between"])
    assert run.send(asked["last_reminder"]) == 1
    assert {day: run.look(day) == 2 for day in story.scenario["expected"]} == story.scenario["expected"]
    assert run.look("2012-02-05") == "minimum_gap"


def test_no_message_while_money_that_was_not_matched_covers_it(play, remind):
    story = play("No reminder while unapplied credit covers the invoice")
    run = remind(story)
    assert run.look("2025-06-30") == "cash_unmatched"
    row = run.row()
    assert row is not None
    assert row.why == "USD 100.00 open − 100.00 money not matched = 0.00 asked"


def test_one_level_of_no_days_is_refused():
    """The peer lets one level of 0 days run to its end in two runs; ours differs on purpose.

    A ladder has a friendly, a firm and a formal step, and none starts on the due day itself: who pays on the last day
    is not late, and a reminder that crosses a payment costs more than the day.
    """
    name = "A single level of 0 days becomes final"
    [days] = SCENARIOS[name]["parameters"]["levels_days"]
    with pytest.raises(BadInput, match="three steps"):
        check(Policy(steps=(Step("only", days),)))
    with pytest.raises(BadInput, match="starts 1 to"):
        check(Policy(steps=(Step("friendly", days), Step("firm", 20), Step("formal", 40))))


# --- all of them ------------------------------------------------------------------------------------------------------

ANSWERED = {
    *OPEN,
    "Two payments against one invoice; cancelling one reopens its part",
    "Cancelling a credit note after it was matched",
    "Automatic match of one 42 invoice and one 42 payment",
    "Exact match, undo, match again",
    "Advance plus terms: no negative instalment",
    "Summary: invoice, then unapplied advance, then part payment",
    "Future payment in full",
    "Future over-payment leaves a credit row",
    "Reschedule by amount: last instalment takes the rest",
    "Reschedule in 3 equal monthly parts: rounding goes to the last",
    "Due date in the future must have a bucket",
    "Six invoices, one per bucket",
    "Bucket boundaries differ between peers (one invoice per row)",
    "Part payments before due must not move the rest to the oldest bucket",
    "Margin days decide between open and unpaid",
    "Amount filters on both sides",
    "A single level of 0 days becomes final",
    "Outstanding = due + overdue - unapplied",
    "Overdue warning counts only what is overdue",
    "Customer filter with several customers",
    "Parent and child must not be counted twice",
    "Two receivable accounts, two currencies",
    "Foreign invoice booked on a base-currency account shows base amounts even in the party-currency view",
    "Dunning of a foreign invoice on a base-currency account shows the invoice currency",
    "Reminder amount in the dunning currency",
    "Foreign invoice, partial future payment at another rate",
    "Realised FX difference on matching",
    "Foreign advance applied at invoicing, two instalments, base view",
    "Dunning without fee or interest",
    "Paying the dunned total clears the invoice and resolves the dunning",
    "Applied credit note resolves a dunning; cancelling it reopens it",
    "Levels 5/20/40 days; draft does not escalate; blocked does not escalate; payment ends it",
    "First level cannot be relative to a previous reminder",
    "No back-dated run",
    "Three runs, nothing sent in between: a line per run, no escalation",
    "Below threshold, then above; limited attempts",
    "Two currencies, own thresholds and counters",
    "Paying the oldest invoices must move every later step",
    "Overdue conditions include the boundary",
    "A check that runs late applies the most severe state that is met",
    "Minimum days between reminders",
    "No reminder while unapplied credit covers the invoice",
}
WITHOUT_AMOUNTS = {
    "Paying the oldest invoices must move every later step",
    "A check that runs late applies the most severe state that is met",
}
"""Scenarios that leave an amount open, so that they can't be booked as they stand."""


def test_every_scenario_is_answered_or_says_why_not():
    assert not ANSWERED & set(NOT_YET)
    assert set(SCENARIOS) == ANSWERED | set(NOT_YET)


@pytest.mark.parametrize("name", sorted(ANSWERED - WITHOUT_AMOUNTS), ids=source)
def test_the_books_of_every_scenario_are_whole(play, name):
    story = play(name)

    assert [check.name for check in verify(story.engine) if not check.ok] == []
