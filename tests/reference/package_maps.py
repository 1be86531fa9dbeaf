"""Maps and blocks for the operations of the package, and others which go with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from descriptions import describe
from hypothesis import strategies as st
from metatensor.testing import strategies as mts
from session import FEW, Expression, Session, built, call, method, var

DTYPES = ["float64", "float64", "float64", "float32", "int64", "int32", "complex128"]
AXES = ["samples", "properties"]
#: Sums and products of these are exact: the order of operations does not matter
FLOATS = st.integers(-8, 8).map(lambda value: value / 4)
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "f": FLOATS,
    "c": st.builds(complex, FLOATS, FLOATS),
    "i": st.integers(-4, 4),
}


def operation(name: str, *arguments: Expression, **keywords: Expression) -> Expression:
    """Call of an operation."""
    return call(f"operations.{name}", *arguments, **keywords)


def elements(dtype: str) -> st.SearchStrategy[Any]:
    """Values of the elements of arrays."""
    return ELEMENTS[np.dtype(dtype).kind]


def integers(session: Session, values: Any) -> Expression:
    """An array of 32-bit integers."""
    expression = built(np.array(values, dtype=np.int32))
    expression["built"]["array"]["engine"] = session.engine
    return expression


def labels_of(session: Session, names: list[str], rows: Any) -> Expression:
    """Labels with these entries."""
    values = np.array(rows, dtype=np.int32).reshape(len(rows), len(names))
    return call("Labels", {"list": list(names)}, integers(session, values))


def make_map(session: Session) -> int:
    """New map; gradients of gradients are rare, as no operation supports them."""
    dtype = session.one_of(DTYPES)
    keys = mts.labels(
        session.one_of([["k"], ["k", "key"]]),
        values=FEW,
        min_size=0 if session.rarely() else 1,
        max_size=3,
    )
    strategy = mts.tensor_maps(
        keys,
        max_depth=2 if session.rarely() else 1,
        gradients=[] if session.flag() else None,
        engine=session.engine,
        dtype=dtype,
        elements=elements(dtype),
        info=st.sampled_from([{}, {"unit": "eV"}]),
    )
    tensor = session.draw(strategy)
    if any(0 in block.values.shape for block in tensor):
        # empty blocks are not that interesting
        tensor = session.draw(strategy)
    return session.do(built(tensor))


def pick_map(session: Session) -> int:
    """Some map."""
    return session.pick("TensorMap", make_map)


def make_block(session: Session) -> int:
    """Block of a map, or a new one."""
    if session.flag():
        index = pick_map(session)
        if len(session.value(index)):
            position = session.integer(0, len(session.value(index)) - 1)
            return session.do(method(var(index), "block", position))
    dtype = session.one_of(DTYPES)
    block = mts.blocks(max_depth=1, engine=session.engine, dtype=dtype, elements=elements(dtype))
    return session.do(built(session.draw(block)))


def pick_block(session: Session) -> int:
    """Some block."""
    return session.pick("TensorBlock", make_block)


def pick(session: Session) -> tuple[int, str]:
    """A map or a block, and how names of operations for it end."""
    return (pick_map(session), "") if session.flag() else (pick_block(session), "_block")


def first_block(session: Session, index: int) -> Any:
    """The block itself, or one block of a map; ``None`` if there is none."""
    value = session.value(index)
    if session.kind(index) == "TensorBlock":
        return value
    return value.block_by_id(0) if len(value) else None


def labels_names(session: Session, index: int, axis: str) -> list[str]:
    """Names of the dimensions of one axis."""
    if axis == "keys":
        return list(session.value(index).keys.names)
    block = first_block(session, index)
    return [] if block is None else list(getattr(block, axis).names)


def entries(session: Session, index: int, axis: str) -> Any:
    """Entries of one axis, in a list of rows."""
    block = first_block(session, index)
    owner = session.value(index) if axis == "keys" else block
    return [] if owner is None else getattr(owner, axis).values.tolist()


def parameters(session: Session, index: int) -> list[str]:
    """Names of gradients."""
    block = first_block(session, index)
    return [] if block is None else block.gradients_list()


def some(session: Session, values: list[Any]) -> list[Any]:
    """Some of the values, in any order."""
    return [value for value in session.draw(st.permutations(values)) if session.flag()]


# ---------------------------------------------------------------------- second operands
def refilled(session: Session, description: Any) -> Any:
    """The same block, with other values."""
    (block,) = description.values()
    shape, dtype = (block["values"]["array"][name] for name in ("shape", "dtype"))
    dtype = dtype.removeprefix("torch.")
    values = session.draw(mts.arrays(shape, dtype, engine=session.engine, elements=elements(dtype)))
    gradients = {name: refilled(session, gradient) for name, gradient in block["gradients"].items()}
    return {"block": {**block, "values": describe(values), "gradients": gradients}}


def with_other_values(session: Session, index: int) -> Expression:
    """A map or block with the same metadata."""
    description = describe(session.value(index))
    if "block" in description:
        return {"built": refilled(session, description)}
    content = description["map"]
    content["blocks"] = [refilled(session, block) for block in content["blocks"]]
    if session.flag():
        # blocks are matched by their keys
        content["blocks"].reverse()
        content["keys"]["labels"]["values"]["array"]["values"].reverse()
    return {"built": {"map": content}}


def related(session: Session, index: int) -> Expression:
    """A map or block which (most often) has the same metadata as another one."""
    owner = var(index)
    if not session.rarely():
        return session.one_of([with_other_values(session, index), method(owner, "copy")])
    block = "_block" if session.kind(index) == "TensorBlock" else ""
    other = (pick_block if block else pick_map)(session)
    axis = session.one_of(AXES)
    changed = [
        operation(f"remove_gradients{block}", owner),
        operation(f"sort{block}", owner, axis, True),
        operation(f"slice{block}", owner, axis, {"list": [0]}),
        *([] if block else [operation("rename_dimension", owner, "keys", "k", "new")]),
    ]
    if session.integer(0, 3) == 0:
        return var(other)
    return var(session.do(session.one_of(changed)))
