"""Remittance messages: which invoices a payment is for, whichever element the sender put the amount into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from arcore.errors import NeedsAnswer
from arcore.intake.edi import read_remittance
from arcore.intake.reading import understand
from arcore.intake.understood import Understood

ISA = (
    "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *260904*1830*U*00401*000000820*0*P*>~\n"
    "GS*RA*BUYER*SELLER*20260904*1830*1*X*004010~\nST*820*0001~\n"
)
END = "GE*1*1~\nIEA*1*000000820~\n"
INVOICES = (
    "Customer,Invoice No,Invoice Date,Due Date,Amount,Currency\n"
    "Buyer Ltd,INV-1,2026-08-01,2026-08-31,500.00,USD\nBuyer Ltd,INV-2,2026-08-02,2026-09-01,250.00,USD\n"
)


def message(*segments: str, total: str = "300.00") -> str:
    """Return an 820 with a payment of `total` on 4 September and what else is given."""
    body = (f"BPR*C*{total}*C*ACH*CTX************20260904", "TRN*1*CHK-9", "N1*PR*BUYER CORPORATION", *segments)
    return ISA + "".join(f"{one}~\n" for one in body) + f"SE*{len(body) + 2}*0001~\n" + END


def shares(text: str) -> list[tuple[str, str]]:
    """Return invoice and amount of each line of a message."""
    return [(str(row[3]), str(row[5])) for row in read_remittance(text).sheet.rows[1:]]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (("RMR*IV*INV-1**100.00", "RMR*IV*INV-2**200.00"), [("INV-1", "100.00"), ("INV-2", "200.00")]),
        (("RMR*IV*INV-1*PO*320.00*300.00*20.00",), [("INV-1", "300.00")]),
        (("RMR*IV*INV-1**310.00", "ADX*-10.00*01"), [("INV-1", "310.00"), ("", "-10.00")]),
        ((), [("", "300.00")]),
    ],
    ids=["in its place", "paid and owed changed over", "with an adjustment", "no invoice named"],
)
def test_the_total_decides_what_each_invoice_gets(segments: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert shares(message(*segments)) == expected


def test_invoices_that_do_not_add_up_leave_the_payment_whole_and_say_so() -> None:
    found = read_remittance(message("RMR*IV*INV-1**100.00", "RMR*IV*INV-2**150.00"))
    assert [row[5] for row in found.sheet.rows[1:]] == ["300.00"]
    assert found.warnings == ("The invoices of payment CHK-9 add up to 250.00, not to 300.00; it is taken whole.",)


def test_a_wrong_count_of_segments_is_said_and_drops_nothing() -> None:
    text = message("RMR*IV*INV-1**300.00").replace("SE*6*", "SE*9*")
    assert read_remittance(text).warnings == ("The message says that it has 9 segments; it has 6.",)
    assert shares(text) == [("INV-1", "300.00")]


def test_edifact_with_marks_of_its_own_and_an_escaped_apostrophe() -> None:
    text = (
        "UNA:+.? 'UNB+UNOC:3+PAYER:ZZ+US:ZZ+260904:1022+1'UNH+1+REMADV:D:96A:UN'BGM+481+AV-7+9'"
        "DTM+137:20260904:102'NAD+PR+123++Bread ?' Butter'CUX+2:EUR:4'DOC+380+INV-1'MOA+9:500'MOA+12:480.50'"
        "DOC+380+INV-2'MOA+12:19.50'UNT+9+1'UNZ+1+1'"
    )
    rows = read_remittance(text).sheet.rows[1:]
    assert [tuple(row[:6]) for row in rows] == [
        ("AV-7", "2026-09-04", "Bread ' Butter", "INV-1", "EUR", "480.50"),
        ("AV-7", "2026-09-04", "Bread ' Butter", "INV-2", "EUR", "19.50"),
    ]


def test_a_message_without_payments_is_refused_with_the_reason(read_text: Callable[..., Understood]) -> None:
    found = read_text(ISA + "SE*2*0001~\n" + END, name="empty.edi")
    assert (found.kind, found.rows) == ("other", ())
    assert "no payment for invoices" in found.reason


def test_it_is_booked_for_the_customer_of_the_invoice_once_somebody_says_that_it_came(office: Any) -> None:
    office.take(*understand([("invoices.csv", INVOICES.encode())], currency="USD"))
    text = message("CUR*PR*USD", "RMR*IV*INV-1**100.00", "RMR*IV*INV-2**200.00").encode()
    told = understand([("remittance.edi", text)])
    with pytest.raises(NeedsAnswer, match="has this money arrived"):
        office.take(*told)
    answered = office.plan(*told, yes=True)
    assert not [party for party in answered.parties if party.ref < 0], "another spelling makes no new customer"
    office.take(*told, yes=True)
    assert office.open() == {"INV-1": "400.00", "INV-2": "50.00"}
    assert (office.cash(), office.whole()) == ("300.00", True)


def test_a_charge_of_stripe_pays_the_invoice_of_another_system_that_it_names(office: Any) -> None:
    office.take(*understand([("invoices.csv", INVOICES.encode())]))
    charges = (
        b"id,created,amount,amount_refunded,currency,fee,status,captured,customer_email,invoice_number\n"
        b"ch_1,2026-09-02 10:00,250.00,0.00,usd,7.55,Paid,true,,INV-2\n"
        b"ch_2,2026-09-03 10:00,40.00,0.00,usd,1.46,Paid,true,,\n"
        b"ch_3,2026-09-03 10:00,99.00,0.00,usd,0.00,Failed,true,,INV-1\n"
    )
    told = understand([("payments.csv", charges)])
    assert [(row.applies_to, row.customer_name) for row in told[0].rows if row.status != "void"] == [
        ("INV-2", ""),
        ("", "Stripe, payer not named"),
    ]
    office.take(*told)
    assert office.open() == {"INV-1": "500.00", "payment": "-40.00"}
    assert office.whole()
