"""Programs with mathematical operations, comparisons, and new maps."""

from __future__ import annotations

import numpy as np
from metatensor.testing import strategies as mts
from package_maps import FLOATS, operation, parameters, pick, pick_map, related, some
from session import Expression, Session, built, call, var

NUMBERS: list[Expression] = [
    0,
    1,
    2,
    -3,
    {"built": {"float": "0.5"}},
    {"built": {"float": "-2.0"}},
    {"built": {"scalar": ["float64", "1.5"]}},
]
TOLERANCES: list[Expression] = [0, {"built": {"float": "0.5"}}, {"built": {"float": "1e-08"}}]


def elementwise(session: Session) -> None:
    """Operations on each element."""
    index = pick_map(session)
    tensor = var(index)
    name = session.one_of(["add", "subtract", "multiply", "divide"])
    number = session.one_of(NUMBERS)
    other = number if session.flag() else related(session, index)
    first, second = session.usually(tensor), session.usually(other)
    session.do(
        session.one_of(
            [
                operation(name, first, second),
                operation(name, first, second),
                operation("pow", first, session.usually(number)),
                operation("abs", tensor),
            ]
        )
    )


def products(session: Session) -> None:
    """Matrix products."""
    index = pick_map(session)
    other = related(session, index)
    if not session.rarely():
        other = var(session.do(operation("remove_gradients", other)))
    session.do(operation("dot", var(index), other))


def least_squares(session: Session) -> None:
    """Linear systems without solution."""
    index = pick_map(session)
    rcond = None if session.rarely() else {"built": {"float": "1e-10"}}
    session.do(operation("lstsq", var(index), related(session, index), rcond=rcond))
    if session.rarely():
        session.do(operation("solve", var(index), related(session, index)))


def systems(session: Session) -> None:
    """Linear systems with one solution."""
    rows = session.integer(0 if session.rarely() else 1, 3)
    columns = rows + 1 if session.rarely() else rows
    matrix = session.draw(mts.arrays([rows, columns], elements=FLOATS))
    sides = session.draw(mts.arrays([rows, session.integer(0, 2)], elements=FLOATS))
    keys = session.labels("k", min_size=1, max_size=1)
    maps = []
    for array in (matrix + 10 * np.eye(rows, columns), sides):
        values = built(array)
        values["built"]["array"]["engine"] = session.engine
        blocks = {"list": [operation("block_from_array", values)]}
        maps.append(call("TensorMap", keys, blocks))
    session.do(operation("solve", *maps))


def compare(session: Session) -> None:
    """Say if two things are the same."""
    index, block = pick(session)
    first, second = var(index), related(session, index)
    suffix = block + session.one_of(["", "_raise"])
    check = session.one_of(["all", {"list": some(session, ["samples", "components"])}])
    if session.rarely():
        check = session.one_of(["samples", {"list": ["samples", "nothing"]}])
    tolerances = {name: session.one_of(TOLERANCES) for name in ("rtol", "atol")}
    if session.flag():
        tolerances["equal_nan"] = session.flag()
    gradients = session.flag()
    session.do(
        session.one_of(
            [
                operation(f"equal{suffix}", first, second),
                operation(f"allclose{suffix}", first, second),
                operation(f"allclose{suffix}", first, second, **tolerances),
                operation(f"equal_metadata{suffix}", first, second),
                operation(f"equal_metadata{suffix}", first, second, check),
                operation(f"equal_metadata{suffix}", first, second, check_gradients=gradients),
            ]
        )
    )


def create(session: Session) -> None:
    """New values for the same metadata."""
    index, block = pick(session)
    known = parameters(session, index)
    keywords = {}
    if session.flag():
        keywords["gradients"] = session.one_of([{"list": some(session, known)}, *known])
    if session.rarely():
        keywords["gradients"] = session.one_of(["nothing", {"list": ["nothing"]}])
    if session.integer(0, 3) == 0:
        keywords["requires_grad"] = session.flag()
    name = session.one_of(["empty_like", "random_uniform_like", "zeros_like", "ones_like"])
    result = operation(f"{name}{block}", var(index), **keywords)
    if name[0] in "er":
        # only the shapes are the same
        result = operation(f"zeros_like{block}", result)
    session.do(result)


def gradients(session: Session) -> None:
    """Operations about gradients, stored ones or those of torch."""
    index, block = pick(session)
    known = parameters(session, index)
    remove = session.one_of([None, {"list": some(session, [*known, "nothing"])}, *known])
    flags = [session.flag()] if session.flag() else []
    session.do(
        session.one_of(
            [
                operation(f"detach{block}", var(index)),
                operation(f"requires_grad{block}", var(index), *flags),
                operation(f"remove_gradients{block}", var(index)),
                operation(f"remove_gradients{block}", var(index), remove),
                operation(f"is_contiguous{block}", var(index)),
                operation(f"make_contiguous{block}", var(index)),
            ]
        )
    )


OPERATIONS = [
    elementwise,
    elementwise,
    elementwise,
    products,
    least_squares,
    systems,
    compare,
    compare,
    create,
    gradients,
]
