"""Comparing the results of a program."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from differences import Difference, Result, Step
from known_differences_of_labels import LABELS
from known_differences_of_maps import BLOCKS_AND_MAPS
from session import Expression

#: Everything which is known to be different
KNOWN = [*LABELS, *BLOCKS_AND_MAPS]
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


def find_difference(step: Step) -> Difference | None:
    """The known difference which explains that two results are not the same."""
    return next((difference for difference in KNOWN if difference.matches(step)), None)


def same(ours: Result, theirs: Result) -> bool:
    """Say if two results are the same; the text of errors does not matter."""
    results = (
        {name: value for name, value in result.items() if name != "message"}
        for result in (ours, theirs)
    )
    return next(results) == next(results)


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


def unexplained(
    program: list[Expression], ours: list[Result], theirs: list[Result], seen: Counter[str]
) -> int | None:
    """Position of the first difference which is not known.

    :param seen: counts the known differences
    """
    # results which depend on something that is different anyhow
    unequal: set[int] = set()
    for i, expression in enumerate(program):
        step = Step(expression, ours[i], theirs[i])
        depends = bool(variables(expression) & unequal)
        if depends or not same(ours[i], theirs[i]):
            if not depends:
                difference = find_difference(step)
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
