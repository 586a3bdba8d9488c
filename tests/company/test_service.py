"""The company's profile and its rate table."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy import select

from arcore.company import queries
from arcore.company import service
from arcore.company.rates import TEMPLATE
from arcore.company.rates import QuotedRate
from arcore.company.rates import read_rates
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.store.engine import reading
from arcore.store.tables import AuditEvent
from arcore.store.tables import Rate
from arcore.store.unit import Actor

ANNA = Actor("anna")


def test_a_new_store_has_a_profile_that_is_not_set_up(engine: Engine) -> None:
    assert not queries.profile(engine).set_up


def test_what_is_saved_comes_back_and_only_what_changed_is_audited(engine: Engine) -> None:
    service.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="GBP")
    said = service.save_profile(engine, actor=ANNA, name="Harbour Supplies", owners=("Ana", "Ben"))
    profile = queries.profile(engine)
    assert (profile.name, profile.currency) == ("Harbour Supplies", "GBP")
    assert profile.owners == ("Ana", "Ben")
    assert said == {"changed": ["owners"]}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "A", "currency": "EURO"}, "no currency code"),
        ({"name": "A", "time_zone": "Europe/Atlantis"}, "no time zone"),
        ({"name": "A", "time_zone": "../etc"}, "no time zone"),
        ({"name": "A", "locale": "xx_QQ"}, "no locale"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_and_nothing_is_written(
    engine: Engine, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        service.save_profile(engine, actor=ANNA, **values)
    with reading(engine) as session:
        assert session.execute(select(AuditEvent.seq)).all() == []


def test_a_collector_may_not_change_settings(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        service.save_profile(engine, actor=Actor("cora", role="collector"), name="A")


def test_rates_are_added_never_replaced(engine: Engine) -> None:
    day = date(2026, 1, 31)
    for value in ("0.92", "0.93"):
        service.save_rates(engine, rates=[QuotedRate(day, "USD", "EUR", Decimal(value))], actor=ANNA)
    with reading(engine) as session:
        assert session.execute(select(Rate.rate).order_by(Rate.id)).scalars().all() == ["0.92", "0.93"]


def test_the_template_is_itself_a_rate_table() -> None:
    assert read_rates(TEMPLATE.encode(), reporting="GBP") == [
        QuotedRate(date(2026, 1, 31), "USD", "EUR", Decimal("0.9214"))
    ]


def test_without_a_reporting_column_the_companys_currency_is_meant() -> None:
    table = "Day;Currency;Rate\r\n2026-01-31;usd;0.80\r\n".encode("utf-8-sig")
    assert read_rates(table, reporting="GBP") == [QuotedRate(date(2026, 1, 31), "USD", "GBP", Decimal("0.80"))]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("31/01/2026,USD,0.9", "Line 2, day: '31/01/2026' is no date"),
        ("2026-01-31,US,0.9", "Line 2, currency: 'US' is no currency code"),
        ("2026-01-31,USD,nought", "Line 2, rate: 'nought' is no number"),
        ("2026-01-31,USD,0", "Line 2, rate: 0 is not above zero"),
        ("2026-01-31,USD,NaN", "Line 2, rate: NaN is not above zero"),
        ("2026-01-31,USD", "Line 2, rate: '' is no number"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(row: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_rates(f"day,currency,rate\n{row}\n".encode(), reporting="EUR")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00day"])
def test_a_file_that_is_no_rate_table_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match="rate table"):
        read_rates(content, reporting="EUR")


def test_today_is_the_date_in_the_companys_time_zone() -> None:
    late = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert queries.today("UTC", late) == date(2026, 3, 31)
    assert queries.today("Asia/Tokyo", late) == date(2026, 4, 1)
