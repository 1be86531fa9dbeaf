"""What the letters of ``einsum`` mean, and contractions of single arrays."""

from typing import Dict, List, Optional, Tuple

from ._axes import permute_axes
from ._backend import (
    Array,
    Labels,
    TensorBlock,
    matmul,
    reshape_array,
    shape_of,
    sum_array,
    swap_axes,
)


def parse_equation(equation: str, counts: List[int]) -> List[List[str]]:
    """Letters of the axes of both operands and of the result.

    :param counts: number of axes of both operands, -1 if this is not known
    :raises ValueError: if the equation is not valid, or does not fit the operands
    """
    sides = equation.split("->")
    operands = sides[0].split(",")
    if len(sides) != 2 or len(operands) != 2:
        _fail(equation, "it must look like 'a b, c b -> a c'")
    terms: List[List[str]] = []
    for term in [operands[0], operands[1], sides[1]]:
        letters: List[str] = []
        for letter in term.split():
            if letter in letters:
                _fail(equation, f"'{letter}' is there twice in one of the terms")
            letters.append(letter)
        terms.append(letters)
    dots = 0
    for i in range(2):
        letters = terms[i]
        if counts[i] < 0:
            continue
        if "..." in letters:
            count = counts[i] - len(letters) + 1
            if count < 0 or letters[0] == "..." or letters[-1] == "...":
                _fail(equation, f"operand {i} has {counts[i]} axes, '...' can only be components")
            dots = max(dots, count)
            terms[i] = _expand(letters, count)
        elif len(letters) != counts[i]:
            _fail(equation, f"operand {i} has {counts[i]} axes")
    output = _expand(terms[2], dots)
    if len(output) < 2:
        _fail(equation, "the result needs samples and properties")
    for letter in output:
        known = letter in terms[0] or letter in terms[1]
        if not known and counts[0] >= 0 and counts[1] >= 0:
            _fail(equation, f"'{letter}' is not in any of the operands")
    return [terms[0], terms[1], output]


def _fail(equation: str, problem: str) -> None:
    raise ValueError(f"invalid equation '{equation}' in `einsum`: {problem}")


def _expand(letters: List[str], count: int) -> List[str]:
    output: List[str] = []
    for letter in letters:
        if letter == "...":
            for i in range(count):
                output.append(f"...{i}")
        else:
            output.append(letter)
    return output


def labels_of_axes(block: TensorBlock) -> List[Labels]:
    """Labels of all axes of a block."""
    labels = [block.samples]
    labels.extend(block.components)
    labels.append(block.properties)
    return labels


def bound(
    labels: List[Labels], letters: List[str], dimensions: Optional[Dict[str, List[str]]]
) -> List[Labels]:
    """Labels with their dimensions in the order which was asked for.

    :raises ValueError: if these are not the dimensions of the axis
    """
    if dimensions is None:
        return labels
    output: List[Labels] = []
    for i, letter in enumerate(letters):
        one = labels[i]
        if letter in dimensions and one.names != dimensions[letter]:
            names = dimensions[letter]
            if sorted(one.names) != sorted(names):
                raise ValueError(
                    f"the axis '{letter}' of `einsum` has the dimensions {one.names}, not {names}"
                )
            columns: List[int] = []
            for name in names:
                columns.append(one.names.index(name))
            one = one.permute(columns)
        output.append(one)
    return output


def contract(
    a: Array, b: Array, letters_a: List[str], letters_b: List[str], output: List[str]
) -> Array:
    """Sum of products over all letters which are not in the output."""
    a, letters_a = _sum_alone(a, letters_a, letters_b, output)
    b, letters_b = _sum_alone(b, letters_b, letters_a, output)
    both: List[str] = []
    summed: List[str] = []
    free_a: List[str] = []
    free_b: List[str] = []
    for letter in letters_a:
        if letter not in letters_b:
            free_a.append(letter)
        elif letter in output:
            both.append(letter)
        else:
            summed.append(letter)
    for letter in letters_b:
        if letter not in letters_a:
            free_b.append(letter)
    matrices_a, sizes_a = _matrices(a, letters_a, both, free_a, summed)
    matrices_b, sizes_b = _matrices(b, letters_b, both, free_b, summed)
    product = matmul(matrices_a, swap_axes(matrices_b, 1, 2))
    product = reshape_array(product, sizes_a + sizes_b[len(both) :])
    found = both + free_a + free_b
    order: List[int] = []
    for letter in output:
        order.append(found.index(letter))
    return permute_axes(product, order)


def _sum_alone(
    array: Array, letters: List[str], others: List[str], output: List[str]
) -> Tuple[Array, List[str]]:
    # sum over what only this array has
    kept: List[str] = []
    axis = 0
    for letter in letters:
        if letter in others or letter in output:
            kept.append(letter)
            axis += 1
        else:
            array = sum_array(array, axis)
    return array, kept


def _matrices(
    array: Array, letters: List[str], both: List[str], free: List[str], summed: List[str]
) -> Tuple[Array, List[int]]:
    # three axes for three kinds of letters, and the sizes of those which stay
    order: List[int] = []
    sizes: List[int] = []
    shape: List[int] = []
    old_shape = shape_of(array)
    for group in [both, free, summed]:
        size = 1
        for letter in group:
            axis = letters.index(letter)
            order.append(axis)
            sizes.append(old_shape[axis])
            size *= old_shape[axis]
        shape.append(size)
    return reshape_array(permute_axes(array, order), shape), sizes[: len(both) + len(free)]
