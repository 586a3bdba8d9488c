"""The sample company: an invented firm whose books show everything arcore can show.

Tessmark Fluid Systems B.V. of Amsterdam sells pumps to about 150 customers in euros, dollars and pounds. Its calendar
ends on the day it is built for; 36 months are shown, and four before them give the first of these a full window. All
companies, people, addresses, amounts and exchange rates are made up.

How the figures come out: nothing is set, everything follows from habits.

- `cast` makes the customers: how often each buys, for how much (log-normal), its terms, and how it pays: median days
  late, spread, payment runs. `leads` are those with a part in the story.
- `trade` writes their invoices, more of them towards the end of a month; `payments` gives every instalment the day on
  which it will be paid, and puts those of one run into one receipt. What would be paid or learnt after the last day is
  not in the books: it is open. So balance, DSO and CEI are what such customers make them: 11 to 15 million euros open,
  a DSO of 44 to 53 days, a CEI of 80 to 88 %.
- The story (`workdays.extra_days`): 13 months ago a new billing system sent invoices late and without order numbers.
  DSO rose to about 60 days and CEI fell below 75 %; it took half a year to work off. Now British customers pay later
  every month.
- `stories` tells single cases: an insolvency, a case for the lawyers, a transfer to the parent, euros for dollars, an
  extension, a plan that was broken, disputes, a double payment, an invoice voided.
- `untidy` adds what nobody has put right yet: something for every list of the Clean-up page.
- `booking` writes what happened through the journal; `build` does so in the order in which it became known, one
  transaction per week or month's end, lately per day, each with its own moment. So a report as known on an earlier day
  lacks what was learnt later.

Everything draws from streams of chance with fixed seeds (`chance`): one day always gives the same books, ids included.
"""
