"""Known differences of blocks and maps, see ``differences.py``."""

from __future__ import annotations

import json
from typing import Any

from differences import Difference, Result
from expressions import NOTHING, array, block, column, gradient, labels, tensor
from session import Expression, attribute, call, method, var

OPERATORS = ("add", "sub", "mul", "truediv", "pow", "matmul")


def _with_empty(result: Result) -> str:
    """A result where nothing is an empty string."""
    return json.dumps({**result, "message": ""}).replace("null", '""')


def _sorted(result: Result) -> list[Any]:
    """Items of a list or dictionary in another order."""
    (items,) = result["value"].values()
    return sorted(items)


def _most_components(value: Any) -> int:
    """Largest number of components of the blocks and gradients in a result."""
    if isinstance(value, list):
        return max(map(_most_components, value), default=0)
    if isinstance(value, dict):
        count = len(value.get("components", []))
        return max(count, *map(_most_components, value.values()), 0)
    return 0


def _with_gradient(component: int) -> Expression:
    """Block of one value, whose gradient has one component with this value."""
    return call(
        "TensorBlock",
        array([[[7]]], "int64"),
        column("sample", 1),
        {"list": [labels(["x"], [[component]])]},
        column("p", 1),
    )


#: Merge two blocks whose gradients have different components
MERGING = [
    call("TensorBlock", array([[1]], "int64"), column("s", 1), NOTHING, column("p", 1)),
    method(var(0), "copy"),
    call("add_gradient", var(0), "g", _with_gradient(1)),
    call("add_gradient", var(1), "g", _with_gradient(2)),
    call("make_map", column("k", 2), {"list": [var(0), var(1)]}),
    method(var(4), "keys_to_properties", "k"),
]

#: Load a block with many gradients
LOADING = [
    block(),
    *[call("add_gradient", var(0), name, gradient()) for name in "abcdef"],
    call("TensorBlock.load_buffer", method(var(0), "save_buffer")),
    method(var(7), "gradients_list"),
]

