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
from ._differences import (
    axes_difference,
    first_values,
    gradients_difference,
    keys_difference,
)
from ._messages import of_block
from ._utils import match_keys


def maps_difference(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    tolerances: Optional[List[float]],
    equal_nan: bool,
    details: bool,
) -> str:
    """First difference between two tensors, or an empty string.

    :param tolerances: relative and absolute tolerance; ``None`` for exact equality
    :param details: look for the first values which are different
    """
    if same_structure(tensor_1, tensor_2):
        return _leaves_difference(tensor_1, tensor_2, tolerances, equal_nan, details)
    message = keys_difference(tensor_1.keys, tensor_2.keys)
    if message != "":
        return message
    positions = match_keys(tensor_1, tensor_2, "compare")
    blocks_2 = tensor_2.blocks()
    for i, block_1 in enumerate(tensor_1.blocks()):
        message = blocks_difference(block_1, blocks_2[positions[i]], tolerances, equal_nan, details)
        if message != "":
            return message + of_block(tensor_1.keys, i)
    return ""


def blocks_difference(
    block_1: TensorBlock,
    block_2: TensorBlock,
    tolerances: Optional[List[float]],
    equal_nan: bool,
    details: bool,
) -> str:
    """First difference between two blocks: values, then metadata, then gradients."""
    message = values_difference(block_1, block_2.values, tolerances, equal_nan, details)
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
            block_1.gradient(parameter),
            block_2.gradient(parameter).values,
            tolerances,
            equal_nan,
            details,
        )
        if message != "":
            return f"for the gradients with respect to '{parameter}': {message}"
    return ""


def _leaves_difference(
    tensor_1: TensorMap,
    tensor_2: TensorMap,
    tolerances: Optional[List[float]],
    equal_nan: bool,
    details: bool,
) -> str:
    # all metadata is the same: what is left to compare are the leaves, in their order
    arrays_1, arrays_2 = leaves(tensor_1), leaves(tensor_2)
    i = first_difference(arrays_1, arrays_2, tolerances, equal_nan)
    if i == -1:
        return ""
    per_block = leaves_per_block(tensor_1)
    position = i // per_block
    block = tensor_1.block_by_id(position)
    where = ""
    if i % per_block != 0:
        parameter = block.gradients_list()[i % per_block - 1]
        block = block.gradient(parameter)
        where = f"for the gradients with respect to '{parameter}': "
    message = values_difference(block, arrays_2[i], tolerances, equal_nan, details)
    return where + message + of_block(tensor_1.keys, position)


def values_difference(
    block: TensorBlock,
    other: Array,
    tolerances: Optional[List[float]],
    equal_nan: bool,
    details: bool,
) -> str:
    """Difference of the values of a block and of an array, or an empty string."""
    values = block.values
    if shape_of(values) != shape_of(other):
        return f"the values have different shapes: {shape_of(values)} and {shape_of(other)}"
    message = ""
    if tolerances is None:
        if not equal_arrays(values, other):
            message = "the values are not equal"
    elif not allclose_arrays(values, other, tolerances[0], tolerances[1], equal_nan):
        message = "the values are not close enough"
    if message != "" and details:
        message += first_values(block, other, tolerances, equal_nan)
    return message
