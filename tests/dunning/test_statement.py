"""The statement of account: every open item, the same bytes, many pages, whatever names hold."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import date
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from arcore.company.profile import Profile
from arcore.dunning import statement
from arcore.dunning import wording
from arcore.dunning.figures import Figures
from arcore.dunning.letters import Addressee
from arcore.dunning.listing import listings
from arcore.dunning.parts import Payment
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Proof
from arcore.dunning.proof import prove

DAY = date(2026, 11, 20)
OURS = wording.from_setting({})
HARBOUR = Profile(name="Harbour Supplies", sender="Harbour Supplies Ltd\nQuay 1, Whitby")
BIRCH = Addressee(7, "C0007", "Birch GmbH")
HOSTILE = "*Cedar* _b_ #strong[x] $x^2$ @ref <lab> \\ ~ [f] `c` // no /* no */ = - + 1. \u202eRUE"


def debt(number: int, late: int, units: int, **other: Any) -> Debt:
    """Return a debt that is `late` days past due on DAY."""
    due = DAY - timedelta(days=late)
    facts = {"document": f"INV-{number}", "kind": "invoice", "entity": "main", "currency": "EUR"} | other
    return Debt(
        item_id=number, document_id=number, document_date=due - timedelta(days=30), due_date=due,
        original_due_date=due, invoiced=units, open=units, **facts,
    )  # fmt: skip


def proved(*items: Debt, disputed: dict[int, int] | None = None) -> Proof:
    """Prove debts as on DAY."""
    return prove(7, "main", DAY, items, disputed=disputed or {}, planned=set())


def made(proof: Proof, language: str = "en", customer: Addressee = BIRCH, profile: Profile = HARBOUR) -> bytes:
    """Return the statement that goes with the letter about a proof."""
    figures = Figures("de" if language == "de" else "en_GB")
    payments = [Payment("Please pay to:", (), (("IBAN", "DE89"),))]
    lists = listings(proof, 5)
    return statement.make(proof, lists, payments, profile, customer, OURS.languages[language], figures, DAY)


def pages(pdf: bytes) -> list[str]:
    """Return the words of each page."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


FOUR = proved(
    debt(1, 40, 100_00),
    debt(2, 10, 200_00, po_number="PO 4711"),
    debt(3, 2, 50_00),
    debt(4, -10, 300_00),
    debt(5, 6, -30_00, kind="credit_note"),
    disputed={2: 60_00},
)  # asked: 100 − 30 credit + 200 − 60 disputed = 210; 50 is only just overdue


def test_it_lists_every_open_item_and_foots() -> None:
    (page,) = pages(made(FOUR))
    for line in (
        "INV-1 11 Sep 2026 11 Oct 2026 40 100.00 100.00 – 70.00",
        "INV-2 Your order PO 4711 11 Oct 2026 10 Nov 2026 10 200.00 200.00 60.00 140.00",
        "INV-3 19 Oct 2026 18 Nov 2026 2 50.00 50.00 – –",
        "INV-4 31 Oct 2026 30 Nov 2026 – 300.00 300.00 – –",
        "INV-5 Credit note 15 Oct 2026 14 Nov 2026 – −30.00 −30.00 – –",
        "Overdue 350.00 60.00 210.00",
        "Not due yet 300.00",
        "Your credits −30.00",
        "Open balance 620.00",
        "Overdue 350.00 less covered by your credit notes −30.00 less in dispute −60.00 less only just overdue −50.00",
        "less only just overdue −50.00 Asked for in our letter of 20 Nov 2026 210.00",
    ):
        assert line in page


def test_it_speaks_german() -> None:
    (page,) = pages(made(FOUR, "de"))
    assert "Kontoauszug Stand 20. November 2026" in page
    assert "Offener Saldo 620,00" in page
    assert "Angemahnt in unserem Schreiben vom 20.11.2026 210,00" in page
    assert "Seite 1 von 1" in page


def test_the_same_input_gives_the_same_bytes() -> None:
    assert made(FOUR) == made(FOUR)
    assert made(FOUR) != made(proved(debt(1, 40, 100_01)))


