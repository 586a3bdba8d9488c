"""Overview: tiles equal their lists, the same figure on every page, a dash with its reason, who and what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.ledger import service as ledger
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.kpis import measured
from arcore.store.unit import Actor

Open = Callable[..., AppTest]
AS_OF = "2026-03-31"
FILTERS = Filters(date(2026, 3, 31), "EUR")


def plain(text: str) -> str:
    return text.replace("\\", "").replace("\u2060", "")


def tiles(at: AppTest) -> dict[str, str]:
    return {metric.label: plain(metric.value).replace(" :small[:gray[", " ").replace("]]", "") for metric in at.metric}


def texts(at: Any) -> list[str]:
    return [plain(m.value) for m in at.markdown]


def table(at: AppTest, column: str) -> pd.DataFrame:
    found: pd.DataFrame = next(t.value for t in (*at.table, *at.dataframe) if column in t.value)
    return found


def test_the_tiles_are_the_figures_worked_out_by_hand(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    assert not at.error
    assert tiles(at) == {
        "Open balance": "€590", "Overdue": "€530", "DSO": "139.7 days", "CEI": "14.5 %", "Cash in, March": "€90",
    }  # fmt: skip


def test_each_tile_equals_its_list(open_page: Open, complete_books: Engine) -> None:
    listed = items(complete_books, FILTERS)
    overdue = sum(row.open for row in listed if row.days_past_due > 0 and row.open > 0)
    shown = tiles(open_page("overview.py", as_of=AS_OF))
    assert shown["Open balance"] == f"€{listed.totals['EUR'] // 100}"
    assert shown["Overdue"] == f"€{overdue // 100}"


def test_a_figure_is_the_same_on_every_page(open_page: Open, complete_books: Engine) -> None:
    overview = open_page("overview.py", as_of=AS_OF)
    shares = table(overview, "Days past due").set_index("Days past due")
    grid = table(open_page("aging.py", as_of=AS_OF), "Open balance").fillna(0)
    for column, label in (("Not due", "Not due"), ("1–30", "1–30"), ("91+", "91+"), ("Unapplied", "Unapplied")):
        amount = grid[column].iloc[0]
        assert shares.loc[label, "EUR"] == f"{'−' if amount < 0 else ''}{abs(amount):.0f}"
    report = aging(complete_books, FILTERS, by="none")
    assert measured(complete_books, FILTERS, "open").exact == report.totals[0].open / 100
    drawer = open_page("trends.py", as_of=AS_OF, explain="dso").get("dialog")[0]
    assert "590 ÷ 380 × 90 = **139.7 days**" in texts(drawer)


def test_a_row_of_the_aging_leads_to_its_items_and_its_link_reproduces_it(
    open_page: Open, complete_books: Engine
) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    at.session_state["overview_bucket"] = "1-30"
    (dialog,) = at.run().get("dialog")
    assert dialog.dataframe[0].value["document"].tolist() == ["INV-2"]
    assert "€150.00" in " ".join(texts(dialog))
    assert "behind=bucket%3A1-30" in dialog.code[0].value
    assert len(at.run().get("dialog")) == 0
    (linked,) = open_page("overview.py", as_of=AS_OF, behind="bucket:1-30").get("dialog")
    assert texts(linked) == texts(dialog)
    (news,) = open_page("overview.py", as_of=AS_OF, behind="news:cash_in").get("dialog")
    assert "behind=news%3Acash_in" in news.code[0].value


def test_tiles_follow_the_filters(open_page: Open, complete_books: Engine) -> None:
    shown = tiles(open_page("overview.py", as_of=AS_OF, owner="Bo"))
    assert (shown["Open balance"], shown["Overdue"]) == ("€260", "€300")


def test_a_measure_without_coverage_is_a_dash_and_its_reason(open_page: Open, small_books: Engine) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    shown = tiles(at)
    assert shown["DSO"] == shown["CEI"] == shown["Cash in, March"] == "—"
    assert shown["Open balance"] == "€590"
    assert any("needs balances from" in text for text in texts(at))


def test_a_running_month_says_to_date(open_page: Open, complete_books: Engine) -> None:
    assert tiles(open_page("overview.py", as_of="2026-03-24"))["Cash in, March to date"] == "€50"


def test_who_matters_and_why(open_page: Open, complete_books: Engine) -> None:
    rows = table(open_page("overview.py", as_of=AS_OF), "Why now")
    assert rows["Customer"].iloc[0] == "Birch GmbH"
    assert rows["Overdue"].iloc[0] == 300.0
    assert rows["Why now"].iloc[0] == "€300 of it over 90 days late"
    assert rows["Share"].sum() == pytest.approx(100)


def test_what_happened_since_the_last_working_day(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of="2026-03-26")
    assert any(text.startswith("**Since Wed 25 Mar 2026**") for text in texts(at))
    lines = table(at, "Detail")
    assert (lines["Amount"].iloc[0], lines["Detail"].iloc[0]) == ("€40", "Birch GmbH")


def test_a_click_on_a_line_of_the_news_opens_its_documents(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of="2026-03-26")
    at.session_state["overview_news"] = "cash_in"
    at.run()
    assert not at.error
    (drawer,) = at.get("dialog")
    assert any("40.00" in plain(text) and "1 document of 1 customer" in plain(text) for text in texts(drawer))
    assert drawer.dataframe[0].value["name"].tolist() == ["Birch GmbH"]


def test_a_line_of_the_news_says_how_it_is_made_and_what_moved_it(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of="2026-03-25", behind="news:cash_in")
    (drawer,) = at.get("dialog")
    assert not drawer.error
    said = plain("\n".join(texts(drawer)))
    assert "Cash in = receipts" in said
    assert "€40.00 = **€40.00**" in said
    assert "What moved it" in said
    assert "against 23 Mar to 24 Mar" in said
    [why] = [shown.value for shown in drawer.table if "Customers" in shown.value]
    assert why["EUR"].iloc[0] + why["EUR"].iloc[1:-1].sum() == why["EUR"].iloc[-1] == 4_000


@pytest.mark.parametrize("name", ["open", "overdue", "dso", "cei", "cash_in"])
def test_every_tile_explains_itself(open_page: Open, complete_books: Engine, name: str) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    at.button(key=f"explain_{name}").click().run()
    assert not at.error
    assert not at.exception
    (drawer,) = at.get("dialog")
    assert any("=" in text and "**" in text for text in texts(drawer))
    assert len(at.run().get("dialog")) == 0


def test_a_click_on_a_customer_opens_them(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of=AS_OF)
    at.session_state["overview_customer"] = "C2"
    at.run()
    assert any("Birch GmbH" in plain(title.value) for title in at.title)


def test_hostile_names_are_never_markdown(open_page: Open, complete_books: Engine) -> None:
    at = open_page("overview.py", as_of="2026-01-22")  # the invoice of the hostile customer is the news
    for element in (*at.markdown, *at.caption, *at.metric):
        assert "![x](" not in element.value
        assert ":red[PAID]" not in element.value
    # A grid shows text as it is, a table would read it as Markdown.
    assert not any("Detail" in element.value for element in at.table)
    assert "![x](" in table(at, "Detail")["Detail"].str.cat()


def test_a_missing_rate_is_named_and_the_rest_still_shown(open_page: Open, complete_books: Engine) -> None:
    ledger.post_invoice(
        complete_books, customer_id=1, document_date=date(2026, 3, 2), currency="USD", actor=Actor("anna"),
        instalments=[(Decimal(70), date(2026, 4, 2))],
    )  # fmt: skip
    at = open_page("overview.py", as_of=AS_OF)
    assert not at.exception
    assert not at.error
    assert any("No rate from USD to EUR" in plain(warning.value) for warning in at.warning)
    assert tiles(at)["Open balance"] == "—"
    assert any("USD" in text and "rate" in text for text in texts(at)), texts(at)


def test_the_sample_company_fills_every_part(open_page: Open, sample_books: Path) -> None:
    at = open_page("overview.py", books="Sample company")
    assert not at.error
    assert "—" not in tiles(at).values()
    assert len(table(at, "Why now")) == 10
    assert table(at, "Detail")["What"].iloc[0] == "Cash in"


def test_figures_follow_the_locale_of_the_company(open_page: Open, complete_books: Engine) -> None:
    company.save_profile(complete_books, actor=Actor("anna"), name="Hafen GmbH", locale="de_DE")
    at = open_page("overview.py", as_of=AS_OF)
    assert not at.error
    assert tiles(at)["Open balance"] == "590\u00a0€"
    assert tiles(at)["DSO"] == "139,7 days"
    drawer = open_page("trends.py", as_of=AS_OF, explain="dso").get("dialog")[0]
    assert "590 ÷ 380 × 90 = **139,7 days**" in texts(drawer)
