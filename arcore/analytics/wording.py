"""What measures and their inputs are called, and what each means in a sentence or two."""

from __future__ import annotations

import re

from arcore.analytics.headline import months_of
from arcore.analytics.kpi import Kpi
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.variants import Variants

TITLES: dict[str, str] = {
    "open": "Open balance",
    "overdue": "Overdue",
    "unapplied": "Unapplied credits",
    "dso": "DSO, days sales outstanding",
    "dso.countback": "DSO by count-back",
    "dso.average_balance": "DSO on the average balance",
    "dso.countback_months": "DSO by count-back, in months",
    "dso.month_ends": "DSO on the mean of month-ends",
    "extended_dso": "Extended DSO",
    "add.countback": "Days sales overdue, by count-back",
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
    "dso.sales_weighted": "DSO, sales-weighted",
    "dso.true": "True DSO",
    "delinquent_dso": "Delinquent DSO",
    "cash_cycle": "Cash conversion cycle",
    "cash_cycle.average_balance": "Cash conversion cycle on the average balance",
    "terms": "Terms of what was paid",
    "bad_debt.of_balance": "Bad debt, of the average balance",
    "write_offs": "Other write-offs",
    "discount_cost.effective": "Cost of discounts a year, compounded",
    "active_customers": "Active customers",
    "contacts_reached": "Contacts reached",
    "collection_cost.per_1000": "Cost of collection per 1,000 of sales",
    "cei.rolling_12": "CEI of twelve months",
    "cei.cash_rolling_12": "CEI of twelve months, cash only",
    "turnover.period_end": "Turnover on the closing balance",
    "turnover.thirteen_point": "Turnover on thirteen month-ends",
    "ar_days": "Turnover in days",
    "days_to_pay.unweighted": "Days to pay, per invoice",
    "days_late.unweighted": "Days late, per invoice",
    "open_age": "Age of what is open",
    "invoice_latency": "Invoice latency",
    "roll_rate.not_due": "Roll rate, not due to 1-30",
    "roll_rate.1_30": "Roll rate, 1-30 to 31-60",
    "roll_rate.31_60": "Roll rate, 31-60 to 61-90",
    "roll_rate.61_90": "Roll rate, 61-90 to 91-120",
    "bad_debt.net_of_tax": "Bad debt, net of tax",
    "dilution": "Dilution",
    "dilution.with_discounts": "Dilution with discounts",
    "discount_cost": "Cost of discounts a year",
    "top_customers": "Share of the largest customers",
    "top_customers.sales": "Sales share of the largest customers",
    "hhi": "Concentration, HHI",
    "hhi.sales": "Concentration of sales, HHI",
    "large_customers": "Large customers",
    "exposure": "Exposure",
    "utilisation": "Use of credit limits",
    "utilisation.p90": "Use of credit limits, 90th percentile",
    "over_limit": "Over the limit",
    "promises_kept": "Promises kept",
    "promises_kept.value": "Promises kept, by value",
    "dispute_rate": "Invoices disputed",
    "dispute_rate.value": "Open balance in dispute",
    "revised_rate": "Invoices revised",
    "collection_cost": "Cost of collection",
    "cash_in": "Cash in",
}

