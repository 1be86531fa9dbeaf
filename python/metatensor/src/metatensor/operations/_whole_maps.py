"""Whole operations in one call, where the flavour has such a thing: the plain one does not.

The torch flavour has a module of the same name with the same functions. They give nothing if
they can not do what is asked for, or if it is not valid: operations then do it with the
functions on lists of arrays and labels, which also say what is wrong.
"""

from __future__ import annotations

from typing import List, Optional

from ._types import Labels, TensorMap


def reduce_map(
    tensor: TensorMap, axis: str, dimensions: List[str], reduction: str, gradient_count: str
) -> Optional[TensorMap]:
    """Sum, average, ... over some dimensions of the samples or properties.

    :param gradient_count: divide sums of gradients by the number of ``"rows"`` or ``"samples"``
    """
    return None


def select_in_map(
    tensor: TensorMap, axis: str, selections: List[Labels]
) -> Optional[List[TensorMap]]:
    """Some of the samples or properties, for each of the selections."""
    return None


def sort_map(tensor: TensorMap, axes: List[str], descending: bool) -> Optional[TensorMap]:
    """Map where some of the axes, or the keys, are sorted."""
    return None


def join_maps(
    tensors: List[TensorMap], axis: str, different_keys: str, add_dimension: Optional[str]
) -> Optional[TensorMap]:
    """Blocks with the same key next to each other."""
    return None


def insert_in_map(
    tensor: TensorMap, axis: str, index: int, name: str, value: int
) -> Optional[TensorMap]:
    """Map with one more dimension, everywhere the same."""
    return None


def permute_in_map(
    tensor: TensorMap, axis: str, dimensions_indexes: List[int]
) -> Optional[TensorMap]:
    """Map with dimensions in another order."""
    return None


def remove_from_map(tensor: TensorMap, axis: str, name: str) -> Optional[TensorMap]:
    """Map without one of the dimensions."""
    return None


def rename_in_map(tensor: TensorMap, axis: str, old: str, new: str) -> Optional[TensorMap]:
    """Map where a dimension has another name."""
    return None


def filter_map(tensor: TensorMap, keys: Labels, keep: bool) -> Optional[TensorMap]:
    """Map with or without the blocks whose key matches one of these, sharing the arrays."""
    return None


def drop_empty_in_map(tensor: TensorMap) -> Optional[TensorMap]:
    """Map without blocks which have no samples or no properties, sharing the arrays."""
    return None
