"""Imports: every step of an upload, what it asks, what it books and takes back, and what it answers to bad files."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from arcore.company import queries as company_queries
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.errors import Cancelled
from arcore.intake import drops
from arcore.intake import queries
from arcore.intake import service
from arcore.intake import worker
from arcore.intake.exchange_out import write_books
from arcore.intake.profiles_own import own_profiles
from arcore.intake.reading import understand
from arcore.ledger import service as ledger
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.settings import ROOT
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor

ANNA = Actor("anna")
TODAY = date(2026, 11, 20)
HOSTILE = "*Cedar* ![x](http://tracker.example/x.png) :red[PAID] $x$ <b>"
Open = Callable[..., AppTest]

HEAD = "Customer,Transaction type,Num,Date,Due date,Amount,Open balance,Currency\n"
SEPTEMBER = f"""A/R Aging Detail
"As of September 30, 2026"

{HEAD}Alder Ltd,Invoice,A-1,08/01/2026,08/31/2026,"1,000.00","1,000.00",EUR
Alder Ltd,Invoice,A-2,08/15/2026,09/14/2026,"2,000.00","2,000.00",EUR
Birch plc,Invoice,B-1,08/05/2026,09/04/2026,500.00,500.00,EUR
Birch plc,Invoice,B-2,09/05/2026,10/05/2026,700.00,300.00,EUR
"""
OCTOBER = f"""A/R Aging Detail
"As of October 31, 2026"

{HEAD}Alder Ltd,Invoice,A-2,08/15/2026,09/14/2026,"2,000.00","1,500.00",EUR
"""
"""A-1 and all of Birch are gone: 1,800 of 3,800."""
INVOICES = """Invoice number,Customer,Invoice date,Due date,Total,Currency
I-1,Alder Ltd,2026-10-01,2026-10-31,100.00,EUR
I-2,Alder Ltd,2026-10-05,2026-11-04,250.00,EUR
"""
NO_CURRENCY = "Invoice number,Customer,Invoice date,Due date,Total\nI-1,Alder Ltd,2026-10-01,2026-10-31,100.00\n"


@pytest.fixture
def books(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return my own books, empty, of a company that reports in euros; today is 20 November 2026."""
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)  # a test clicks faster than people
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    return engine


@pytest.fixture
def page(books: Engine, open_page: Open) -> AppTest:
    """Open the page on my own books."""
    return open_page("imports.py", books="My books")


# --- how a test does what a person does -------------------------------------------------------------------------------


def read(at: AppTest, *files: tuple[str, str | bytes], into: str = "My books") -> AppTest:
    """Drop files, say where they go, and let them be read."""
    for name, content in files:
        at.file_uploader[0].upload(name, content.encode() if isinstance(content, str) else content)
    at.segmented_control(key="into").set_value(into).run()
    at.button(key="read").click().run()
    return sound(at)


def difference(at: AppTest) -> AppTest:
    """Go on to what will change; drawing it again changes nothing."""
    at.button(key="to_difference").click().run()
    before = said(sound(at))
    assert said(sound(at.run())) == before
    return at


def planned(at: AppTest, *files: tuple[str, str | bytes], into: str = "My books") -> AppTest:
    """Read files and show what will change."""
    return difference(read(at, *files, into=into))


def book(at: AppTest) -> AppTest:
    """Book what is shown and wait until it is."""
    at.button(key="book").click().run()
    if "import_job" in at.session_state:
        worker.wait(at.session_state["import_job"], 30)
        at.run()
    return sound(at)


def sound(at: AppTest) -> AppTest:
    """Return the page, which has not failed."""
    assert not at.exception, at.exception[0].stack_trace
    assert "could not be drawn" not in said(at)
    return at


def said(at: AppTest) -> str:
    """Return what the page says, without what keeps other people's text from turning into Markdown."""
    parts = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.success]
    words = [part.value for part in parts] + [box.label for box in at.checkbox] + [box.label for box in at.expander]
    return "\n".join(words).replace("\\", "").replace("\u2060", "")


def tiles(at: AppTest) -> dict[str, str]:
    """Return the tiles that are not zero."""
    return {tile.label: tile.value for tile in at.metric if tile.value != "0"}


def grid(at: AppTest, column: str) -> Any:
    """Return the first grid that has a column."""
    return next(frame.value for frame in at.dataframe if column in frame.value.columns)


def has_button(at: AppTest, key: str) -> bool:
    """Tell whether a button is drawn."""
    return any(button.key == key for button in at.button)


def answer_all(at: AppTest) -> AppTest:
    """Answer every question with yes."""
    for place in range(len(at.checkbox)):
        at.checkbox[place].check().run()
    return sound(at)


def owed(engine: Engine) -> Decimal:
    """Return the balance of all customers."""
    with engine.connect() as connection:
        return Decimal(connection.execute(text("SELECT coalesce(sum(amount), 0) FROM document")).scalar_one()) / 100


# --- the way through --------------------------------------------------------------------------------------------------


def test_nothing_is_read_before_files_are_there_and_it_is_said_where_they_go(page: AppTest) -> None:
    assert page.button(key="read").disabled
    assert "Choose files first." in said(page)
    page.file_uploader[0].upload("september.csv", SEPTEMBER.encode()).run()
    assert "Say where they go." in said(page)
    assert page.segmented_control(key="into").value is None  # every upload asks, nothing is taken for granted
    assert "No import yet" in said(page)


