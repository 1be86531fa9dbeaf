"""Programs with operations which choose, reorder, merge and reduce entries."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from metatensor.testing import strategies as mts
from package_maps import (
    AXES,
    DTYPES,
    entries,
    first_block,
    integers,
    labels_names,
    labels_of,
    make_map,
    operation,
    parameters,
    pick,
    pick_map,
    related,
    some,
)
from session import FEW, Expression, Session, built, var

REDUCTIONS = ["sum", "mean", "var", "std"]


def axis_of(session: Session, *others: str) -> str:
    """Name of an axis."""
    return "nothing" if session.rarely() else session.one_of([*AXES, *others])


def entries_of(session: Session, index: int, axis: str) -> Expression:
    """Labels with some of the dimensions and entries of an axis."""
    names = labels_names(session, index, axis)
    chosen = some(session, names) if session.flag() else names
    rows = [[row[names.index(name)] for name in chosen] for row in entries(session, index, axis)]
    rows = some(session, [list(row) for row in dict.fromkeys(map(tuple, rows))])
    absent = [99] * len(chosen)
    if chosen and session.integer(0, 3) == 0:
        rows.append(absent)
    if session.rarely():
        chosen = [*chosen, "other"]
        rows = [[*row, 0] for row in rows]
    return labels_of(session, chosen, rows if chosen else [])


def choose_blocks(session: Session) -> None:
    """Drop or keep blocks."""
    index = pick_map(session)
    name = session.one_of(["drop_blocks", "filter_blocks"])
    keys = session.usually(entries_of(session, index, "keys"))
    copy = [session.usually(session.flag())] if session.flag() else []
    session.do(
        session.one_of(
            [
                operation(name, var(index), keys, *copy),
                operation(name, session.usually(var(index)), keys),
                operation("drop_empty_blocks", var(index), *copy),
            ]
        )
    )


def selection_of(session: Session, index: int, axis: str) -> Expression:
    """Entries or positions of an axis."""
    if session.flag():
        return entries_of(session, index, axis if axis in AXES else "samples")
    block = first_block(session, index)
    size = 0 if block is None or axis not in AXES else len(getattr(block, axis))
    positions = some(session, list(range(size)))
    if positions and session.integer(0, 3) == 0:
        positions[0] -= size
    if session.rarely():
        positions.append(session.one_of([9, 0]))
    if session.flag() or not positions:
        return {"list": positions}
    return integers(session, positions)


def choose_entries(session: Session) -> None:
    """Slice and split."""
    index, block = pick(session)
    owner = session.usually(var(index))
    axis = axis_of(session)
    first, second = (session.usually(selection_of(session, index, axis)) for _ in range(2))
    selections = session.usually({"list": [first, second]})
    session.do(
        session.one_of(
            [
                operation(f"slice{block}", owner, axis, first),
                operation(f"slice{block}", owner, axis, first),
                operation(f"split{block}", owner, axis, selections),
            ]
        )
    )


def sort(session: Session) -> None:
    """Sort entries."""
    index, block = pick(session)
    known = [*AXES, "components", *([] if block else ["keys"])]
    axes: Expression = session.one_of([*known, {"list": some(session, known)}])
    if session.rarely():
        axes = session.one_of(["nothing", "keys", {"list": [5]}, {"tuple": ["samples"]}])
    descending = {"descending": session.flag()} if session.flag() else {}
    session.do(
        session.one_of(
            [
                operation(f"sort{block}", var(index), **descending),
                operation(f"sort{block}", var(index), axes, **descending),
            ]
        )
    )


def join(session: Session) -> None:
    """Join maps or blocks."""
    index, block = pick(session)
    others = [related(session, index) for _ in range(session.integer(0, 2))]
    if block == "" and others and session.flag():
        keys = entries_of(session, index, "keys")
        others[-1] = var(session.do(operation("filter_blocks", others[-1], keys)))
    parts = session.usually({session.one_of(["list", "tuple"]): [var(index), *others]})
    keywords: dict[str, Any] = {}
    if not block and session.flag():
        keywords["different_keys"] = session.one_of(["error", "intersection", "union"])
        if session.rarely():
            keywords["different_keys"] = "nothing"
    if session.integer(0, 3):
        names = ["new", *labels_names(session, index, "samples")]
        keywords["add_dimension"] = session.one_of(names) if session.rarely() else "new"
    session.do(operation("join_blocks" if block else "join", parts, axis_of(session), **keywords))


def reduce(session: Session) -> None:
    """Sums, averages, variances and standard deviations."""
    index, block = pick(session)
    axis = session.one_of(AXES)
    names: Expression = some(session, labels_names(session, index, axis))
    if session.rarely():
        names.append("nothing")
    names = names[0] if len(names) == 1 and session.flag() else {"list": names}
    function = f"{session.one_of(REDUCTIONS)}_over_{axis}{block}"
    session.do(operation(function, var(index), session.usually(names)))


def unique(session: Session) -> None:
    """Distinct entries of several blocks."""
    index, block = pick(session)
    axis = axis_of(session)
    names = some(session, labels_names(session, index, axis if axis in AXES else "samples"))
    keywords = {}
    known = parameters(session, index)
    if known and session.flag():
        keywords["gradient"] = session.one_of([*known, *(["no"] if session.rarely() else [])])
        names = ["sample"] if axis == "samples" else names
    if session.rarely():
        names.append("other")
    kinds: Expression = {session.one_of(["list", "tuple"]): names}
    if len(names) == 1 and session.flag():
        kinds = names[0]
    name = f"unique_metadata{block}"
    session.do(operation(name, var(index), axis, session.usually(kinds), **keywords))


def dimensions(session: Session) -> None:
    """Insert, append, permute, remove and rename dimensions."""
    index = pick_map(session)
    tensor = var(index)
    axis = axis_of(session, "keys", "components")
    known = labels_names(session, index, axis if axis in (*AXES, "keys") else "keys")
    name = session.one_of([*known, "not valid"]) if session.rarely() else "new"
    old = "other" if session.rarely() or not known else session.one_of(known)
    order = list(session.draw(st.permutations(range(len(known)))))
    if session.rarely():
        order.append(0)
    size = len(entries(session, index, axis if axis in AXES else "keys"))
    values: Expression = session.draw(FEW)
    if axis == "keys" and session.flag():
        values = integers(session, session.draw(st.lists(FEW, min_size=size, max_size=size)))
    if session.rarely():
        values = integers(session, [1] * (size + 1))
    place = 9 if session.rarely() else session.integer(0, len(known))
    session.do(
        session.one_of(
            [
                operation("insert_dimension", tensor, axis, place, name, values),
                operation("append_dimension", tensor, axis, name, values),
                operation("permute_dimensions", tensor, axis, {"list": order}),
                operation("remove_dimension", tensor, axis, old),
                operation("rename_dimension", tensor, axis, old, name),
                operation("rename_dimension", tensor, axis, old, name),
            ]
        )
    )


def arrays(session: Session) -> None:
    """Blocks from arrays, and arrays from labels."""
    shape = session.draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    values = built(session.draw(mts.arrays(shape, session.one_of(DTYPES), engine=session.engine)))
    names = {
        name: {"list": session.draw(mts.dimension_names(1, 2))}
        for name in ("sample_names", "component_names", "property_names")
        if session.integer(0, 2) == 0
    }
    labels = session.labels_value(["a", "b"], values=FEW)
    column = sorted({row[0] for row in labels.values.tolist()} | {session.draw(FEW)})
    if session.rarely():
        column = column[1:]
    dimension = labels_of(session, ["a"], [[value] for value in column])
    session.do(
        session.one_of(
            [
                operation("block_from_array", session.usually(values), **names),
                operation("one_hot", built(labels), session.usually(dimension)),
                operation("one_hot", built(labels), session.labels(["a", "b"])),
            ]
        )
    )


OPERATIONS = [
    lambda session: make_map(session),
    choose_blocks,
    choose_entries,
    choose_entries,
    sort,
    join,
    join,
    reduce,
    reduce,
    unique,
    dimensions,
    dimensions,
    arrays,
]
