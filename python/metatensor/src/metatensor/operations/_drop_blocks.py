from ._backend import (
    Labels,
    LabelsValues,
    TensorMap,
    block_values,
    check_type,
    complement_index,
    drop_empty_in_map,
    filter_map,
    list_to_index,
    nonempty_positions,
    pick_blocks,
    raise_core_error,
    select_entries,
    select_positions,
    to_list,
    torch_jit_is_scripting,
)
from ._keep_info import with_info


def drop_blocks(
    tensor: TensorMap, keys: Labels, copy: bool = False, keep_info: bool = False
) -> TensorMap:
    """Tensor without the blocks whose key matches an entry of ``keys``.

    :param tensor: tensor to take the blocks from
    :param keys: which blocks to drop, by any of the dimensions of the keys. Entries which
        match no block are ignored
    :param copy: copy the data, instead of sharing it with ``tensor``?
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    _check_names(tensor.keys, keys, "drop_blocks")
    if not copy:
        whole = filter_map(tensor, keys, False)
        if whole is not None:
            return with_info(whole, tensor, keep_info)
    dropped = select_positions(tensor.keys, keys)
    kept = complement_index(dropped, len(tensor.keys), tensor.keys)
    return with_info(_keep(tensor, kept, copy), tensor, keep_info)


def drop_empty_blocks(tensor: TensorMap, copy: bool = False, keep_info: bool = False) -> TensorMap:
    """Tensor without the blocks which have no samples or no properties.

    :param tensor: tensor to take the blocks from
    :param copy: copy the data, instead of sharing it with ``tensor``?
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    if not copy:
        whole = drop_empty_in_map(tensor)
        if whole is not None:
            return with_info(whole, tensor, keep_info)
    kept = nonempty_positions(block_values(tensor))
    if len(kept) == len(tensor.keys):
        return with_info(pick_blocks(tensor, kept, tensor.keys, copy), tensor, keep_info)
    new = _keep(tensor, list_to_index(kept, tensor.keys), copy)
    return with_info(new, tensor, keep_info)


def filter_blocks(
    tensor: TensorMap, keys: Labels, copy: bool = False, keep_info: bool = False
) -> TensorMap:
    """Tensor with only the blocks whose key matches an entry of ``keys``.

    :param tensor: tensor to take the blocks from
    :param keys: which blocks to keep, by any of the dimensions of the keys. Entries which
        match no block are ignored
    :param copy: copy the data, instead of sharing it with ``tensor``?
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    _check_names(tensor.keys, keys, "filter_blocks")
    if not copy:
        whole = filter_map(tensor, keys, True)
        if whole is not None:
            return with_info(whole, tensor, keep_info)
    new = _keep(tensor, select_positions(tensor.keys, keys), copy)
    return with_info(new, tensor, keep_info)


def _check_names(keys: Labels, selection: Labels, function: str) -> None:
    names = keys.names
    for name in selection.names:
        if name not in names:
            raise_core_error(
                f"'{name}' is not one of the dimensions of the keys in `{function}`: {names}"
            )


def _keep(tensor: TensorMap, index: LabelsValues, copy: bool) -> TensorMap:
    positions = to_list(index)
    keys = tensor.keys
    if len(positions) != len(keys) or positions != list(range(len(keys))):
        keys = select_entries(keys, index, True)
    return pick_blocks(tensor, positions, keys, copy)


def _check_arguments(tensor: object, keys: object, copy: object, function: str) -> None:
    check_type(tensor, "tensor", "TensorMap", function)
    check_type(keys, "keys", "Labels", function)
    _check_copy(copy, function)


def _check_copy(copy: object, function: str) -> None:
    if not isinstance(copy, bool):
        raise TypeError(f"`copy` must be a bool in `{function}`, not {type(copy)}")
