"""Functions on many Labels, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented.
"""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from ._messages import not_unique
from ._plans import (
    count_groups,
    entries,
    follow_samples,
    group_one,
    inverse_permutation,
    is_identity,
    make_labels,
    merge_entries,
    row_keys,
    same_labels,
    select_entries,
    select_positions,
    set_column,
    sort_rows,
    sorted_positions,
    take_columns,
    to_list,
    unique_rows,
)
from ._sparse import sources_of
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


def follow_in_labels(
    labels: List[Labels], index: List[Tensor], n_samples: List[int]
) -> Tuple[List[Labels], List[Tensor]]:
    """For each samples of a gradient, those which are left, see ``follow_samples``."""
    new: List[Labels] = []
    rows: List[Tensor] = []
    if not _is_batch(labels):
        for i, one in enumerate(labels):
            followed, rows_of_one = follow_samples(one, index[i], n_samples[i])
            new.append(followed)
            rows.append(rows_of_one)
        return new, rows
    lengths: List[int] = []
    kept: List[Tensor] = []
    values: List[Tensor] = []
    total = 0
    for i, one in enumerate(labels):
        values.append(one.values)
        lengths.append(len(one))
        kept.append(index[i].to(one.values.device) + total)
        total += n_samples[i]
    device = values[0].device
    sizes = torch.tensor(n_samples).to(device)
    starts = torch.cumsum(sizes, 0) - sizes
    owners, local = _owners(torch.tensor(lengths).to(device))
    places: List[Tensor] = []
    for one in index:
        places.append(torch.arange(one.shape[0], device=device))
    new_positions = torch.full([total], -1, dtype=torch.int64, device=device)
    new_positions[torch.cat(kept)] = torch.cat(places)
    all_values = torch.cat(values)
    new_samples = new_positions[all_values[:, 0] + starts[owners]]
    left = torch.nonzero(new_samples >= 0).reshape(-1)
    counts: List[int] = count_groups(owners[left], len(labels)).tolist()
    all_values = set_column(all_values[left], 0, new_samples[left].to(all_values.dtype))
    new = _split_labels(labels[0].names, all_values, counts)
    return new, list(torch.split_with_sizes(local[left], counts))


def order_of_appearance(
    labels: List[Labels], groups: List[Tensor]
) -> Tuple[List[Labels], List[Tensor]]:
    """Groups, see ``group_entries``, in the order in which their first members come."""
    if len(labels) == 0:
        return labels, groups
    counts: List[int] = []
    lengths: List[int] = []
    shifted: List[Tensor] = []
    total = 0
    for i, one in enumerate(labels):
        counts.append(len(one))
        lengths.append(groups[i].shape[0])
        shifted.append(groups[i] + total)
        total += len(one)
    everything = torch.cat(shifted)
    places = torch.arange(everything.shape[0], device=everything.device)
    first = torch.full([total], everything.shape[0], device=everything.device)
    order = torch.argsort(first.scatter_reduce(0, everything, places, "amin"))
    if is_identity(order):
        return labels, groups
    rank = inverse_permutation(order).index_select(0, everything)
    starts = torch.tensor(counts).cumsum(0) - torch.tensor(counts)
    per_group = starts.repeat_interleave(torch.tensor(counts)).to(order.device)
    per_entry = starts.repeat_interleave(torch.tensor(lengths)).to(order.device)
    orders = torch.split_with_sizes(order - per_group, counts)
    ranks = torch.split_with_sizes(rank - per_entry, lengths)
    return take_from_labels(labels, list(orders), True), list(ranks)


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


def merge_labels(
    a: List[Labels], b: List[Labels], zero: bool
) -> Tuple[List[Labels], List[Tensor], List[Tensor], List[int]]:
    """Union or intersection of corresponding labels of two lists."""
    if _is_batch(a) and _is_batch(b) and a[0].names == b[0].names:
        return _merge_batches(a, b, zero)
    merged: List[Labels] = []
    sources_a: List[Tensor] = []
    sources_b: List[Tensor] = []
    places: List[int] = []
    for i, one in enumerate(a):
        other = b[i]
        if same_labels(one, other):
            merged.append(one)
            places.append(-1)
            continue
        places.append(len(sources_a))
        if zero:
            union, mappings = merge_entries([one, other])
            merged.append(union)
            sources_a.append(sources_of(mappings[0], len(union)))
            sources_b.append(sources_of(mappings[1], len(union)))
        else:
            kept = sorted_positions(select_positions(one, other))
            common = select_entries(one, kept, True)
            merged.append(common)
            sources_a.append(kept)
            sources_b.append(select_positions(other, common))
    return merged, sources_a, sources_b, places


