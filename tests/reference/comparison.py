"""Comparing the results of a program."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
from differences import Difference, Result, Step
from known_differences_of_conversions import CONVERSIONS
from known_differences_of_labels import LABELS
from known_differences_of_maps import BLOCKS_AND_MAPS
from known_differences_of_numbers import NUMBERS
from known_differences_of_operations import OPERATIONS
from known_differences_of_reductions import REDUCING
from known_differences_of_torch import TORCH
from session import Expression

#: Everything which is known to be different, in each flavour
KNOWN = {
    "plain": [*LABELS, *BLOCKS_AND_MAPS, *CONVERSIONS, *OPERATIONS, *NUMBERS, *REDUCING],
    "torch": TORCH,
}
#: Functions which give gradients in an order of their own in the reference implementation
LOADING = {
    *(
        "load_buffer",
        "pickled",
        "save_and_load",
        "TensorBlock.load_buffer",
        "TensorMap.load_buffer",
    ),
    *("io.load_buffer", "io.load_block_buffer"),
}
#: The same for the info of maps
MOVING = {"keys_to_samples", "keys_to_properties"}
#: Functions which change what they are called with
CHANGING = {"add_gradient", "assign", "set_info", "setattr"}


def find_difference(step: Step, known: list[Difference]) -> Difference | None:
    """The known difference which explains that two results are not the same."""
    return next((difference for difference in known if difference.matches(step)), None)


def same(ours: Result, theirs: Result) -> bool:
    """Say if two results are the same.

    The text of errors does not matter, nor how often there is the same warning. Errors of
    other libraries have the same text: torch changed the classes of some of them.
    """
    if ours.get("message") and ours["message"] == theirs.get("message"):
        return True
    return _essential(ours) == _essential(theirs)


def _essential(result: Result) -> Result:
    essential = {name: value for name, value in result.items() if name != "message"}
    if "warnings" in result:
        essential["warnings"] = sorted(set(result["warnings"]))
    return essential


def nearly_same(ours: Any, theirs: Any) -> bool:
    """Say if two results only differ by rounding."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(nearly_same, ours, theirs))
    if not isinstance(ours, dict):
        return bool(ours == theirs)
    if ours.keys() != theirs.keys():
        return False
    if ours.get("bytes") is None or "shape" not in ours:
        return all(nearly_same(ours[name], theirs[name]) for name in ours)
    if any(ours[name] != theirs[name] for name in ("engine", "dtype", "shape")):
        return False
    dtype = np.dtype(ours["dtype"].removeprefix("torch."))
    one, other = (np.frombuffer(bytes.fromhex(r["bytes"]), dtype) for r in (ours, theirs))
    tolerance = 1e-3 if dtype.itemsize < 8 or dtype == "complex64" else 1e-9
    return np.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)


def variables(expression: Expression) -> set[int]:
    """Earlier results which are used in an expression."""
    if isinstance(expression, list):
        return set().union(*map(variables, expression))
    if isinstance(expression, dict):
        if "built" in expression:
            return set()
        if "var" in expression:
            return {expression["var"]}
        return set().union(*map(variables, expression.values()))
    return set()


def make_step(
    program: list[Expression], ours: list[Result], theirs: list[Result], index: int
) -> Step:
    """One expression, with what went in and came out."""
    expression = program[index]
    inputs = tuple(ours[i] for i in sorted(variables(expression)))
    return Step(expression, ours[index], theirs[index], inputs)


def unexplained(
    program: list[Expression],
    ours: list[Result],
    theirs: list[Result],
    seen: Counter[str],
    known: list[Difference],
) -> int | None:
    """Position of the first difference which is not known.

    :param seen: counts the known differences
    """
    # results which depend on something that is different anyhow
    unequal: set[int] = set()
    for i, expression in enumerate(program):
        step = make_step(program, ours, theirs, i)
        depends = bool(variables(expression) & unequal)
        if depends or not same(ours[i], theirs[i]):
            if not depends and not nearly_same(_essential(ours[i]), _essential(theirs[i])):
                difference = find_difference(step, known)
                if difference is None:
                    return i
                seen[difference.name] += 1
            if step.function in CHANGING:
                return None
            unequal.add(i)
        elif (step.function in LOADING and _several(ours[i], "gradients")) or (
            step.function in MOVING and _several(ours[i], "info")
        ):
            # descriptions do not have an order, but printing and saving show it
            unequal.add(i)
    return None


def _several(value: Any, name: str) -> bool:
    """Say if something in a result has several gradients, or several items of info."""
    if isinstance(value, list):
        return any(_several(item, name) for item in value)
    if isinstance(value, dict):
        return len(value.get(name, {})) > 1 or any(_several(v, name) for v in value.values())
    return False


def report(program: list[Expression], ours: list[Result], theirs: list[Result], index: int) -> str:
    """Text about an unexplained difference."""
    lines = ["the implementations do not agree on the last expression of this program:"]
    needed = {index}
    for i in range(index, -1, -1):
        if i in needed:
            needed |= variables(program[i])
    for i in sorted(needed):
        lines.append(f"  {i}: {json.dumps(program[i])}")
    lines.append(f"ours:      {_text(ours[index])}")
    lines.append(f"reference: {_text(theirs[index])}")
    return "\n".join(lines)


def _text(result: Any) -> str:
    return json.dumps(result)[:4000]
