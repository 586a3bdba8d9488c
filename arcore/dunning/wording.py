"""What letters say: the text of each step and the words around it, by language; ours, and what a company changed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from typing import NamedTuple

from arcore.dunning import sandbox
from arcore.dunning.figures import parsed
from arcore.dunning.sandbox import BadTemplate
from arcore.errors import BadInput

TEMPLATES = Path(__file__).with_name("templates")
OURS = ("en", "de")
"""The languages that come with arcore; the first one stands in where a customer's language has no texts."""
STEPS = (1, 2, 3)
BLOCKS = ("table", "payment")
"""What every letter has to show: the list of debts, and where to pay."""
FACTS: Mapping[str, str] = MappingProxyType(
    {
        "greeting": "Dear Anna Hill, or a greeting without a name where no contact has one",
        "contact": "the name of the contact, empty where there is none",
        "customer": "the name of the customer",
        "code": "the customer's number",
        "company": "our name",
        "sender": "who sends it",
        "signature": "who sends it, then our name and address from the settings",
        "today": "the day of the letter",
        "pay_by": "the day by which it asks to be paid",
        "invoices": "what is asked for, counted: 3 invoices",
        "count": "the same as a number, for plural",
        "total": "what is asked for: EUR 74,305.20, with every currency",
        "currencies": "in how many currencies, for plural",
        "oldest_days": "how late the oldest debt is, in days",
        "oldest_due": "when it was due",
        "left_out": "one sentence on what is not asked for and why; empty where all of it is",
        "broken": "promises that were not kept, each with amount, left and due",
        "reference": "what the payment should quote",
        "table": "the list of debts; it has to be there",
        "payment": "where to pay; it has to be there",
    }
)
"""What a text can write, in the words of Settings."""
PROMISE = ("amount", "left", "due")


class Text(NamedTuple):
    """The text of one step in one language: two templates."""

    subject: str
    body: str


@dataclass(frozen=True)
class Language:
    """A language that letters are written in.

    Attributes:
        code: a tag such as "de" or "pt-BR".
        name: as people call it.
        texts: of the three steps.
        words: around them: the heads of tables, the labels of bank details.
    """

    code: str
    name: str
    texts: tuple[Text, Text, Text]
    words: Mapping[str, str]

    def text(self, step: int) -> Text:
        """Return the text of a step, which counts from 1; what is beyond the last has the last one's."""
        return self.texts[min(max(step, 1), len(self.texts)) - 1]

    def say(self, word: str, **values: str) -> str:
        """Return a word with its {…} filled in; a value is never read as a place to fill in."""
        parts = self.words[word].split("{")
        filled = [parts[0]]
        for part in parts[1:]:
            name, closed, rest = part.partition("}")
            filled.append(f"{values[name]}{rest}" if closed and name in values else f"{{{part}")
        return "".join(filled)

    def forms(self, word: str) -> tuple[str, ...]:
        """Return the forms of a counted word."""
        return tuple(self.words[word].split("|"))


@dataclass(frozen=True)
class Texts:
    """All that a company's letters say: its own texts before ours."""

    languages: Mapping[str, Language]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def pick(self, *wanted: str) -> Language:
        """Return the first of the wanted languages that has texts, with or without its country; else English."""
        for tag in wanted:
            found = parsed(tag)
            for code in () if found is None else (str(found).replace("_", "-"), found.language):
                if code in self.languages:
                    return self.languages[code]
        return self.languages[OURS[0]]

    def with_text(self, code: str, step: int, text: Text) -> Texts:
        """Return the texts with another one for a step, to look at before it is kept."""
        language = self.languages[code]
        changed = [text if number == step else language.text(number) for number in STEPS]
        tried = replace(language, texts=(changed[0], changed[1], changed[2]))
        return replace(self, languages={**self.languages, code: tried})

    def is_own(self, code: str, step: int) -> bool:
        """Tell whether the company wrote the text of a step itself."""
        return str(step) in self.own.get(code, {}).get("texts", {})


def from_setting(stored: Mapping[str, Mapping[str, Any]] | None) -> Texts:
    """Make the texts from the setting, which holds only what differs from ours."""
    own = dict(stored or {})
    codes = [*OURS, *(code for code in own if code not in OURS)]
    return Texts({code: _language(code, own.get(code, {})) for code in codes}, own)


def check(text: Text) -> None:
    """Raise BadTemplate, with line and reason, for a text that can't be a letter; `preview.try_out` renders it too."""
    if not text.subject.strip():
        raise BadTemplate("A letter needs a subject", line=1)
    for part, source in (("Subject", text.subject), ("Text", text.body)):
        try:
            _check_names(source)
        except BadTemplate as error:
            raise BadTemplate(f"{part}: {error.message[0].lower()}{error.message[1:]}", **error.details) from error
    missing = [name for name in BLOCKS if name not in sandbox.names_in(text.body)]
    if missing:
        raise BadTemplate(f"Text: it does not show {{{{ {missing[0]} }}}}", line=1, missing=missing)


def check_words(code: str, words: Mapping[str, str]) -> None:
    """Raise BadInput for a word that is unknown, empty, too long, or lacks what has to be filled in."""
    for name, word in words.items():
        ours = _words(OURS[0]).get(name)
        if ours is None:
            raise BadInput(f"There is no word {name!r} in a letter", language=code)
        if not word.strip() or len(word) > 300 or "\n" in word:
            raise BadInput(f"The words for {ours!r} are one line of 1 to 300 characters", language=code)
        for place in _places(ours):
            if place not in word:
                raise BadInput(f"The words for {ours!r} have to hold {place}", language=code)


def ours(code: str, step: int) -> Text:
    """Return the text that comes with arcore; English for a language that does not."""
    return _texts(code if code in OURS else OURS[0])[step - 1]


def our_words(code: str) -> Mapping[str, str]:
    """Return the words that come with arcore; English for a language that does not."""
    return _words(code if code in OURS else OURS[0])


def _language(code: str, own: Mapping[str, Any]) -> Language:
    words = {**our_words(code), **own.get("words", {})}
    texts = own.get("texts", {})
    chosen = [Text(**texts[str(step)]) if str(step) in texts else ours(code, step) for step in STEPS]
    return Language(code, own.get("name") or _name(code), (chosen[0], chosen[1], chosen[2]), words)


def _name(code: str) -> str:
    found = parsed(code)
    return code if found is None else str(found.get_display_name("en") or code)


def _check_names(source: str) -> None:
    known = {*FACTS, *sandbox.FUNCTIONS}
    for name, line in sandbox.unknown(source, known, {"broken": PROMISE}):
        raise BadTemplate(f"Line {line}: there is no {name}", line=line, name=name)


def _places(word: str) -> Iterable[str]:
    return [f"{{{part.partition('}')[0]}}}" for part in word.split("{")[1:]]


@cache
def _words(code: str) -> Mapping[str, str]:
    return MappingProxyType(tomllib.loads((TEMPLATES / code / "words.toml").read_text(encoding="utf-8")))


@cache
def _texts(code: str) -> tuple[Text, Text, Text]:
    read = [(TEMPLATES / code / f"{step}.txt").read_text(encoding="utf-8").partition("\n") for step in STEPS]
    first, second, third = (Text(subject.strip(), body.strip()) for subject, _, body in read)
    return first, second, third
