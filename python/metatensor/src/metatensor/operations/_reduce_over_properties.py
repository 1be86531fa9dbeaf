"""Reductions over properties."""

from typing import List, Union

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_to_map,
    check_type,
    count_groups,
    distinct_properties,
    gradient_rows,
    gradients_of,
    has_nested_gradients,
    interleave,
    leaves,
    leaves_per_block,
    map_to_block,
    rebuild,
    reduce_map,
    spread_labels,
    torch_jit_is_scripting,
    values_of,
)
from ._nested import flattened, restored
from ._reduce import check_gradient_count, group_axis, reduce_all_values, reduce_gradient
from ._utils import as_names, remaining_dimensions


def sum_over_properties(tensor: TensorMap, property_names: Union[List[str], str]) -> TensorMap:
    """Sum of the properties of a tensor which agree in all other dimensions.

    The dimensions ``property_names`` disappear from the properties. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    :param tensor: tensor to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :raises ValueError: if one of them is not a dimension of the properties

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.TensorBlock(
    ...     values=np.array([[1.0, 2.0, 3.0]]),
    ...     samples=mts.Labels.range("system", 1),
    ...     components=[],
    ...     properties=mts.Labels(["l", "n"], np.array([[0, 0], [0, 1], [1, 0]])),
    ... )
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> per_l = mts.sum_over_properties(tensor, "n").block()
    >>> per_l.properties.names, per_l.values.tolist()
    (['l'], [[3.0, 3.0]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "sum_over_properties")
    return _reduce(tensor, as_names(property_names), "sum_over_properties")


def sum_over_properties_block(
    block: TensorBlock, property_names: Union[List[str], str]
) -> TensorBlock:
    """Sum of the properties of a block which agree in all other dimensions.

    See :py:func:`sum_over_properties`.

    :param block: block to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :raises ValueError: if one of them is not a dimension of the properties
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "sum_over_properties_block")
    names = as_names(property_names)
    return map_to_block(_reduce(block_to_map(block), names, "sum_over_properties_block"))


def mean_over_properties(
    tensor: TensorMap, property_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorMap:
    """Average of the properties of a tensor which agree in all other dimensions.

    The dimensions ``property_names`` disappear from the properties. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    :param tensor: tensor to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :param gradient_count: ``"rows"`` or ``"samples"``, which only makes a difference for
        :py:func:`mean_over_samples`
    :raises ValueError: if one of the names is not a dimension of the properties, or
        ``gradient_count`` is something else

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.TensorBlock(
    ...     values=np.array([[1.0, 2.0, 3.0]]),
    ...     samples=mts.Labels.range("system", 1),
    ...     components=[],
    ...     properties=mts.Labels(["l", "n"], np.array([[0, 0], [0, 1], [1, 0]])),
    ... )
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> per_l = mts.mean_over_properties(tensor, "n").block()
    >>> per_l.properties.names, per_l.values.tolist()
    (['l'], [[1.5, 3.0]])
    """
    check_gradient_count(gradient_count, "mean_over_properties")
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "mean_over_properties")
    return _reduce(tensor, as_names(property_names), "mean_over_properties")


def mean_over_properties_block(
    block: TensorBlock, property_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorBlock:
    """Average of the properties of a block which agree in all other dimensions.

    See :py:func:`mean_over_properties`.

    :param block: block to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :param gradient_count: ``"rows"`` or ``"samples"``, which only makes a difference for
        :py:func:`mean_over_samples`
    :raises ValueError: if one of the names is not a dimension of the properties, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "mean_over_properties_block")
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "mean_over_properties_block")
    names = as_names(property_names)
    return map_to_block(_reduce(block_to_map(block), names, "mean_over_properties_block"))


def var_over_properties(
    tensor: TensorMap, property_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorMap:
    """Variance of the properties of a tensor which agree in all other dimensions.

    The dimensions ``property_names`` disappear from the properties. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    The variance is the mean of the squared deviations, without any correction.

    :param tensor: tensor to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :param gradient_count: ``"rows"`` or ``"samples"``, which only makes a difference for
        :py:func:`var_over_samples`
    :raises ValueError: if one of the names is not a dimension of the properties, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "var_over_properties")
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "var_over_properties")
    return _reduce(tensor, as_names(property_names), "var_over_properties")


