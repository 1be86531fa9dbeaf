"""Reductions over samples."""

from typing import List, Union

from ._backend import (
    Array,
    Labels,
    TensorBlock,
    TensorMap,
    block_to_map,
    check_type,
    column_index,
    count_groups,
    distinct_samples,
    gradient_rows,
    gradient_samples,
    gradients_of,
    group_gradient_entries,
    has_nested_gradients,
    interleave,
    interleave_labels,
    leaves,
    leaves_per_block,
    map_to_block,
    rebuild,
    reduce_map,
    spread_labels,
    take_index,
    torch_jit_is_scripting,
    values_of,
)
from ._nested import flattened, restored
from ._reduce import check_gradient_count, group_axis, reduce_all_values, reduce_gradient
from ._utils import as_names, remaining_dimensions


def sum_over_samples(tensor: TensorMap, sample_names: Union[List[str], str]) -> TensorMap:
    """Sum of the samples of a tensor which agree in all other dimensions.

    The dimensions ``sample_names`` disappear from the samples. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    :param tensor: tensor to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :raises ValueError: if one of them is not a dimension of the samples

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.TensorBlock(
    ...     values=np.array([[1.0], [3.0], [5.0]]),
    ...     samples=mts.Labels(["system", "atom"], np.array([[0, 0], [0, 1], [1, 0]])),
    ...     components=[],
    ...     properties=mts.Labels.range("n", 1),
    ... )
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> per_system = mts.sum_over_samples(tensor, "atom").block()
    >>> per_system.samples.names, per_system.values.tolist()
    (['system'], [[4.0], [5.0]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "sum_over_samples")
    return _reduce(tensor, as_names(sample_names), "sum_over_samples", "rows")


def sum_over_samples_block(block: TensorBlock, sample_names: Union[List[str], str]) -> TensorBlock:
    """Sum of the samples of a block which agree in all other dimensions.

    See :py:func:`sum_over_samples`.

    :param block: block to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :raises ValueError: if one of them is not a dimension of the samples
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "sum_over_samples_block")
    names = as_names(sample_names)
    return map_to_block(_reduce(block_to_map(block), names, "sum_over_samples_block", "rows"))


def mean_over_samples(
    tensor: TensorMap, sample_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorMap:
    """Average of the samples of a tensor which agree in all other dimensions.

    The dimensions ``sample_names`` disappear from the samples. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    Gradients are divided by the number of gradient rows which are stored for a group. If
    rows are missing because they are zero, this is less than the number of samples in the
    group, and the result is not the derivative of the mean: use
    ``gradient_count="samples"``.

    :param tensor: tensor to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :param gradient_count: divide the sums of gradients by the number of ``"rows"`` which are
        stored for a group, or by that of its ``"samples"``
    :raises ValueError: if one of the names is not a dimension of the samples, or
        ``gradient_count`` is something else

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.TensorBlock(
    ...     values=np.array([[1.0], [3.0], [5.0]]),
    ...     samples=mts.Labels(["system", "atom"], np.array([[0, 0], [0, 1], [1, 0]])),
    ...     components=[],
    ...     properties=mts.Labels.range("n", 1),
    ... )
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> per_system = mts.mean_over_samples(tensor, "atom").block()
    >>> per_system.samples.names, per_system.values.tolist()
    (['system'], [[2.0], [5.0]])
    """
    check_gradient_count(gradient_count, "mean_over_samples")
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "mean_over_samples")
    return _reduce(tensor, as_names(sample_names), "mean_over_samples", gradient_count)


def mean_over_samples_block(
    block: TensorBlock, sample_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorBlock:
    """Average of the samples of a block which agree in all other dimensions.

    See :py:func:`mean_over_samples`.

    :param block: block to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :param gradient_count: divide the sums of gradients by the number of ``"rows"`` which are
        stored for a group, or by that of its ``"samples"``
    :raises ValueError: if one of the names is not a dimension of the samples, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "mean_over_samples_block")
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "mean_over_samples_block")
    names = as_names(sample_names)
    return map_to_block(
        _reduce(block_to_map(block), names, "mean_over_samples_block", gradient_count)
    )


def var_over_samples(
    tensor: TensorMap, sample_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorMap:
    """Variance of the samples of a tensor which agree in all other dimensions.

    The dimensions ``sample_names`` disappear from the samples. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    Gradients are divided by the number of gradient rows which are stored for a group. If
    rows are missing because they are zero, this is less than the number of samples in the
    group, and the result is not the derivative of the variance: use
    ``gradient_count="samples"``.

    The variance is the mean of the squared deviations, without any correction.

    :param tensor: tensor to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :param gradient_count: divide the sums of gradients by the number of ``"rows"`` which are
        stored for a group, or by that of its ``"samples"``
    :raises ValueError: if one of the names is not a dimension of the samples, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "var_over_samples")
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "var_over_samples")
    return _reduce(tensor, as_names(sample_names), "var_over_samples", gradient_count)


