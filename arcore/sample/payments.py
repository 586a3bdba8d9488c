"""How customers pay: each by its own habit, several invoices in one receipt, oldest first.

Every instalment gets the day on which it will be paid. Those that meet on one payment run make one receipt. What
would be paid or learnt after today is simply not in the books yet: it is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from arcore.sample.chance import chance
from arcore.sample.events import Bill
from arcore.sample.events import Bounce
from arcore.sample.events import Credit
from arcore.sample.events import Event
from arcore.sample.events import Match
from arcore.sample.events import Refund
from arcore.sample.events import Target
from arcore.sample.events import Use
from arcore.sample.player import Player
from arcore.sample.workdays import extra_days
from arcore.sample.workdays import later
from arcore.sample.workdays import months_back
from arcore.sample.workdays import next_run
from arcore.sample.workdays import workday

HOPELESS, STUCK, IN_PARTS, CREDITED = 0.003, 0.035, 0.04, 0.055
"""Share of instalments never paid, paid only after months, paid in two parts, and of invoices with a credit note."""
LARGEST_LOSS = 4_000_000
GIVEN_UP_AFTER = 225
"""Days after the due date on which what is never paid is written off."""
UNNAMED, SHORT, TOO_MUCH, LEARNT_LATE = 0.05, 0.035, 0.012, 0.1
"""Share of receipts without remittance advice, a little short, overpaid, and known only days later."""
CREDIT_REASONS = ("price", "quantity", "damaged goods", "returned goods", "freight")


@dataclass(frozen=True)
class Share:
    """An amount of one item that will be paid on a day; `due` orders the items of one receipt."""

    day: date
    target: Target
    amount: int
    due: date
    known: date


class Payer:
    """The receipts, credit notes and small write-offs of one customer."""

    def __init__(self, player: Player, today: date) -> None:
        """Open the customer's own stream of chance."""
        self.player = player
        self.today = today
        self.rng = chance(f"pays {player.code}")
        self._count = 0

    def settle(self, bills: Iterable[Bill]) -> Iterator[Event]:
        """Yield everything that settles these invoices."""
        shares: list[Share] = []
        for bill in bills:
            left = {Target(bill.ref, part): amount for part, (amount, _) in enumerate(bill.parts)}
            credit = self._credit(bill)
            if credit is not None:
                yield credit
                left[credit.uses[0].target if credit.uses else Target(bill.ref)] -= credit.amount
                if not credit.uses:
                    yield self._late_match(credit, Target(bill.ref))
            for part, (_, due) in enumerate(bill.parts):
                target = Target(bill.ref, part)
                if self.rng.random() < HOPELESS and 0 < left[target] < LARGEST_LOSS and not self.player.intercompany:
                    given_up = workday(due + timedelta(days=GIVEN_UP_AFTER))
                    yield self.write_off(target, left[target], "uncollectible", given_up)
                elif left[target] > 0:
                    shares += self._plan(bill, target, left[target], due)
        yield from self.receipts(shares)

    def receipts(self, shares: Sequence[Share]) -> Iterator[Event]:
        """Yield one receipt for each day on which something is paid."""
        runs: dict[date, list[Share]] = defaultdict(list)
        for share in shares:
            runs[share.day].append(share)
        for day, together in sorted(runs.items()):
            yield from self._receipt(day, sorted(together, key=lambda share: (share.due, share.target)))

    def pay_day(self, bill: Bill, due: date) -> date:
        """Draw the day on which an instalment that falls due on `due` is paid."""
        habit, rng = self.player.habit, self.rng
        drawn = habit.late + rng.gauss(0, habit.spread)
        if self.player.part != "direct_debit":
            drawn += extra_days(months_back(bill.day, self.today)) * rng.uniform(0.5, 1.5)
        drawn += self._slipping(bill)
        planned = max(bill.day + timedelta(days=4), due + timedelta(days=round(drawn)))
        return next_run(habit.rhythm, habit.weekday, planned)

    def ref(self, what: str) -> str:
        """Return a fresh ref for a document of this customer."""
        self._count += 1
        return f"{self.player.code}/{what}{self._count}"

    def learnt(self, day: date) -> date:
        """Return when a receipt of that day became known: mostly the same day, sometimes days later."""
        return later(day, self.rng.randint(2, 6)) if self.rng.random() < LEARNT_LATE else day

    # --- inside ------------------------------------------------------------------------------------------------------

    def _slipping(self, bill: Bill) -> float:
        """Add days for customers in the United Kingdom, who pay later and later since six months, one much later."""
        back = months_back(bill.day, self.today)
        if self.player.country.code != "GB" or back > 6 or self.player.intercompany:
            return 0.0
        return (6 - back) * (9.0 if self.player.part == "slipping" else 2.5)

    def _plan(self, bill: Bill, target: Target, amount: int, due: date) -> list[Share]:
        day, fate = self.pay_day(bill, due), self.rng.random()
        if self.player.discount and fate < 0.7:
            day = min(day, next_run("daily", 0, bill.day + timedelta(days=self.rng.randint(6, 10))))
        elif fate < STUCK:
            day = next_run("weekly", 1, due + timedelta(days=round(45 + self.rng.expovariate(1 / 100))))
        elif fate < STUCK + IN_PARTS and amount > 200_000:
            first = amount * self.rng.randint(3, 7) // 10
            rest = next_run(self.player.habit.rhythm, 3, day + timedelta(days=self.rng.randint(14, 50)))
            return [
                Share(day, target, first, due, bill.recorded),
                Share(rest, target, amount - first, due, bill.recorded),
            ]
        return [Share(day, target, amount, due, bill.recorded)]

    def _receipt(self, day: date, shares: list[Share]) -> Iterator[Event]:
        recorded = max(self.learnt(day), *(share.known for share in shares))
        uses = list(self._discounts(day, recorded, shares)) if self.player.discount else []
        taken = {use.target: use.amount for credit in uses for use in credit.uses}
        yield from uses
        wanted = [Use(s.target, s.amount - taken.get(s.target, 0)) for s in shares]
        fate = self.rng.random()
        if fate < UNNAMED:
            yield from self._unnamed(day, recorded, wanted)
        elif fate < UNNAMED + SHORT:
            yield from self._short(day, recorded, wanted)
        elif fate < UNNAMED + SHORT + TOO_MUCH:
            yield from self._too_much(day, recorded, wanted)
        else:
            paid = self._payment(day, recorded, wanted)
            yield paid
            if self.player.part == "direct_debit" and self.rng.random() < 0.06:
                yield from self._bounced(paid)

    def _payment(
        self, day: date, recorded: date, uses: Sequence[Use], *, extra: int = 0, advice: bool = True
    ) -> Credit:
        return Credit(
            ref=self.ref("p"),
            kind="payment",
            customer=self.player.code,
            currency=self.player.currency,
            day=day,
            recorded=recorded,
            amount=sum(use.amount for use in uses) + extra,
            uses=tuple(uses) if advice else (),
            reference="" if advice else "no remittance advice",
        )

    def _unnamed(self, day: date, recorded: date, wanted: list[Use]) -> Iterator[Event]:
        """Pay without a word what it is for; somebody finds out days later."""
        paid = self._payment(day, recorded, wanted, advice=False)
        yield paid
        found = later(recorded, self.rng.randint(3, 14))
        for use in wanted:
            yield Match(day=found, recorded=found, source=Target(paid.ref), use=use)

    def _short(self, day: date, recorded: date, wanted: list[Use]) -> Iterator[Event]:
        """Pay a few units too little (bank charges); the rest is written off as a small difference."""
        last = wanted[-1]
        missing = min(self.rng.randint(150, 2_800), last.amount // 2)
        yield self._payment(day, recorded, [*wanted[:-1], Use(last.target, last.amount - missing)])
        gone = later(recorded, self.rng.randint(1, 5))
        yield self.write_off(last.target, missing, "small_difference", gone)

    def _too_much(self, day: date, recorded: date, wanted: list[Use]) -> Iterator[Event]:
        """Pay more than is owed; the rest stays on account until it is paid back."""
        paid = self._payment(day, recorded, wanted, extra=self.rng.randint(5_000, 240_000))
        yield paid
        back = later(recorded, self.rng.randint(20, 60))
        extra = paid.amount - sum(use.amount for use in paid.uses)
        yield Refund(ref=self.ref("r"), source=Target(paid.ref), amount=extra, day=back, recorded=back)

    def _bounced(self, paid: Credit) -> Iterator[Event]:
        """Have the bank take a direct debit back; the customer pays again some weeks later."""
        back = later(paid.day, self.rng.randint(2, 4))
        back = max(back, paid.recorded)
        yield Bounce(ref=paid.ref, reason="account has no cover", day=back, recorded=back)
        again = later(back, self.rng.randint(8, 16))
        yield self._payment(again, again, paid.uses)

    def _discounts(self, day: date, recorded: date, shares: list[Share]) -> Iterator[Credit]:
        """Give 2 % on what is paid at least 18 days before it is due."""
        for share in shares:
            if (share.due - day).days >= 18:
                amount = share.amount * 2 // 100
                yield Credit(
                    ref=self.ref("d"),
                    kind="discount",
                    customer=self.player.code,
                    currency=self.player.currency,
                    day=day,
                    recorded=recorded,
                    amount=amount,
                    uses=(Use(share.target, amount),),
                    reason="2 % within 10 days",
                )

    def _credit(self, bill: Bill) -> Credit | None:
        """Perhaps a credit note; after the change of the billing system there are more of them."""
        odds = CREDITED * (2.2 if extra_days(months_back(bill.day, self.today)) > 8 else 1.0)
        if self.rng.random() >= odds or self.player.intercompany:
            return None
        amount = max(1, bill.parts[0][0] * self.rng.randint(4, 28) // 100)
        day = later(bill.day, self.rng.randint(5, 24))
        applied = self.rng.random() < 0.85
        return Credit(
            ref=self.ref("c"),
            kind="credit_note",
            customer=self.player.code,
            currency=self.player.currency,
            day=day,
            # Month-end credit notes are written in the first days of the next month and dated back.
            recorded=later(day, 3) if day.day > 26 else max(day, bill.recorded),
            amount=amount,
            uses=(Use(Target(bill.ref), amount),) if applied else (),
            tax=None if bill.tax is None else round(amount * self.player.tax / (100 + self.player.tax)),
            reason=self.rng.choice(CREDIT_REASONS),
        )

    def _late_match(self, credit: Credit, target: Target) -> Match:
        day = later(credit.recorded, self.rng.randint(10, 45))
        return Match(day=day, recorded=day, source=Target(credit.ref), use=Use(target, credit.amount))

    def write_off(self, target: Target, amount: int, reason: str, day: date, note: str = "") -> Credit:
        """Return a write-off of an item for a reason."""
        return Credit(
            ref=self.ref("w"),
            kind="write_off",
            customer=self.player.code,
            currency=self.player.currency,
            day=day,
            recorded=day,
            amount=amount,
            uses=(Use(target, amount),),
            reason=reason,
            reference=note,
        )
