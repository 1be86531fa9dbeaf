from ._backend import (
    TensorBlock,
    TensorMap,
    block_leaves,
    block_with_arrays,
    check_type,
    foreach_contiguous,
    leaves,
    torch_jit_is_scripting,
    with_arrays,
)


def make_contiguous(tensor: TensorMap) -> TensorMap:
    """Tensor with the same content, stored as C-contiguous (row-major) arrays.

    :param tensor: tensor, whose arrays are shared if they are already contiguous

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]).T)
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.is_contiguous(mts.make_contiguous(tensor))
    True
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "make_contiguous")
    return with_arrays(tensor, foreach_contiguous(leaves(tensor)))


def make_contiguous_block(block: TensorBlock) -> TensorBlock:
    """Block with the same content, stored as C-contiguous (row-major) arrays.

    :param block: block, whose arrays are shared if they are already contiguous
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "make_contiguous_block")
    return block_with_arrays(block, foreach_contiguous(block_leaves(block)))
