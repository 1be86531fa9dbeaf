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
    entries,
    foreach_concatenate,
    join_labels,
    leaves,
    leaves_per_block,
    make_labels,
    rebuild,
    repeat_each,
    samples_of,
    shift_column,
    spread_labels,
)


def join_samples(tensors: List[TensorMap], add_dimension: Optional[str]) -> TensorMap:
    # labels of the values and gradients of each input: work is done once for those which occur
    # several times
    samples: List[List[Labels]] = []
    where: List[List[int]] = []
    arrays: List[List[Array]] = []
    for tensor in tensors:
        labels, positions = distinct_labels(samples_of(tensor))
        samples.append(labels)
        where.append(positions)
        arrays.append(leaves(tensor))
    per_block = leaves_per_block(tensors[0])
    parents: List[List[int]] = []
    for positions in where:
        parents.append(repeat_each(positions[::per_block], per_block))
    rows, rows_where = distinct_rows(where + parents)
    names = tensors[0].sample_names
    permuted = False
    for tensor in tensors:
        permuted = permuted or tensor.sample_names != names
    of_values: List[List[Labels]] = []
    for i in rows:
        if i % per_block == 0:
            parts: List[Labels] = []
            for j, labels in enumerate(samples):
                parts.append(labels[where[j][i]])
            of_values.append(_with_same_names(parts) if permuted else parts)
    joined_values = join_labels(of_values, add_dimension)
    joined_values.reverse()
    joined: List[Labels] = []
    for i in rows:
        if i % per_block == 0:
            joined.append(joined_values.pop())
        else:
            gradients: List[Labels] = []
            sizes: List[int] = []
            for j, labels in enumerate(samples):
                gradients.append(labels[where[j][i]])
                sizes.append(len(labels[parents[j][i]]))
            joined.append(_joined_gradient_samples(gradients, sizes))
    new_samples = spread_labels(joined, rows_where)
    properties: List[Labels] = []
    return rebuild(tensors[0], foreach_concatenate(arrays, 0), new_samples, properties)


def _with_same_names(labels: List[Labels]) -> List[Labels]:
    # names are the same, but their order may differ
    names = labels[0].names
    output: List[Labels] = []
    for one in labels:
        if one.names == names:
            output.append(one)
        else:
            columns: List[int] = []
            for name in names:
                columns.append(one.names.index(name))
            output.append(one.permute(columns))
    return output


def _joined_gradient_samples(labels: List[Labels], sizes: List[int]) -> Labels:
    # `sizes` are the numbers of samples of the values
    offset = 0
    parts: List[LabelsValues] = []
    for i, one in enumerate(labels):
        parts.append(shift_column(entries(one), 0, offset))
        offset += sizes[i]
    return make_labels(labels[0].names, concatenate_index(parts), labels[0], True)
