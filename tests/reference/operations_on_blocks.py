"""What programs do with blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from metatensor.testing import strategies as mts
from operations_on_data import DTYPES, convert, files
from session import (
    FEW,
    ODD,
    Expression,
    Session,
    attribute,
    built,
    call,
    method,
    var,
)


def make_block(session: Session) -> int:
    """New block."""
    dtype = session.one_of(DTYPES)
    return session.do(built(session.draw(mts.blocks(engine=session.engine, dtype=dtype))))


def pick_block(session: Session) -> int:
    """Some block."""
    return session.pick("TensorBlock", make_block)


def new(session: Session) -> None:
    """Create a block, whether or not shapes and types are as they should."""
    samples, properties = (session.labels_value(max_size=3) for _ in range(2))
    names = session.draw(mts.dimension_names(0, 2))
    components = [session.labels_value(name, min_size=1, max_size=2) for name in names]
    if session.rarely():
        components.append(session.labels_value())
    shape = [len(axis) for axis in (samples, *components, properties)]
    if session.rarely():
        shape[session.integer(0, len(shape) - 1)] += 1
    if session.rarely():
        shape.append(1)
    dtype = session.one_of(DTYPES)
    values = session.draw(mts.arrays(shape, dtype, engine=session.engine))
    axes = {session.one_of(["list", "tuple"]): [built(axis) for axis in components]}
    expression = session.usually(built(values))
    arguments = [built(samples), session.usually(axes), built(properties)]
    if session.rarely():
        arguments[session.one_of([0, 2])] = session.one_of(ODD)
    session.do(call("TensorBlock", expression, *arguments))


def gradient_of(session: Session, index: int) -> Expression:
    """A block which can (most often) be the gradient of another one."""
    block = session.value(index)
    count = len(block.samples) + (1 if session.rarely() else 0)
    low = -1 if session.rarely() else 0
    names = ["sample" if not session.rarely() else "other"]
    names += session.draw(mts.dimension_names(0, 1, exclude=["sample", "other"]))
    rows = []
    if count:
        row = st.tuples(st.integers(low, count - 1), *[FEW] * (len(names) - 1))
        rows = session.draw(st.lists(row, max_size=3, unique=True))
    samples = built(np.array(rows, dtype=np.int32).reshape(len(rows), len(names)))
    if session.engine == "torch":
        samples["built"]["array"]["engine"] = "torch"
    extra = session.draw(mts.dimension_names(0, 1))
    components = [session.labels_value(name, min_size=1, max_size=2) for name in extra]
    components += block.components
    if session.rarely():
        components = components[1:]
    properties = block.properties
    if session.rarely():
        properties = session.labels_value()
    dtype = str(block.values.dtype).removeprefix("torch.")
    dtype = "float64" if session.rarely() or dtype == "bfloat16" else dtype
    shape = [len(rows), *[len(axis) for axis in components], len(properties)]
    values = session.draw(mts.arrays(shape, dtype, engine=session.engine))
    return call(
        "TensorBlock",
        built(values),
        call("Labels", {"list": names}, samples),
        {"list": [built(axis) for axis in components]},
        built(properties),
    )


def add_gradient(session: Session) -> None:
    """Add a gradient to a block, a view, or a gradient."""
    index = pick_block(session)
    # adding a gradient to a view is already a mistake
    session.mistaken = session.value(index).is_view
    parameter = session.one_of(["a", "b", "positions"])
    gradient = gradient_of(session, index)
    if session.rarely():
        gradient = var(pick_block(session))
    session.do(call("add_gradient", var(index), session.usually(parameter), gradient))
    session.do(attribute(var(index), "values"))


def gradients(session: Session) -> None:
    """Look at gradients."""
    index = pick_block(session)
    known = session.value(index).gradients_list()
    parameter = session.one_of([*known, *known, "nothing"])
    block = var(index)
    session.do(
        session.one_of(
            [
                method(block, "gradient", parameter),
                method(block, "gradient", parameter),
                method(block, "has_gradient", parameter),
                method(block, "gradients_list"),
                method(block, "gradients"),
                attribute(method(block, "gradient", parameter), "is_view"),
                call("str", method(block, "gradient", parameter)),
            ]
        )
    )


def read(session: Session) -> None:
    """Read and print attributes."""
    block = var(pick_block(session))
    names = ["values", "samples", "components", "properties", "shape", "dtype", "device"]
    session.do(
        session.one_of(
            [
                *[attribute(block, name) for name in [*names, "is_view", "nothing"]],
                call("len", block),
                call("hash", block),
                call(session.one_of(["str", "repr"]), block),
                call("setattr", block, "values", 3),
                call("setattr", block, "samples", 3),
            ]
        )
    )


def write(session: Session) -> None:
    """Change values in place: seen by everything which shows the same array."""
    index = pick_block(session)
    shape = session.value(index).values.shape
    if 0 in shape:
        return
    position = {"list": [session.integer(0, size - 1) for size in shape]}
    session.do(call("assign", attribute(var(index), "values"), position, session.integer(0, 9)))


def compare(session: Session) -> None:
    """Compare blocks."""
    index = pick_block(session)
    other = session.one_of([var(pick_block(session)), method(var(index), "copy")])
    session.do(call(session.one_of(["eq", "ne"]), var(index), session.usually(other)))


OPERATIONS = [
    lambda session: make_block(session),
    new,
    new,
    add_gradient,
    add_gradient,
    gradients,
    read,
    write,
    compare,
    lambda session: convert(session, pick_block(session)),
    lambda session: convert(session, pick_block(session)),
    lambda session: files(session, "TensorBlock", pick_block(session)),
]
