"""What ``lstsq`` and ``solve`` have in common."""

from typing import List

from ._backend import (
    Array,
    Labels,
    TensorBlock,
    concatenate_arrays,
    reshape_array,
    shape_of,
    swap_axes,
)
from ._utils import check_blocks


def check_same_blocks(
    x_block: TensorBlock, y_block: TensorBlock, gradient_axes: List[str], function: str
) -> None:
    """Check that two blocks have the same samples, components and gradients.

    :raises NotEqualError: if they do not
    """
    check_blocks(x_block, y_block, ["samples", "components"], gradient_axes, function)


def stacked_rows(block: TensorBlock, reference: TensorBlock) -> Array:
    """Values and gradients (in the order of ``reference``) with all but one axis flattened.

    Gradients of gradients are ignored.
    """
    n_properties = len(block.properties)
    parts: List[Array] = []
    arrays: List[Array] = [block.values]
    for parameter in reference.gradients_list():
        arrays.append(block.gradient(parameter).values)
    for array in arrays:
        n_rows = 1
        for length in shape_of(array)[:-1]:
            n_rows *= length
        parts.append(reshape_array(array, [n_rows, n_properties]))
    return concatenate_arrays(parts, 0)


def solution_block(solution: Array, x_block: TensorBlock, y_block: TensorBlock) -> TensorBlock:
    """Block for a solution with shape ``(properties of X, properties of Y)``."""
    components: List[Labels] = []
    return TensorBlock(
        values=swap_axes(solution, 0, 1),
        samples=y_block.properties,
        components=components,
        properties=x_block.properties,
    )
