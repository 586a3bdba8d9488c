"""Reminders: the preview, going live, one and all, who gets none and why, what left and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.dunning import queries as dunning
from arcore.dunning import service
from arcore.dunning import worker
from arcore.dunning.queries import policy_in
from arcore.intake import papers
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.engine import reading
from arcore.store.unit import Actor
from pages.ui import reminder_desk
from pages.ui import reminder_golive
from pages.ui import reminder_message
from pages.ui import reminder_sending

ANNA = Actor("anna")
DAY = date(2026, 3, 31)
ALDER, BIRCH, CEDAR = 1, 2, 3
Open = Callable[..., AppTest]


@pytest.fixture
def books(small_books: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return my own books on 31 March 2026; Alder and hostile Cedar can be written to, Birch can not.

    Alder owes 150, 20 days late; Birch 300, 101 days late, with 40 not matched; Cedar 80, 39 days late.
    """
    monkeypatch.setenv("ARCORE_TODAY", DAY.isoformat())
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)  # a test clicks faster than people
    settings.cache_clear()
    company.save_profile(small_books, actor=ANNA, name="Harbour Supplies", sender="Harbour\nQuay 1", bank_details="X 1")
    for number in (ALDER, CEDAR):
        customers.save_contact(
            small_books, customer_id=number, role="payables", name=f"*Ann* {number}", email=f"a{number}@b.example",
            actor=ANNA,
        )  # fmt: skip
    return small_books


@pytest.fixture
def live(books: Engine) -> Engine:
    """Let reminders leave."""
    service.go_live(books, opening={}, daily_limit=0, actor=ANNA)
    return books


@pytest.fixture(autouse=True)
def _threads_end() -> Iterator[None]:
    """Let no run outlive its test."""
    yield
    for job in list(worker._jobs):
        worker.wait(job, 30)


@pytest.fixture
def page(open_page: Open) -> Callable[..., AppTest]:
    """Return a function that opens Reminders of my own books."""

    def opened(**query: str) -> AppTest:
        at = open_page("reminders.py", **({"books": "My books"} | query))
        assert not at.exception
        return at

    return opened


def seen(at: AppTest) -> str:
    """Return what the page says, without the marks that keep data from turning into Markdown."""
    parts: list[Element] = [*at.markdown, *at.caption, *at.error, *at.success, *at.warning, *at.info]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u2060", "")


def button(at: AppTest, label: str) -> Any:
    """Return the button whose label begins so."""
    return next(each for each in at.button if each.label.replace("\\", "").replace("\u2060", "").startswith(label))


def labels(at: AppTest) -> list[str]:
    """Return the labels of all buttons."""
    return [each.label for each in at.button]


def grid(at: AppTest, number: int = 0) -> Any:
    """Return a grid as a frame."""
    return at.dataframe[number].value


def facts_of(at: AppTest) -> dict[str, str]:
    """Return the facts above a letter, as said."""
    table = at.table[0].value
    cells = table.reset_index().to_numpy().tolist()
    plain = [[str(cell).replace("\\", "").replace("\u2060", "") for cell in row] for row in cells]
    return {row[0].removeprefix(":gray[").removesuffix("]"): row[1] for row in plain}


def finish(at: AppTest) -> AppTest:
    """Wait for the run that a click began, if it isn't over yet, and let the page say what it did."""
    if reminder_sending.JOB in at.session_state:
        worker.wait(at.session_state[reminder_sending.JOB], 60)
        at.run()
    return at


def files(folder: Path) -> list[Path]:
    """Return the letters that became files."""
    return sorted((folder / "outbox").rglob("*.eml"))


# --- before anything may leave ----------------------------------------------------------------------------------------


def test_before_going_live_everything_is_a_preview(books: Engine, page: Open, data_dir: Path) -> None:
    at = page()
    said = seen(at)
    assert "This is a preview: nothing leaves before" in said
    assert "Run of Tue 31 Mar 2026 · 2 due, €230 · 1 held back, €300 · letters become files" in said
    assert list(grid(at)["Asks for, EUR"]) == [150.0, 80.0]
    assert not any(label.startswith("Send 2") for label in labels(at))
    assert button(at, "Send this one").disabled
    assert [each.label for each in at.button if each.proto.type == "primary"] == ["Go live"]
    assert not files(data_dir)


