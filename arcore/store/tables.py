"""Every table in one place, so that the metadata is complete once this is imported."""

from __future__ import annotations

from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanInstalment
from arcore.store.arrangements import PlanItem
from arcore.store.arrangements import Promise
from arcore.store.arrangements import PromiseDocument
from arcore.store.base import metadata
from arcore.store.books import APPEND_ONLY
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.books import LedgerHead
from arcore.store.cleanup import CleanupDecision
from arcore.store.company import CompanySetting
from arcore.store.company import LedgerBalance
from arcore.store.company import MonthClose
from arcore.store.company import MonthlySales
from arcore.store.company import MonthNote
from arcore.store.company import Rate
from arcore.store.contact import CaseEvent
from arcore.store.contact import Dispute
from arcore.store.contact import Talk
from arcore.store.customers import DATED
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerAlias
from arcore.store.customers import CustomerFact
from arcore.store.customers import Note
from arcore.store.delivery import Delivery
from arcore.store.goals import ChartNote
from arcore.store.goals import Target
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.messages import OpeningStep
from arcore.store.messages import ReminderSkip
from arcore.store.papers import Attachment
from arcore.store.papers import Posting
from arcore.store.sources import Coverage
from arcore.store.sources import FileTotal
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.sources import Source
from arcore.store.sources import SourceWord

__all__ = [
    "APPEND_ONLY",
    "DATED",
    "Application",
    "Attachment",
    "AuditEvent",
    "CaseEvent",
    "ChartNote",
    "CleanupDecision",
    "CompanySetting",
    "Contact",
    "Coverage",
    "Customer",
    "CustomerAlias",
    "CustomerFact",
    "Delivery",
    "Dispute",
    "Document",
    "FileTotal",
    "Import",
    "ImportFile",
    "Item",
    "LedgerBalance",
    "LedgerHead",
    "Message",
    "MessageItem",
    "MonthClose",
    "MonthNote",
    "MonthlySales",
    "Note",
    "OpeningStep",
    "Plan",
    "PlanInstalment",
    "PlanItem",
    "Posting",
    "Promise",
    "PromiseDocument",
    "Rate",
    "ReminderSkip",
    "Source",
    "SourceWord",
    "Talk",
    "Target",
    "metadata",
]
