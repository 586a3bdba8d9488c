"""The words on the paper of a plan, by language."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.core import UnknownLocaleError

ENGLISH: Mapping[str, str] = {
    "title": "Payment plan",
    "day": "Agreed on {day}",
    "number": "Customer number {code}",
    "opening": (
        "We agree that the amounts listed below, {total} in all, are paid in {count} instalments. Each instalment "
        "is due on its day; the documents keep their numbers."
    ),
    "opening_one": "We agree that the amounts listed below, {total} in all, are paid on the day named here.",
    "instalments": "Instalments",
    "no": "No.",
    "pays": "For",
    "due_on": "Due on",
    "amount": "Amount",
    "debts": "What is paid",
    "document": "Document",
    "first_due": "First due on",
    "total": "Total",
    "terms": (
        "An instalment is in time when it reaches our account within {days} bank days of its day. If one is missed, we "
        "may ask for it at once; if the plan ends, what is left is due on its first due dates again."
    ),
    "terms_none": (
        "An instalment is in time when it reaches our account on its day. If one is missed, we may ask for it at once; "
        "if the plan ends, what is left is due on its first due dates again."
    ),
    "pay": "Please pay into",
    "holder": "In the name of",
    "account": "Account",
    "bic": "BIC",
    "bank": "Bank",
    "reference": "Reference",
    "accept": "Please sign and send this page back. We accept this plan.",
    "signed_by": "For {name}",
    "place_and_day": "Place and day",
}
GERMAN: Mapping[str, str] = {
    "title": "Zahlungsplan",
    "day": "Vereinbart am {day}",
    "number": "Kundennummer {code}",
    "opening": (
        "Wir vereinbaren, dass die unten genannten Beträge, zusammen {total}, in {count} Raten gezahlt werden. Jede "
        "Rate ist an ihrem Tag fällig; die Belege behalten ihre Nummern."
    ),
    "opening_one": (
        "Wir vereinbaren, dass die unten genannten Beträge, zusammen {total}, an dem hier genannten Tag gezahlt werden."
    ),
    "instalments": "Raten",
    "no": "Nr.",
    "pays": "Für",
    "due_on": "Fällig am",
    "amount": "Betrag",
    "debts": "Was gezahlt wird",
    "document": "Beleg",
    "first_due": "Zuerst fällig am",
    "total": "Summe",
    "terms": (
        "Eine Rate ist rechtzeitig, wenn sie innerhalb von {days} Bankarbeitstagen nach ihrem Tag auf unserem Konto "
        "eingeht. Bleibt eine aus, können wir sie sofort anmahnen; endet der Plan, ist der Rest wieder an seinen "
        "ersten Fälligkeitstagen fällig."
    ),
    "terms_none": (
        "Eine Rate ist rechtzeitig, wenn sie an ihrem Tag auf unserem Konto eingeht. Bleibt eine aus, können wir sie "
        "sofort anmahnen; endet der Plan, ist der Rest wieder an seinen ersten Fälligkeitstagen fällig."
    ),
    "pay": "Bitte zahlen Sie auf",
    "holder": "Kontoinhaber",
    "account": "Konto",
    "bic": "BIC",
    "bank": "Bank",
    "reference": "Verwendungszweck",
    "accept": "Bitte senden Sie diese Seite unterschrieben zurück. Wir nehmen diesen Plan an.",
    "signed_by": "Für {name}",
    "place_and_day": "Ort und Tag",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}
"""The languages that come with arcore; English stands in for others."""


def said(language: str) -> Mapping[str, str]:
    """Return the words of a language of WORDS."""
    return WORDS[language]


def language_of(wanted: str, ours: str) -> tuple[str, str]:
    """Return the language of the words and the locale of figures, for a customer's language and our own locale.

    Our own country stays where it speaks that language: an English letter from Britain writes days as there.
    """
    for name in (wanted, ours):
        language = _language(name)
        if language in WORDS:
            return language, ours if _language(ours) == language else {"en": "en_GB", "de": "de_DE"}[language]
    return "en", "en_GB"


def _language(name: str) -> str:
    """Return the language in a name such as "de", "de-AT" or "en_GB"; "" for none that anybody knows."""
    try:
        return str(Locale.parse(name.replace("-", "_")).language)
    except (UnknownLocaleError, ValueError):
        return ""
