"""What programs do with maps."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from metatensor.testing import strategies as mts
from operations_on_blocks import pick_block
from operations_on_data import DTYPES, convert, files
from session import (
    FEW,
    ODD,
    Expression,
    Session,
    attribute,
    built,
    call,
    dictionary,
    method,
    var,
)

#: The reference implementation can not read empty values
INFO = st.dictionaries(st.sampled_from(["unit", "é", ""]), st.sampled_from(["eV", "a b"]))


def make_map(session: Session) -> int:
    """New map, most often one whose keys can be moved."""
    can_move = not session.rarely()
    keys = mts.labels(values=FEW, min_size=0 if session.rarely() else 1, max_size=4)
    tensor = session.draw(
        mts.tensor_maps(
            keys,
            same_components=True if can_move else None,
            max_depth=1 if can_move else 2,
            engine=session.engine,
            dtype=session.one_of(DTYPES),
            info=INFO,
        )
    )
    return session.do(built(tensor))


def pick_map(session: Session) -> int:
    """Some map."""
    return session.pick("TensorMap", make_map)


def new(session: Session) -> None:
    """Create a map from blocks which may not go together."""
    source = session.value(pick_map(session))
    blocks = [built(block) for block in source]
    if session.rarely() and blocks:
        blocks.pop()
    if session.rarely():
        blocks.append(var(pick_block(session)))
    keys = session.usually(built(source.keys))
    session.do(call("make_map", keys, {"list": blocks}))
    if session.rarely():
        session.do(call("TensorMap", keys, session.one_of(ODD)))


def values_of_keys(session: Session, index: int) -> dict[str, int]:
    """Some names of keys, and values which are often there."""
    keys = session.value(index).keys
    values = {name: session.draw(FEW) for name in keys.names}
    if len(keys) and session.integer(0, 3):
        row = keys.values[session.integer(0, len(keys) - 1)].tolist()
        values = dict(zip(keys.names, row, strict=True))
    values = {name: value for name, value in values.items() if session.integer(0, 3)}
    if session.rarely():
        values["other"] = 0
    return values


def selection_of(session: Session, index: int) -> Expression:
    """A selection of blocks, in one of the forms there are."""
    kind = session.integer(0, 4)
    if kind == 0:
        return session.integer(-2, 4)
    if kind == 1:
        values = values_of_keys(session, index)
        rows = np.array([list(values.values())], dtype=np.int32)
        array = built(rows)
        if session.engine == "torch":
            array["built"]["array"]["engine"] = "torch"
        return call("Labels", {"list": list(values)}, array)
    if kind == 2:
        return call("getitem", attribute(var(index), "keys"), session.integer(-2, 2))
    if kind == 3:
        return None if len(session.value(index)) == 1 else session.one_of(ODD)
    return dictionary(values_of_keys(session, index))


def blocks(session: Session) -> None:
    """Select blocks."""
    index = pick_map(session)
    tensor = var(index)
    selection = selection_of(session, index)
    keywords = values_of_keys(session, index)
    # names which can not be given as keywords of this program
    keywords.pop("self", None)
    indices = {"list": [session.integer(-1, 3) for _ in range(session.integer(0, 2))]}
    name = session.one_of(["block", "blocks"])
    session.do(
        session.one_of(
            [
                method(tensor, name, selection),
                method(tensor, name, selection),
                method(tensor, name, **keywords),
                method(tensor, "blocks"),
                call("getitem", tensor, selection),
                method(tensor, "block_by_id", session.usually(session.integer(-1, 4))),
                method(tensor, "blocks_by_id", session.usually(indices)),
                method(tensor, "items"),
                call("list", tensor),
            ]
        )
    )


def read(session: Session) -> None:
    """Read and print attributes."""
    tensor = var(pick_map(session))
    names = ["keys", "sample_names", "component_names", "property_names", "dtype", "device"]
    session.do(
        session.one_of(
            [
                *[attribute(tensor, name) for name in [*names, "is_view", "nothing"]],
                call("len", tensor),
                call("hash", tensor),
                call(session.one_of(["str", "repr"]), tensor),
                method(tensor, "print", session.integer(-1, 4)),
            ]
        )
    )


def info(session: Session) -> None:
    """Global metadata."""
    tensor = var(pick_map(session))
    key = session.one_of(["unit", "a", "é", ""])
    value = session.one_of(["eV", "longer text", "é\n"])
    session.do(
        session.one_of(
            [
                method(tensor, "set_info", session.usually(key), session.usually(value)),
                method(tensor, "set_info", key, value),
                method(tensor, "get_info", session.usually(key)),
                method(tensor, "info"),
            ]
        )
    )
    session.do(method(tensor, "info"))


def fill_value(session: Session, index: int) -> Expression:
    """What to fill missing values with, most often something valid."""
    number = session.one_of([0, 1, 0, 3])
    float_number = {"built": {"float": session.one_of(["0.0", "2.5", "-1.0", "nan", "inf"])}}
    dtype = str(session.value(index).dtype)
    if "float" in dtype:
        return session.usually(session.one_of([number, float_number]))
    return session.usually(number) if session.integer(0, 3) else float_number


def move_keys(session: Session) -> None:
    """Move keys to samples or properties."""
    # the reference implementation can not do so
    if session.engine == "torch" and not session.rarely():
        return
    index = pick_map(session)
    keys = session.value(index).keys
    names = [name for name in session.draw(st.permutations(keys.names)) if session.flag()]
    if session.rarely():
        names.append(session.one_of(["other", *keys.names]))
    dimensions: Expression = {session.one_of(["list", "tuple"]): names}
    if len(names) == 1 and session.flag():
        dimensions = names[0]
    elif session.integer(0, 2) == 0 and len(set(names)) == len(names):
        dimensions = session.labels(names, values=FEW, max_size=session.one_of([0, 0, 3]))
    keywords = {}
    if session.flag():
        keywords["fill_value"] = fill_value(session, index)
    if session.flag():
        keywords["sort_samples"] = session.flag()
    name = session.one_of(["keys_to_samples", "keys_to_properties"])
    session.do(method(var(index), name, session.usually(dimensions), **keywords))


def move_components(session: Session) -> None:
    """Move components to properties."""
    index = pick_map(session)
    known = session.value(index).component_names
    names = [name for name in session.draw(st.permutations(known)) if session.flag()]
    if session.rarely():
        names.append(session.one_of(["other", *known]))
    if not names and not session.rarely():
        return
    dimensions: Expression = {session.one_of(["list", "tuple"]): names}
    if len(names) == 1 and session.flag():
        dimensions = names[0]
    session.do(method(var(index), "components_to_properties", session.usually(dimensions)))


def operators(session: Session) -> None:
    """Arithmetic and comparisons."""
    index = pick_map(session)
    tensor = var(index)
    other = session.one_of([method(tensor, "copy"), var(pick_map(session)), 2, 2])
    name = session.one_of(["add", "sub", "mul", "truediv", "pow", "eq", "ne", "matmul"])
    unary = call(session.one_of(["neg", "pos"]), tensor)
    session.do(session.one_of([call(name, tensor, session.usually(other)), unary]))


def write(session: Session) -> None:
    """Change values in place, also through views."""
    index = pick_map(session)
    tensor = session.value(index)
    if len(tensor) == 0:
        return
    number = session.integer(0, len(tensor) - 1)
    shape = tensor.block(number).values.shape
    if 0 in shape:
        return
    position = {"list": [session.integer(0, size - 1) for size in shape]}
    values = attribute(method(var(index), "block", number), "values")
    session.do(call("assign", values, position, session.integer(0, 9)))


OPERATIONS = [
    lambda session: make_map(session),
    new,
    blocks,
    blocks,
    blocks,
    read,
    info,
    move_keys,
    move_keys,
    move_keys,
    move_components,
    lambda session: convert(session, pick_map(session)),
    lambda session: files(session, "TensorMap", pick_map(session)),
    operators,
    write,
]