def test_the_letter_stands_beside_the_list_with_its_proof(books: Engine, page: Open) -> None:
    at = page()
    facts = facts_of(at)
    assert facts["To"] == "*Ann* 1, a1@b.example"
    assert facts["Subject"] == "Reminder: 1 invoice, EUR 150.00 overdue"
    assert facts["Proof"] == "EUR 150.00 open = **150.00 asked**"
    assert facts["Before"] == "No reminder yet"
    assert "Dear *Ann* 1," in seen(at)
    assert [each.proto.label for each in at.get("download_button") if each.proto.label.endswith(".pdf")] == [
        "Statement-C1-2026-03-31.pdf"
    ]
    at.button(key="turn_chevron_right").click().run()
    assert facts_of(at)["To"] == "*Ann* 3, a3@b.example"


def test_one_confirmation_lets_reminders_leave_and_one_button_stops_them(books: Engine, page: Open) -> None:
    at = page(tab="golive")
    said = seen(at)
    for head in ("Sender", "Bank details", "Delivery", "Contacts", "Texts"):
        assert f"**{head}**" in said
    assert "3 overdue customers, 1 without an e-mail address" in said
    at.number_input[0].set_value(1)
    button(at, "Confirm and go live").click().run()
    assert "Reminders are live. Nothing has left yet" in seen(at)
    found = dunning.reminders(books, DAY)
    assert found.live
    assert found.policy.daily_limit == 1
    assert len(found.due) == 1  # the limit holds the smaller one back
    button(at, "Stop reminders").click().run()
    assert "Stopped. Nothing leaves until somebody confirms again" in seen(at)
    assert not dunning.reminders(books, DAY).live


@pytest.mark.parametrize(("cap", "steps"), [(0, [0, 0, 0]), (1, [1, 1, 1]), (2, [2, 1, 1])])
def test_first_messages_are_friendly_unless_somebody_says_otherwise(
    books: Engine, page: Open, cap: int, steps: list[int]
) -> None:
    rows = dunning.golive(books, DAY).opening
    assert [(one.row.who.code, one.by_days) for one in rows] == [("C2", 3), ("C1", 2), ("C3", 2)]
    assert [reminder_golive.first(one, cap) for one in rows] == steps
    at = page(tab="golive")
    at.session_state[reminder_golive.CAP] = cap
    at.run()
    button(at, "Confirm and go live").click().run()
    kept = {one.row.who.code: one.opening for one in dunning.golive(books, DAY).opening}
    assert [kept[code] for code in ("C2", "C1", "C3")] == steps


def test_a_company_without_a_name_cant_go_live(small_books: Engine, page: Open, monkeypatch: Any) -> None:
    monkeypatch.setenv("ARCORE_TODAY", DAY.isoformat())
    settings.cache_clear()
    at = page(tab="golive")
    assert button(at, "Confirm and go live").disabled
    assert "The company has no name yet" in seen(at)


# --- sending ----------------------------------------------------------------------------------------------------------


def test_one_is_sent_once_and_the_next_one_is_shown(live: Engine, page: Open, data_dir: Path) -> None:
    at = page()
    button(at, "Send this one").click().run()
    assert "Alder Ltd: reminder written to" in seen(at)
    assert len(files(data_dir)) == 1
    assert b"a1@b.example" in files(data_dir)[0].read_bytes()
    assert list(grid(at)["Asks for, EUR"]) == [80.0]
    assert facts_of(at)["To"] == "*Ann* 3, a3@b.example"
    assert not [label for label in labels(at) if label.startswith("Undo")]


