"""Parents from a list of customers: taken, undone with the import, and refused where they would close a circle."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from arcore.intake.reading import understand
from arcore.store.customers import Customer
from arcore.store.engine import reading


@pytest.fixture
def told(office):
    """Plan and book lists of "code parent" pairs; return what was refused and who stands under whom then."""

    def take(*pairs: str, dry: bool = False):
        lines = ["Customer code,Customer name,Parent customer"]
        for pair in pairs:
            code, _, parent = pair.partition(" ")
            lines.append(f"{code},{code.title()} Ltd,{parent}")
        files = understand([("customers.csv", "\n".join(lines).encode())])
        made = office.plan(*files)
        number = None if dry else office.take(*files)
        return [row.reason for row in made.refused], number

    return take


def above(office) -> dict[str, str]:
    with reading(office.engine) as session:
        rows = session.execute(select(col(Customer.id), col(Customer.code), col(Customer.parent_id))).all()
    code = {number: code for number, code, _ in rows}
    return {name: code[parent] for _, name, parent in rows if parent}


def test_a_list_says_who_belongs_to_whom_and_undo_takes_it_back(office, told):
    told("OAK ", "ELM ", "ASH ")
    refused, number = told("ELM OAK", "ASH ELM")
    assert refused == []
    assert above(office) == {"ELM": "OAK", "ASH": "ELM"}
    _, moved = told("ASH OAK")
    assert above(office) == {"ELM": "OAK", "ASH": "OAK"}
    office.undo(moved)
    assert above(office) == {"ELM": "OAK", "ASH": "ELM"}
    office.undo(number)
    assert above(office) == {}


def test_a_circle_in_a_file_is_refused_by_line_and_the_rest_is_taken(office, told):
    refused, _ = told("OAK ASH", "ELM OAK", "ASH ELM", "FIR OAK")
    assert refused == ["Ash Ltd can't belong to Elm Ltd, which stands below it"]
    assert above(office) == {"OAK": "ASH", "ELM": "OAK", "FIR": "OAK"}


def test_a_circle_with_what_the_books_know_is_refused(office, told):
    told("OAK ", "ELM OAK", "ASH ELM")
    refused, _ = told("OAK ASH", dry=True)
    assert refused == ["Oak Ltd can't belong to Ash Ltd, which stands below it"]


def test_two_may_change_places_in_one_file(office, told):
    told("OAK ", "ELM OAK", "ASH ELM")
    refused, _ = told("OAK ELM", "ELM FIR", "FIR ")
    assert refused == []
    assert above(office) == {"ELM": "FIR", "OAK": "ELM", "ASH": "ELM"}


def test_whoever_names_itself_names_nobody(office, told):
    assert told("OAK OAK") == ([], 1)
    assert above(office) == {}
