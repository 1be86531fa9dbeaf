"""Functions on many Labels, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented.
"""

from typing import List, Optional, Tuple

import torch
from torch import Tensor

from ._plans import (
    entries,
    group_one,
    is_identity,
    select_entries,
    sort_rows,
)
from ._types import Labels


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


def insert_in_labels(labels: List[Labels], index: int, name: str, value: int) -> List[Labels]:
    """Labels with one more dimension, everywhere the same."""
    if value < -(2**31) or value > 2**31 - 1:
        raise ValueError(f"labels contain 32-bit integers, {value} is not one")
    output: List[Labels] = torch.ops.metatensor._insert_in_labels(labels, index, name, value)
    return output


def permute_labels(labels: List[Labels], dimensions_indexes: List[int]) -> List[Labels]:
    """Labels with the dimensions in another order."""
    output: List[Labels] = torch.ops.metatensor._permute_labels(labels, dimensions_indexes)
    return output


def remove_from_labels(labels: List[Labels], name: str) -> List[Labels]:
    """Labels without one of the dimensions."""
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


def join_labels(columns: List[List[Labels]], add_dimension: Optional[str]) -> List[Labels]:
    """Labels with all entries of the first ones of all lists, of the second ones, and so on."""
    parts: List[List[Labels]] = []
    for i in range(len(columns[0])):
        part: List[Labels] = []
        for labels in columns:
            part.append(labels[i])
        parts.append(part)
    joined: List[Labels] = torch.ops.metatensor._join_labels(parts, add_dimension)
    return joined


def same_indices(index: List[Tensor]) -> List[int]:
    """For each array of indices, the position of the first one which is known to be equal."""
    return list(range(len(index)))
