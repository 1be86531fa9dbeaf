"""What ``lstsq`` and ``solve`` have in common."""

from typing import List

from ._backend import (
    Array,
    Labels,
    TensorBlock,
    TensorMap,
    assemble,
    concatenate_arrays,
    properties_of,
    reshape_array,
    shape_of,
    swap_axes,
)
from ._utils import check_blocks


def check_same_blocks(
    x_block: TensorBlock,
    y_block: TensorBlock,
    gradient_axes: List[str],
    function: str,
    keys: Labels,
    i: int,
) -> None:
    """Check that two blocks have the same samples, components and gradients.

    :param keys: keys of all blocks, this is number ``i``
    :raises NotEqualError: if they do not
    """
    check_blocks(x_block, y_block, ["samples", "components"], gradient_axes, function, keys, i)


def stacked_rows(block: TensorBlock, reference: TensorBlock) -> Array:
    """Values and gradients (in the order of ``reference``) with all but one axis flattened.

    Gradients of gradients are ignored.
    """
    parts: List[Array] = [flat_rows(block.values)]
    for parameter in reference.gradients_list():
        parts.append(flat_rows(block.gradient(parameter).values))
    return concatenate_arrays(parts, 0)


def flat_rows(array: Array) -> Array:
    """Array with all but the last axis flattened."""
    shape = shape_of(array)
    if len(shape) == 2:
        return array
    n_rows = 1
    for length in shape[:-1]:
        n_rows *= length
    return reshape_array(array, [n_rows, shape[-1]])


def solution_map(solutions: List[Array], X: TensorMap, Y: TensorMap) -> TensorMap:
    """Tensor for solutions with shapes ``(properties of X, properties of Y)``."""
    arrays: List[Array] = []
    parameters: List[List[str]] = []
    components: List[List[Labels]] = []
    for solution in solutions:
        arrays.append(swap_axes(solution, 0, 1))
        no_parameters: List[str] = []
        parameters.append(no_parameters)
        no_components: List[Labels] = []
        components.append(no_components)
    return assemble(X.keys, arrays, parameters, properties_of(Y), components, properties_of(X))
