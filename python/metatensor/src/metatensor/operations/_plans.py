"""Computations on the entries of Labels: the plain (numpy) half of the plans.

Operations which gather or scatter are *plan + execute*: functions of this module turn
Labels into new Labels and arrays of indices, ``_backend`` applies these to the values. The
torch flavour has a module of the same name with the same functions on tensors.

Label data is handled as numpy arrays whatever holds it; :py:func:`make_labels` gives the
result back to the engine and device of the Labels it was computed from. Functions working
on lists do the work once for Labels objects which occur several times in the list, and use
one result for all of them.
"""

from __future__ import annotations

import math
from typing import Any, List, Tuple

import numpy as np
import numpy.typing as npt

from metatensor._arrays import engine_of
from metatensor._labels_core import dimensions

from ._messages import other_length
from ._types import Labels

Index = npt.NDArray[np.int64]
Entries = npt.NDArray[np.int32]

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def _to_numpy(array: Any) -> npt.NDArray[Any]:
    return array if isinstance(array, np.ndarray) else engine_of(array).to_host(array)


def entries(labels: Labels) -> Entries:
    """All entries of the labels, for reading only."""
    return _to_numpy(labels.values)


def make_labels(names: List[str], values: Entries, like: Labels, assume_unique: bool) -> Labels:
    """New labels, held by the same engine on the same device as ``like``."""
    values = np.ascontiguousarray(values, dtype=np.int32).reshape(len(values), len(names))
    if assume_unique and isinstance(like.values, np.ndarray):
        engine = like._engine
        return Labels._from_parts(dimensions(tuple(names)), engine.freeze(values), engine)
    if not isinstance(like.values, np.ndarray):
        values = _like(values, like.values)
    return Labels(names, values, assume_unique=assume_unique)


def _like(array: npt.NDArray[Any], like: Any) -> Any:
    engine: Any = engine_of(like)
    if engine.host_labels:
        return engine.from_host(array, like)
    return engine.to(engine.from_numpy(array), device=engine.device(like))


def same_labels(a: Labels, b: Labels) -> bool:
    """Equality of names and entries, including their order."""
    return a is b or bool(a == b)


def column_index(labels: Labels, name: str) -> Index:
    """One column, to be used as indices."""
    return entries(labels)[:, labels.names.index(name)].astype(np.int64)


def select_positions(labels: Labels, selection: Labels) -> Index:
    """Positions of the entries of ``labels`` which match ``selection``."""
    return _to_numpy(labels.select(selection)).astype(np.int64)


def to_list(index: Index) -> List[int]:
    """Indices as Python integers."""
    positions: List[int] = index.tolist()
    return positions


def arange_index(start: int, end: int, like: Labels) -> Index:
    """The indices from ``start`` to ``end``, which is not included."""
    return np.arange(start, end, dtype=np.int64)


def size_of(index: Index) -> int:
    """Number of indices."""
    return len(index)


def concatenate_index(parts: List[Any]) -> Any:
    """Concatenation of indices or of rows of entries."""
    return np.concatenate(parts, axis=0)


def take_entries(values: Entries, index: Index) -> Entries:
    """The given rows of the entries."""
    return values[index]


def take_index(index: Index, positions: Index) -> Index:
    """The indices at some positions."""
    return index[positions]


def is_identity(order: Index) -> bool:
    """Tell if this order leaves everything where it is."""
    return bool(np.array_equal(order, np.arange(len(order))))


def take_columns(values: Entries, columns: List[int]) -> Entries:
    """The given columns of the entries."""
    return values[:, columns]


def shift_column(values: Entries, column: int, offset: int) -> Entries:
    """Entries with a constant added to one column."""
    output = np.array(values, dtype=np.int32)
    output[:, column] += np.int32(offset)
    return output


def set_column(values: Entries, column: int, new: Index) -> Entries:
    """Entries with one column replaced."""
    output = np.array(values, dtype=np.int32)
    output[:, column] = new
    return output


def insert_constant(values: Entries, column: int, constant: int) -> Entries:
    """Entries with one more column, everywhere the same."""
    return np.insert(values, column, np.int32(constant), axis=1)


def zero_entries(n_rows: int, n_columns: int, like: Labels) -> Entries:
    """Entries which are all zero."""
    return np.zeros((n_rows, n_columns), dtype=np.int32)


def range_entries(end: int, like: Labels) -> Entries:
    """Entries of one dimension, from 0 to ``end``, which is not included."""
    return np.arange(end, dtype=np.int32).reshape(end, 1)


