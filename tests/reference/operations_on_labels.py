"""What programs do with labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from metatensor.testing import strategies as mts
from session import (
    DTYPES,
    FEW,
    ODD,
    Expression,
    Session,
    attribute,
    built,
    call,
    make_labels,
    method,
    pick_labels,
    var,
)

NAMES = ["a", "b", "system", "sample"]
INVALID = ["", "1a", "a b", "a", "é"]


def new(session: Session) -> None:
    """Create labels from an array of any dtype, whether or not this is possible."""
    names = session.draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    if session.rarely():
        names.append(session.one_of(INVALID))
    # there is one known difference for rows without columns, not to be found all the time
    rows = session.integer(0, 3) if names or session.rarely() else 0
    shape = (rows, len(names) + (1 if session.rarely() else 0))
    dtype = "float64" if session.rarely() else session.one_of(DTYPES)
    values = session.draw(mts.arrays(shape, dtype, elements=None if dtype == "bool" else FEW))
    expression = session.usually(built(values))
    if session.rarely():
        expression = attribute(expression, "T")
    names_expression: Expression = {session.one_of(["list", "tuple"]): names}
    if len(names) == 1 and session.flag():
        names_expression = names[0]
    session.do(call("Labels", session.usually(names_expression), expression))


def large_values(session: Session) -> None:
    """Create labels from 64-bit integers which may not fit."""
    value = session.one_of([2**31 - 1, -(2**31), 5])
    session.do(call("Labels", "a", built(np.array([[value]], dtype=np.int64))))


def static(session: Session) -> None:
    """Create labels with static functions."""
    names = INVALID if session.rarely() else NAMES
    name = session.usually(session.one_of(names))
    session.do(
        session.one_of(
            [
                call("Labels.single"),
                call("Labels.range", name, session.usually(session.integer(-1, 4))),
                call("Labels.empty", name),
                call("Labels.empty", {"list": [name, "c"]}),
            ]
        )
    )


def related(session: Session, index: int) -> Expression:
    """Labels with (most often) the same names as other ones."""
    labels = session.value(index)
    if session.rarely():
        return var(pick_labels(session))
    # some entries of these labels, in another order, and others
    rows = [tuple(row) for row in labels.values.tolist()]
    strategy = st.tuples(*[FEW] * len(labels.names))
    if rows:
        strategy |= st.sampled_from(rows)
    size = 4 if labels.names else 0
    chosen = session.draw(st.lists(strategy, max_size=size, unique=True))
    values = np.array(chosen, dtype=np.int32).reshape(len(chosen), len(labels.names))
    return labels_from(session, labels.names, values)


def labels_from(session: Session, names: list[str], values: Any) -> Expression:
    """Labels with the library of arrays of this session."""
    array = built(values)
    if session.engine == "torch":
        array["built"]["array"]["engine"] = "torch"
    return call("Labels", {"list": list(names)}, array)


def sets(session: Session) -> None:
    """Union, intersection, difference, comparisons."""
    index = pick_labels(session)
    other = session.usually(related(session, index))
    name = session.one_of(["union", "intersection", "difference", "__eq__", "__ne__"])
    if name.startswith("__"):
        session.do(call(name.strip("_"), var(index), other))
        return
    if session.flag():
        name += "_and_mapping"
    session.do(method(var(index), name, other))


def select(session: Session) -> None:
    """Select entries with some of the dimensions."""
    index = pick_labels(session)
    names = session.value(index).names
    chosen = [n for n in session.draw(st.permutations(names)) if session.flag()]
    if session.rarely():
        chosen.append("other")
    selection = session.labels(chosen, values=FEW, max_size=3)
    session.do(method(var(index), "select", session.usually(selection)))


def entry_of(session: Session, index: int) -> Expression:
    """An entry which may be in some labels."""
    labels = session.value(index)
    row = [session.draw(FEW) for _ in labels.names]
    if len(labels) and session.flag():
        row = labels.values[session.integer(0, len(labels) - 1)].tolist()
    if session.rarely():
        row.append(1)
    kind = session.integer(0, 3)
    if kind == 0:
        return {"list": row}
    if kind == 1:
        return {"tuple": row}
    if kind == 2:
        return built(np.array(row, dtype=session.one_of(["int32", "int64"])))
    names = [f"n{i}" for i in range(len(row))]
    return call("LabelsEntry", {"list": names}, built(np.array(row, dtype=np.int32)))


def position(session: Session) -> None:
    """Look for an entry."""
    index = pick_labels(session)
    entry = session.usually(entry_of(session, index))
    if session.flag():
        session.do(method(var(index), "position", entry))
    else:
        session.do(call("contains", var(index), entry))


def edit(session: Session) -> None:
    """Add, remove, rename and permute dimensions."""
    index = pick_labels(session)
    labels = session.value(index)
    names = labels.names
    name = "new" if not session.rarely() else session.one_of([*names, "not valid"])
    size = len(labels) + (1 if session.rarely() else 0)
    column = session.draw(mts.arrays([size], session.one_of(DTYPES[:4]), elements=FEW))
    array = session.usually(built(column))
    known = session.one_of(names) if names and not session.rarely() else "unknown"
    count = len(names)
    place = session.integer(-count, count)
    if session.rarely():
        place = session.one_of([-5, 5, "", None])
    order = list(session.draw(st.permutations(range(count))))
    order = [i - count if session.rarely() else i for i in order]
    if session.rarely():
        order.append(session.integer(-3, 3))
    session.do(
        session.one_of(
            [
                method(var(index), "append", session.usually(name), array),
                method(var(index), "insert", place, name, array),
                method(var(index), "remove", session.usually(known)),
                method(var(index), "rename", session.usually(known), session.usually(name)),
                method(var(index), "permute", session.usually({"list": order})),
            ]
        )
    )


def read(session: Session) -> None:
    """Read attributes, columns and entries."""
    index = pick_labels(session)
    labels = var(index)
    names = session.value(index).names
    item = session.usually(session.one_of([*names, *range(-4, 4)]))
    write = call("assign", attribute(labels, "values"), {"list": [0, 0]}, 3)
    session.do(
        session.one_of(
            [
                attribute(labels, session.one_of(["names", "values", "device", "nothing"])),
                call("len", labels),
                call("list", labels),
                call("getitem", labels, item),
                method(labels, session.one_of(["entry", "column"]), item),
                call("asarray", labels),
                call("hash", labels),
                method(labels, "print", session.integer(-1, 5), session.integer(0, 3)),
                call(session.one_of(["str", "repr"]), labels),
                # tensors can not be read-only, but must not be changed
                *([write] if session.engine == "numpy" else []),
            ]
        )
    )


def convert(session: Session) -> None:
    """Copies, conversions, files and pickles."""
    index = pick_labels(session)
    labels = var(index)
    session.do(
        session.one_of(
            [
                call(session.one_of(["copy", "deepcopy"]), labels),
                call("pickled", labels, session.integer(2, 5)),
                call("bytes", method(labels, "save_buffer")),
                call("Labels.load_buffer", method(labels, "save_buffer")),
                call("save_and_load", labels, session.one_of(["", "a.mts", "b", "c.npz"])),
                method(labels, "to", session.usually("cpu")),
                method(labels, "to", arrays=session.one_of(["numpy", "torch", "nothing", None])),
                method(labels, "to", dtype={"dtype": "numpy.int32"}),
                method(labels, "to", session.one_of(ODD), device="cpu"),
            ]
        )
    )


def entry_methods(session: Session) -> None:
    """What one can do with an entry."""
    index = pick_labels(session)
    entry = call("getitem", var(index), session.integer(-1, 1))
    names = session.value(index).names
    item = session.usually(session.one_of([*names, *range(-2, 3)]))
    other = call("getitem", var(pick_labels(session)), session.integer(-1, 1))
    session.do(
        session.one_of(
            [
                attribute(entry, session.one_of(["names", "values", "device"])),
                call("len", entry),
                call("tuple", entry),
                call("getitem", entry, item),
                call(session.one_of(["eq", "ne"]), entry, session.usually(other)),
                call(session.one_of(["str", "repr"]), entry),
                method(entry, "print"),
                call("hash", entry),
            ]
        )
    )


OPERATIONS = [
    lambda session: make_labels(session),
    new,
    large_values,
    static,
    sets,
    sets,
    select,
    position,
    edit,
    edit,
    read,
    convert,
    entry_methods,
]
