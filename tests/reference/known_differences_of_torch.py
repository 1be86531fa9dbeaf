"""Known differences of the torch flavour, see ``differences.py``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from differences import Difference, Step
from expressions import NOTHING, array, block, column, gradient, labels
from known_differences_of_operations import (
    AVERAGES,
    EMPTY,
    NESTED,
    OPERATIONS,
    REDUCTIONS,
    WITH_GRADIENT,
    has_empty,
    has_nested_gradients,
    is_one,
    operation,
)
from known_differences_of_reductions import REDUCING, without_values
from session import Expression, attribute, call, method, var

#: Differences of the plain flavour which are the same here
SHARED = [
    "choosing blocks with gradients of gradients",
    "order of common keys of joined maps",
    "averages over properties next to components of the same size",
]
#: A block without properties, whose gradient has none either
EMPTY_WITH_GRADIENT = [
    EMPTY,
    call(
        "TensorBlock",
        array([[], []], "int64"),
        column("sample", 2),
        NOTHING,
        attribute(var(0), "properties"),
    ),
    call("add_gradient", var(0), "g", var(1)),
]


def with_tensors(program: list[Expression]) -> list[Expression]:
    """A program of the plain flavour with tensors instead of arrays."""
    text = json.dumps(program).replace('"engine": "numpy"', '"engine": "torch"')
    new: list[Expression] = json.loads(text)
    return new


def torch_difference(
    name: str, reason: str, matches: Callable[[Step], bool], program: list[Expression]
) -> Difference:
    """A difference which is shown by a program with arrays."""
    return Difference(name, reason, matches, with_tensors(program))


def is_refused(step: Step) -> bool:
    """Say if an operation does not work with gradients of gradients."""
    return "NotImplementedError" in step.ours.get("error", "")


def has_integers(step: Step) -> bool:
    """Say if the operation gets values which are integers."""
    return '{"array": {"engine": "torch", "dtype": "int' in json.dumps(step.inputs)


def of_equal_values(value: int, dtype: str) -> list[Expression]:
    """A map with a gradient, where all values are the same."""
    values = array([[value], [value]], dtype)
    return [
        call("TensorBlock", values, column("s", 2), NOTHING, column("p", 1)),
        call(
            "add_gradient",
            var(0),
            "g",
            call("TensorBlock", values, column("sample", 2), NOTHING, column("p", 1)),
        ),
        call("make_map", column("k", 1), {"list": [var(0)]}),
    ]


TORCH = [
    *(
        replace(difference, program=with_tensors(difference.program))
        for difference in [*OPERATIONS, *REDUCING]
        if difference.name in SHARED
    ),
    torch_difference(
        "operations on empty arrays",
        "work; the reference reshapes them in a way which is ambiguous without values",
        next(d for d in OPERATIONS if d.name == "operations on empty arrays").matches,
        [
            *EMPTY_WITH_GRADIENT,
            call("make_map", column("k", 1), {"list": [var(0)]}),
            operation("multiply", var(3), var(3)),
        ],
    ),
    torch_difference(
        "averages over properties of blocks with components",
        "work; the reference has other shapes in mind",
        next(d for d in REDUCING if d.name.endswith("of blocks with components")).matches,
        [
            call(
                "TensorBlock",
                array([[[[1, 2]]] * 3], "float64"),
                column("s", 1),
                {"list": [column("a", 3), column("b", 1)]},
                labels(["p", "q"], [[0, 0], [1, 0]]),
            ),
            operation("mean_over_properties_block", var(0), "q"),
        ],
    ),
    torch_difference(
        "dtype of gradients in operations",
        "is that of the values; the reference only changes the dtype of values",
        lambda step: (
            is_one(step, "abs", "add", "subtract", *AVERAGES)
            and step.errors(None, "RuntimeError", "the gradient values have dtype")
        ),
        [
            *WITH_GRADIENT,
            call("TensorMap", column("k", 1), {"list": [method(var(0), "copy")]}),
            operation("add", var(2), 1),
        ],
    ),
    torch_difference(
        "sorting empty blocks",
        "sorts their other axes; the reference gives them back, or fails to add gradients",
        lambda step: (
            is_one(step, "sort")
            and has_empty(step.ours)
            and (
                step.errors(None, "RuntimeError", "already exists for this block")
                or step.errors(None, None)
            )
        ),
        [
            call(
                "TensorBlock",
                method(array([[1, 2]], "int64"), "narrow", 0, 0, 0),
                call("Labels.empty", "s"),
                NOTHING,
                labels(["p"], [[1], [0]]),
            ),
            operation("sort_block", var(0)),
        ],
    ),
    torch_difference(
        "operations on maps without blocks",
        "give maps without blocks",
        lambda step: (
            is_one(step, "slice", "split", "unique_metadata")
            and "error" in step.theirs
            and '"blocks": []' in json.dumps(step.inputs)
        ),
        [
            call("TensorMap", call("Labels.empty", "k"), {"list": []}),
            operation("slice", var(0), "samples", column("s", 1)),
        ],
    ),
    torch_difference(
        "selecting samples twice",
        "is an error; labels of the reference are not unique then",
        lambda step: (
            is_one(step, "slice", "split")
            and step.errors("RuntimeError", None)
            and "must be unique" in step.ours["message"]
        ),
        [operation("slice_block", block(), "samples", {"list": [0, 0]})],
    ),
    torch_difference(
        "names of gradients in strings",
        "remove the gradient; the reference looks for the names of one character in it",
        lambda step: is_one(step, "remove_gradients") and step.errors(None, None),
        [
            block(),
            call("add_gradient", var(0), "cell", gradient()),
            operation("remove_gradients_block", var(0), "cell"),
        ],
    ),
    torch_difference(
        "gradients of gradients of other labels",
        "are kept; the reference forgets them",
        lambda step: (
            step.function.endswith(("_dimension", "permute_dimensions"))
            and has_nested_gradients(step.inputs)
            and "error" not in step.theirs
        ),
        [*NESTED, operation("append_dimension", var(4), "keys", "new", 1)],
    ),
    torch_difference(
        "errors about gradients of gradients",
        "may be found before another mistake, and may come from the extension",
        lambda step: (
            has_nested_gradients(step.inputs)
            and "error" in step.ours
            and "error" in step.theirs
            and (is_refused(step) or "NotImplementedError" in step.theirs["error"])
        ),
        [*NESTED, operation("solve", var(4), var(4))],
    ),
    torch_difference(
        "gradients of gradients in linear operations",
        "take part; the reference refuses them",
        lambda step: (
            step.function.startswith("operations.")
            and has_nested_gradients(step.inputs)
            and step.errors(None, "NotImplementedError", "gradients of gradients")
        ),
        [*NESTED, operation("add", var(4), var(4))],
    ),
    torch_difference(
        "powers of zero with the exponent zero",
        "have the derivative zero; the reference multiplies zero by infinity",
        lambda step: is_one(step, "pow") and step.errors(None, None) and "0]" in step.text,
        [*of_equal_values(0, "float64"), operation("pow", var(2), 0)],
    ),
    torch_difference(
        "derivatives of standard deviations of equal values",
        "are zero; those of the reference are not a number",
        lambda step: step.function == "derivatives" and step.errors(None, None),
        [
            *of_equal_values(1, "float64"),
            operation("requires_grad", operation("remove_gradients", var(2))),
            operation("std_over_samples", var(3), "s"),
            call("derivatives", var(4), var(3)),
        ],
    ),
    torch_difference(
        "gradients of standard deviations over properties",
        "are those of the plain flavour, of either implementation",
        lambda step: (
            is_one(step, "std_over_properties")
            and step.errors(None, None)
            and '"gradients": {"' in json.dumps(step.ours)
            and without_values(step.ours) == without_values(step.theirs)
        ),
        [
            call(
                "TensorBlock",
                array([[1, 2], [3, 5]], "float64"),
                column("s", 2),
                NOTHING,
                column("p", 2),
            ),
            call(
                "add_gradient",
                var(0),
                "g",
                call(
                    "TensorBlock",
                    array([[4, 7], [1, 3]], "float64"),
                    column("sample", 2),
                    NOTHING,
                    column("p", 2),
                ),
            ),
            operation("std_over_properties_block", var(0), "p"),
        ],
    ),
    torch_difference(
        "derivatives of variances",
        "do not depend on values which were changed in place",
        lambda step: (
            step.function == "derivatives"
            and step.errors(None, "RuntimeError", "modified by an inplace operation")
        ),
        [
            *of_equal_values(1, "float64"),
            operation("requires_grad", var(2)),
            operation("var_over_samples", var(3), "s"),
            call("derivatives", var(4), var(3)),
        ],
    ),
    torch_difference(
        "sorting labels with many dimensions",
        "works",
        lambda step: is_one(step, "sort") and "is not supported" in step.theirs.get("message", ""),
        [
            operation(
                "sort_block",
                call(
                    "TensorBlock",
                    array([[1]], "int64"),
                    labels(list("abcdefghij"), [[0] * 10]),
                    NOTHING,
                    column("p", 1),
                ),
            )
        ],
    ),
    torch_difference(
        "standard deviations of complex numbers",
        "have derivatives",
        lambda step: step.errors(None, "RuntimeError", "nan_to_num does not support"),
        [
            *of_equal_values(1, "complex128"),
            operation("requires_grad", var(2)),
            operation("std_over_samples", var(3), "s"),
        ],
    ),
    torch_difference(
        "unknown names in reductions of blocks",
        "are an error, as for maps",
        lambda step: (
            is_one(step, *REDUCTIONS)
            and step.function.endswith("_block")
            and step.ours.get("error") == "torch.jit.Error: builtins.ValueError"
            and "is not one of the dimensions" in step.ours["message"]
        ),
        [operation("sum_over_samples_block", block(), "other")],
    ),
    torch_difference(
        "averages of integers",
        "are floating point numbers",
        lambda step: (
            is_one(step, *AVERAGES)
            and step.errors(None, "RuntimeError", "must have the same scalar type")
        ),
        [operation("std_over_samples_block", block(), "s")],
    ),
    torch_difference(
        "averages of empty blocks of integers",
        "are floating point numbers, as those of other blocks",
        lambda step: (
            is_one(step, *AVERAGES)
            and has_integers(step)
            and has_empty(step.ours)
            and (
                step.errors(None, None)
                or step.errors(None, "RuntimeError", "blocks with different dtypes")
            )
        ),
        [EMPTY, operation("var_over_properties_block", var(0), "p")],
    ),
    *(
        torch_difference(
            difference.name,
            difference.reason,
            lambda step, message=message: (
                is_one(step, *REDUCTIONS) and step.errors(None, "RuntimeError", message)
            ),
            difference.program,
        )
        for difference in REDUCING
        for name, message in [
            ("reducing properties of empty blocks", "gradient properties must be the same"),
            ("reducing empty blocks next to others", "all blocks must have the same"),
        ]
        if difference.name == name
    ),
]
