"""Entries of many small Labels, worked on together: a constant number of calls for all of them.

This is for numpy, and for labels with the same names.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from metatensor._checks import invalid_parameter
from metatensor._labels_core import dimensions
from metatensor._layout import DistinctLabels

from ._plans import Entries, Index, row_keys, unique_rows
from ._types import Labels

_VALUES, _DIMS = attrgetter("_values"), attrgetter("_dims")

#: Mean number of entries from which it is better to work on one after the other
LARGE = 1000


class Batch:
    """Concatenated entries of labels."""

    def __init__(self, labels: List[Labels]) -> None:
        # not the list itself, which may refer to this batch
        self.labels = list(labels)
        self.names = labels[0]._dims.names
        arrays = list(map(_VALUES, labels))
        self.lengths = np.fromiter(map(len, arrays), np.int64, len(arrays))
        self.values: Entries = np.concatenate(arrays)
        #: which of the labels each entry belongs to, and where these start
        self.owners = np.repeat(np.arange(len(labels)), self.lengths)
        self.starts = np.cumsum(self.lengths) - self.lengths

    @staticmethod
    def of(labels: List[Labels]) -> Optional[Batch]:
        """Concatenated entries, if it is possible and better to work on these."""
        if not isinstance(labels, DistinctLabels):
            return Batch(labels) if _is_possible(labels) else None
        if labels.batch is None and _is_possible(labels):
            labels.batch = Batch(labels)
        batch: Optional[Batch] = labels.batch
        return batch

    def make(
        self, names: Tuple[str, ...], values: Entries, lengths: npt.NDArray[np.int64]
    ) -> List[Labels]:
        """Labels with so many entries each."""
        dims = dimensions(names)
        engine = self.labels[0]._engine
        values = engine.freeze(np.ascontiguousarray(values, dtype=np.int32))
        return Labels._from_slices(dims, values, _ranges(lengths), engine)

    def split(self, index: Index, lengths: npt.NDArray[np.int64]) -> List[Index]:
        """Parts of an array of indices."""
        return [index[a:b] for a, b in _ranges(lengths)]

    def local(self) -> Index:
        """Position of each entry in its labels."""
        return np.arange(len(self.values)) - np.repeat(self.starts, self.lengths)

    def differences(self, other: Batch) -> npt.NDArray[np.bool_]:
        """Whether the labels are not the same as those of another batch."""
        differ: npt.NDArray[np.bool_] = self.lengths != other.lengths
        mine, theirs = ~differ[self.owners], ~differ[other.owners]
        owners = self.owners[mine]
        rows = (self.values[mine] != other.values[theirs]).any(axis=1)
        differ[owners[rows]] = True
        return differ

    def with_owners(self) -> Labels:
        """All entries in one Labels object, with the position of their owner in front."""
        name = "owner"
        while name in self.names:
            name += "_"
        values = np.column_stack([self.owners, self.values]).astype(np.int32)
        engine = self.labels[0]._engine
        return Labels._from_parts(dimensions((name, *self.names)), engine.freeze(values), engine)

    # ------------------------------------------------------------------- what is done
    def group(self, columns: List[int]) -> Tuple[List[Labels], List[Index]]:
        """Groups of the entries by the values in some columns, see ``group_entries``."""
        values = self.values[:, columns]
        rows, groups = unique_rows(np.column_stack([self.owners, values]))
        counts = np.bincount(rows[:, 0], minlength=len(self.labels))
        groups = groups - np.repeat(np.cumsum(counts) - counts, self.lengths)
        names = tuple([self.names[column] for column in columns])
        return self.make(names, rows[:, 1:], counts), self.split(groups, self.lengths)

    def sort(self, descending: bool) -> Tuple[List[Labels], List[Index], List[int]]:
        """Sorted labels, orders, and the position of these: -1 for what was sorted already."""
        keys = row_keys(self.values)
        order = np.lexsort((-keys if descending else keys, self.owners))
        moved = np.bincount(self.owners[order != np.arange(len(order))], minlength=len(self.labels))
        where = np.where(moved > 0, np.arange(len(self.labels)), -1).tolist()
        new = self.make(self.names, self.values[order], self.lengths)
        labels = [one if i < 0 else new[i] for one, i in zip(self.labels, where)]
        local = order - np.repeat(self.starts, self.lengths)
        return labels, self.split(local, self.lengths), where

    def select(self, selection: Labels) -> List[Index]:
        """Positions of the entries which match a selection, see ``select_positions``."""
        found = self.with_owners().select(selection).astype(np.int64)
        owners = self.owners[found]
        if selection._dims.names == self.names:
            # in the order of the selection
            rows = np.concatenate([np.asarray(selection._values), self.values[found]])
            keys = row_keys(rows)
            known, wanted = keys[: len(selection)], keys[len(selection) :]
            order = np.argsort(known)
            rank = order[np.searchsorted(known, wanted, sorter=order)]
            found = found[np.lexsort((rank, owners))]
        counts = np.bincount(owners, minlength=len(self.labels))
        return self.split(found - self.starts[owners], counts)

    def take(self, index: List[Index]) -> List[Labels]:
        """Labels made of the given entries, all different."""
        lengths = np.fromiter(map(len, index), np.int64, len(index))
        rows = np.concatenate(index) + np.repeat(self.starts, lengths)
        return self.make(self.names, self.values[rows], lengths)

    def follow(self, index: List[Index], n_samples: List[int]) -> Tuple[List[Labels], List[Index]]:
        """Samples of gradients which are left, see ``follow_samples``."""
        lengths = np.fromiter(map(len, index), np.int64, len(index))
        starts = np.cumsum(n_samples) - n_samples
        kept = np.concatenate(index) + np.repeat(starts, lengths)
        new_positions = np.full(sum(n_samples), -1, dtype=np.int64)
        new_positions[kept] = np.arange(len(kept)) - np.repeat(
            np.cumsum(lengths) - lengths, lengths
        )
        new_samples = new_positions[self.values[:, 0] + starts[self.owners]]
        rows = np.flatnonzero(new_samples >= 0)
        values, owners = self.values[rows], self.owners[rows]
        values[:, 0] = new_samples[rows]
        counts = np.bincount(owners, minlength=len(self.labels))
        return self.make(self.names, values, counts), self.split(rows - self.starts[owners], counts)

    def insert(self, position: int, name: str, value: int) -> List[Labels]:
        """Labels with one more dimension, everywhere the same."""
        names = (*self.names[:position], name, *self.names[position:])
        values = np.insert(self.values, position, np.int32(value), axis=1)
        return self.make(names, values, self.lengths)

    def columns(self, columns: List[int]) -> Optional[List[Labels]]:
        """Labels made of some of the dimensions, ``None`` if entries are not unique."""
        names = tuple([self.names[column] for column in columns])
        values = self.values[:, columns]
        if len(columns) < len(self.names):
            rows, _ = unique_rows(np.column_stack([self.owners, values]))
            if len(rows) != len(values):
                return None
        return self.make(names, values, self.lengths)


def _is_possible(labels: List[Labels]) -> bool:
    if len(labels) < 2:
        return False
    arrays = list(map(_VALUES, labels))
    # almost always the very same object
    names = {dims.names for dims in {id(dims): dims for dims in map(_DIMS, labels)}.values()}
    if set(map(type, arrays)) != {np.ndarray} or len(names) != 1 or () in names:
        return False
    return sum(map(len, arrays)) <= LARGE * len(labels)


def _ranges(lengths: npt.NDArray[np.int64]) -> List[Tuple[int, int]]:
    return list(pairwise([0, *np.cumsum(lengths).tolist()]))


def check_length(labels: Labels, length: int) -> None:
    """Check that labels still have all their entries: without dimensions there are none.

    :raises MetatensorError: if they do not
    """
    if len(labels) != length:
        invalid_parameter(
            f"labels with dimensions {labels.names} have {len(labels)} entries, "
            f"they can not describe {length} samples, properties or blocks"
        )


def join_batches(
    batches: List[Optional[Batch]], add_dimension: Optional[str]
) -> Optional[List[Labels]]:
    """For corresponding labels, all their entries: ``None`` if this is not possible.

    :param add_dimension: name of a new last dimension, the position in the list
    """
    known = [batch for batch in batches if batch is not None]
    if len(known) != len(batches):
        return None
    names = known[0].names
    owners = np.concatenate([batch.owners for batch in known])
    values = np.concatenate([batch.values for batch in known])
    if add_dimension is not None:
        names = (*names, add_dimension)
        sizes = [len(batch.values) for batch in known]
        values = np.column_stack([values, np.repeat(np.arange(len(known)), sizes)])
    elif not _all_different(row_keys(np.column_stack([owners, values]))):
        return None
    lengths = np.sum([batch.lengths for batch in known], axis=0)
    return known[0].make(names, values[np.argsort(owners, kind="stable")], lengths)


def _all_different(keys: npt.NDArray[np.int64]) -> bool:
    keys = np.sort(keys)
    return bool((keys[1:] != keys[:-1]).all())


def merge_batches(
    a: Batch, b: Batch, zero: bool
) -> Tuple[List[Labels], List[Index], List[Index], List[int]]:
    """Union or intersection of corresponding labels, see ``merge_labels``."""
    differ = a.differences(b)
    rows = np.flatnonzero(differ[a.owners]), np.flatnonzero(differ[b.owners])
    (owners_a, owners_b) = owners = a.owners[rows[0]], b.owners[rows[1]]
    local_a, local_b = a.local()[rows[0]], b.local()[rows[1]]
    values_a, values_b = a.values[rows[0]], b.values[rows[1]]
    # entries which both have
    of_a, of_b = _common_rows(
        np.column_stack([np.concatenate(owners), np.concatenate([values_a, values_b])]),
        len(owners_a),
    )
    if zero:
        only_b = np.ones(len(owners_b), dtype=bool)
        only_b[of_b] = False
        in_b = b.lengths[owners_a]
        in_b[of_a] = local_b[of_b]
        new_owners = np.concatenate([owners_a, owners_b[only_b]])
        values = np.concatenate([values_a, values_b[only_b]])
        sources_a = np.concatenate([local_a, a.lengths[owners_b[only_b]]])
        sources_b = np.concatenate([in_b, local_b[only_b]])
    else:
        new_owners, values, sources_a = owners_a[of_a], values_a[of_a], local_a[of_a]
        sources_b = local_b[of_b]
    order = np.argsort(new_owners, kind="stable")
    lengths = np.bincount(new_owners, minlength=len(differ))[differ]
    merged = list(a.labels)
    places = np.full(len(differ), -1)
    places[differ] = np.arange(len(lengths))
    for i, labels in zip(np.flatnonzero(differ), a.make(a.names, values[order], lengths)):
        merged[i] = labels
    return (
        merged,
        a.split(sources_a[order], lengths),
        a.split(sources_b[order], lengths),
        places.tolist(),
    )


def _common_rows(values: Entries, count: int) -> Tuple[Index, Index]:
    """Positions of rows which are among the first ``count`` ones and among the others.

    The first ones are in increasing order. All of them are different, and so are the others.
    """
    keys = row_keys(values)
    order = np.argsort(keys, kind="stable")
    equal = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    first, second = order[equal], order[equal + 1] - count
    increasing = np.argsort(first)
    return first[increasing], second[increasing]


def first_appearances(counts: List[int], groups: List[Index]) -> Tuple[List[Index], List[Index]]:
    """Orders of groups by their first members, and the groups numbered in this way.

    :param counts: numbers of groups, for each array of groups
    """
    ends, lengths = np.cumsum(counts), [len(one) for one in groups]
    starts = ends - counts
    everything = np.concatenate(groups) + np.repeat(starts, lengths)
    # the first one of each group is written last
    first = np.zeros(int(ends[-1]), dtype=np.int64)
    first[everything[::-1]] = np.arange(len(everything))[::-1]
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    orders = np.split(order - np.repeat(starts, counts), ends[:-1])
    ranks = rank[everything] - np.repeat(starts, lengths)
    return orders, np.split(ranks, np.cumsum(lengths)[:-1])
