"""Whole operations in one call, torch flavour: plans of the core library, done in C++.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented. They give nothing where labels are only known on a
device, inside of transformations of ``torch.func``, and for arguments which are not valid.
"""

from typing import List, Optional

import torch

from ._types import Labels, TensorMap


def reduce_map(
    tensor: TensorMap, axis: str, dimensions: List[str], reduction: str, gradient_count: str
) -> Optional[TensorMap]:
    """Sum, average, ... over some dimensions of the samples or properties."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_reduce(
        tensor, axis, dimensions, reduction, gradient_count
    )
    return new


def select_in_map(
    tensor: TensorMap, axis: str, selections: List[Labels]
) -> Optional[List[TensorMap]]:
    """Some of the samples or properties, for each of the selections."""
    new: Optional[List[TensorMap]] = torch.ops.metatensor._plan_select(tensor, axis, selections)
    return new


def sort_map(tensor: TensorMap, axes: List[str], descending: bool) -> Optional[TensorMap]:
    """Map where some of the axes, or the keys, are sorted."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_sort(tensor, axes, descending)
    return new


def join_maps(
    tensors: List[TensorMap], axis: str, different_keys: str, add_dimension: Optional[str]
) -> Optional[TensorMap]:
    """Blocks with the same key next to each other."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_join(
        tensors, axis, different_keys, add_dimension
    )
    return new


def insert_in_map(
    tensor: TensorMap, axis: str, index: int, name: str, value: int
) -> Optional[TensorMap]:
    """Map with one more dimension, everywhere the same."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_insert(tensor, axis, index, name, value)
    return new


def permute_in_map(
    tensor: TensorMap, axis: str, dimensions_indexes: List[int]
) -> Optional[TensorMap]:
    """Map with dimensions in another order."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_permute(tensor, axis, dimensions_indexes)
    return new


def remove_from_map(tensor: TensorMap, axis: str, name: str) -> Optional[TensorMap]:
    """Map without one of the dimensions."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_remove(tensor, axis, name)
    return new


def rename_in_map(tensor: TensorMap, axis: str, old: str, new: str) -> Optional[TensorMap]:
    """Map where a dimension has another name."""
    renamed: Optional[TensorMap] = torch.ops.metatensor._plan_rename(tensor, axis, old, new)
    return renamed


def filter_map(tensor: TensorMap, keys: Labels, keep: bool) -> Optional[TensorMap]:
    """Map with or without the blocks whose key matches one of these, sharing the arrays."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_filter(tensor, keys, keep)
    return new


def drop_empty_in_map(tensor: TensorMap) -> Optional[TensorMap]:
    """Map without blocks which have no samples or no properties, sharing the arrays."""
    new: Optional[TensorMap] = torch.ops.metatensor._plan_drop_empty(tensor)
    return new
