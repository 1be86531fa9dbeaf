from typing import Union

from ._backend import (
    TensorBlock,
    TensorMap,
    block_leaves,
    block_with_arrays,
    check_type,
    foreach_add,
    foreach_add_scalar,
    foreach_cast,
    gradients_of,
    interleave,
    isinstance_metatensor,
    leaves,
    leaves_per_block,
    parents_of,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)
from ._utils import matching_block_leaves, matching_leaves


def add(A: TensorMap, B: Union[float, int, TensorMap]) -> TensorMap:
    """Add a number or another :py:class:`TensorMap` to a tensor.

    If ``B`` is a number it is added to all values, and gradients do not change. If it is a
    tensor it must have the same metadata as ``A`` (the order of the keys does not
    matter), and values and gradients are added.

    :param A: first tensor
    :param B: a number, or the second tensor
    :return: new tensor with the metadata of ``A``
    :raises TypeError: if the arguments do not have the right types
    :raises NotEqualError: if ``A`` and ``B`` do not have the same metadata

    >>> import numpy as np
    >>> import metatensor as mts
    >>> tensor = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [tensor])
    >>> mts.add(tensor, 1).block().values.tolist()
    [[2.0, 3.0], [4.0, 5.0]]
    >>> mts.add(tensor, tensor).block().values.tolist()
    [[2.0, 4.0], [6.0, 8.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "add")
    if isinstance(B, (float, int)):
        return _add_constant(A, float(B))
    else:
        if torch_jit_is_scripting():
            assert isinstance(B, TensorMap)
        elif not isinstance_metatensor(B, "TensorMap"):
            raise TypeError(
                f"`B` must be a metatensor TensorMap or a number in `add`, not {type(B)}"
            )
        other = matching_leaves(A, B, "add")
        return with_arrays(A, foreach_add(leaves(A), other))


def _add_constant(A: TensorMap, constant: float) -> TensorMap:
    arrays = leaves(A)
    per_block = leaves_per_block(A)
    values = foreach_add_scalar(values_of(arrays, per_block), constant)
    # integer values just became floating point, and the gradients follow
    gradients = foreach_cast(gradients_of(arrays, per_block), parents_of(values, per_block))
    return with_arrays(A, interleave(values, gradients, per_block))


def _add_block_constant(block: TensorBlock, constant: float) -> TensorBlock:
    """Add a number to the values of a block; gradients are shared."""
    arrays = block_leaves(block)
    values = foreach_add_scalar(arrays[:1], constant)
    gradients = foreach_cast(arrays[1:], parents_of(values, len(arrays)))
    return block_with_arrays(block, values + gradients)


def _add_block_block(block_1: TensorBlock, block_2: TensorBlock) -> TensorBlock:
    """Add two blocks, with the metadata of the first one.

    Only the shapes have to fit: metadata is not compared.
    """
    return block_with_arrays(
        block_1, foreach_add(block_leaves(block_1), matching_block_leaves(block_1, block_2))
    )
