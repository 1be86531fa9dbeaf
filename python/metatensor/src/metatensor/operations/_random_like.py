from typing import List, Optional, Union

from ._backend import TensorBlock, TensorMap, check_type, torch_jit_is_scripting
from ._like import block_like, map_like


def random_uniform_like(
    tensor: TensorMap,
    gradients: Optional[Union[List[str], str]] = None,
    requires_grad: bool = False,
) -> TensorMap:
    """Tensor of random numbers in [0, 1) with the metadata of another one.

    The numbers are drawn from the global generator of numpy or torch, block by block.

    :param tensor: tensor giving the metadata, and the dtype and device of the arrays
    :param gradients: parameters of the gradients to keep, filled in the same way; ``None``
        keeps all of them
    :param requires_grad: should automatic differentiation record operations on the values?
    :raises ValueError: if one of the ``gradients`` does not exist

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> bool(np.all(mts.random_uniform_like(tensor).block().values < 1))
    True
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "random_uniform_like")
    return map_like(tensor, gradients, requires_grad, "random")


def random_uniform_like_block(
    block: TensorBlock,
    gradients: Optional[Union[List[str], str]] = None,
    requires_grad: bool = False,
) -> TensorBlock:
    """Block of random numbers in [0, 1) with the metadata of another one.

    See :py:func:`random_uniform_like`.

    :param block: block giving the labels, and the dtype and device of the arrays
    :param gradients: parameters of the gradients to keep, ``None`` for all of them
    :param requires_grad: should automatic differentiation record operations on the values?
    :raises ValueError: if one of the ``gradients`` does not exist
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "random_uniform_like_block")
    return block_like(block, gradients, requires_grad, "random")