def test_a_snapshot_is_understood_planned_booked_once_and_undone(
    page: AppTest, books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = read(page, ("september.csv", SEPTEMBER))
    assert "september.csv is a list of open items" in said(at).replace("**", "").replace(":gray[", "")
    assert "4 invoices €4,200.00, open €3,800.00" in said(at)
    assert grid(at, "Taken for")["Taken for"].tolist()[:2] == ["Customer name", "Kind of document"]

    difference(at)
    assert tiles(at) == {"New": "4", "Left out": "3"}
    assert at.metric[0].proto.delta_description == "€3\\,800\\.00"
    table = grid(at, "What")
    assert table["Document"].tolist() == ["A-1", "A-2", "B-1", "B-2"]
    assert table["Why"].tolist()[-1] == "400.00 of it is closed"
    assert "Before" not in table  # nothing was known: the column would be empty
    totals = at.table[0].value
    assert [float(str(value).replace(",", "")) for value in totals["EUR"]] == [0, 3800, 3800]
    assert at.button(key="book").label == "Book 4 changes"
    assert owed(books) == 0  # until the last step nothing is booked

    book(at)
    assert "Booked 4 changes from september.csv. Undo any time below." in said(at)
    assert owed(books) == Decimal("3800.00")
    assert len(queries.history(books)) == 1
    assert "4 new" in said(at)
    with monkeypatch.context() as later:
        later.setattr("pages.ui.forms.STAYS", -1.0)  # some seconds later
        assert "Booked" not in said(at.run())

    at.button(key="undo_1").click().run()
    assert "Takes back **4 × invoice €4,200.00, 1 × settlement, unexplained −€400.00**" in said(at)
    assert "−3,800.00" in said(at)
    assert "2 customers are** in no list until a file names them" in said(at)
    assert owed(books) == Decimal("3800.00")
    at.session_state["import_undo_asked"] = 1  # in the browser the dialog stays open
    at.run()
    next(button for button in at.button if button.label == "Undo the import").click().run()
    assert "Import 1 is undone" in said(sound(at))
    assert owed(books) == 0


def test_the_first_rows_stand_there_before_and_after(page: AppTest) -> None:
    at = read(page, ("september.csv", SEPTEMBER))
    before, after = grid(at, "Num"), grid(at, "Line")
    assert before.iloc[0].tolist()[:6] == ["Alder Ltd", "Invoice", "A-1", "08/01/2026", "08/31/2026", "1,000.00"]
    assert after[["Line", "Document", "Due date", "Open"]].iloc[3].tolist() == [8, "B-2", date(2026, 10, 5), 300.0]


def test_a_file_without_a_header_says_what_it_guessed_and_asks(page: AppTest) -> None:
    at = read(
        page, ("bare.csv", "INV-1,Alder Ltd,2026-10-01,2026-10-31,100.00\nINV-2,Birch,2026-10-05,2026-11-04,9.00\n")
    )
    assert "It is asked for in the next step." in said(at)
    assert grid(at, "Line")["Customer"].tolist() == ["Alder Ltd", "Birch"]
    difference(at)
    assert at.button(key="book").disabled
    answer_all(at)
    assert not at.button(key="book").disabled


def test_history_tells_an_import_in_full(page: AppTest) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    page.button(key="details_1").click().run()
    files = grid(sound(page), "SHA-256")
    assert files["SHA-256"].tolist() == [hashlib.sha256(SEPTEMBER.encode()).hexdigest()]


def test_a_step_without_files_leads_nowhere(page: AppTest) -> None:
    at = page
    for _ in range(2):
        at.segmented_control[0].set_value("3 Difference").run()
        assert sound(at).segmented_control[0].value == "1 Files"
        assert at.toast[0].value == "Choose files first."


def test_a_document_tells_the_file_and_the_row_it_came_from_and_what_files_said_since(
    page: AppTest, open_page: Open, books: Engine
) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    book(answer_all(planned(page, ("october.csv", OCTOBER))))
    code = _rows(books, "SELECT code FROM customer WHERE name = 'Alder Ltd'")[0][0]
    numbers = {number: id_ for id_, number in _rows(books, "SELECT id, number FROM document WHERE kind = 'invoice'")}
    at = open_page("customer.py", books="My books", customer=code)
    at.session_state["customer_write_opened"] = time.monotonic()  # in the browser a click opens the drawer

    at.session_state["customer_asked"] = ("story", (numbers["A-2"],))
    told = said(sound(at.run()))
    assert "september.csv, line 6 (QuickBooks Online), €2,000.00 open · import 1 of" in told
    assert "Alder Ltd | Invoice | A-2 | 08/15/2026 | 09/14/2026 | 2,000.00 | 2,000.00 | EUR" in told
    assert "october.csv, line 5 (QuickBooks Online), €1,500.00 open · import 2" in told

    at.session_state["customer_asked"] = ("story", (numbers["A-1"],))
    assert "No longer listed (QuickBooks Online), €0.00 open · import 2" in said(sound(at.run()))

    entered = ledger.record_payment(
        books, customer_id=1, received_on=date(2026, 11, 2), currency="EUR", amount=Decimal(5), actor=ANNA
    )
    at.session_state["customer_asked"] = ("story", (entered["documents"][0],))
    assert "Entered here by anna, not from a file." in said(sound(at.run()))


def _rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)))


def test_the_next_snapshot_asks_what_its_silence_means_before_anything_is_booked(page: AppTest, books: Engine) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    at = planned(page, ("october.csv", OCTOBER))
    assert tiles(at) == {"Settled": "3", "Part paid": "1", "Left out": "3"}
    assert "3 of 4 open items are not in this file (1,800.00 of 3,800.00 EUR). Is it complete?" in said(at)
    assert "Birch plc: all 2 open items (800.00 EUR) are not in this file." in said(at)
    assert at.button(key="book").disabled
    questions = len(at.checkbox)
    assert f"Answer {questions} questions on the left first." in said(at)

    answer_all(at)
    assert "All questions are answered" in said(at)
    table = grid(at, "What")
    assert table[["Document", "Before", "After"]].to_numpy().tolist() == [
        ["A-1", 1000.0, 0.0],
        ["B-1", 500.0, 0.0],
        ["B-2", 300.0, 0.0],
        ["A-2", 2000.0, 1500.0],
    ]
    assert table["Why"].tolist()[0] == "No longer in the file, taken as paid"
    book(at)
    assert owed(books) == Decimal("1500.00")
    assert not queries.history(books)[1].can_undo
    assert at.button(key="undo_1").disabled  # the later one stands on it


