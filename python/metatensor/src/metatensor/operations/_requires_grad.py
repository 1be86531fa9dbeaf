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
    has_nested_gradients,
    leaves,
    supports_grad,
    torch_jit_is_scripting,
    warn,
    with_arrays,
)
from ._keep_info import with_info
from ._nested import blocks_with_nested_leaves, has_nested, nested_leaves, with_nested_leaves


def requires_grad(
    tensor: TensorMap, requires_grad: bool = True, keep_info: bool = False
) -> TensorMap:
    """Start (or stop) recording operations on the values and gradients of a tensor.

    :param tensor: tensor, which does not change
    :param requires_grad: should automatic differentiation record the operations?
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    if has_nested_gradients(tensor):
        arrays = _track(nested_leaves(tensor.blocks()), requires_grad)
        new = with_nested_leaves(tensor, arrays)
    else:
        new = with_arrays(tensor, _track(leaves(tensor), requires_grad))
    return with_info(new, tensor, keep_info)


def requires_grad_block(block: TensorBlock, requires_grad: bool = True) -> TensorBlock:
    """Start (or stop) recording operations on a block, see :py:func:`requires_grad`.

    :param block: block, which does not change
    :param requires_grad: should automatic differentiation record the operations?
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "requires_grad_block")
    if has_nested(block):
        arrays = _track(nested_leaves([block]), requires_grad)
        return blocks_with_nested_leaves([block], arrays)[0]
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