def test_the_late_half_of_a_double_click_does_not_lead_to_who_was_just_reminded(
    live: Engine, page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page()
    assert at.query_params["customer"] == "C1"
    button(at, "Send this one").click().run()
    assert at.query_params["customer"] == "C3"
    at.query_params["customer"] = "C1"  # a browser that is slow sends the address of before along
    at.run()
    assert button(at, "Send this one")
    assert "Alder Ltd: reminder written to" in seen(at)
    assert at.query_params["customer"] == "C3"
    monkeypatch.setattr(reminder_desk, "LATE", -1.0)  # later it is a link, or the way back
    at.query_params["customer"] = "C1"
    at.run()
    assert facts_of(at)["Before"] == "Friendly reminder of 31 Mar 2026, today"


def test_a_paper_is_attached_with_one_click_and_named_in_the_outbox(live: Engine, page: Open, data_dir: Path) -> None:
    papers.add(live, files=[("INV-2 signed.pdf", b"%PDF-1.4 a"), ("POD INV-2.pdf", b"%PDF-1.4 b")], actor=ANNA)
    at = page(customer="C1")
    [pills] = [each for each in at.button_group if each.label == "Attach"]
    offered = [option.content.replace("\\", "") for option in pills.proto.options]
    assert offered == ["INV-2, invoice", "INV-2, proof of delivery"]
    pills.set_value([papers.papers(live)[0].id]).run()
    assert "1 of 2 attached" in seen(at)
    button(at, "Send this one").click().run()
    [row] = dunning.outbox(live, customer_id=ALDER)
    kept = dunning.message(live, row.message_id)
    assert [(one.number, one.kind) for one in kept.papers] == [("INV-2", "pod")]
    assert b"POD_INV-2.pdf" in files(data_dir)[0].read_bytes()
    at = page(tab="outbox")
    assert facts_of(at)["Papers"] == "INV-2, proof of delivery"


def test_all_papers_are_attached_with_one_click_and_taken_off_again(live: Engine, page: Open, data_dir: Path) -> None:
    papers.add(live, files=[("INV-2 signed.pdf", b"%PDF-1.4 a"), ("POD INV-2.pdf", b"%PDF-1.4 b")], actor=ANNA)
    at = page(customer="C1")
    assert "2 papers for 1 letter (1 invoice, 1 proof of delivery; 0.0 KB)" in seen(at)
    button(at, "Attach 2 papers").click().run()
    assert "2 of 2 attached" in seen(at)
    assert not [label for label in labels(at) if label.startswith("Attach")]
    button(at, "Undo: 2 papers attached to 1 letter").click().run()
    assert "2 of 2 attached" not in seen(at)
    button(at, "Attach 2 papers").click().run()
    button(at, "Take all off").click().run()
    assert "2 of 2 attached" not in seen(at)
    button(at, "Attach 2 papers").click().run()
    button(at, "Send 2 reminders").click().run()
    finish(at)
    [row] = dunning.outbox(live, customer_id=ALDER)
    assert {one.kind for one in dunning.message(live, row.message_id).papers} == {"invoice", "pod"}


def test_all_that_is_listed_is_sent_and_nothing_twice(live: Engine, page: Open, data_dir: Path) -> None:
    at = page()
    button(at, "Send 2 reminders").click().run()
    at = finish(at)
    assert "Wrote 2 reminders. The Outbox shows each as it left." in seen(at)
    assert len(files(data_dir)) == 2
    assert "Nobody is due a reminder" in seen(at)
    assert button(at, "Send 0 reminders").disabled
    at = page()
    assert button(at, "Send 0 reminders").disabled
    assert len(dunning.outbox(live)) == 2


def test_a_double_click_begins_one_run(live: Engine, page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    monkeypatch.setattr("pages.ui.forms.PAUSE", 5.0)
    start = worker.start

    def counted(*args: Any, **kwargs: Any) -> str:
        begun.append(kwargs["key"])
        return start(*args, **kwargs)

    monkeypatch.setattr(worker, "start", counted)
    at = page()
    button(at, "Send 2 reminders").click().run()
    at = finish(at)
    assert button(at, "Send 0 reminders").disabled
    assert len(begun) == 1
    assert len(dunning.outbox(live)) == 2


def test_only_what_is_listed_is_sent(live: Engine, page: Open) -> None:
    """Ana owns Alder and Cedar, Bo owns Birch: a filter narrows what Send sends."""
    customers.save_contact(live, customer_id=BIRCH, role="payables", email="b@b.example", actor=ANNA)
    at = page(owner="Bo")
    button(at, "Send 1 reminder").click().run()
    finish(at)
    assert [row.code for row in dunning.outbox(live)] == ["C2"]


def test_a_run_that_cant_go_on_says_how_far_it_came(live: Engine, page: Open, data_dir: Path) -> None:
    (data_dir / "outbox").write_text("a file where the folder should be")
    at = page()
    button(at, "Send 2 reminders").click().run()
    at = finish(at)
    said = seen(at)
    assert "1 of 2 were not tried" in said
    assert "1 refused" in said
    assert {row.state for row in dunning.outbox(live)} == {"refused"}
    at = page()
    button(at, "Send this one").click().run()
    assert "Not sent for certain to Alder Ltd, the message is refused" in seen(at)
    assert not at.success


def test_skipping_today_can_be_undone(live: Engine, page: Open) -> None:
    at = page()
    button(at, "Skip today").click().run()
    assert "Alder Ltd gets no reminder today" in seen(at)
    assert len(dunning.reminders(live, DAY).due) == 1
    button(at, "Undo: Alder Ltd is skipped today").click().run()
    assert len(dunning.reminders(live, DAY).due) == 2
    assert "Undone: Alder Ltd is skipped today." in seen(at)


def test_who_was_skipped_can_be_put_back(live: Engine, page: Open) -> None:
    service.skip(live, customer_id=ALDER, entity="main", day=DAY, actor=ANNA)
    at = page(customer="C1")
    assert facts_of(at)["Why"] == "Taken off today by anna"
    button(at, "Put back").click().run()
    assert len(dunning.reminders(live, DAY).due) == 2


def test_two_people_on_one_customer_the_second_is_told(live: Engine, page: Open, data_dir: Path) -> None:
    at = page()
    service.skip(live, customer_id=ALDER, entity="main", day=DAY, actor=Actor("bo"))
    service.unskip(live, customer_id=ALDER, entity="main", day=DAY, actor=Actor("bo"))
    button(at, "Send this one").click().run()
    assert "bo wrote here while you were looking" in seen(at)
    assert not files(data_dir)


# --- who gets none ----------------------------------------------------------------------------------------------------


def test_held_back_by_reason_with_sum_and_example(books: Engine, page: Open) -> None:
    at = page(tab="held")
    [reason] = grid(at).to_dict("records")
    assert (reason["Reason"], reason["Customers"], reason["Overdue, EUR"]) == ("No contact", 1, 300.0)
    assert reason["For example"] == "Birch GmbH"
    assert facts_of(at)["Proof"] == "EUR 300.00 open − 40.00 money not matched = **260.00 asked**"
    item = at.table[1].value.to_dict("records")[0]
    assert item["Taken off"].replace("\\", "") == "40.00 money not matched"


def test_what_is_not_due_yet_is_listed_and_not_asked(books: Engine, page: Open) -> None:
    ledger.post_invoice(
        books, customer_id=BIRCH, document_date=date(2026, 3, 1), currency="EUR", actor=ANNA,
        instalments=[(Decimal(70), date(2026, 3, 28))], details={"number": "INV-5"},
    )  # fmt: skip
    at = page(tab="held")
    assert facts_of(at)["Proof"] == "EUR 300.00 open − 40.00 money not matched = **260.00 asked**"
    items = at.table[1].value.to_dict("records")
    assert [(row["Taken off"].replace("\\", ""), row["Asked"]) for row in items] == [
        ("40.00 money not matched", 260.0),
        ("not due yet", 0.0),
    ]


def test_an_address_typed_beside_the_list_makes_a_reminder_due(live: Engine, page: Open) -> None:
    at = page(tab="held")
    next(each for each in at.text_input if each.label == "E-mail").input("not an address")
    button(at, "Save contact").click().run()
    assert "is no e-mail address" in seen(at)
    next(each for each in at.text_input if each.label == "E-mail").input("ap@birch.example")
    next(each for each in at.text_input if each.label == "Name").input("Bea")
    button(at, "Save contact").click().run()
    assert "Birch GmbH: letters go to ap@birch.example" in seen(at)
    found = dunning.reminders(live, DAY)
    assert [row.email for row in found.due] == ["ap@birch.example", "a1@b.example", "a3@b.example"]
    button(at, "Undo: the contact of Birch GmbH").click().run()
    assert len(dunning.reminders(live, DAY).due) == 2


def test_what_waits_for_approval_is_sent_one_by_one(live: Engine, page: Open, data_dir: Path) -> None:
    with reading(live) as session:
        policy = policy_in(session)
    service.save_policy(live, policy=replace(policy, approval_from=1), actor=ANNA)
    at = page()
    assert button(at, "Send 0 reminders").disabled
    at = page(tab="held")
    assert list(grid(at)["Reason"]) == ["Waits for approval", "No contact"]
    button(at, "Approve and send").click().run()
    assert len(files(data_dir)) == 1
    [row] = dunning.outbox(live)
    assert (row.code, row.approved_by) == ("C1", "local")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("C1", "*Ann* 1, a1@b.example"),
        ("C2", "nobody yet"),
    ],
)
def test_a_link_shows_a_customer_wherever_it_stands(books: Engine, page: Open, code: str, says: str) -> None:
    at = page(customer=code)
    assert facts_of(at)["To"] == says
    assert at.query_params["customer"] == ([code] if isinstance(at.query_params["customer"], list) else code)


