from typing import List, Tuple, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_samples,
    block_to_map,
    check_type,
    column_index,
    components_of,
    distinct_labels,
    distinct_pairs,
    entries,
    foreach_gather,
    gather,
    gradient_samples,
    gradients_of,
    has_nested_gradients,
    interleave,
    interleave_labels,
    inverse_permutation,
    is_identity,
    leaves,
    leaves_per_block,
    make_labels,
    map_to_block,
    pick_blocks,
    properties_of,
    rebuild,
    repeat_each,
    select_entries,
    set_column,
    sort_labels,
    sort_map,
    sort_rows,
    spread_labels,
    take_entries,
    take_index,
    to_list,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
    with_components,
)
from ._keep_info import with_info
from ._nested import flattened, restored


def sort(
    tensor: TensorMap,
    axes: Union[str, List[str]] = "all",
    descending: bool = False,
    keep_info: bool = False,
) -> TensorMap:
    """Sort the entries of the labels of a tensor, and the values with them.

    Entries are compared as rows of integers, first dimension first. Gradients stay with
    their samples, and are then sorted in the same way.

    :param tensor: tensor to sort
    :param axes: axes to sort, any of ``"keys"``, ``"samples"``, ``"components"`` and
        ``"properties"``; or ``"all"`` of them
    :param descending: sort in the reverse order
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
    :raises TypeError: if ``axes`` is not a string or a list
    :raises ValueError: if one of the axes is something else

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.TensorBlock(
    ...     values=np.array([[1.0], [2.0], [3.0]]),
    ...     samples=mts.Labels(["atom"], np.array([[3], [1], [2]])),
    ...     components=[],
    ...     properties=mts.Labels.range("n", 1),
    ... )
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.sort(tensor, "samples").block().values.tolist()
    [[2.0], [3.0], [1.0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "sort")
        _check_class(axes, "sort")
    all_axes = _axes_list(axes, ["keys", "samples", "components", "properties"], "sort")
    return with_info(_sort_with_keys(tensor, all_axes, descending), tensor, keep_info)


def _sort_with_keys(tensor: TensorMap, all_axes: List[str], descending: bool) -> TensorMap:
    whole = sort_map(tensor, all_axes, descending)
    if whole is not None:
        return whole
    block_axes: List[str] = []
    for axis in all_axes:
        if axis != "keys":
            block_axes.append(axis)
    if "keys" in all_axes:
        order = sort_rows(entries(tensor.keys), descending)
        if not is_identity(order):
            keys = select_entries(tensor.keys, order, True)
            tensor = pick_blocks(tensor, to_list(order), keys, False)
    return _sort_map(tensor, block_axes, descending)


def sort_block(
    block: TensorBlock, axes: Union[str, List[str]] = "all", descending: bool = False
) -> TensorBlock:
    """Sort the entries of the labels of a block, and the values with them.

    See :py:func:`sort`.

    :param block: block to sort
    :param axes: axes to sort, any of ``"samples"``, ``"components"`` and ``"properties"``;
        or ``"all"`` of them
    :param descending: sort in the reverse order
    :raises TypeError: if ``axes`` is not a string or a list
    :raises ValueError: if one of the axes is something else
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "sort_block")
        _check_class(axes, "sort_block")
    all_axes = _axes_list(axes, ["samples", "components", "properties"], "sort_block")
    tensor = block_to_map(block)
    whole = sort_map(tensor, all_axes, descending)
    if whole is not None:
        return map_to_block(whole)
    return map_to_block(_sort_map(tensor, all_axes, descending))


def _sort_map(tensor: TensorMap, axes: List[str], descending: bool) -> TensorMap:
    if has_nested_gradients(tensor):
        down = descending and "samples" in axes
        return restored(_sort_axes(flattened(tensor), axes, descending), down)
    return _sort_axes(tensor, axes, descending)


def _sort_axes(tensor: TensorMap, axes: List[str], descending: bool) -> TensorMap:
    tensor = with_arrays(tensor, leaves(tensor))
    if "samples" in axes:
        tensor = _sort_samples(tensor, descending)
    if "components" in axes:
        tensor = _sort_components(tensor, descending)
    if "properties" in axes:
        tensor = _sort_properties(tensor, descending)
    return tensor


