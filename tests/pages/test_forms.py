"""A form writes once, however it was clicked; what was typed stays when it was refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import forms


def script() -> None:
    import streamlit as st

    from arcore.errors import RuleBroken
    from pages.ui import forms

    def post(form: forms.Form) -> str:
        amount = form.value("amount")
        if amount == "bad":
            raise RuleBroken("The *books* say no")
        if amount == "crash":
            raise ZeroDivisionError("secret")
        st.session_state.setdefault("written", []).append((form.token, amount))
        return f"Booked {amount}"

    with forms.form("receipt") as form:
        st.text_input("Amount", key=form.key("amount"))
        form.submit("Book", post)
    forms.outcome("receipt")


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(script).run()


def press(at: AppTest, amount: str) -> AppTest:
    at.text_input[0].input(amount)
    return at.button[0].click().run()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [100.0]
    monkeypatch.setattr("pages.ui.forms.time.monotonic", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def test_a_write_says_what_it_did_and_empties_the_form(at: AppTest, clock: Callable[[float], None]) -> None:
    press(at, "50")
    assert [message.value for message in at.success] == ["Booked 50"]
    assert at.text_input[0].value == ""
    clock(forms.STAYS + 1)
    at.run()
    assert len(at.success) == 0


def test_the_second_half_of_a_double_click_leaves_what_was_said(at: AppTest, clock: Callable[[float], None]) -> None:
    press(at, "50")
    clock(2 * forms.PAUSE)  # a slow machine is that late with the second half
    at.run()
    assert [message.value for message in at.success] == ["Booked 50"]
    clock(forms.STAYS)
    at.run()
    assert len(at.success) == 0


def test_what_was_said_ends_with_the_next_write(at: AppTest, clock: Callable[[float], None]) -> None:
    press(at, "50")
    clock(1.0)
    press(at, "bad")
    assert len(at.success) == 0
    assert len(at.error) == 1
    clock(1.0)
    press(at, "60")
    assert [message.value for message in at.success] == ["Booked 60"]
    assert len(at.error) == 0


def test_the_second_half_of_a_double_click_writes_nothing(at: AppTest, clock: Callable[[float], None]) -> None:
    press(at, "50")
    clock(0.3)
    press(at, "50")
    assert len(at.session_state["written"]) == 1
    clock(1.0)
    press(at, "60")
    assert [amount for _, amount in at.session_state["written"]] == ["50", "60"]


def test_each_write_has_a_key_of_its_own(at: AppTest, clock: Callable[[float], None]) -> None:
    press(at, "50")
    clock(1.0)
    press(at, "60")
    (first, _), (second, _) = at.session_state["written"]
    assert first != second


def test_a_refusal_is_its_sentence_and_keeps_what_was_typed(at: AppTest) -> None:
    press(at, "bad")
    assert [message.value for message in at.error] == ["The \\*books\\* say no"]
    assert at.text_input[0].value == "bad"
    assert "written" not in at.session_state


def test_a_failure_is_a_reference_and_keeps_the_key_for_a_safe_retry(at: AppTest) -> None:
    token = at.session_state["receipt_token"]
    press(at, "crash")
    assert "secret" not in at.error[0].value
    assert at.session_state["receipt_token"] == token


def dialogs() -> None:
    import streamlit as st

    from pages.ui import forms

    st.button("Open", key="open", on_click=forms.begin, args=("receipt",))
    forms.once("receipt").button("Book", lambda _: "Booked", name="book")
    forms.outcome("receipt")


def test_a_dialog_opened_anew_does_not_say_what_the_one_before_did() -> None:
    at = AppTest.from_function(dialogs).run()
    at.button[1].click().run()
    assert len(at.success) == 1
    at.button(key="open").click().run()
    assert len(at.success) == 0
