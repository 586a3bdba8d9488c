"""Promises, attempts and customers behind a measure add up to its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from arcore.errors import NotFound
from arcore.money import from_minor
from arcore.reports.cases_behind import OF_CASES
from arcore.reports.cases_behind import cases
from arcore.reports.explain import explain
from arcore.reports.filters import Filters
from arcore.sample import service as sample
from arcore.store.engine import open_engine

TODAY = date(2026, 11, 20)
FILTERS = Filters(as_of=TODAY, currency="EUR")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sample.db'}"
    sample.make(url, today=TODAY)
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("promises_kept", "kept"),
        ("promises_kept", "broken"),
        ("promises_kept.value", "promised"),
        ("promises_kept.value", "received"),
        ("contacts_reached", "contacts_tried"),
        ("contacts_reached", "contacts_reached"),
        ("over_limit", "over_limit"),
        ("utilisation", "limits"),
        ("large_customers", "large_count"),
        ("active_customers", "active_customers"),
    ],
)
def test_what_is_behind_an_input_adds_up_to_it(company: Engine, name: str, part: str) -> None:
    figure = explain(company, FILTERS, name).figure
    total = cases(company, FILTERS, name, part)
    worth = from_minor(total.worth, total.currency) if total.currency else Decimal(total.worth)
    # Each is rounded to the cent by itself.
    assert float(worth) == pytest.approx(float(figure.inputs[part]), abs=0.01 * max(1, len(total.entries)))
    assert float(figure.inputs[part]) > 0 or part in {"large_count", "over_limit"}


def test_inputs_made_of_documents_are_none_of_these(company: Engine) -> None:
    with pytest.raises(NotFound):
        cases(company, FILTERS, "dso", "ar_end")
    assert "ar_end" not in OF_CASES
