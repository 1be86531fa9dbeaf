"""Moving dimensions from one axis to another: what these operations have in common."""

from typing import List

from ._backend import (
    Array,
    Labels,
    TensorMap,
    components_of,
    leaves_per_block,
    reshape_array,
    shape_of,
    swap_axes,
)


def check_dimensions(names: List[str], known: List[str], axis: str, function: str) -> None:
    """Check the names of dimensions.

    :raises ValueError: if one of them does not exist, or is there twice
    """
    for i, name in enumerate(names):
        if name not in known:
            raise ValueError(
                f"'{name}' is not one of the dimensions of the {axis} in `{function}`: {known}"
            )
        if name in names[:i]:
            raise ValueError(f"'{name}' is there twice in the names given to `{function}`")


def check_new_dimensions(names: List[str], known: List[str], axis: str, function: str) -> None:
    """Check the names of dimensions which are added to an axis.

    :raises ValueError: if one of them exists already
    """
    for name in names:
        if name in known:
            raise ValueError(
                f"can not move '{name}' in `{function}`, there is such a dimension of the {axis} "
                f"already: {known}"
            )


def all_component_names(tensor: TensorMap) -> List[str]:
    """Names of the components of all leaves, those of gradients included."""
    names: List[str] = []
    components = components_of(tensor)
    for labels in components[: leaves_per_block(tensor)]:
        for one in labels:
            if one.names[0] not in names:
                names.append(one.names[0])
    return names


def axes_of(names: List[str], known: List[str]) -> List[int]:
    """Positions of names in a list."""
    output: List[int] = []
    for name in names:
        output.append(known.index(name))
    return output


def other_axes(axes: List[int], count: int) -> List[int]:
    """The axes which are not in a list."""
    output: List[int] = []
    for i in range(count):
        if i not in axes:
            output.append(i)
    return output


def shifted(axes: List[int], offset: int) -> List[int]:
    """Axes with a number added to each of them."""
    output: List[int] = []
    for axis in axes:
        output.append(axis + offset)
    return output


def permute_axes(array: Array, order: List[int]) -> Array:
    """View with the axes in another order."""
    current = list(range(len(order)))
    for i, axis in enumerate(order):
        j = current.index(axis)
        if j != i:
            array = swap_axes(array, i, j)
            current[j] = current[i]
            current[i] = axis
    return array


def merge_axes(array: Array, start: int, count: int) -> Array:
    """Array with several axes made one."""
    shape = shape_of(array)
    size = 1
    for length in shape[start : start + count]:
        size *= length
    return reshape_array(array, shape[:start] + [size] + shape[start + count :])


def pick_labels(labels: List[Labels], axes: List[int]) -> List[Labels]:
    """Some of the labels of a list."""
    output: List[Labels] = []
    for i in axes:
        output.append(labels[i])
    return output