def test_it_is_a4_and_has_no_date_of_its_own() -> None:
    reader = PdfReader(io.BytesIO(made(FOUR)))
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert reader.metadata is not None
    assert reader.metadata.creation_date is None
    assert reader.metadata.title == "Statement of account"


def test_many_items_go_over_pages_that_are_numbered_and_headed() -> None:
    found = pages(made(proved(*(debt(number, 30 + number % 50, 100 + number) for number in range(300)))))
    assert len(found) > 5
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert "C0007 · Birch GmbH" in page
    with_rows = [page for page in found if "INV-" in page]
    assert all("Document Date Due Days late Invoiced Open In dispute Asked now" in page for page in with_rows)
    assert sum(len(re.findall(r"INV-\d+ ", page)) for page in found) == 300
    assert f"Open balance {sum(100 + n for n in range(300)) / 100:,.2f}" in found[-1]


def test_hostile_names_are_printed_as_they_are() -> None:
    proof = proved(debt(1, 40, 100_00, document=HOSTILE, po_number=HOSTILE))
    profile = Profile(name=HOSTILE, sender=f"{HOSTILE}\n{HOSTILE}")
    found = " ".join(pages(made(proof, customer=Addressee(7, HOSTILE, HOSTILE), profile=profile)))
    kept = "".join("*Cedar* _b_ #strong[x] $x^2$ @ref <lab> \\ ~ [f] `c` // no /* no */ = - + 1. RUE".split())
    # sender twice, customer, its number, document, order, then the foot of the page with number and name
    assert "".join(found.split()).count(kept) == 8


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Ångström & Søn, Łódź", "Ångström & Søn, Łódź"),
        ("Кирилл Ελλάς", "Кирилл Ελλάς"),
        ("陈有限公司", "?????"),
        ("شركة", "شركة"),
        ("Cedar 😀 →", "Cedar ? →"),
        ("a\x00b\x07c", "a b c"),
        ("€ £ ¥ — “x” …", "€ £ ¥ — “x” …"),
    ],
)
def test_what_the_fonts_lack_is_seen_to_be_lacking_and_never_raises(name: str, drawn: str) -> None:
    assert statement.drawn(name) == drawn
    (page,) = pages(made(FOUR, customer=Addressee(7, "C0007", name)))
    assert "C0007" in page


def test_every_sign_it_claims_to_draw_is_in_the_fonts(tmp_path: Path) -> None:
    page = tmp_path / "signs.typ"
    page.write_text('#set text(font: "Libertinus Serif")\n#sys.inputs.signs.split(" ").join(linebreak())')

    def glyphs(signs: str) -> list[str]:
        svg: Any = typst.compile(page, format="svg", sys_inputs={"signs": signs}, ignore_system_fonts=True)
        return re.findall(r'<use [^>]*href="#(\w+)"', (svg if isinstance(svg, bytes) else b"".join(svg)).decode())

    (nothing,) = set(glyphs("陈 ไ 😀"))  # what is drawn for a sign that no font has
    drawn = [chr(code) for code in range(0x21, 0x10000, 7) if statement.drawn(chr(code)) == chr(code)]
    letters = [sign for sign in drawn if unicodedata.category(sign)[0] in "LNS"]
    assert len(letters) > 250
    assert nothing not in glyphs(" ".join(letters))


def test_an_endless_name_is_cut() -> None:
    assert len(statement.drawn("x" * 10_000)) == 300


def test_the_name_of_the_file_is_safe() -> None:
    english = OURS.languages["en"]
    assert statement.file_name("C0007", english, DAY) == "Statement-C0007-2026-11-20.pdf"
    assert statement.file_name("../../ä<b>\x00", english, DAY) == "Statement-b-2026-11-20.pdf"
    assert statement.file_name("陈", english, DAY) == "Statement-2026-11-20.pdf"


def test_without_a_letter_it_says_what_is_open() -> None:
    proof = proved(debt(4, -10, 300_00))
    (page,) = pages(made(proof))
    assert "Open balance 300.00" in page
    assert "Asked for in our letter" not in page
    (empty,) = pages(made(proved()))
    assert "Nothing is open on this account." in empty
