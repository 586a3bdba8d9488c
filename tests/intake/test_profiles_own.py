"""Profiles of one's own: made from a corrected file, refused with the line, saved, shared, deleted and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.intake.profiles import built_in
from arcore.intake.profiles import check_name
from arcore.intake.profiles_own import delete_own
from arcore.intake.profiles_own import name_of
from arcore.intake.profiles_own import own_profiles
from arcore.intake.profiles_own import profile_text
from arcore.intake.profiles_own import save_own
from arcore.intake.profiles_read import read_profile
from arcore.intake.reading import understand
from arcore.intake.understood import GUESSED
from arcore.intake.understood import Understood
from arcore.store.unit import Actor

ANNA = Actor("Anna")
LOOKER = Actor("Vera", role="viewer")
STRANGE = b"F1;F2;F3;F4;Invoice Date\nAcme;R-1;100,00;60,00;03/04/2026\nAcme;R-2;50,00;50,00;05/04/2026\n"
"""A file whose headers nobody can know: customer, number, amount, open amount."""
FIELDS = {0: "customer_name", 1: "invoice_no", 2: "amount", 3: "open_amount"}
MINIMAL = 'name = "my_erp"\n[[layout]]\nheaders = ["F1", "F2"]\n'


def one(content: bytes, **options: object) -> Understood:
    (found,) = understand([("file.csv", content)], **options)  # type: ignore[arg-type]
    return found


def test_a_corrected_file_becomes_a_profile_that_reads_the_next_one_by_itself(sqlite_engine: Engine) -> None:
    corrected = one(STRANGE, mapping=FIELDS, day_first=True)
    assert [str(row.amount) for row in corrected.rows] == ["100.00", "50.00"]
    save_own(sqlite_engine, profile_text(corrected, "My ERP (new)"), actor=ANNA)
    own = own_profiles(sqlite_engine)
    assert [(profile.name, profile.title) for profile in own] == [("my_erp_new", "My ERP (new)")]
    other = STRANGE.replace(b"R-1", b"R-9") + b"Beta;R-3;1,00;1,00;01/05/2026\n"
    found = one(other, own_profiles=own)
    assert found.profile == "my_erp_new"
    assert [
        (row.number, str(row.amount), str(row.open_amount), row.document_date and row.document_date.day)
        for row in found.rows
    ] == [
        ("R-9", "100.00", "60.00", 3),
        ("R-2", "50.00", "50.00", 5),
        ("R-3", "1.00", "1.00", 1),
    ]
    guessed = one(other)
    assert guessed.confidence < found.confidence, "without the profile nobody knows these columns"
    assert any(column.why.startswith(GUESSED) for column in guessed.columns)


def test_it_is_found_below_titles_and_asked_for_by_name(sqlite_engine: Engine) -> None:
    save_own(sqlite_engine, profile_text(one(STRANGE, mapping=FIELDS), "My ERP"), actor=ANNA)
    own = own_profiles(sqlite_engine)
    titled = b"Our list;;;;\n;;;;\n" + STRANGE
    found = one(titled, own_profiles=own, profile="my_erp")
    assert (found.header_row, len(found.rows)) == (3, 2)
    check_name("my_erp", own)
    with pytest.raises(BadInput, match="There is no profile “my_epr”; there are my_erp, akaunting"):
        check_name("my_epr", own)


def test_what_is_saved_can_be_replaced_deleted_and_taken_back(sqlite_engine: Engine) -> None:
    assert save_own(sqlite_engine, MINIMAL, actor=ANNA)["before"] == ""
    changed = save_own(sqlite_engine, MINIMAL + 'kind = "payments"\n', actor=ANNA)
    assert changed["before"] == MINIMAL
    gone = delete_own(sqlite_engine, "my_erp", actor=ANNA)
    assert own_profiles(sqlite_engine) == ()
    save_own(sqlite_engine, str(gone["before"]), actor=ANNA)
    (back,) = own_profiles(sqlite_engine)
    assert back.layouts[0].kind == "payments"
    with pytest.raises(NotFound):
        delete_own(sqlite_engine, "nobody", actor=ANNA)


def test_a_viewer_changes_no_profile_and_nobody_takes_a_built_in_name(sqlite_engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        save_own(sqlite_engine, MINIMAL, actor=LOOKER)
    with pytest.raises(BadInput, match="“xero” is a profile of arcore itself"):
        save_own(sqlite_engine, MINIMAL.replace("my_erp", "xero"), actor=ANNA)
    assert own_profiles(sqlite_engine) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name = "my_erp"\n[[layout]\n', "breaks off in line 2"),
        ('name = "My ERP"\n[[layout]]\nheaders = ["A", "B"]\n', "line 1: “My ERP” is no name"),
        ('name = "my_erp"\n', "it has no \\[\\[layout\\]\\]"),
        ('name = "my_erp"\n[[layout]]\nheaders = ["A"]\n', "line 3: a layout names at least two headers"),
        (MINIMAL + '[layout.columns]\n"F1" = "custmer"\n', "line 5: “custmer” is no field"),
        (MINIMAL + 'kind = "bills"\n', "line 4: “bills” is not possible for kind"),
        (MINIMAL + "[types]\ninvoce = []\n", "line 5: “invoce” is unknown under \\[types\\]"),
        (MINIMAL + "[signs]\npayment = 'negative'\n", "line 5: “payment” is not known in \\[signs\\]"),
        ('name = "my_erp"\nlayout = 3\n', "it has no"),
        ("name = 3\n", "name is a text in quotation marks"),
        ("x" * 100_001, "at most 100,000 are read"),
    ],
)
def test_a_bad_profile_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_profile(text)


def test_odd_headers_survive_the_way_through_toml() -> None:
    content = 'Kunde "A";Re\\Nr;Betrag [€];Datum\nAcme;1;5,00;13.01.2026\n'.encode()
    text = profile_text(one(content, mapping={0: "customer_name", 1: "invoice_no"}), "Ümlaut & Söhne")
    assert read_profile(text).name == name_of("Ümlaut & Söhne") == "mlaut_s_hne"
    assert 'headers = ["Kunde \\"A\\"", "Re\\\\Nr", "Betrag [€]", "Datum"]' in text


def test_every_built_in_profile_says_what_it_is_for() -> None:
    assert len(built_in()) >= 20
    for profile in built_in():
        assert profile.about.endswith("."), profile.name
        assert read_profile(profile.text) == profile
