from typing import List, Optional

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_to_map,
    check_type,
    empty_labels,
    has_nested_gradients,
    join_maps,
    list_to_index,
    map_to_block,
    merge_entries,
    same_axes,
    select_entries,
    to_list,
    torch_jit_is_scripting,
)
from ._join_keys import join_keys
from ._join_properties import join_properties
from ._join_samples import join_samples
from ._messages import of_input
from ._nested import flattened, restored
from ._slice import slice_block
from ._utils import NotEqualError, axes_to_compare, check_blocks, match_blocks


def join(
    tensors: List[TensorMap],
    axis: str,
    different_keys: str = "error",
    add_dimension: Optional[str] = None,
) -> TensorMap:
    """Join tensors along their samples, their properties or their keys.

    Blocks with the same key are joined, unless this is along the keys. Along the samples,
    components and properties must be the same; along the properties, samples and components.
    Samples or properties which occur several times are an error, unless ``add_dimension`` makes
    them different. If the names of the properties are not the same everywhere, the properties
    of the result are called ``joined_index`` (position of the input) and ``property`` (position
    in it).

    Along the keys, the result has all blocks of all tensors, sharing the arrays. Keys which occur
    several times are an error, unless ``add_dimension`` makes them different.

    :param tensors: tensors to join. If there is only one, it is given back as it is
    :param axis: ``"samples"``, ``"properties"`` or ``"keys"``
    :param different_keys: what to do with keys which are not in all of the tensors:
        ``"error"``, ``"intersection"`` (leave their blocks out), or ``"union"`` (use empty
        blocks where they are missing). Only ``"error"`` along the keys
    :param add_dimension: name of a new last dimension of the joined samples, properties or keys,
        containing the position of the input they come from
    :return: new tensor, with the keys in the order of the first input
    :raises TypeError: if ``tensors`` is not a list of TensorMaps
    :raises ValueError: if an argument is not valid, or if the samples have different names
    :raises NotEqualError: if keys, labels or gradients do not fit together

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> joined = mts.join([tensor, tensor], "samples", add_dimension="structure").block()
    >>> joined.samples.names, joined.values.tolist()
    (['sample', 'structure'], [[1.0, 2.0], [1.0, 2.0]])
    >>> mts.join([tensor, tensor], "keys", add_dimension="structure").keys.values.tolist()
    [[0, 0], [0, 1]]
    """
    if not torch_jit_is_scripting():
        _check_inputs(tensors, "tensors", "TensorMap", "join")
    if axis == "keys" and len(tensors) > 0:
        return join_keys(tensors, different_keys, add_dimension)
    _check_arguments(len(tensors), axis, "join")
    if len(tensors) == 1:
        return tensors[0]
    if different_keys not in ["error", "intersection", "union"]:
        raise ValueError(
            f"invalid value '{different_keys}' for `different_keys` in `join`, it must be "
            "'error', 'intersection' or 'union'"
        )
    whole = join_maps(tensors, axis, different_keys, add_dimension)
    if whole is not None:
        return whole
    return _join_maps(_with_same_keys(tensors, axis, different_keys), axis, add_dimension, "join")


def join_blocks(
    blocks: List[TensorBlock], axis: str, add_dimension: Optional[str] = None
) -> TensorBlock:
    """Join blocks along their samples or their properties, see :py:func:`join`.

    :param blocks: blocks to join. If there is only one, it is given back as it is
    :param axis: ``"samples"`` or ``"properties"``
    :param add_dimension: name of a new last dimension of the joined samples or properties
    :raises TypeError: if ``blocks`` is not a list of TensorBlocks
    :raises ValueError: if an argument is not valid, or if the samples have different names
    :raises NotEqualError: if labels or gradients do not fit together
    """
    if not torch_jit_is_scripting():
        _check_inputs(blocks, "blocks", "TensorBlock", "join_blocks")
    _check_arguments(len(blocks), axis, "join_blocks")
    if len(blocks) == 1:
        return blocks[0]
    tensors: List[TensorMap] = []
    for block in blocks:
        tensors.append(block_to_map(block))
    whole = join_maps(tensors, axis, "error", add_dimension)
    if whole is not None:
        return map_to_block(whole)
    return map_to_block(_join_maps(tensors, axis, add_dimension, "join_blocks"))


def _with_same_keys(tensors: List[TensorMap], axis: str, different_keys: str) -> List[TensorMap]:
    # tensors with the same keys in the same order
    first = tensors[0]
    output: List[TensorMap] = []
    if different_keys == "error":
        for tensor in tensors:
            output.append(match_blocks(first, tensor, "join"))
        return output

    keys: List[Labels] = []
    for tensor in tensors:
        keys.append(tensor.keys)
    all_keys, mappings = merge_entries(keys)
    positions_of = _positions(len(all_keys), mappings)
    kept: List[int] = []
    for i, found in enumerate(positions_of):
        if different_keys == "union" or -1 not in found:
            kept.append(i)
    if len(kept) != len(all_keys):
        all_keys = select_entries(all_keys, list_to_index(kept, all_keys), True)
    for j, tensor in enumerate(tensors):
        blocks: List[TensorBlock] = []
        for i in kept:
            if positions_of[i][j] == -1:
                blocks.append(_empty_block(_first_block(tensors, positions_of[i]), axis))
            else:
                blocks.append(tensor.block_by_id(positions_of[i][j]).copy(deep=False))
        output.append(TensorMap(all_keys, blocks))
    return output


