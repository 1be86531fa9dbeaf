"""Moving the entries of an axis to other places, with something else in between."""

from typing import List, Tuple

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    distinct_labels,
    distinct_pairs,
    foreach_spread,
    gradients_of,
    interleave,
    merge_labels,
    shape_of,
    spread_labels,
    values_of,
    zeros_like_array,
)


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
    values = foreach_spread(values_of(arrays, per_block), sources, of_values, axis, fill)
    gradients = foreach_spread(gradients_of(arrays, per_block), sources, of_gradients, axis, 0.0)
    return interleave(values, gradients, per_block)


def merge_axis(
    a: List[Labels], b: List[Labels], zero: bool
) -> Tuple[List[Labels], List[List[LabelsValues]], List[int]]:
    """Union or intersection of corresponding labels of two lists, in the order of the first ones.

    Gives the new labels; for both lists sources as in ``foreach_spread``; and which of these
    are those of each of the labels, -1 if these were the same already. Work is done once for pairs
    which occur several times.

    :param zero: unite the labels; else only keep the entries which both have
    """
    first, where = distinct_pairs(a, distinct_labels(b)[1])
    firsts: List[Labels] = []
    seconds: List[Labels] = []
    for i in first:
        firsts.append(a[i])
        seconds.append(b[i])
    merged, sources_a, sources_b, places = merge_labels(firsts, seconds, zero)
    all_places: List[int] = []
    for j in where:
        all_places.append(places[j])
    return spread_labels(merged, where), [sources_a, sources_b], all_places


def missing_like(array: Array, like: List[Array]) -> Array:
    """Zeros of the same shape, with the dtype of the arrays of a list if there are any."""
    if len(like) == 0:
        return zeros_like_array(array)
    return zeros_like_array(like[0], shape_of(array))
