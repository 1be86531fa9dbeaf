from typing import List, Union

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    arange_index,
    block_leaves,
    check_type,
    column_index,
    entries,
    gather,
    inverse_permutation,
    is_identity,
    make_labels,
    select_entries,
    set_column,
    sort_rows,
    take_entries,
    take_index,
    to_list,
    torch_jit_is_scripting,
)


def sort(
    tensor: TensorMap, axes: Union[str, List[str]] = "all", descending: bool = False
) -> TensorMap:
    """Sort the entries of the labels of a tensor, and the values with them.

    Entries are compared as rows of integers, first dimension first. Gradients stay with
    their samples, and are then sorted in the same way.

    :param tensor: tensor to sort
    :param axes: axes to sort, any of ``"keys"``, ``"samples"``, ``"components"`` and
        ``"properties"``; or ``"all"`` of them
    :param descending: sort in the reverse order
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
        _check_class(axes)
    all_axes = _axes_list(axes, ["keys", "samples", "components", "properties"])
    block_axes: List[str] = []
    for axis in all_axes:
        if axis != "keys":
            block_axes.append(axis)
    keys = tensor.keys
    positions = list(range(len(keys)))
    if "keys" in all_axes:
        order = sort_rows(entries(keys), descending)
        positions = to_list(order)
        keys = select_entries(keys, order, True)
    blocks: List[TensorBlock] = []
    for position in positions:
        blocks.append(_sort_block(tensor.block_by_id(position), block_axes, descending))
    return TensorMap(keys, blocks)


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
        _check_class(axes)
    all_axes = _axes_list(axes, ["samples", "components", "properties"])
    return _sort_block(block, all_axes, descending)


def _sort_block(block: TensorBlock, axes: List[str], descending: bool) -> TensorBlock:
    block_leaves(block)  # refuses gradients of gradients
    order = arange_index(0, len(block.samples), block.samples)
    if "samples" in axes:
        order = sort_rows(entries(block.samples), descending)
    samples = block.samples
    if not is_identity(order):
        samples = select_entries(samples, order, True)
    new_positions = inverse_permutation(order)

    properties_order = arange_index(0, len(block.properties), block.properties)
    if "properties" in axes:
        properties_order = sort_rows(entries(block.properties), descending)
    properties = block.properties
    if not is_identity(properties_order):
        properties = select_entries(properties, properties_order, True)

    components = _sorted_components(block, axes, descending)
    values = _permute(block.values, 0, order)
    values = _permute_components(values, block.components, axes, descending)
    values = _permute(values, -1, properties_order)
    new = TensorBlock(values=values, samples=samples, components=components, properties=properties)
    for parameter in block.gradients_list():
        gradient = block.gradient(parameter)
        labels = gradient.samples
        rows = arange_index(0, len(labels), labels)
        if "samples" in axes:
            moved = take_index(new_positions, column_index(labels, "sample"))
            renumbered = set_column(entries(labels), 0, moved)
            rows = sort_rows(renumbered, descending)
            renumbered = take_entries(renumbered, rows)
            labels = make_labels(labels.names, renumbered, labels, True)
        values = _permute(gradient.values, 0, rows)
        values = _permute_components(values, gradient.components, axes, descending)
        values = _permute(values, -1, properties_order)
        new.add_gradient(
            parameter,
            TensorBlock(
                values=values,
                samples=labels,
                components=_sorted_components(gradient, axes, descending),
                properties=properties,
            ),
        )
    return new


def _sorted_components(block: TensorBlock, axes: List[str], descending: bool) -> List[Labels]:
    if "components" not in axes:
        return block.components
    components: List[Labels] = []
    for component in block.components:
        order = sort_rows(entries(component), descending)
        if is_identity(order):
            components.append(component)
        else:
            components.append(select_entries(component, order, True))
    return components


def _permute_components(
    values: Array, components: List[Labels], axes: List[str], descending: bool
) -> Array:
    if "components" in axes:
        for i, component in enumerate(components):
            values = _permute(values, i + 1, sort_rows(entries(component), descending))
    return values


def _permute(values: Array, axis: int, order: LabelsValues) -> Array:
    # what is already sorted is shared
    if is_identity(order):
        return values
    return gather(values, order, axis)


def _axes_list(axes: Union[str, List[str]], allowed: List[str]) -> List[str]:
    output: List[str] = []
    if isinstance(axes, str):
        output = allowed if axes == "all" else [axes]
    else:
        output = list(axes)
    for axis in output:
        if axis not in allowed:
            raise ValueError(f"invalid axis '{axis}' to sort, it must be one of {allowed}")
    return output


def _check_class(axes: object) -> None:
    if not isinstance(axes, (str, list)):
        raise TypeError(f"`axes` must be a string or a list of strings, not {type(axes)}")
