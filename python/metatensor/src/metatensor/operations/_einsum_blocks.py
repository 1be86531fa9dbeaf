"""Sums of products of two blocks, and of their gradients."""

from typing import Dict, List, Optional, Tuple

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    block_leaves,
    column_index,
    complement_index,
    follow_samples,
    foreach_add,
    foreach_spread,
    gather,
    same_labels,
    select_entries,
    select_positions,
    shape_of,
    size_of,
    sorted_positions,
    swap_axes,
    to_list,
)
from ._einsum_terms import bound, contract, labels_of_axes
from ._spread import merge_axis
from ._utils import NotEqualError


def contract_blocks(
    a: TensorBlock,
    b: TensorBlock,
    terms: List[List[str]],
    dimensions: Optional[Dict[str, List[str]]],
    drop: bool,
    keys: Labels,
    i: int,
) -> TensorBlock:
    """Sum of products of two blocks.

    :param terms: letters of the axes of both blocks and of the result
    :param keys: keys of all blocks, this is number ``i``
    """
    output = terms[2]
    operands = [a, b]
    labels = [
        bound(labels_of_axes(a), terms[0], dimensions),
        bound(labels_of_axes(b), terms[1], dimensions),
    ]
    # entries to take along each of the axes, if there are others
    index = _align(labels, terms, drop, keys, i)
    values = [_take(a.values, index[0], 0), _take(b.values, index[1], 0)]
    new_labels: List[Labels] = []
    for letter in output:
        which = 0 if letter in terms[0] else 1
        new_labels.append(labels[which][terms[which].index(letter)])
    components = new_labels[1:-1]
    for j, component in enumerate(components):
        if len(component.names) != 1:
            raise ValueError(
                f"the axis '{output[j + 1]}' can not be a component of the result of `einsum`, "
                f"it has the dimensions {component.names}"
            )
    block = TensorBlock(
        contract(values[0], values[1], terms[0], terms[1], output),
        new_labels[0],
        components,
        new_labels[-1],
    )
    parameters = list(a.gradients_list())
    for parameter in b.gradients_list():
        if parameter not in parameters:
            parameters.append(parameter)
    for parameter in parameters:
        samples: List[Labels] = []
        arrays: List[Array] = []
        extras: List[List[Labels]] = []
        for which in range(2):
            operand = operands[which]
            if operand.has_gradient(parameter):
                block_leaves(operand)  # refuses gradients of gradients
                if terms[which][0] != output[0]:
                    raise ValueError(
                        f"operand {which} of `einsum` has gradients with respect to '{parameter}': "
                        "its samples must be those of the result, for the block with key "
                        f"{keys.entry(i).print()}"
                    )
                gradient = operand.gradient(parameter)
                one = _contract_gradient(
                    gradient, len(operand.samples), values, terms, which, index[which]
                )
                samples.append(one[0])
                arrays.append(one[1])
                n_extra = len(gradient.components) - len(operand.components)
                extras.append(gradient.components[:n_extra])
        if len(arrays) == 2:
            _check_extras(extras, samples, parameter, keys, i)
            merged, sources, places = merge_axis(samples[:1], samples[1:], True)
            for which in range(2):
                arrays[which] = foreach_spread(
                    arrays[which : which + 1], sources[which], places, 0, 0.0
                )[0]
            arrays = foreach_add(arrays[:1], arrays[1:])
            samples = merged
        block.add_gradient(
            parameter, TensorBlock(arrays[0], samples[0], extras[0] + components, new_labels[-1])
        )
    return block


def _contract_gradient(
    gradient: TensorBlock,
    n_samples: int,
    values: List[Array],
    terms: List[List[str]],
    which: int,
    index: List[List[LabelsValues]],
) -> Tuple[Labels, Array]:
    # one of the terms of the product rule: its samples and values
    samples, array = gradient.samples, gradient.values
    n_extra = len(shape_of(array)) - len(terms[which])
    for one in index[0]:
        samples, rows = follow_samples(samples, one, n_samples)
        array = gather(array, rows, 0)
    nothing: List[LabelsValues] = []
    array = _take(array, [nothing] + index[1:], n_extra)
    extra: List[str] = []
    for j in range(n_extra):
        extra.append(f"gradient {j}")
    letters = terms[which][:1] + extra + terms[which][1:]
    output = terms[2][:1] + extra + terms[2][1:]
    other = 1 - which
    factor = values[other]
    if output[0] in terms[other]:
        # the samples which the rows of the gradient belong to
        axis = terms[other].index(output[0])
        factor = _gather_along(factor, column_index(samples, "sample"), axis)
    if which == 0:
        return samples, contract(array, factor, letters, terms[1], output)
    return samples, contract(factor, array, terms[0], letters, output)


def _align(
    labels: List[List[Labels]], terms: List[List[str]], drop: bool, keys: Labels, i: int
) -> List[List[List[LabelsValues]]]:
    # brings the labels of common axes to the same order
    index: List[List[List[LabelsValues]]] = []
    for letters in terms[:2]:
        of_operand: List[List[LabelsValues]] = []
        for _ in letters:
            everything: List[LabelsValues] = []
            of_operand.append(everything)
        index.append(of_operand)
    for j, letter in enumerate(terms[0]):
        if letter not in terms[1]:
            continue
        k = terms[1].index(letter)
        one, other = labels[0][j], labels[1][k]
        if same_labels(one, other):
            continue
        key = keys.entry(i).print()
        if one.names != other.names:
            raise NotEqualError(
                f"the axis '{letter}' of the inputs to 'einsum' has different names: {one.names} "
                f"and {other.names}, for the block with key {key}"
            )
        positions = select_positions(other, one)
        if size_of(positions) != len(one) or len(one) != len(other):
            if not drop:
                raise NotEqualError(
                    f"the axis '{letter}' of the inputs to 'einsum' has different entries: only "
                    f"one of them has {_first_missing(one, other)}, for the block with key {key}"
                )
            kept = sorted_positions(select_positions(one, other))
            index[0][j].append(kept)
            labels[0][j] = select_entries(one, kept, True)
            positions = select_positions(other, labels[0][j])
        index[1][k].append(positions)
        labels[1][k] = labels[0][j]
    return index


def _first_missing(one: Labels, other: Labels) -> str:
    missing = to_list(complement_index(select_positions(one, other), len(one), one))
    if len(missing) > 0:
        return one.entry(missing[0]).print()
    missing = to_list(complement_index(select_positions(other, one), len(other), other))
    return other.entry(missing[0]).print()


def _take(array: Array, index: List[List[LabelsValues]], offset: int) -> Array:
    for axis, several in enumerate(index):
        for one in several:
            array = _gather_along(array, one, axis + offset if axis > 0 else 0)
    return array


def _gather_along(array: Array, index: LabelsValues, axis: int) -> Array:
    if axis == 0:
        return gather(array, index, 0)
    return swap_axes(gather(swap_axes(array, 0, axis), index, 0), 0, axis)


def _check_extras(
    extras: List[List[Labels]], samples: List[Labels], parameter: str, keys: Labels, i: int
) -> None:
    same = len(extras[0]) == len(extras[1])
    if same:
        for j, one in enumerate(extras[0]):
            same = same and same_labels(one, extras[1][j])
    problem = ""
    if not same:
        problem = "components"
    elif samples[0].names != samples[1].names:
        problem = f"names of the samples ({samples[0].names} and {samples[1].names})"
    if problem != "":
        raise NotEqualError(
            f"inputs to 'einsum' must have the same {problem} of the gradients with respect to "
            f"'{parameter}', for the block with key {keys.entry(i).print()}"
        )
