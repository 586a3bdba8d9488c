"""Which names are alike and which are not, as a table; many customers at once."""

from __future__ import annotations

import random
import time

import pytest

from arcore.customers.likeness import alike
from arcore.customers.likeness import mail_domain
from arcore.customers.likeness import phone_mark
from arcore.customers.likeness import same_spelling
from arcore.customers.likeness import tax_mark
from arcore.customers.lookalikes import Someone
from arcore.customers.lookalikes import among
from arcore.customers.lookalikes import beside


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Müller GmbH & Co. KG", "Mueller GmbH", "legal form"),
        ("Smith & Sons Ltd", "Smith and Sons Limited", "legal form"),
        ("SMITH & SONS LTD.", "Smith + Sons Ltd", "the same name"),
        ("Muller AG", "Müller AG", "the same name"),
        ("Straßenbau Köhler", "Strassenbau Koehler", "the same name"),
        ("Ørsted A/S", "Orsted AS", "the same name"),
        ("Société Générale S.A.", "Societe Generale SA", "the same name"),
        ("Gärtner G.m.b.H.", "Gaertner GmbH", "the same name"),
        ("Kowalski Sp. z o.o.", "Kowalski sp zoo", "the same name"),
        ("Hansen Logistics", "Logistics Hansen", "another order"),
        ("Nord-West AG", "Nordwest AG", "one word"),
        ("ACME International Inc", "Acme Intl.", "abbreviated"),
        ("J. Smith", "John Smith", "abbreviated"),
        ("Weber Elektr. GmbH", "Weber Elektrotechnik GmbH", "abbreviated"),
        ("Hartmann Logistik", "Hartman Logistik", "slip"),
        ("Hartmann Logistik", "Hartmann Logisitk", "slip"),
        ("Siemenns AG", "Siemens AG", "slip"),
    ],
)
def test_alike(one: str, other: str, why: str) -> None:
    there, back = alike(one, other), alike(other, one)
    assert there is not None
    assert why in there.why
    assert there == back


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bau 1 GmbH", "Bau 2 GmbH"),
        ("Filiale 12 Nord", "Filiale 21 Nord"),
        ("Customer 00010", "Customer 00011"),
        ("Nord AG", "Nord-West AG"),
        ("Nord GmbH", "Süd GmbH"),
        ("Rhein AG", "Rhein Holding AG"),
        ("Müller GmbH", "Müller Deutschland GmbH"),
        ("Müller Bau", "Müller Baustoffe"),
        ("Maier GmbH", "Meier GmbH"),
        ("Bauer AG", "Baur AG"),
        ("Alpha Bau GmbH", "Beta Bau GmbH"),
        ("Hartmann Logistik", "Bartmann Logistik"),
        ("GmbH", "AG"),
        ("", "Alder"),
        ("...", "..."),
    ],
)
def test_not_alike(one: str, other: str) -> None:
    assert alike(one, other) is None
    assert alike(other, one) is None


def test_the_surest_is_the_same_spelling_and_each_difference_takes_off() -> None:
    scores = [
        found.score
        for other in ("ALDER MILLS LTD", "Alder Mills Inc", "Mills Alder Ltd", "Aldder Mills Ltd")
        if (found := alike("Alder Mills Ltd", other)) is not None
    ]
    assert scores == [100, 97, 95, 88]


def test_a_name_cut_off_by_a_narrow_column_is_the_same_spelling() -> None:
    assert same_spelling("Hartmann Logistik und Tra", "Hartmann Logistik und Transport GmbH")
    assert not same_spelling("Hartmann Logistik", "Birch Paper")


def test_marks_beside_the_name() -> None:
    assert mail_domain("Ann.Lee@Alder.example ") == "alder.example"
    assert mail_domain("ann@gmail.com") == mail_domain("no address") == ""
    assert phone_mark("+49 (0)30 123 456 78") == phone_mark("030/12345678")
    assert phone_mark("110") == ""


