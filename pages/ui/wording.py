"""What measures and their inputs are called, and what each means in a sentence or two."""

from __future__ import annotations

import re

TITLES: dict[str, str] = {
    "open": "Open balance",
    "overdue": "Overdue",
    "dso": "DSO, days sales outstanding",
    "dso.countback": "DSO by count-back",
    "dso.average_balance": "DSO on the average balance",
    "bpdso": "Best possible DSO",
    "add": "Average days delinquent",
    "cei": "CEI, collection effectiveness index",
    "cei.cash": "CEI, cash only",
    "turnover": "Receivables turnover",
    "days_to_pay": "Days to pay",
    "days_late": "Days late",
    "share_current": "Share current",
    "share_overdue": "Share overdue",
    "share_over_90": "Share over 90 days",
    "bad_debt.net": "Bad debt",
    "bad_debt.gross": "Bad debt before recoveries",
    "cash_in": "Cash in",
}

DEFINITIONS: dict[str, str] = {
    "open": "Everything that customers owe on the day, less what stands unapplied to their credit.",
    "overdue": "Open invoices and other debit items whose due date has passed. Unapplied credits are not taken off: "
    "they stand in a column of their own.",
    "dso": "How many days of credit sales are still unpaid: the balance at the end of the day, divided by the credit "
    "sales of the three months that end on it, times the days of those months.",
    "dso.countback": "How many days back the balance reaches when it is used up by the sales of the latest month, then "
    "of the month before, and so on. Sales that rise or fall do not bend it.",
    "dso.average_balance": "DSO with the mean of the balance at the beginning and at the end of the three months.",
    "bpdso": "What DSO would be if everyone paid on the due date: only what is not yet due counts as balance. It "
    "depends on terms and on the timing of sales, not on collecting.",
    "add": "The days of DSO that are due to late payment: what is overdue, divided by the credit sales of three "
    "months, times their days.",
    "cei": "Of all that could have been collected in the three months that end on the day, how much left the books. "
    "100 means that nothing is overdue. Credit notes and write-offs leave the books too: the twin counts cash only.",
    "cei.cash": "Of all that could have been collected in the three months, how much came in as cash, less refunds and "
    "bounced payments.",
    "turnover": "How often a year the average balance is turned into credit sales. Higher is better.",
    "days_to_pay": "Days from the invoice to the receipt of the money, each payment weighted by its amount, over the "
    "receipts of three months.",
    "days_late": "Days from the due date to the receipt of the money, each payment weighted by its amount; negative "
    "when customers pay early.",
    "share_current": "The part of the open debit items that is not yet due. Unapplied credits are left out.",
    "share_overdue": "The part of the open debit items whose due date has passed. Unapplied credits are left out.",
    "share_over_90": "The part of the open debit items that is more than 90 days past due.",
    "bad_debt.net": "Uncollectible write-offs of twelve months, less what came back after all, against the credit "
    "sales of the same months.",
    "bad_debt.gross": "Uncollectible write-offs of twelve months against the credit sales of the same months.",
    "cash_in": "Receipts of the month up to the day, less refunds and bounced payments. Settlements that nobody has "
    "explained are not cash.",
}

INPUTS: dict[str, str] = {
    "ar_end": "Open balance",
    "ar_begin": "Open balance at the beginning",
    "ar_average": "Average open balance",
    "ar_current": "Not yet due",
    "ar_end_current": "Open balance less overdue",
    "overdue": "Overdue",
    "over_90": "More than 90 days past due",
    "gross_debits": "Open debit items",
    "not_due": "Not yet due",
    "unapplied": "Unapplied credits",
    "credit_sales": "Credit sales",
    "stated_sales": "Of these stated, not booked",
    "transfers": "Moved in less moved out",
    "cash": "Cash in",
    "receipts": "Receipts",
    "refunds": "Refunds",
    "reversals": "Bounced payments",
    "paid_amount": "Amounts paid",
    "paid_amount_days": "Amounts paid × days from invoice to receipt",
    "paid_amount_days_late": "Amounts paid × days from due date to receipt",
    "uncollectible": "Written off as uncollectible",
    "recoveries": "Came back after all",
    "days": "Days in the window",
    "whole_days": "Days of the months used up whole",
    "rest": "Balance left for the last month",
    "last_sales": "Credit sales of the last month",
    "last_days": "Days of the last month",
    "open": "Open balance",
}

COUNTS = ("days", "whole_days", "last_days")
"""Inputs that are plain numbers of days, not amounts."""


def in_words(formula: str) -> str:
    """Write a formula with the words for its inputs: ar_end ÷ credit_sales → open balance ÷ credit sales."""
    return _NAME.sub(lambda found: INPUTS[found.group()].lower(), formula)


_NAME = re.compile(r"\b(" + "|".join(sorted(INPUTS, key=len, reverse=True)) + r")\b")