def test_a_snapshot_of_a_part_settles_nothing_of_the_others(page: AppTest, books: Engine) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    at = read(page, ("west.csv", OCTOBER))
    # In the browser the name of the part is typed where the question stands, which AppTest can't do.
    at.session_state["import_upload"] = replace(at.session_state["import_upload"], scope="region West")
    difference(at)
    assert at.selectbox(key="plan_scope").value == "region West"
    assert not at.checkbox
    assert tiles(sound(at)) == {"Part paid": "1", "Left out": "3"}
    book(at)
    assert owed(books) == Decimal("3300.00")
    assert queries.history(books)[0].scope == "region West"


def test_many_questions_can_be_answered_together(page: AppTest) -> None:
    rows = "".join(
        f"C{n} Ltd,Invoice,{n}-{m},08/01/2026,08/31/2026,100.00,100.00,EUR\n" for n in range(5) for m in range(5)
    )
    book(planned(page, ("september.csv", SEPTEMBER.partition(HEAD)[0] + HEAD + rows)))
    at = planned(page, ("october.csv", OCTOBER))
    assert len(at.checkbox) == 6
    at.button(key="answer_all").click().run()
    assert all(box.value for box in at.checkbox)
    assert not at.button(key="book").disabled


def test_differences_are_searched_and_narrowed(page: AppTest) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    at = planned(page, ("october.csv", OCTOBER))
    at.text_input(key="plan_find").set_value("birch").run()
    assert grid(at, "What")["Document"].tolist() == ["B-1", "B-2"]
    at.text_input(key="plan_find").set_value("").run()
    at.button_group(key="plan_kinds").set_value(["Part paid 1"]).run()
    assert grid(at, "What")["Document"].tolist() == ["A-2"]
    at.text_input(key="plan_find").set_value("nobody").run()
    assert "No difference fits." in said(sound(at))


def test_the_same_file_again_changes_nothing(page: AppTest, books: Engine) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    at = planned(page, ("september.csv", SEPTEMBER))
    assert tiles(at) == {"Unchanged": "4", "Left out": "3"}
    assert at.button(key="book").disabled
    assert "This file was imported before" in said(at)
    assert len(queries.history(books)) == 1


def test_an_undo_says_what_goes_along_before_it_is_done(page: AppTest, books: Engine) -> None:
    book(planned(page, ("invoices.csv", INVOICES)))
    with books.connect() as connection:
        item, customer = connection.execute(text("SELECT id, customer_id FROM item ORDER BY id LIMIT 1")).one()
    ledger.record_payment(
        books, customer_id=customer, received_on=date(2026, 11, 2), currency="EUR", amount=Decimal("40.00"),
        apply_to=[(item, Decimal("40.00"))], actor=ANNA,
    )  # fmt: skip
    company.freeze_month(books, day=date(2026, 10, 31), today=TODAY, actor=ANNA)
    page.button(key="undo_1").click().run()
    words = said(sound(page))
    assert "**1 payment or credit** applied since becomes unapplied: **€40.00**" in words
    assert "**1 frozen month changes** (October 2026)" in words
    table = grid(page, "What happens")
    assert table["What happens"].tolist() == ["Unapplied again", "Frozen month"]
    assert table["Amount"].tolist() == [-40.0, -350.0]
    assert owed(books) == Decimal("310.00")  # nothing is done yet


def test_how_clean_a_file_is_tells_its_formula_its_counts_and_the_rows(page: AppTest, books: Engine) -> None:
    bad = "Birch plc,Invoice,B-3,02/31/2026,10/05/2026,700.00,300.00,EUR\n"
    at = read(page, ("september.csv", SEPTEMBER + bad))
    at.button(key="explain_clean_file_0").click().run()
    words = said(sound(at))
    assert "4 ÷ 5 = **80 %**" in words
    assert "4 used + 3 left out + 1 refused = 8 read" in words
    assert grid(at, "What is wrong")["Line"].tolist() == [9]
    book(difference(at))
    at.button(key="explain_clean_1").click().run()
    words = said(sound(at))
    assert "4 ÷ 5 = **80 %**" in words  # the kept file says the same
    assert "02/31/2026" in grid(at, "What is wrong")["What is wrong"].iloc[0]
    link = next(code.value for code in at.code if "behind=clean" in code.value)
    assert "section" not in link or "History" in link
    book(answer_all(planned(at, ("october.csv", OCTOBER))))
    at.button(key="explain_clean_2").click().run()
    assert "Import 1 before it: 4 ÷ 5 = 80 %; since then −1 can't be booked" in said(sound(at))


def test_a_tile_says_what_its_differences_add_up_to(page: AppTest, books: Engine) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    at = planned(page, ("october.csv", OCTOBER))
    at.button(key="explain_import_kind_settled").click().run()
    words = said(sound(at))
    assert "€0.00 − €1,800.00 = **−1,800.00 EUR**" in words
    behind = next(each.value for each in at.dataframe if set(each.value["Document"]) == {"A-1", "B-1", "B-2"})
    assert behind["Before"].sum() == 1800
    at.button(key="explain_import_totals").click().run()
    assert "= **open after 1,500.00**" in said(sound(at))


