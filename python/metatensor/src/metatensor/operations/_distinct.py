"""Labels which occur several times in a list: work is done once for each of them, plain flavour.

Labels are the same if they are one object. The torch flavour has a module of the same name with
the same functions, and does not know which objects are the same.
"""

from __future__ import annotations

from typing import Dict, List, Tuple

import numpy as np
import numpy.typing as npt

from metatensor._layout import distinct, pick

from ._types import Labels, TensorMap

Index = npt.NDArray[np.int64]


def distinct_labels(labels: List[Labels]) -> Tuple[List[Labels], List[int]]:
    """Labels which are there several times only once, and for each the position in those."""
    return distinct(labels)


def distinct_samples(tensor: TensorMap) -> Tuple[List[Labels], List[int]]:
    """The same for the samples of the values of all blocks."""
    return tensor._get_layout().distinct_samples()


def distinct_properties(tensor: TensorMap) -> Tuple[List[Labels], List[int]]:
    """The same for the properties of all blocks."""
    return tensor._get_layout().distinct_properties()


def distinct_pairs(labels: List[Labels], others: List[int]) -> Tuple[List[int], List[int]]:
    """The same for pairs of labels and numbers: positions of distinct ones, and where they are."""
    known: Dict[Tuple[int, int], int] = {}
    first: List[int] = []
    where: List[int] = []
    for i, one in enumerate(labels):
        key = (id(one), others[i])
        position = known.get(key)
        if position is None:
            position = known[key] = len(first)
            first.append(i)
        where.append(position)
    return first, where


def spread_labels(distinct: List[Labels], where: List[int]) -> List[Labels]:
    """Put the labels made of distinct ones where these were."""
    if len(distinct) == 1:
        return distinct * len(where)
    if len(distinct) == len(where) and where == list(range(len(where))):
        return distinct
    return pick(distinct, where)


def labels_at(distinct: List[Labels], where: List[int], rows: List[int]) -> List[Labels]:
    """The same for only some of the places."""
    return spread_labels(distinct, where if len(rows) == len(where) else pick(where, rows))


def distinct_rows(columns: List[List[int]]) -> Tuple[List[int], List[int]]:
    """The same for rows of numbers, given as lists of the same length."""
    for column in columns:
        if len(set(column)) == len(column):
            return list(range(len(column))), list(range(len(column)))
    rows = list(zip(*columns))
    known: Dict[Tuple[int, ...], int] = {}
    where = [known.setdefault(row, len(known)) for row in rows]
    last = dict(zip(where, range(len(rows))))
    return [last[i] for i in range(len(known))], where


def first_different(a: List[Labels], b: List[Labels]) -> int:
    """Position of the first difference of two lists of labels of the same length, or -1."""
    if a == b:
        return -1
    return next(i for i, (one, other) in enumerate(zip(a, b)) if one != other)


def first_different_row(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> int:
    """Position of the first row which is not the same in both, or which only one of them has."""
    count = min(len(a), len(b))
    different = np.flatnonzero((a[:count] != b[:count]).any(axis=1))
    return int(different[0]) if len(different) else count


def complement_index(index: Index, size: int, like: Labels) -> Index:
    """All positions which are not in ``index``, in increasing order."""
    left_out = np.zeros(size, dtype=bool)
    left_out[index] = True
    kept: Index = (~left_out).nonzero()[0]
    return kept


def repeat_each(values: List[int], count: int) -> List[int]:
    """Each of the numbers several times, one after the other."""
    if count == 1:
        return values
    return [value for value in values for _ in range(count)]
