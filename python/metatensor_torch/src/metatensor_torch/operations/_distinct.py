"""Labels which occur several times in a list, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented. Labels of one map are one object where they are shared,
see ``_structure``.
"""

from typing import List, Tuple

import torch
from torch import Tensor

from ._structure import leaves_per_block, properties_of, samples_of
from ._types import Labels, TensorMap


def distinct_labels(labels: List[Labels]) -> Tuple[List[Labels], List[int]]:
    """Labels which are there several times only once, and for each the position in those."""
    known: Tuple[List[Labels], List[int]] = torch.ops.metatensor._distinct_labels(labels)
    return known


def distinct_samples(tensor: TensorMap) -> Tuple[List[Labels], List[int]]:
    """The same for the samples of the values of all blocks."""
    return distinct_labels(samples_of(tensor)[:: leaves_per_block(tensor)])


def distinct_properties(tensor: TensorMap) -> Tuple[List[Labels], List[int]]:
    """The same for the properties of all blocks."""
    return distinct_labels(properties_of(tensor))


def distinct_pairs(labels: List[Labels], others: List[int]) -> Tuple[List[int], List[int]]:
    """The same for pairs of labels and numbers."""
    known: Tuple[List[int], List[int]] = torch.ops.metatensor._distinct_pairs(labels, others)
    return known


def spread_labels(distinct: List[Labels], where: List[int]) -> List[Labels]:
    """Put the labels made of distinct ones where these were."""
    output: List[Labels] = []
    for i in where:
        output.append(distinct[i])
    return output


def labels_at(distinct: List[Labels], where: List[int], rows: List[int]) -> List[Labels]:
    """The same for only some of the places."""
    output: List[Labels] = []
    for i in rows:
        output.append(distinct[where[i]])
    return output


def distinct_rows(columns: List[List[int]]) -> Tuple[List[int], List[int]]:
    """The same for rows of numbers, given as lists of the same length."""
    known: Tuple[List[int], List[int]] = torch.ops.metatensor._distinct_rows(columns)
    return known


def first_different(a: List[Labels], b: List[Labels]) -> int:
    """Position of the first difference of two lists of labels of the same length, or -1."""
    for i, one in enumerate(a):
        if one != b[i]:
            return i
    return -1


def first_different_row(a: Tensor, b: Tensor) -> int:
    """Position of the first row which is not the same in both, or which only one of them has."""
    count = min(a.shape[0], b.shape[0])
    if a.is_meta or b.is_meta:
        return count
    different = torch.nonzero((a[:count] != b[:count].to(a.device)).any(dim=1))
    return int(different[0]) if len(different) > 0 else count


def complement_index(index: Tensor, size: int, like: Labels) -> Tensor:
    """All positions which are not in ``index``, in increasing order."""
    kept = torch.ones([size], dtype=torch.bool, device=like.values.device)
    kept[index] = False
    return torch.nonzero(kept).reshape(-1)


def repeat_each(values: List[int], count: int) -> List[int]:
    """Each of the numbers several times, one after the other."""
    output: List[int] = []
    for value in values:
        for _ in range(count):
            output.append(value)
    return output
