"""Computations on the entries of Labels, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented. Everything stays on the device of the labels.
"""

from typing import List, Tuple

import torch
from torch import Tensor

from ._messages import other_length
from ._types import Labels, raise_index_error, raise_value_error


def entries(labels: Labels) -> Tensor:
    """All entries of the labels, for reading only."""
    return labels.values


def make_labels(names: List[str], values: Tensor, like: Labels, assume_unique: bool) -> Labels:
    """New labels, on the same device as ``like``."""
    return Labels(names, values.to(torch.int32), assume_unique)


def same_labels(a: Labels, b: Labels) -> bool:
    """Equality of names and entries, including their order."""
    return a == b


def column_index(labels: Labels, name: str) -> Tensor:
    """One column, to be used as indices."""
    return labels.column(name).to(torch.int64)


def select_positions(labels: Labels, selection: Labels) -> Tensor:
    """Positions of the entries of ``labels`` which match ``selection``."""
    return labels.select(selection)


def to_list(index: Tensor) -> List[int]:
    """Indices as Python integers."""
    positions: List[int] = index.tolist()
    return positions


def arange_index(start: int, end: int, like: Labels) -> Tensor:
    """The indices from ``start`` to ``end``, which is not included."""
    return torch.arange(start, end, dtype=torch.int64, device=like.values.device)


def size_of(index: Tensor) -> int:
    """Number of indices."""
    return index.shape[0]


def concatenate_index(parts: List[Tensor]) -> Tensor:
    """Concatenation of indices or of rows of entries."""
    return torch.cat(parts, dim=0)


def take_entries(values: Tensor, index: Tensor) -> Tensor:
    """The given rows of the entries."""
    return values.index_select(0, index)


def take_index(index: Tensor, positions: Tensor) -> Tensor:
    """The indices at some positions."""
    return index.index_select(0, positions)


def is_identity(order: Tensor) -> bool:
    """Tell if this order leaves everything where it is."""
    return bool(torch.all(order == torch.arange(len(order), device=order.device)))


def take_columns(values: Tensor, columns: List[int]) -> Tensor:
    """The given columns of the entries."""
    parts: List[Tensor] = [values[:, :0]]
    for column in columns:
        parts.append(values[:, column : column + 1])
    return torch.cat(parts, dim=1)


def shift_column(values: Tensor, column: int, offset: int) -> Tensor:
    """Entries with a constant added to one column."""
    return set_column(values, column, values[:, column] + offset)


def set_column(values: Tensor, column: int, new: Tensor) -> Tensor:
    """Entries with one column replaced."""
    output = values.clone()
    output[:, column] = new
    return output


def insert_constant(values: Tensor, column: int, constant: int) -> Tensor:
    """Entries with one more column, everywhere the same."""
    new = torch.full([values.shape[0], 1], constant, dtype=torch.int32, device=values.device)
    return torch.cat([values[:, :column], new, values[:, column:]], dim=1)


def zero_entries(n_rows: int, n_columns: int, like: Labels) -> Tensor:
    """Entries which are all zero."""
    return torch.zeros([n_rows, n_columns], dtype=torch.int32, device=like.values.device)


def range_entries(end: int, like: Labels) -> Tensor:
    """Entries of one dimension, from 0 to ``end``, which is not included."""
    return torch.arange(end, dtype=torch.int32, device=like.values.device).reshape(end, 1)


# ------------------------------------------------------------------------ grouping
def row_keys(values: Tensor) -> Tensor:
    """One integer for each row, which sorts like the rows do; there must be a row and column."""
    columns = values.to(torch.int64)
    starts: List[int] = columns.min(dim=0)[0].tolist()
    ends: List[int] = columns.max(dim=0)[0].tolist()
    size = 1.0
    for i in range(len(starts)):
        size *= float(ends[i] - starts[i] + 1)
    keys = torch.zeros_like(columns[:, 0])
    for i in range(len(starts)):
        column = columns[:, i] - starts[i]
        span = ends[i] - starts[i] + 1
        if size > 4e18:
            # ranks are small enough for any number of columns
            column = torch._unique2(column, return_inverse=True)[1]
            span = values.shape[0]
            keys = torch._unique2(keys, return_inverse=True)[1]
        keys = keys * span + column
    return keys


