"""Functions on many Labels, plain flavour: small ones are worked on together.

The torch flavour has a module of the same name with the same functions.
"""

from __future__ import annotations

import contextlib
from typing import Dict, Iterator, List, Optional, Tuple

from ._batches import Batch, check_length, first_appearances, join_batches, merge_batches
from ._messages import not_unique
from ._plans import (
    Index,
    _constant_column,
    concatenate_index,
    entries,
    follow_samples,
    group_one,
    insert_constant,
    is_identity,
    make_labels,
    merge_entries,
    same_labels,
    select_entries,
    select_positions,
    set_column,
    sort_rows,
    sorted_positions,
    unique_rows,
)
from ._sparse import sources_of
from ._types import Labels, MetatensorError


def sort_labels(
    labels: List[Labels], descending: bool
) -> Tuple[List[Labels], List[Index], List[int]]:
    """Sorted labels, the orders which do so, and the positions of these.

    A position is -1 if the labels were sorted already.
    """
    batch = Batch.of(labels)
    if batch is not None:
        return batch.sort(descending)
    new: List[Labels] = []
    orders: List[Index] = []
    where: List[int] = []
    for i, one in enumerate(labels):
        order = sort_rows(entries(one), descending)
        same = is_identity(order)
        new.append(one if same else select_entries(one, order, True))
        orders.append(order)
        where.append(-1 if same else i)
    return new, orders, where


def select_in_labels(labels: List[Labels], selection: Labels) -> List[Index]:
    """For each labels, the positions of the entries which match a selection."""
    batch = Batch.of(labels) if len(selection.names) != 0 else None
    if batch is not None:
        return batch.select(selection)
    return [select_positions(one, selection) for one in labels]


def take_from_labels(labels: List[Labels], index: List[Index], assume_unique: bool) -> List[Labels]:
    """For each labels, other ones made of the given entries."""
    batch = Batch.of(labels) if assume_unique else None
    if batch is not None:
        return batch.take(index)
    return [select_entries(one, rows, assume_unique) for one, rows in zip(labels, index)]


def insert_in_labels(
    labels: List[Labels], index: int, name: str, value: int, function: str
) -> List[Labels]:
    """Labels with one more dimension, everywhere the same."""
    batch = Batch.of(labels)
    if batch is not None:
        _constant_column(value, labels[0], function)
        return batch.insert(index, name, value)
    return [one.insert(index, name, _constant_column(value, one, function)) for one in labels]


def permute_labels(labels: List[Labels], dimensions_indexes: List[int]) -> List[Labels]:
    """Labels with the dimensions in another order."""
    batch = Batch.of(labels)
    if batch is not None:
        # checks the arguments
        names = labels[0].permute(dimensions_indexes).names
        columns = batch.columns([batch.names.index(name) for name in names])
        if columns is not None:
            return columns
    return [one.permute(dimensions_indexes) for one in labels]


def remove_from_labels(
    labels: List[Labels], name: str, axis: str, keys: Labels, where: List[int]
) -> List[Labels]:
    """Labels without one of the dimensions.

    :param where: for each of the blocks with these keys, the position of its labels
    """
    batch = Batch.of(labels)
    if batch is not None and name in batch.names and len(batch.names) > 1:
        kept = [i for i, other in enumerate(batch.names) if other != name]
        columns = batch.columns(kept)
        if columns is not None:
            return columns
    new: List[Labels] = []
    for i, one in enumerate(labels):
        with _explained(axis, "remove_dimension", keys, where.index(i)):
            new.append(one.remove(name))
        check_length(new[-1], len(one))
    return new


def group_entries(
    labels: List[Labels], columns: List[int], keep_dimension: bool
) -> Tuple[List[Labels], List[Index]]:
    """Group the entries of each labels by the values in some columns.

    Gives the labels of the groups (sorted), and for each entry its group. If no column is
    left there is a single group, described by the dimension ``_``; labels without any
    entry then have no dimension at all unless ``keep_dimension``.
    """
    if len(columns) != 0:
        batch = Batch.of(labels)
        if batch is not None:
            return batch.group(columns)
    new: List[Labels] = []
    groups: List[Index] = []
    for one in labels:
        labels_of_groups, groups_of_one = group_one(one, columns, keep_dimension)
        new.append(labels_of_groups)
        groups.append(groups_of_one)
    return new, groups


def follow_in_labels(
    labels: List[Labels], index: List[Index], n_samples: List[int]
) -> Tuple[List[Labels], List[Index]]:
    """For each samples of a gradient, those which are left, see ``follow_samples``."""
    batch = Batch.of(labels)
    if batch is not None:
        return batch.follow(index, n_samples)
    new: List[Labels] = []
    rows: List[Index] = []
    for one, kept, size in zip(labels, index, n_samples):
        followed, rows_of_one = follow_samples(one, kept, size)
        new.append(followed)
        rows.append(rows_of_one)
    return new, rows


