"""Moving dimensions of the samples or properties to components."""

from typing import List, Optional, Tuple, Union

from ._axes import (
    all_component_names,
    axes_of,
    check_dimensions,
    check_new_dimensions,
    other_axes,
    permute_axes,
)
from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorMap,
    assemble,
    check_type,
    column_index,
    complement_index,
    components_of,
    concatenate_index,
    distinct_pairs,
    distinct_properties,
    distinct_samples,
    entries,
    gradient_samples,
    group_entries,
    group_in_order,
    interleave_labels,
    is_identity,
    leaves,
    leaves_per_block,
    make_labels,
    order_of_appearance,
    parameters_of,
    properties_of,
    repeat_each,
    reshape_array,
    samples_of,
    set_column,
    shape_of,
    sources_of,
    spread_labels,
    take_columns,
    take_index,
    to_list,
    torch_jit_is_scripting,
    unique_rows,
    with_arrays,
)
from ._spread import spread_leaves
from ._utils import as_names


def samples_to_components(
    tensor: TensorMap, names: Union[List[str], str], fill_value: Optional[float] = 0.0
) -> TensorMap:
    """Move some of the dimensions of the samples to components.

    Each of these dimensions becomes a component, with the values it has in a block in increasing
    order. New components come before those which are there already. The remaining samples stay in
    the order in which they appear first; if no dimension remains there is a single one, ``_ = 0``.

    :param tensor: tensor to take the samples from
    :param names: one or several dimensions of the samples
    :param fill_value: value of what was not there. Gradients are 0 there. With ``None``, all values
        must be there
    :return: new tensor with more components
    :raises ValueError: if there are no such dimensions, if a component has the same name, or if
        something is missing and there is no ``fill_value``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[[1.0], [2.0]], [[3.0], [4.0]]]), ["i", "j"])
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> moved = mts.samples_to_components(tensor, "j").block()
    >>> moved.components[0].names, moved.values.tolist()
    (['j'], [[[1.0], [2.0]], [[3.0], [4.0]]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "samples_to_components")
    return samples_to(tensor, as_names(names), fill_value, "samples_to_components")


def properties_to_components(
    tensor: TensorMap, names: Union[List[str], str], fill_value: Optional[float] = 0.0
) -> TensorMap:
    """Move some of the dimensions of the properties to components.

    Each of these dimensions becomes a component, with the values it has in a block in increasing
    order. New components come after those which are there already. The remaining properties stay
    in the order in which they appear first; if no dimension remains there is a single one,
    ``_ = 0``.

    :param tensor: tensor to take the properties from
    :param names: one or several dimensions of the properties
    :param fill_value: value of what was not there. Gradients are 0 there. With ``None``, all values
        must be there
    :return: new tensor with more components
    :raises ValueError: if there are no such dimensions, if a component has the same name, or if
        something is missing and there is no ``fill_value``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.TensorBlock(
    ...     values=np.array([[1.0, 2.0, 3.0]]),
    ...     samples=mts.Labels.range("system", 1),
    ...     components=[],
    ...     properties=mts.Labels(["l", "n"], np.array([[0, 0], [0, 1], [1, 0]])),
    ... )
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> moved = mts.properties_to_components(tensor, "l").block()
    >>> moved.components[0].names, moved.values.tolist()
    (['l'], [[[1.0, 2.0], [3.0, 0.0]]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "properties_to_components")
    return properties_to(tensor, as_names(names), fill_value, "properties_to_components")


def properties_to(
    tensor: TensorMap, names: List[str], fill_value: Optional[float], function: str
) -> TensorMap:
    """Move dimensions of the properties to components, see above."""
    arrays = leaves(tensor)
    if len(arrays) == 0:
        return with_arrays(tensor, arrays)
    check_dimensions(names, tensor.property_names, "properties", function)
    check_new_dimensions(names, all_component_names(tensor), "components", function)
    old, where = distinct_properties(tensor)
    rests, groups, new_components, places = _split_labels(old, names, "properties", function)
    sources: List[LabelsValues] = []
    source_places: List[int] = []
    for i, labels in enumerate(old):
        n_groups = len(rests[i])
        size = _size(new_components[i])
        flat = places[i] * n_groups + groups[i]
        if fill_value is None and len(labels) != n_groups * size:
            missing = to_list(complement_index(flat, n_groups * size, labels))[0]
            _fail(
                tensor,
                where,
                i,
                rests[i],
                missing % n_groups,
                new_components[i],
                missing // n_groups,
                function,
            )
        source_places.append(_add_sources(sources, flat, n_groups * size))

    per_block = leaves_per_block(tensor)
    old_components = components_of(tensor)
    components: List[List[Labels]] = []
    output: List[Array] = []
    properties: List[Labels] = []
    fill = 0.0 if fill_value is None else fill_value
    all_places: List[int] = []
    for i in where:
        properties.append(rests[i])
        for _ in range(per_block):
            all_places.append(source_places[i])
    arrays = spread_leaves(arrays, sources, all_places, -1, fill, per_block)
    for i, array in enumerate(arrays):
        j = where[i // per_block]
        shape = shape_of(array)[:-1] + _sizes(new_components[j]) + [len(rests[j])]
        output.append(reshape_array(array, shape))
        components.append(list(old_components[i]) + new_components[j])
    return assemble(
        tensor.keys, output, parameters_of(tensor), samples_of(tensor), components, properties
    )


def samples_to(
    tensor: TensorMap, names: List[str], fill_value: Optional[float], function: str
) -> TensorMap:
    """Move dimensions of the samples to components, see above."""
    arrays = leaves(tensor)
    if len(arrays) == 0:
        return with_arrays(tensor, arrays)
    check_dimensions(names, tensor.sample_names, "samples", function)
    check_new_dimensions(names, all_component_names(tensor), "components", function)
    old, where = distinct_samples(tensor)
    rests, groups, new_components, places = _split_labels(old, names, "samples", function)
    per_block = leaves_per_block(tensor)
    old_components = components_of(tensor)
    sources: List[LabelsValues] = []
    of_values: List[int] = []
    for i, labels in enumerate(old):
        n_groups, size = len(rests[i]), _size(new_components[i])
        flat = groups[i] * size + places[i]
        if fill_value is None and len(labels) != n_groups * size:
            missing = to_list(complement_index(flat, n_groups * size, labels))[0]
            _fail(
                tensor,
                where,
                i,
                rests[i],
                missing // size,
                new_components[i],
                missing % size,
                function,
            )
        of_values.append(_add_sources(sources, flat, n_groups * size))
    gradients = gradient_samples(tensor)
    parents = repeat_each(where, per_block - 1)
    pairs, pairs_where = distinct_pairs(gradients, parents)
    new_gradients: List[Labels] = []
    of_gradients: List[int] = []
    for i in pairs:
        one, j = gradients[i], parents[i]
        size = _size(new_components[j])
        old_rows = column_index(one, "sample")
        rows, gradient_groups = group_in_order(
            set_column(entries(one), 0, take_index(groups[j], old_rows))
        )
        new_gradients.append(make_labels(one.names, rows, one, True))
        flat = gradient_groups * size + take_index(places[j], old_rows)
        of_gradients.append(_add_sources(sources, flat, len(rows) * size))
    samples = interleave_labels(
        spread_labels(rests, where), spread_labels(new_gradients, pairs_where)
    )
    source_places: List[int] = []
    for i, j in enumerate(where):
        source_places.append(of_values[j])
        for k in range(i * (per_block - 1), (i + 1) * (per_block - 1)):
            source_places.append(of_gradients[pairs_where[k]])

    fill = 0.0 if fill_value is None else fill_value
    arrays = spread_leaves(arrays, sources, source_places, 0, fill, per_block)
    n_components = len(tensor.component_names)
    components: List[List[Labels]] = []
    output: List[Array] = []
    for i, array in enumerate(arrays):
        new = new_components[where[i // per_block]]
        extra = len(old_components[i]) - n_components
        split = reshape_array(array, [len(samples[i])] + _sizes(new) + shape_of(array)[1:])
        # components which only gradients have come first
        first = list(range(1 + len(new), 1 + len(new) + extra))
        order = [0] + first + list(range(1, 1 + len(new)))
        output.append(permute_axes(split, order + other_axes(order, n_components + len(order) + 1)))
        kept = list(old_components[i])
        components.append(kept[:extra] + new + kept[extra:])
    return assemble(
        tensor.keys, output, parameters_of(tensor), samples, components, properties_of(tensor)
    )


def _split_labels(
    labels: List[Labels], names: List[str], axis: str, function: str
) -> Tuple[List[Labels], List[LabelsValues], List[List[Labels]], List[LabelsValues]]:
    # for each labels: what is left without these dimensions, and for each entry which one of these
    # it is; the new components, and the position of each entry in their product
    columns = axes_of(names, labels[0].names)
    kept = other_axes(columns, len(labels[0].names))
    in_all = _components_of_all(labels, names, columns, axis, function)
    sorted_rests, sorted_groups = group_entries(labels, kept, True)
    rests, groups = order_of_appearance(sorted_rests, sorted_groups)
    components: List[List[Labels]] = []
    for _ in labels:
        none: List[Labels] = []
        components.append(none)
    places: List[LabelsValues] = []
    for i, column in enumerate(columns):
        dimensions, positions = group_entries(labels, [column], True)
        for j, one in enumerate(labels):
            dimension = dimensions[j] if len(one) > 0 else in_all[i]
            components[j].append(dimension)
            if i == 0:
                places.append(positions[j])
            else:
                places[j] = places[j] * len(dimension) + positions[j]
    return rests, groups, components, places


def _components_of_all(
    labels: List[Labels], names: List[str], columns: List[int], axis: str, function: str
) -> List[Labels]:
    # those of blocks without entries, since components can not be empty
    count = 0
    empty = False
    for one in labels:
        count += len(one)
        empty = empty or len(one) == 0
    output: List[Labels] = []
    if not empty:
        for _ in names:
            output.append(labels[0])
        return output
    if count == 0:
        raise ValueError(f"can not move {names} in `{function}`, there are no {axis} at all")
    for i, column in enumerate(columns):
        parts: List[LabelsValues] = []
        for one in labels:
            parts.append(take_columns(entries(one), [column]))
        rows = unique_rows(concatenate_index(parts))[0]
        output.append(make_labels([names[i]], rows, labels[0], True))
    return output


def _add_sources(sources: List[LabelsValues], flat: LabelsValues, size: int) -> int:
    # position of new sources, -1 if everything is in its place already
    if len(flat) == size and is_identity(flat):
        return -1
    sources.append(sources_of(flat, size))
    return len(sources) - 1


def _sizes(components: List[Labels]) -> List[int]:
    sizes: List[int] = []
    for one in components:
        sizes.append(len(one))
    return sizes


def _size(components: List[Labels]) -> int:
    size = 1
    for one in components:
        size *= len(one)
    return size


def _fail(
    tensor: TensorMap,
    where: List[int],
    which: int,
    rest: Labels,
    group: int,
    components: List[Labels],
    place: int,
    function: str,
) -> None:
    found: List[str] = []
    for i in range(len(components)):
        one = components[len(components) - 1 - i]
        found.append(one.entry(place % len(one)).print())
        place = place // len(one)
    found.reverse()
    key = tensor.keys.entry(where.index(which)).print()
    raise ValueError(
        f"`{function}` needs a `fill_value`: there is nothing for {rest.entry(group).print()} and "
        f"{', '.join(found)}, in the block with key {key}"
    )
