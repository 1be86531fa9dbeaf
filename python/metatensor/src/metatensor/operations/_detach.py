from ._backend import (
    TensorBlock,
    TensorMap,
    block_leaves,
    block_with_arrays,
    check_type,
    foreach_detach,
    has_nested_gradients,
    leaves,
    torch_jit_is_scripting,
    with_arrays,
)
from ._keep_info import with_info
from ._nested import blocks_with_nested_leaves, has_nested, nested_leaves, with_nested_leaves


def detach(tensor: TensorMap, keep_info: bool = False) -> TensorMap:
    """Take the values and gradients of a tensor out of the autograd graph.

    :param tensor: tensor to detach
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
    :return: new tensor sharing the data of ``tensor``; with numpy, the arrays themselves

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.detach(tensor) == tensor
    True
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "detach")
    if has_nested_gradients(tensor):
        new = with_nested_leaves(tensor, foreach_detach(nested_leaves(tensor.blocks())))
    else:
        new = with_arrays(tensor, foreach_detach(leaves(tensor)))
    return with_info(new, tensor, keep_info)


def detach_block(block: TensorBlock) -> TensorBlock:
    """Take the values and gradients of a block out of the autograd graph.

    :param block: block to detach
    :return: new block sharing the data of ``block``; with numpy, the arrays themselves
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "detach_block")
    if has_nested(block):
        return blocks_with_nested_leaves([block], foreach_detach(nested_leaves([block])))[0]
    return block_with_arrays(block, foreach_detach(block_leaves(block)))
