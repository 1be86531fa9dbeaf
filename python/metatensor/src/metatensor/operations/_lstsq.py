from typing import List, Optional

from ._backend import (
    Array,
    TensorMap,
    check_type,
    leaves,
    leaves_per_block,
    lstsq_array,
    same_axes,
    same_structure,
    torch_jit_is_scripting,
    warn,
)
from ._linear_system import check_same_blocks, flat_rows, solution_map, stacked_rows
from ._utils import axes_to_compare, match_blocks


def lstsq(
    X: TensorMap, Y: TensorMap, rcond: Optional[float], driver: Optional[str] = None
) -> TensorMap:
    """Least squares solution of linear systems, block by block.

    For each block this finds the ``W`` which minimizes ``|| X W - Y ||``, with all samples
    and components as equations, and all rows of all gradients as further equations. With
    the result, ``dot(X, W)`` is an approximation of ``Y``.

    :param X: tensor with the coefficients of the equations
    :param Y: tensor with the right-hand sides, with the samples and components of ``X``
    :param rcond: singular values which are smaller than this fraction of the largest one
        are treated as zero
    :param driver: algorithm for torch tensors, see :py:func:`torch.linalg.lstsq`
    :return: tensor with the properties of ``Y`` as samples, the properties of ``X`` as
        properties, and neither components nor gradients
    :raises NotEqualError: if ``X`` and ``Y`` do not have the same keys, samples, components
        or gradients

    >>> import numpy as np
    >>> import metatensor as mts
    >>> def tensor(values):
    ...     return mts.TensorMap(mts.Labels.single(), [mts.block_from_array(np.array(values))])
    >>> X, Y = tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), tensor([[2.0], [3.0], [5.0]])
    >>> np.round(mts.lstsq(X, Y, rcond=1e-12).block().values, 10).tolist()
    [[2.0, 3.0]]
    """
    if not torch_jit_is_scripting():
        check_type(X, "X", "TensorMap", "lstsq")
        check_type(Y, "Y", "TensorMap", "lstsq")
    if rcond is None:
        warn(
            "the default for `rcond` in `lstsq` is not the same for numpy and torch, give a value "
            "to get the same results"
        )
    second = match_blocks(X, Y, "lstsq")
    solutions: List[Array] = []
    if _without_gradients(X) and same_axes(X, second, axes_to_compare(["samples", "components"])):
        x_arrays, y_arrays = leaves(X), leaves(second)
        for i, array in enumerate(x_arrays):
            x, y = flat_rows(array), flat_rows(y_arrays[i])
            solutions.append(lstsq_array(x, y, rcond, driver))
        return solution_map(solutions, X, second)

    y_blocks = second.blocks()
    for i, x_block in enumerate(X.blocks()):
        y_block = y_blocks[i]
        check_same_blocks(x_block, y_block, ["samples", "components"], "lstsq", X.keys, i)
        x, y = stacked_rows(x_block, x_block), stacked_rows(y_block, x_block)
        solutions.append(lstsq_array(x, y, rcond, driver))
    return solution_map(solutions, X, second)


def _without_gradients(tensor: TensorMap) -> bool:
    # a tensor with gradients of gradients does not even have the same structure as itself
    return same_structure(tensor, tensor) and leaves_per_block(tensor) == 1
