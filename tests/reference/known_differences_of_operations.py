"""Known differences of the operations of the package, see ``differences.py``."""

from __future__ import annotations

import json
from typing import Any

from differences import Difference, Step
from expressions import NOTHING, array, block, column, gradient, labels, tensor
from session import Expression, call, method, var


def is_one(step: Step, *names: str) -> bool:
    """Say if one of these operations was called, for maps or for blocks."""
    package, _, name = step.function.rpartition(".")
    return package == "operations" and name.removesuffix("_block") in names


def operation(name: str, *arguments: Expression, **keywords: Expression) -> Expression:
    """Call of an operation."""
    return call(f"operations.{name}", *arguments, **keywords)


def has_empty(value: Any) -> bool:
    """Say if a description contains an empty array of values."""
    if isinstance(value, list):
        return any(map(has_empty, value))
    if not isinstance(value, dict):
        return False
    if "block" in value and 0 in value["block"]["values"]["array"]["shape"]:
        return True
    return any(map(has_empty, value.values()))


def only_empty_blocks_differ(step: Step) -> bool:
    """Say if all other blocks are the same, and the keys of maps."""
    ours, theirs = (result["value"] for result in (step.ours, step.theirs))
    if "block" in ours:
        return True
    pairs = zip(ours["map"]["blocks"], theirs["map"]["blocks"], strict=True)
    return ours["map"]["keys"] == theirs["map"]["keys"] and all(
        one == other or has_empty(one) for one, other in pairs
    )


def blocks_by_key(value: Any) -> list[str]:
    """Keys and blocks of the description of a map, in an order of their own."""
    keys = value["map"]["keys"]["labels"]["values"]["array"]["values"]
    return sorted(map(json.dumps, zip(keys, value["map"]["blocks"], strict=True)))


def has_nested_gradients(value: Any) -> bool:
    """Say if a description contains gradients of gradients."""
    if isinstance(value, list | tuple):
        return any(map(has_nested_gradients, value))
    if not isinstance(value, dict):
        return False
    gradients = value.get("block", {}).get("gradients", {}).values()
    return any(gradient["block"]["gradients"] for gradient in gradients) or any(
        map(has_nested_gradients, value.values())
    )


def without_engines(value: Any) -> str:
    """A description without the libraries of arrays and devices."""
    text = json.dumps(value)
    for library in ("torch", "numpy"):
        text = text.replace(f'"engine": "{library}"', "")
    return text.replace('{"torch.device": "cpu"}', '"cpu"')


def reductions(axis: str, *functions: str) -> tuple[str, ...]:
    """Names of reductions."""
    return tuple(f"{function}_over_{axis}" for function in functions)


