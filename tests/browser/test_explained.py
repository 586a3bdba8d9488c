"""Every figure opens its explanation with one click, and its link opens the same in a browser that was never here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator
from playwright.sync_api import expect

from tools.live import Live

OVERVIEW = ("open", "overdue", "dso", "cei", "cash_in")
PARTS = ("Rests on:", "Month by month", "A link that opens this again")


def drawer(tab: Live) -> Locator:
    """Return the drawer that is open."""
    found = tab.page.get_by_role("dialog")
    expect(found).to_be_visible()
    return found


def opened_by(tab: Live, key: str) -> Locator:
    """Click the arrow of a figure once and return its explanation."""
    tab.act(tab.page.locator(f".st-key-{key} button").first.click)
    return drawer(tab)


@pytest.mark.parametrize("name", OVERVIEW)
def test_a_tile_is_explained_and_its_link_reproduces_it_cold(
    live: Live, new_tab: Callable[..., Live], name: str
) -> None:
    live.open("/?books=Sample+company&as_of=2026-09-30")
    found = opened_by(live, f"explain_{name}")
    for part in PARTS:
        expect(found.get_by_text(part).first).to_be_visible()
    expect(found.get_by_text("Documents behind it")).to_be_visible()
    expect(found.get_by_text("Download the list")).to_be_visible()
    formula = found.locator("strong").filter(has_text="").all_inner_texts()
    link = found.locator("code").last.inner_text().strip()
    assert "as_of=2026-09-30" in link

    cold = new_tab()
    cold.open("/" + link.split("/", 3)[3])
    again = drawer(cold)
    expect(again.locator("code").last).to_have_text(link)
    assert again.locator("strong").all_inner_texts() == formula


def test_a_figure_of_a_customer_is_explained_of_that_customer_alone(live: Live, new_tab: Callable[..., Live]) -> None:
    live.open("/customers?books=Sample+company")
    grid = live.grid("directory")
    live.act(lambda: grid.click(1, "Customer"))
    found = opened_by(live, "explain_open")
    link = found.locator("code").last.inner_text().strip()
    assert "customer=" in link
    cold = new_tab()
    cold.open("/" + link.split("/", 3)[3])
    expect(drawer(cold).locator("code").last).to_have_text(link)


@pytest.mark.parametrize(
    ("path", "grid", "row", "column"),
    [
        ("/", "aging_shares", 1, "Days past due"),
        ("/", "news", 0, "What"),
        ("/aging", "aging_grid", 2, "Not due"),
        ("/month_end", "agreement_", 0, "Ours"),
        ("/month_end", "known_balances_", 0, "Then"),
    ],
)
def test_a_click_on_an_amount_leads_to_its_documents_and_the_link_reproduces_them_cold(
    live: Live, new_tab: Callable[..., Live], path: str, grid: str, row: int, column: str
) -> None:
    live.open(f"{path}?books=Sample+company")
    shown = live.grid(grid)
    shown.box.scroll_into_view_if_needed()
    live.act(lambda: shown.click(row, column))
    found = drawer(live)
    expect(found.get_by_text("A link that opens this again")).to_be_visible()
    expect(found.get_by_text("Download all")).to_be_visible()
    link = found.locator("code").last.inner_text().strip()
    cold = new_tab()
    cold.open("/" + link.split("/", 3)[3])
    again = drawer(cold)
    expect(again.locator("code").last).to_have_text(link)
    assert again.locator("strong").all_inner_texts() == found.locator("strong").all_inner_texts()


@pytest.mark.parametrize(
    ("path", "grid", "row", "column"),
    [
        ("/trends?view=Bridge&bridge_of=Open+balance", "bridge_lines_open", 1, "What"),
        ("/trends?view=Bridge&bridge_of=Overdue", "bridge_lines_overdue", 2, "What"),
        ("/trends?view=Bridge&bridge_of=Open+balance", "bridge_lines_open", 0, "What"),
        ("/aging?", "flow_table_", 0, "From"),
    ],
)
def test_a_line_of_a_bridge_or_flow_has_a_link_that_opens_it_cold(
    live: Live, new_tab: Callable[..., Live], path: str, grid: str, row: int, column: str
) -> None:
    live.open(f"{path}&books=Sample+company&as_of=2026-09-30")
    if grid.startswith("flow"):
        live.act(live.page.get_by_text("Who rolled forward, who paid").click)
    shown = live.grid(grid)
    shown.box.scroll_into_view_if_needed()
    live.act(lambda: shown.click(row, column))
    reproduced(live, new_tab)


def test_intercompany_has_a_link_that_opens_it_cold(live: Live, new_tab: Callable[..., Live]) -> None:
    live.open("/aging?books=Sample+company")
    live.press("Its documents")
    reproduced(live, new_tab)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/plans?", "explain_total_plans_left"),
        ("/plans?view=Promises&", "explain_total_promises_missing"),
        ("/plans?view=Promises&", "explain_kept"),
        ("/reminders?tab=held&", "explain_total_held"),
        ("/clean_up?section=unapplied&", "explain_total_unapplied"),
        ("/customers?", "explain_total_customers_overdue"),
        ("/?", "explain_total_promises_lately"),
        ("/process?", "explain_step_"),
    ],
)
def test_a_total_or_step_is_explained_with_one_click_and_its_link_opens_it_cold(
    live: Live, new_tab: Callable[..., Live], path: str, key: str
) -> None:
    live.open(f"{path}books=Sample+company")
    live.act(live.page.locator(f'[class*="st-key-{key}"] button').first.click)
    reproduced(live, new_tab)


def reproduced(live: Live, new_tab: Callable[..., Live]) -> None:
    """Open the link of the drawer that is open in a browser that was never here; it says the same."""
    found = drawer(live)
    expect(found.get_by_text("A link that opens this again")).to_be_visible()
    link = found.locator("code").last.inner_text().strip()
    cold = new_tab()
    cold.open("/" + link.split("/", 3)[3])
    again = drawer(cold)
    expect(again.locator("code").last).to_have_text(link)
    assert again.locator("strong").all_inner_texts() == found.locator("strong").all_inner_texts()
