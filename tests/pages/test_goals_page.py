"""Targets and notes where people meet them: the flag on a card, the list, the alert on the overview, the charts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.goals import queries
from arcore.goals import service
from arcore.store.unit import Actor
from pages.ui import trend_charts
from pages.ui.trend_charts import Band
from pages.ui.trend_charts import Line
from pages.ui.trend_charts import Note
from pages.ui.trend_charts import Target

D = Decimal
ANNA = Actor("anna")
Open = Callable[..., AppTest]
SHOWN = {"books": "My books", "as_of": "2026-03-31"}
HOSTILE = ":red[PAID] ![x](http://tracker.example/x.png)"


@pytest.fixture(autouse=True)
def _faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)  # a test clicks faster than people


def button(at: AppTest, label: str = "", key: str = "") -> Any:
    return next(each for each in at.button if (label and each.label == label) or (key and key in (each.key or "")))


def field(at: AppTest, kind: str, label: str) -> Any:
    return next(each for each in at.get(kind) if str(getattr(each, "label", "")).startswith(label))


def standing(books: Engine) -> list[tuple[str, str, Decimal]]:
    return [(goal.name, goal.segment, goal.value) for goal in queries.goals(books)]


def test_a_target_is_set_from_its_card_in_three_clicks_and_taken_back(complete_books: Engine, open_page: Open) -> None:
    at = open_page("trends.py", **SHOWN)
    button(at, key="aim_dso").click().run()
    assert any("lower is better" in text.value for text in at.markdown)
    field(at, "text_input", "Target").input("42.5")
    button(at, "Set the target").click().run()
    assert not at.exception
    [goal] = queries.goals(complete_books)
    assert (goal.name, goal.value, goal.valid_from) == ("dso.period_end", D("42.5"), date(2026, 3, 31))
    assert goal.high is not None
    assert any("target 42\\.5" in text.value for text in at.success)
    assert any("-badge[" in text.value and "target 42\\.5 days" in text.value for text in at.markdown)
    next(each for each in at.button if each.label.startswith("Undo")).click().run()
    assert standing(complete_books) == []


def test_what_is_no_number_is_refused(complete_books: Engine, open_page: Open) -> None:
    at = open_page("trends.py", **SHOWN)
    button(at, key="aim_dso").click().run()
    field(at, "text_input", "Target").input("forty")
    button(at, "Set the target").click().run()
    assert "is not a number" in at.error[0].value
    assert standing(complete_books) == []


def test_the_list_says_how_each_stands_and_withdraws_with_undo(complete_books: Engine, open_page: Open) -> None:
    service.set_target(
        complete_books, measure="overdue", value=D(500), high=D(520), currency="EUR", owner=HOSTILE, actor=ANNA
    )
    at = open_page("trends.py", view="Targets", **SHOWN)
    assert not at.exception
    [row] = next(each.value for each in at.dataframe if "State" in each.value).to_dict("records")
    assert (row["Measure"], row["For"], row["Now"], row["Gap"], row["State"]) == (
        "Overdue", "All customers", "€530", "€30 above", "Not met",
    )  # fmt: skip
    assert (row["Owner"], row["Outside since"], row["Alert"]) == (HOSTILE, "31 Mar", "above €520")
    button(at, "Withdraw").click().run()
    assert standing(complete_books) == []
    next(each for each in at.button if each.label.startswith("Undo")).click().run()
    assert standing(complete_books) == [("overdue.gross_debits", "", D(500))]


def test_the_list_opens_the_target_to_change_it(complete_books: Engine, open_page: Open) -> None:
    service.set_target(complete_books, measure="overdue", value=D(500), currency="EUR", actor=ANNA)
    at = open_page("trends.py", view="Targets", **SHOWN)
    button(at, "Change").click().run()
    assert field(at, "text_input", "Target").value == "500"
    field(at, "text_input", "Target").input("1,450.50")
    button(at, "Change the target").click().run()
    assert standing(complete_books) == [("overdue.gross_debits", "", D("1450.5"))]


@pytest.mark.parametrize(
    ("value", "first", "due", "said"),
    [
        (600, None, None, ":green[met]"),
        (500, None, None, ":red[not met] :gray[· €30 above]"),
        (500, date(2026, 3, 15), date(2026, 3, 31), ":red[missed] :gray[· €30 above]"),
        # 580 on 15 March: on the straight line to 500 on 30 April it is 552 now, to 500 on 5 April 519.
        (500, date(2026, 3, 15), date(2026, 4, 30), ":green[on track] :gray[· €30 above]"),
        (500, date(2026, 3, 15), date(2026, 4, 5), ":orange[at risk] :gray[· €30 above]"),
        (500, None, date(2026, 4, 30), ":gray[not met yet] :gray[· €30 above]"),
        (500, date(2026, 4, 1), None, ""),
    ],
)
def test_a_tile_says_how_its_target_stands_as_the_list_does(
    complete_books: Engine, open_page: Open, value: int, first: date | None, due: date | None, said: str
) -> None:
    service.set_target(
        complete_books, measure="overdue", value=D(value), currency="EUR", actor=ANNA, valid_from=first, due_on=due
    )
    told = [text.value.replace("\\", "") for text in open_page("overview.py", **SHOWN).markdown]
    assert any(f":small[:gray[target €{value},] {said}]" in text for text in told) == bool(said)
    if said:
        at = open_page("trends.py", view="Targets", **SHOWN)
        [row] = next(each.value for each in at.dataframe if "State" in each.value).to_dict("records")
        assert f"[{row['State'].lower()}]" in said


def test_settings_show_the_same_list(complete_books: Engine, open_page: Open) -> None:
    service.set_target(complete_books, measure="overdue", value=D(500), currency="EUR", actor=ANNA)
    at = open_page("settings.py", tab="Targets", **SHOWN)
    assert not at.exception
    assert any("State" in each.value for each in at.dataframe)


def test_an_alert_stands_on_the_overview_and_leads_to_its_explanation(complete_books: Engine, open_page: Open) -> None:
    at = open_page("overview.py", **SHOWN)
    assert not any("outside" in text.value for text in at.markdown)
    service.set_target(
        complete_books, measure="overdue", value=D(500), high=D(520), currency="EUR", actor=ANNA
    )  # fmt: skip
    at = open_page("overview.py", **SHOWN)
    assert any("1 measure is outside its band" in text.value for text in at.markdown)
    button(at, key="alert_overdue").click().run()
    assert not at.exception
    assert not at.error
    assert any(each.label == "Change the target" for each in at.button)


def test_a_note_is_added_shown_and_removed_with_undo(complete_books: Engine, open_page: Open) -> None:
    at = open_page("trends.py", **SHOWN)
    button(at, key="annotation_new").click().run()
    field(at, "text_input", "Note").input(HOSTILE)
    button(at, "Add the note").click().run()
    assert not at.exception
    [note] = queries.chart_notes(complete_books)
    assert (note.day, note.text) == (date(2026, 3, 31), HOSTILE)
    assert any("**1** 31 Mar 2026" in text.value and "\\:" in text.value for text in at.markdown)
    button(at, key="remove_").click().run()
    assert queries.chart_notes(complete_books) == ()
    next(each for each in at.button if each.label.startswith("Undo")).click().run()
    assert [note.text for note in queries.chart_notes(complete_books)] == [HOSTILE]


def test_who_may_only_look_sets_nothing(
    complete_books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.set_target(complete_books, measure="overdue", value=D(500), currency="EUR", actor=ANNA)
    service.add_annotation(complete_books, day=date(2026, 3, 1), text="New terms", actor=ANNA)
    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", role="viewer"))
    at = open_page("trends.py", **SHOWN)
    assert button(at, key="annotation_new").disabled
    assert button(at, key="remove_").disabled
    button(at, key="aim_dso").click().run()
    assert button(at, "Set the target").disabled
    at = open_page("trends.py", view="Targets", **SHOWN)
    assert all(button(at, label).disabled for label in ("New target", "Change", "Withdraw"))


# --- the charts -------------------------------------------------------------------------------------------------------

DAYS = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
LINE = Line("DSO", "main", [40.0, 50.0, 45.0], ["40.0", "50.0", "45.0"])
NOTES = [Note(date(2026, 2, 10), 1, "New terms"), Note(date(2026, 2, 20), 2, "Eve left"), Note(date(2020, 1, 1), 3, "")]


def data(spec: Any, key: str) -> list[dict[str, Any]]:
    return [row for layer in spec["layer"] for row in layer.get("data", {}).get("values", []) if key in row]


def test_a_chart_shows_its_notes_as_numbered_rules_and_on_hover() -> None:
    spec = trend_charts.lines(DAYS, [LINE], notes=NOTES)
    rules = [layer for layer in spec["layer"] if layer["mark"]["type"] == "rule" and "params" not in layer]
    assert [row["words"] for layer in rules for row in layer["data"]["values"]] == ["New terms", "Eve left"]
    texts = [layer for layer in spec["layer"] if layer["encoding"].get("text", {}).get("field") == "number"]
    assert [(layer["mark"]["dy"], [row["number"] for row in layer["data"]["values"]]) for layer in texts] == [
        (0, ["1"]), (13, ["2"]),
    ]  # fmt: skip
    assert [row["note"] for row in data(spec, "note")] == ["–", "1 New terms; 2 Eve left", "–"]


def test_a_bar_carries_the_note_of_its_month() -> None:
    spec = trend_charts.bars(DAYS, LINE, notes=NOTES[:1])
    assert [row["note"] for row in spec["data"]["values"]] == ["–", "1 New terms", "–"]
    [rule] = [layer for layer in spec["layer"] if layer["mark"]["type"] == "rule"]
    assert [row["day"] for row in rule["data"]["values"]] == ["2026-02-01"]
    plain = trend_charts.bars(DAYS, LINE)
    assert not [layer for layer in plain["layer"] if layer["mark"]["type"] == "rule"]


def test_limits_are_drawn_where_they_are_in_sight() -> None:
    spec = trend_charts.lines(DAYS, [LINE], target=Target(42.0, "target 42"), band=Band(None, 48.0))
    assert {row["value"] for row in data(spec, "role") if row["role"] == "bad"} == {48.0}
    far = trend_charts.lines(DAYS, [LINE], band=Band(None, 480.0))
    assert not [row for row in data(far, "role") if row["role"] == "bad"]
