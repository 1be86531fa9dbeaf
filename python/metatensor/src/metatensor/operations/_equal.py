from typing import List, Union

from ._backend import TensorBlock, TensorMap, check_type, torch_jit_is_scripting
from ._compare import blocks_difference, maps_difference
from ._compare_options import (
    Comparison,
    compare_blocks,
    compare_maps,
    ignored_axes,
    info_difference,
)
from ._utils import NotEqualError


def equal(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    ignore_order: Union[bool, List[str]] = False,
    info: bool = False,
    nested: bool = False,
    dtype: bool = False,
) -> bool:
    """Tell if two tensors are equal.

    They are if they have the same keys, in any order, and if corresponding blocks have
    the same values (exactly; NaN is not equal to NaN), labels, and gradients.

    :param tensor_1: first tensor
    :param tensor_2: second tensor
    :param ignore_order: axes along which the order of the entries does not matter: a list with any
        of ``"samples"``, ``"components"`` and ``"properties"``, or ``True`` for all of them. With
        ``"names"`` in the list, the order of the dimensions does not matter either
    :param info: also compare the info of the tensors?
    :param nested: also compare the gradients of gradients?
    :param dtype: also compare the types of the values?
    :raises TypeError: if one of them is not a TensorMap
    :raises ValueError: if there is something else in ``ignore_order``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.equal(tensor, mts.multiply(tensor, 1))
    True
    >>> mts.equal(tensor, mts.multiply(tensor, 2))
    False
    >>> reversed = mts.sort(tensor, descending=True)
    >>> mts.equal(tensor, reversed), mts.equal(tensor, reversed, ignore_order=True)
    (False, True)
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "equal")
        check_type(tensor_2, "tensor_2", "TensorMap", "equal")
    return _maps_difference(tensor_1, tensor_2, ignore_order, info, nested, dtype, "equal") == ""


def equal_raise(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    ignore_order: Union[bool, List[str]] = False,
    info: bool = False,
    nested: bool = False,
    dtype: bool = False,
) -> None:
    """Raise if two tensors are not equal, see :py:func:`equal`.

    :raises NotEqualError: telling the first difference, and the key of the block
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "equal_raise")
        check_type(tensor_2, "tensor_2", "TensorMap", "equal_raise")
    function = "equal_raise"
    message = _maps_difference(tensor_1, tensor_2, ignore_order, info, nested, dtype, function)
    if message != "":
        raise NotEqualError(f"the tensors are not equal in `{function}`: {message}")


def equal_block(
    block_1: TensorBlock,
    block_2: TensorBlock,
    ignore_order: Union[bool, List[str]] = False,
    nested: bool = False,
    dtype: bool = False,
) -> bool:
    """Tell if the values, labels and gradients of two blocks are equal.

    :param block_1: first block
    :param block_2: second block
    :param ignore_order: axes along which the order of the entries does not matter, see
        :py:func:`equal`
    :param nested: also compare the gradients of gradients?
    :param dtype: also compare the types of the values?
    :raises TypeError: if one of them is not a TensorBlock
    :raises ValueError: if there is something else in ``ignore_order``
    """
    if not torch_jit_is_scripting():
        check_type(block_1, "block_1", "TensorBlock", "equal_block")
        check_type(block_2, "block_2", "TensorBlock", "equal_block")
    return _blocks_difference(block_1, block_2, ignore_order, nested, dtype, "equal_block") == ""


def equal_block_raise(
    block_1: TensorBlock,
    block_2: TensorBlock,
    ignore_order: Union[bool, List[str]] = False,
    nested: bool = False,
    dtype: bool = False,
) -> None:
    """Raise if two blocks are not equal, see :py:func:`equal_block`.

    :raises NotEqualError: telling the first difference
    """
    if not torch_jit_is_scripting():
        check_type(block_1, "block_1", "TensorBlock", "equal_block_raise")
        check_type(block_2, "block_2", "TensorBlock", "equal_block_raise")
    function = "equal_block_raise"
    message = _blocks_difference(block_1, block_2, ignore_order, nested, dtype, function)
    if message != "":
        raise NotEqualError(f"the blocks are not equal in `{function}`: {message}")


def _maps_difference(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    ignore_order: Union[bool, List[str]],
    info: bool,
    nested: bool,
    dtype: bool,
    function: str,
) -> str:
    ignored = ignored_axes(ignore_order, function)
    details = function.endswith("_raise")
    if len(ignored) == 0 and not nested and not dtype:
        message = maps_difference(tensor_1, tensor_2, None, False, details)
    else:
        message = compare_maps(tensor_1, tensor_2, _comparison(ignored, nested, dtype, details))
    if message == "" and info:
        message = info_difference(tensor_1, tensor_2)
    return message


def _blocks_difference(
    block_1: TensorBlock,
    block_2: TensorBlock,
    ignore_order: Union[bool, List[str]],
    nested: bool,
    dtype: bool,
    function: str,
) -> str:
    ignored = ignored_axes(ignore_order, function)
    details = function.endswith("_raise")
    if len(ignored) == 0 and not nested and not dtype:
        return blocks_difference(block_1, block_2, None, False, details)
    return compare_blocks(block_1, block_2, _comparison(ignored, nested, dtype, details))


def _comparison(ignored: List[str], nested: bool, dtype: bool, details: bool) -> Comparison:
    return Comparison(
        ignored=ignored,
        axes=["samples", "components", "properties"],
        values=True,
        tolerances=None,
        equal_nan=False,
        gradients=True,
        nested=nested,
        dtype=dtype,
        details=details,
    )
