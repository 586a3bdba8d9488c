"""Tables whose header has no known name: recognised by content, asked about, refused when they are no receivables."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import GUESSED
from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood
from arcore.intake.understood import totals

ReadText = Callable[..., Understood]
START = date(2026, 1, 3)
TODAY = date(2026, 6, 30)
FIELDS = "number code name city issued due what pieces each net tax gross open paid currency mail minder age".split()
HEADERS = {
    "German": "Vorgang|Kennung GP|Geschäftspartner|Sitz|Erfasst|Termin|Bemerk|Stk|je Stk|Ohne Abgaben|Abgaben"
    "|Summe der Position|Nicht beglichen|Beglichen|Geldart|Anschreiben an|Betreuer|Tage drüber",
    "Polish": "Dokument sprzedaży|Symbol K|Kontrahent|Miasto|Wystawiono|Płatne do|Opis towaru|Szt|Za szt|Bez podatku"
    "|Podatek w tym|Do zapłaty razem|Zostało|Wpłacono|Walutka|Adres e|Opiekun|Dni po",
    "Japanese": "伝票番号|取引先コード|取引先|所在地|発行日|支払期限|摘要|数量|単価|税抜|消費税"
    "|請求金額|未収残高|入金済|通貨|メール"
    "|担当|経過日数",
    "Portuguese": "Doc. n.|Cód. freguês|Freguês|Terra|Lançado|Até quando|Descrição|Qtd|Cada|Sem imposto|Imposto|Quantia"
    "|Por receber|Recebido|Dinheiro|Correio|Vendedor|Atraso",
    "made up": "Our Ref X|Who Key|Who|Where|Raised|Pay By Then|What for|How many|Each at|Before duty|Thereof duty"
    "|Sum Of It|Still To Come|Came In|Coin|Write To|Minder|Late by",
}
NAMES = {
    "German": "Nordlicht Möbel GmbH|Bäckerei Huber KG|Krause & Söhne|Stahlwerk Lenz AG|Optik Weiß|Friedrich Vogt",
    "Polish": "Wisła Transport Sp. z o.o.|Zakład Mechaniczny Nowak|Piekarnia Kłos|Baltic Foods S.A.|Jan Kowalski",
    "Japanese": "株式会社山田商事|有限会社さくら|東京電機株式会社|大阪フーズ|合同会社みどり|北海物産",
    "Portuguese": "Padaria Lisboa Lda|Transportes Douro SA|Algarve Turismo|Vinhos do Porto Lda|Maria Ferreira",
    "made up": "Alder Ltd|Birch & Partners LLP|Cedar Works|Dune Optics Inc.|Elm Street Bakery|Harbour Print",
}
DAYS = {"German": "{0:%d.%m.%Y}", "Polish": "{0:%Y-%m-%d}", "Portuguese": "{0:%d/%m/%Y}", "made up": "{0:%m/%d/%Y}"}
CURRENCIES = {"Japanese": "JPY", "Polish": "PLN"}
SHAPES = {
    "what a list needs": "number name issued due gross",
    "with what is open": "number name issued due gross open",
    "with what is paid": "number name issued due gross paid",
    "with paid and open": "number code name issued due gross open paid currency",
    "with tax": "number name issued due net tax gross currency",
    "with everything": "number code name city issued due net tax gross open paid currency mail minder age",
    "without due dates": "number name issued gross currency",
    "without numbers": "name issued due gross currency",
    "without names": "number code issued due gross open",
    "only what is open": "number name issued due open currency age",
    "lines of items": "number name issued due what pieces each gross currency",
    "without document dates": "number name due gross currency",
}


class Made:
    """A file made up, with what it must give: how many invoices, their sum, and what of it is open."""

    def __init__(self, language: str, shape: str, seed: int) -> None:
        self.chance = random.Random(f"{language} {shape} {seed}")
        self.language, self.columns = language, SHAPES[shape].split()
        self.lines: list[dict[str, str]] = []
        self.count, self.total, self.open = 0, Decimal(0), Decimal(0)
        self.chance.shuffle(self.columns)
        self.beginning = self.chance.choice(["RE-2026-", "FV/2026/", "2026", "A"])
        day = START
        for place in range(30):
            day += timedelta(days=self.chance.randint(0, 4))
            self._invoice(place, day)

    def _invoice(self, place: int, day: date) -> None:
        names = NAMES[self.language].split("|")
        buyer = self.chance.randrange(len(names))
        due = day + timedelta(days=(14, 30, 45)[buyer % 3])
        unit = Decimal(1) if self.language == "Japanese" else Decimal("0.01")
        self.count += 1
        for _ in range(self.chance.randint(1, 3) if "pieces" in self.columns else 1):
            pieces, each = self.chance.randint(1, 9), Decimal(self.chance.randint(500, 90000)) * unit
            net = pieces * each
            tax = (net * Decimal("0.19")).quantize(unit)
            gross = net + tax if "tax" in self.columns else net
            paid = self._paid(gross, place).quantize(unit)
            owed = gross if "gross" not in self.columns else gross - paid
            self.total += gross
            self.open += owed
            amounts = {"each": each, "net": net, "tax": tax, "gross": gross, "open": owed, "paid": paid}
            texts = {
                "number": f"{self.beginning}{place + 101:04d}",
                "code": str(10000 + 37 * buyer),
                "name": names[buyer],
                "city": ("Ulm", "Bonn")[buyer % 2],
                "issued": self._day(day),
                "due": self._day(due),
                "what": self.chance.choice(["Beratung Oktober", "Montage vor Ort", "Wartung Anlage 3"]),
                "pieces": str(pieces),
                "currency": CURRENCIES.get(self.language, "EUR"),
                "mail": f"office{buyer}@buyer{buyer}.example",
                "minder": ("A. Lang", "B. Kurz")[buyer % 2],
                "age": str((TODAY - due).days),
            }
            self.lines.append(texts | {name: self._money(amount) for name, amount in amounts.items()})

    def _paid(self, gross: Decimal, place: int) -> Decimal:
        if self.chance.random() > place / 30 + 0.1:
            return gross
        return gross / 2 if self.chance.random() < 0.3 else Decimal(0)

    def _day(self, day: date) -> str:
        if self.language == "Japanese":
            return f"{day.year}年{day.month}月{day.day}日"
        return DAYS[self.language].format(day)

    def _money(self, amount: Decimal) -> str:
        if self.language == "Japanese":
            return f"{amount:,.0f}"
        if self.language == "made up":
            return f"{amount:,.2f}"
        return f"{amount:,.2f}".translate(str.maketrans({",": "." if self.language != "Polish" else " ", ".": ","}))

    def text(self) -> str:
        """Return the file."""
        header = dict(zip(FIELDS, HEADERS[self.language].split("|"), strict=True))
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow([header[name] for name in self.columns])
        writer.writerows([line[name] for name in self.columns] for line in self.lines)
        return out.getvalue()


def asked(found: Understood) -> list[str]:
    return [question.id for question in found.questions]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", HEADERS)
def test_invoices_under_names_that_nobody_knows_come_out_right_and_are_asked_about(
    read_text: ReadText, language: str, shape: str
) -> None:
    for seed in range(2):
        made = Made(language, shape, seed)
        found = read_text(made.text(), name="export.csv", currency="EUR")
        (sums,) = totals(found.rows).values()
        assert (sums.invoices.count, sums.invoices.sum) == (made.count, made.total)
        owed = sums.invoices.sum if sums.open is None else sums.open
        assert owed == (made.open if {"open", "paid"} & set(made.columns) else made.total)
        assert asked(found) == ["no_header"]


def test_each_guess_has_a_score_and_a_reason(read_text: ReadText) -> None:
    found = read_text(Made("German", "with paid and open", 0).text())
    used = [match for match in found.columns if match.field]
    assert len(used) == 9
    assert all(match.why.startswith(GUESSED) and 0.3 <= match.score <= 1 for match in used)
    why = {match.field: match.why for match in used}
    assert "30 of 30 fall due 14 to 45 days after the document" in why["due_date"]
    assert "two other columns together in 30 rows" in why["amount"]
    assert "more is left of newer documents" in why["open_amount"]
    assert "rises with the dates" in why["invoice_no"]
    assert "always with the same name" in why["customer_code"]


def test_a_guess_that_is_weak_is_named_in_the_question(read_text: ReadText) -> None:
    rows = [f"A{n};Studio {'AB'[n % 2]};2026-01-{n:02d};100,00;{'0,00' if n % 2 else '100,00'}" for n in range(8, 20)]
    found = read_text("\n".join(["Qa;Qb;Qc;Qd;Qe", *rows]), currency="EUR")
    (question,) = found.questions
    assert "Least sure: “Qb” as customer name and “Qe” as open amount" in question.text


def test_a_name_that_is_known_wins_over_the_content(read_text: ReadText) -> None:
    made = Made("made up", "what a list needs", 0)
    text = made.text().replace("Our Ref X", "Invoice number").replace("Pay By Then", "Delivery date")
    found = read_text(text, currency="EUR")
    assert {match.column: match.field for match in found.columns if match.field}["Delivery date"] == "delivery_date"
    assert asked(found) == ["no_header"]
    assert "Few names in the header are known" in found.questions[0].text
    (sums,) = totals(found.rows).values()
    assert (sums.invoices.count, sums.invoices.sum) == (made.count, made.total)


def table(header: str, rows: Sequence[Sequence[object]]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)])


def day(place: int, since: int = 2026) -> date:
    return date(since, 1, 1) + timedelta(days=place)


PEOPLE = [[1000 + n, f"Anna Berg{'abcdefghij'[n % 10]}", day(n * 211, 1970), day(n * 90, 2001)] for n in range(40)]
STEPS = [(7, -3, 12.5)[n % 3] for n in range(30)]
BALANCE = [[day(n), f"TRX{n}", "Alder Ltd", step, 500 + sum(STEPS[: n + 1])] for n, step in enumerate(STEPS)]
GROSS = [round(90 + n * 13.37, 2) for n in range(30)]
FEES = [
    [f"ch_{n:04x}", day(n), gross, fee, round(gross - fee, 2), "USD", f"c{n % 7}@buyer.example"]
    for n, (gross, fee) in enumerate((gross, round(gross * 0.029 + 0.3, 2)) for gross in GROSS)
]
BILLS = [[f"B{n}", f"Acme {n % 5} GmbH", day(n), day(n + 30), f"{100 + n}.50"] for n in range(20)]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("staff.csv", table("Wx,Nx,Bx,Ex,Gx", [[*row, "4100.00"] for row in PEOPLE]), "days before 1980"),
        ("list.csv", table("Sx,Dx,Tx,Ty", [["Kiel", day(n), f"{n}.4", f"-{n}.7"] for n in range(40)]), "neither"),
        ("list.csv", table("Dx,Rx,Tx,Ax,Bx", BALANCE), "a bank statement: a column adds up the amounts row by row"),
        ("list.csv", table("Ix,Dx,Ax,Fx,Nx,Cx,Ex", FEES), "a payment provider's report"),
        ("list.csv", table("Ax,Nx,Px", [[f"ART{n}", f"Pump {n}", f"{n}.50"] for n in range(20)]), "no date"),
        ("vendor_bills.csv", table("Ax,Nx,Dx,Ex,Bx", BILLS), "suppliers' bills"),
        ("Angebote 2026.csv", table("Ax,Nx,Dx,Ex,Bx", BILLS), "quotes"),
        ("recurring.csv", table("Ax,Nx,Dx,Ex,Bx", BILLS), "recurring templates"),
    ],
)  # fmt: skip
def test_what_is_no_receivable_is_refused_with_the_reason(
    read_text: ReadText, name: str, text: str, reason: str
) -> None:
    found = read_text(text, name=name, currency="EUR")
    assert (found.kind, found.rows, found.customers) == (OTHER, (), ())
    assert "No row of it names columns that arcore knows, and it" in found.reason
    assert reason in found.reason


def test_bills_that_nothing_names_are_asked_about(read_text: ReadText) -> None:
    found = read_text(table("Ax,Nx,Dx,Ex,Bx", BILLS), currency="EUR")
    assert "not payments, suppliers' bills, quotes or bank lines" in found.questions[0].text


def test_names_and_addresses_are_customers_when_somebody_says_so(read_text: ReadText) -> None:
    rows = [[100 + n, f"Mia Holm{'abcdefghijklmnopqrst'[n]}", f"m{n}@club.example"] for n in range(20)]
    found = read_text(table("Ax,Nx,Ex", rows))
    assert (found.kind, len(found.customers), asked(found)) == (CUSTOMERS, 20, ["no_header"])
    assert "Is this a list of your customers, not suppliers" in found.questions[0].text
    assert "Little is known of it" in found.questions[0].text


def test_a_very_wide_table_is_not_guessed(read_text: ReadText) -> None:
    names = ",".join(f"Q{n}z" for n in range(151))
    found = read_text("\n".join([names, *(",".join(f"{n}.50" for n in range(151)) for _ in range(3))]))
    assert (found.kind, "too many columns" in found.reason) == (OTHER, True)
