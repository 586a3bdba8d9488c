"""Every table in one place, so that the metadata is complete once this is imported."""

from __future__ import annotations

from arcore.store.base import metadata
from arcore.store.books import APPEND_ONLY
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.books import LedgerHead
from arcore.store.company import CompanySetting
from arcore.store.company import Rate
from arcore.store.customers import DATED
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.customers import Note
from arcore.store.sources import Coverage
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.sources import Source
from arcore.store.sources import SourceWord

__all__ = [
    "APPEND_ONLY",
    "DATED",
    "Application",
    "AuditEvent",
    "CompanySetting",
    "Contact",
    "Coverage",
    "Customer",
    "CustomerFact",
    "Document",
    "Import",
    "ImportFile",
    "Item",
    "LedgerHead",
    "Note",
    "Rate",
    "Source",
    "SourceWord",
    "metadata",
]