def var_over_properties_block(
    block: TensorBlock, property_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorBlock:
    """Variance of the properties of a block which agree in all other dimensions.

    See :py:func:`var_over_properties`.

    :param block: block to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :param gradient_count: ``"rows"`` or ``"samples"``, which only makes a difference for
        :py:func:`var_over_samples`
    :raises ValueError: if one of the names is not a dimension of the properties, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "var_over_properties_block")
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "var_over_properties_block")
    names = as_names(property_names)
    return map_to_block(_reduce(block_to_map(block), names, "var_over_properties_block"))


def std_over_properties(
    tensor: TensorMap, property_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorMap:
    """Standard deviation of the properties of a tensor which agree in all other dimensions.

    The dimensions ``property_names`` disappear from the properties. The remaining entries are
    sorted; if no dimension remains there is a single entry, ``_ = 0``.

    The variance is the mean of the squared deviations, without any correction.

    :param tensor: tensor to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :param gradient_count: ``"rows"`` or ``"samples"``, which only makes a difference for
        :py:func:`std_over_samples`
    :raises ValueError: if one of the names is not a dimension of the properties, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "std_over_properties")
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "std_over_properties")
    return _reduce(tensor, as_names(property_names), "std_over_properties")


def std_over_properties_block(
    block: TensorBlock, property_names: Union[List[str], str], gradient_count: str = "rows"
) -> TensorBlock:
    """Standard deviation of the properties of a block which agree in all other dimensions.

    See :py:func:`std_over_properties`.

    :param block: block to reduce
    :param property_names: one or several dimensions of the properties to reduce over
    :param gradient_count: ``"rows"`` or ``"samples"``, which only makes a difference for
        :py:func:`std_over_samples`
    :raises ValueError: if one of the names is not a dimension of the properties, or
        ``gradient_count`` is something else
    """
    check_gradient_count(gradient_count, "std_over_properties_block")
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "std_over_properties_block")
    names = as_names(property_names)
    return map_to_block(_reduce(block_to_map(block), names, "std_over_properties_block"))


def _reduce(tensor: TensorMap, property_names: List[str], function: str) -> TensorMap:
    if function.startswith("sum") and has_nested_gradients(tensor):
        # others are not linear
        nested = flattened(tensor)
        return restored(_reduce_leaves(nested, property_names, function))
    return _reduce_leaves(tensor, property_names, function)


def _reduce_leaves(tensor: TensorMap, property_names: List[str], function: str) -> TensorMap:
    reduction = function.partition("_over_")[0]
    columns = remaining_dimensions(tensor.property_names, property_names, "properties", function)
    whole = reduce_map(tensor, "properties", property_names, reduction, "rows")
    if whole is not None:
        return whole
    properties, where = distinct_properties(tensor)
    reduced_properties, groups, n_groups = group_axis(properties, columns)
    new_properties = spread_labels(reduced_properties, where)
    no_samples: List[Labels] = []

    arrays = leaves(tensor)
    per_block = leaves_per_block(tensor)
    values = values_of(arrays, per_block)
    reduced, means = reduce_all_values(values, -1, reduction, groups, n_groups, where)
    if per_block == 1:
        return rebuild(tensor, reduced, no_samples, new_properties)

    rows = gradient_rows(tensor)
    counts: List[LabelsValues] = []
    for i, one in enumerate(groups):
        counts.append(count_groups(one, n_groups[i]))
    gradients: List[Array] = []
    for j, gradient in enumerate(gradients_of(arrays, per_block)):
        i = j // (per_block - 1)
        gradients.append(
            reduce_gradient(
                gradient,
                -1,
                reduction,
                groups[where[i]],
                n_groups[where[i]],
                values[i],
                [reduced[i], means[i]],
                rows[j],
                rows[j],
                counts[where[i]],
            )
        )
    return rebuild(tensor, interleave(reduced, gradients, per_block), no_samples, new_properties)