#: Parts of messages about empty arrays
NOT_RESHAPED = ("cannot reshape array of size 0", "cannot reshape tensor of 0 elements")
AVERAGES = [
    *reductions("samples", "mean", "var", "std"),
    *reductions("properties", "mean", "var", "std"),
]
REDUCTIONS = [*AVERAGES, "sum_over_samples", "sum_over_properties"]
#: A block without properties
EMPTY = call(
    "TensorBlock", array([[], []], "int64"), column("s", 2), NOTHING, call("Labels.empty", "p")
)
WITH_GRADIENT = [block(), call("add_gradient", var(0), "g", gradient())]
#: A map with gradients of gradients
NESTED = [
    block(),
    gradient(),
    call("add_gradient", var(1), "h", gradient()),
    call("add_gradient", var(0), "g", var(1)),
    call("make_map", column("k", 1), {"list": [var(0)]}),
]
OPERATIONS = [
    Difference(
        "operations on empty arrays",
        "work; the reference reshapes them in a way which is ambiguous without values",
        lambda step: (
            is_one(step, "abs", "multiply", "divide", "pow", "lstsq", "solve")
            # torch does not have all functions for all dtypes
            and ("error" not in step.ours or "not implemented for" in step.ours["message"])
            and any(text in step.theirs.get("message", "") for text in NOT_RESHAPED)
        ),
        [operation("lstsq", *[call("TensorMap", column("k", 1), {"list": [EMPTY]})] * 2, None)],
    ),
    Difference(
        "dtype of gradients in operations",
        "is that of the values; the reference only changes the dtype of values",
        lambda step: (
            is_one(step, "abs", "add", "subtract", *AVERAGES)
            and step.errors(None, "MetatensorError", "the gradient values have dtype")
        ),
        [
            *WITH_GRADIENT,
            call("TensorMap", column("k", 1), {"list": [method(var(0), "copy")]}),
            operation("add", var(2), 1),
        ],
    ),
    Difference(
        "sorting empty blocks",
        "sorts their other axes; the reference gives them back, or fails to add gradients",
        lambda step: (
            is_one(step, "sort")
            and has_empty(step.ours)
            and (
                step.errors(None, "IndexError", "too many indices for array")
                or step.errors(None, "MetatensorError", "already exists for this block")
                or (step.errors(None, None) and only_empty_blocks_differ(step))
            )
        ),
        [
            operation(
                "sort_block",
                call(
                    "TensorBlock",
                    array([[], []], "int64"),
                    labels(["s"], [[1], [0]]),
                    NOTHING,
                    call("Labels.empty", "p"),
                ),
            )
        ],
    ),
    Difference(
        "operations on maps without blocks",
        "give maps without blocks",
        lambda step: (
            is_one(step, "sort", "slice", "split", "unique_metadata")
            and '"blocks": []' in json.dumps(step.inputs)
        ),
        [
            call("TensorMap", call("Labels.empty", "k"), NOTHING),
            operation("sort", var(0)),
        ],
    ),
    Difference(
        "integers in labels of torch",
        "can be added as a new dimension",
        lambda step: (
            is_one(step, "append_dimension", "insert_dimension")
            and "`values` must be a numpy ndarray" in step.theirs.get("message", "")
        ),
        [operation("append_dimension", tensor(engine="torch"), "keys", "new", 1)],
    ),
    Difference(
        "tensors as positions",
        "select entries as arrays of numpy",
        lambda step: (
            is_one(step, "slice", "split")
            and "not <class 'torch.Tensor'>" in step.theirs.get("message", "")
        ),
        [operation("slice", tensor(engine="torch"), "samples", array([0], engine="torch"))],
    ),
    Difference(
        "selecting properties with torch",
        "works whatever labels and values are made of",
        lambda step: (
            is_one(step, "slice", "split")
            and step.errors(None, "TypeError", "index_select(): argument 'index' must be Tensor")
        ),
        [
            operation("block_from_array", array([[1, 2]], "int64", "torch")),
            operation("slice_block", var(0), "properties", labels(["property"], [[1]])),
        ],
    ),
    Difference(
        "selecting samples twice",
        "is an error; labels of the reference are not unique then",
        lambda step: (
            is_one(step, "slice", "split")
            and step.errors("MetatensorError", None)
            and "must be unique" in step.ours["message"]
        ),
        [operation("slice_block", block(), "samples", {"list": [0, 0]})],
    ),
    Difference(
        "library of labels of empty blocks",
        "is that of other labels of the block",
        lambda step: (
            step.function.startswith("operations.")
            and step.errors(None, None)
            and has_empty(step.ours)
            and without_engines(step.ours["value"]) == without_engines(step.theirs["value"])
        ),
        [
            call(
                "TensorBlock",
                array([[], []], "int64", "torch"),
                column("s", 2, "torch"),
                NOTHING,
                method(labels(["p"], [[0]], "torch"), "difference", labels(["p"], [[0]], "torch")),
            ),
            operation("sum_over_properties_block", var(0), "p"),
        ],
    ),
    Difference(
        "gradients of gradients of other labels",
        "are kept; the reference forgets them",
        lambda step: (
            step.function.endswith(("_dimension", "permute_dimensions"))
            and has_nested_gradients(step.inputs)
            and step.errors(None, None)
        ),
        [*NESTED, operation("append_dimension", var(4), "keys", "new", 1)],
    ),
    Difference(
        "gradients of gradients in linear operations",
        "take part; the reference refuses them",
        lambda step: (
            step.function.startswith("operations.")
            and not is_one(step, "drop_blocks", "filter_blocks", "drop_empty_blocks")
            and has_nested_gradients(step.inputs)
            and step.errors(None, "NotImplementedError", "gradients of gradients")
        ),
        [*NESTED, operation("multiply", var(4), 2)],
    ),
    Difference(
        "gradients of gradients next to another mistake",
        "which of the two is found first does not matter",
        lambda step: (
            step.function.startswith("operations.")
            and has_nested_gradients(step.inputs)
            and "error" in step.ours
            and "error" in step.theirs
            and "builtins.NotImplementedError" in (step.ours["error"], step.theirs["error"])
        ),
        [*NESTED, operation("solve", var(4), var(4))],
    ),
    Difference(
        "choosing blocks with gradients of gradients",
        "shares them with the new map; the reference only copies them",
        lambda step: (
            is_one(step, "drop_blocks", "filter_blocks", "drop_empty_blocks")
            and step.errors(None, "NotImplementedError", "gradients of gradients")
        ),
        [*NESTED, operation("filter_blocks", var(4), column("k", 1))],
    ),
    Difference(
        "order of common keys of joined maps",
        "is that of the first map; in the reference that of the map with less keys",
        lambda step: (
            is_one(step, "join")
            and '"intersection"' in step.text
            and step.errors(None, None)
            and blocks_by_key(step.ours["value"]) == blocks_by_key(step.theirs["value"])
        ),
        [
            call("TensorMap", labels(["k"], [[0], [1], [2]]), {"list": [block()] * 3}),
            call("TensorMap", labels(["k"], [[2], [0]]), {"list": [block()] * 2}),
            operation(
                "join",
                {"list": [var(0), var(1)]},
                "samples",
                different_keys="intersection",
                add_dimension="new",
            ),
        ],
    ),
]