DEFINITIONS: dict[str, str] = {
    "open": "Everything that customers owe on the day, less what stands unapplied to their credit.",
    "overdue": "Open invoices and other debit items whose due date has passed. Unapplied credits are not taken off: "
    "they stand in a column of their own.",
    "unapplied": "Payments and credit notes that were not applied to any invoice yet, as a negative amount: they lower "
    "the open balance, but stand apart from what is overdue.",
    "dso": "How many days of credit sales are still unpaid: the balance at the end of the day, divided by the credit "
    "sales of the three months up to it, times the days of that time. Compare it with your terms, not with others.",
    "dso.countback": "How many days back the balance reaches when it is used up by the sales of the latest month, then "
    "of the month before, and so on. Sales that rise or fall do not bend it.",
    "dso.average_balance": "DSO with the mean of the balance at the beginning and at the end of the three months.",
    "dso.month_ends": "DSO with the mean of the balances at every month-end of the three months, the opening one too.",
    "dso.countback_months": "How many months back the balance reaches when it is used up by the sales of the latest "
    "month, then of the month before, and so on; every month counts as one.",
    "extended_dso": "The days of credit that customers have beyond the terms of what was paid: best possible DSO less "
    "these terms. Above zero where newer invoices were given longer terms than those paid lately.",
    "add.countback": "How many days of sales the overdue debt holds when it is used up by the sales of the latest "
    "month, then of the month before: another measure than average days delinquent.",
    "terms": "Days from the invoice to its due date, weighted by what was paid in three months. With days late it adds "
    "up to days to pay.",
    "bad_debt.of_balance": "Uncollectible write-offs of twelve months, less what came back, against the mean of the "
    "open balance at the beginning and at the end.",
    "write_offs": "Small differences, goodwill and what was conceded in disputes, written off in twelve months, "
    "against the credit sales of the same months. Not bad debt.",
    "discount_cost.effective": "What was given up for money that came early, as a rate a year that is compounded over "
    "the mean days it came before the due date.",
    "active_customers": "Customers with an invoice or a payment in twelve months, or with a balance on the day.",
    "contacts_reached": "Of the calls and meetings tried in three months, those in which somebody was reached. Whether "
    "it was the right person is not recorded apart.",
    "cash_cycle.average_balance": "Days from paying suppliers to being paid, with DSO on the mean of the balance at "
    "the beginning and at the end. Inventory and payables are what the company says, never a default.",
    "collection_cost.per_1000": "What collecting costs, as the company says, for every thousand of credit sales of "
    "the same months.",
    "bpdso": "What DSO would be if everyone paid on the due date: only what is not yet due counts as balance. It "
    "depends on terms and on the timing of sales, not on collecting.",
    "add": "The days of DSO that are due to late payment: what is overdue, divided by the credit sales of three "
    "months, times their days.",
    "cei": "Of all that could have been collected in the three months up to the day, how much left the books. "
    "100 means that nothing is overdue. Credit notes and write-offs leave the books too: the twin counts cash only.",
    "cei.cash": "Of all that could have been collected in the three months, how much came in as cash, less refunds and "
    "bounced payments.",
    "turnover": "How often a year the average balance is turned into credit sales. Higher is better: money comes "
    "in faster. Some guides say to keep it low; what should be low is the turnover in days. A very high one may mean "
    "that terms are too tight: compare it with 365 divided by the days of your terms.",
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
    "dso.sales_weighted": "Each step of 30 days past due divided by the credit sales of as many months back, times 30. "
    "Sales that rise or fall do not bend it. A step whose month had no sales is left out, and the figure says so.",
    "dso.true": "Each unpaid invoice times its age, divided by the credit sales of the month it was sold in. Months "
    "without sales are left out, and the figure says so.",
    "delinquent_dso": "DSO less best possible DSO: average days delinquent, less the days of unapplied credits.",
    "cash_cycle": "Days from paying suppliers to being paid: days of inventory, plus DSO, less days of payables. "
    "Inventory and payables are what the company says, never a default.",
    "cei.rolling_12": "CEI of twelve months taken as one window: not the mean of twelve monthly figures.",
    "cei.cash_rolling_12": "The same, with cash only as what left the books.",
    "turnover.period_end": "Turnover with the closing balance instead of the mean of two. Higher is better.",
    "turnover.thirteen_point": "Turnover with the mean of thirteen month-end balances, which a season does not hide "
    "from. Higher is better.",
    "ar_days": "The days of twelve months divided by the turnover of these months. Lower is better: it is the days "
    "that should be low, not the turnover.",
    "days_to_pay.unweighted": "Days from the invoice to its last receipt, every invoice counted once, over those paid "
    "off in three months. Blind to those still open: look at the age of what is open beside it.",
    "days_late.unweighted": "Days from the due date to the last receipt, every invoice counted once, over those paid "
    "off in three months; negative when customers pay early.",
    "open_age": "Days from the document to the day, weighted by what is open. Days to pay tell of invoices that were "
    "paid; this tells of the others.",
    "invoice_latency": "Days from the date on an invoice to the day we learnt of it, over the invoices recorded in "
    "three months. Invoices dated before these books began are left out.",
    "roll_rate.not_due": "What is 1-30 days late, of what was not yet due 30 days before.",
    "roll_rate.1_30": "What is 31-60 days late, of what was 1-30 days late 30 days before.",
    "roll_rate.31_60": "What is 61-90 days late, of what was 31-60 days late 30 days before.",
    "roll_rate.61_90": "What is 91-120 days late, of what was 61-90 days late 30 days before.",
    "bad_debt.net_of_tax": "Bad debt with the tax taken out of losses and sales; needs the tax of every amount.",
    "dilution": "Credit notes of twelve months against what was invoiced in them: sales that went away without cash.",
    "dilution.with_discounts": "Credit notes and early-payment discounts of twelve months against what was invoiced.",
    "discount_cost": "What was given up for money that came early, as a rate a year: discounts of twelve months "
    "divided by the payments times the days that they came before the due date.",
    "top_customers": "What the ten largest customers owe, of what all customers owe. Customers in credit are left out; "
    "how many count as the largest is a setting.",
    "top_customers.sales": "Credit sales of twelve months to the ten largest customers, of those to all.",
    "hhi": "The sum of the squared shares of all customers in what is owed, from 0 to 10,000. Above 2,500 the book is "
    "concentrated.",
    "hhi.sales": "The same of the credit sales of twelve months.",
    "large_customers": "Customers with at least ten percent of the credit sales of twelve months: the ones that "
    "accounts have to disclose.",
    "exposure": "What customers owe, each net of its own credits; a customer in credit lowers nobody else's.",
    "utilisation": "What customers with a credit limit owe, of the sum of their limits. Customers without a limit, or "
    "with one of zero, are left out.",
    "utilisation.p90": "Nine of ten customers with a credit limit use at most this part of theirs.",
    "over_limit": "What is owed beyond credit limits, customer by customer; room at one does not make up for another.",
    "promises_kept": "Of the promises made in twelve months that are decided, how many were paid in full and in time, "
    "grace included. What still runs or was withdrawn does not count; one kept in part counts as broken.",
    "promises_kept.value": "Of the amounts promised in twelve months and decided, how much came in in time.",
    "dispute_rate": "Invoices that a dispute was opened on in three months, against the invoices issued in them.",
    "dispute_rate.value": "What is in dispute on the day, of the open debit items.",
    "revised_rate": "Invoices voided and issued again, credited in full and billed again within 30 days, or changed by "
    "a file that was read again, in three months, against the invoices issued in them.",
    "collection_cost": "What collecting costs, as the company says, against the cash of the same months.",
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
    "paid_for_discounts": "Paid on the debts with a discount",
    "other_write_offs": "Other write-offs",
    "active_customers": "Active customers",
    "contacts_tried": "Contacts tried",
    "contacts_reached": "Contacts reached",
    "whole_days": "Days of the months used up whole",
    "rest": "Balance left for the last month",
    "last_sales": "Credit sales of the last month",
    "last_days": "Days of the last month",
    "days_of_inventory": "Days of inventory",
    "days_of_payables": "Days of payables",
    "closed_count": "Invoices paid off",
    "closed_days": "Days of these from invoice to last receipt",
    "closed_days_late": "Days of these from due date to last receipt",
    "open_amount_days": "Open amounts × days since the document",
    "invoices_recorded": "Invoices recorded",
    "latency_days": "Days from their date to recording",
    "rolled_from": "In the earlier bucket 30 days before",
    "rolled_to": "In the next bucket",
    "loss_tax": "Tax in these losses",
    "sales_tax": "Tax in credit sales",
    "credit_notes": "Credit notes",
    "discounts": "Early-payment discounts",
    "invoiced": "Invoiced and charged",
    "discounts_taken": "Discounts given",
    "paid_days_early": "Amounts paid × days before the due date",
    "year_days": "Days of a year",
    "top_open": "Owed by the largest",
    "positive_open": "Owed by customers",
    "top_sales": "Credit sales to the largest",
    "positive_sales": "Credit sales to all",
    "open_squares": "Sum of squared balances",
    "sales_squares": "Sum of squared sales",
    "large_count": "Large customers",
    "large_sales": "Credit sales to them",
    "limited_open": "Owed by customers with a limit",
    "limits": "Credit limits",
    "high_utilisation": "Use of limits, 90th percentile",
    "over_limit": "Owed beyond limits",
    "kept": "Promises kept",
    "broken": "Promises broken",
    "received": "Received in time",
    "promised": "Promised",
    "invoices_disputed": "Invoices disputed",
    "invoices_issued": "Invoices issued",
    "disputed": "In dispute",
    "voided_reissued": "Voided and issued again",
    "credited_rebilled": "Credited and billed again",
    "changed_by_import": "Changed by a file read again",
    "cost": "Cost of collecting",
    "open": "Open balance",
}

