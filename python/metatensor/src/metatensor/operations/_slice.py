from typing import Dict, List, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_to_map,
    check_type,
    distinct_pairs,
    distinct_properties,
    distinct_samples,
    follow_in_labels,
    foreach_gather,
    gradient_samples,
    gradients_of,
    has_nested_gradients,
    interleave,
    interleave_labels,
    isinstance_metatensor,
    leaves,
    leaves_per_block,
    list_to_index,
    map_to_block,
    positions_to_index,
    raise_core_error,
    rebuild,
    repeat_each,
    select_in_labels,
    select_in_map,
    size_of,
    sorted_positions,
    spread_labels,
    take_from_labels,
    to_list,
    torch_jit_is_scripting,
    values_of,
)
from ._keep_info import with_info
from ._messages import not_unique
from ._nested import flattened, restored


def slice(tensor: TensorMap, axis: str, selection: Labels, keep_info: bool = False) -> TensorMap:
    """Select some of the samples or of the properties of all blocks.

    Samples are taken in the order of ``selection`` if it has the same names as the
    samples, else in the order of the block; gradients follow the samples they belong to.
    Properties always keep their order.

    :param tensor: tensor to slice
    :param axis: ``"samples"`` or ``"properties"``
    :param selection: entries to keep, using any of the dimensions of the axis. Entries
        which do not exist are ignored
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
    :return: new tensor with the same keys, where blocks may be empty
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``axis`` is something else, or if ``selection`` has names which
        are not dimensions of this axis

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> selection = mts.Labels(["sample"], np.array([[2], [0]]))
    >>> mts.slice(tensor, "samples", selection).block().values.tolist()
    [[5.0, 6.0], [1.0, 2.0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "slice")
        _check_selection(selection, "slice")
    _check_axis(axis, "slice")
    return with_info(_slice_map(tensor, axis, selection, "slice"), tensor, keep_info)


def slice_block(
    block: TensorBlock, axis: str, selection: Union[List[int], LabelsValues, Labels]
) -> TensorBlock:
    """Select some of the samples or of the properties of a block, see :py:func:`slice`.

    :param block: block to slice
    :param axis: ``"samples"`` or ``"properties"``
    :param selection: entries to keep, as Labels or as positions along the axis (a list or
        a 1-dimensional array of integers, negative ones count from the end)
    :return: new block
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``axis`` or ``selection`` are not valid
    :raises IndexError: if a position does not exist

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    >>> mts.slice_block(block, "properties", [-1]).values.tolist()
    [[2.0], [4.0], [6.0]]
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "slice_block")
        _check_selection(selection, "slice_block")
    _check_axis(axis, "slice_block")
    return map_to_block(_slice_map(block_to_map(block), axis, selection, "slice_block"))


def _slice_map(
    tensor: TensorMap,
    axis: str,
    selection: Union[List[int], LabelsValues, Labels],
    function: str,
) -> TensorMap:
    if has_nested_gradients(tensor):
        return restored(_slice_leaves(flattened(tensor), axis, selection, function))
    return _slice_leaves(tensor, axis, selection, function)


def _slice_leaves(
    tensor: TensorMap,
    axis: str,
    selection: Union[List[int], LabelsValues, Labels],
    function: str,
) -> TensorMap:
    only_labels = selected_labels(selection)
    if len(only_labels) == 1:
        whole = select_in_map(tensor, axis, only_labels)
        if whole is not None:
            return whole[0]
    if axis == "properties":
        return _slice_properties(tensor, selection, function)
    arrays = leaves(tensor)
    labels, where = distinct_samples(tensor)
    rows = _positions(labels, "samples", selection, function)
    if not isinstance_metatensor(selection, "Labels"):
        # positions can be given twice
        _check_positions(labels, rows, tensor.keys, where, function)
    new = take_from_labels(labels, rows, True)

    per_block = leaves_per_block(tensor)
    values = foreach_gather(values_of(arrays, per_block), rows, where, 0)
    gradients = gradient_samples(tensor)
    pairs, pairs_where = distinct_pairs(gradients, repeat_each(where, per_block - 1))
    parents = repeat_each(where, per_block - 1)
    followed: List[Labels] = []
    kept: List[LabelsValues] = []
    sizes: List[int] = []
    for i in pairs:
        followed.append(gradients[i])
        kept.append(rows[parents[i]])
        sizes.append(len(labels[parents[i]]))
    new_gradients, gradient_rows = follow_in_labels(followed, kept, sizes)
    new_arrays = foreach_gather(gradients_of(arrays, per_block), gradient_rows, pairs_where, 0)
    samples = interleave_labels(
        spread_labels(new, where), spread_labels(new_gradients, pairs_where)
    )
    properties: List[Labels] = []
    return rebuild(tensor, interleave(values, new_arrays, per_block), samples, properties)


