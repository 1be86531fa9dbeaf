from ._backend import (
    TensorBlock,
    TensorMap,
    block_leaves,
    block_with_arrays,
    check_type,
    foreach_contiguous,
    has_nested_gradients,
    leaves,
    torch_jit_is_scripting,
    with_arrays,
)
from ._keep_info import with_info
from ._nested import blocks_with_nested_leaves, has_nested, nested_leaves, with_nested_leaves


def make_contiguous(tensor: TensorMap, keep_info: bool = False) -> TensorMap:
    """Tensor with the same content, stored as C-contiguous (row-major) arrays.

    :param tensor: tensor, whose arrays are shared if they are already contiguous
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]).T)
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.is_contiguous(mts.make_contiguous(tensor))
    True
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "make_contiguous")
    if has_nested_gradients(tensor):
        new = with_nested_leaves(tensor, foreach_contiguous(nested_leaves(tensor.blocks())))
    else:
        new = with_arrays(tensor, foreach_contiguous(leaves(tensor)))
    return with_info(new, tensor, keep_info)


def make_contiguous_block(block: TensorBlock) -> TensorBlock:
    """Block with the same content, stored as C-contiguous (row-major) arrays.

    :param block: block, whose arrays are shared if they are already contiguous
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "make_contiguous_block")
    if has_nested(block):
        return blocks_with_nested_leaves([block], foreach_contiguous(nested_leaves([block])))[0]
    return block_with_arrays(block, foreach_contiguous(block_leaves(block)))
