from typing import List, Tuple

from ._backend import (
    Array,
    Labels,
    TensorMap,
    check_type,
    components_of,
    first_different,
    foreach_solve,
    leaves,
    leaves_per_block,
    samples_of,
    shape_of,
    torch_jit_is_scripting,
    values_of,
)
from ._differences import components_difference, labels_difference
from ._linear_system import check_same_blocks, solution_map, stacked_rows
from ._messages import of_block
from ._utils import match_blocks, skips_checks


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
    second = match_blocks(X, Y, "solve")
    x, y = leaves(X), leaves(second)
    per_block = leaves_per_block(X)
    for i, array in enumerate(values_of(x, per_block)):
        shape = shape_of(array)
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ValueError(
                f"the values in each block of `X` must be a square 2-dimensional array in `solve`, "
                f"got the shape {shape}{of_block(X.keys, i)}"
            )
    if per_block != 1 or leaves_per_block(second) != 1:
        x, y = _stacked_systems(X, second)
    else:
        different = -1 if skips_checks() else first_different(samples_of(X), samples_of(second))
        samples, y_samples = samples_of(X), samples_of(second)
        for i, components in enumerate(components_of(second)):
            difference = ""
            if i == different:
                difference = labels_difference(samples[i], y_samples[i], "samples")
            _check_systems(difference, components, X.keys, i)
    return solution_map(foreach_solve(x, y), X, second)


def _stacked_systems(X: TensorMap, Y: TensorMap) -> Tuple[List[Array], List[Array]]:
    x: List[Array] = []
    y: List[Array] = []
    y_blocks = Y.blocks()
    for i, x_block in enumerate(X.blocks()):
        y_block = y_blocks[i]
        difference = ""
        if not skips_checks():
            difference = labels_difference(x_block.samples, y_block.samples, "samples")
        _check_systems(difference, y_block.components, X.keys, i)
        axes = ["samples", "components", "properties"]
        check_same_blocks(x_block, y_block, axes, "solve", X.keys, i)
        x.append(stacked_rows(x_block, x_block))
        y.append(stacked_rows(y_block, x_block))
        if shape_of(x[i])[0] != shape_of(x[i])[1]:
            raise ValueError(
                "there are more equations than unknowns in `solve` because of the gradients, "
                f"use `remove_gradients` or `lstsq`{of_block(X.keys, i)}"
            )
    return x, y


def _check_systems(difference: str, components: List[Labels], keys: Labels, i: int) -> None:
    # `X` has no components
    if difference != "":
        raise ValueError(
            f"`X` and `Y` must have the same samples in `solve`: {difference}{of_block(keys, i)}"
        )
    if len(components) != 0:
        none: List[Labels] = []
        difference = components_difference(none, components)
        raise ValueError(
            f"`X` and `Y` must have the same components in `solve`: {difference}{of_block(keys, i)}"
        )