def test_a_link_to_somebody_who_owes_nothing_overdue_says_so(books: Engine, page: Open) -> None:
    customers.create_customer(books, code="C9", name="Nine", actor=ANNA)
    at = page(customer="C9")
    assert "**C9** owes nothing that is overdue." in seen(at)
    assert "There is no customer *C404*." in seen(page(customer="*C404*"))


# --- what left --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(live: Engine) -> Engine:
    """Send what is due: to Alder, then to Cedar."""
    service.send_due(live, as_of=DAY, actor=ANNA)
    return live


def test_the_outbox_shows_each_message_as_it_left(sent: Engine, page: Open) -> None:
    at = page(tab="outbox")
    rows = grid(at).to_dict("records")
    assert [row["Asked"] for row in rows] == ["€80.00", "€150.00"]
    assert [list(row["State"]) for row in rows] == [["Sent"], ["Sent"]]
    facts = facts_of(at)
    assert facts["To"] == "a3@b.example"
    assert facts["Proof"] == "EUR 80.00 open = **80.00 asked**"
    files_ = [each.proto.label for each in at.get("download_button")]
    assert "The message as it left" in files_
    assert "Statement-C3-2026-03-31.pdf" in files_


def test_a_hostile_name_stays_text_in_the_message(sent: Engine, page: Open) -> None:
    kept = dunning.message(sent, dunning.outbox(sent)[0].message_id)
    shown = reminder_message.body(kept.raw)
    assert "<b>Co</b>" not in shown
    assert "<img" not in shown
    assert "<script" not in shown
    at = page(tab="outbox")
    assert not at.exception
    assert ":red[PAID]" not in "\n".join(str(each.value) for each in at.markdown)


