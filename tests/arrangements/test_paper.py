"""The paper that the customer signs: it foots, speaks the customer's language and never changes by itself."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from decimal import Decimal

import pypdf
import pytest

from arcore.arrangements import paper
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.store.company import CompanySetting
from arcore.store.unit import commit

ACCOUNT = {
    "entity": "",
    "currency": "EUR",
    "holder": "Mill Ltd",
    "account": "DE89370400440532013000",
    "bic": "",
    "bank": "",
}


@pytest.fixture
def mill(sqlite_office):
    """An office of a company with a name and an account; one customer owes 60 and 90."""
    office = sqlite_office
    said = {"name": "Mill Ltd", "sender": "Mill Ltd\n1 Weir Lane", "locale": "en_GB", "bank_accounts": [ACCOUNT]}

    def body(unit):
        unit.session.add_all(CompanySetting(name=name, value=json.dumps(value)) for name, value in said.items())
        return {}

    commit(office.engine, body, actor=office.actor, verb="save_profile")
    return office


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def amounts(text: str) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.\d\d", text)]


def agreed(office, **how) -> int:
    items = [
        office.invoice("1200.5", "2026-01-01", "2026-01-31", number="INV-7"),
        office.invoice("90", "01-10", "02-10"),
    ]
    return office.plan(items, "03-01", ("03-10", "430.16"), ("04-10", "430.16"), ("05-11", "430.18"), **how)


def test_the_paper_foots_with_the_plan(mill):
    text = words(paper.of_plan(mill.engine, agreed(mill)))
    instalments, debts = text.split("What is paid")

    assert amounts(instalments)[1:] == [Decimal("430.16"), Decimal("430.16"), Decimal("430.18"), Decimal("1290.50")]
    assert amounts(debts) == [Decimal("1200.50"), Decimal("90.00"), Decimal("1290.50")]
    for said in (
        "Payment plan",
        "Agreed on 1 March 2026",
        "Customer C1",
        "in 3 instalments",
        "10 April 2026",
        "31 January 2026",
    ):
        assert said in text
    for said in ("Mill Ltd", "1 Weir Lane", "DE89 3704 0044 0532 0130 00", "For Customer C1", "within 3 bank days"):
        assert said in text


def test_the_paper_does_not_change_when_money_came_or_the_plan_ended(mill):
    plan = agreed(mill, note="Do not trust them", who="Ms Bell")
    first = paper.of_plan(mill.engine, plan)
    mill.payment("430.16", "03-10", (mill.items(plan)[0], "430.16"))
    mill.cancel(plan, "03-20")

    assert paper.of_plan(mill.engine, plan) == first
    assert "trust" not in words(first)


def test_the_paper_before_agreeing_is_the_paper_after(mill):
    items = [mill.invoice("60", "01-01", "01-31"), mill.invoice("90", "01-10", "02-10")]
    how = {"customer_id": mill.customer(), "entity": "main", "currency": "EUR", "item_ids": items}
    instalments = [(date(2026, 3, 10), Decimal(50)), (date(2026, 4, 10), Decimal(100))]
    with pytest.raises(BadInput):
        paper.of_draft(mill.engine, **how, instalments=instalments[:1], agreed_on=date(2026, 3, 1), grace_days=3)
    draft = paper.of_draft(mill.engine, **how, instalments=instalments, agreed_on=date(2026, 3, 1), grace_days=3)
    plan = mill.plan(items, "03-01", ("03-10", "50"), ("04-10", "100"))

    assert paper.of_plan(mill.engine, plan) == draft
    with pytest.raises(NotFound):
        paper.of_plan(mill.engine, 99)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ["Zahlungsplan", "Vereinbart am 1. März 2026", "1.290,50", "Wir nehmen diesen Plan an"]),
        ("de-AT", ["Zahlungsplan"]),
        ("fr", ["Payment plan", "1,290.50"]),
        ("", ["Payment plan"]),
        ("nonsense", ["Payment plan"]),
    ],
)
def test_the_paper_speaks_the_customers_language(mill, language, said):
    mill.customer(language=language)
    text = words(paper.of_plan(mill.engine, agreed(mill)))

    assert [part for part in said if part not in text] == []


def test_a_name_is_printed_as_it_is(mill):
    from arcore.customers import service as customers

    customers.change_customer(
        mill.engine, customer_id=mill.customer(), values={"name": "*Müller* #strong[x] $1 <b> 漢字"}, actor=mill.actor
    )
    text = words(paper.of_plan(mill.engine, agreed(mill)))

    assert "*Müller* #strong[x] $1 <b> ??" in text


def test_yen_and_a_long_plan(mill):
    item = mill.invoice("120000", "01-01", currency="JPY")
    months = [(date(2026 + (n + 2) // 12, (n + 2) % 12 + 1, 1), "1000") for n in range(120)]
    plan = mill.plan([item], "03-01", *months, currency="JPY", grace_days=0)
    pdf = paper.of_plan(mill.engine, plan)

    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 2
    assert "120,000 JPY" in words(pdf)
    assert "reaches our account on its day" in words(pdf)
