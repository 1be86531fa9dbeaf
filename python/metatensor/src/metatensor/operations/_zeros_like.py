from typing import List, Optional, Union

from ._backend import TensorBlock, TensorMap, check_type, torch_jit_is_scripting
from ._like import block_like, map_like


def zeros_like(
    tensor: TensorMap,
    gradients: Optional[Union[List[str], str]] = None,
    requires_grad: bool = False,
) -> TensorMap:
    """Tensor of zeros with the metadata of another one.

    :param tensor: tensor giving the metadata, and the dtype and device of the arrays
    :param gradients: parameters of the gradients to keep, filled in the same way; ``None``
        keeps all of them
    :param requires_grad: should automatic differentiation record operations on the values?
    :raises ValueError: if one of the ``gradients`` does not exist

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.zeros_like(tensor).block().values.tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "zeros_like")
    return map_like(tensor, gradients, requires_grad, "zeros")


def zeros_like_block(
    block: TensorBlock,
    gradients: Optional[Union[List[str], str]] = None,
    requires_grad: bool = False,
) -> TensorBlock:
    """Block of zeros with the metadata of another one.

    See :py:func:`zeros_like`.

    :param block: block giving the labels, and the dtype and device of the arrays
    :param gradients: parameters of the gradients to keep, ``None`` for all of them
    :param requires_grad: should automatic differentiation record operations on the values?
    :raises ValueError: if one of the ``gradients`` does not exist
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "zeros_like_block")
    return block_like(block, gradients, requires_grad, "zeros")
