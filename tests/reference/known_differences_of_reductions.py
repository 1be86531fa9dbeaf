"""Known differences of sums and averages, see ``differences.py``."""

from __future__ import annotations

import json
from typing import Any

from differences import Difference, Step
from expressions import NOTHING, array, block, column, labels
from known_differences_of_operations import (
    AVERAGES,
    EMPTY,
    REDUCTIONS,
    has_empty,
    is_one,
    operation,
    reductions,
    without_engines,
)
from session import attribute, call, var


def has_components(value: Any) -> bool:
    """Say if a description contains blocks with components."""
    if isinstance(value, list | tuple):
        return any(map(has_components, value))
    if not isinstance(value, dict):
        return False
    return bool(value.get("components")) or any(map(has_components, value.values()))


def without_values(value: Any, *others: str) -> Any:
    """A description without the values of blocks, and without other things like their dtypes."""
    if isinstance(value, list):
        return [without_values(item, *others) for item in value]
    if not isinstance(value, dict):
        return value
    rest = {name: without_values(item, *others) for name, item in value.items()}
    if "block" in value:
        content = value["block"]["values"]["array"].items()
        removed = ("values", "bytes", *others)
        rest["block"]["values"] = {name: item for name, item in content if name not in removed}
        for name in others:
            del rest["block"][name]
    return rest


def has_integers(step: Step) -> bool:
    """Say if the operation gets values which are integers."""
    text = json.dumps(step.inputs)
    return '{"dtype": "int' in text or '{"torch.dtype": "torch.int' in text


#: Parts of messages about shapes
OTHER_SHAPES = (
    "broadcast",
    "source tensor shape must match",
    "must match the size of tensor",
    "the values shape along axis",
)
#: A block whose mean is not an integer
THREE = call(
    "TensorBlock", array([[4], [4], [-1]], "int64"), column("s", 3), NOTHING, column("p", 1)
)

REDUCING = [
    Difference(
        "unknown names in reductions of blocks",
        "are an error, as for maps",
        lambda step: (
            is_one(step, *REDUCTIONS)
            and step.function.endswith("_block")
            and step.ours.get("error") == "builtins.ValueError"
            and "is not one of the dimensions" in step.ours["message"]
        ),
        [operation("sum_over_samples_block", block(), "other")],
    ),
    Difference(
        "averages over properties of blocks with components",
        "work; the reference has other shapes in mind",
        lambda step: (
            is_one(step, *reductions("properties", "mean", "var", "std"))
            and has_components(step.inputs)
            and "error" not in step.ours
            and any(text in step.theirs.get("message", "") for text in OTHER_SHAPES)
        ),
        [
            call(
                "TensorBlock",
                array([[[[1, 2]]] * 3], "float64"),
                column("s", 1),
                {"list": [column("a", 3), column("b", 1)]},
                column("p", 2),
            ),
            operation("mean_over_properties_block", var(0), NOTHING),
        ],
    ),
    Difference(
        "averages over properties next to components of the same size",
        "are right; the reference divides along the components",
        lambda step: (
            is_one(step, *reductions("properties", "mean", "var", "std"))
            and has_components(step.inputs)
            and step.errors(None, None)
            and without_values(step.ours) == without_values(step.theirs)
        ),
        [
            call(
                "TensorBlock",
                array([[[1, 4, 2], [2, 1, 4]]], "float64"),
                column("s", 1),
                {"list": [column("c", 2)]},
                labels(["p", "q"], [[0, 0], [1, 0], [1, 1]]),
            ),
            operation("mean_over_properties_block", var(0), "q"),
        ],
    ),
    Difference(
        "averages of integers with torch",
        "are floating point numbers",
        lambda step: (
            is_one(step, *AVERAGES)
            and step.errors(None, "RuntimeError", "must have the same scalar type")
        ),
        [operation("std_over_samples_block", block(engine="torch"), "s")],
    ),
    Difference(
        "reducing properties of empty blocks",
        "also changes the properties of gradients",
        lambda step: (
            is_one(step, *REDUCTIONS)
            and step.errors(None, "MetatensorError", "gradient properties must be the same")
        ),
        [
            EMPTY,
            call(
                "TensorBlock",
                array([[], []], "int64"),
                column("sample", 2),
                NOTHING,
                attribute(var(0), "properties"),
            ),
            call("add_gradient", var(0), "g", var(1)),
            operation("sum_over_properties_block", var(0), "p"),
        ],
    ),
    Difference(
        "reducing empty blocks next to others",
        "all blocks have the same names of dimensions then",
        lambda step: (
            is_one(step, *REDUCTIONS)
            and step.errors(None, "MetatensorError", "all blocks must have the same")
        ),
        [
            call("TensorMap", column("k", 2), {"list": [block(), EMPTY]}),
            operation("sum_over_properties", var(0), "p"),
        ],
    ),
    Difference(
        "averages of empty blocks of integers",
        "are floating point numbers, as those of other blocks",
        lambda step: (
            is_one(step, *AVERAGES)
            and has_integers(step)
            and has_empty(step.ours)
            and step.errors(None, None)
            and without_engines(without_values(step.ours, "dtype"))
            == without_engines(without_values(step.theirs, "dtype"))
        ),
        [EMPTY, operation("var_over_properties_block", var(0), "p")],
    ),
    Difference(
        "variances of integers",
        "are floating point numbers; the reference rounds each term",
        lambda step: (
            is_one(step, *AVERAGES)
            and has_integers(step)
            and (
                step.errors(None, "MetatensorError", "blocks with different dtypes")
                or (
                    step.errors(None, None)
                    and without_values(step.ours) == without_values(step.theirs)
                )
            )
        ),
        [THREE, operation("var_over_samples_block", var(0), "s")],
    ),
]
