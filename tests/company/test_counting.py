"""How measures are counted is a setting with a default, changed by one verb."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from arcore.analytics.variants import Variants
from arcore.company import queries
from arcore.company import service
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.store.unit import Actor

ANNA = Actor("anna")


def test_defaults_until_something_is_said(engine: Engine) -> None:
    assert queries.variants(engine) == Variants()


def test_what_is_said_stays_and_the_rest_is_left(engine: Engine) -> None:
    service.save_measures(engine, actor=ANNA, days_of_inventory="34.1", on_no_sales="stop")
    assert service.save_measures(engine, actor=ANNA, top_customers=5) == {"changed": ["top_customers"]}
    found = queries.variants(engine)
    assert (found.days_of_inventory, found.on_no_sales, found.top_customers) == (Decimal("34.1"), "stop", 5)
    service.save_measures(engine, actor=ANNA, days_of_inventory=None)
    assert queries.variants(engine).days_of_inventory is None


@pytest.mark.parametrize("values", [{"on_no_sales": "skip"}, {"days_of_payables": "many"}, {"magic": 1}])
def test_what_can_not_be_meant_is_refused(engine: Engine, values: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        service.save_measures(engine, actor=ANNA, **values)
    assert queries.variants(engine) == Variants()


def test_a_viewer_may_not(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        service.save_measures(engine, actor=Actor("vera", role="viewer"), top_customers=5)
