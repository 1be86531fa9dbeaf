"""Comparison of values and metadata, shared by ``equal`` and ``allclose``."""

from typing import List, Optional

from ._backend import (
    Array,
    TensorBlock,
    TensorMap,
    allclose_arrays,
    equal_arrays,
    first_difference,
    leaves,
    leaves_per_block,
    same_structure,
    shape_of,
)
from ._utils import axes_difference, gradients_difference, keys_difference, match_keys


def maps_difference(
    tensor_1: TensorMap, tensor_2: TensorMap, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    """First difference between two tensors, or an empty string.

    :param tolerances: relative and absolute tolerance; ``None`` for exact equality
    """
    if same_structure(tensor_1, tensor_2):
        return _leaves_difference(tensor_1, tensor_2, tolerances, equal_nan)
    message = keys_difference(tensor_1.keys, tensor_2.keys)
    if message != "":
        return message
    positions = match_keys(tensor_1, tensor_2, "compare")
    blocks_2 = tensor_2.blocks()
    for i, block_1 in enumerate(tensor_1.blocks()):
        message = blocks_difference(block_1, blocks_2[positions[i]], tolerances, equal_nan)
        if message != "":
            return f"{message}, for the block with key {tensor_1.keys.entry(i).print()}"
    return ""


def blocks_difference(
    block_1: TensorBlock, block_2: TensorBlock, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    """First difference between two blocks: values, then metadata, then gradients."""
    message = values_difference(block_1.values, block_2.values, tolerances, equal_nan)
    if message != "":
        return message
    axes = ["samples", "components", "properties"]
    message = axes_difference(block_1, block_2, axes)
    if message != "":
        return message
    message = gradients_difference(block_1, block_2, axes)
    if message != "":
        return message
    for parameter in block_1.gradients_list():
        message = values_difference(
            block_1.gradient(parameter).values,
            block_2.gradient(parameter).values,
            tolerances,
            equal_nan,
        )
        if message != "":
            return f"for the gradients with respect to '{parameter}': {message}"
    return ""


def _leaves_difference(
    tensor_1: TensorMap, tensor_2: TensorMap, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    # all metadata is the same: what is left to compare are the leaves, in their order
    arrays_1, arrays_2 = leaves(tensor_1), leaves(tensor_2)
    i = first_difference(arrays_1, arrays_2, tolerances, equal_nan)
    if i == -1:
        return ""
    message = values_difference(arrays_1[i], arrays_2[i], tolerances, equal_nan)
    per_block = leaves_per_block(tensor_1)
    position = i // per_block
    if i % per_block != 0:
        parameter = tensor_1.block_by_id(position).gradients_list()[i % per_block - 1]
        message = f"for the gradients with respect to '{parameter}': {message}"
    return f"{message}, for the block with key {tensor_1.keys.entry(position).print()}"


def values_difference(
    a: Array, b: Array, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    """Difference of two arrays, or an empty string."""
    if shape_of(a) != shape_of(b):
        return f"the values have different shapes: {shape_of(a)} and {shape_of(b)}"
    if tolerances is None:
        if not equal_arrays(a, b):
            return "the values are not equal"
    elif not allclose_arrays(a, b, tolerances[0], tolerances[1], equal_nan):
        return "the values are not close enough"
    return ""