def test_a_balance_of_ours_opens_the_documents_behind_it(page: AppTest, books: Engine) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    at = planned(page, ("balances.csv", "Customer,Balance,Currency\nAlder Ltd,3000.00,EUR\nBirch plc,805.00,EUR\n"))
    at.session_state["import_balance"] = ["Alder Ltd", "Alder Ltd", "EUR", 3000.0, 3000.0, 0.0, 2]
    assert "as of 20 Nov 2026" in said(sound(at.run()))
    assert grid(at, "document")["document"].tolist() == ["A-1", "A-2"]


def test_history_and_undo_name_the_system_and_count_only_what_was_booked(page: AppTest, books: Engine) -> None:
    company.save_profile(books, actor=ANNA, name="Harbour Supplies", currency="EUR", time_zone="Asia/Tokyo")
    bad = "Birch plc,Invoice,B-3,02/31/2026,10/05/2026,700.00,300.00,EUR\n"
    at = book(planned(page, ("september.csv", SEPTEMBER + bad)))
    (past,) = [part.value for part in at.markdown if part.value.startswith("**1**")]
    told = past.replace("\\", "")
    assert told.endswith("as of 30 Sep 2026 · 4 new · 2 new customers · 1 line refused]]")
    assert at.button(key="explain_clean_1").label == "80 % clean"
    assert "QuickBooks Online" in told
    booked = queries.history(books)[0].at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{booked:%H:%M}" in told.replace("\u2060", "")
    at.button(key="undo_1").click().run()
    assert "Takes back **4 × invoice" in said(at)
    assert "Open balance changes by **−3,800.00** EUR." in said(at)


def test_pending_documents_come_after_what_changes_and_currencies_need_no_second_line(
    page: AppTest, books: Engine
) -> None:
    made = customers.create_customer(books, code="X", name="Xylo", actor=ANNA)
    for code in ("EUR", "USD", "GBP"):
        ledger.post_invoice(
            books, customer_id=made["customer"], document_date=date(2026, 9, 1), currency=code,
            instalments=[(Decimal(100), date(2026, 9, 30))], details={"number": f"X-{code}"}, actor=ANNA,
        )  # fmt: skip
    at = planned(page, ("september.csv", SEPTEMBER))
    assert grid(at, "What")["What"].str[0].tolist() == ["New"] * 4 + ["Pending"] * 3
    pending = next(tile for tile in at.metric if tile.label == "Pending")
    assert len(pending.proto.delta_description.replace("\\", "")) <= 20


def test_the_same_file_twice_in_one_upload_is_booked_once(page: AppTest, books: Engine) -> None:
    at = planned(page, ("invoices.csv", INVOICES), ("invoices.csv", INVOICES))
    assert tiles(at) == {"New": "2"}
    book(at)
    assert owed(books) == Decimal("350.00")
    assert [file.name for file in queries.history(books)[0].files] == ["invoices.csv", "invoices (2).csv"]


def test_steps_lead_back_and_cancel_forgets_everything(page: AppTest, books: Engine) -> None:
    at = planned(page, ("september.csv", SEPTEMBER))
    at.button(key="back").click().run()
    assert has_button(at, "to_difference")
    at.segmented_control[0].set_value(":material/check: 1 Files").run()
    at.button(key="resume").click().run()
    assert has_button(at, "to_difference")
    at.button(key="cancel_columns").click().run()
    assert not has_button(at, "resume")
    assert owed(books) == 0


def test_the_sample_takes_uploads_without_touching_my_books(sample_books: Path, books: Engine, open_page: Open) -> None:
    at = open_page("imports.py")
    at.button(key="try_quickbooks-ar-aging-detail").click().run()
    assert "into the sample company" in said(sound(at))
    book(difference(at))
    assert "Booked 48 changes" in said(at)
    assert "sample company" in said(at)
    assert owed(books) == 0
    assert len(queries.history(open_engine(f"sqlite:///{sample_books}"))) >= 1


# --- what files do not say --------------------------------------------------------------------------------------------


def test_a_snapshot_without_a_day_asks_for_it(page: AppTest, books: Engine) -> None:
    at = planned(
        page, ("open.csv", "Customer,Invoice,Due date,Open balance,Currency\nAlder,A-1,2026-09-30,100.00,EUR\n")
    )
    assert at.button(key="book").disabled
    at.date_input(key="plan_as_of").set_value(date(2026, 10, 31)).run()
    assert not at.button(key="book").disabled
    at.button(key="back").click().run()
    assert at.date_input(key="as_of_0").value == date(2026, 10, 31)
    book(difference(at))
    assert queries.history(books)[0].as_of == date(2026, 10, 31)


def test_a_snapshot_older_than_the_newest_says_so_and_is_booked(page: AppTest) -> None:
    book(answer_all(planned(page, ("october.csv", OCTOBER))))
    at = answer_all(planned(page, ("september.csv", SEPTEMBER)))
    assert "This snapshot of 30 Sep 2026 is older than the newest of its source, 31 Oct 2026." in said(at)
    assert not at.button(key="book").disabled
    book(at)
    assert "september.csv" in said(at)


def test_two_snapshots_of_different_days_contradict_each_other(page: AppTest) -> None:
    at = read(page, ("september.csv", SEPTEMBER), ("october.csv", OCTOBER))
    at.button(key="to_difference").click().run()
    assert [error.value for error in sound(at).error] == [
        "These files are snapshots of different days\\:\u2060 import them one after the other\\, in any order"
    ]
    at.button(key="again").click().run()
    assert has_button(at, "read")


