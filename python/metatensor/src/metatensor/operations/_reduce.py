"""Reduction of values and gradients by groups, the same for both axes.

``groups`` says to which group each entry of the reduced axis belongs. For gradients, when
the samples are reduced, these are groups of the gradient's own samples.
"""

from typing import List, Tuple

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    count_groups,
    divide_by_counts,
    divide_or_zero,
    foreach_add,
    foreach_multiply,
    foreach_subtract,
    gather,
    group_entries,
    insert_axes,
    promote_to_inexact,
    safe_sqrt,
    same_indices,
    segment_sum,
    shape_of,
    stack_arrays,
    unstack_arrays,
)


def group_axis(
    labels: List[Labels], columns: List[int]
) -> Tuple[List[Labels], List[LabelsValues], List[int]]:
    """Group the entries of each labels by the values in some columns.

    Gives the labels of the groups, for each entry its group, and the number of groups. If no
    column is left there is a single group, unless all labels are empty.
    """
    # counting the entries here makes TorchScript fail without its optimizations
    keep_dimension = False
    if len(columns) == 0:
        for one in labels:
            keep_dimension = keep_dimension or len(one) > 0
    reduced, groups = group_entries(labels, columns, keep_dimension)
    n_groups: List[int] = []
    for one in reduced:
        n_groups.append(len(one))
    return reduced, groups, n_groups


def reduce_all_values(
    arrays: List[Array],
    axis: int,
    reduction: str,
    groups: List[LabelsValues],
    n_groups: List[int],
    where: List[int],
) -> Tuple[List[Array], List[Array]]:
    """Reduce the values of all blocks, see :py:func:`reduce_values`.

    Small arrays of the same shape and with the same groups are reduced together.

    :param groups: distinct groups, and the number of each of them in ``n_groups``
    :param where: which of the groups are those of each array
    """
    kinds = same_indices(groups)
    stacks, members = stack_arrays(arrays, [kinds[i] for i in where])
    # there is one more axis in front of those of the blocks
    stack_axis = 1 if axis == 0 else axis
    reduced: List[Array] = []
    means: List[Array] = []
    for i, stack in enumerate(stacks):
        j = where[members[i][0]]
        one = reduce_values(stack, stack_axis, reduction, groups[j], n_groups[j])
        reduced.append(one[0])
        means.append(one[1])
    return unstack_arrays(reduced, members), unstack_arrays(means, members)


def reduce_values(
    values: Array, axis: int, reduction: str, groups: LabelsValues, n_groups: int
) -> List[Array]:
    """Reduce values along their first (0 or 1) or last (-1) axis.

    Gives the reduced values, and the means which go with them (the values themselves if no
    mean is needed for the gradients). Values without entries are passed through, with the
    dtype of other results.

    :param reduction: one of ``"sum"``, ``"mean"``, ``"var"``, ``"std"``
    """
    if reduction != "sum":
        values = promote_to_inexact(values)
    if shape_of(values)[axis] == 0:
        return [values, values]
    if reduction == "sum":
        total = segment_sum(values, groups, n_groups, axis)
        return [total, total]
    mean = _mean(values, axis, groups, n_groups)
    if reduction == "mean":
        return [mean, mean]
    deviations = foreach_subtract([values], [gather(mean, groups, axis)])
    squares = foreach_multiply(deviations, deviations)
    variance = _mean(squares[0], axis, groups, n_groups)
    if reduction == "var":
        return [variance, mean]
    return [safe_sqrt(variance), mean]


def reduce_gradient(
    gradient: Array,
    axis: int,
    reduction: str,
    groups: LabelsValues,
    n_groups: int,
    values: Array,
    reduced: List[Array],
    rows: LabelsValues,
    new_rows: LabelsValues,
    counts: LabelsValues,
) -> Array:
    """Reduce a gradient along the same axis as its values.

    :param values: the values which this is the gradient of
    :param reduced: what :py:func:`reduce_values` made of them
    :param rows: row of ``values`` which each row of the gradient differentiates
    :param new_rows: the same for the rows of the reduced gradient and the reduced values
    :param counts: numbers which the sums of the groups are divided by
    """
    if reduction != "sum":
        gradient = promote_to_inexact(gradient)
    if shape_of(gradient)[axis] == 0:
        return gradient
    if reduction == "sum":
        return segment_sum(gradient, groups, n_groups, axis)
    total = segment_sum(gradient, groups, n_groups, axis)
    mean_gradient = divide_by_counts(total, counts, axis)
    if reduction == "mean":
        return mean_gradient
    ndim = len(shape_of(gradient))
    factors = insert_axes(gather(values, rows, 0), ndim)
    products = foreach_multiply([gradient], [factors])
    total = segment_sum(products[0], groups, n_groups, axis)
    mean_product = divide_by_counts(total, counts, axis)
    means = insert_axes(gather(reduced[1], new_rows, 0), ndim)
    half = foreach_subtract([mean_product], foreach_multiply([mean_gradient], [means]))
    if reduction == "var":
        return foreach_add(half, half)[0]
    return divide_or_zero(half[0], insert_axes(gather(reduced[0], new_rows, 0), ndim))


def _mean(values: Array, axis: int, groups: LabelsValues, n_groups: int) -> Array:
    total = segment_sum(values, groups, n_groups, axis)
    return divide_by_counts(total, count_groups(groups, n_groups), axis)


def check_gradient_count(gradient_count: str, function: str) -> None:
    """Check what the sums of gradients are divided by.

    :raises ValueError: if it is neither the number of rows nor that of samples
    """
    if gradient_count not in ["rows", "samples"]:
        raise ValueError(
            f"invalid value '{gradient_count}' for `gradient_count` in `{function}`, it must be "
            "'rows' or 'samples'"
        )