def var_over_samples_block(
    block: TensorBlock, sample_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorBlock:
    """Variance of the samples of a block which agree in all other dimensions.

    See :py:func:`var_over_samples`.

    :param block: block to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :param gradient_count: divide the sums of gradients by the number of ``"rows"`` which are
        stored for a group, or by that of its ``"samples"``
    :raises ValueError: if one of the names is not a dimension of the samples, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "var_over_samples_block")
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "var_over_samples_block")
    names = as_names(sample_names)
    return map_to_block(
        _reduce(block_to_map(block), names, "var_over_samples_block", gradient_count)
    )


def std_over_samples(
    tensor: TensorMap, sample_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorMap:
    """Standard deviation of the samples of a tensor which agree in all other dimensions.

    The dimensions ``sample_names`` disappear from the samples. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    Gradients are divided by the number of gradient rows which are stored for a group. If
    rows are missing because they are zero, this is less than the number of samples in the
    group, and the result is not the derivative of the standard deviation: use
    ``gradient_count="samples"``.

    The variance is the mean of the squared deviations, without any correction.

    :param tensor: tensor to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :param gradient_count: divide the sums of gradients by the number of ``"rows"`` which are
        stored for a group, or by that of its ``"samples"``
    :raises ValueError: if one of the names is not a dimension of the samples, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "std_over_samples")
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "std_over_samples")
    return _reduce(tensor, as_names(sample_names), "std_over_samples", gradient_count)


def std_over_samples_block(
    block: TensorBlock, sample_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorBlock:
    """Standard deviation of the samples of a block which agree in all other dimensions.

    See :py:func:`std_over_samples`.

    :param block: block to reduce
    :param sample_names: one or several dimensions of the samples to reduce over
    :param gradient_count: divide the sums of gradients by the number of ``"rows"`` which are
        stored for a group, or by that of its ``"samples"``
    :raises ValueError: if one of the names is not a dimension of the samples, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "std_over_samples_block")
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "std_over_samples_block")
    names = as_names(sample_names)
    return map_to_block(
        _reduce(block_to_map(block), names, "std_over_samples_block", gradient_count)
    )


def _reduce(
    tensor: TensorMap, sample_names: List[str], function: str, gradient_count: str
) -> TensorMap:
    if function.startswith("sum") and has_nested_gradients(tensor):
        # others are not linear
        nested = flattened(tensor)
        return restored(_reduce_leaves(nested, sample_names, function, gradient_count))
    return _reduce_leaves(tensor, sample_names, function, gradient_count)


def _reduce_leaves(
    tensor: TensorMap, sample_names: List[str], function: str, gradient_count: str
) -> TensorMap:
    reduction = function.partition("_over_")[0]
    columns = remaining_dimensions(tensor.sample_names, sample_names, "samples", function)
    whole = reduce_map(tensor, "samples", sample_names, reduction, gradient_count)
    if whole is not None:
        return whole
    samples, where = distinct_samples(tensor)
    reduced_samples, groups, n_groups = group_axis(samples, columns)
    new_samples = spread_labels(reduced_samples, where)
    no_properties: List[Labels] = []

    arrays = leaves(tensor)
    per_block = leaves_per_block(tensor)
    values = values_of(arrays, per_block)
    reduced, means = reduce_all_values(values, 0, reduction, groups, n_groups, where)
    if per_block == 1:
        return rebuild(tensor, reduced, new_samples, no_properties)

    groups_of_blocks = [groups[i] for i in where]
    new_of_gradients, gradient_groups = group_gradient_entries(
        gradient_samples(tensor), groups_of_blocks
    )
    rows = gradient_rows(tensor)
    gradients: List[Array] = []
    for j, gradient in enumerate(gradients_of(arrays, per_block)):
        i = j // (per_block - 1)
        new_rows = column_index(new_of_gradients[j], "sample")
        counts = new_rows
        if gradient_count == "rows" and reduction != "sum":
            counts = count_groups(gradient_groups[j], len(new_of_gradients[j]))
        elif reduction != "sum":
            counts = take_index(count_groups(groups[where[i]], n_groups[where[i]]), new_rows)
        gradients.append(
            reduce_gradient(
                gradient,
                0,
                reduction,
                gradient_groups[j],
                len(new_of_gradients[j]),
                values[i],
                [reduced[i], means[i]],
                rows[j],
                new_rows,
                counts,
            )
        )
    return rebuild(
        tensor,
        interleave(reduced, gradients, per_block),
        interleave_labels(new_samples, new_of_gradients),
        no_properties,
    )
