from typing import List, Union

from ._backend import TensorBlock, TensorMap, check_type, torch_jit_is_scripting
from ._compare import blocks_difference, maps_difference
from ._compare_options import Comparison, compare_blocks, compare_maps, ignored_axes
from ._utils import NotEqualError


def allclose(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    rtol: float = 1e-13,
    atol: float = 1e-12,
    equal_nan: bool = False,
    ignore_order: Union[bool, List[str]] = False,
) -> bool:
    """Tell if two tensors are equal up to small differences of the values.

    Labels must be equal (the keys in any order), and all values and gradients must fulfil
    ``|value_1 - value_2| <= atol + rtol * |value_2|``.

    :param tensor_1: first tensor
    :param tensor_2: second tensor
    :param rtol: relative tolerance
    :param atol: absolute tolerance
    :param equal_nan: is NaN equal to NaN?
    :param ignore_order: axes along which the order of the entries does not matter: a list with any
        of ``"samples"``, ``"components"`` and ``"properties"``, or ``True`` for all of them. With
        ``"names"`` in the list, the order of the dimensions does not matter either
    :raises ValueError: if there is something else in ``ignore_order``
    :raises TypeError: if the tensors are not TensorMaps, or hold different kinds of arrays

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.allclose(tensor, mts.add(tensor, 1e-14))
    True
    >>> mts.allclose(tensor, mts.add(tensor, 1e-4))
    False
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "allclose")
        check_type(tensor_2, "tensor_2", "TensorMap", "allclose")
    tolerances = [rtol, atol]
    function = "allclose"
    return _maps_difference(tensor_1, tensor_2, tolerances, equal_nan, ignore_order, function) == ""


def allclose_raise(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    rtol: float = 1e-13,
    atol: float = 1e-12,
    equal_nan: bool = False,
    ignore_order: Union[bool, List[str]] = False,
) -> None:
    """Raise if two tensors are not close to each other, see :py:func:`allclose`.

    :raises NotEqualError: telling the first difference, and the key of the block
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "allclose_raise")
        check_type(tensor_2, "tensor_2", "TensorMap", "allclose_raise")
    tolerances = [rtol, atol]
    function = "allclose_raise"
    message = _maps_difference(tensor_1, tensor_2, tolerances, equal_nan, ignore_order, function)
    if message != "":
        raise NotEqualError(f"the tensors are not close to each other in `{function}`: {message}")


def allclose_block(
    block_1: TensorBlock,
    block_2: TensorBlock,
    rtol: float = 1e-13,
    atol: float = 1e-12,
    equal_nan: bool = False,
    ignore_order: Union[bool, List[str]] = False,
) -> bool:
    """Tell if two blocks are equal up to small differences of the values.

    See :py:func:`allclose`.

    :param block_1: first block
    :param block_2: second block
    :param rtol: relative tolerance
    :param atol: absolute tolerance
    :param equal_nan: is NaN equal to NaN?
    :param ignore_order: axes along which the order of the entries does not matter
    """
    if not torch_jit_is_scripting():
        check_type(block_1, "block_1", "TensorBlock", "allclose_block")
        check_type(block_2, "block_2", "TensorBlock", "allclose_block")
    tolerances = [rtol, atol]
    function = "allclose_block"
    return _blocks_difference(block_1, block_2, tolerances, equal_nan, ignore_order, function) == ""


def allclose_block_raise(
    block_1: TensorBlock,
    block_2: TensorBlock,
    rtol: float = 1e-13,
    atol: float = 1e-12,
    equal_nan: bool = False,
    ignore_order: Union[bool, List[str]] = False,
) -> None:
    """Raise if two blocks are not close to each other, see :py:func:`allclose_block`.

    :raises NotEqualError: telling the first difference
    """
    if not torch_jit_is_scripting():
        check_type(block_1, "block_1", "TensorBlock", "allclose_block_raise")
        check_type(block_2, "block_2", "TensorBlock", "allclose_block_raise")
    tolerances = [rtol, atol]
    function = "allclose_block_raise"
    message = _blocks_difference(block_1, block_2, tolerances, equal_nan, ignore_order, function)
    if message != "":
        raise NotEqualError(f"the blocks are not close to each other in `{function}`: {message}")


def _maps_difference(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    tolerances: List[float],
    equal_nan: bool,
    ignore_order: Union[bool, List[str]],
    function: str,
) -> str:
    ignored = ignored_axes(ignore_order, function)
    details = function.endswith("_raise")
    if len(ignored) == 0:
        return maps_difference(tensor_1, tensor_2, tolerances, equal_nan, details)
    return compare_maps(tensor_1, tensor_2, _comparison(ignored, tolerances, equal_nan, details))


def _blocks_difference(
    block_1: TensorBlock,
    block_2: TensorBlock,
    tolerances: List[float],
    equal_nan: bool,
    ignore_order: Union[bool, List[str]],
    function: str,
) -> str:
    ignored = ignored_axes(ignore_order, function)
    details = function.endswith("_raise")
    if len(ignored) == 0:
        return blocks_difference(block_1, block_2, tolerances, equal_nan, details)
    return compare_blocks(block_1, block_2, _comparison(ignored, tolerances, equal_nan, details))


def _comparison(
    ignored: List[str], tolerances: List[float], equal_nan: bool, details: bool
) -> Comparison:
    return Comparison(
        ignored=ignored,
        axes=["samples", "components", "properties"],
        values=True,
        tolerances=tolerances,
        equal_nan=equal_nan,
        gradients=True,
        nested=False,
        dtype=False,
        details=details,
    )