# ------------------------------------------------------------------------ grouping
def row_keys(values: Entries) -> npt.NDArray[Any]:
    """One integer for each row, which sorts like the rows do."""
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64)
    spans = [(int(c.min()), int(c.max()) - int(c.min()) + 1) for c in values.T]
    size = 1
    for _, span in spans:
        size *= span
    if size >= 2**62:
        keys = np.zeros(len(values), dtype=np.int64)
        for c in values.T:
            _, rank = np.unique(c, return_inverse=True)
            _, keys = np.unique(keys * (len(c) + 1) + rank, return_inverse=True)
        return keys
    keys = np.zeros(len(values), dtype=np.int64)
    for c, (start, span) in zip(values.T, spans, strict=True):
        keys = keys * span + (c.astype(np.int64) - start)
    return keys


def unique_rows(values: Entries) -> Tuple[Entries, Index]:
    """Distinct rows in lexicographic order, and for each row the position of its equal."""
    if values.shape[0] == 0:
        return values, np.zeros(0, dtype=np.int64)
    if values.shape[1] == 0:
        return values[:1], np.zeros(len(values), dtype=np.int64)
    keys = row_keys(values)
    if np.all(keys[1:] > keys[:-1]):
        return values, np.arange(len(values), dtype=np.int64)
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return values[first], inverse.astype(np.int64).reshape(-1)


def group_in_order(values: Entries) -> Tuple[Entries, Index]:
    """Distinct rows in the order in which they appear, and for each row which one it is."""
    rows, groups = unique_rows(values)
    # the first one of each group is written last
    first = np.zeros(len(rows), dtype=np.int64)
    first[groups[::-1]] = np.arange(len(groups))[::-1]
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rows[order], rank[groups]


def sort_rows(values: Entries, descending: bool) -> Index:
    """Positions of the rows in lexicographic order, or in the reverse of it."""
    if values.shape[0] == 0 or values.shape[1] == 0:
        return np.arange(len(values), dtype=np.int64)
    order = np.argsort(row_keys(values), kind="stable")
    return order[::-1].copy() if descending else order


def inverse_permutation(order: Index) -> Index:
    """New position of each entry, for an order of old positions."""
    inverse = np.empty_like(order)
    inverse[order] = np.arange(len(order))
    return inverse


def count_groups(groups: Index, n_groups: int) -> Index:
    """Number of members of each group."""
    return np.bincount(groups, minlength=n_groups)


def group_one(labels: Labels, columns: List[int], keep_dimension: bool) -> Tuple[Labels, Index]:
    """Groups of the entries of one labels, see ``group_entries``."""
    rows, groups = unique_rows(entries(labels)[:, columns])
    names = [labels.names[column] for column in columns]
    if len(columns) == 0 and (len(labels) > 0 or keep_dimension):
        names = ["_"]
        rows = np.zeros((min(len(labels), 1), 1), dtype=np.int32)
    return make_labels(names, rows, labels, True), groups


# ----------------------------------------------------------------------- selection
def list_to_index(positions: List[int], like: Labels) -> Index:
    """Indices from Python integers.

    :raises TypeError: if they are not integers
    """
    index = np.array(positions) if positions else np.zeros(0, dtype=np.int64)
    if not np.issubdtype(index.dtype, np.integer):
        raise TypeError(f"`selection` must contain integers, got {positions}")
    return index.astype(np.int64)


def positions_to_index(count: int, positions: Any, axis: str, function: str) -> Index:
    """Positions counted from the start (or the end, if negative) as valid indices.

    :raises TypeError: if they are not integers
    :raises IndexError: if one of them does not exist in an axis of length ``count``
    """
    index = _to_numpy(positions)
    if index.size == 0:
        return np.zeros(0, dtype=np.int64)
    if not np.issubdtype(index.dtype, np.integer):
        raise TypeError(
            f"positions of the {axis} must be integers in `{function}`, not {index.dtype}"
        )
    index = index.astype(np.int64)
    invalid = (index < -count) | (index >= count)
    if invalid.any():
        raise IndexError(
            f"position {index[invalid][0]} is out of range in `{function}`, there are {count} "
            f"{axis}"
        )
    return np.where(index < 0, index + count, index)


def sorted_positions(index: Index) -> Index:
    """Positions in increasing order, each once."""
    return np.unique(index)


def select_entries(labels: Labels, index: Index, assume_unique: bool) -> Labels:
    """Labels made of the given entries."""
    values = labels.values
    if assume_unique and isinstance(values, np.ndarray):
        engine = labels._engine
        return Labels._from_parts(labels._dims, engine.freeze(values.take(index, axis=0)), engine)
    return make_labels(labels.names, entries(labels)[index], labels, assume_unique)