def test_a_message_that_came_back_asks_for_another_address(sent: Engine, page: Open) -> None:
    at = page(tab="outbox")
    button(at, "Came back").click().run()
    assert dunning.counts(sent) == {"sent": 1, "bounced": 1}
    button(at, "Undo: message to").click().run()
    assert dunning.counts(sent) == {"sent": 2}
    button(at, "Came back").click().run()
    at = page(customer="C3")
    assert "another address is needed" in facts_of(at)["Why"]
    next(each for each in at.text_input if each.label == "E-mail").input("new@cedar.example")
    button(at, "Save contact").click().run()
    [row] = dunning.reminders(sent, DAY).due
    assert row.email == "new@cedar.example"
    button(at, "Undo: the contact of").click().run()
    assert not dunning.reminders(sent, DAY).due


def test_a_message_of_unknown_fate_is_settled_by_a_person(sent: Engine, page: Open) -> None:
    with sent.execution_options(write=True).begin() as connection:
        connection.execute(text("UPDATE message SET state = 'unknown' WHERE customer_id = 3"))
    at = page(tab="outbox")
    button(at, "It did not").click().run()
    assert dunning.counts(sent) == {"sent": 1, "refused": 1}
    button(at, "Undo: the message arrived after all").click().run()
    assert dunning.counts(sent) == {"sent": 2}


