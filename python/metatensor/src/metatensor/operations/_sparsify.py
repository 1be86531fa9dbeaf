from typing import List

from ._backend import (
    Labels,
    LabelsValues,
    TensorMap,
    check_type,
    column_index,
    concatenate_index,
    entries_other_than,
    follow_samples,
    foreach_gather,
    leaves,
    leaves_per_block,
    properties_of,
    rebuild,
    samples_of,
    select_entries,
    size_of,
    sorted_positions,
    take_index,
    torch_jit_is_scripting,
    with_arrays,
)


def sparsify(tensor: TensorMap, fill_value: float = 0.0) -> TensorMap:
    """Tensor without the samples and properties which only contain one value.

    This is the inverse of :py:func:`densify`. Samples and properties are removed if all of their
    values are ``fill_value`` and all of their gradients are 0; and so are the samples of the
    gradients which are 0. What is left stays in the same order.

    :param tensor: tensor with any blocks
    :param fill_value: value which does not have to be stored
    :return: new tensor with the keys, components and gradients of ``tensor``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 0.0], [0.0, 0.0], [3.0, 0.0]]))
    >>> sparse = mts.sparsify(mts.TensorMap(mts.Labels.single(), [block])).block()
    >>> sparse.samples.values.tolist(), sparse.values.tolist()
    ([[0], [2]], [[1.0], [3.0]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "sparsify")
    arrays = leaves(tensor)
    if len(arrays) == 0:
        return with_arrays(tensor, arrays)
    per_block = leaves_per_block(tensor)
    old_samples = samples_of(tensor)
    samples: List[Labels] = []
    properties: List[Labels] = []
    rows: List[LabelsValues] = []
    columns: List[LabelsValues] = []
    row_places: List[int] = []
    column_places: List[int] = []
    for i, old_properties in enumerate(properties_of(tensor)):
        first = i * per_block
        kept_rows: List[LabelsValues] = []
        used = [entries_other_than(arrays[first], 0, fill_value)]
        kept_columns = [entries_other_than(arrays[first], -1, fill_value)]
        for j in range(first + 1, first + per_block):
            gradient_rows = entries_other_than(arrays[j], 0, 0.0)
            kept_rows.append(gradient_rows)
            used.append(take_index(column_index(old_samples[j], "sample"), gradient_rows))
            kept_columns.append(entries_other_than(arrays[j], -1, 0.0))
        kept = sorted_positions(concatenate_index(used))
        all_columns = sorted_positions(concatenate_index(kept_columns))
        n_samples = len(old_samples[first])
        samples.append(_select(old_samples[first], kept))
        kept_rows.insert(0, kept)
        for j in range(1, per_block):
            labels = select_entries(old_samples[first + j], kept_rows[j], True)
            samples.append(follow_samples(labels, kept, n_samples)[0])
        properties.append(_select(old_properties, all_columns))
        for one in kept_rows:
            row_places.append(len(rows))
            rows.append(one)
            column_places.append(len(columns))
        columns.append(all_columns)
    arrays = foreach_gather(arrays, rows, row_places, 0)
    return rebuild(tensor, foreach_gather(arrays, columns, column_places, -1), samples, properties)


def _select(labels: Labels, index: LabelsValues) -> Labels:
    return labels if size_of(index) == len(labels) else select_entries(labels, index, True)
