"""Reading and changing what a company's letters say; kept as one setting that holds only what differs from ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from arcore.company.service import MAY_CHANGE
from arcore.dunning import preview
from arcore.dunning import wording
from arcore.dunning.figures import parsed
from arcore.dunning.wording import OURS
from arcore.dunning.wording import STEPS
from arcore.dunning.wording import Text
from arcore.dunning.wording import Texts
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.store.company import CompanySetting
from arcore.store.engine import reading
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

SETTING = "letter_texts"
MOST_LANGUAGES = 40


def texts(engine: Engine) -> Texts:
    """Read what letters say, ours where the company has nothing of its own."""
    with reading(engine) as session:
        return texts_in(session)


def texts_in(session: Session) -> Texts:
    """Read what letters say inside a session."""
    row = session.get(CompanySetting, SETTING)
    return wording.from_setting(json.loads(row.value) if row is not None else {})


def save_text(
    engine: Engine, *, language: str, step: int, subject: str, body: str, actor: Actor, key: str | None = None
) -> Facts:
    """Keep a text for a step in a language. Raises BadTemplate, with line and reason, and keeps the one before."""
    text = Text(" ".join(subject.split()), body.replace("\r\n", "\n").strip())

    def change(own: dict[str, Any]) -> None:
        _known(own, language)
        _step(step)
        preview.try_out(text, language=language, step=step, texts=wording.from_setting(own))
        kept = own.setdefault(language, {}).setdefault("texts", {})
        kept[str(step)] = text._asdict()
        if text == wording.ours(language, step):
            del kept[str(step)]

    content = {"language": language, "step": step, **text._asdict()}
    return _change(engine, "save_letter_text", change, content, actor, key)


def reset_text(engine: Engine, *, language: str, step: int, actor: Actor, key: str | None = None) -> Facts:
    """Take the text that comes with arcore again; English for a language that does not come with it."""

    def change(own: dict[str, Any]) -> None:
        _known(own, language)
        _step(step)
        own.get(language, {}).get("texts", {}).pop(str(step), None)

    return _change(engine, "reset_letter_text", change, {"language": language, "step": step}, actor, key)


def save_words(
    engine: Engine, *, language: str, words: Mapping[str, str], actor: Actor, key: str | None = None
) -> Facts:
    """Keep words around the text, such as the heads of tables; one that is as ours goes back to ours."""
    tidy = {name: " ".join(word.split()) for name, word in words.items()}
    wording.check_words(language, tidy)

    def change(own: dict[str, Any]) -> None:
        _known(own, language)
        kept = own.setdefault(language, {}).setdefault("words", {})
        kept.update(tidy)
        ours = wording.our_words(language)
        for name in [name for name, word in kept.items() if word == ours.get(name)]:
            del kept[name]

    return _change(engine, "save_letter_words", change, {"language": language, "words": tidy}, actor, key)


def add_language(engine: Engine, *, language: str, actor: Actor, key: str | None = None) -> Facts:
    """Begin a language as a copy of English, to be translated."""
    found = parsed(language)
    if found is None:
        raise BadInput(f"{language!r} is no language, such as fr or pt-BR", language=language)
    code = str(found).replace("_", "-")

    def change(own: dict[str, Any]) -> None:
        if code in OURS or code in own:
            raise BadInput(f"{found.get_display_name('en')} is there already", language=code)
        if len(own) >= MOST_LANGUAGES:
            raise BadInput(f"There are at most {MOST_LANGUAGES} languages", language=code)
        own[code] = {
            "texts": {str(step): wording.ours(OURS[0], step)._asdict() for step in STEPS},
            "words": {},
        }

    return _change(engine, "add_letter_language", change, {"language": code}, actor, key)


def remove_language(engine: Engine, *, language: str, actor: Actor, key: str | None = None) -> Facts:
    """Forget a language that was added; its customers are written to in English again."""

    def change(own: dict[str, Any]) -> None:
        _known(own, language)
        if language in OURS:
            raise BadInput("English and German come with arcore and stay; reset their texts instead", language=language)
        del own[language]

    return _change(engine, "remove_letter_language", change, {"language": language}, actor, key)


def _change(
    engine: Engine, verb: str, change: Callable[[dict[str, Any]], None], content: Facts, actor: Actor, key: str | None
) -> Facts:
    if actor.role not in MAY_CHANGE:
        raise NotAllowed(f"{actor.name} may not change the company's settings", actor=actor.name)

    def body(unit: Unit) -> Facts:
        row = unit.session.get(CompanySetting, SETTING)
        own: dict[str, Any] = json.loads(row.value) if row is not None else {}
        change(own)
        kept = {code: parts for code, parts in own.items() if code not in OURS or any(parts.values())}
        unit.session.merge(CompanySetting(name=SETTING, value=json.dumps(kept, ensure_ascii=False)))
        unit.session.flush()
        unit.subject = "company"
        unit.changed.update({name: content[name] for name in ("language", "step") if name in content})
        return {"language": content["language"]}

    return commit(engine, body, actor=actor, verb=verb, key=key, content=content)


def _known(own: Mapping[str, Any], language: str) -> None:
    if language not in OURS and language not in own:
        raise BadInput(f"There are no letters in {language!r}; add the language first", language=language)


def _step(step: int) -> None:
    if step not in STEPS:
        raise BadInput(f"There is no step {step}; there are {len(STEPS)}", step=step)
