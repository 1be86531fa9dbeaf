from typing import List

from ._backend import (
    Labels,
    LabelsValues,
    TensorMap,
    block_samples,
    check_type,
    column_index,
    concatenate_index,
    entries_other_than,
    follow_in_labels,
    foreach_gather,
    gradient_samples,
    gradients_of,
    interleave,
    interleave_labels,
    leaves,
    leaves_per_block,
    properties_of,
    rebuild,
    repeat_each,
    size_of,
    sorted_positions,
    take_from_labels,
    take_index,
    torch_jit_is_scripting,
    values_of,
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
    rows, columns = entries_other_than(values_of(arrays, per_block), fill_value)
    gradients = gradients_of(arrays, per_block)
    gradient_labels = gradient_samples(tensor)
    gradient_rows, gradient_columns = entries_other_than(gradients, 0.0)
    old_samples = block_samples(tensor)
    parents: List[LabelsValues] = []
    sizes: List[int] = []
    if per_block > 1:
        for i, one in enumerate(old_samples):
            used, used_columns = [rows[i]], [columns[i]]
            for j in range(i * (per_block - 1), (i + 1) * (per_block - 1)):
                samples_of_rows = column_index(gradient_labels[j], "sample")
                used.append(take_index(samples_of_rows, gradient_rows[j]))
                used_columns.append(gradient_columns[j])
            rows[i] = sorted_positions(concatenate_index(used))
            columns[i] = sorted_positions(concatenate_index(used_columns))
            for _ in range(per_block - 1):
                parents.append(rows[i])
                sizes.append(len(one))
    kept_labels = take_from_labels(gradient_labels, gradient_rows, True)
    new_gradients = follow_in_labels(kept_labels, parents, sizes)[0]
    all_rows = interleave(rows, gradient_rows, per_block)
    arrays = foreach_gather(arrays, all_rows, list(range(len(arrays))), 0)
    places = repeat_each(list(range(len(columns))), per_block)
    return rebuild(
        tensor,
        foreach_gather(arrays, columns, places, -1),
        interleave_labels(_select(old_samples, rows), new_gradients),
        _select(properties_of(tensor), columns),
    )


def _select(labels: List[Labels], index: List[LabelsValues]) -> List[Labels]:
    # the same objects, where everything is kept
    changed: List[int] = []
    for i, one in enumerate(labels):
        if size_of(index[i]) != len(one):
            changed.append(i)
    taken = take_from_labels([labels[i] for i in changed], [index[i] for i in changed], True)
    output: List[Labels] = []
    output.extend(labels)
    for j, i in enumerate(changed):
        output[i] = taken[j]
    return output