def test_new_customers_are_compared_with_known_ones_and_with_each_other() -> None:
    known = [Someone(1, ("Alder Ltd",)), Someone(2, ("Birch Paper AG", "Old Oak GmbH"), ("ap@birch.example",))]
    new = [
        Someone(-1, ("ALDER limited",)),
        Someone(-2, ("Oak, Old",)),
        Someone(-3, ("Cedar",), ("office@birch.example",)),
        Someone(-4, ("Cédar Inc",)),
    ]
    found = [(pair.ref, pair.other, pair.why) for pair in beside(new, known)]
    assert found == [
        (-4, -3, "the same name but for the legal form"),
        (-1, 1, "the same name but for the legal form"),
        (-2, 2, "the same words in another order"),
        (-3, 2, "the same domain of e-mail"),
    ]


def test_a_phone_number_of_many_says_nothing() -> None:
    crowd = tuple(Someone(number, (f"Name{number}",), (), ("030 1234567",)) for number in range(1, 5))
    assert among(crowd) == ()
    assert [pair.why for pair in among(crowd[:2])] == ["the same phone number"]


def test_thousands_are_compared_in_a_moment() -> None:
    draw = random.Random(7)
    sounds = ["".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)) for _ in range(9000)]
    known = [Someone(n, (f"{sounds[n % 9000].title()} Werke{chr(97 + n % 26)} GmbH",)) for n in range(20_000)]
    new = [Someone(-n - 1, (f"{sounds[n].upper()} WERKE{chr(97 + n % 26)} AG",)) for n in range(1000)]
    began = time.process_time()
    found = beside(new, known)
    assert time.process_time() - began < 5
    assert {pair.ref for pair in found} == {one.ref for one in new}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("DE 123 456 789", "DE123456789", True),
        ("123456789", "DE-123456789", True),
        ("ESB12345678", "B12345678", True),
        ("27AAPFU0939F1ZV", "27 AAPFU 0939 F1ZV", True),
        ("DE123456789", "AT123456789", False),
        ("DE123456789", "DE123456780", False),
    ],
)
def test_tax_numbers_are_compared_without_blanks_and_country(one: str, other: str, same: bool) -> None:
    mine, theirs = tax_mark(one), tax_mark(other)
    assert mine is not None
    assert theirs is not None
    assert mine.equals(theirs) is same


def test_what_is_no_tax_number_says_nothing() -> None:
    assert [tax_mark(text) for text in ("", "n/a", "000000000", "12-34", "unknown number")] == [None] * 5


def taxed(ref: int, name: str, number: str) -> Someone:
    return Someone(ref, (name,), tax_numbers=(number,))


def test_the_same_tax_number_tells_the_same_customer_under_quite_another_name() -> None:
    (pair,) = among((taxed(1, "Alder Ltd", "GB 123 4567 89"), taxed(2, "Old Oak plc", "123456789")))
    assert (pair.score, pair.why) == (98, "the same tax number")


def test_another_tax_number_speaks_against_names_that_are_alike() -> None:
    slip = (taxed(1, "Friedrichsen GmbH", "DE123456789"), taxed(2, "Friedrichson GmbH", "DE987654321"))
    assert among(slip) == (), "almost the same name and another number: two customers"
    assert [pair.why for pair in among((slip[0], slip[1]._replace(tax_numbers=())))] != []
    (pair,) = among((taxed(1, "Alder Ltd", "DE123456789"), taxed(2, "ALDER LTD", "DE987654321")))
    assert (pair.score, pair.why) == (55, "the same name, but another tax number")
    (kept,) = among((taxed(1, "Alder Ltd", "DE123456789"), taxed(2, "Alder Ltd", "143/123/12345")))
    assert kept.why == "the same name", "numbers of two kinds don't contradict each other"


def test_a_tax_number_of_a_whole_group_says_nothing() -> None:
    assert among(tuple(taxed(n, f"Name{n}", "DE123456789") for n in range(1, 6))) == ()
