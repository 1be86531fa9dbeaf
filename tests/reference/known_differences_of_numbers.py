"""Known differences of floating point numbers, see ``differences.py``."""

from __future__ import annotations

from typing import Any

import numpy as np
from differences import Difference
from expressions import NOTHING, array, column, labels
from known_differences_of_operations import is_one, operation
from session import call, method, var


def only_nan_differs(ours: Any, theirs: Any) -> bool:
    """Say if all that differs are numbers, which are NaN on the other side."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(only_nan_differs, ours, theirs))
    if not (isinstance(ours, dict) and isinstance(theirs, dict)) or ours.keys() != theirs.keys():
        return bool(ours == theirs)
    if ours.get("bytes") and "dtype" in ours and ours["dtype"] == theirs["dtype"]:
        dtype = np.dtype(ours["dtype"].removeprefix("torch."))
        one, other = (np.frombuffer(bytes.fromhex(a["bytes"]), dtype) for a in (ours, theirs))
        numbers = ~np.isnan(other)
        return len(one) == len(other) and np.allclose(one[numbers], other[numbers])
    return all(only_nan_differs(ours[name], theirs[name]) for name in ours)


NUMBERS = [
    Difference(
        "gradients where values are zero",
        "are zero for powers of 0 and absolute values of complex numbers; NaN in the reference",
        lambda step: (
            (is_one(step, "abs", "pow") or step.function in ("abs", "pow"))
            and step.errors(None, None)
            and only_nan_differs(step.ours["value"], step.theirs["value"])
        ),
        [
            call("TensorBlock", array([[0.0]], "float64"), column("s", 1), NOTHING, column("p", 1)),
            call(
                "add_gradient",
                var(0),
                "g",
                call(
                    "TensorBlock",
                    array([[[1.0]]], "float64"),
                    column("sample", 1),
                    {"list": [labels(["x"], [[0]])]},
                    column("p", 1),
                ),
            ),
            call("TensorMap", column("k", 1), {"list": [method(var(0), "copy")]}),
            operation("pow", var(2), 0),
        ],
    ),
]