def _is_batch(labels: List[Labels]) -> bool:
    # whether these are many small labels, with values which are at hand
    if len(labels) < 2 or len(labels[0].names) == 0:
        return False
    if labels[0].values.device.type != "cpu" and bool(
        torch.ops.metatensor._all_known_on_host(labels)
    ):
        return False
    count = 0
    names = labels[0].names
    for one in labels:
        if one.names != names:
            return False
        count += len(one)
    return count <= 1000 * len(labels)


def _merge_batches(
    a: List[Labels], b: List[Labels], zero: bool
) -> Tuple[List[Labels], List[Tensor], List[Tensor], List[int]]:
    differ: List[int] = []
    places: List[int] = []
    list_a: List[Tensor] = []
    list_b: List[Tensor] = []
    counts_a: List[int] = []
    counts_b: List[int] = []
    for i, one in enumerate(a):
        values, others = one.values, b[i].values
        if torch.equal(values, others):
            places.append(-1)
            continue
        places.append(len(differ))
        differ.append(i)
        list_a.append(values)
        list_b.append(others)
        counts_a.append(values.shape[0])
        counts_b.append(others.shape[0])
    sources_a: List[Tensor] = []
    sources_b: List[Tensor] = []
    if len(differ) == 0:
        return a, sources_a, sources_b, places
    values_a, values_b = torch.cat(list_a), torch.cat(list_b)
    device = values_a.device
    lengths_a, lengths_b = torch.tensor(counts_a).to(device), torch.tensor(counts_b).to(device)
    owners_a, local_a = _owners(lengths_a)
    owners_b, local_b = _owners(lengths_b)
    # entries which both have: positions of the first ones in increasing order
    owners = torch.cat([owners_a, owners_b])
    keys = row_keys(torch.cat([owners.unsqueeze(1), torch.cat([values_a, values_b])], dim=1))
    sorted_keys, order = torch.sort(keys, stable=True)
    equal = torch.nonzero(sorted_keys[1:] == sorted_keys[:-1]).reshape(-1)
    of_a, increasing = torch.sort(order[equal])
    of_b = order[equal + 1][increasing] - owners_a.shape[0]
    if zero:
        only_b = torch.ones_like(owners_b, dtype=torch.bool)
        only_b[of_b] = False
        in_b = lengths_b[owners_a]
        in_b[of_a] = local_b[of_b]
        new_owners = torch.cat([owners_a, owners_b[only_b]])
        values = torch.cat([values_a, values_b[only_b]])
        all_a = torch.cat([local_a, lengths_a[owners_b[only_b]]])
        all_b = torch.cat([in_b, local_b[only_b]])
    else:
        new_owners, values = owners_a[of_a], values_a[of_a]
        all_a, all_b = local_a[of_a], local_b[of_b]
    order = torch.argsort(new_owners, stable=True)
    lengths: List[int] = count_groups(new_owners, len(differ)).tolist()
    sources_a = torch.split_with_sizes(all_a[order], lengths)
    sources_b = torch.split_with_sizes(all_b[order], lengths)
    new = _split_labels(a[0].names, values[order], lengths)
    merged = list(a)
    for j, i in enumerate(differ):
        merged[i] = new[j]
    return merged, sources_a, sources_b, places


def _split_labels(names: List[str], values: Tensor, lengths: List[int]) -> List[Labels]:
    # labels with so many entries each; the entries of all together are not unique, but they are
    # only taken from here
    everything = Labels(names, values, True)
    rows = torch.split_with_sizes(torch.arange(values.shape[0], device=values.device), lengths)
    output: List[Labels] = torch.ops.metatensor._take_from_labels([everything] * len(rows), rows)
    return output


def _owners(lengths: Tensor) -> Tuple[Tensor, Tensor]:
    # for each entry which labels it belongs to, and its position in these
    owners = torch.repeat_interleave(lengths)
    starts = torch.cumsum(lengths, 0) - lengths
    return owners, torch.arange(owners.shape[0], device=owners.device) - starts[owners]


def group_gradient_entries(
    labels: List[Labels], groups: List[Tensor]
) -> Tuple[List[Labels], List[Tensor]]:
    """Group the gradient samples whose ``sample`` falls in the same group of values."""
    new: List[Labels] = []
    new_groups: List[Tensor] = []
    for i, one in enumerate(labels):
        parent = groups[i * len(groups) // len(labels)]
        values = one.values
        if len(one) == 0:
            new.append(one)
            new_groups.append(torch.zeros([0], dtype=torch.int64, device=values.device))
        else:
            samples = parent.index_select(0, values[:, 0].to(torch.int64))
            rows, group = unique_rows(set_column(values, 0, samples))
            new.append(make_labels(one.names, rows, one, True))
            new_groups.append(group)
    return new, new_groups