def unique_rows(values: Tensor) -> Tuple[Tensor, Tensor]:
    """Distinct rows in lexicographic order, and for each row the position of its equal."""
    n_rows = values.shape[0]
    if n_rows == 0:
        return values, torch.zeros([0], dtype=torch.int64, device=values.device)
    if values.shape[1] == 0:
        return values[:1], torch.zeros([n_rows], dtype=torch.int64, device=values.device)
    unique, inverse, _ = torch._unique2(row_keys(values), return_inverse=True)
    rows = torch.empty([len(unique), values.shape[1]], dtype=values.dtype, device=values.device)
    # rows of one group are all the same: which one is written last does not matter
    rows[inverse] = values
    return rows, inverse


def group_in_order(values: Tensor) -> Tuple[Tensor, Tensor]:
    """Distinct rows in the order in which they appear, and for each row which one it is."""
    rows, groups = unique_rows(values)
    places = torch.arange(groups.shape[0], device=groups.device)
    first = torch.full([rows.shape[0]], groups.shape[0], device=groups.device)
    order = torch.argsort(first.scatter_reduce(0, groups, places, "amin"))
    rank = inverse_permutation(order)
    return rows.index_select(0, order), rank.index_select(0, groups)


def sort_rows(values: Tensor, descending: bool) -> Tensor:
    """Positions of the rows in lexicographic order, or in the reverse of it."""
    if values.shape[0] == 0 or values.shape[1] == 0:
        return torch.arange(values.shape[0], device=values.device)
    order = torch.argsort(row_keys(values), stable=True)
    return order.flip(0) if descending else order


def inverse_permutation(order: Tensor) -> Tensor:
    """New position of each entry, for an order of old positions."""
    inverse = torch.empty_like(order)
    inverse[order] = torch.arange(len(order), device=order.device)
    return inverse


def count_groups(groups: Tensor, n_groups: int) -> Tensor:
    """Number of members of each group."""
    counts = torch.zeros([n_groups], dtype=torch.int64, device=groups.device)
    return counts.index_add(0, groups, torch.ones_like(groups))


def group_one(labels: Labels, columns: List[int], keep_dimension: bool) -> Tuple[Labels, Tensor]:
    """Groups of the entries of one labels."""
    rows, groups = unique_rows(take_columns(labels.values, columns))
    names: List[str] = []
    for column in columns:
        names.append(labels.names[column])
    if len(columns) == 0 and (len(labels) > 0 or keep_dimension):
        names = ["_"]
        rows = zero_entries(min(len(labels), 1), 1, labels)
    return make_labels(names, rows, labels, True), groups


# ----------------------------------------------------------------------- selection
def list_to_index(positions: List[int], like: Labels) -> Tensor:
    """Indices from Python integers."""
    return torch.tensor(positions, dtype=torch.int64, device=like.values.device)


def positions_to_index(count: int, positions: Tensor, axis: str, function: str) -> Tensor:
    """Positions counted from the start (or the end, if negative) as valid indices."""
    if positions.dim() != 1:
        raise ValueError(
            f"`selection` must be a 1-dimensional array of integers in `{function}`, not an array "
            f"with {positions.dim()} dimensions"
        )
    if positions.numel() == 0:
        return positions.to(torch.int64)
    if positions.is_floating_point() or positions.is_complex() or positions.dtype == torch.bool:
        raise TypeError(f"positions of the {axis} must be integers in `{function}`")
    index = positions.to(torch.int64)
    invalid = (index < -count) | (index >= count)
    if bool(invalid.any()):
        raise_index_error(
            f"position {int(index[invalid][0])} is out of range in `{function}`, there are {count} "
            f"{axis}"
        )
    return torch.where(index < 0, index + count, index)


def sorted_positions(index: Tensor) -> Tensor:
    """Positions in increasing order, each once."""
    return torch._unique2(index)[0]


def select_entries(labels: Labels, index: Tensor, assume_unique: bool) -> Labels:
    """Labels made of the given entries."""
    return Labels(labels.names, labels.values.index_select(0, index), assume_unique)


