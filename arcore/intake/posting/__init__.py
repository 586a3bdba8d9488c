"""What was booked here and has to be posted in the general ledger: the list, its files, its status."""
