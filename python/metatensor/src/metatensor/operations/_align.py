"""Giving two tensors the same metadata, for operations on sparse data."""

from typing import List, Tuple

from ._align_gradients import aligned_gradients, all_parameters
from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorMap,
    assemble,
    block_samples,
    components_of,
    first_different,
    foreach_spread,
    interleave,
    interleave_labels,
    leaves,
    leaves_per_block,
    merge_entries,
    parameters_of,
    properties_of,
    rebuild,
    same_labels,
    same_structure,
    select_entries,
    select_positions,
    size_of,
    sorted_positions,
    sources_of,
    to_list,
    values_of,
    with_arrays,
)
from ._differences import components_difference
from ._messages import of_block
from ._spread import merge_axis, missing_like
from ._utils import NotEqualError


def check_missing(missing: str, allowed: List[str], function: str) -> None:
    """Check the argument which tells what to do with missing entries.

    :raises ValueError: if it is not one of those which are ``allowed``
    """
    if missing not in allowed:
        raise ValueError(
            f"invalid value '{missing}' for `missing` in `{function}`, it must be one of {allowed}"
        )


def aligned(A: TensorMap, B: TensorMap, zero: bool, function: str) -> Tuple[TensorMap, TensorMap]:
    """Two tensors with the same metadata, in the same order.

    Samples of the gradients are united in any case: rows which are not there are zero.

    :param zero: unite keys, samples and properties, with zeros where there was nothing; else
        only keep what both tensors have
    :raises NotEqualError: if names are not the same everywhere, or corresponding components
    """
    if same_structure(A, B):
        return A, B
    _check_names(A, B, function)
    keys, a, b = _merge_keys(A.keys, B.keys, zero)
    old_samples = [
        _present(block_samples(A), block_samples(B), a, b),
        _present(block_samples(B), block_samples(A), b, a),
    ]
    samples, sample_sources, rows = merge_axis(old_samples[0], old_samples[1], zero)
    properties, property_sources, columns = merge_axis(
        _present(properties_of(A), properties_of(B), a, b),
        _present(properties_of(B), properties_of(A), b, a),
        zero,
    )
    components = _merge_components(A, B, keys, a, b, function)
    arrays: List[List[Array]] = []
    for i, values in enumerate([_present_values(A, B, a, b), _present_values(B, A, b, a)]):
        moved = foreach_spread(values, sample_sources[i], rows, 0, 0.0)
        arrays.append(foreach_spread(moved, property_sources[i], columns, -1, 0.0))

    parameters = all_parameters(A, B)
    names: List[List[str]] = []
    for _ in a:
        names.append(parameters)
    if len(parameters) > 0:
        all_samples, all_components, gradients = aligned_gradients(
            [A, B],
            keys,
            parameters,
            [a, b],
            sample_sources,
            rows,
            property_sources,
            columns,
            function,
        )
        per_block = 1 + len(parameters)
        samples = interleave_labels(samples, all_samples)
        arrays[0] = interleave(arrays[0], gradients[0], per_block)
        arrays[1] = interleave(arrays[1], gradients[1], per_block)
        components = _interleave_components(components, all_components, len(parameters))
    if same_labels(keys, A.keys) and _same_names(parameters_of(A), parameters):
        first = rebuild(A, arrays[0], samples, properties)
    else:
        first = assemble(keys, arrays[0], names, samples, components, properties)
    return first, with_arrays(first, arrays[1])


def _same_names(names: List[List[str]], parameters: List[str]) -> bool:
    for one in names:
        if one != parameters:
            return False
    return True


def _check_names(A: TensorMap, B: TensorMap, function: str) -> None:
    difference = ""
    if A.keys.names != B.keys.names:
        difference = f"the keys: {A.keys.names} and {B.keys.names}"
    elif len(A.keys) > 0 and len(B.keys) > 0:
        if A.sample_names != B.sample_names:
            difference = f"the samples: {A.sample_names} and {B.sample_names}"
        elif A.component_names != B.component_names:
            difference = f"the components: {A.component_names} and {B.component_names}"
        elif A.property_names != B.property_names:
            difference = f"the properties: {A.property_names} and {B.property_names}"
    if difference != "":
        raise NotEqualError(f"inputs to '{function}' have different names of {difference}")


def _merge_keys(a: Labels, b: Labels, zero: bool) -> Tuple[Labels, List[int], List[int]]:
    # keys of the result, and the positions of these in both inputs, or -1
    if same_labels(a, b):
        return a, list(range(len(a))), list(range(len(a)))
    if zero:
        keys, mappings = merge_entries([a, b])
        return keys, _positions(mappings[0], len(keys)), _positions(mappings[1], len(keys))
    kept = sorted_positions(select_positions(a, b))
    keys = select_entries(a, kept, True)
    return keys, to_list(kept), to_list(select_positions(b, keys))


def _positions(mapping: LabelsValues, size: int) -> List[int]:
    positions: List[int] = []
    count = size_of(mapping)
    for position in to_list(sources_of(mapping, size)):
        positions.append(position if position < count else -1)
    return positions


def _present(
    labels: List[Labels], others: List[Labels], positions: List[int], other_positions: List[int]
) -> List[Labels]:
    # those of the other input where there are none
    output: List[Labels] = []
    for i, position in enumerate(positions):
        if position >= 0:
            output.append(labels[position])
        else:
            output.append(others[other_positions[i]])
    return output


def _present_values(
    tensor: TensorMap, other: TensorMap, positions: List[int], other_positions: List[int]
) -> List[Array]:
    # zeros where there are none
    values = values_of(leaves(tensor), leaves_per_block(tensor))
    others = values_of(leaves(other), leaves_per_block(other))
    output: List[Array] = []
    for i, position in enumerate(positions):
        if position >= 0:
            output.append(values[position])
        else:
            output.append(missing_like(others[other_positions[i]], values))
    return output


def _merge_components(
    A: TensorMap, B: TensorMap, keys: Labels, a: List[int], b: List[int], function: str
) -> List[List[Labels]]:
    components_a, components_b = components_of(A), components_of(B)
    size_a, size_b = leaves_per_block(A), leaves_per_block(B)
    output: List[List[Labels]] = []
    # those which have to be the same, and their keys
    ours: List[Labels] = []
    theirs: List[Labels] = []
    blocks: List[int] = []
    for i, position in enumerate(a):
        if position < 0:
            output.append(components_b[b[i] * size_b])
            continue
        components = components_a[position * size_a]
        if b[i] >= 0:
            ours.extend(components)
            theirs.extend(components_b[b[i] * size_b])
            for _ in components:
                blocks.append(i)
        output.append(components)
    different = first_different(ours, theirs)
    if different >= 0:
        i = blocks[different]
        difference = components_difference(output[i], components_b[b[i] * size_b])
        raise NotEqualError(
            f"inputs to '{function}' must have the same components: {difference}"
            + of_block(keys, i)
        )
    return output


def _interleave_components(
    values: List[List[Labels]], gradients: List[List[Labels]], count: int
) -> List[List[Labels]]:
    output: List[List[Labels]] = []
    for i, components in enumerate(values):
        output.append(components)
        output.extend(gradients[i * count : (i + 1) * count])
    return output