def follow_samples(labels: Labels, index: Index, n_samples: int) -> Tuple[Labels, Index]:
    """Gradient samples which are left when only the samples ``index`` are kept.

    Gives them in their original order, with ``sample`` renumbered, and their positions.
    """
    new_positions = np.full(n_samples, -1, dtype=np.int64)
    new_positions[index] = np.arange(len(index))
    values = entries(labels)
    new_samples = new_positions[values[:, 0]]
    (rows,) = np.nonzero(new_samples >= 0)
    values = set_column(values[rows], 0, new_samples[rows])
    return make_labels(labels.names, values, labels, True), rows


def merge_entries(labels: List[Labels]) -> Tuple[Labels, List[Index]]:
    """Union of labels in order of appearance, and the position of each entry in it."""
    if len(labels) > 2 and len({one._dims.names for one in labels}) == 1 and labels[0].names:
        rows = [entries(one) for one in labels]
        union, positions = group_in_order(np.concatenate(rows))
        ends = np.cumsum([len(one) for one in rows])
        return make_labels(labels[0].names, union, labels[0], True), np.split(positions, ends[:-1])
    merged = labels[0]
    mappings: List[Index] = [np.arange(len(merged), dtype=np.int64)]
    for other in labels[1:]:
        if same_labels(merged, other):
            mappings.append(np.arange(len(merged), dtype=np.int64))
        else:
            merged, _, mapping = merged.union_and_mapping(other)
            mappings.append(_to_numpy(mapping).astype(np.int64))
    return merged, mappings


def empty_labels(labels: Labels) -> Labels:
    """Labels with the same names and no entry."""
    return make_labels(labels.names, entries(labels)[:0], labels, True)


# ------------------------------------------------------------------ labels of arrays
def index_entries(shape: List[int], like: Any) -> Entries:
    """All indices into an array of this shape, the last one running fastest."""
    indices = np.indices(shape, dtype=np.int32)
    rows: Entries = indices.reshape(len(shape), math.prod(shape)).T
    return rows


def labels_like_array(names: List[str], values: Entries, like: Any) -> Labels:
    """Labels on the same device as an array (and its engine, unless it is the CPU)."""
    values = np.ascontiguousarray(values)
    engine = engine_of(like)
    if not engine.host_labels and str(engine.device(like)) != "cpu":
        values = _like(values, like)
    return Labels(names, values, assume_unique=True)


def match_rows(column: Entries, dimension: Labels) -> Index:
    """Position in ``dimension`` of each value of a column.

    :raises ValueError: if a value is not there
    """
    known = entries(dimension)[:, 0]
    order = np.argsort(known)
    values = column[:, 0]
    found = np.searchsorted(known, values, sorter=order)
    index = order[np.minimum(found, max(len(order) - 1, 0))] if len(order) else found
    missing = known[index] != values if len(order) else np.ones(len(values), dtype=bool)
    if missing.any():
        raise ValueError(
            f"the value {values[missing][0]} of '{dimension.names[0]}' is not one of the "
            "entries of `dimension` in `one_hot`"
        )
    return index.astype(np.int64)


def _constant_column(value: int, labels: Labels, function: str) -> Any:
    """New column for the labels, everywhere the same.

    :raises ValueError: if the value is not a 32-bit integer
    """
    if not INT32_MIN <= value <= INT32_MAX:
        raise ValueError(f"labels contain 32-bit integers, {value} is not one, in `{function}`")
    column = np.full(len(labels), value, dtype=np.int32)
    return _column_like(column, labels)


def dimension_column(
    values: Any, labels: Labels, axis: str, function: str, keys: Labels, block: int
) -> Any:
    """New column for the labels along some axis of a block, checked.

    :raises ValueError: if the values are not a 1-dimensional array of 32-bit integers, with
        one for each entry of the labels
    """
    if getattr(values, "ndim", None) != 1:
        raise ValueError(
            f"`values` must be an integer or a 1-dimensional array in `{function}`, not an array "
            f"with {values.ndim} dimensions"
            if hasattr(values, "ndim")
            else f"`values` must be an integer or a 1-dimensional array in `{function}`, not "
            f"{type(values)}"
        )
    array = _to_numpy(values)
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"`values` must be integers in `{function}`, not {array.dtype}")
    if len(array) != len(labels):
        raise ValueError(other_length(len(array), len(labels), axis, function, keys, block))
    if array.size != 0 and not (array.min() >= INT32_MIN and array.max() <= INT32_MAX):
        raise ValueError(
            f"labels contain 32-bit integers, some of the `values` are not, in `{function}`"
        )
    return _column_like(array.astype(np.int32), labels)


def _column_like(column: Entries, labels: Labels) -> Any:
    if isinstance(labels.values, np.ndarray):
        return column
    return _like(column, labels.values)