def _sorted_labels(
    labels: List[Labels], descending: bool
) -> Tuple[List[Labels], List[LabelsValues], List[int]]:
    # sorted labels, orders which do so, and for each the position of its order: -1 if there was
    # nothing to do
    distinct, where = distinct_labels(labels)
    new, orders, order_of = sort_labels(distinct, descending)
    return spread_labels(new, where), orders, [order_of[i] for i in where]


def _sort_samples(tensor: TensorMap, descending: bool) -> TensorMap:
    samples = block_samples(tensor)
    new, orders, where = _sorted_labels(samples, descending)
    arrays = leaves(tensor)
    per_block = leaves_per_block(tensor)
    values = foreach_gather(values_of(arrays, per_block), orders, where, 0)

    # gradients follow their samples, and are sorted again
    gradients = gradient_samples(tensor)
    parents = repeat_each(where, per_block - 1)
    pairs, pairs_where = distinct_pairs(gradients, parents)
    new_gradients: List[Labels] = []
    rows: List[LabelsValues] = []
    for i in pairs:
        labels = gradients[i]
        renumbered = entries(labels)
        if parents[i] != -1:
            new_positions = inverse_permutation(orders[parents[i]])
            moved = take_index(new_positions, column_index(labels, "sample"))
            renumbered = set_column(renumbered, 0, moved)
        order = sort_rows(renumbered, descending)
        if parents[i] == -1 and is_identity(order):
            new_gradients.append(labels)
        else:
            renumbered = take_entries(renumbered, order)
            new_gradients.append(make_labels(labels.names, renumbered, labels, True))
        rows.append(order)
    new_arrays = foreach_gather(gradients_of(arrays, per_block), rows, pairs_where, 0)
    all_samples = interleave_labels(new, spread_labels(new_gradients, pairs_where))
    properties: List[Labels] = []
    return rebuild(tensor, interleave(values, new_arrays, per_block), all_samples, properties)


def _sort_components(tensor: TensorMap, descending: bool) -> TensorMap:
    # the components of all leaves in one list, and for each its leaf and axis
    labels: List[Labels] = []
    places: List[Tuple[int, int]] = []
    all_components = components_of(tensor)
    for i, components in enumerate(all_components):
        for j, component in enumerate(components):
            labels.append(component)
            places.append((i, j))
    new, orders, where = _sorted_labels(labels, descending)
    if len(labels) == 0 or max(where) == -1:
        return tensor
    arrays = leaves(tensor)
    new_components: List[List[Labels]] = []
    for components in all_components:
        new_components.append(list(components))
    for k, (i, j) in enumerate(places):
        if where[k] != -1:
            arrays[i] = gather(arrays[i], orders[where[k]], j + 1)
            new_components[i][j] = new[k]
    samples: List[Labels] = []
    properties: List[Labels] = []
    return with_components(rebuild(tensor, arrays, samples, properties), new_components)


def _sort_properties(tensor: TensorMap, descending: bool) -> TensorMap:
    new, orders, where = _sorted_labels(properties_of(tensor), descending)
    per_leaf = repeat_each(where, leaves_per_block(tensor))
    arrays = foreach_gather(leaves(tensor), orders, per_leaf, -1)
    samples: List[Labels] = []
    return rebuild(tensor, arrays, samples, new)


def _axes_list(axes: Union[str, List[str]], allowed: List[str], function: str) -> List[str]:
    output: List[str] = []
    if isinstance(axes, str):
        output = allowed if axes == "all" else [axes]
    else:
        output = list(axes)
    for axis in output:
        if axis not in allowed:
            raise ValueError(f"invalid axis '{axis}' in `{function}`, it must be one of {allowed}")
    return output


def _check_class(axes: object, function: str) -> None:
    if not isinstance(axes, (str, list)):
        raise TypeError(
            f"`axes` must be a string or a list of strings in `{function}`, not {type(axes)}"
        )
