"""Moving components to the samples or to the properties."""

from typing import List, Union

from ._axes import (
    axes_of,
    check_dimensions,
    check_new_dimensions,
    merge_axes,
    other_axes,
    permute_axes,
    pick_labels,
    shifted,
)
from ._backend import (
    Array,
    Labels,
    TensorMap,
    assemble,
    check_type,
    components_of,
    distinct_labels,
    distinct_pairs,
    distinct_rows,
    interleave_labels,
    leaves,
    leaves_per_block,
    parameters_of,
    product_labels,
    properties_of,
    samples_of,
    spread_labels,
    torch_jit_is_scripting,
    unfold_samples,
    with_arrays,
)
from ._utils import as_names


def components_to_samples(tensor: TensorMap, names: Union[List[str], str]) -> TensorMap:
    """Move some of the components to the samples.

    There is a new sample for each sample and entry of these components, which become the last
    dimensions of the samples and run fastest. The same is done with the gradients: each of their
    rows becomes one row for each entry.

    :param tensor: tensor with components
    :param names: names of one or several components
    :return: new tensor with less components
    :raises ValueError: if there are no such components, or if a dimension of the samples has the
        same name

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[[1.0], [2.0]], [[3.0], [4.0]]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> moved = mts.components_to_samples(tensor, "component_1").block()
    >>> moved.samples.names, moved.values.tolist()
    (['sample', 'component_1'], [[1.0], [2.0], [3.0], [4.0]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "components_to_samples")
    return components_to(tensor, as_names(names), "samples", "components_to_samples")


def components_to(
    tensor: TensorMap, names: List[str], destination: str, function: str
) -> TensorMap:
    """Move components to the end of the samples or of the properties."""
    arrays = leaves(tensor)
    if len(arrays) == 0:
        return with_arrays(tensor, arrays)
    check_dimensions(names, tensor.component_names, "components", function)
    if destination == "samples":
        check_new_dimensions(names, tensor.sample_names, "samples", function)
    else:
        check_new_dimensions(names, tensor.property_names, "properties", function)
    axes = axes_of(names, tensor.component_names)
    n_components = len(tensor.component_names)
    per_block = leaves_per_block(tensor)
    old_components = components_of(tensor)
    components: List[List[Labels]] = []
    output: List[Array] = []
    for i, array in enumerate(arrays):
        extra = len(old_components[i]) - n_components
        moved = shifted(axes, extra)
        kept = other_axes(moved, n_components + extra)
        components.append(pick_labels(old_components[i], kept))
        # there is the axis of the samples in front
        order = [0] + shifted(moved, 1) + shifted(kept, 1) + [n_components + extra + 1]
        if destination == "properties":
            order = [0] + shifted(kept, 1) + [n_components + extra + 1] + shifted(moved, 1)
        start = 0 if destination == "samples" else 1 + len(kept)
        output.append(merge_axes(permute_axes(array, order), start, 1 + len(axes)))

    samples, properties = samples_of(tensor), properties_of(tensor)
    values_components: List[List[Labels]] = []
    for labels in old_components[::per_block]:
        values_components.append(pick_labels(labels, axes))
    if destination == "properties":
        properties = _products(properties, values_components)
    else:
        samples = _unfold(samples, values_components, per_block)
    return assemble(tensor.keys, output, parameters_of(tensor), samples, components, properties)


def _products(labels: List[Labels], factors: List[List[Labels]]) -> List[Labels]:
    # work is done once for labels which occur several times
    all_labels: List[List[Labels]] = [labels]
    for i in range(len(factors[0])):
        column: List[Labels] = []
        for one in factors:
            column.append(one[i])
        all_labels.append(column)
    columns: List[List[int]] = []
    for column in all_labels:
        columns.append(distinct_labels(column)[1])
    first, where = distinct_rows(columns)
    products: List[Labels] = []
    for i in first:
        parts: List[Labels] = []
        for column in all_labels:
            parts.append(column[i])
        products.append(product_labels(parts))
    output: List[Labels] = []
    for i in where:
        output.append(products[i])
    return output


def _unfold(samples: List[Labels], factors: List[List[Labels]], per_block: int) -> List[Labels]:
    values = _products(samples[::per_block], factors)
    gradients: List[Labels] = []
    counts: List[int] = []
    for i, one in enumerate(samples):
        if i % per_block != 0:
            count = 1
            for factor in factors[i // per_block]:
                count *= len(factor)
            gradients.append(one)
            counts.append(count)
    pairs, where = distinct_pairs(gradients, counts)
    unfolded: List[Labels] = []
    for i in pairs:
        unfolded.append(unfold_samples(gradients[i], counts[i]))
    return interleave_labels(values, spread_labels(unfolded, where))
