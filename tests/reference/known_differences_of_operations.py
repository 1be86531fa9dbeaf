"""Known differences of the operations of the package, see ``differences.py``."""

from __future__ import annotations

import json
from typing import Any

from differences import Difference, Step
from expressions import NOTHING, array, block, column, gradient, labels, tensor
from session import Expression, attribute, call, method, var


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


def has_integers(step: Step) -> bool:
    """Say if the operation gets values which are integers."""
    text = json.dumps(step.inputs)
    return '{"dtype": "int' in text or '{"torch.dtype": "torch.int' in text


def _without_engines(value: Any) -> str:
    """A description without the libraries of arrays and devices."""
    text = json.dumps(value)
    for library in ("torch", "numpy"):
        text = text.replace(f'"engine": "{library}"', "")
    return text.replace('{"torch.device": "cpu"}', '"cpu"')


def reductions(axis: str, *functions: str) -> tuple[str, ...]:
    """Names of reductions."""
    return tuple(f"{function}_over_{axis}" for function in functions)


#: Parts of messages about shapes
OTHER_SHAPES = (
    "broadcast",
    "source tensor shape must match",
    "must match the size of tensor",
    "the values shape along axis",
)
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
#: A block whose mean is not an integer
THREE = call(
    "TensorBlock", array([[4], [4], [-1]], "int64"), column("s", 3), NOTHING, column("p", 1)
)

OPERATIONS = [
    Difference(
        "operations on empty arrays",
        "work; the reference reshapes them in a way which is ambiguous without values",
        lambda step: (
            is_one(step, "abs", "multiply", "divide", "pow", "lstsq", "solve")
            and "cannot reshape" in step.theirs.get("message", "")
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
        lambda step: is_one(step, "sort") and "error" not in step.ours and has_empty(step.ours),
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
        "averages of integers with torch",
        "are floating point numbers",
        lambda step: (
            is_one(step, *AVERAGES)
            and step.errors(None, "RuntimeError", "must have the same scalar type")
        ),
        [operation("std_over_samples_block", block(engine="torch"), "s")],
    ),
    Difference(
        "library of labels of empty blocks",
        "is that of other labels of the block",
        lambda step: (
            step.function.startswith("operations.")
            and step.errors(None, None)
            and has_empty(step.ours)
            and _without_engines(step.ours) == _without_engines(step.theirs)
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
        "gradients of gradients of other labels",
        "are refused; the reference forgets them",
        lambda step: (
            step.function.endswith(("_dimension", "permute_dimensions"))
            and step.ours.get("error") == "builtins.NotImplementedError"
        ),
        [
            block(),
            gradient(),
            call("add_gradient", var(1), "h", gradient()),
            call("add_gradient", var(0), "g", var(1)),
            call("make_map", column("k", 1), {"list": [var(0)]}),
            operation("append_dimension", var(4), "keys", "new", 1),
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
        "variances of integers",
        "are floating point numbers; the reference rounds each term",
        lambda step: (
            is_one(step, *AVERAGES)
            and "error" not in step.ours
            and (
                "error" not in step.theirs
                or "blocks with different dtypes" in step.theirs["message"]
            )
            and has_integers(step)
        ),
        [THREE, operation("var_over_samples_block", var(0), "s")],
    ),
]
