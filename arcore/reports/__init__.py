"""The reading side: the books in memory, and the queries that pages and command line share."""
