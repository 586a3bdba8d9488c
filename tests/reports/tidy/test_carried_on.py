"""Sections that follow new documents say what a fresh look at the same books says."""

from __future__ import annotations

import random
from datetime import date
from datetime import timedelta

import pytest

from arcore.analytics.twins import twins
from arcore.reports.book import forget
from arcore.reports.filters import Filters
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.oddities import oddities

TODAY = date(2026, 10, 31)
NOW = Filters(as_of=TODAY, currency="EUR")


def told(engine):
    pairs, series = doubles(engine, NOW), gaps(engine, NOW)
    odd = oddities(engine, NOW, TODAY)
    return {
        "pairs": sorted(zip(pairs.subjects(), pairs.later.what.tolist(), strict=True)),
        "gaps": [(gap.run, gap.before, gap.after, gap.width) for gap in series.open],
        "counts": (series.runs, series.missing, series.series),
        "odd": sorted(zip(odd.document_ids.tolist(), odd.what.tolist(), strict=True)),
    }


def post(company, dice):
    """Post an invoice or a credit note: few customers, amounts and days, so that many look alike."""
    code, day = f"C{dice.randrange(3)}", date(2026, 9, 1) + timedelta(days=dice.randrange(9))
    number = dice.choice(["INV-{}"] * 4 + ["inv {}", "{}", "B/{}", ""]).format(dice.randrange(1, 40))
    if dice.random() < 0.2:
        return company.credit_note(code, day, dice.choice([10, 20]), number=number or "GS-1")
    return company.invoice(code, day, day + timedelta(days=30), dice.choice([10, 20]), number=number)


@pytest.mark.parametrize("seed", range(3))
def test_what_follows_is_what_a_fresh_look_finds(sqlite_company, seed):
    dice, company = random.Random(seed), sqlite_company
    for number in range(3):
        company.customer(f"C{number}")
    standing = [post(company, dice) for _ in range(45)]
    told(company.engine)
    for step in range(8):
        standing.extend(post(company, dice) for _ in range(dice.randrange(1, 4)))
        if dice.random() < 0.7:
            company.do("void", document_id=standing.pop(dice.randrange(len(standing))))
        if step == 5:
            company.customer("C3")
        followed = told(company.engine)
        forget()
        assert followed == told(company.engine)
    assert followed["pairs"]
    assert followed["gaps"]


def test_one_new_document_is_compared_with_its_like_alone(sqlite_company, monkeypatch):
    company = sqlite_company
    company.customer("C0")
    for number in range(1, 9):
        company.invoice("C0", TODAY, TODAY, 10 * number, number=f"INV-{number}")
    told(company.engine)
    compared = []

    def counted(homes, *args, **kwargs):
        compared.append(len(homes))
        return twins(homes, *args, **kwargs)

    monkeypatch.setattr("arcore.reports.tidy.doubles.twins", counted)
    company.invoice("C0", TODAY, TODAY, 30, number="INV 3")
    assert told(company.engine)["pairs"]
    assert compared == [2]
