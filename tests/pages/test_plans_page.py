"""Plans: agreed on the Customer page, seen with what is next and late, changed, cancelled; promises and those kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.arrangements import queries
from arcore.arrangements import service
from arcore.arrangements.queries import PlanRow
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.disputes import service as disputes
from arcore.errors import BadInput
from arcore.ledger import service as ledger
from arcore.ledger.verify import verify
from arcore.reports.arranged import kept
from arcore.reports.arranged import plans as plans_within
from arcore.reports.arranged import promises as promises_within
from arcore.reports.arranged import standing
from arcore.reports.filters import Filters
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from pages.ui import plan_draft
from pages.ui import plan_lists
from pages.ui.format import Format

ANNA = Actor("anna")
TODAY = date(2026, 11, 20)
HOSTILE = ":red[PAID] ![x](http://tracker.example/x.png) $x^2$ <b>&"
Open = Callable[..., AppTest]


@pytest.fixture
def books(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return my own books on Friday 20 November 2026.

    C1, with a hostile name: INV-1 100.00 due 10 September, INV-2 200.00 due 10 October, INV-3 50.00 due 30 December.
    C2 Birch: GB-1 90.00 in pounds, due 1 November; there is no rate for pounds.
    """
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    customers.create_customer(engine, code="C1", name=HOSTILE, currency="EUR", actor=ANNA)
    customers.create_customer(engine, code="C2", name="Birch", currency="GBP", actor=ANNA)
    for customer, number, amount, due, code in (
        (1, "INV-1", "100.00", date(2026, 9, 10), "EUR"),
        (1, "INV-2", "200.00", date(2026, 10, 10), "EUR"),
        (1, "INV-3", "50.00", date(2026, 12, 30), "EUR"),
        (2, "GB-1", "90.00", date(2026, 11, 1), "GBP"),
    ):
        ledger.post_invoice(
            engine, customer_id=customer, document_date=date(2026, 8, 1), currency=code,
            instalments=[(Decimal(amount), due)], details={"number": number}, actor=ANNA,
        )  # fmt: skip
    return engine


def agree(engine: Engine, agreed: date, dues: Sequence[tuple[date, str]], items: Sequence[int] = (1, 2)) -> int:
    made = service.agree_plan(
        engine, customer_id=1, entity="main", currency="EUR", item_ids=list(items), agreed_on=agreed, who="Mary",
        instalments=[(day, Decimal(amount)) for day, amount in dues], actor=ANNA,
    )  # fmt: skip
    return int(made["plan"])


def pay(engine: Engine, amount: str, on: date, item: int | None = None) -> None:
    ledger.record_payment(
        engine, customer_id=1, received_on=on, currency="EUR", amount=Decimal(amount), actor=ANNA,
        apply_to=[(item, Decimal(amount))] if item else [],
    )  # fmt: skip


def all_plans(engine: Engine) -> tuple[PlanRow, ...]:
    return queries.plans(engine, TODAY)


def one(elements: Any, label: str) -> Any:
    return next(element for element in elements if element.label.startswith(label))


def in_dialog(at: AppTest, page: str, name: str, *what: Any) -> AppTest:
    """Run with a dialog kept open: in the browser its fragment runs alone, here every run is a whole one."""
    at.session_state[f"{page}_asked"] = (name, what)
    at.session_state[f"{page}_write_opened"] = time.monotonic()
    return at.run()


def plain(text: str) -> str:
    return text.replace("\\", "").replace("\u2060", "")


def texts(at: Any) -> str:
    return "\n".join(plain(element.value) for element in (*at.markdown, *at.caption))


def table(at: AppTest, column: str) -> pd.DataFrame:
    found: pd.DataFrame = next(t.value for t in (*at.table, *at.dataframe) if column in t.value)
    return found


def good(at: AppTest) -> AppTest:
    assert not at.exception
    assert [plain(error.value) for error in at.error] == []
    return at


# --- agreeing ---------------------------------------------------------------------------------------------------------


def agreeing(open_page: Open) -> AppTest:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="act_plan").click().run()
    return at