def test_amounts_without_a_currency_are_taken_as_the_companys_until_another_is_said(
    page: AppTest, books: Engine
) -> None:
    at = read(page, ("plain.csv", NO_CURRENCY))
    assert at.selectbox(key="currency_0_EUR").value == "EUR"
    assert "1 invoice €100.00" in said(at)
    at.selectbox(key="currency_0_EUR").set_value("USD").run()
    assert "1 invoice US$100.00" in said(at)
    book(difference(at))

    at = read(page, ("next.csv", NO_CURRENCY.replace("I-1", "I-2")))  # what was said is remembered for this header
    assert at.selectbox(key="currency_0_USD").label == "Currency where the file names none, as last time"
    at = difference(at)
    assert set(grid(at, "What")["Document"]) == {"I-2"}
    book(at)
    with books.connect() as connection:
        assert connection.execute(text("SELECT DISTINCT currency FROM document")).scalars().all() == ["USD"]


def test_two_currencies_without_a_column_are_told_apart_by_their_signs(page: AppTest) -> None:
    rows = NO_CURRENCY.replace("100.00", "€100.00") + "I-2,Birch,2026-10-01,2026-10-31,£50.00\n"
    at = planned(page, ("mixed.csv", rows))
    assert set(grid(at, "What")["Currency"]) == {"EUR", "GBP"}
    assert list(at.table[0].value.columns)[:1] != ["Amount"]


def test_the_order_of_dates_is_asked_where_nothing_proves_it(page: AppTest) -> None:
    rows = INVOICES.replace("2026-10-01,2026-10-31", "02/03/2026,02/04/2026").replace(
        "2026-10-05,2026-11-04", "05/03/2026,05/04/2026"
    )
    at = read(page, ("us.csv", rows))
    assert at.segmented_control(key="day_first_0").value == "Day before month"
    at.segmented_control(key="day_first_0").set_value("Month before day").run()
    found = at.session_state["import_upload"]
    assert list(found.day_first.values()) == [False]
    assert "05/03/2026" in grid(sound(at), "Taken for").to_string()
    difference(at)
    book(at)
    at = read(page, ("us.csv", rows.replace("I-", "J-")))
    with pytest.raises(KeyError):
        at.segmented_control(key="day_first_0")  # read as the last time, without asking


def test_a_correction_is_taken_remembered_and_forgotten(page: AppTest, books: Engine) -> None:
    odd = (
        "Invoice number,Customer,Invoice date,Due date,Total,Wert B,Currency\n"
        "I-1,Alder,2026-10-01,2026-10-31,100.00,119.00,EUR\n"
    )
    at = read(page, ("odd.csv", odd))
    assert "1 invoice €100.00" in said(at)
    upload, table = at.session_state["import_upload"], understand([("odd.csv", odd.encode())])[0]
    # In the browser this is a choice in the grid, which AppTest can't make.
    at.session_state["import_upload"] = replace(upload, mapping={table.header_fingerprint: {5: "amount"}})
    at.run()
    assert "1 invoice €119.00" in said(sound(at))
    assert reasons(at)["Wert B"] == "chosen by hand"
    book(difference(at))

    at = read(page, ("odd.csv", odd.replace("I-1", "I-2")))
    assert "1 invoice €119.00" in said(at)
    assert "Read as corrected on 20 Nov 2026" in said(at)
    assert reasons(at)["Wert B"] == "as corrected on 20 Nov 2026"
    next(button for button in at.button if button.label == "Read it afresh").click().run()
    assert "Read as corrected" not in said(sound(at))
    assert "€119.00" not in said(at)


def test_columns_that_nobody_knows_can_be_named_by_hand(page: AppTest, books: Engine) -> None:
    odd = "Xa,Xb,Xc,Xd\nI-1,Alder,2026-10-01,100.00\nI-2,Birch,2026-10-02,50.00\n"
    at = read(page, ("odd.csv", odd))
    assert grid(at, "Taken for")["Taken for"].tolist().count("not used") == 0, "guessed from their content"
    (guessed,) = understand([("odd.csv", odd.encode())])
    assert [question.id for question in guessed.questions] == ["no_header"], "and asked about"
    mark = guessed.header_fingerprint
    fields = {0: "invoice_no", 1: "customer_name", 2: "issue_date", 3: "amount"}
    at.session_state["import_upload"] = replace(at.session_state["import_upload"], mapping={mark: fields})
    answer_all(difference(at.run()))
    book(at)
    assert owed(books) == Decimal("150.00")


def test_a_header_that_nobody_knows_is_asked_about_once_and_known_from_then_on(page: AppTest, books: Engine) -> None:
    rows = [f"{n},RE-{n},{('Alder Ltd', 'Birch plc')[n % 2]},2026-09-{n - 100:02d},{n}.50" for n in range(101, 121)]
    odd = "\n".join(["Spalte,Vorgang,Wer,Wann,Wieviel", *rows]) + "\n"
    at = read(page, ("odd.csv", odd))
    assert "No name in the header is known" in said(at)
    table = grid(at, "Taken for").set_index("Column")
    assert table.loc["Wer", ["Taken for", "Sure", "Why"]].tolist() == [
        "Customer name", "70 %", "words; 20 of 20 have the form of a company",
    ]  # fmt: skip
    at = difference(at)
    assert next(button for button in at.button if button.label.startswith("Book")).disabled
    answer_all(at)
    book(at)
    assert owed(books) == sum(Decimal(n) + Decimal("0.5") for n in range(101, 121))

    at = read(page, ("odd.csv", odd.replace("RE-", "RX-")))
    assert "Read as corrected on 20 Nov 2026" in said(at)
    assert "No name in the header is known" not in said(at)
    assert not next(button for button in difference(at).button if button.label.startswith("Book")).disabled


def test_a_table_of_something_else_says_what_it_lacks_and_how_to_say_otherwise(page: AppTest) -> None:
    rows = [f"Kiel,2026-09-{n:02d},-{n}.4,{n}.7" for n in range(10, 30)]
    at = read(page, ("weather.csv", "\n".join(["Station,Tag,Tmin,Tmax", *rows])))
    assert "is not recognised" in said(at)
    assert "its content shows no amount and neither numbers nor due dates of documents" in said(at)
    assert "choose under “Taken for” what its columns are" in said(at)


