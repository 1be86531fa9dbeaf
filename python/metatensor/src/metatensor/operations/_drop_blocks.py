from typing import List

from ._backend import (
    Labels,
    TensorMap,
    check_type,
    list_to_index,
    pick_blocks,
    select_entries,
    select_positions,
    shape_of,
    to_list,
    torch_jit_is_scripting,
)


def drop_blocks(tensor: TensorMap, keys: Labels, copy: bool = False) -> TensorMap:
    """Tensor without the blocks whose key matches an entry of ``keys``.

    :param tensor: tensor to take the blocks from
    :param keys: which blocks to drop, by any of the dimensions of the keys. Entries which
        match no block are ignored
    :param copy: copy the data, instead of sharing it with ``tensor``?
    :return: tensor with the remaining blocks, in the same order
    :raises TypeError: if the arguments do not have the right types

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.range("type", 3), [block, block.copy(), block.copy()])
    >>> without = mts.drop_blocks(tensor, mts.Labels(["type"], np.array([[1]])))
    >>> without.keys.values.tolist()
    [[0], [2]]
    """
    if not torch_jit_is_scripting():
        _check_arguments(tensor, keys, copy, "drop_blocks")
    dropped = to_list(select_positions(tensor.keys, keys))
    is_kept = [True] * len(tensor.keys)
    for position in dropped:
        is_kept[position] = False
    return _keep(tensor, is_kept, copy)


def drop_empty_blocks(tensor: TensorMap, copy: bool = False) -> TensorMap:
    """Tensor without the blocks which have no samples or no properties.

    :param tensor: tensor to take the blocks from
    :param copy: copy the data, instead of sharing it with ``tensor``?
    :return: tensor with the remaining blocks, in the same order
    :raises TypeError: if the arguments do not have the right types

    >>> import numpy as np
    >>> import metatensor as mts
    >>> blocks = [mts.block_from_array(np.ones((n, 2))) for n in (3, 0)]
    >>> tensor = mts.TensorMap(mts.Labels.range("type", 2), blocks)
    >>> mts.drop_empty_blocks(tensor).keys.values.tolist()
    [[0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "drop_empty_blocks")
        _check_copy(copy, "drop_empty_blocks")
    is_kept: List[bool] = []
    for block in tensor.blocks():
        is_kept.append(0 not in shape_of(block.values))
    return _keep(tensor, is_kept, copy)


def filter_blocks(tensor: TensorMap, keys: Labels, copy: bool = False) -> TensorMap:
    """Tensor with only the blocks whose key matches an entry of ``keys``.

    :param tensor: tensor to take the blocks from
    :param keys: which blocks to keep, by any of the dimensions of the keys. Entries which
        match no block are ignored
    :param copy: copy the data, instead of sharing it with ``tensor``?
    :return: tensor with the matching blocks. They are in the order of ``keys`` if these
        have the same names as the keys of ``tensor``, else in the order of ``tensor``
    :raises TypeError: if the arguments do not have the right types

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.range("type", 3), [block, block.copy(), block.copy()])
    >>> with_one = mts.filter_blocks(tensor, mts.Labels(["type"], np.array([[1]])))
    >>> with_one.keys.values.tolist()
    [[1]]
    """
    if not torch_jit_is_scripting():
        _check_arguments(tensor, keys, copy, "filter_blocks")
    index = select_positions(tensor.keys, keys)
    return pick_blocks(tensor, to_list(index), select_entries(tensor.keys, index, True), copy)


def _keep(tensor: TensorMap, is_kept: List[bool], copy: bool) -> TensorMap:
    positions: List[int] = []
    for i, kept in enumerate(is_kept):
        if kept:
            positions.append(i)
    index = list_to_index(positions, tensor.keys)
    return pick_blocks(tensor, positions, select_entries(tensor.keys, index, True), copy)


def _check_arguments(tensor: object, keys: object, copy: object, function: str) -> None:
    check_type(tensor, "tensor", "TensorMap", function)
    check_type(keys, "keys", "Labels", function)
    _check_copy(copy, function)


def _check_copy(copy: object, function: str) -> None:
    if not isinstance(copy, bool):
        raise TypeError(f"`copy` must be a bool in `{function}`, not {type(copy)}")
