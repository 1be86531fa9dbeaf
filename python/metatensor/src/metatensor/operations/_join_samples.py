"""Joining along the samples."""

from typing import List, Optional

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorMap,
    concatenate_index,
    distinct_labels,
    distinct_rows,
    distinct_samples,
    entries,
    foreach_concatenate,
    gradient_samples,
    interleave_labels,
    join_labels,
    labels_at,
    leaves,
    leaves_per_block,
    make_labels,
    permute_labels,
    rebuild,
    repeat_each,
    shift_column,
    spread_labels,
)


def join_samples(
    tensors: List[TensorMap], add_dimension: Optional[str], function: str
) -> TensorMap:
    # work is done once for labels which occur several times
    samples: List[List[Labels]] = []
    where: List[List[int]] = []
    arrays: List[List[Array]] = []
    for tensor in tensors:
        labels, positions = distinct_samples(tensor)
        samples.append(labels)
        where.append(positions)
        arrays.append(leaves(tensor))
    rows, rows_where = distinct_rows(where)
    columns: List[List[Labels]] = []
    for j, labels in enumerate(samples):
        columns.append(_with_names(labels_at(labels, where[j], rows), tensors[0].sample_names))
    new = join_labels(columns, add_dimension, "samples", function, tensors[0].keys, rows)
    joined = spread_labels(new, rows_where)
    if leaves_per_block(tensors[0]) > 1:
        joined = interleave_labels(joined, _joined_gradients(tensors, samples, where))
    properties: List[Labels] = []
    return rebuild(tensors[0], foreach_concatenate(arrays, 0), joined, properties)


def _with_names(labels: List[Labels], names: List[str]) -> List[Labels]:
    # names are the same everywhere, but their order may differ
    if len(labels) == 0 or labels[0].names == names:
        return labels
    columns: List[int] = []
    for name in names:
        columns.append(labels[0].names.index(name))
    return permute_labels(labels, columns)


def _joined_gradients(
    tensors: List[TensorMap], samples: List[List[Labels]], where: List[List[int]]
) -> List[Labels]:
    # of all gradients, for the samples of the values with these positions
    labels: List[List[Labels]] = []
    places: List[List[int]] = []
    parents: List[List[int]] = []
    for j, tensor in enumerate(tensors):
        distinct, positions = distinct_labels(gradient_samples(tensor))
        labels.append(distinct)
        places.append(positions)
        parents.append(repeat_each(where[j], leaves_per_block(tensor) - 1))
    rows, rows_where = distinct_rows(places + parents)
    joined: List[Labels] = []
    for i in rows:
        gradients: List[Labels] = []
        sizes: List[int] = []
        for j, distinct in enumerate(labels):
            gradients.append(distinct[places[j][i]])
            sizes.append(len(samples[j][parents[j][i]]))
        joined.append(_joined_gradient_samples(gradients, sizes))
    return spread_labels(joined, rows_where)


def _joined_gradient_samples(labels: List[Labels], sizes: List[int]) -> Labels:
    # `sizes` are the numbers of samples of the values
    offset = 0
    parts: List[LabelsValues] = []
    for i, one in enumerate(labels):
        parts.append(shift_column(entries(one), 0, offset))
        offset += sizes[i]
    return make_labels(labels[0].names, concatenate_index(parts), labels[0], True)
