from typing import List, Optional, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_to_map,
    check_type,
    map_to_block,
    select_in_map,
    torch_jit_is_scripting,
)
from ._keep_info import with_info
from ._slice import _check_axis, _check_selection, _slice_map, selected_labels


def split(
    tensor: TensorMap,
    axis: str,
    selections: List[Union[List[int], LabelsValues, Labels]],
    keep_info: bool = False,
) -> List[TensorMap]:
    """Select several groups of samples or of properties of all blocks.

    This is the same as one :py:func:`slice` for each of the selections.

    :param tensor: tensor to split
    :param axis: ``"samples"`` or ``"properties"``
    :param selections: entries to keep in each of the results, as Labels or as positions
        (lists or 1-dimensional arrays of integers). They may overlap
    :param keep_info: give the results the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``axis`` or one of the selections is not valid

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> first, second = mts.split(tensor, "samples", [[0], [1]])
    >>> second.block().values.tolist()
    [[3.0, 4.0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "split")
        _check_arguments(axis, selections, "split")
    _check_axis(axis, "split")
    output: List[TensorMap] = []
    whole = _split_whole(tensor, axis, selections)
    if whole is not None:
        output = whole
    else:
        for selection in selections:
            output.append(_slice_map(tensor, axis, selection, "split"))
    for one in output:
        with_info(one, tensor, keep_info)
    return output


def split_block(
    block: TensorBlock,
    axis: str,
    selections: List[Union[List[int], LabelsValues, Labels]],
) -> List[TensorBlock]:
    """Select several groups of samples or of properties of a block, see :py:func:`split`.

    :param block: block to split
    :param axis: ``"samples"`` or ``"properties"``
    :param selections: entries to keep in each of the results
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``axis`` or one of the selections is not valid
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "split_block")
        _check_arguments(axis, selections, "split_block")
    _check_axis(axis, "split_block")
    tensor = block_to_map(block)
    output: List[TensorBlock] = []
    whole = _split_whole(tensor, axis, selections)
    if whole is not None:
        for one in whole:
            output.append(map_to_block(one))
        return output
    for selection in selections:
        output.append(map_to_block(_slice_map(tensor, axis, selection, "split_block")))
    return output


def _split_whole(
    tensor: TensorMap, axis: str, selections: List[Union[List[int], LabelsValues, Labels]]
) -> Optional[List[TensorMap]]:
    # everything in one call, where this is possible
    labels: List[Labels] = []
    for selection in selections:
        labels.extend(selected_labels(selection))
    if len(labels) != len(selections):
        return None
    return select_in_map(tensor, axis, labels)


def _check_arguments(axis: object, selections: object, function: str) -> None:
    if not isinstance(axis, str):
        raise TypeError(f"`axis` must be a string in `{function}`, not {type(axis)}")
    if not isinstance(selections, list):
        raise TypeError(f"`selections` must be a list in `{function}`, not {type(selections)}")
    for selection in selections:
        _check_selection(selection, function)
