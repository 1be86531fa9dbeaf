"""Joining along the properties."""

from typing import List, Optional, Tuple

from ._backend import (
    Array,
    Labels,
    TensorMap,
    distinct_properties,
    distinct_rows,
    foreach_concatenate,
    join_labels,
    labels_at,
    leaves,
    leaves_per_block,
    make_labels,
    merge_entries,
    permute_labels,
    range_entries,
    rebuild,
    same_labels,
    samples_of,
    scatter_rows,
    spread_labels,
)
from ._messages import of_input


def join_properties(
    tensors: List[TensorMap], add_dimension: Optional[str], function: str
) -> TensorMap:
    first = tensors[0]
    per_block = leaves_per_block(first)
    arrays: List[List[Array]] = []
    properties: List[List[Labels]] = []
    where: List[List[int]] = []
    for tensor in tensors:
        arrays.append(leaves(tensor))
        labels, positions = distinct_properties(tensor)
        properties.append(labels)
        where.append(positions)
    samples: List[Labels] = []
    if per_block > 1:
        samples, arrays = _merged_gradients(tensors, arrays)

    rows, rows_where = distinct_rows(where)
    columns: List[List[Labels]] = []
    same_names = True
    for j, labels in enumerate(properties):
        columns.append(labels_at(labels, where[j], rows))
        same_names = same_names and tensors[j].property_names == first.property_names
    if same_names:
        joined = join_labels(columns, add_dimension, "properties", function, first.keys, rows)
    elif add_dimension is not None:
        raise ValueError(
            f"can not use `add_dimension` in `{function}` if the properties do not have the same "
            f"names everywhere: {_other_names(tensors)}{of_input(function, first.keys, 0)}"
        )
    else:
        counts = _numbered(columns)
        joined = join_labels(counts, "joined_index", "properties", function, first.keys, rows)
        joined = permute_labels(joined, [1, 0])
    return rebuild(
        first, foreach_concatenate(arrays, -1), samples, spread_labels(joined, rows_where)
    )


def _merged_gradients(
    tensors: List[TensorMap], arrays: List[List[Array]]
) -> Tuple[List[Labels], List[List[Array]]]:
    # samples of all leaves, and the leaves with zeros in the rows which an input does not have
    samples: List[Labels] = []
    all_samples: List[List[Labels]] = []
    for tensor in tensors:
        all_samples.append(samples_of(tensor))
    per_block = leaves_per_block(tensors[0])
    for i, one in enumerate(all_samples[0]):
        if i % per_block == 0:
            samples.append(one)
            continue
        gradients: List[Labels] = []
        for others in all_samples:
            gradients.append(others[i])
        merged, mappings = merge_entries(gradients)
        samples.append(merged)
        for j, mapping in enumerate(mappings):
            if not same_labels(gradients[j], merged):
                arrays[j][i] = scatter_rows(arrays[j][i], mapping, len(merged))
    return samples, arrays


def _other_names(tensors: List[TensorMap]) -> str:
    # names which are different first: they are those of all blocks
    names = tensors[0].property_names
    for tensor in tensors:
        if tensor.property_names != names:
            return f"{names} and {tensor.property_names}"
    return ""


def _numbered(parts: List[List[Labels]]) -> List[List[Labels]]:
    # labels counting the entries of the given ones
    output: List[List[Labels]] = []
    for labels in parts:
        ranges: List[Labels] = []
        for one in labels:
            ranges.append(make_labels(["property"], range_entries(len(one), one), one, True))
        output.append(ranges)
    return output