def reasons(at: AppTest) -> dict[str, str]:
    """Return, by column, why it was taken for what it was."""
    table = grid(at, "Taken for")
    return dict(zip(table["Column"], table["Why"], strict=True))


def test_drafts_are_left_out_unless_they_are_asked_for(page: AppTest, books: Engine) -> None:
    rows = INVOICES.replace("Currency\n", "Currency,Status\n").replace("EUR\nI-2", "EUR,Draft\nI-2")
    rows = rows.removesuffix("EUR\n") + "EUR,Sent\n"
    at = planned(page, ("drafts.csv", rows))
    assert tiles(at) == {"New": "1", "Left out": "1"}
    at.toggle(key="drafts").set_value(True).run()
    assert tiles(sound(at)) == {"New": "2"}
    book(at)
    assert owed(books) == Decimal("350.00")


def test_the_company_is_asked_for_before_the_first_booking(
    data_dir: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    at = read(open_page("imports.py", books="My books"), ("plain.csv", NO_CURRENCY))
    assert "1 invoice €100.00" in said(at)
    next(field for field in at.text_input if field.label == "Our company").set_value("Harbour")
    next(field for field in at.selectbox if field.label == "Reports in").set_value("GBP")
    next(button for button in at.button if button.label == "Save").click().run()
    assert "Saved. Reports are in GBP from now on." in said(sound(at))
    assert "1 invoice £100.00" in said(at)
    assert company_queries.profile(engine).currency == "GBP"
    assert not [field for field in at.text_input if field.label == "Our company"]


# --- other kinds of files ---------------------------------------------------------------------------------------------


def test_a_customers_file_says_what_it_creates_and_changes(page: AppTest, books: Engine) -> None:
    customers.create_customer(books, code="C1", name="Alder", actor=ANNA)
    rows = (
        "Customer number,Customer name,Contact name,Email,Terms,Owner,Credit limit\n"
        "C1,Alder,Ann Lee,ann@alder.example,30 days,Ana,5000\nC2,Birch,,post@birch.example,14 days,Bo,\n"
    )
    at = planned(page, ("customers.csv", rows))
    assert tiles(at) == {"New customers": "1", "Changed customers": "1"}
    table = grid(at, "What the files say")
    assert table["What"].str[0].tolist() == ["Changed", "New"]
    assert "owner Ana · terms 30 days · credit limit €5,000.00" in table["What the files say"][0]
    assert "Ann Lee ann@alder.example" in table["What the files say"][0]
    assert at.button(key="book").label == "Save 2 customers"
    book(at)
    assert "Booked 1 new customer from customers.csv" in said(at)


def test_balances_are_compared_and_never_booked(page: AppTest, books: Engine) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    rows = "Customer,Current,1 - 30,31 - 60,Total\nAlder Ltd,0,1000,2000,3000\nBirch plc,0,0,900,900\n"
    at = planned(page, ("summary.csv", "A/R Aging Summary\nAs of October 31 2026\n\n" + rows))
    assert tiles(at) == {"Balances that agree": "1", "Balances that differ": "1", "Left out": "3"}
    table = grid(at, "In the books")
    assert table[["Customer", "In the file", "In the books", "Difference"]].to_numpy().tolist() == [
        ["Total", 3900.0, 3800.0, 100.0],
        ["Birch plc", 900.0, 800.0, 100.0],
        ["Alder Ltd", 3000.0, 3000.0, 0.0],
    ]
    assert "1 of 2 balances differs" in said(at)
    assert at.button(key="book").disabled
    assert "Balances are compared and not booked." in said(at)


def test_what_is_not_owed_to_us_is_shown_with_its_reason(page: AppTest) -> None:
    quotes = "Quote number,Quote date,Customer,Total\nQ-1,2026-10-01,Alder,100.00\n"
    at = read(page, ("quotes.csv", quotes))
    assert "a quote is not owed, so nothing of it is booked" in said(at)
    assert at.button(key="to_difference").disabled
    assert "Nothing of this can be booked or compared" in said(at)


def test_the_exchange_pair_goes_in_as_it_came_out(page: AppTest, books: Engine, tmp_path: Path) -> None:
    book(planned(page, ("september.csv", SEPTEMBER)))
    pair = write_books(books)
    at = page
    at.button(key="undo_1").click().run()
    at.session_state["import_undo_asked"] = 1
    at.run()
    next(button for button in at.button if button.label == "Undo the import").click().run()
    at = planned(at, *pair.items())
    assert "arcore's own exchange files" in said(at.segmented_control[0].set_value(":material/check: 2 Columns").run())
    difference(at)
    book(at)
    assert owed(books) == Decimal("3800.00")


# --- bad input --------------------------------------------------------------------------------------------------------

XLSX = (ROOT / "data" / "samples" / "invoices-and-payments.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("blank.csv", b" \n\n \n", "blank.csv is empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "picture.csv is a picture (PNG)"),
        ("cut.xlsx", XLSX[: len(XLSX) // 2], "cut.xlsx"),
        ("noise.csv", bytes(range(256)) * 4000, "noise.csv"),
        ("page.csv", b"<!doctype html><html><body>Log in</body></html>", "page.csv is a web page without a table"),
        ("half.csv.gz", b"\x1f\x8b\x08\x00" + bytes(40), "half.csv.gz is not a complete gzip file"),
        ("words.txt", b"dear all\nplease find the list\n", "words.txt"),
    ],
)
def test_a_file_that_can_not_be_read_is_answered_with_one_sentence(
    page: AppTest, name: str, content: bytes, sentence: str
) -> None:
    at = read(page, (name, content))
    [error] = at.error
    assert sentence in error.value.replace("\\", "").replace("\u2060", "")
    assert at.button(key="to_difference").disabled


def test_a_bad_file_among_good_ones_is_left_out_and_said(page: AppTest, books: Engine) -> None:
    at = planned(page, ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(200)), ("invoices.csv", INVOICES))
    assert "The other files go on without it." in said(at)
    book(at)
    assert owed(books) == Decimal("350.00")
    assert [file.name for file in queries.history(books)[0].files] == ["invoices.csv"]


