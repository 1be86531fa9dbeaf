"""Giving the gradients of two tensors the same metadata, see ``_align``."""

from typing import List, Tuple

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorMap,
    assemble,
    components_of,
    distinct_pairs,
    empty_labels,
    follow_in_labels,
    foreach_gather,
    foreach_spread,
    leaves,
    leaves_per_block,
    parameters_of,
    properties_of,
    repeat_each,
    samples_of,
    shape_of,
    zeros_like_array,
)
from ._differences import components_difference
from ._messages import of_block
from ._spread import merge_axis, missing_like
from ._utils import NotEqualError


def all_parameters(A: TensorMap, B: TensorMap) -> List[str]:
    """Names of the gradients of ``A``, then those which only ``B`` has."""
    parameters: List[str] = []
    for tensor in [A, B]:
        if len(tensor.keys) > 0:
            for parameter in parameters_of(tensor)[0]:
                if parameter not in parameters:
                    parameters.append(parameter)
    return parameters


def aligned_gradients(
    tensors: List[TensorMap],
    keys: Labels,
    parameters: List[str],
    positions: List[List[int]],
    sample_sources: List[List[LabelsValues]],
    rows: List[int],
    property_sources: List[List[LabelsValues]],
    columns: List[int],
    function: str,
) -> Tuple[List[Labels], List[List[Labels]], List[List[Array]]]:
    """Samples and components of all gradients, and for both tensors the arrays.

    :param positions: for both tensors the position of the block with each key, or -1
    :param sample_sources: where the samples of the values come from, and ``rows`` which of these
        are those of each block. The same for properties, and ``columns``
    """
    n_parameters = len(parameters)
    tensors = [
        with_parameters(tensors[0], tensors[1], parameters, positions[0], positions[1]),
        with_parameters(tensors[1], tensors[0], parameters, positions[1], positions[0]),
    ]
    found: List[List[int]] = []
    labels: List[List[Labels]] = []
    arrays: List[List[Array]] = []
    for i, tensor in enumerate(tensors):
        where = _positions_of_leaves(tensor, parameters, positions[i])
        followed = _follow(tensor, where, sample_sources[i], repeat_each(rows, n_parameters))
        found.append(where)
        labels.append(followed[0])
        arrays.append(followed[1])
    components = _merge_components(tensors, keys, parameters, found, function)
    # what is missing is replaced by what the other one has, and by zeros in the end
    other = [1, 0]
    present: List[List[Labels]] = []
    for i in range(2):
        present.append(_present(labels[i], found[i], labels[other[i]], found[other[i]]))
    _check_names(present, parameters, function)
    samples, sources, places = merge_axis(present[0], present[1], True)
    all_columns = repeat_each(columns, n_parameters)
    for i in range(2):
        my_places: List[int] = []
        my_columns: List[int] = []
        for j, position in enumerate(found[i]):
            if position >= 0:
                my_places.append(places[j])
                my_columns.append(all_columns[j])
        moved = foreach_spread(arrays[i], sources[i], my_places, 0, 0.0)
        arrays[i] = foreach_spread(moved, property_sources[i], my_columns, -1, 0.0)
    output: List[List[Array]] = []
    for i, tensor in enumerate(tensors):
        like = leaves(tensor)
        output.append(_fill(arrays[i], found[i], arrays[other[i]], found[other[i]], like))
    return samples, components, output


def with_parameters(
    tensor: TensorMap,
    other: TensorMap,
    parameters: List[str],
    positions: List[int],
    other_positions: List[int],
) -> TensorMap:
    """Tensor with gradients for all parameters: those which are new do not have any samples.

    :param other: tensor which has all parameters which are missing
    :param positions: positions of blocks, and ``other_positions`` of those which correspond to them
    """
    if len(tensor.keys) == 0 or len(parameters_of(tensor)[0]) == len(parameters):
        return tensor
    templates = [0] * len(tensor.keys)
    for i, position in enumerate(positions):
        if position >= 0 and other_positions[i] >= 0:
            templates[position] = other_positions[i]
    old_arrays, old_samples, old_components = (
        leaves(tensor),
        samples_of(tensor),
        components_of(tensor),
    )
    arrays: List[Array] = []
    samples: List[Labels] = []
    components: List[List[Labels]] = []
    names: List[List[str]] = []
    per_block = leaves_per_block(tensor)
    other_size = leaves_per_block(other)
    other_samples, other_components = samples_of(other), components_of(other)
    all_other_names = parameters_of(other)
    for i, known in enumerate(parameters_of(tensor)):
        first = i * per_block
        arrays.extend(old_arrays[first : first + per_block])
        samples.extend(old_samples[first : first + per_block])
        components.extend(old_components[first : first + per_block])
        new_names = list(known)
        other_names = all_other_names[templates[i]]
        for parameter in parameters:
            if parameter not in known:
                new_names.append(parameter)
                start = templates[i] * other_size
                like = start + 1 + other_names.index(parameter)
                # components of the gradient alone, then those of the values
                count = len(other_components[like]) - len(other_components[start])
                axes = list(other_components[like][:count]) + list(old_components[first])
                shape = [0]
                for axis in axes:
                    shape.append(len(axis))
                shape.append(shape_of(old_arrays[first])[-1])
                arrays.append(zeros_like_array(old_arrays[first], shape))
                samples.append(empty_labels(other_samples[like]))
                components.append(axes)
        names.append(new_names)
    return assemble(tensor.keys, arrays, names, samples, components, properties_of(tensor))


