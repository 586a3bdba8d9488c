"""Templates that people write: a small part of Jinja2, checked before it is kept, run in a sandbox.

A template may write values, ask `if`, and go over a list once. Everything else (methods, macros, arithmetic, nested
loops) is refused with its line, so no text can run long, grow large or reach what it was not given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from jinja2 import StrictUndefined
from jinja2 import Template
from jinja2 import TemplateError
from jinja2 import TemplateSyntaxError
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arcore.errors import BadInput

LONGEST = 20_000
"""Characters of a template."""
FILTERS = ("upper", "lower", "capitalize", "title", "trim", "length", "first", "last", "join", "default")
FUNCTIONS = ("plural", "counted")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.For,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Call,
    nodes.Test, nodes.Concat, nodes.List, nodes.Tuple,
)  # fmt: skip
_MARK = "\ue000"
"""Stands around the name of a block in a rendered text; taken out of every value."""
_BLOCK = re.compile(f"{_MARK}([a-z_]+){_MARK}")


class Words(NamedTuple):
    """A paragraph of words; its lines are plain text."""

    lines: tuple[str, ...]


class Block(NamedTuple):
    """A place where a table or the bank details stand."""

    name: str


class BadTemplate(BadInput):
    """A template that can't be understood or rendered; `details` has its line."""

    code = "bad_template"


def render_line(source: str, facts: Mapping[str, Any]) -> str:
    """Render a template to one line, such as a subject. Raises BadTemplate."""
    return " ".join(_BLOCK.sub("", _rendered(source, facts, ())).split())


def render_paragraphs(source: str, facts: Mapping[str, Any], blocks: tuple[str, ...]) -> tuple[Words | Block, ...]:
    """Render a template to paragraphs, parted by empty lines, with `blocks` where their names were written.

    What the values hold is text, whatever it looks like. Raises BadTemplate.
    """
    parts: list[Words | Block] = []
    for paragraph in re.split(r"\n[ \t]*\n", _rendered(source, facts, blocks)):
        for number, piece in enumerate(_BLOCK.split(paragraph)):
            if number % 2:
                parts.append(Block(piece))
                continue
            lines = tuple(line.rstrip() for line in piece.strip().split("\n"))
            if any(lines):
                parts.append(Words(lines))
    return tuple(parts)


def literal(text: object, *, lines: bool = False) -> str:
    """Return somebody's text without control signs, without our marks and, unless `lines`, on one line.

    Signs that turn the direction of writing go too: they could make a name read as an amount.
    """
    kept = "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Zl", "Zp") else " "
                   for c in str(text) if c not in _TURNING)  # fmt: skip
    return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip() if lines else " ".join(kept.split())


def names_in(source: str) -> set[str]:
    """Return the names that a template uses. Raises BadTemplate."""
    return {node.name for node in _parsed(source).find_all(nodes.Name)}


def unknown(source: str, known: AbstractSet[str], lists: Mapping[str, tuple[str, ...]]) -> list[tuple[str, int]]:
    """Return each name, with its line, that a template could not write.

    `lists` are what it may go over, with what each part of them has. Raises BadTemplate.
    """
    tree = _parsed(source)
    parts: dict[str, tuple[str, ...]] = {"loop": ("first", "last", "index", "length")}
    found: list[tuple[str, int]] = []
    for loop in tree.find_all(nodes.For):
        if not (isinstance(loop.iter, nodes.Name) and loop.iter.name in lists and isinstance(loop.target, nodes.Name)):
            found.append((f"such list; a loop goes over {' or '.join(lists)}", loop.lineno))
            continue
        parts[loop.target.name] = lists[loop.iter.name]
    used = tree.find_all(nodes.Name)
    found += [(repr(name.name), name.lineno) for name in used if name.name not in known and name.name not in parts]
    for part in tree.find_all(nodes.Getattr):
        owner = part.node.name if isinstance(part.node, nodes.Name) else ""
        if part.attr not in parts.get(owner, ()):
            found.append((f"{part.attr!r} in {owner or 'it'}", part.lineno))
    return sorted(found, key=lambda pair: pair[1])


_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def _rendered(source: str, facts: Mapping[str, Any], blocks: tuple[str, ...]) -> str:
    try:
        return compiled(source).render({**facts, **{name: f"{_MARK}{name}{_MARK}" for name in blocks}})
    except TemplateError as error:
        raise BadTemplate(f"The text can't be written: {error.message}", reason=str(error)) from error
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, RecursionError) as error:
        raise BadTemplate(f"The text can't be written: {error}", reason=str(error)) from error


@lru_cache(maxsize=256)
def compiled(source: str) -> Template:
    """Return a template ready to run. Raises BadTemplate with line and reason."""
    _parsed(source)
    return _environment().from_string(source)


def _parsed(source: str) -> nodes.Template:
    if len(source) > LONGEST:
        raise BadTemplate(f"A text has at most {LONGEST:,} characters; this has {len(source):,}", line=1)
    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        raise BadTemplate(f"Line {error.lineno}: {error.message}", line=error.lineno, reason=error.message) from error
    except RecursionError as error:
        raise BadTemplate("The text is nested too deeply", line=1) from error
    _check(tree, looping=False)
    return tree


def _check(node: nodes.Node, *, looping: bool) -> None:
    if not isinstance(node, _ALLOWED):
        _refuse(node, f"{_called(node)} can't stand in a letter")
    if isinstance(node, nodes.For):
        if looping or node.recursive:
            _refuse(node, "a loop inside a loop can't stand in a letter")
        looping = True
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        _refuse(node, f"the filter {node.name!r} can't stand in a letter; there are {', '.join(FILTERS)}")
    if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in FUNCTIONS):
        _refuse(node, f"only {' and '.join(FUNCTIONS)} can be called in a letter")
    if isinstance(node, nodes.Name) and node.name.startswith("_"):
        _refuse(node, f"there is no {node.name!r}")
    for child in node.iter_child_nodes():
        _check(child, looping=looping)


def _refuse(node: nodes.Node, reason: str) -> None:
    raise BadTemplate(f"Line {node.lineno}: {reason}", line=node.lineno, reason=reason)


def _called(node: nodes.Node) -> str:
    known = {"Macro": "{% macro %}", "Assign": "{% set %}", "Include": "{% include %}", "Import": "{% import %}",
             "FromImport": "{% from %}", "Extends": "{% extends %}", "Block": "{% block %}", "With": "{% with %}",
             "CallBlock": "{% call %}", "Getitem": "[…]"}  # fmt: skip
    name = type(node).__name__
    return known.get(name, "arithmetic" if isinstance(node, nodes.BinExpr) else name)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    made.globals.clear()
    return made