COUNTS = (
    "days", "whole_days", "last_days", "days_of_inventory", "days_of_payables", "closed_count", "closed_days",
    "closed_days_late", "invoices_recorded", "latency_days", "year_days", "large_count", "high_utilisation", "kept",
    "broken", "invoices_disputed", "invoices_issued", "voided_reissued", "credited_rebilled", "changed_by_import",
    "active_customers", "contacts_tried", "contacts_reached",
)  # fmt: skip
"""Inputs that are plain numbers, not amounts."""


def key_of(kpi: Kpi) -> str:
    """Return the name under which a measure stands here: with its variant where several go by one name."""
    full = f"{kpi.name}.{kpi.variant}"
    return full if full in TITLES else kpi.name


def is_known(name: str) -> bool:
    """Tell whether a name ("dso", "dso.period_end") is a measure's."""
    plain, _, variant = name.partition(".")
    return (plain, variant) in BY_KEY if variant else plain in BY_NAME


def definition(kpi: Kpi, variants: Variants, window: int | None = None) -> str:
    """Return what a measure means, with the numbers that the company chose and its window, or another one in months."""
    months = MONTHS.get(window or months_of(kpi, variants), "three months")
    chosen = {
        "three months": months,
        "ten largest": f"{variants.top_customers} largest" if variants.top_customers != 10 else "ten largest",
        "ten percent": "ten percent" if variants.large_share == 10 else f"{variants.large_share.normalize():f} percent",
        "within 30 days": f"within {variants.rebill_days} days",
    }
    text = DEFINITIONS[key_of(kpi)]
    for usual, instead in chosen.items():
        text = text.replace(usual, instead)
    return text


MONTHS = {1: "one month", 12: "twelve months"}
"""What a window is called instead of "three months"."""


def in_words(formula: str) -> str:
    """Write a formula with the words for its inputs: ar_end ÷ credit_sales → open balance ÷ credit sales."""
    return _NAME.sub(lambda found: INPUTS[found.group()].lower(), formula)


_NAME = re.compile(r"\b(" + "|".join(sorted(INPUTS, key=len, reverse=True)) + r")\b")
