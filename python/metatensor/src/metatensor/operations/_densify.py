from typing import List, Tuple, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorMap,
    block_samples,
    check_type,
    complement_index,
    distinct_labels,
    follow_in_labels,
    foreach_spread,
    gradient_samples,
    gradients_of,
    interleave,
    interleave_labels,
    leaves,
    leaves_per_block,
    merge_entries,
    properties_of,
    rebuild,
    repeat_each,
    same_labels,
    select_positions,
    size_of,
    sources_of,
    spread_labels,
    to_list,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)


def densify(
    tensor: TensorMap,
    samples: Union[Labels, str] = "union",
    properties: Union[Labels, str] = "union",
    fill_value: float = 0.0,
) -> TensorMap:
    """Tensor whose blocks all have the same samples and properties.

    :param tensor: tensor with any blocks
    :param samples: samples of all blocks of the result, which must contain those of each block;
        ``"union"`` for the samples of all blocks, in the order in which they appear; or
        ``"keep"`` to leave the samples as they are
    :param properties: the same for the properties
    :param fill_value: values where there was nothing. Gradients are 0 there, and do not get more
        samples
    :return: new tensor with the keys, components and gradients of ``tensor``. Blocks which had
        these samples and properties share their arrays with ``tensor``
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if a block has entries which are not in the given labels, or if these have
        other names

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> blocks = [mts.slice_block(block, "samples", [i]) for i in range(2)]
    >>> dense = mts.densify(mts.TensorMap(mts.Labels.range("type", 2), blocks))
    >>> [block.values.tolist() for block in dense]
    [[[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [3.0, 4.0]]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "densify")
    arrays = leaves(tensor)
    per_block = leaves_per_block(tensor)
    if len(arrays) == 0:
        return with_arrays(tensor, arrays)
    old_samples, sample_where = distinct_labels(block_samples(tensor))
    old_properties, property_where = distinct_labels(properties_of(tensor))
    new_samples, rows, row_places = _targets(tensor, old_samples, sample_where, samples, "samples")
    new_properties, columns, column_places = _targets(
        tensor, old_properties, property_where, properties, "properties"
    )
    places: List[int] = []
    for i in sample_where:
        places.append(row_places[i])
    values = foreach_spread(values_of(arrays, per_block), rows, places, 0, fill_value)
    gradient_labels = gradient_samples(tensor)
    moved: List[int] = []
    kept: List[LabelsValues] = []
    sizes: List[int] = []
    for i in range(len(gradient_labels)):
        j = i // (per_block - 1)
        if places[j] >= 0:
            moved.append(i)
            kept.append(rows[places[j]])
            # one more place for what was added
            sizes.append(len(old_samples[sample_where[j]]) + 1)
    followed = follow_in_labels([gradient_labels[i] for i in moved], kept, sizes)[0]
    for k, i in enumerate(moved):
        gradient_labels[i] = followed[k]
    of_columns: List[int] = []
    for i in property_where:
        of_columns.append(column_places[i])
    values = foreach_spread(values, columns, of_columns, -1, fill_value)
    gradients = foreach_spread(
        gradients_of(arrays, per_block), columns, repeat_each(of_columns, per_block - 1), -1, 0.0
    )
    return rebuild(
        tensor,
        interleave(values, gradients, per_block),
        interleave_labels(spread_labels(new_samples, sample_where), gradient_labels),
        spread_labels(new_properties, property_where),
    )


def _targets(
    tensor: TensorMap,
    labels: List[Labels],
    where: List[int],
    target: Union[Labels, str],
    axis: str,
) -> Tuple[List[Labels], List[LabelsValues], List[int]]:
    # new labels, sources of their entries, and for each of the labels the position of these or -1
    new: List[Labels] = []
    sources: List[LabelsValues] = []
    places: List[int] = []
    mappings: List[LabelsValues] = []
    if isinstance(target, str):
        if target != "union" and target != "keep":
            raise ValueError(
                f"invalid value '{target}' for `{axis}` in `densify`, it must be Labels, 'union' "
                "or 'keep'"
            )
        if target == "keep":
            return labels, sources, [-1] * len(labels)
        merged, mappings = merge_entries(labels)
    else:
        if not torch_jit_is_scripting():
            check_type(target, axis, "Labels", "densify")
        merged = target
        for i, one in enumerate(labels):
            mappings.append(_positions_in(target, one, tensor, where, i, axis))
    for i, one in enumerate(labels):
        same = same_labels(one, merged)
        new.append(one if same else merged)
        places.append(-1 if same else len(sources))
        if not same:
            sources.append(sources_of(mappings[i], len(merged)))
    return new, sources, places


def _positions_in(
    target: Labels, labels: Labels, tensor: TensorMap, where: List[int], which: int, axis: str
) -> LabelsValues:
    if target.names != labels.names:
        raise ValueError(
            f"the {axis} given to `densify` have the names {target.names}, those of the blocks are "
            f"{labels.names}"
        )
    positions = select_positions(target, labels)
    if size_of(positions) != len(labels):
        present = select_positions(labels, target)
        missing = to_list(complement_index(present, len(labels), labels))[0]
        key = tensor.keys.entry(where.index(which)).print()
        raise ValueError(
            f"the {axis} given to `densify` do not contain {labels.entry(missing).print()} of the "
            f"block with key {key}"
        )
    return positions