def follow_samples(labels: Labels, index: Tensor, n_samples: int) -> Tuple[Labels, Tensor]:
    """Gradient samples which are left when only the samples ``index`` are kept."""
    index = index.to(labels.values.device)
    new_positions = torch.full([n_samples], -1, dtype=torch.int64, device=index.device)
    new_positions[index] = torch.arange(len(index), device=index.device)
    values = labels.values
    new_samples = new_positions.index_select(0, values[:, 0].to(torch.int64))
    rows = torch.nonzero(new_samples >= 0).reshape(-1)
    values = set_column(
        values.index_select(0, rows), 0, new_samples.index_select(0, rows).to(values.dtype)
    )
    return make_labels(labels.names, values, labels, True), rows


def _have_same_names(labels: List[Labels]) -> bool:
    for one in labels:
        if one.names != labels[0].names or len(one.names) == 0:
            return False
    # what is known on the host stays known there
    return labels[0].values.device.type == "cpu" or not bool(
        torch.ops.metatensor._all_known_on_host(labels)
    )


def merge_entries(labels: List[Labels]) -> Tuple[Labels, List[Tensor]]:
    """Union of labels in order of appearance, and the position of each entry in it."""
    if len(labels) > 2 and _have_same_names(labels):
        rows: List[Tensor] = []
        sizes: List[int] = []
        for one in labels:
            rows.append(one.values)
            sizes.append(len(one))
        union, positions = group_in_order(torch.cat(rows))
        places = list(torch.split_with_sizes(positions, sizes))
        return make_labels(labels[0].names, union, labels[0], True), places
    merged = labels[0]
    mappings: List[Tensor] = [arange_index(0, len(merged), merged)]
    for other in labels[1:]:
        if merged == other:
            mappings.append(arange_index(0, len(other), other))
        else:
            merged, _, mapping = merged.union_and_mapping(other)
            mappings.append(mapping)
    return merged, mappings


def empty_labels(labels: Labels) -> Labels:
    """Labels with the same names and no entry."""
    return Labels(labels.names, labels.values[:0], True)


# ------------------------------------------------------------------ labels of arrays
def index_entries(shape: List[int], like: Tensor) -> Tensor:
    """All indices into an array of this shape, the last one running fastest."""
    size = 1
    for length in shape:
        size *= length
    positions = torch.arange(size, dtype=torch.int64, device=like.device)
    columns: List[Tensor] = []
    for i in range(len(shape)):
        length = shape[len(shape) - 1 - i]
        columns.append(positions % max(length, 1))
        positions = torch.div(positions, max(length, 1), rounding_mode="floor")
    columns.reverse()
    return torch.stack(columns, dim=1)


def labels_like_array(names: List[str], values: Tensor, like: Tensor) -> Labels:
    """Labels on the same device as an array."""
    return Labels(names, values.to(torch.int32), True)


def match_rows(column: Tensor, dimension: Labels) -> Tensor:
    """Position in ``dimension`` of each value of a column."""
    known, order = torch.sort(dimension.values[:, 0])
    values = column[:, 0].contiguous()
    found = torch.searchsorted(known, values)
    inside = found.clamp(max=max(len(known) - 1, 0))
    missing = torch.ones_like(values, dtype=torch.bool)
    if len(known) > 0:
        missing = known.index_select(0, inside) != values
    if bool(missing.any()):
        raise ValueError(
            f"the value {int(values[missing][0])} of '{dimension.names[0]}' is not one of the "
            "entries of `dimension` in `one_hot`"
        )
    if len(values) == 0:
        return found
    return order.index_select(0, inside)


def dimension_column(
    values: Tensor, labels: Labels, axis: str, function: str, keys: Labels, block: int
) -> Tensor:
    """New column for the labels along some axis of a block, checked."""
    if values.dim() != 1:
        raise ValueError(
            f"`values` must be an integer or a 1-dimensional array in `{function}`, not an array "
            f"with {values.dim()} dimensions"
        )
    if values.is_floating_point() or values.is_complex() or values.dtype == torch.bool:
        raise ValueError(f"`values` must be integers in `{function}`")
    if len(values) != len(labels):
        raise_value_error(other_length(len(values), len(labels), axis, function, keys, block))
    if values.dtype == torch.int64 and not bool(torch.all(values == values.to(torch.int32))):
        raise ValueError(
            f"labels contain 32-bit integers, some of the `values` are not, in `{function}`"
        )
    return values.to(torch.int32)
