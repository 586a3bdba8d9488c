"""What letters say, as a company changes it: kept, refused with line and reason, taken back, in other languages."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine
from sqlalchemy import select

from arcore.company.queries import profile
from arcore.dunning import texts
from arcore.dunning import wording
from arcore.dunning.sandbox import LONGEST
from arcore.dunning.sandbox import BadTemplate
from arcore.errors import BadInput
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.store.engine import reading
from arcore.store.tables import AuditEvent
from arcore.store.unit import Actor

ANNA = Actor("anna")
GOOD = "{{ greeting }}\n\nPlease pay {{ total }}.\n\n{{ table }}\n\n{{ payment }}"


def save(engine: Engine, body: str = GOOD, subject: str = "Hello {{ code }}", **other: object) -> None:
    """Save a text for the first step in English."""
    facts: dict[str, object] = {"language": "en", "step": 1, "actor": ANNA} | other
    texts.save_text(engine, subject=subject, body=body, **facts)


def test_a_new_store_has_our_texts_in_two_languages(engine: Engine) -> None:
    found = texts.texts(engine)
    assert list(found.languages) == ["en", "de"]
    assert found.languages["de"].text(1).subject.startswith("Zahlungserinnerung")
    assert not any(found.is_own(code, step) for code in found.languages for step in wording.STEPS)


def test_our_texts_and_words_pass_their_own_check() -> None:
    for code in wording.OURS:
        for step in wording.STEPS:
            wording.check(wording.ours(code, step))
        wording.check_words(code, wording.our_words(code))
        assert set(wording.our_words(code)) == set(wording.our_words("en"))


def test_a_text_is_kept_and_taken_back(engine: Engine) -> None:
    save(engine)
    found = texts.texts(engine)
    assert found.languages["en"].text(1) == wording.Text("Hello {{ code }}", GOOD)
    assert found.is_own("en", 1)
    assert found.languages["en"].text(2) == wording.ours("en", 2)
    texts.reset_text(engine, language="en", step=1, actor=ANNA)
    assert texts.texts(engine).languages["en"].text(1) == wording.ours("en", 1)


def test_our_own_text_saved_again_is_not_the_companys(engine: Engine) -> None:
    ours = wording.ours("en", 1)
    save(engine, body=ours.body.replace("\n", "\r\n"), subject=ours.subject)  # as a browser sends it
    assert not texts.texts(engine).is_own("en", 1)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{{ table }}\n{{ payment", "Text: line 2: unexpected end of template"),
        ("{{ table }}{{ payment }}\n\n{{ customr }}", "Text: line 3: there is no 'customr'"),
        ("{{ table }}", "Text: it does not show {{ payment }}"),
        ("{{ payment }}", "Text: it does not show {{ table }}"),
        ("{{ table }}{{ payment }}{{ total.__class__ }}", "there is no '__class__' in total"),
        ("{{ table }}{{ payment }}{{ ''.__class__.__mro__ }}", "there is no"),
        ("{{ table }}{{ payment }}{{ total.upper() }}", "only plural and counted can be called"),
        ("{{ table }}{{ payment }}{{ 'x' * 10**9 }}", "arithmetic can't stand in a letter"),
        ("{{ table }}{{ payment }}{{ range(9) }}", "only plural and counted can be called"),
        ("{{ table }}{{ payment }}{{ total|center(10**9) }}", "the filter 'center' can't stand in a letter"),
        ("{{ table }}{{ payment }}{% set x = 1 %}", "{% set %} can't stand in a letter"),
        ("{{ table }}{{ payment }}{% macro m() %}{% endmacro %}", "{% macro %} can't stand in a letter"),
        ("{{ table }}{{ payment }}{% include '/etc/passwd' %}", "{% include %} can't stand in a letter"),
        ("{{ table }}{{ payment }}{{ broken[0] }}", "[…] can't stand in a letter"),
        ("{{ table }}{{ payment }}{% for a in 'xyz' %}{% endfor %}", "a loop goes over broken"),
        (
            "{{ table }}{{ payment }}{% for a in broken %}{% for b in broken %}{% endfor %}{% endfor %}",
            "a loop inside a loop",
        ),
        ("{{ table }}{{ payment }}{% for a in broken %}{{ a.due }}{% endfor %}{{ a.due }}", "'a' is undefined"),
        ("{{ table }}{{ payment }}{{ plural(total, 'a', 'b') }}", "can't be written"),
        ("x" * (LONGEST + 1), "at most 20,000 characters"),
        ("{% if 1 %}" * 2000 + "{% endif %}" * 2000, "Text: "),
    ],
)
def test_a_text_that_can_be_no_letter_is_refused_and_the_one_before_stays(
    engine: Engine, body: str, sentence: str
) -> None:
    save(engine)
    with pytest.raises(BadTemplate) as refused:
        save(engine, body=body)
    assert sentence in refused.value.message
    assert texts.texts(engine).languages["en"].text(1).body == GOOD


def test_a_subject_is_checked_like_a_text(engine: Engine) -> None:
    with pytest.raises(BadTemplate, match="Subject: line 1"):
        save(engine, subject="{{ nobody }}")
    with pytest.raises(BadTemplate, match="needs a subject"):
        save(engine, subject="  \n ")


def test_the_line_of_a_mistake_is_told(engine: Engine) -> None:
    with pytest.raises(BadTemplate) as refused:
        save(engine, body="{{ table }}\n{{ payment }}\n\n{% if %}")
    assert refused.value.details["line"] == 4


def test_a_language_is_added_as_a_copy_of_english_and_translated(engine: Engine) -> None:
    texts.add_language(engine, language="fr", actor=ANNA)
    found = texts.texts(engine)
    assert list(found.languages) == ["en", "de", "fr"]
    assert found.languages["fr"].name == "French"
    assert found.languages["fr"].text(2) == wording.ours("en", 2)
    texts.save_words(engine, language="fr", words={"asked": "À payer", "invoices": "facture|factures"}, actor=ANNA)
    save(engine, body=GOOD.replace("Please pay", "Veuillez payer"), language="fr")
    french = texts.texts(engine).pick("fr-BE")
    assert french.code == "fr"
    assert french.say("asked") == "À payer"
    assert "Veuillez" in french.text(1).body
    texts.remove_language(engine, language="fr", actor=ANNA)
    assert texts.texts(engine).pick("fr-BE").code == "en"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "there already"),
        ("de", "there already"),
        ("xx-nonsense", "no language"),
        ("../x", "no language"),
        ("", "no"),
    ],
)
def test_a_language_that_is_none_or_there_is_refused(engine: Engine, language: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        texts.add_language(engine, language=language, actor=ANNA)


def test_languages_that_come_with_arcore_stay(engine: Engine) -> None:
    with pytest.raises(BadInput, match="come with arcore"):
        texts.remove_language(engine, language="de", actor=ANNA)
    with pytest.raises(BadInput, match="add the language first"):
        save(engine, language="fr")
    with pytest.raises(BadInput, match="no step 4"):
        save(engine, step=4)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"nothing": "x"}, "no word"),
        ({"asked": " "}, "1 to 300"),
        ({"pay": "Pay"}, r"have to hold \{amount\}"),
        ({"open": "x" * 301}, "1 to 300"),
    ],
)
def test_words_that_would_spoil_a_letter_are_refused(engine: Engine, words: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        texts.save_words(engine, language="en", words=words, actor=ANNA)


def test_a_value_is_never_read_as_a_place_to_fill_in() -> None:
    english = wording.from_setting({}).languages["en"]
    assert english.say("greeting_name", name="{name} {0.__class__}") == "Dear {name} {0.__class__},"


def test_who_may_not_change_settings_changes_no_letter(engine: Engine) -> None:
    for role in ("viewer", "collector"):
        with pytest.raises(NotAllowed):
            save(engine, actor=Actor("vera", role=role))
    assert not texts.texts(engine).is_own("en", 1)


def test_saving_happens_once_and_the_audit_names_the_letter_not_its_words(engine: Engine) -> None:
    save(engine, key="k1")
    save(engine, key="k1")
    with pytest.raises(KeyReused):
        save(engine, subject="Other", key="k1")
    with reading(engine) as session:
        rows = session.execute(select(AuditEvent.verb, AuditEvent.changed)).all()
    assert [(verb, json.loads(changed)) for verb, changed in rows] == [
        ("save_letter_text", {"language": "en", "step": 1})
    ]
    assert not profile(engine).set_up  # nothing else of the company was touched


def test_languages_with_more_forms_than_two_count_right() -> None:
    from arcore.dunning.figures import Figures

    polish = Figures("pl")
    forms = ("faktura", "faktury", "faktur")
    assert [polish.counted(n, *forms) for n in (1, 2, 5, 22)] == ["1 faktura", "2 faktury", "5 faktur", "22 faktury"]
    assert Figures("ja").counted(3, "件") == "3 件"
