"""Formulas of measures as spreadsheets work them out: the same arithmetic, over cells instead of names."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from collections.abc import Mapping
from decimal import Decimal
from decimal import DivisionByZero
from decimal import InvalidOperation
from typing import Any

from arcore.analytics.figures import Figure

_SIGNS = str.maketrans({"÷": "/", "×": "*", "−": "-"})
_NAME = re.compile(r"[a-z_][a-z_0-9]*")
_CLOSE = Decimal("1e-9")
_ARITHMETIC: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def over_cells(figure: Figure, cells: Mapping[str, str]) -> str | None:
    """Return the formula of a figure over the cells of its inputs: "=D5/D6*D7".

    None where it has no value, where the formula is words, or where the arithmetic does not give the very value.
    """
    worth = value_of(figure.formula, figure.inputs)
    if worth is None or figure.exact is None or set(_NAME.findall(figure.formula)) - set(cells):
        return None
    if abs(worth - figure.exact) > _CLOSE * max(Decimal(1), abs(figure.exact)):
        return None
    return "=" + _NAME.sub(lambda found: cells[found.group()], figure.formula.translate(_SIGNS)).replace(" ", "")


def value_of(formula: str, inputs: Mapping[str, Any]) -> Decimal | None:
    """Work a formula out; None where it is words, an input is no number, or something is divided by zero."""
    try:
        return _worth(ast.parse(formula.translate(_SIGNS), mode="eval").body, inputs)
    except (SyntaxError, ValueError, DivisionByZero, InvalidOperation):
        return None


def _worth(node: ast.expr, inputs: Mapping[str, Any]) -> Decimal:
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        return _ARITHMETIC[type(node.op)](_worth(node.left, inputs), _worth(node.right, inputs))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Decimal(str(node.value))
    if isinstance(node, ast.Name) and isinstance(inputs.get(node.id), int | float | Decimal):
        return Decimal(str(inputs[node.id]))
    raise ValueError(ast.dump(node))