def test_a_three_part_plan_is_two_clicks_with_a_bank_day_first_and_the_remainder_last(
    books: Engine, open_page: Open
) -> None:
    at = good(agreeing(open_page))
    assert "€300.00" in texts(at)
    assert table(at, "Due on")["Amount"].tolist() == [100.0, 100.0, 100.0]
    aging = table(at, "With the plan").set_index("Days past due")
    assert aging.loc["Not due"].tolist() == [50.0, 350.0, 50.0]
    assert aging.loc["Open"].tolist() == [350.0, 350.0, 350.0]
    one(at.button, "Agree plan of €300\\.00 in 3 instalments").click().run()
    assert plain(at.success[0].value) == "Agreed: plan of €300.00 in 3 instalments."
    [plan] = all_plans(books)
    assert [(one.due_on, one.amount) for one in plan.instalments] == [
        (date(2026, 12, 4), 10000), (date(2027, 1, 4), 10000), (date(2027, 2, 4), 10000),
    ]  # fmt: skip
    assert "Payment plan" in texts(at)
    one(at.button, "Undo").click().run()
    assert all_plans(books)[0].state == "withdrawn"
    assert all(check.ok for check in verify(books))


def test_the_first_day_moves_to_a_bank_day() -> None:
    assert plan_draft.first_day(date(2026, 11, 20), "en_GB") == date(2026, 12, 4)
    assert plan_draft.first_day(date(2026, 12, 11), "de_DE") == date(2026, 12, 28)  # Christmas, then a weekend


def test_what_cannot_be_in_a_plan_is_left_out_and_said(books: Engine, open_page: Open) -> None:
    disputes.open_dispute(
        books, customer_id=1, document_id=1, opened_on=TODAY, reason="price", amount=Decimal(100), owner="Tom", note="",
        due_on=None, actor=ANNA,
    )  # fmt: skip
    at = good(agreeing(open_page))
    assert "Left out: Invoice INV-1 is in dispute as a whole" in texts(at)
    one(at.button, "Agree plan of €200\\.00").click().run()
    assert all_plans(books)[0].total == 20000