def order_of_appearance(
    labels: List[Labels], groups: List[Index]
) -> Tuple[List[Labels], List[Index]]:
    """Groups, see ``group_entries``, in the order in which their first members come."""
    if len(labels) == 0:
        return labels, groups
    order, rank = first_appearances([len(one) for one in labels], groups)
    if all(map(is_identity, order)):
        return labels, groups
    return take_from_labels(labels, order, True), rank


def join_labels(
    columns: List[List[Labels]],
    add_dimension: Optional[str],
    axis: str,
    function: str,
    keys: Labels,
    blocks: List[int],
) -> List[Labels]:
    """Labels with all entries of the first ones of all lists, of the second ones, and so on.

    All have the same names. The last arguments are for messages about entries which are not unique.

    :param add_dimension: name of a new last dimension, the position of the list
    :param blocks: which of the blocks with these keys the labels are for
    """
    joined = join_batches([Batch.of(labels) for labels in columns], add_dimension)
    if joined is not None:
        return joined
    output: List[Labels] = []
    for i, labels in enumerate(zip(*columns)):
        with _explained(axis, function, keys, blocks[i]):
            output.append(_join(labels, add_dimension))
    return output


@contextlib.contextmanager
def _explained(axis: str, function: str, keys: Labels, block: int) -> Iterator[None]:
    # an error of new labels also tells which ones these are
    try:
        yield
    except MetatensorError as error:
        message = f"{not_unique(axis, function, keys, block)}: {error}"
        raise MetatensorError(message, status=error.status) from error


def _join(labels: Tuple[Labels, ...], add_dimension: Optional[str]) -> Labels:
    names = labels[0].names
    rows = [entries(one) for one in labels]
    if add_dimension is not None:
        rows = [insert_constant(one, len(names), i) for i, one in enumerate(rows)]
        names = [*names, add_dimension]
    return make_labels(names, concatenate_index(rows), labels[0], False)


def merge_labels(
    a: List[Labels], b: List[Labels], zero: bool
) -> Tuple[List[Labels], List[Index], List[Index], List[int]]:
    """Union or intersection of corresponding labels of two lists, in the order of the first ones.

    Gives the new labels; for both lists the positions of their entries, see ``sources_of``; and
    which of these are those of each of the labels, -1 if these were the same already.

    :param zero: unite the labels; else only keep the entries which both have
    """
    batches = Batch.of(a), Batch.of(b)
    if batches[0] is not None and batches[1] is not None and batches[0].names == batches[1].names:
        return merge_batches(batches[0], batches[1], zero)
    merged = list(a)
    sources_a: List[Index] = []
    sources_b: List[Index] = []
    places: List[int] = []
    for i, (one, other) in enumerate(zip(a, b)):
        if same_labels(one, other):
            places.append(-1)
            continue
        places.append(len(sources_a))
        if zero:
            merged[i], mappings = merge_entries([one, other])
            sources_a.append(sources_of(mappings[0], len(merged[i])))
            sources_b.append(sources_of(mappings[1], len(merged[i])))
        else:
            sources_a.append(sorted_positions(select_positions(one, other)))
            merged[i] = select_entries(one, sources_a[-1], True)
            sources_b.append(select_positions(other, merged[i]))
    return merged, sources_a, sources_b, places


def group_gradient_entries(
    labels: List[Labels], groups: List[Index]
) -> Tuple[List[Labels], List[Index]]:
    """Group the gradient samples whose ``sample`` falls in the same group of values.

    :param labels: samples of the gradients of all blocks, the same number for each
    :param groups: for each block, the group of each sample of the values
    """
    done: Dict[Tuple[int, int], Tuple[Labels, Index]] = {}
    new: List[Labels] = []
    new_groups: List[Index] = []
    for i, one in enumerate(labels):
        parent = groups[i * len(groups) // len(labels)]
        key = (id(one), id(parent))
        if key not in done:
            done[key] = _group_gradient_entries(one, parent)
        new.append(done[key][0])
        new_groups.append(done[key][1])
    return new, new_groups


def _group_gradient_entries(labels: Labels, groups: Index) -> Tuple[Labels, Index]:
    values = entries(labels)
    if len(values) == 0:
        return labels, groups[:0]
    rows, new_groups = unique_rows(set_column(values, 0, groups[values[:, 0]]))
    return make_labels(labels.names, rows, labels, True), new_groups
