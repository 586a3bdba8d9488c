"""Customers files: contacts by role, limits, what is doubtful; and the template that people fill in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from arcore.intake.customers import TEMPLATE_COLUMNS
from arcore.intake.customers import template
from arcore.intake.reading import understand
from arcore.intake.understood import BALANCES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import Understood

ReadText = Callable[..., Understood]


def filled(*rows: str) -> bytes:
    """Return the template with rows filled in."""
    return template() + "".join(row + "\r\n" for row in rows).encode()


def test_the_template_filled_in_comes_back_field_by_field() -> None:
    (found,) = understand(
        [
            (
                "customers.csv",
                filled(
                    'C1,Alder,C0,Ann,payables,ann@alder.example,+49 1,de,30 days,Mia,SMB,DE,EUR,"10,000.00",5000,no',
                    "C1,Alder,C0,Bob,sales,bob@alder.example,,en_GB,30 days,Mia,SMB,DE,EUR,,,",
                    "C2,Birch,,,,,,,,,,,USD,,,yes",
                ),
            )
        ]
    )
    assert found.kind == CUSTOMERS
    assert [match.field for match in found.columns if not match.field] == [], "every column of the template is known"
    ann, bob, birch = found.customers
    assert (ann.code, ann.name, ann.parent, ann.contact_name, ann.role) == ("C1", "Alder", "C0", "Ann", "payables")
    assert (ann.email, ann.phone, ann.language, ann.terms) == ("ann@alder.example", "+49 1", "de", "30 days")
    assert (ann.owner, ann.segment, ann.region, ann.currency) == ("Mia", "SMB", "DE", "EUR")
    assert (ann.credit_limit, ann.insured_limit, ann.inactive) == (Decimal("10000.00"), Decimal(5000), False)
    assert (bob.role, bob.language, bob.credit_limit) == ("sales", "en-GB", None)
    assert birch.inactive
    assert found.customer_keys() == ("C1", "C2")


def test_one_letter_keys_of_languages_are_those_of_sap() -> None:
    table = (
        b"KUNNR,NAME1,LAND1,SPRAS\r\n0000100001,Alder AG,DE,D\r\n0000100002,Birch Ltd,GB,E\r\n0000100003,Cedro,ES,S\r\n"
    )
    (found,) = understand([("KNA1.csv", table)])
    assert [(one.name, one.language) for one in found.customers] == [
        ("Alder AG", "de"),
        ("Birch Ltd", "en"),
        ("Cedro", "es"),
    ]


def test_the_template_is_a_csv_that_excel_opens() -> None:
    assert template().startswith(b"\xef\xbb\xbfCustomer number,")
    assert len(TEMPLATE_COLUMNS) == len(set(TEMPLATE_COLUMNS))


def test_a_bad_limit_and_an_unknown_currency_are_refused_with_their_line() -> None:
    (found,) = understand(
        [("c.csv", filled("C1,Alder,,,,,,,,,,,EUR,12..3,,", "C2,Birch,,,,,,,,,,,XQZ,,,", "C3,Cedar,,,,,,,,,,,EUR,5,,"))]
    )
    assert [(row.line, row.reason) for row in found.refused] == [
        (2, "Credit limit 12..3 is not an amount"),
        (3, "Currency XQZ is not known"),
    ]
    assert [one.code for one in found.customers] == ["C3"]


def test_a_doubtful_address_is_dropped_and_the_customer_stays(read_text: ReadText) -> None:
    found = read_text(
        "Customer,Email\n"
        "Alder,none\n"
        "Birch,a@b\n"
        "Cedar,one@cedar.example; two@cedar.example\n"
        "Dogwood,ap@dogwood.example\n"
    )
    assert [one.email for one in found.customers] == ["", "", "one@cedar.example", "ap@dogwood.example"]
    assert found.warnings == ("2 e-mail addresses are none and are left empty: none, a@b.",)


def test_names_in_two_columns_and_repeated_headers(read_text: ReadText) -> None:
    found = read_text(
        "Organization,Phone,First Name,Last Name,Email,Phone\n"
        "Alder,,Ann,Ash,ann@alder.example,123\n"
        ",,Bob,Beech,b@b.example,9\n"
    )
    assert [(one.name, one.contact_name, one.phone) for one in found.customers] == [
        ("Alder", "Ann Ash", "123"),
        ("Bob Beech", "Bob Beech", "9"),
    ]


def test_balances_per_customer_are_compared_and_not_booked(read_text: ReadText) -> None:
    found = read_text(
        "Customer,Current,1-30,31-60,61-90,> 90,Total\n"
        "Alder,5.00,0.00,0.00,0.00,1.00,6.00\n"
        "Total,5.00,0.00,0.00,0.00,1.00,6.00\n"
    )
    assert (found.kind, found.rows) == (BALANCES, ())
    assert [one.name for one in found.customers] == ["Alder"]
    assert "compared" in found.reason


def test_a_customer_called_total_is_no_total_row(read_text: ReadText) -> None:
    found = read_text("Customer,Email\nTotal Energies SE,ap@total.example\nTotal,\n")
    assert [one.name for one in found.customers] == ["Total Energies SE"]
    assert found.left_out == {"total": 1}
