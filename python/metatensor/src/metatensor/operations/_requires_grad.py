from typing import List

from ._backend import (
    Array,
    TensorBlock,
    TensorMap,
    any_requires_grad,
    block_leaves,
    block_with_arrays,
    check_type,
    foreach_requires_grad,
    leaves,
    supports_grad,
    torch_jit_is_scripting,
    warn,
    with_arrays,
)


def requires_grad(tensor: TensorMap, requires_grad: bool = True) -> TensorMap:
    """Start (or stop) recording operations on the values and gradients of a tensor.

    :param tensor: tensor, which does not change
    :param requires_grad: should automatic differentiation record the operations?
    :return: new tensor sharing the data of ``tensor``, whose arrays are leaves of a new
        autograd graph. Has no effect on other arrays than torch tensors, and warns about it

    >>> import torch
    >>> import metatensor as mts
    >>> block = mts.block_from_array(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.requires_grad(tensor).block().values.requires_grad
    True
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "requires_grad")
    return with_arrays(tensor, _track(leaves(tensor), requires_grad))


def requires_grad_block(block: TensorBlock, requires_grad: bool = True) -> TensorBlock:
    """Start (or stop) recording operations on a block, see :py:func:`requires_grad`.

    :param block: block, which does not change
    :param requires_grad: should automatic differentiation record the operations?
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "requires_grad_block")
    return block_with_arrays(block, _track(block_leaves(block), requires_grad))


def _track(arrays: List[Array], requires_grad: bool) -> List[Array]:
    if len(arrays) == 0:
        return arrays
    if requires_grad and not supports_grad(arrays[0]):
        warn("`requires_grad=True` has no effect on arrays which are not torch tensors")
    if requires_grad and any_requires_grad(arrays):
        warn(
            "this tensor already requires grad: the result of `requires_grad` is detached from "
            "its graph"
        )
    return foreach_requires_grad(arrays, requires_grad)