def test_a_day_that_does_not_exist_is_refused_and_the_other_lines_go_in(page: AppTest, books: Engine) -> None:
    rows = INVOICES.replace("2026-10-01,2026-10-31", "01/10/2026,31/02/2026").replace(
        "2026-10-05,2026-11-04", "25/10/2026,24/11/2026"
    )
    at = planned(page, ("dates.csv", rows))
    assert "1 line can't be booked" in said(at)
    assert "Due date 31/02/2026 does not exist" in said(at)
    table = grid(at, "What")
    assert table["What"].str[0].tolist() == ["Refused", "New"]
    assert table["Line"].tolist() == [2, 3]
    book(at)
    assert owed(books) == Decimal("250.00")
    assert queries.history(books)[0].refused[0].line == 2


def test_a_payment_larger_than_all_that_is_owed_stays_on_account(page: AppTest, books: Engine) -> None:
    book(planned(page, ("invoices.csv", INVOICES)))
    paid = (
        "Customer,Invoice number,Amount,Payment date,Payment method,Currency\n"
        "Alder Ltd,I-1,9000.00,2026-11-10,Wire,EUR\n"
    )
    book(planned(page, ("payments.csv", paid)))
    assert owed(books) == Decimal("-8650.00")
    with books.connect() as connection:
        applied = connection.execute(text("SELECT sum(amount) FROM application")).scalar_one()
    assert applied == 10000


def test_hostile_names_are_shown_as_they_are(page: AppTest, books: Engine) -> None:
    rows = INVOICES.replace("Alder Ltd", HOSTILE).replace("I-1", "=cmd()").replace("2026-10-31", "2026-02-31")
    at = read(page, ("*bold* $x$.csv", rows))
    assert "*bold* $x$.csv" in said(at)
    difference(at)
    assert HOSTILE in said(at)  # the refused line
    assert any(HOSTILE.replace("*Cedar*", "\\*Cedar\\*").split(" ")[0] in part.value for part in at.markdown)
    assert not [part for part in at.markdown if "![x]" in part.value]
    assert grid(at, "What")["Customer"].tolist() == [HOSTILE, HOSTILE]
    book(at)
    assert "*bold* $x$.csv" in said(at)


# --- the store --------------------------------------------------------------------------------------------------------


