from ._backend import (
    TensorBlock,
    TensorMap,
    block_leaves,
    block_with_arrays,
    check_type,
    foreach_detach,
    leaves,
    torch_jit_is_scripting,
    with_arrays,
)


def detach(tensor: TensorMap) -> TensorMap:
    """Take the values and gradients of a tensor out of the autograd graph.

    :param tensor: tensor to detach
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
    return with_arrays(tensor, foreach_detach(leaves(tensor)))


def detach_block(block: TensorBlock) -> TensorBlock:
    """Take the values and gradients of a block out of the autograd graph.

    :param block: block to detach
    :return: new block sharing the data of ``block``; with numpy, the arrays themselves
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "detach_block")
    return block_with_arrays(block, foreach_detach(block_leaves(block)))