def _join_maps(
    tensors: List[TensorMap], axis: str, add_dimension: Optional[str], function: str
) -> TensorMap:
    nested = False
    for tensor in tensors:
        nested = nested or has_nested_gradients(tensor)
    if not nested:
        return _join_leaves(tensors, axis, add_dimension, function)
    flat: List[TensorMap] = []
    for tensor in tensors:
        flat.append(flattened(tensor))
    return restored(_join_leaves(flat, axis, add_dimension, function))


def _join_leaves(
    tensors: List[TensorMap], axis: str, add_dimension: Optional[str], function: str
) -> TensorMap:
    inputs: List[TensorMap] = []
    for tensor in tensors:
        if axis == "samples":
            inputs.append(_fitting(tensors[0], tensor, ["components", "properties"], function))
        else:
            inputs.append(_fitting(tensors[0], tensor, ["samples", "components"], function))
    if axis == "samples":
        return join_samples(inputs, add_dimension, function)
    else:
        return join_properties(inputs, add_dimension, function)


def _fitting(first: TensorMap, tensor: TensorMap, axes: List[str], function: str) -> TensorMap:
    """Check that a tensor can be joined to the first one, and give it the same order of gradients.

    Block by block, and only if not all labels are the same objects.
    """
    if same_axes(first, tensor, axes_to_compare(axes)):
        return tensor
    same_order = True
    blocks = tensor.blocks()
    for i, one in enumerate(first.blocks()):
        other = blocks[i]
        if "samples" not in axes and sorted(one.samples.names) != sorted(other.samples.names):
            where = of_input(function, first.keys, i)
            raise ValueError(
                f"`{function}` can not join along the samples if these have different names: "
                f"{one.samples.names} and {other.samples.names}{where}"
            )
        check_blocks(one, other, axes, ["components"], function, first.keys, i)
        _check_gradient_names(one, other, function, first.keys, i)
        same_order = same_order and one.gradients_list() == other.gradients_list()
    if same_order:
        return tensor
    ordered: List[TensorBlock] = []
    for i, one in enumerate(first.blocks()):
        other = blocks[i]
        new = TensorBlock(other.values, other.samples, other.components, other.properties)
        for parameter in one.gradients_list():
            new.add_gradient(parameter, other.gradient(parameter).copy(deep=False))
        ordered.append(new)
    return TensorMap(tensor.keys, ordered)


def _positions(count: int, mappings: List[LabelsValues]) -> List[List[int]]:
    # for each of the keys, the position of its block in each input, or -1
    positions: List[List[int]] = []
    for _ in range(count):
        positions.append([-1] * len(mappings))
    for j, mapping in enumerate(mappings):
        for i, key in enumerate(to_list(mapping)):
            positions[key][j] = i
    return positions


def _first_block(tensors: List[TensorMap], position: List[int]) -> TensorBlock:
    j = 0
    while position[j] == -1:
        j += 1
    return tensors[j].block_by_id(position[j])


def _empty_block(block: TensorBlock, axis: str) -> TensorBlock:
    # same metadata, but nothing along the axis
    if axis == "samples":
        return slice_block(block, "samples", empty_labels(block.samples))
    else:
        return slice_block(block, "properties", empty_labels(block.properties))


def _check_gradient_names(
    first: TensorBlock, block: TensorBlock, function: str, keys: Labels, i: int
) -> None:
    for parameter in first.gradients_list():
        names = first.gradient(parameter).samples.names
        other = block.gradient(parameter).samples.names
        if names != other:
            where = of_input(function, keys, i)
            raise NotEqualError(
                f"inputs to '{function}' do not fit together: for the gradients with respect to "
                f"'{parameter}', the samples have different names: {names} and {other}{where}"
            )


def _check_arguments(count: int, axis: str, function: str) -> None:
    if count == 0:
        raise ValueError(f"there must be something to join in `{function}`, got an empty list")
    if axis != "samples" and axis != "properties":
        allowed = "'samples', 'properties' or 'keys'"
        if function == "join_blocks":
            allowed = "'samples' or 'properties'"
        raise ValueError(f"invalid `axis` '{axis}' in `{function}`, it must be {allowed}")


def _check_inputs(inputs: object, argument: str, typename: str, function: str) -> None:
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"`{argument}` must be a list in `{function}`, not {type(inputs)}")
    for value in inputs:
        check_type(value, argument, typename, function)
