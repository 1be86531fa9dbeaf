"""Known differences of labels and entries, see ``differences.py``."""

from __future__ import annotations

import json

from differences import Difference, names_of
from expressions import NOTHING, array, column, labels
from session import attribute, call, method, var

#: An array with the single value 2.5
TWO_AND_A_HALF = {
    "built": {
        "array": {
            "engine": "numpy",
            "dtype": "float64",
            "shape": [1],
            "values": None,
            "bytes": "0000000000000440",
        }
    }
}

LABELS = [
    Difference(
        "labels without dimensions",
        "rows without columns are no entries, their number is always 0",
        lambda step: (
            names_of(step.ours) == [] and (names_of(step.theirs) == [] or "error" in step.theirs)
        ),
        [call("Labels", NOTHING, array([[], [], []], "int64"))],
    ),
    Difference(
        "append",
        "the new dimension is the last one; the reference inserts it at the number of entries",
        lambda step: step.function == "append",
        [method(labels(["a", "b"], [[1, 2]]), "append", "new", array([3]))],
    ),
    Difference(
        "AttributeError",
        "an argument of the wrong type gives a TypeError which says what is expected",
        lambda step: step.errors("TypeError", "AttributeError"),
        [method(column("a", 2), "union", "not labels")],
    ),
    Difference(
        "entry which is no position",
        "gives a TypeError; the reference uses it as an index of the array of values",
        lambda step: (
            step.function == "entry"
            and (
                step.errors("TypeError", "IndexError")
                or step.errors("TypeError", "ValueError", "must be a 1-dimensional array")
            )
        ),
        [method(column("a", 2), "entry", "")],
    ),
    Difference(
        "bool as position",
        "is an integer, as everywhere in Python",
        lambda step: (
            step.function == "entry"
            and "true" in step.text
            and step.theirs.get("message", "").startswith("LabelsEntry values must be")
        ),
        [method(column("a", 2), "entry", True)],
    ),
    Difference(
        "several mistakes in labels",
        "names are checked before they are compared with the values",
        lambda step: (
            step.function in ("Labels", "insert")
            and (
                step.errors("MetatensorError", "ValueError", "`names` must have an entry for each")
                or step.errors("MetatensorError", "ValueError", "`values` must be a numpy ndarray")
            )
            and ("not a valid name" in step.ours["message"] or "unique" in step.ours["message"])
        ),
        [call("Labels", "not there", array([[1, 2]]))],
    ),
    Difference(
        "files of labels without dimensions",
        "can be read",
        lambda step: step.errors(None, "MetatensorError", "invalid header in file: expected '('"),
        [call("save_and_load", call("Labels", NOTHING, array([])), "")],
    ),
    Difference(
        "numpy integers as positions of an entry",
        "are integers",
        lambda step: (
            step.function == "getitem"
            and "LabelsEntry with str or int, got <class 'numpy" in step.theirs.get("message", "")
        ),
        [
            call(
                "getitem",
                call("getitem", column("a", 2), 0),
                {"built": {"scalar": ["int64", "0"]}},
            )
        ],
    ),
    Difference(
        "entries without values",
        "labels without dimensions do not contain them; the reference has an internal error",
        lambda step: step.errors(None, "MetatensorError", "assertion failed: values_count != 0"),
        [method(call("Labels", NOTHING, array([])), "position", NOTHING)],
    ),
    Difference(
        "labels without entries as array",
        "have their dtype and shape, as others",
        lambda step: step.function == "asarray" and '"shape": [0]' in json.dumps(step.theirs),
        [call("asarray", call("Labels.empty", "a"))],
    ),
    Difference(
        "comparison of entries",
        "gives a Python bool, not one of numpy",
        lambda step: (
            step.function in ("eq", "ne")
            and step.theirs.get("value") == {"scalar": ["bool", str(step.ours.get("value"))]}
        ),
        [call("eq", *[call("getitem", column("a", 2), i) for i in (0, 1)])],
    ),
    Difference(
        "entries of torch",
        "entries of labels made of tensors can be compared",
        lambda step: step.function in ("eq", "ne") and step.errors(None, "TypeError", "all()"),
        [
            column("a", 2, "torch"),
            call("eq", *[call("getitem", var(0), i) for i in (0, 1)]),
        ],
    ),
    Difference(
        "printing labels of torch",
        "integers are printed, not tensors",
        lambda step: step.function in ("str", "repr", "print") and "tensor(" in str(step.theirs),
        [call("str", column("a", 2, "torch"))],
    ),
    Difference(
        "pickles of torch",
        "the library of arrays is kept",
        lambda step: (
            step.function == "pickled"
            and '"torch"' in json.dumps(step.ours)
            and '"torch"' not in json.dumps(step.theirs)
        ),
        [call("pickled", column("a", 2, "torch"), 4)],
    ),
    Difference(
        "deprecated functions of torch",
        "are not used",
        lambda step: (
            set(step.theirs.get("warnings", [])) == {"builtins.DeprecationWarning"}
            and step.ours.get("value") == step.theirs.get("value")
            and step.ours.get("error") == step.theirs.get("error")
        ),
        [method(labels(["a", "b"], [[1, 2]], "torch"), "remove", "a")],
    ),
    Difference(
        "memory of labels",
        "labels have a copy of the values; the reference makes the array of the caller read-only",
        lambda step: step.function == "assign" and step.errors(None, "ValueError", "read-only"),
        [
            array([[1], [2]]),
            call("Labels", "a", var(0)),
            call("assign", var(0), {"list": [0, 0]}, 3),
        ],
    ),
    Difference(
        "writing out of bounds to empty labels",
        "is refused for labels which come from other labels; there is no such entry in any case",
        lambda step: (
            step.function == "assign"
            and step.errors("ValueError", "IndexError")
            and "read-only" in step.ours["message"]
        ),
        [
            call("Labels.empty", "a"),
            method(var(0), "intersection", labels(["a"], [[0]])),
            call("assign", attribute(var(1), "values"), {"list": [0, 0]}, 3),
        ],
    ),
    Difference(
        "values of more than 32 bits",
        "are refused; those of the reference wrap around",
        lambda step: (
            step.function == "Labels"
            and step.errors("ValueError", None)
            and "32-bit" in step.ours["message"]
        ),
        [call("Labels", "a", array([[2**32 + 1]], "int64"))],
    ),
    Difference(
        "positions of more than 32 bits",
        "are not there; those of the reference wrap around",
        lambda step: step.function in ("position", "contains") and str(2**32) in step.text,
        [method(column("a", 2), "position", {"list": [2**32]})],
    ),
    Difference(
        "list of names",
        "is a new one each time; changing that of the reference changes the labels",
        lambda step: step.expression == {"attribute": [{"var": 0}, "names"]},
        [
            column("a", 2),
            method(attribute(var(0), "names"), "append", "b"),
            attribute(var(0), "names"),
        ],
    ),
    Difference(
        "floating point numbers in a new dimension",
        "are refused; the reference rounds them",
        lambda step: (
            step.function in ("append", "insert")
            and step.errors("TypeError", None)
            and "float" in step.text
        ),
        [method(column("a", 1), "insert", 0, "b", TWO_AND_A_HALF)],
    ),
]