def test_amounts_that_do_not_add_up_name_both_sums_and_can_be_put_right(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = st.data_editor

    def typed(shown: pd.DataFrame, **how: Any) -> Any:
        edit(shown, **how)
        changed = shown.copy()
        if how["key"].endswith("_0"):
            changed.loc[0, "Amount"] = 90.01
        return changed

    monkeypatch.setattr(st, "data_editor", typed)
    at = agreeing(open_page)
    [error] = [plain(error.value) for error in at.error]
    assert error == "The instalments add up to 290.01 EUR, but 300.00 EUR are open: 9.99 missing"
    assert one(at.button, "Agree plan").disabled
    one(at.button, "Add €9\\.99 to the last").click()
    in_dialog(at, "customer", "plan")
    assert not at.error
    assert table(at, "Due on")["Amount"].tolist() == [90.01, 100.0, 109.99]


def test_an_edited_table_is_read_exactly_or_refused_in_a_sentence() -> None:
    table = pd.DataFrame({"Due on": [date(2027, 1, 4), date(2026, 12, 4), None], "Amount": [0.1, 0.2, None]})
    assert plan_draft.read(table, "EUR") == [
        (date(2026, 12, 4), Decimal("0.2")), (date(2027, 1, 4), Decimal("0.1")),
    ]  # fmt: skip
    for day, amount, words in (
        (None, 1.0, "Line 1 needs a day and an amount"), (date(2026, 12, 4), 1.005, "more decimals than EUR has"),
        (None, None, "at least one instalment"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=words):
            plan_draft.read(pd.DataFrame({"Due on": [day], "Amount": [amount]}), "EUR")


def test_an_insurers_limit_is_kept_or_warned_about(books: Engine, open_page: Open) -> None:
    customers.set_fact(
        books, customer_id=1, name="max_extension", value="60", valid_from=date(2026, 1, 1), actor=ANNA
    )  # fmt: skip
    at = good(agreeing(open_page))
    assert "the insurer allows 60" in plain(at.warning[0].value)
    customers.set_fact(
        books, customer_id=1, name="max_extension", value="200", valid_from=date(2026, 1, 1), actor=ANNA
    )  # fmt: skip
    at = good(agreeing(open_page))
    assert "The insurer allows 200 days after the first due date; the longest here is 117." in texts(at)


def test_somebody_elses_write_is_told_and_nothing_is_agreed(books: Engine, open_page: Open) -> None:
    at = agreeing(open_page)
    button = one(at.button, "Agree plan")
    customers.set_fact(books, customer_id=1, name="owner", value="Bo", valid_from=TODAY, actor=Actor("bo"))
    button.click().run()
    assert at.error
    assert all_plans(books) == ()


def test_who_may_only_look_can_do_nothing(books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    agree(books, date(2026, 11, 2), [(date(2026, 11, 10), "100.00"), (date(2026, 12, 10), "200.00")])
    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", role="viewer"))
    at = open_page("customer.py", books="My books", customer="C1")
    assert at.button(key="act_plan").disabled
    at = good(open_page("plans.py", books="My books"))
    for name in ("change_1", "cancel_1", "withdraw_1"):
        assert at.button(key=name).disabled


# --- the page ---------------------------------------------------------------------------------------------------------


def test_without_a_plan_or_a_promise_the_page_says_how_to_make_one(books: Engine, open_page: Open) -> None:
    at = good(open_page("plans.py", books="My books"))
    assert "No payment plan yet" in texts(at)
    one(at.segmented_control, "List").set_value("Promises").run()
    assert "No promise yet" in texts(good(at))


def test_empty_books_ask_for_a_file(open_page: Open) -> None:
    assert "No invoices yet" in texts(good(open_page("plans.py", books="My books")))


def test_the_sample_company_has_plans_and_promises(sample_books: Path, open_page: Open) -> None:
    at = good(open_page("plans.py", books="Sample company"))
    assert {"Broken", "Running"} <= {state for [state] in at.dataframe[0].value["State"]}
    one(at.segmented_control, "List").set_value("Promises").run()
    assert len(good(at).dataframe[0].value) > 1


@pytest.fixture
def late_plan(books: Engine) -> int:
    """Agree on 2 November 100.00 by the 10th, of which 40.00 came on the 9th, and 200.00 by 10 December."""
    number = agree(books, date(2026, 11, 2), [(date(2026, 11, 10), "100.00"), (date(2026, 12, 10), "200.00")])
    item = next(part.item_id for part in all_plans(books)[0].instalments[0].parts)
    pay(books, "40.00", date(2026, 11, 9), item)
    return number


@pytest.mark.parametrize(
    ("key", "sums", "entries", "moved"),
    [
        ("plans_left", "€200.00 + €60.00 = **€260.00**", 2, ["New"]),
        ("plans_late", "€60.00 = **€60.00**", 1, ["New"]),
        ("plans_paid", "€40.00 = **€40.00**", 1, ["New"]),
    ],
)
def test_the_totals_of_plans_are_explained(
    books: Engine, late_plan: int, open_page: Open, key: str, sums: str, entries: int, moved: list[str]
) -> None:
    at = good(open_page("plans.py", books="My books", behind=f"total:{key}"))
    (dialog,) = at.get("dialog")
    said = "\n".join(plain(m.value) for m in dialog.markdown)
    assert sums in said
    assert "What moved it" in said
    assert "Rests on: plans that were agreed by the day" in said
    assert len(dialog.dataframe[0].value) == entries
    assert dialog.table[0].value["Because of"].tolist()[1:-1] == moved
    assert f"behind=total%3A{key}" in dialog.code[0].value


def test_a_late_plan_shows_what_is_next_and_what_is_missing(books: Engine, late_plan: int, open_page: Open) -> None:
    at = good(open_page("plans.py", books="My books"))
    [row] = at.dataframe[0].value.to_dict("records")
    assert (row["Customer"], row["Next"], row["Due"], row["Late"], row["Left"], row["State"]) == (
        HOSTILE, pd.Timestamp("2026-11-10") if isinstance(row["Next"], pd.Timestamp) else date(2026, 11, 10),
        60.0, 60.0, 260.0, ["Broken"],
    )  # fmt: skip
    for words in ("**€260.00** :gray[left in 1 running plan]", "**€60.00** :gray[late in 1]", "**€40.00** :gray[paid]"):
        assert words in texts(at)
    states = [plain(state) for state in table(at, "Due")["State"]]
    assert "Broken" in states[0]
    assert "10 days late, €60.00 left" in states[0]
    assert "Coming" in states[1]
    assert "Mary" in texts(at)


def test_a_link_chooses_a_plan_and_the_states_narrow_the_list(books: Engine, late_plan: int, open_page: Open) -> None:
    newer = agree(books, TODAY, [(date(2027, 1, 10), "50.00")], items=[3])
    at = good(open_page("plans.py", books="My books", plan=str(newer)))
    assert "€50.00 in 1 instalment" in texts(at)
    assert at.dataframe[0].value["Left"].tolist() == [260.0, 50.0]
    one(at.segmented_control, "State").set_value("Late").run()
    assert good(at).dataframe[0].value["Left"].tolist() == [260.0]
    one(at.segmented_control, "State").set_value("Ended").run()
    assert "No plan like this" in texts(good(at))
    one(at.segmented_control, "State").set_value("All").run()
    one(at.text_input, "Search").input("inv-3").run()
    assert good(at).dataframe[0].value["Left"].tolist() == [50.0]
    at = good(open_page("plans.py", books="My books", plan="99"))
    assert plain(at.info[0].value) == "There is no plan 99 in this list."


def test_a_plan_is_changed_and_the_change_undone(books: Engine, late_plan: int, open_page: Open) -> None:
    at = open_page("plans.py", books="My books")
    at.button(key=f"change_{late_plan}").click().run()
    assert table(at, "Due on")["Amount"].tolist() == [130.0, 130.0]
    one(at.button, "Agree €260\\.00 in 2 instalments").click().run()
    newer, old = all_plans(books)
    assert (old.state, newer.state, newer.left, newer.who) == ("replaced", "active", 26000, "Mary")
    assert "€260.00 in 2 instalments" in texts(good(at))
    one(at.button, "Undo").click().run()
    assert [plan.state for plan in all_plans(books)] == ["withdrawn", "active"]
    assert all(check.ok for check in verify(books))


def test_cancelling_says_what_moves_back_and_resuming_brings_it_again(
    books: Engine, late_plan: int, open_page: Open
) -> None:
    at = open_page("plans.py", books="My books")
    at.button(key=f"cancel_{late_plan}").click().run()
    assert "€260.00** moves back to the first due dates; all of it is overdue then" in texts(at)
    assert table(at, "Moves back")["Left, EUR"].tolist() == [60.0, 200.0]
    one(at.button[::-1], "Cancel the plan").click().run()
    assert all_plans(books)[0].state == "cancelled"
    assert "Cancelled" in {state for [state] in good(at).dataframe[0].value["State"]}
    one(at.button, "Resume").click().run()
    assert all_plans(books)[0].state == "active"
    one(at.button, "Undo").click().run()
    assert all_plans(books)[0].state == "cancelled"
    assert all(check.ok for check in verify(books))


def test_a_plan_that_money_touched_cannot_be_withdrawn_and_says_so(
    books: Engine, late_plan: int, open_page: Open
) -> None:
    at = open_page("plans.py", books="My books")
    at.button(key=f"withdraw_{late_plan}").click().run()
    assert at.error
    assert one(at.button[::-1], "Withdraw the plan").disabled


def test_a_fresh_plan_is_withdrawn_as_if_it_had_never_been(books: Engine, open_page: Open) -> None:
    number = agree(books, TODAY, [(date(2026, 12, 10), "300.00")])
    at = open_page("plans.py", books="My books")
    at.button(key=f"withdraw_{number}").click().run()
    assert "There is no undo" in texts(good(at))
    one(at.button[::-1], "Withdraw the plan").click().run()
    assert all_plans(books)[0].state == "withdrawn"


def test_the_files_hold_what_is_on_the_screen(books: Engine, late_plan: int) -> None:
    listed = plans_within(books, Filters(as_of=TODAY, currency="EUR"))
    [row] = plan_lists.plan_file(listed.rows, listed).to_dict("records")
    assert (row["Customer"], row["Late"], row["Paid"], row["Left"], row["Total"], row["Currency"]) == (
        HOSTILE, Decimal("60.00"), Decimal("40.00"), Decimal("260.00"), Decimal("300.00"), "EUR",
    )  # fmt: skip


# --- promises ---------------------------------------------------------------------------------------------------------


def promised(engine: Engine, customer: int, amount: str, made: date, due: date, currency: str = "EUR") -> None:
    service.record_promise(
        engine, customer_id=customer, entity="main", currency=currency, amount=Decimal(amount), made_on=made,
        due_on=due, who="Mary", actor=ANNA,
    )  # fmt: skip


@pytest.fixture
def some_promises(books: Engine) -> None:
    """100.00 kept in full; of 100.00 only 50.00 came; 50.00 runs to Monday; 90.00 pounds never came."""
    promised(books, 1, "100.00", date(2026, 10, 1), date(2026, 10, 8))
    pay(books, "100.00", date(2026, 10, 7), 1)
    promised(books, 1, "100.00", date(2026, 11, 2), date(2026, 11, 9))
    pay(books, "50.00", date(2026, 11, 9), 2)
    promised(books, 1, "50.00", date(2026, 11, 19), date(2026, 11, 23))
    promised(books, 2, "90.00", date(2026, 11, 2), date(2026, 11, 9), "GBP")


def test_promises_show_what_was_kept_by_number_and_by_value(
    books: Engine, some_promises: None, open_page: Open
) -> None:
    """By number one of three; by value 150 of 200, as pounds have no rate."""
    at = good(open_page("plans.py", books="My books", view="Promises"))
    said = texts(at)
    assert "Kept 33% by number, 75% by value" in said
    assert "1 of 3 promises made from 21 Nov 2025 to 20 Nov 2026 and decided, in full and in time; GBP without" in said
    assert "**€50.00** :gray[still expected of 1]" in said
    assert [state for [state] in at.dataframe[0].value["State"]] == ["Running", "Broken", "Kept in part", "Kept"]
    one(at.segmented_control, "State").set_value("Broken").run()
    assert len(good(at).dataframe[0].value) == 2


def test_the_kept_share_is_none_without_decided_promises(books: Engine) -> None:
    filters = Filters(as_of=TODAY, currency="EUR")
    assert kept(promises_within(books, filters)).by_count.exact is None
    assert "no promise made from 21 Nov 2025" in plain(plan_lists.kept_line(promises_within(books, filters), Format()))


def test_a_promise_is_withdrawn_and_counts_again(books: Engine, some_promises: None, open_page: Open) -> None:
    at = good(open_page("plans.py", books="My books", view="Promises", promise="3"))
    one(at.button, "Withdraw").click().run()
    assert next(row for row in queries.promises(books, TODAY) if row.promise_id == 3).state == "withdrawn"
    one(at.button, "Undo").click().run()
    assert next(row for row in queries.promises(books, TODAY) if row.promise_id == 3).state == "open"


# --- on Overview and in the details -----------------------------------------------------------------------------------


def test_overview_says_what_stands_only_when_something_does(books: Engine, open_page: Open) -> None:
    assert "Promises and plans" not in texts(good(open_page("overview.py", books="My books")))
    promised(books, 1, "120.00", date(2026, 11, 2), date(2026, 11, 9))
    agree(books, date(2026, 11, 2), [(date(2026, 11, 10), "300.00")])
    at = good(open_page("overview.py", books="My books"))
    links = [plain(str(getattr(link, "label", ""))) for link in at.get("page_link")]
    assert "Promises: :red[1 broken €120]" in links
    assert {"Plans: 1 running €300", "Plans: :orange[1 late €300]"} <= set(links)
    assert any("€120 :gray[:small[since 13 Nov]]" in link for link in links)
    matters = next(grid.value for grid in at.dataframe if "Why now" in grid.value)
    assert matters["Why now"].tolist()[0] == "Promise of €120 broken 13 Nov"
    found = standing(books, Filters(as_of=TODAY, currency="EUR"))
    assert found.late_amount.total == 30000


def test_what_holds_for_reminders_is_changed_shown_in_words_and_undone(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="edit").click().run()
    assert one(at.selectbox, "Language").options == ["As our company", "English", "German"]
    one(at.selectbox, "Language").set_value("de")
    one(at.selectbox, "Status").set_value("insolvent")
    one(at.date_input, "No reminders until").set_value(date(2026, 12, 24))
    one(at.text_input, "Insurer").input("60")
    one(at.checkbox, "Key account").check()
    one(at.button[::-1], "Save details").click().run()
    assert "Saved: language and status and longest extension" in plain(at.success[0].value)
    shown = " ".join(plain(str(cell)) for each in at.table for cell in each.value.to_numpy().ravel())
    for words in ("German", "Insolvent", "None until 24 Dec 2026", "60 days past the first due date"):
        assert words in shown
    one(at.button, "Undo").click().run()
    assert not at.exception
    with reading(books) as session:
        from arcore.customers.queries import facts_of

        assert facts_of(session, 1, TODAY) == {}