def test_books_that_can_not_be_written_are_said_and_nothing_is_lost(
    page: AppTest, books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from arcore.errors import Unavailable

    def read_only(*_args: object, **_kwargs: object) -> int:
        raise Unavailable("The books can't be written: the file is read-only")

    at = planned(page, ("invoices.csv", INVOICES))
    with monkeypatch.context() as patch:
        patch.setattr(drops, "commit", read_only)
        book(at)
    assert "The books can't be written" in said(at)
    assert at.button(key="book").label == "Book 2 changes"  # the plan still stands
    book(at)
    assert owed(books) == Decimal("350.00")


def test_books_that_are_gone_are_answered_with_a_sentence(page: AppTest, books: Engine, data_dir: Path) -> None:
    at = planned(page, ("invoices.csv", INVOICES))
    books.dispose()
    (data_dir / "arcore.db").unlink()
    at.button(key="book").click().run()
    if "import_job" in at.session_state:
        worker.wait(at.session_state["import_job"], 30)
        at.run()
    assert not at.exception
    assert at.error


def test_a_plan_is_made_again_when_the_books_moved_in_between(page: AppTest, books: Engine) -> None:
    at = planned(page, ("invoices.csv", INVOICES))
    alder = customers.create_customer(books, code="Alder Ltd", name="Alder Ltd", actor=ANNA)["customer"]
    ledger.post_invoice(
        books, customer_id=alder, document_date=date(2026, 10, 1), currency="EUR", details={"number": "I-1"},
        instalments=[(Decimal(100), date(2026, 10, 31))], actor=ANNA,
    )  # fmt: skip
    book(at)
    assert "The books changed meanwhile; the plan was made again." in said(at)
    assert tiles(at) == {"New": "1", "Unchanged": "1"}
    assert owed(books) == Decimal("100.00")
    book(at)
    assert owed(books) == Decimal("350.00")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold a booking half-way until the event is set, or until it is cancelled."""
    go, commit = threading.Event(), service.commit

    def slow(engine: Engine, plan: Any, **options: Any) -> int | None:
        options["progress"](0.5, "Writing")
        while not go.wait(0.01):
            if options["cancelled"]():
                raise Cancelled("Cancelled: nothing was booked")
        return commit(engine, plan, **options)

    monkeypatch.setattr(drops, "commit", slow)
    yield go
    go.set()


def test_progress_is_shown_and_a_stop_leaves_no_trace(page: AppTest, books: Engine, held: threading.Event) -> None:
    at = planned(page, ("invoices.csv", INVOICES))
    at.button(key="book").click().run()
    job = at.session_state["import_job"]
    at.run()
    assert not has_button(at, "book")
    at.button(key="cancel_job").click().run()
    heard = said(at)
    worker.wait(job, 30)
    assert "Cancelled: nothing was booked" in heard + said(sound(at.run()))
    assert owed(books) == 0
    assert queries.history(books) == []
    assert at.button(key="book").label == "Book 2 changes"


def test_a_reload_and_another_tab_find_the_booking_that_runs(
    page: AppTest, books: Engine, held: threading.Event, open_page: Open
) -> None:
    at = planned(page, ("invoices.csv", INVOICES))
    at.button(key="book").click().run()
    other = sound(open_page("imports.py", books="My books"))
    assert has_button(other, "cancel_job")
    held.set()
    worker.wait(at.session_state["import_job"], 30)
    assert "Booked 2 changes from invoices.csv" in said(other.run())
    assert "Booked 2 changes from invoices.csv" in said(at.run())
    assert owed(books) == Decimal("350.00")


def test_a_second_click_books_nothing_twice(page: AppTest, books: Engine) -> None:
    at = planned(page, ("invoices.csv", INVOICES))
    at.button(key="book").click().run()
    if "import_job" in at.session_state:
        worker.wait(at.session_state["import_job"], 30)
    at.run()
    assert len(queries.history(books)) == 1
    assert owed(books) == Decimal("350.00")


def test_files_of_two_companies_of_ours_stand_side_by_side(page: AppTest, books: Engine) -> None:
    alder = customers.create_customer(books, code="A", name="Alder Ltd", currency="EUR", actor=ANNA)["customer"]
    for entity in ("north", "south"):
        ledger.post_invoice(
            books, customer_id=alder, document_date=date(2026, 1, 1), currency="EUR", actor=ANNA,
            instalments=[(Decimal(1), date(2026, 1, 31))], details={"number": f"old {entity}", "entity": entity},
        )  # fmt: skip
    at = page
    for entity in ("north", "south"):
        at.file_uploader[0].upload("invoices.csv", NO_CURRENCY.encode())
        at.segmented_control(key="into").set_value("My books").run()
        at.selectbox(key="entity_mine").set_value(entity).run()
        at.button(key="read").click().run()
        assert f"for {entity}" in said(at)
        book(difference(at))
    found = aging(books, Filters(as_of=TODAY), by="entity")
    assert {row.key: row.open for row in found.cells} == {"north": 10_100, "south": 10_100}
    assert [row.open for row in found.totals] == [20_200]


def test_corrected_columns_are_kept_as_a_profile_that_the_next_file_is_read_by(page: AppTest, books: Engine) -> None:
    odd = "F1;F2;F3;F4\nAlder;R-1;13.10.2026;100,00\nBirch;R-2;14.10.2026;50,00\n"
    at = read(page, ("old.csv", odd))
    mark = understand([("old.csv", odd.encode())])[0].header_fingerprint
    fields = {0: "customer_name", 1: "invoice_no", 2: "issue_date", 3: "amount"}
    at.session_state["import_upload"] = replace(at.session_state["import_upload"], mapping={mark: fields})
    at.run()
    next(field for field in at.text_input if field.label == "What is the system called?").set_value("Our old ERP").run()
    next(button for button in at.button if button.label == "Save").click().run()
    assert "Profile our_old_erp saved; files with these headers are read by it from now on." in said(sound(at))
    (kept,) = own_profiles(books)
    assert (kept.title, kept.layouts[0].columns["f4"]) == ("Our old ERP", "amount")
    (found,) = understand([("next.csv", odd.encode())], own_profiles=own_profiles(books))
    assert (found.profile, found.questions) == ("our_old_erp", ())
    at.button(key="cancel_columns").click().run()
    assert "of your own" in str([one.label for one in at.expander])
    next(button for button in at.button if button.label == "Delete").click().run()
    assert own_profiles(books) == ()
    next(button for button in at.button if button.label.startswith("Undo")).click().run()
    assert [profile.name for profile in own_profiles(books)] == ["our_old_erp"]


# --- customers that may be somebody we have ---------------------------------------------------------------------------

KNOWN_CODES = """Customer code,Customer,Invoice number,Invoice date,Due date,Total,Currency
C1,Müller GmbH & Co. KG,I-1,2026-10-01,2026-10-31,100.00,EUR
"""
NEW_CODES = """Customer code,Customer,Invoice number,Invoice date,Due date,Total,Currency
C9,Mueller GmbH,I-9,2026-10-05,2026-11-04,70.00,EUR
"""


def test_a_look_alike_is_asked_about_without_holding_anything_up(page: AppTest, books: Engine) -> None:
    book(planned(page, ("one.csv", KNOWN_CODES)))
    at = planned(page, ("two.csv", NEW_CODES))
    assert "Mueller GmbH (C9) looks like Müller GmbH & Co. KG (C1): the same name but for the legal form; " in said(at)
    assert "1 open item there, €100.00." in said(at)
    assert not at.button(key="book").disabled
    control = next(one for one in at.segmented_control if str(one.key).startswith("same_"))
    control.set_value("same").run()
    sound(at)
    book(at)
    assert _rows(books, "SELECT code FROM customer WHERE merged_into_id IS NOT NULL") == [("C9",)]


def test_many_look_alikes_are_answered_together(page: AppTest, books: Engine) -> None:
    names = ("Alder", "Birch", "Cedar", "Dogwood")
    head = KNOWN_CODES.splitlines()[0]
    lines = [f"A{n},{name} Ltd,I-{n},2026-10-01,2026-10-31,10.00,EUR" for n, name in enumerate(names)]
    book(planned(page, ("one.csv", "\n".join([head, *lines, ""]))))
    lines = [f"B{n},{name.upper()} Limited,J-{n},2026-10-01,2026-10-31,10.00,EUR" for n, name in enumerate(names)]
    at = planned(page, ("two.csv", "\n".join([head, *lines, ""])))
    at.button(key="same_all_other").click().run()
    book(sound(at))
    assert _rows(books, "SELECT count(*) FROM customer WHERE merged_into_id IS NOT NULL") == [(0,)]
    assert _rows(books, "SELECT count(*) FROM cleanup_decision") == [(4,)]
