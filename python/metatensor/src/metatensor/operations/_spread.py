"""Moving the entries of an axis to other places, with something else in between."""

from typing import List, Tuple

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    distinct_labels,
    distinct_pairs,
    foreach_add_scalar,
    foreach_cast,
    foreach_concatenate,
    foreach_gather,
    gradients_of,
    interleave,
    merge_entries,
    same_labels,
    select_entries,
    select_positions,
    shape_of,
    sorted_positions,
    sources_of,
    spread_labels,
    values_of,
    zeros_like_array,
)


def spread_arrays(
    arrays: List[Array], sources: List[LabelsValues], where: List[int], axis: int, fill: float
) -> List[Array]:
    """Arrays with other entries along the first (0) or last (-1) axis.

    :param sources: for each new entry the position of the old one, or the number of old ones
        where there is none: see ``sources_of``
    :param where: for each array the position of its sources, or -1 to share the array
    :param fill: value where there is no old entry
    """
    moved: List[Array] = []
    padding: List[Array] = []
    moved_where: List[int] = []
    for i, array in enumerate(arrays):
        if where[i] >= 0:
            shape = shape_of(array)
            shape[axis] = 1
            moved.append(array)
            padding.append(zeros_like_array(array, shape))
            moved_where.append(where[i])
    if len(moved) == 0:
        return arrays
    if fill != 0.0:
        padding = foreach_cast(foreach_add_scalar(padding, fill), padding)
    moved = foreach_gather(foreach_concatenate([moved, padding], axis), sources, moved_where, axis)
    output: List[Array] = []
    next_moved = 0
    for i, array in enumerate(arrays):
        if where[i] >= 0:
            output.append(moved[next_moved])
            next_moved += 1
        else:
            output.append(array)
    return output


def spread_leaves(
    arrays: List[Array],
    sources: List[LabelsValues],
    where: List[int],
    axis: int,
    fill: float,
    per_block: int,
) -> List[Array]:
    """The same for all leaves of a map, with zeros where there is no old entry in gradients.

    :param where: sources of each leaf
    """
    of_values: List[int] = []
    of_gradients: List[int] = []
    for i, place in enumerate(where):
        if i % per_block == 0:
            of_values.append(place)
        else:
            of_gradients.append(place)
    values = spread_arrays(values_of(arrays, per_block), sources, of_values, axis, fill)
    gradients = spread_arrays(gradients_of(arrays, per_block), sources, of_gradients, axis, 0.0)
    return interleave(values, gradients, per_block)


def merge_axis(
    a: List[Labels], b: List[Labels], zero: bool
) -> Tuple[List[Labels], List[List[LabelsValues]], List[int]]:
    """Union or intersection of corresponding labels of two lists, in the order of the first ones.

    Gives the new labels; for both lists sources as in :py:func:`spread_arrays`; and which of these
    are those of each of the labels, -1 if these were the same already. Work is done once for pairs
    which occur several times.

    :param zero: unite the labels; else only keep the entries which both have
    """
    first, where = distinct_pairs(a, distinct_labels(b)[1])
    merged: List[Labels] = []
    sources_a: List[LabelsValues] = []
    sources_b: List[LabelsValues] = []
    places: List[int] = []
    for i in first:
        if same_labels(a[i], b[i]):
            merged.append(a[i])
            places.append(-1)
            continue
        places.append(len(sources_a))
        if zero:
            union, mappings = merge_entries([a[i], b[i]])
            merged.append(union)
            sources_a.append(sources_of(mappings[0], len(union)))
            sources_b.append(sources_of(mappings[1], len(union)))
        else:
            kept = sorted_positions(select_positions(a[i], b[i]))
            common = select_entries(a[i], kept, True)
            merged.append(common)
            sources_a.append(kept)
            sources_b.append(select_positions(b[i], common))
    all_places: List[int] = []
    for j in where:
        all_places.append(places[j])
    return spread_labels(merged, where), [sources_a, sources_b], all_places


def missing_like(array: Array, like: List[Array]) -> Array:
    """Zeros of the same shape, with the dtype of the arrays of a list if there are any."""
    if len(like) == 0:
        return zeros_like_array(array)
    return zeros_like_array(like[0], shape_of(array))
