"""Comparing tensors in more or less strict ways than by default."""

from typing import List, NamedTuple, Optional, Tuple, Union

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    column_index,
    complement_index,
    dtype_name,
    entries,
    gather,
    inverse_permutation,
    make_labels,
    same_labels,
    select_positions,
    set_column,
    shape_of,
    size_of,
    swap_axes,
    take_index,
    to_list,
)
from ._compare import values_difference
from ._differences import keys_difference, labels_difference, parameters_difference
from ._messages import of_block


class Comparison(NamedTuple):
    """What to compare, and how."""

    #: axes along which the order of the entries does not matter, ``"names"`` for dimensions
    ignored: List[str]
    #: axes which are compared
    axes: List[str]
    #: compare the values?
    values: bool
    #: relative and absolute tolerance; ``None`` for exact equality
    tolerances: Optional[List[float]]
    #: is NaN equal to NaN?
    equal_nan: bool
    #: compare the gradients? and gradients of gradients?
    gradients: bool
    nested: bool
    #: compare the types of the values?
    dtype: bool
    #: look for the first values which are different?
    details: bool


def ignored_axes(ignore_order: Union[bool, List[str]], function: str) -> List[str]:
    """Axes along which the order of the entries does not matter.

    :raises ValueError: if something else is in this list
    """
    axes = ["samples", "components", "properties"]
    if isinstance(ignore_order, bool):
        if ignore_order:
            return axes
        nothing: List[str] = []
        return nothing
    output = list(ignore_order)
    for axis in output:
        if axis not in axes and axis != "names":
            raise ValueError(
                f"invalid '{axis}' in `ignore_order` of `{function}`, it must be one of "
                f"{axes + ['names']}"
            )
    return output


def info_difference(tensor_1: TensorMap, tensor_2: TensorMap) -> str:
    """First difference of the info of two tensors, or an empty string."""
    one, other = tensor_1.info(), tensor_2.info()
    for key in one:
        if key not in other:
            return f"only the first tensor has '{key}' in its info"
        if one[key] != other[key]:
            return f"'{key}' is different in the info: '{one[key]}' and '{other[key]}'"
    for key in other:
        if key not in one:
            return f"only the second tensor has '{key}' in its info"
    return ""


def compare_maps(tensor_1: TensorMap, tensor_2: TensorMap, comparison: Comparison) -> str:
    """First difference of two tensors, or an empty string."""
    keys = tensor_2.keys
    if "names" in comparison.ignored:
        keys = _permuted(keys, tensor_1.keys.names)
    message = keys_difference(tensor_1.keys, keys)
    if message != "":
        return message
    positions = to_list(select_positions(keys, tensor_1.keys))
    if same_labels(tensor_1.keys, keys):
        positions = list(range(len(keys)))
    blocks = tensor_2.blocks()
    for i, block in enumerate(tensor_1.blocks()):
        message = compare_blocks(block, blocks[positions[i]], comparison)
        if message != "":
            return message + of_block(tensor_1.keys, i)
    return ""


def compare_blocks(block_1: TensorBlock, block_2: TensorBlock, comparison: Comparison) -> str:
    """First difference of two blocks, or an empty string."""
    # blocks to compare: gradients come after what they are the gradients of
    ones = [block_1]
    others = [block_2]
    paths = [""]
    # position in the samples of the first parent of those of the second one, if it is another one
    in_place: List[LabelsValues] = []
    parents = [in_place]
    i = 0
    while i < len(ones):
        one, other, path = ones[i], others[i], paths[i]
        message, rows = _compare_one(one, other, parents[i], comparison)
        follow = comparison.gradients and (path == "" or comparison.nested)
        if message == "" and follow:
            message = parameters_difference(one, other)
        if message != "":
            if path == "":
                return message
            return f"for the gradients with respect to '{path}': {message}"
        if follow:
            moved: List[LabelsValues] = []
            for row in rows:
                moved.append(inverse_permutation(row))
            for parameter in one.gradients_list():
                ones.append(one.gradient(parameter))
                others.append(other.gradient(parameter))
                paths.append(parameter if path == "" else f"{path}/{parameter}")
                parents.append(moved)
        i += 1
    return ""


def _compare_one(
    one: TensorBlock, other: TensorBlock, moved: List[LabelsValues], comparison: Comparison
) -> Tuple[str, List[LabelsValues]]:
    # difference without the gradients, and the positions of the samples if these are elsewhere
    array = other.values
    rows: List[LabelsValues] = []
    if comparison.values and shape_of(one.values) != shape_of(array):
        shapes = f"{shape_of(one.values)} and {shape_of(array)}"
        return f"the values have different shapes: {shapes}", rows
    if comparison.dtype and dtype_name(one.values) != dtype_name(array):
        names = f"{dtype_name(one.values)} and {dtype_name(array)}"
        return f"the values have different dtypes: {names}", rows
    if "samples" in comparison.axes:
        samples = other.samples
        for mapping in moved:
            column = take_index(mapping, column_index(samples, "sample"))
            values = set_column(entries(samples), 0, column)
            samples = make_labels(samples.names, values, samples, True)
        message, rows = _match(one.samples, samples, "samples", comparison.ignored)
        if message != "":
            return message, rows
        if comparison.values:
            array = _moved(array, rows, 0)
    if "components" in comparison.axes:
        if len(one.components) != len(other.components):
            counts = f"{len(one.components)} and {len(other.components)}"
            return f"different number of components: {counts}", rows
        for i, component in enumerate(one.components):
            message, index = _match(
                component, other.components[i], "components", comparison.ignored
            )
            if message != "":
                return message, rows
            if comparison.values:
                array = _moved(array, index, i + 1)
    if "properties" in comparison.axes:
        message, index = _match(one.properties, other.properties, "properties", comparison.ignored)
        if message != "":
            return message, rows
        if comparison.values:
            array = _moved(array, index, -1)
    if not comparison.values:
        return "", rows
    difference = values_difference(
        one, array, comparison.tolerances, comparison.equal_nan, comparison.details
    )
    return difference, rows


def _match(a: Labels, b: Labels, axis: str, ignored: List[str]) -> Tuple[str, List[LabelsValues]]:
    # difference, and the position in `b` of each entry of `a` if they are not the same anyways
    positions: List[LabelsValues] = []
    if same_labels(a, b):
        return "", positions
    if "names" in ignored:
        b = _permuted(b, a.names)
    if a.names != b.names:
        return f"{axis} have different names: {a.names} and {b.names}", positions
    if same_labels(a, b):
        return "", positions
    if axis not in ignored:
        return labels_difference(a, b, axis), positions
    found = select_positions(b, a)
    if size_of(found) != len(a):
        missing = to_list(complement_index(select_positions(a, b), len(a), a))[0]
        return (
            f"{axis} are different: only the first ones have {a.entry(missing).print()}",
            positions,
        )
    if len(a) != len(b):
        missing = to_list(complement_index(found, len(b), b))[0]
        return (
            f"{axis} are different: only the second ones have {b.entry(missing).print()}",
            positions,
        )
    return "", [found]


def _permuted(labels: Labels, names: List[str]) -> Labels:
    # the same dimensions in another order, if there are such
    if labels.names == names or sorted(labels.names) != sorted(names):
        return labels
    columns: List[int] = []
    for name in names:
        columns.append(labels.names.index(name))
    return labels.permute(columns)


def _moved(array: Array, index: List[LabelsValues], axis: int) -> Array:
    for one in index:
        if axis <= 0:
            return gather(array, one, axis)
        return swap_axes(gather(swap_axes(array, 0, axis), one, 0), 0, axis)
    return array
