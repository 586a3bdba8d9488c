"""What other capabilities read of the books: columns in memory, rates, texts of documents."""

from __future__ import annotations

from arcore.reports.book import Book
from arcore.reports.book import book
from arcore.reports.dimensions import NOBODY
from arcore.reports.items import taken_over
from arcore.reports.rates import Rates
from arcore.reports.rates import read_rates
from arcore.reports.texts import DocumentText
from arcore.reports.texts import document_texts

__all__ = ["NOBODY", "Book", "DocumentText", "Rates", "book", "document_texts", "read_rates", "taken_over"]
