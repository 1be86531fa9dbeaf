"""Products of tensors with gradients of gradients, on any level.

The derivative of ``A B`` with respect to several parameters is the sum over all ways to apply each
of them to one of the two factors. Both have been flattened, see ``_nested``: the samples of a path
``g/h`` are the sample of the values, what describes the row of ``g``, and what describes that of
``h``. To apply only ``h`` to a factor, rows of its gradient ``h`` are looked up with the sample and
with what describes ``h``: what is not there is zero.
"""

from typing import List

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    column_index,
    concatenate_arrays,
    entries,
    foreach_add,
    foreach_multiply,
    gather,
    leaves,
    make_labels,
    merge_entries,
    reshape_array,
    shape_of,
    take_columns,
    take_index,
    unique_rows,
    with_arrays,
    zeros_like_array,
)
from ._messages import of_block


def multiply_flattened(A: TensorMap, arrays: List[Array]) -> TensorMap:
    """Product of two tensors with the same metadata, both flattened.

    :param arrays: leaves of the second one
    :raises NotImplementedError: if a gradient of one of the factors is needed, and not there
    """
    own = leaves(A)
    output: List[Array] = []
    i = 0
    for j, block in enumerate(A.blocks()):
        count = 1 + len(block.gradients_list())
        pair = [own[i : i + count], arrays[i : i + count]]
        output.extend(foreach_multiply(own[i : i + 1], arrays[i : i + 1]))
        for path in block.gradients_list():
            output.append(_derivative(block, path, pair, A.keys, j))
        i += count
    return with_arrays(A, output)


def _derivative(
    block: TensorBlock, path: str, pair: List[List[Array]], keys: Labels, i: int
) -> Array:
    levels = path.split("/")
    choices = 1
    for _ in levels:
        choices *= 2
    total: List[Array] = []
    for number in range(choices):
        choice = number
        # parameters applied to the first factor, the others are for the second one
        first: List[bool] = []
        second: List[bool] = []
        for _ in levels:
            first.append(choice % 2 == 1)
            second.append(choice % 2 == 0)
            choice = choice // 2
        product = foreach_multiply(
            [_factor(block, path, first, pair[0], keys, i)],
            [_factor(block, path, second, pair[1], keys, i)],
        )
        total = product if len(total) == 0 else foreach_add(total, product)
    return total[0]


def _factor(
    block: TensorBlock, path: str, applied: List[bool], arrays: List[Array], keys: Labels, i: int
) -> Array:
    # derivative of a factor with respect to some of the parameters of a path, for each row and
    # with all axes of the gradient: those of other parameters have the length 1
    levels = path.split("/")
    paths = block.gradients_list()
    gradient = block.gradient(path)
    names: List[str] = []
    columns = [0]
    lengths: List[int] = []
    axes: List[int] = []
    n_columns = 1
    n_axes = len(block.components)
    shape = shape_of(gradient.values)
    for k in range(len(levels)):
        prefix = block.gradient("/".join(levels[: k + 1]))
        n_own_axes = len(prefix.components) - n_axes
        # axes of later parameters are in front
        end = len(shape) - 1 - n_axes
        if applied[k]:
            names.append(levels[k])
            columns.extend(list(range(n_columns, len(prefix.samples.names))))
            lengths = shape[end - n_own_axes : end] + lengths
            axes = shape[end - n_own_axes : end] + axes
        else:
            lengths = [1] * n_own_axes + lengths
        n_columns = len(prefix.samples.names)
        n_axes = len(prefix.components)
    wanted = "/".join(names)
    if wanted == path:
        return arrays[1 + paths.index(path)]
    if wanted != "" and wanted not in paths:
        raise NotImplementedError(
            f"gradients of gradients with respect to '{path}' in `multiply` need those with "
            f"respect to '{wanted}', there are only {paths}{of_block(keys, i)}"
        )
    rows = take_columns(entries(gradient.samples), columns)
    tail = shape[len(shape) - 1 - len(block.components) :]
    if wanted == "":
        values = gather(arrays[0], column_index(gradient.samples, "sample"), 0)
    else:
        values, samples = arrays[1 + paths.index(wanted)], block.gradient(wanted).samples
        if len(samples.names) != len(columns) or shape_of(values)[1:] != axes + tail:
            raise ValueError(
                f"the gradients with respect to '{wanted}' and '{path}' in `multiply` do not have "
                f"the same dimensions of samples and components{of_block(keys, i)}"
            )
        values = _look_up(values, samples, rows)
    return reshape_array(values, shape[:1] + lengths + tail)


def _look_up(values: Array, samples: Labels, rows: LabelsValues) -> Array:
    # the rows of an array with these samples, zeros where there are none
    distinct, groups = unique_rows(rows)
    merged, mappings = merge_entries([samples, make_labels(samples.names, distinct, samples, True)])
    shape = shape_of(values)
    missing = len(merged) - len(samples)
    if missing != 0:
        padding = zeros_like_array(values, [missing] + shape[1:])
        values = concatenate_arrays([values, padding], 0)
    return gather(values, take_index(mappings[1], groups), 0)
