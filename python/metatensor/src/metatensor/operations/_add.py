from typing import Union

from ._align import aligned, check_missing
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
    has_nested_gradients,
    interleave,
    isinstance_metatensor,
    leaves,
    leaves_per_block,
    parents_of,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)
from ._nested import flattened, restored
from ._utils import matching_block_leaves, matching_leaves


def add(A: TensorMap, B: Union[float, int, TensorMap], missing: str = "error") -> TensorMap:
    """Add a number or another :py:class:`TensorMap` to a tensor.

    If ``B`` is a number it is added to all values, and gradients do not change. If it is a
    tensor it must have the same metadata as ``A`` (the order of the keys does not
    matter), and values and gradients are added.

    With ``missing="zero"``, what only one of the two tensors has is added to 0: the result has
    the keys, samples, properties and gradients of both, those of ``A`` first. With
    ``missing="drop"`` it has the keys, samples and properties which are in both, in the order of
    ``A``. In both cases, rows of the gradients which are not there are 0, and components must
    be the same.

    :param A: first tensor
    :param B: a number, or the second tensor
    :param missing: what to do if ``A`` and ``B`` do not have the same keys, samples, properties or
        gradients: ``"error"``, ``"zero"`` or ``"drop"``
    :return: new tensor with the metadata of ``A``, unless ``missing`` says something else
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``missing`` is something else
    :raises NotEqualError: if ``A`` and ``B`` do not have the same metadata

    >>> import numpy as np
    >>> import metatensor as mts
    >>> tensor = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [tensor])
    >>> mts.add(tensor, 1).block().values.tolist()
    [[2.0, 3.0], [4.0, 5.0]]
    >>> mts.add(tensor, tensor).block().values.tolist()
    [[2.0, 4.0], [6.0, 8.0]]
    >>> other = mts.slice(tensor, "samples", [1])
    >>> mts.add(tensor, other, missing="zero").block().values.tolist()
    [[1.0, 2.0], [6.0, 8.0]]
    >>> mts.add(tensor, other, missing="drop").block().values.tolist()
    [[6.0, 8.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "add")
    check_missing(missing, ["error", "zero", "drop"], "add")
    if isinstance(B, (float, int)):
        return _add_constant(A, float(B))
    else:
        if torch_jit_is_scripting():
            assert isinstance(B, TensorMap)
        elif not isinstance_metatensor(B, "TensorMap"):
            raise TypeError(
                f"`B` must be a metatensor TensorMap or a number in `add`, not {type(B)}"
            )
        if missing != "error":
            if has_nested_gradients(A) or has_nested_gradients(B):
                nested_1, nested_2 = aligned(flattened(A), flattened(B), missing == "zero", "add")
                return restored(_add_maps(nested_1, nested_2))
            first, second = aligned(A, B, missing == "zero", "add")
            return _add_maps(first, second)
        if has_nested_gradients(A) or has_nested_gradients(B):
            return restored(_add_maps(flattened(A), flattened(B)))
        return _add_maps(A, B)


def _add_maps(A: TensorMap, B: TensorMap) -> TensorMap:
    return with_arrays(A, foreach_add(leaves(A), matching_leaves(A, B, "add")))


def _add_constant(A: TensorMap, constant: float) -> TensorMap:
    if has_nested_gradients(A):
        return restored(_add_constant_to_values(flattened(A), constant))
    return _add_constant_to_values(A, constant)


def _add_constant_to_values(A: TensorMap, constant: float) -> TensorMap:
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