def selected_labels(selection: Union[List[int], LabelsValues, Labels]) -> List[Labels]:
    """The selection, if it is Labels; nothing otherwise."""
    labels: List[Labels] = []
    if torch_jit_is_scripting():
        if isinstance(selection, Labels):
            labels.append(selection)
    elif isinstance_metatensor(selection, "Labels"):
        labels.append(selection)  # type: ignore[arg-type]
    return labels


def _check_positions(
    labels: List[Labels], rows: List[LabelsValues], keys: Labels, where: List[int], function: str
) -> None:
    for i, positions in enumerate(rows):
        if size_of(sorted_positions(positions)) != size_of(positions):
            known: Dict[int, bool] = {}
            for position in to_list(positions):
                if position in known:
                    entry = labels[i].entry(position).print()
                    message = not_unique("samples", function, keys, where.index(i))
                    raise_core_error(f"{message}: {entry} is selected several times")
                known[position] = True


def _slice_properties(
    tensor: TensorMap, selection: Union[List[int], LabelsValues, Labels], function: str
) -> TensorMap:
    labels, where = distinct_properties(tensor)
    columns: List[LabelsValues] = []
    for index in _positions(labels, "properties", selection, function):
        columns.append(sorted_positions(index))
    new = take_from_labels(labels, columns, True)
    arrays = foreach_gather(
        leaves(tensor), columns, repeat_each(where, leaves_per_block(tensor)), -1
    )
    samples: List[Labels] = []
    return rebuild(tensor, arrays, samples, spread_labels(new, where))


def _positions(
    labels: List[Labels],
    axis: str,
    selection: Union[List[int], LabelsValues, Labels],
    function: str,
) -> List[LabelsValues]:
    # for each labels, the positions of what is selected
    if torch_jit_is_scripting():
        if isinstance(selection, Labels):
            _check_names(labels, axis, selection, function)
            return select_in_labels(labels, selection)
        output: List[LabelsValues] = []
        for one in labels:
            if isinstance(selection, LabelsValues):  # type: ignore[misc]
                output.append(positions_to_index(len(one), selection, axis, function))
            else:
                positions = list_to_index(selection, one)
                output.append(positions_to_index(len(one), positions, axis, function))
        return output
    else:
        if isinstance_metatensor(selection, "Labels"):
            _check_names(labels, axis, selection, function)  # type: ignore[arg-type]
            return select_in_labels(labels, selection)  # type: ignore[arg-type]
        output = []
        for one in labels:
            index = selection
            if isinstance(selection, list):
                index = list_to_index(selection, one)
            output.append(positions_to_index(len(one), index, axis, function))
        return output


def _check_axis(axis: str, function: str) -> None:
    if axis != "samples" and axis != "properties":
        raise ValueError(
            f"invalid axis '{axis}' in `{function}`, it must be 'samples' or 'properties'"
        )


def _check_names(labels: List[Labels], axis: str, selection: Labels, function: str) -> None:
    if len(labels) == 0:
        return
    # these are the same for all blocks
    names = labels[0].names
    for name in selection.names:
        if name not in names:
            kind = "sample" if axis == "samples" else "property"
            raise ValueError(
                f"invalid {kind} name '{name}' in the selection of `{function}`, the {axis} have "
                f"names {names}"
            )


def _check_selection(selection: object, function: str) -> None:
    if isinstance(selection, list) or isinstance_metatensor(selection, "Labels"):
        return
    ndim = getattr(selection, "ndim", None)
    # scalars of numpy have a number of dimensions
    if ndim is None or not hasattr(selection, "__len__"):
        raise TypeError(
            f"`selection` must be metatensor Labels, a list of integers or an array in "
            f"`{function}`, not {type(selection)}"
        )
    if ndim != 1:
        raise ValueError(
            f"`selection` must be a 1-dimensional array of integers in `{function}`, not an "
            f"array with {ndim} dimensions"
        )