def _positions_of_leaves(
    tensor: TensorMap, parameters: List[str], positions: List[int]
) -> List[int]:
    # position of each gradient among the leaves, or -1
    names = parameters_of(tensor)
    per_block = leaves_per_block(tensor)
    output: List[int] = []
    for position in positions:
        for parameter in parameters:
            if position >= 0:
                output.append(position * per_block + 1 + names[position].index(parameter))
            else:
                output.append(-1)
    return output


def _follow(
    tensor: TensorMap, found: List[int], sources: List[LabelsValues], where: List[int]
) -> Tuple[List[Labels], List[Array]]:
    # the gradients which are there, with the new numbers of their samples
    arrays = leaves(tensor)
    samples = samples_of(tensor)
    per_block = leaves_per_block(tensor)
    labels: List[Labels] = []
    kept: List[Array] = []
    places: List[int] = []
    n_samples: List[int] = []
    for i, position in enumerate(found):
        if position >= 0:
            labels.append(samples[position])
            kept.append(arrays[position])
            places.append(where[i])
            # one more place for samples which are not there
            n_samples.append(len(samples[position - position % per_block]) + 1)
    pairs, pairs_where = distinct_pairs(labels, places)
    moved: List[Labels] = []
    index: List[LabelsValues] = []
    sizes: List[int] = []
    # position of the new labels of each pair, if they have moved
    moved_places: List[int] = []
    for i in pairs:
        moved_places.append(-1 if places[i] < 0 else len(moved))
        if places[i] >= 0:
            moved.append(labels[i])
            index.append(sources[places[i]])
            sizes.append(n_samples[i])
    followed, rows = follow_in_labels(moved, index, sizes)
    rows_where: List[int] = []
    for i, pair in enumerate(pairs_where):
        place = moved_places[pair]
        rows_where.append(place)
        if place >= 0:
            labels[i] = followed[place]
    return labels, foreach_gather(kept, rows, rows_where, 0)


def _merge_components(
    tensors: List[TensorMap],
    keys: Labels,
    parameters: List[str],
    found: List[List[int]],
    function: str,
) -> List[List[Labels]]:
    components_a, components_b = components_of(tensors[0]), components_of(tensors[1])
    output: List[List[Labels]] = []
    for i, position in enumerate(found[0]):
        if position < 0:
            output.append(components_b[found[1][i]])
            continue
        components = components_a[position]
        if found[1][i] >= 0:
            others = components_b[found[1][i]]
            difference = components_difference(components, others)
            if difference != "":
                raise NotEqualError(
                    f"inputs to '{function}' must have the same components, for the gradients with "
                    f"respect to '{parameters[i % len(parameters)]}': {difference}"
                    + of_block(keys, i // len(parameters))
                )
        output.append(components)
    return output


def _present(
    labels: List[Labels], found: List[int], others: List[Labels], found_others: List[int]
) -> List[Labels]:
    output: List[Labels] = []
    i = 0
    other = 0
    for j, position in enumerate(found):
        output.append(labels[i] if position >= 0 else others[other])
        if position >= 0:
            i += 1
        if found_others[j] >= 0:
            other += 1
    return output


def _fill(
    arrays: List[Array],
    found: List[int],
    others: List[Array],
    found_others: List[int],
    like: List[Array],
) -> List[Array]:
    # all gradients, zeros where there are none
    output: List[Array] = []
    i = 0
    other = 0
    for j, position in enumerate(found):
        if position >= 0:
            output.append(arrays[i])
            i += 1
        else:
            output.append(missing_like(others[other], like))
        if found_others[j] >= 0:
            other += 1
    return output


def _check_names(samples: List[List[Labels]], parameters: List[str], function: str) -> None:
    for i, one in enumerate(samples[0]):
        names, others = one.names, samples[1][i].names
        if names != others:
            raise NotEqualError(
                f"inputs to '{function}' have different names of the samples of the gradients with "
                f"respect to '{parameters[i % len(parameters)]}': {names} and {others}"
            )