def test_the_outbox_is_found_by_customer_month_and_state(sent: Engine, page: Open) -> None:
    at = page(tab="outbox")
    next(each for each in at.selectbox if each.label == "Customer").select("C1").run()
    assert [row["Asked"] for row in grid(at).to_dict("records")] == ["€150.00"]
    assert at.query_params["customer"] in ("C1", ["C1"])
    next(each for each in at.selectbox if each.label == "Month").select(date(2026, 2, 1)).run()
    assert "No message found" in seen(at)


def test_what_left_is_whole(sent: Engine) -> None:
    kept = dunning.message(sent, dunning.outbox(sent)[0].message_id)
    [file] = reminder_message.attached(kept.raw)
    assert file.content.startswith(b"%PDF")
    assert message_from_bytes(kept.raw)["Subject"]


# --- all the rest -----------------------------------------------------------------------------------------------------


def test_what_comes_is_listed_by_day(books: Engine, page: Open) -> None:
    at = page(tab="coming")
    rows = grid(at).to_dict("records")
    assert rows
    assert all(date(2026, 3, 31) < row["Day"] <= date(2026, 4, 14) for row in rows)
    assert "Supposes that nothing is paid" in seen(at)


def test_another_day_is_only_looked_at(live: Engine, page: Open) -> None:
    at = page(as_of="2026-03-20")
    assert "This shows 20 Mar 2026; letters leave on the day itself, and that is 31 Mar 2026." in seen(at)
    assert button(at, "Send").disabled
    button(at, "Show today").click().run()
    assert "This shows" not in seen(at)
    assert not button(at, "Send 2 reminders").disabled


@pytest.mark.parametrize("tab", ["due", "held", "coming", "outbox", "golive"])
def test_who_may_only_look_changes_nothing(sent: Engine, page: Open, tab: str, monkeypatch: Any) -> None:
    service.mark_bounced(sent, message_id=dunning.outbox(sent)[0].message_id, actor=ANNA)
    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", role="viewer"))
    at = page(tab=tab)
    verbs = ("Send", "Skip", "Approve", "Save", "Came", "It did", "Confirm", "Stop", "Put", "Go live")
    for each in at.button:
        assert each.disabled or not each.label.startswith(verbs), each.label


@pytest.mark.parametrize("tab", ["due", "held", "coming", "outbox", "golive"])
def test_every_tab_of_the_sample_company_is_drawn(sample_books: Path, open_page: Open, tab: str) -> None:
    at = open_page("reminders.py", books="Sample company", tab=tab)
    assert not at.exception
    assert not at.error
    assert len([each for each in at.button if each.proto.type == "primary"]) <= 1


def test_the_sample_company_writes_its_letters_into_a_folder(
    sample_books: Path, open_page: Open, data_dir: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    at = open_page("reminders.py", books="Sample company", tab="golive")
    at.number_input[0].set_value(2)
    button(at, "Confirm and go live").click().run()
    at = open_page("reminders.py", books="Sample company")
    button(at, "Send 2 reminders").click().run()
    finish(at)
    assert len(list((data_dir / "outbox" / "sample").glob("*.eml"))) == 2


@pytest.mark.parametrize("tab", ["due", "held", "coming", "outbox", "golive"])
def test_complete_books_are_drawn(complete_books: Engine, page: Open, tab: str) -> None:
    page(tab=tab)


def test_empty_books_lead_to_an_upload(data_dir: Path, page: Open) -> None:
    assert "No invoices yet" in seen(page())


def test_nobody_overdue_says_so(books: Engine, page: Open) -> None:
    at = page(as_of="2025-12-01")
    assert "No customer owes anything that is overdue." in seen(at)
    assert "Nobody is held back" in seen(page(as_of="2025-12-01", tab="held"))
