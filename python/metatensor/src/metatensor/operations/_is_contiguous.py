from ._backend import (
    TensorBlock,
    TensorMap,
    all_contiguous,
    check_type,
    has_nested_gradients,
    leaves,
    torch_jit_is_scripting,
)
from ._nested import nested_leaves


def is_contiguous(tensor: TensorMap) -> bool:
    """Tell if all values and gradients are stored as C-contiguous (row-major) arrays.

    :param tensor: tensor to check

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]).T)
    >>> mts.is_contiguous(mts.TensorMap(mts.Labels.single(), [block]))
    False
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "is_contiguous")
    if has_nested_gradients(tensor):
        return all_contiguous(nested_leaves(tensor.blocks()))
    return all_contiguous(leaves(tensor))


def is_contiguous_block(block: TensorBlock) -> bool:
    """Tell if the values and gradients are stored as C-contiguous (row-major) arrays.

    :param block: block to check
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "is_contiguous_block")
    return all_contiguous(nested_leaves([block]))
