"""Letters: what they ask for, how they say it, and that text, HTML and statement foot with each other to the cent."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pypdf import PdfReader

from arcore.company.accounts import BankAccount
from arcore.company.profile import Profile
from arcore.dunning import wording
from arcore.dunning.letters import Addressee
from arcore.dunning.letters import Broken
from arcore.dunning.letters import Letter
from arcore.dunning.letters import compose
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Pledge
from arcore.dunning.proof import Proof
from arcore.dunning.proof import prove
from arcore.store.customers import Contact

DAY = date(2026, 11, 20)
OURS = wording.from_setting({})
HARBOUR = Profile(
    name="Harbour Supplies",
    sender="Harbour Supplies Ltd\nQuay 1, Whitby\nar@harbour.example",
    bank_accounts=(BankAccount(currency="EUR", account="DE89370400440532013000", bic="COBADEFFXXX"),),
)
HOSTILE = "*Cedar* <b>Co</b> {{ 7*7 }} ![x](http://t.example/x.png) $x$ \u202eRUE 000,1"


def debt(number: int, late: int, units: int, **other: Any) -> Debt:
    """Return a debt that is `late` days past due on DAY."""
    due = DAY - timedelta(days=late)
    facts = {"document": f"INV-{number}", "kind": "invoice", "entity": "main", "currency": "EUR"} | other
    return Debt(
        item_id=number, document_id=number, document_date=due - timedelta(days=30), due_date=due,
        original_due_date=due, invoiced=units, open=units, **facts,
    )  # fmt: skip


def proved(*items: Debt, disputed: dict[int, int] | None = None, pledges: Sequence[Pledge] = ()) -> Proof:
    """Prove debts as on DAY."""
    return prove(1, "main", DAY, items, disputed=disputed or {}, planned=set(), pledges=pledges)


def letter(proof: Proof, step: int = 1, language: str = "en", **other: Any) -> Letter:
    """Compose a letter to Birch GmbH, where Anna Hill reads it."""
    facts: dict[str, Any] = {
        "policy": Policy(), "profile": HARBOUR, "customer": Addressee(7, "C0007", "Birch GmbH", language),
        "contact": Contact(customer_id=7, name="Anna Hill"), "texts": OURS, "as_of": DAY, "actor_name": "Ana Duarte",
    }  # fmt: skip
    return compose(proof=proof, step=step, **(facts | other))


THREE = proved(
    debt(1, 31, 4_120_000), debt(2, 23, 3_358_520), debt(3, 14, 1_200_000), disputed={2: 1_248_000}
)  # 86,785.20 open − 12,480.00 disputed = 74,305.20


# --- what it says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "step", "subject"),
    [
        ("en", 1, "Reminder: 3 invoices, EUR 74,305.20 overdue"),
        ("en", 2, "Second reminder: 3 invoices, EUR 74,305.20 overdue"),
        ("en", 3, "Final reminder: 3 invoices, EUR 74,305.20 overdue, please pay by 27 November 2026"),
        ("de", 1, "Zahlungserinnerung: 3 Rechnungen, 74.305,20 EUR überfällig"),
        ("de", 2, "Zweite Zahlungserinnerung: 3 Rechnungen, 74.305,20 EUR überfällig"),
        ("de", 3, "Letzte Mahnung: 3 Rechnungen, 74.305,20 EUR überfällig, zahlbar bis 27. November 2026"),
    ],
)
def test_the_subject_says_what_is_asked(language: str, step: int, subject: str) -> None:
    assert letter(THREE, step, language).subject == subject


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_every_letter_names_amount_day_account_and_whom_to_ask(language: str, step: int) -> None:
    made = letter(THREE, step, language)
    amount, day, ask = {
        "en": ("EUR 74,305.20", "27 November 2026", "reply to this message"),
        "de": ("74.305,20 EUR", "27. November 2026", "auf diese Nachricht"),
    }[language]
    for version in (made.text, _words(made.html)):
        assert version.count(amount) >= 2  # in a sentence and above the account
        assert day in version
        assert ask in version
        assert "DE89 3704 0044 0532 0130 00" in version
        assert made.reference in version
        assert "Ana Duarte" in version
    assert "{" not in made.text  # nothing was left to fill in


def test_no_letter_threatens_before_the_last() -> None:
    threats = re.compile(
        r"legal|court|interest|collection|in advance|Verzug|Gericht|Inkasso|Einzug|Vorkasse", re.IGNORECASE
    )
    found = {(code, step): bool(threats.search(letter(THREE, step, code).text)) for code in ("en", "de")
             for step in (1, 2, 3)}  # fmt: skip
    assert found == {(code, step): step == 3 for code in ("en", "de") for step in (1, 2, 3)}


def test_one_debt_is_spoken_of_as_one() -> None:
    one = proved(debt(1, 8, 10_000))
    assert letter(one).subject == "Reminder: 1 invoice, EUR 100.00 overdue"
    assert "1 invoice on your account has passed its due date" in letter(one).text
    assert "3 invoices on your account have passed their due date" in letter(THREE).text
    assert letter(one, language="de").subject == "Zahlungserinnerung: 1 Rechnung, 100,00 EUR überfällig"
    assert "EUR 100.00 is overdue by now, 8 days after its due date:" in letter(one, 2).text
    assert "EUR 74,305.20 remains unpaid, 31 days after the oldest due date:" in letter(THREE, 3).text
    assert "sind 100,00 EUR noch nicht bezahlt, seit 8 Tagen:" in letter(one, 3, "de").text


def test_what_is_no_invoice_is_not_called_one() -> None:
    mixed = proved(debt(1, 8, 10_000), debt(2, 8, 500, kind="late_charge"))
    assert letter(mixed).subject == "Reminder: 2 open items, EUR 105.00 overdue"


def test_two_currencies_have_a_table_a_total_and_an_account_each() -> None:
    made = letter(proved(debt(1, 8, 10_000), debt(2, 9, 5_000, currency="JPY")))
    assert made.subject == "Reminder: 2 invoices, EUR 100.00 and JPY 5,000 overdue"
    assert re.findall(r"Total [A-Z]{3}", made.text) == ["Total EUR", "Total JPY"]
    assert "Please pay EUR 100.00 to:" in made.text
    assert "Please reply to this message for our bank details." in made.text  # nobody gave an account for yen


def test_currencies_of_one_account_are_paid_there_together() -> None:
    profile = replace(HARBOUR, bank_accounts=(BankAccount(account="12-345 67"),))
    made = letter(proved(debt(1, 8, 10_000), debt(2, 9, 5_000, currency="JPY")), profile=profile)
    assert "Please pay EUR 100.00 and JPY 5,000 to:" in made.text
    assert re.search(r"Account: +12-345 67", made.text)


def test_bank_details_in_free_words_stand_in_where_no_account_fits() -> None:
    profile = replace(HARBOUR, bank_accounts=(), bank_details="Bank of Whitby\nSort code 12-34-56")
    assert "  Bank of Whitby\n  Sort code 12-34-56\n" in letter(THREE, profile=profile).text


def test_what_lowers_the_amount_is_explained_in_one_line() -> None:
    proof = proved(
        debt(1, 31, 100_00), debt(2, 23, 200_00), debt(3, 14, 300_00), debt(4, 3, -40_00, kind="credit_note"),
        debt(5, 3, -5_00, kind="payment"), disputed={2: 60_00}, pledges=[Pledge("EUR", 70_00, (3,))],
    )  # fmt: skip
    # 600 open − 40 credit note − 5 payment − 60 disputed − 70 promised = 425
    made = letter(proof)
    assert (
        "Not included in what we ask for: EUR 40.00 covered by your credit notes, EUR 5.00 covered by payments of "
        "yours that we still have to match, EUR 60.00 that you dispute and EUR 70.00 that you promised to pay."
    ) in made.text
    assert "EUR 425.00 overdue" in made.subject
    assert "Not included" not in letter(proved(debt(1, 8, 100))).text


def test_a_broken_promise_is_mentioned_and_not_held_against_anybody() -> None:
    made = letter(THREE, broken=[Broken("EUR", 4_000_000, 1_000_000, date(2026, 11, 12))])
    assert "You had told us to expect EUR 40,000.00 by 12 November 2026; EUR 10,000.00 of it has not" in made.text
    assert "told us to expect" not in letter(THREE).text


def test_without_a_name_nobody_is_greeted_by_one() -> None:
    assert letter(THREE, contact=None).text.startswith("Dear Sir or Madam,\n\n")
    assert letter(THREE, contact=Contact(customer_id=7, email="ap@birch.example")).text.startswith("Dear Sir or Madam")
    assert letter(THREE, language="de").text.startswith("Guten Tag Anna Hill,\n\n")


def test_the_contacts_language_comes_before_the_customers_and_english_where_none_is_known() -> None:
    german = Contact(customer_id=7, name="Anna", language="de-AT")
    assert letter(THREE, language="en", contact=german).language == "de"
    assert letter(THREE, language="fr-CA").language == "en"
    assert letter(THREE, language="xx nonsense").language == "en"
    assert letter(THREE, language="").language == "en"


def test_figures_are_written_as_the_company_does_where_it_speaks_the_language() -> None:
    american = replace(HARBOUR, locale="en_US")
    assert "Nov 27, 2026" not in letter(THREE).text
    assert "November 27, 2026" in letter(THREE, profile=american).text
    swiss = replace(HARBOUR, locale="de_CH")
    assert "74’305.20" in letter(THREE, language="de", profile=swiss).subject


def test_the_day_to_pay_by_is_one_on_which_banks_are_open() -> None:
    christmas = proved(debt(1, 31, 100))
    early = replace(christmas, as_of=date(2026, 12, 18))
    # 25 December, then Boxing Day, which Britain keeps on Monday, and the weekend
    assert "29 December 2026" in letter(early, as_of=date(2026, 12, 18)).text


def test_the_reference_is_the_same_in_every_step_and_safe_for_banks() -> None:
    code = "C<7>ÄÖ_*;9"
    made = {letter(THREE, step, customer=Addressee(7, code, "Birch")).reference for step in (1, 2, 3)}
    assert made == {"C 7 9 open items"}


def test_a_letter_that_asks_for_nothing_is_not_written() -> None:
    with pytest.raises(ValueError, match="asks for nothing"):
        letter(proved(debt(1, 20, 100), disputed={1: 100}))
    with pytest.raises(ValueError, match="asks for nothing"):
        letter(proved(debt(1, 4, 100)))  # not as late as the first step asks


# --- what others wrote stays what they wrote --------------------------------------------------------------------------


def test_hostile_names_are_text_everywhere() -> None:
    proof = proved(debt(1, 31, 100, document=HOSTILE, po_number=HOSTILE))
    hostile = replace(HARBOUR, name=HOSTILE, sender=f"{HOSTILE}\n{HOSTILE}", bank_details=HOSTILE, bank_accounts=())
    made = letter(
        proof, customer=Addressee(7, HOSTILE, HOSTILE), contact=Contact(customer_id=7, name=HOSTILE), profile=hostile
    )
    kept = "*Cedar* <b>Co</b> {{ 7*7 }} ![x](http://t.example/x.png) $x$ RUE 000,1"  # no sign that turns the writing
    assert f"Dear {kept}," in made.text
    assert "<b>" not in made.html
    assert "<img" not in made.html
    assert "&lt;b&gt;Co&lt;/b&gt; {{ 7*7 }}" in made.html
    assert "49" not in _words(made.html)
    assert "\u202e" not in made.text + made.html + made.subject


def test_line_ends_in_names_stay_out_of_the_subject() -> None:
    texts = OURS.with_text("en", 1, wording.Text("To {{ customer }}", wording.ours("en", 1).body))
    made = letter(THREE, texts=texts, customer=Addressee(7, "C7", "Birch\r\nBcc: all@example.com"))
    assert made.subject == "To Birch Bcc: all@example.com"


def test_the_html_asks_nothing_from_outside() -> None:
    made = letter(THREE, broken=[Broken("EUR", 2, 1, DAY)])
    assert not re.search(r"https?:|<script|<link|<img|url\(|@import|<form", made.html)


def test_the_companys_own_words_are_text_too() -> None:
    own = wording.Text("S & T", "<script>alert(1)</script> & {{ company }}\n\n{{ table }}\n{{ payment }}")
    made = letter(THREE, texts=OURS.with_text("en", 1, own))
    assert "<script>" not in made.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Harbour Supplies" in made.html
    assert "<script>alert(1)</script> & Harbour Supplies" in made.text


def test_a_table_that_the_text_skips_stands_at_its_end() -> None:
    own = wording.Text("S", "Hello.\n{% if count > 99 %}{{ table }}{% endif %}\n\n{{ payment }}")
    made = letter(THREE, texts=OURS.with_text("en", 1, own))
    assert "Total EUR" in made.text


# --- it foots ---------------------------------------------------------------------------------------------------------


def test_text_html_and_statement_foot_to_the_cent() -> None:
    made = letter(THREE, 2)
    assert _of_text(made.text) == _of_html(made.html)
    rows, total = _of_html(made.html)
    assert rows == [
        ("INV-1", 4_120_000, 4_120_000, 0, 4_120_000),
        ("INV-2", 3_358_520, 3_358_520, 1_248_000, 2_110_520),
        ("INV-3", 1_200_000, 1_200_000, 0, 1_200_000),
    ]
    assert total == [(8_678_520, 8_678_520, 1_248_000, 7_430_520)]
    said = _of_pdf(made.statement)
    assert "Asked for in our letter of 20 Nov 2026 74,305.20" in said
    assert "less in dispute −12,480.00" in said


amounts = st.integers(1, 10**9)
items = st.lists(
    st.tuples(st.integers(-40, 120), amounts, st.sampled_from(["EUR", "USD"]), st.sampled_from([1, 1, 1, -1])),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(items=items, disputed=st.dictionaries(st.integers(0, 11), amounts), promised=st.integers(0, 10**9))
def test_whatever_is_open_all_three_say_the_same(
    items: list[tuple[int, int, str, int]], disputed: dict[int, int], promised: int
) -> None:
    debts = [
        debt(number, late, units * side, currency=code, kind="invoice" if side > 0 else "credit_note")
        for number, (late, units, code, side) in enumerate(items)
    ]
    proof = proved(*debts, disputed=disputed, pledges=[Pledge("EUR", promised)])
    late = [claim for claim in proof.claims if claim.days_late >= 5]
    asked: Counter[str] = Counter()
    for claim in late:
        asked[claim.debt.currency] += claim.claimed
    if not +asked:
        with pytest.raises(ValueError, match="asks for nothing"):
            letter(proof)
        return
    made = letter(proof)
    rows, totals = _of_text(made.text)
    assert (rows, totals) == _of_html(made.html)
    assert [total[3] for total in totals] == [asked[code] for code in sorted(+asked)]
    assert sum(total[1] for total in totals) == sum(c.debt.open for c in late if asked[c.debt.currency])
    for place in range(1, 5):
        assert sum(row[place] for row in rows) == sum(total[place - 1] for total in totals)
    said = _of_pdf(made.statement)
    stated = [_units(text) for text in re.findall(r"Asked for in our letter of 20 Nov 2026 ([−\d,.]+)", said)]
    assert stated == [asked[code] for code in sorted(+asked)]
    balances = [_units(text) for text in re.findall(r"Open balance ([−\d,.]+)", said)]
    codes = sorted({one.currency for one in debts})
    assert balances == [sum(one.open for one in debts if one.currency == code) for code in codes]


# --- reading the three ------------------------------------------------------------------------------------------------

Figures = tuple[list[tuple[Any, ...]], list[tuple[int, ...]]]


def _units(text: str) -> int:
    return 0 if text in ("–", "") else int(re.sub(r"[,.]", "", text.replace("−", "-")))


def _of_text(text: str) -> Figures:
    rows: list[tuple[Any, ...]] = []
    totals = []
    for line in text.split("\n"):
        cells = re.split(r" {2,}", line.strip())
        if line.startswith("INV-") and len(cells) == 8:
            rows.append((cells[0], *map(_units, cells[4:])))
        elif line.startswith("Total "):
            totals.append(tuple(map(_units, cells[1:])))
    return rows, totals


class _Cells(HTMLParser):
    """Collect the cells of every row, and all words."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
            self.inside = True
        if tag == "br":
            self.inside = False  # what follows in the cell is a note

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.inside = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.inside:
            self.rows[-1][-1] += data


def _cells(html: str) -> _Cells:
    found = _Cells()
    found.feed(html)
    return found


def _words(html: str) -> str:
    return " ".join(" ".join(_cells(html[html.index("<body") :]).words).split())


def _of_html(html: str) -> Figures:
    rows: list[tuple[Any, ...]] = []
    totals = []
    for cells in _cells(html).rows:
        if len(cells) == 8:
            rows.append((cells[0], *map(_units, cells[4:])))
        elif len(cells) == 5:
            totals.append(tuple(map(_units, cells[1:])))
    return rows, totals


def _of_pdf(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
