"""Functions on many Labels, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented.
"""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from ._messages import not_unique
from ._plans import (
    entries,
    group_one,
    is_identity,
    select_entries,
    sort_rows,
    take_columns,
    to_list,
    unique_rows,
)
from ._types import Labels, raise_core_error


def sort_labels(
    labels: List[Labels], descending: bool
) -> Tuple[List[Labels], List[Tensor], List[int]]:
    """Sorted labels, the orders which do so, and the positions of these."""
    if bool(torch.ops.metatensor._all_known_on_host(labels)):
        known: Tuple[List[Labels], List[Tensor], List[int]] = torch.ops.metatensor._sort_labels(
            labels, descending
        )
        return known
    new: List[Labels] = []
    orders: List[Tensor] = []
    where: List[int] = []
    for i, one in enumerate(labels):
        order = sort_rows(entries(one), descending)
        orders.append(order)
        if is_identity(order):
            new.append(one)
            where.append(-1)
        else:
            new.append(select_entries(one, order, True))
            where.append(i)
    return new, orders, where


def select_in_labels(labels: List[Labels], selection: Labels) -> List[Tensor]:
    """For each labels, the positions of the entries which match a selection."""
    output: List[Tensor] = torch.ops.metatensor._select_in_labels(labels, selection)
    return output


def take_from_labels(
    labels: List[Labels], index: List[Tensor], assume_unique: bool
) -> List[Labels]:
    """For each labels, other ones made of the given entries."""
    if assume_unique:
        known: List[Labels] = torch.ops.metatensor._take_from_labels(labels, index)
        return known
    output: List[Labels] = []
    for i, one in enumerate(labels):
        output.append(select_entries(one, index[i], assume_unique))
    return output


def insert_in_labels(
    labels: List[Labels], index: int, name: str, value: int, function: str
) -> List[Labels]:
    """Labels with one more dimension, everywhere the same."""
    if value < -(2**31) or value > 2**31 - 1:
        raise ValueError(f"labels contain 32-bit integers, {value} is not one, in `{function}`")
    output: List[Labels] = torch.ops.metatensor._insert_in_labels(labels, index, name, value)
    return output


def permute_labels(labels: List[Labels], dimensions_indexes: List[int]) -> List[Labels]:
    """Labels with the dimensions in another order."""
    output: List[Labels] = torch.ops.metatensor._permute_labels(labels, dimensions_indexes)
    return output


def remove_from_labels(
    labels: List[Labels], name: str, axis: str, keys: Labels, where: List[int]
) -> List[Labels]:
    """Labels without one of the dimensions."""
    if bool(torch.ops.metatensor._all_known_on_host(labels)):
        for i, one in enumerate(labels):
            names: List[str] = []
            columns: List[int] = []
            for j, other in enumerate(one.names):
                if other != name:
                    names.append(other)
                    columns.append(j)
            message = not_unique(axis, "remove_dimension", keys, where.index(i))
            _check_unique(names, take_columns(entries(one), columns), message)
    output: List[Labels] = torch.ops.metatensor._remove_from_labels(labels, name)
    return output


def group_entries(
    labels: List[Labels], columns: List[int], keep_dimension: bool
) -> Tuple[List[Labels], List[Tensor]]:
    """Group the entries of each labels by the values in some columns."""
    if len(columns) != 0 and bool(torch.ops.metatensor._all_known_on_host(labels)):
        grouped: Tuple[List[Labels], List[Tensor]] = torch.ops.metatensor._group_labels(
            labels, columns
        )
        return grouped
    new: List[Labels] = []
    groups: List[Tensor] = []
    for one in labels:
        labels_of_groups, groups_of_one = group_one(one, columns, keep_dimension)
        new.append(labels_of_groups)
        groups.append(groups_of_one)
    return new, groups


def join_labels(
    columns: List[List[Labels]],
    add_dimension: Optional[str],
    axis: str,
    function: str,
    keys: Labels,
    blocks: List[int],
) -> List[Labels]:
    """Labels with all entries of the first ones of all lists, of the second ones, and so on."""
    parts: List[List[Labels]] = []
    for i in range(len(columns[0])):
        part: List[Labels] = []
        for labels in columns:
            part.append(labels[i])
        parts.append(part)
    if add_dimension is None and axis != "keys":
        for i, part in enumerate(parts):
            # where it is on the host, what is valid is done elsewhere
            if bool(torch.ops.metatensor._all_known_on_host(part)):
                values: List[Tensor] = []
                for one in part:
                    values.append(entries(one))
                message = not_unique(axis, function, keys, blocks[i])
                _check_unique(part[0].names, torch.cat(values), message)
    joined: List[Labels] = torch.ops.metatensor._join_labels(parts, add_dimension)
    return joined


def _check_unique(names: List[str], values: Tensor, message: str) -> None:
    # without any dimension, labels say what is wrong
    if len(names) == 0:
        return
    rows, groups = unique_rows(values)
    if len(rows) == len(values):
        return
    known: Dict[int, int] = {}
    for i, group in enumerate(to_list(groups)):
        if group in known:
            entry = Labels(names, values[i : i + 1], True).entry(0).print()
            raise_core_error(f"{message}: {entry} is there several times")
        known[group] = i


def same_indices(index: List[Tensor]) -> List[int]:
    """For each array of indices, the position of the first one which is known to be equal."""
    return list(range(len(index)))
