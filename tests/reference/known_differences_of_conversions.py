"""Known differences of the method ``to`` of blocks and maps, see ``differences.py``."""

from __future__ import annotations

from differences import Difference
from expressions import NOTHING, array, block, column, tensor
from session import call, method, var

CONVERSIONS = [
    Difference(
        "numpy labels in blocks of torch",
        "labels are moved to the device of the values, whatever they are made of",
        lambda step: (
            step.function == "to"
            and step.errors(None, "ValueError", "can not move numpy array to non-cpu device")
        ),
        [
            call(
                "TensorBlock",
                array([[1, 2]], "int64", "torch"),
                column("s", 1),
                NOTHING,
                column("p", 2),
            ),
            method(var(0), "to", device="meta"),
        ],
    ),
    Difference(
        "device of labels without entries",
        "they are moved as others; those of the reference are on the CPU",
        lambda step: (
            step.function == "to"
            and step.errors(None, "MetatensorError", "must be on the same device")
        ),
        [
            call("Labels", "s", array([], engine="torch")),
            call(
                "TensorBlock",
                method(array([], "int64", "torch"), "reshape", 0, 2),
                var(0),
                NOTHING,
                column("p", 2, "torch"),
            ),
            method(var(1), "to", device="meta"),
        ],
    ),
    Difference(
        "several mistakes in conversions",
        "the device is looked at before the dtype",
        lambda step: (
            step.function == "to"
            and step.errors("ValueError", "TypeError", "Cannot interpret 'torch.")
            and "meta device" in step.ours["message"]
        ),
        [
            method(
                block(engine="torch"),
                "to",
                {"dtype": "torch.float64"},
                device="meta",
                arrays="numpy",
            )
        ],
    ),
    Difference(
        "dtypes which no other library has",
        "can be had as long as nobody asks for them; the reference looks at them earlier",
        lambda step: (
            step.function == "to"
            and step.errors(None, "ValueError", "unsupported numpy dtype kind: 'V'")
        ),
        [method(tensor(), "to", dtype={"dict": []})],
    ),
    Difference(
        "unknown keywords of to",
        "are an error; the reference ignores them",
        lambda step: (
            step.function == "to"
            and step.errors("TypeError", None)
            and "unexpected keyword" in step.ours["message"]
        ),
        [method(block(), "to", nothing=1)],
    ),
    Difference(
        "None as argument of to",
        "is nothing; the reference takes it for a dtype",
        lambda step: (
            step.function == "to" and step.errors(None, "ValueError", "can not give a dtype twice")
        ),
        [method(tensor(), "to", None, dtype={"dtype": "numpy.float64"})],
    ),
]
