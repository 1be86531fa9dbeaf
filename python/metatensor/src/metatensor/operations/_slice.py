from typing import List, Union

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_leaves,
    check_type,
    follow_samples,
    gather,
    isinstance_metatensor,
    list_to_index,
    positions_to_index,
    rebuild_block,
    select_entries,
    select_positions,
    sorted_positions,
    torch_jit_is_scripting,
)


def slice(tensor: TensorMap, axis: str, selection: Labels) -> TensorMap:
    """Select some of the samples or of the properties of all blocks.

    Samples are taken in the order of ``selection`` if it has the same names as the
    samples, else in the order of the block; gradients follow the samples they belong to.
    Properties always keep their order.

    :param tensor: tensor to slice
    :param axis: ``"samples"`` or ``"properties"``
    :param selection: entries to keep, using any of the dimensions of the axis. Entries
        which do not exist are ignored
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
    return _slice_map(tensor, axis, selection)


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
    return _slice_block(block, axis, selection)


def _slice_map(
    tensor: TensorMap, axis: str, selection: Union[List[int], LabelsValues, Labels]
) -> TensorMap:
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(_slice_block(block, axis, selection))
    return TensorMap(tensor.keys, blocks)


def _slice_block(
    block: TensorBlock, axis: str, selection: Union[List[int], LabelsValues, Labels]
) -> TensorBlock:
    arrays = block_leaves(block)
    new_arrays: List[Array] = []
    samples: List[Labels] = []
    if axis == "properties":
        index = sorted_positions(_positions(block.properties, axis, selection))
        for array in arrays:
            new_arrays.append(gather(array, index, -1))
        properties = select_entries(block.properties, index, True)
        return rebuild_block(block, new_arrays, samples, properties)

    index = _positions(block.samples, axis, selection)
    new_arrays.append(gather(arrays[0], index, 0))
    # positions can be given twice, and would give the same entry twice
    unique = isinstance_metatensor(selection, "Labels")
    samples.append(select_entries(block.samples, index, unique))
    for i, parameter in enumerate(block.gradients_list()):
        gradient = block.gradient(parameter)
        new_samples, rows = follow_samples(gradient.samples, index, len(block.samples))
        new_arrays.append(gather(arrays[i + 1], rows, 0))
        samples.append(new_samples)
    return rebuild_block(block, new_arrays, samples, block.properties)


def _positions(
    labels: Labels, axis: str, selection: Union[List[int], LabelsValues, Labels]
) -> LabelsValues:
    if torch_jit_is_scripting():
        if isinstance(selection, Labels):
            _check_names(labels.names, axis, selection)
            return select_positions(labels, selection)
        elif isinstance(selection, LabelsValues):  # type: ignore[misc]
            return positions_to_index(len(labels), selection)
        else:
            return positions_to_index(len(labels), list_to_index(selection, labels))
    else:
        if isinstance_metatensor(selection, "Labels"):
            _check_names(labels.names, axis, selection)  # type: ignore[arg-type]
            return select_positions(labels, selection)  # type: ignore[arg-type]
        if isinstance(selection, list):
            selection = list_to_index(selection, labels)
        return positions_to_index(len(labels), selection)


def _check_axis(axis: str, function: str) -> None:
    if axis != "samples" and axis != "properties":
        raise ValueError(
            f"invalid axis '{axis}' in `{function}`, it must be 'samples' or 'properties'"
        )


def _check_names(names: List[str], axis: str, selection: Labels) -> None:
    for name in selection.names:
        if name not in names:
            kind = "sample" if axis == "samples" else "property"
            raise ValueError(
                f"invalid {kind} name '{name}' in the selection, the {axis} have names {names}"
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
