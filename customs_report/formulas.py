"""Evaluates a formula that was read from a file: arithmetic over named figures, and nothing else that Python can do."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from customs_report.provenance import FUNCTIONS, evaluated

LONGEST = 500  # characters
EACH = "each"  # several series side by side
OF_ONE = {"size", "round", "sqrt"}  # functions that a formula may call for each element of a series
OPERATIONS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv)
COMPARISONS = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)


class NotArithmetic(ValueError):
    """Text that is not an arithmetic formula, or one without a finite value."""


def recalculated(formula: str, values: Mapping[str, float | list[float]]) -> float:
    """The value of a formula from an untrusted file; raises NotArithmetic.

    >>> recalculated("sum(months) / 2", {"months": [1.0, 2.0]})
    1.5
    """
    if len(formula) > LONGEST:
        raise NotArithmetic(f"a formula of {len(formula):,} characters")
    numbers = {name for name, value in values.items() if not isinstance(value, list)}
    try:
        if not _is_number(ast.parse(formula, mode="eval").body, numbers, {*values} - numbers):
            raise NotArithmetic(f"{formula!r} is no arithmetic over its inputs")
        found = float(evaluated(formula, values))
    except (ArithmeticError, LookupError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError) as error:
        raise error if isinstance(error, NotArithmetic) else NotArithmetic(f"{formula!r}: {error}") from error
    if not math.isfinite(found):
        raise NotArithmetic(f"{formula!r} has no finite value")
    return found


def _is_number(node: ast.expr, numbers: set[str], series: set[str], *, inside: bool = False) -> bool:
    """Is it a number made of numbers? `inside` a series only functions of one number may be called."""
    parts: list[ast.expr] = []
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.Name(id=name):
            return name in numbers
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            parts = [operand]
        case ast.BinOp(left=left, right=right, op=operation) if isinstance(operation, OPERATIONS):
            parts = [left, right]
        case ast.Compare(left=left, comparators=[right], ops=[comparison]) if isinstance(comparison, COMPARISONS):
            parts = [left, right]
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in (OF_ONE if inside else {*FUNCTIONS} - {EACH}):
            parts = [part for part in parts if inside or not _is_series(part, numbers, series)]
        case _:
            return False
    return all(_is_number(part, numbers, series, inside=inside) for part in parts)


def _is_series(node: ast.expr, numbers: set[str], series: set[str]) -> bool:
    """Is it a series by name, or one made of others element by element? Only a function's argument may be one."""
    match node:
        case ast.Name(id=name):
            return name in series
        case ast.ListComp(elt=element, generators=[ast.comprehension(target=target, iter=source, ifs=[], is_async=0)]):
            given, targets = [source], [target]
            match source, target:
                case ast.Call(func=ast.Name(id=name), args=given, keywords=[]), ast.Tuple(elts=targets) if name == EACH:
                    pass
            names = [each.id for each in (*given, *targets) if isinstance(each, ast.Name)]
            if len(names) == len(given) + len(targets) and {*names[: len(given)]} <= series:
                return _is_number(element, numbers | {*names[len(given) :]}, series, inside=True)
    return False
