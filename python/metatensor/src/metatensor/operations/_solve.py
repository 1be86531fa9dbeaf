from typing import List

from ._backend import (
    TensorBlock,
    TensorMap,
    check_type,
    same_labels,
    shape_of,
    solve_array,
    torch_jit_is_scripting,
)
from ._linear_system import check_same_blocks, solution_block, stacked_rows
from ._utils import match_keys


def solve(X: TensorMap, Y: TensorMap) -> TensorMap:
    """Solution of linear systems with as many equations as unknowns, block by block.

    For each block this finds the ``W`` for which ``X W = Y``; with the result,
    ``dot(X, W)`` is ``Y``. Gradients would be further equations: there is no place for them.

    :param X: tensor with the coefficients of the equations: blocks must be square, and
        have no components
    :param Y: tensor with the right-hand sides, with the samples of ``X``
    :return: tensor with the properties of ``Y`` as samples, the properties of ``X`` as
        properties, and neither components nor gradients
    :raises NotEqualError: if ``X`` and ``Y`` do not have the same keys or gradients
    :raises ValueError: if the blocks of ``X`` are not square, if ``X`` and ``Y`` do not have
        the same samples and components, or if there are gradients

    >>> import numpy as np
    >>> import metatensor as mts
    >>> def tensor(values):
    ...     return mts.TensorMap(mts.Labels.single(), [mts.block_from_array(np.array(values))])
    >>> X, Y = tensor([[1.0, 0.0], [1.0, 1.0]]), tensor([[2.0], [5.0]])
    >>> mts.solve(X, Y).block().values.tolist()
    [[2.0, 3.0]]
    """
    if not torch_jit_is_scripting():
        check_type(X, "X", "TensorMap", "solve")
        check_type(Y, "Y", "TensorMap", "solve")
    positions = match_keys(X, Y, "solve")
    for block in X.blocks():
        shape = shape_of(block.values)
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ValueError(
                f"the values in each block of `X` must be a square 2-dimensional array in `solve`, "
                f"got the shape {shape}"
            )
    blocks: List[TensorBlock] = []
    for i, x_block in enumerate(X.blocks()):
        y_block = Y.block_by_id(positions[i])
        if not same_labels(x_block.samples, y_block.samples):
            raise ValueError("`X` and `Y` must have the same samples in `solve`")
        if len(y_block.components) != 0:
            raise ValueError("`X` and `Y` must have the same components in `solve`")
        check_same_blocks(x_block, y_block, ["samples", "components", "properties"], "solve")
        x, y = stacked_rows(x_block, x_block), stacked_rows(y_block, x_block)
        if shape_of(x)[0] != shape_of(x)[1]:
            raise ValueError(
                "there are more equations than unknowns in `solve` because of the gradients, "
                "use `remove_gradients` or `lstsq`"
            )
        blocks.append(solution_block(solve_array(x, y), x_block, y_block))
    return TensorMap(X.keys, blocks)
