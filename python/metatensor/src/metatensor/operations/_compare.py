"""Comparison of values and metadata, shared by ``equal`` and ``allclose``."""

from typing import List, Optional

from ._backend import Array, TensorBlock, TensorMap, allclose_arrays, equal_arrays, shape_of
from ._utils import axes_difference, gradients_difference, keys_difference, match_keys


def maps_difference(
    tensor_1: TensorMap, tensor_2: TensorMap, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    """First difference between two tensors, or an empty string.

    :param tolerances: relative and absolute tolerance; ``None`` for exact equality
    """
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
    message = _values_difference(block_1.values, block_2.values, tolerances, equal_nan)
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
        message = _values_difference(
            block_1.gradient(parameter).values,
            block_2.gradient(parameter).values,
            tolerances,
            equal_nan,
        )
        if message != "":
            return f"for the gradients with respect to '{parameter}': {message}"
    return ""


def _values_difference(
    a: Array, b: Array, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    if shape_of(a) != shape_of(b):
        return f"the values have different shapes: {shape_of(a)} and {shape_of(b)}"
    if tolerances is None:
        if not equal_arrays(a, b):
            return "the values are not equal"
    elif not allclose_arrays(a, b, tolerances[0], tolerances[1], equal_nan):
        return "the values are not close enough"
    return ""
