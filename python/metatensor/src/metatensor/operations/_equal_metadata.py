from typing import List, Union

from ._backend import (
    TensorBlock,
    TensorMap,
    isinstance_metatensor,
    same_structure,
    torch_jit_is_scripting,
)
from ._compare_options import Comparison, compare_blocks, compare_maps, ignored_axes
from ._differences import axes_difference, gradients_difference, keys_difference
from ._messages import of_block
from ._utils import NotEqualError, match_keys


def equal_metadata(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    check: Union[List[str], str] = "all",
    check_gradients: bool = True,
    ignore_order: Union[bool, List[str]] = False,
) -> bool:
    """Tell if two tensors have the same metadata.

    The keys must be the same, in any order, and the labels of corresponding blocks the
    same in content and order. Values are never looked at.

    :param tensor_1: first tensor
    :param tensor_2: second tensor
    :param check: axes to compare, a list with any of ``"samples"``, ``"components"`` and
        ``"properties"``; or ``"all"`` of them
    :param check_gradients: also compare the gradients?
    :param ignore_order: axes along which the order of the entries does not matter: a list with any
        of ``"samples"``, ``"components"`` and ``"properties"``, or ``True`` for all of them. With
        ``"names"`` in the list, the order of the dimensions does not matter either
    :raises ValueError: if ``check`` or ``ignore_order`` contain something else

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.equal_metadata(tensor, mts.multiply(tensor, 3))
    True
    """
    function = "equal_metadata"
    return (
        _maps_difference(tensor_1, tensor_2, check, check_gradients, ignore_order, function) == ""
    )


def equal_metadata_raise(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    check: Union[List[str], str] = "all",
    check_gradients: bool = True,
    ignore_order: Union[bool, List[str]] = False,
) -> None:
    """Raise if two tensors do not have the same metadata, see :py:func:`equal_metadata`.

    :raises NotEqualError: telling the first difference
    :raises ValueError: if ``check`` contains something else than axes
    """
    message = _maps_difference(
        tensor_1, tensor_2, check, check_gradients, ignore_order, "equal_metadata_raise"
    )
    if message != "":
        raise NotEqualError(
            f"the tensors have different metadata in `equal_metadata_raise`: {message}"
        )


def equal_metadata_block(
    block_1: TensorBlock,
    block_2: TensorBlock,
    check: Union[List[str], str] = "all",
    check_gradients: bool = True,
    ignore_order: Union[bool, List[str]] = False,
) -> bool:
    """Tell if two blocks have the same metadata, see :py:func:`equal_metadata`.

    :param block_1: first block
    :param block_2: second block
    :param check: axes to compare, or ``"all"``
    :param check_gradients: also compare the gradients?
    :param ignore_order: axes along which the order of the entries does not matter
    :raises ValueError: if ``check`` or ``ignore_order`` contain something else than axes
    """
    function = "equal_metadata_block"
    return (
        _blocks_difference(block_1, block_2, check, check_gradients, ignore_order, function) == ""
    )


def equal_metadata_block_raise(
    block_1: TensorBlock,
    block_2: TensorBlock,
    check: Union[List[str], str] = "all",
    check_gradients: bool = True,
    ignore_order: Union[bool, List[str]] = False,
) -> None:
    """Raise if two blocks do not have the same metadata, see :py:func:`equal_metadata`.

    :raises NotEqualError: telling the first difference
    :raises ValueError: if ``check`` contains something else than axes
    """
    message = _blocks_difference(
        block_1, block_2, check, check_gradients, ignore_order, "equal_metadata_block_raise"
    )
    if message != "":
        raise NotEqualError(
            f"the blocks have different metadata in `equal_metadata_block_raise`: {message}"
        )


def _axes_to_check(check: Union[List[str], str], function: str) -> List[str]:
    allowed = ["samples", "components", "properties"]
    axes: List[str] = []
    if isinstance(check, str):
        if check != "all":
            raise ValueError(
                f"invalid value '{check}' for `check` in `{function}`, it must be 'all' or a list "
                f"with any of {allowed}"
            )
        axes = allowed
    else:
        axes = list(check)
    for axis in axes:
        if axis not in allowed:
            raise ValueError(
                f"invalid axis '{axis}' in `check` of `{function}`, it must be one of {allowed}"
            )
    return axes


def _maps_difference(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    check: Union[List[str], str],
    check_gradients: bool,
    ignore_order: Union[bool, List[str]],
    function: str,
) -> str:
    axes = _axes_to_check(check, function)
    if not torch_jit_is_scripting():
        message = _classes_difference(tensor_1, tensor_2, "tensor", "TensorMap")
        if message != "":
            return message
    ignored = ignored_axes(ignore_order, function)
    if same_structure(tensor_1, tensor_2):
        return ""
    if len(ignored) != 0:
        return compare_maps(tensor_1, tensor_2, _comparison(ignored, axes, check_gradients))
    message = keys_difference(tensor_1.keys, tensor_2.keys)
    if message != "":
        return message
    positions = match_keys(tensor_1, tensor_2, "equal_metadata")
    blocks_2 = tensor_2.blocks()
    for i, block_1 in enumerate(tensor_1.blocks()):
        block_2 = blocks_2[positions[i]]
        message = _labels_difference(block_1, block_2, axes, check_gradients)
        if message != "":
            return message + of_block(tensor_1.keys, i)
    return ""


def _blocks_difference(
    block_1: TensorBlock,
    block_2: TensorBlock,
    check: Union[List[str], str],
    check_gradients: bool,
    ignore_order: Union[bool, List[str]],
    function: str,
) -> str:
    axes = _axes_to_check(check, function)
    if not torch_jit_is_scripting():
        message = _classes_difference(block_1, block_2, "block", "TensorBlock")
        if message != "":
            return message
    ignored = ignored_axes(ignore_order, function)
    if len(ignored) != 0:
        return compare_blocks(block_1, block_2, _comparison(ignored, axes, check_gradients))
    return _labels_difference(block_1, block_2, axes, check_gradients)


def _comparison(ignored: List[str], axes: List[str], gradients: bool) -> Comparison:
    return Comparison(
        ignored=ignored,
        axes=axes,
        values=False,
        tolerances=None,
        equal_nan=False,
        gradients=gradients,
        nested=False,
        dtype=False,
        details=False,
    )


def _labels_difference(
    block_1: TensorBlock, block_2: TensorBlock, axes: List[str], check_gradients: bool
) -> str:
    message = axes_difference(block_1, block_2, axes)
    if message == "" and check_gradients:
        message = gradients_difference(block_1, block_2, axes)
    return message


def _classes_difference(first: object, second: object, argument: str, typename: str) -> str:
    # something else than tensors has other metadata than a tensor
    for i, value in enumerate((first, second)):
        if not isinstance_metatensor(value, typename):
            return f"`{argument}_{i + 1}` must be a metatensor {typename}, not {type(value)}"
    return ""