BLOCKS_AND_MAPS = [
    Difference(
        "comparison with something else",
        "blocks and maps are different from anything else, without errors",
        lambda step: step.function in ("eq", "ne") and step.errors(None, "AttributeError"),
        [call("eq", block(), 3)],
    ),
    Difference(
        "values which are no arrays",
        "scalars of numpy have a shape, the reference only notices later what they are",
        lambda step: (
            step.function == "TensorBlock"
            and step.errors("TypeError", "ValueError", "unknown array type")
        ),
        [
            call(
                "TensorBlock",
                {"built": {"scalar": ["int64", "1"]}},
                column("s", 1),
                NOTHING,
                column("p", 1),
            )
        ],
    ),
    Difference(
        "empty info",
        "the empty string is a value; the reference reads nothing back",
        lambda step: _with_empty(step.ours) == _with_empty(step.theirs),
        [tensor(), method(var(0), "set_info", "a", ""), method(var(0), "info")],
    ),
    Difference(
        "moving keys with torch",
        "the reference always fails",
        lambda step: (
            step.function.startswith("keys_to_")
            and step.theirs.get("message", "").startswith("Cannot interpret 'torch.")
        ),
        [method(tensor(engine="torch"), "keys_to_samples", "k")],
    ),
    Difference(
        "moving no components",
        "gives a copy; the reference has an internal error",
        lambda step: (
            step.function == "components_to_properties"
            and step.errors(None, "MetatensorError", "assertion failed: dimensions_count != 0")
        ),
        [method(tensor(), "components_to_properties", NOTHING)],
    ),
    Difference(
        "empty selection of one block",
        "several blocks match, which is a ValueError; the reference fails to write its message",
        lambda step: (
            step.function in ("block", "getitem") and step.errors("ValueError", "IndexError")
        ),
        [method(tensor(), "block")],
    ),
    Difference(
        "numpy integers as positions",
        "select blocks, as those of Python",
        lambda step: step.errors(
            None, "TypeError", "invalid type for block selection: <class 'numpy"
        ),
        [method(tensor(), "block", {"built": {"scalar": ["int64", "1"]}})],
    ),
    Difference(
        "fill value which is no number",
        "is a ValueError, before anything else is looked at; the reference makes None NaN",
        lambda step: (
            step.function.startswith("keys_to_")
            and step.ours.get("error") == "builtins.ValueError"
            and "the fill value must be a number" in step.ours["message"]
        ),
        [method(tensor(dtype="float64"), "keys_to_samples", "k", fill_value=None)],
    ),
    Difference(
        "dividing booleans with gradients",
        "gives numbers; the reference takes the negative of booleans",
        lambda step: (
            step.function in ("truediv", "operations.divide")
            and step.errors(None, "TypeError", "numpy boolean negative")
        ),
        [
            block("bool"),
            call(
                "TensorBlock",
                array([[1, 0], [1, 1]], "bool"),
                column("sample", 2),
                NOTHING,
                column("p", 2),
            ),
            call("add_gradient", var(0), "g", var(1)),
            call("make_map", column("k", 1), {"list": [var(0)]}),
            call("truediv", var(3), var(3)),
        ],
    ),
    Difference(
        "gradients of gradients and linear operators",
        "take part; the reference refuses them",
        lambda step: (
            step.function in (*OPERATORS, "neg", "pos")
            and (
                step.errors(None, "NotImplementedError", "gradients of gradients")
                # of two maps which do not fit together, besides
                or step.errors("NotEqualError", "NotImplementedError", "gradients of gradients")
                or step.errors("TypeError", "NotImplementedError", "gradients of gradients")
            )
        ),
        [
            block(),
            gradient(),
            call("add_gradient", var(1), "h", gradient()),
            call("add_gradient", var(0), "g", var(1)),
            call("make_map", column("k", 1), {"list": [var(0)]}),
            call("add", var(4), var(4)),
        ],
    ),
    Difference(
        "operators on arrays of different libraries",
        "are refused; the reference works if the two libraries happen to, with warnings of theirs",
        lambda step: (
            step.function in (*OPERATORS, "eq", "ne")
            and step.errors("TypeError", None)
            and "must hold the same kind of arrays" in step.ours["message"]
        ),
        [call("add", tensor(engine="torch"), tensor())],
    ),
    Difference(
        "products and powers of empty arrays",
        "work; the reference reshapes gradients in a way which is ambiguous without values",
        lambda step: (
            step.function in OPERATORS
            and (
                step.errors(None, "RuntimeError", "cannot reshape tensor of 0")
                or step.errors(None, "ValueError", "cannot reshape array of size 0")
            )
        ),
        [
            call(
                "TensorBlock",
                array([[]] * 2, "int64", "torch"),
                column("s", 2, "torch"),
                NOTHING,
                call("Labels", {"list": ["p"]}, array([[0]][:0], engine="torch")),
            ),
            call(
                "add_gradient",
                var(0),
                "g",
                call(
                    "TensorBlock",
                    array([[]], "int64", "torch"),
                    column("sample", 1, "torch"),
                    NOTHING,
                    attribute(var(0), "properties"),
                ),
            ),
            call("TensorMap", column("k", 1, "torch"), {"list": [method(var(0), "copy")]}),
            call("pow", var(2), 2),
        ],
    ),
    Difference(
        "dtype of gradients",
        "sums of integers and a number are floating point numbers, also if there are gradients",
        lambda step: (
            step.function in ("add", "sub")
            and step.errors(None, "MetatensorError", "the gradient values have dtype")
        ),
        [
            block(),
            call("add_gradient", var(0), "g", gradient()),
            call("TensorMap", column("k", 1), {"list": [method(var(0), "copy")]}),
            call("add", var(2), 1),
        ],
    ),
    Difference(
        "assertions",
        "an argument of the wrong type gives a TypeError which says what is expected",
        lambda step: step.errors("TypeError", "AssertionError"),
        [method(tensor(), "keys_to_samples", {"list": [1]})],
    ),
    Difference(
        "bytes written by numpy",
        "values of one byte are read, whoever wrote them",
        lambda step: step.errors(None, "MetatensorError", "endianness '|' (not applicable)"),
        [call("save_and_load", block("uint8"), "", use_numpy=True)],
    ),
    Difference(
        "positions which are no integers",
        "give a TypeError; the reference compares floating point numbers with the count",
        lambda step: (
            step.function in ("block_by_id", "blocks_by_id")
            and (
                step.errors("TypeError", "IndexError") or step.errors("TypeError", "ArgumentError")
            )
        ),
        [method(tensor(), "block_by_id", {"built": {"float": "2.5"}})],
    ),
    Difference(
        "negative index",
        "an IndexError; the reference speaks of an index near 2**64",
        lambda step: step.errors("IndexError", "MetatensorError", "index is 1844674407370955"),
        [method(tensor(), "block_by_id", -1)],
    ),
    Difference(
        "blocks which were given away",
        "stay usable, they are shared",
        lambda step: step.errors(None, "ValueError", "released or moved inside"),
        [
            block(),
            call("TensorMap", column("k", 1), {"list": [var(0)]}),
            attribute(var(0), "values"),
        ],
    ),
    Difference(
        "views as blocks of a map",
        "are shared as others",
        lambda step: step.errors(None, "RuntimeError", "it is a view inside another"),
        [tensor(), call("TensorMap", column("k", 1), {"list": [method(var(0), "block", 0)]})],
    ),
    Difference(
        "lists of positions",
        "select blocks, as the documentation of the reference says",
        lambda step: (
            step.function == "blocks"
            and step.errors(None, "TypeError", "invalid type for block selection: <class 'list'")
        ),
        [method(tensor(), "blocks", {"list": [1, 0]})],
    ),
    Difference(
        "selection and keywords",
        "together are an error; the reference ignores the keywords",
        lambda step: (
            step.function in ("block", "blocks")
            and step.errors("TypeError", None)
            and "together" in step.ours["message"]
        ),
        [method(tensor(), "block", 0, k=1)],
    ),
    Difference(
        "moving one of three components",
        "keeps the order of the others; the reference mixes up their values",
        lambda step: (
            step.function == "components_to_properties"
            and step.errors(None, None)
            and _most_components(step.ours) >= 2
        ),
        [method(tensor(components=3), "components_to_properties", "c0")],
    ),
    Difference(
        "gradients with other components",
        "are not merged; the reference gives wrong labels to the values of one of them",
        lambda step: (
            step.function.startswith("keys_to_")
            and step.errors("MetatensorError", None)
            and "components labels for gradient" in step.ours["message"]
        ),
        MERGING,
    ),
    Difference(
        "order of loaded gradients",
        "is that of the file; that of the reference is random",
        lambda step: (
            step.function == "gradients_list" and _sorted(step.ours) == _sorted(step.theirs)
        ),
        LOADING,
    ),
    Difference(
        "order of info",
        "is that in which it was set; the reference sorts it when moving keys",
        lambda step: step.function == "info" and _sorted(step.ours) == _sorted(step.theirs),
        [
            tensor(),
            method(var(0), "set_info", "b", "1"),
            method(var(0), "set_info", "a", "2"),
            method(method(var(0), "keys_to_samples", "k"), "info"),
        ],
    ),
    Difference(
        "numbers on the left",
        "are combined with maps, as those on the right",
        lambda step: (
            step.function in OPERATORS
            and step.errors(None, "TypeError", "unsupported operand type(s)")
        ),
        [call("mul", 2, tensor())],
    ),
    Difference(
        "NUL in info",
        "is refused; the reference forgets what comes after it",
        lambda step: (
            step.function == "set_info"
            and step.errors("ValueError", None)
            and "NUL" in step.ours["message"]
        ),
        [tensor(), method(var(0), "set_info", "a\0b", "c")],
    ),
]
