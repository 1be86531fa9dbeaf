from ._backend import TensorBlock, TensorMap, check_type, torch_jit_is_scripting
from ._compare import blocks_difference, maps_difference
from ._utils import NotEqualError


def equal(tensor_1: TensorMap, tensor_2: TensorMap) -> bool:
    """Tell if two tensors are equal.

    They are if they have the same keys, in any order, and if corresponding blocks have
    the same values (exactly; NaN is not equal to NaN), labels, and gradients.

    :param tensor_1: first tensor
    :param tensor_2: second tensor
    :raises TypeError: if one of them is not a TensorMap

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.equal(tensor, mts.multiply(tensor, 1))
    True
    >>> mts.equal(tensor, mts.multiply(tensor, 2))
    False
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "equal")
        check_type(tensor_2, "tensor_2", "TensorMap", "equal")
    return maps_difference(tensor_1, tensor_2, None, False) == ""


def equal_raise(tensor_1: TensorMap, tensor_2: TensorMap) -> None:
    """Raise if two tensors are not equal, see :py:func:`equal`.

    :raises NotEqualError: telling the first difference, and the key of the block
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "equal_raise")
        check_type(tensor_2, "tensor_2", "TensorMap", "equal_raise")
    message = maps_difference(tensor_1, tensor_2, None, False)
    if message != "":
        raise NotEqualError(f"the tensors are not equal: {message}")


def equal_block(block_1: TensorBlock, block_2: TensorBlock) -> bool:
    """Tell if the values, labels and gradients of two blocks are equal.

    :param block_1: first block
    :param block_2: second block
    :raises TypeError: if one of them is not a TensorBlock
    """
    if not torch_jit_is_scripting():
        check_type(block_1, "block_1", "TensorBlock", "equal_block")
        check_type(block_2, "block_2", "TensorBlock", "equal_block")
    return blocks_difference(block_1, block_2, None, False) == ""


def equal_block_raise(block_1: TensorBlock, block_2: TensorBlock) -> None:
    """Raise if two blocks are not equal, see :py:func:`equal_block`.

    :raises NotEqualError: telling the first difference
    """
    if not torch_jit_is_scripting():
        check_type(block_1, "block_1", "TensorBlock", "equal_block_raise")
        check_type(block_2, "block_2", "TensorBlock", "equal_block_raise")
    message = blocks_difference(block_1, block_2, None, False)
    if message != "":
        raise NotEqualError(f"the blocks are not equal: {message}")
