"""Sentences telling the first difference of two objects, or an empty string if there is none.

They name the axis, and what is there in both objects: labels with other names, the first entry
which is not the same, the first value.
"""

from typing import List, Optional

from ._backend import (
    Array,
    Labels,
    TensorBlock,
    complement_index,
    entries,
    first_different_element,
    first_different_row,
    print_element,
    same_labels,
    select_positions,
    shape_of,
    size_of,
    to_list,
)


def labels_difference(a: Labels, b: Labels, axis: str) -> str:
    """First difference of labels along an axis: the order of entries matters."""
    if same_labels(a, b):
        return ""
    if a.names != b.names:
        return f"{axis} have different names: {a.names} and {b.names}"
    start = f"{axis} are different, in content or in order: "
    i = first_different_row(entries(a), entries(b))
    if i < len(a) and i < len(b):
        return f"{start}entry {i} is {a.entry(i).print()} and {b.entry(i).print()}"
    counts = f"{start}there are {len(a)} and {len(b)} entries, entry {i} "
    if i < len(a):
        return f"{counts}{a.entry(i).print()} is only in the first ones"
    return f"{counts}{b.entry(i).print()} is only in the second ones"


def keys_difference(a: Labels, b: Labels) -> str:
    """Difference of the keys, apart from their order."""
    if same_labels(a, b):
        return ""
    if a.names != b.names:
        return f"the keys have different names: {a.names} and {b.names}"
    if len(a) == len(b) and size_of(select_positions(b, a)) == len(a):
        return ""
    start = f"the keys with names {a.names} have different entries"
    if len(a) != len(b):
        start = f"there is a different number of blocks: {len(a)} and {len(b)}"
    i = _first_missing(a, b)
    if i >= 0:
        return f"{start}, {a.entry(i).print()} is only in the first keys"
    return f"{start}, {b.entry(_first_missing(b, a)).print()} is only in the second keys"


def _first_missing(a: Labels, b: Labels) -> int:
    # position in `a` of the first entry which is not in `b`
    missing = to_list(complement_index(select_positions(a, b), len(a), a))
    return missing[0] if len(missing) > 0 else -1


def components_difference(a: List[Labels], b: List[Labels]) -> str:
    """First difference of two lists of components."""
    if len(a) != len(b):
        one: List[str] = []
        other: List[str] = []
        for component in a:
            one.extend(component.names)
        for component in b:
            other.extend(component.names)
        return f"different number of components: {len(a)} and {len(b)}, called {one} and {other}"
    for i, component in enumerate(a):
        message = labels_difference(component, b[i], "components")
        if message != "":
            return message
    return ""


def axes_difference(a: TensorBlock, b: TensorBlock, axes: List[str]) -> str:
    """Difference of the labels of two blocks, along some of the axes."""
    for axis in axes:
        if axis == "samples":
            message = labels_difference(a.samples, b.samples, axis)
        elif axis == "properties":
            message = labels_difference(a.properties, b.properties, axis)
        else:
            message = components_difference(a.components, b.components)
        if message != "":
            return message
    return ""


def parameters_difference(a: TensorBlock, b: TensorBlock) -> str:
    """Difference of the sets of gradients of two blocks."""
    one, other = a.gradients_list(), b.gradients_list()
    if one != other and sorted(one) != sorted(other):
        return f"different gradients: {one} and {other}"
    return ""


def gradients_difference(a: TensorBlock, b: TensorBlock, axes: List[str]) -> str:
    """Difference of the gradients of two blocks, along some of the axes."""
    message = parameters_difference(a, b)
    if message != "":
        return message
    for parameter in a.gradients_list():
        message = axes_difference(a.gradient(parameter), b.gradient(parameter), axes)
        if message != "":
            return f"for the gradients with respect to '{parameter}': {message}"
    return ""


def first_values(
    block: TensorBlock, other: Array, tolerances: Optional[List[float]], equal_nan: bool
) -> str:
    """Where the values of a block are not those of another array, and what is there."""
    index = first_different_element(block.values, other, tolerances, equal_nan)
    if len(index) != len(shape_of(block.values)):
        return ""
    numbers = f"{print_element(block.values, index)} and {print_element(other, index)}"
    where: List[str] = [f"sample {block.samples.entry(index[0]).print()}"]
    for i, component in enumerate(block.components):
        where.append(f"component {component.entry(index[i + 1]).print()}")
    where.append(f"property {block.properties.entry(index[-1]).print()}")
    return f": {numbers} for {', '.join(where)}"
