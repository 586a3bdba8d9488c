"""Papers in PDF: matched by name or text, kept once, found at their document; hostile ones harm nothing."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from arcore.dunning.queries import offered
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.intake import papers
from arcore.intake.paper_pages import picture
from arcore.intake.paper_text import read_pdf
from arcore.store.unit import Actor

ANNA = Actor("anna")


def pdf(text: str = "") -> bytes:
    """Make a PDF of one page with a line of text."""
    stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET"
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[5 0 R]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Length {len(stream)}>> stream\n{stream}\nendstream",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 3 0 R>>>>>>",
    ]
    made, places = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += f"{number} 0 obj {body} endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(bodies) + 1
    ending = f"trailer <</Size {size}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF"
    return f"{made}xref\n0 {size}\n0000000000 65535 f \n{table}{ending}".encode()


@pytest.fixture
def told(office: Any, files: Any) -> Any:
    """Return an office with invoices INV-1001 and INV-1002."""
    office.take(
        files.listed(
            files.document("INV-1001", "100.00", "2026-05-01", left="100.00"),
            files.document("INV-1002", "50.00", "2026-05-02", left="50.00"),
        )
    )
    return office


def test_papers_find_their_document_by_name_then_by_text(told: Any) -> None:
    done = papers.add(
        told.engine, actor=ANNA,
        files=[
            ("scan_inv-1001_signed.pdf", pdf("nothing here")),
            ("scan 7.pdf", pdf("Delivery note for invoice INV-1002")),
            ("both.pdf", pdf("INV-1001 and INV-1002")),
            ("holiday.pdf", pdf("greetings")),
        ],
    )  # fmt: skip
    assert (done["added"], done["matched"], done["known"]) == (4, 2, 0)
    kept = {one.name: (one.number, one.kind, one.matched_by) for one in papers.papers(told.engine)}
    assert kept["scan_inv-1001_signed.pdf"] == ("INV-1001", "invoice", "name")
    assert kept["scan 7.pdf"] == ("INV-1002", "pod", "text")
    notes = {one.name: one.note for one in papers.papers(told.engine, unmatched=True)}
    assert notes["both.pdf"] == "Its text names 2 documents: say which it belongs to"
    assert notes["holiday.pdf"].startswith("No number of a document")


def test_the_same_paper_is_kept_once_and_comes_back_as_it_was(told: Any) -> None:
    content = pdf("INV-1001")
    papers.add(told.engine, files=[("a.pdf", content), ("b.pdf", content)], actor=ANNA)
    assert papers.add(told.engine, files=[("c.pdf", content)], actor=ANNA)["known"] == 1
    [one] = papers.papers(told.engine)
    assert papers.content_of(told.engine, one.id) == content
    assert told.rows("SELECT size FROM attachment") == [{"size": len(content)}]


def test_somebody_says_where_it_belongs_and_takes_it_away_again(told: Any) -> None:
    papers.add(told.engine, files=[("x.pdf", pdf("hello"))], actor=ANNA)
    [one] = papers.papers(told.engine, unmatched=True)
    [(document, words)] = papers.find_documents(told.engine, "1002")
    assert words == "INV-1002 · Alder"
    papers.assign(told.engine, attachment_id=one.id, document_id=document, kind="po", actor=ANNA)
    [kept] = papers.papers(told.engine, document_id=document)
    assert (kept.number, kept.kind, kept.matched_by) == ("INV-1002", "po", "anna")
    papers.remove(told.engine, attachment_ids=[one.id], actor=ANNA)
    assert papers.papers(told.engine) == []
    papers.remove(told.engine, attachment_ids=[one.id], back=True, actor=ANNA)
    assert len(papers.papers(told.engine, document_id=document)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + bytes(range(256)) * 50,
        b"%PDF-1.4\ntrailer <</Root 1 0 R>>\n1 0 obj <</Type/Catalog/Pages 1 0 R>> endobj",
        b"%PDF-1.4\n4 0 obj <</Filter/FlateDecode>> stream\n" + zlib.compress(b"0" * 50_000_000) + b"\nendstream",
        b"%PDF-",
    ],
)
def test_a_damaged_or_hostile_pdf_is_kept_with_a_sentence(told: Any, content: bytes) -> None:
    papers.add(told.engine, files=[("bad.pdf", content)], actor=ANNA)
    [one] = papers.papers(told.engine, unmatched=True)
    assert one.note
    assert papers.content_of(told.engine, one.id) == content


def test_a_locked_pdf_says_so_and_its_name_still_counts(told: Any) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    assert "locked" in read_pdf(out.getvalue()).note
    assert papers.add(told.engine, files=[("INV-1001.pdf", out.getvalue())], actor=ANNA)["matched"] == 1


def test_what_is_no_pdf_or_not_allowed_is_refused(told: Any) -> None:
    with pytest.raises(BadInput, match="is no PDF"):
        papers.add(told.engine, files=[("a.pdf", b"MZ")], actor=ANNA)
    with pytest.raises(NotAllowed):
        papers.add(told.engine, files=[("a.pdf", pdf())], actor=Actor("vera", "viewer"))
    assert papers.papers(told.engine) == []


def test_a_reminder_is_offered_the_papers_of_its_documents_and_of_older_versions_of_them(told: Any, files: Any) -> None:
    papers.add(told.engine, actor=ANNA, files=[("INV-1001.pdf", pdf("a")), ("INV-1002.pdf", pdf("b"))])
    told.take(files.listed(files.document("INV-1001", "130.00", "2026-05-01", left="130.00")))
    newest = told.rows("SELECT id FROM document WHERE number = 'INV-1001' AND reverses_id IS NULL ORDER BY id DESC")
    [one] = offered(told.engine, [newest[0]["id"]])
    assert (one.name, one.number, one.kind) == ("INV-1001.pdf", "INV-1001", "invoice")
    assert offered(told.engine, []) == ()


def test_giving_and_taking_away_are_put_back_as_they_were(told: Any) -> None:
    papers.add(told.engine, files=[("scan INV-1001.pdf", pdf("x"))], actor=ANNA)
    [one] = papers.papers(told.engine)
    done = papers.assign(told.engine, attachment_id=one.id, document_id=None, actor=ANNA)
    [taken] = papers.papers(told.engine, unmatched=True)
    assert (taken.note, papers.count(told.engine)) == ("Taken from its document", (1, 1))
    papers.put_back(told.engine, attachment_id=one.id, before=done["before"], actor=ANNA)
    assert papers.papers(told.engine) == [one]


def test_papers_are_found_by_name_number_and_customer(told: Any) -> None:
    done = papers.add(told.engine, files=[("INV-1001.pdf", pdf("a")), ("pod INV-1002.pdf", pdf("b"))], actor=ANNA)
    for words, count in (("1001", 1), ("alder", 2), ("alder pod", 1), ("oak", 0), ("%", 2)):
        assert len(papers.papers(told.engine, find=words)) == count, words
    assert len(papers.papers(told.engine, most=1)) == 1
    papers.remove(told.engine, attachment_ids=done["ids"], actor=ANNA)
    assert papers.count(told.engine) == (0, 0)


def test_a_paper_finds_its_document_once_an_import_brings_it(told: Any, files: Any, monkeypatch: Any) -> None:
    given = [("scan 7.pdf", pdf("Delivery note for invoice INV-2001")), ("INV-2002.pdf", pdf("x")), ("a.pdf", pdf("b"))]
    papers.add(told.engine, files=given, actor=ANNA)
    assert papers.count(told.engine) == (3, 3)
    monkeypatch.setattr(papers, "read_pdf", None)  # what is known of the text is kept
    told.take(
        files.listed(files.document("INV-2001", "10.00", "2026-05-03"), files.document("INV-2002", "9.00", "05-04"))
    )
    kept = {one.name: (one.number, one.kind, one.matched_by) for one in papers.papers(told.engine)}
    assert kept["scan 7.pdf"] == ("INV-2001", "pod", "text")
    assert kept["INV-2002.pdf"] == ("INV-2002", "invoice", "name")
    assert kept["a.pdf"] == ("", "invoice", "")


def test_what_somebody_took_away_is_not_tried_again_and_papers_of_before_are_read_once(told: Any, files: Any) -> None:
    papers.add(told.engine, files=[("INV-1001.pdf", pdf("a")), ("b.pdf", pdf("for INV-2001"))], actor=ANNA)
    [one] = papers.papers(told.engine, unmatched=False)
    papers.assign(told.engine, attachment_id=one.id, document_id=None, actor=ANNA)
    with told.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attachment SET words = NULL")
    told.take(files.listed(files.document("INV-2001", "10.00", "2026-05-03")))
    assert [(k.name, k.number) for k in papers.papers(told.engine)] == [("b.pdf", "INV-2001"), ("INV-1001.pdf", "")]
    assert papers.try_again(told.engine, actor=ANNA) == 0
    seqs = told.rows("SELECT audit_seq FROM ledger_head")
    assert papers.try_again(told.engine, actor=ANNA) == 0
    assert told.rows("SELECT audit_seq FROM ledger_head") == seqs, "nothing found, nothing written"


def test_a_page_is_drawn_as_a_picture_and_what_can_not_be_drawn_harms_nothing() -> None:
    made = picture(pdf("Delivery note"))
    assert made is not None
    with Image.open(io.BytesIO(made)) as image:
        assert image.width == round(595 / 72 * 110)
        assert image.convert("L").getextrema() == (0, 255), "there is ink on the paper"
    assert picture(pdf("Delivery note"), 2) is None
    assert picture(b"%PDF-1.7\n" + bytes(range(256))) is None
