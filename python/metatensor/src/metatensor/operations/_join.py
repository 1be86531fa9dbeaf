from typing import List, Optional

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_leaves,
    check_type,
    concatenate_arrays,
    concatenate_index,
    empty_labels,
    entries,
    insert_constant,
    list_to_index,
    make_labels,
    merge_entries,
    new_zeros,
    range_entries,
    rebuild_block,
    same_labels,
    scatter_rows,
    select_entries,
    shape_of,
    shift_column,
    take_columns,
    to_list,
    torch_jit_is_scripting,
)
from ._utils import NotEqualError, check_blocks, match_keys, matching_block_leaves


def join(
    tensors: List[TensorMap],
    axis: str,
    different_keys: str = "error",
    add_dimension: Optional[str] = None,
) -> TensorMap:
    """Join tensors along their samples or their properties.

    Blocks with the same key are joined. Along the samples, components and properties must
    be the same; along the properties, samples and components. Samples or properties which
    occur several times are an error, unless ``add_dimension`` makes them different. If
    the names of the properties are not the same everywhere, the properties of the result
    are called ``joined_index`` (position of the input) and ``property`` (position in it).

    :param tensors: tensors to join. If there is only one, it is given back as it is
    :param axis: ``"samples"`` or ``"properties"``
    :param different_keys: what to do with keys which are not in all of the tensors:
        ``"error"``, ``"intersection"`` (leave their blocks out), or ``"union"`` (use empty
        blocks where they are missing)
    :param add_dimension: name of a new last dimension of the joined samples or
        properties, containing the position of the input they come from
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
    """
    if not torch_jit_is_scripting():
        _check_inputs(tensors, "tensors", "TensorMap", "join")
    _check_arguments(len(tensors), axis, "join")
    if len(tensors) == 1:
        return tensors[0]
    if different_keys not in ["error", "intersection", "union"]:
        raise ValueError(
            f"invalid value '{different_keys}' for `different_keys` in `join`, it must be "
            "'error', 'intersection' or 'union'"
        )
    if different_keys == "error":
        for tensor in tensors[1:]:
            match_keys(tensors[0], tensor, "join")

    keys: List[Labels] = []
    for tensor in tensors:
        keys.append(tensor.keys)
    all_keys, mappings = merge_entries(keys)
    kept: List[int] = []
    new_blocks: List[TensorBlock] = []
    positions = _positions(len(all_keys), mappings)
    for i in range(len(all_keys)):
        position = positions[i]
        if different_keys == "intersection" and -1 in position:
            continue
        blocks: List[TensorBlock] = []
        reference = _first_block(tensors, position)
        for j, tensor in enumerate(tensors):
            if position[j] == -1:
                blocks.append(_empty_block(reference, axis))
            else:
                blocks.append(tensor.block_by_id(position[j]))
        new_blocks.append(_join_blocks(blocks, axis, add_dimension))
        kept.append(i)
    if len(kept) != len(all_keys):
        all_keys = select_entries(all_keys, list_to_index(kept, all_keys), True)
    return TensorMap(all_keys, new_blocks)


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
    return _join_blocks(blocks, axis, add_dimension)


def _join_blocks(blocks: List[TensorBlock], axis: str, add_dimension: Optional[str]) -> TensorBlock:
    if axis == "samples":
        return _join_samples(blocks, add_dimension)
    else:
        return _join_properties(blocks, add_dimension)


def _join_samples(blocks: List[TensorBlock], add_dimension: Optional[str]) -> TensorBlock:
    first = blocks[0]
    names = first.samples.names
    for block in blocks[1:]:
        if sorted(block.samples.names) != sorted(names):
            raise ValueError(
                "can not join blocks along the samples if these have different names: "
                f"{names} and {block.samples.names}"
            )
        check_blocks(first, block, ["components", "properties"], ["components"], "join")
        _check_gradient_names(first, block)

    inputs: List[List[Array]] = []
    parts: List[LabelsValues] = []
    for i, block in enumerate(blocks):
        inputs.append(matching_block_leaves(first, block))
        columns: List[int] = []
        for name in names:
            columns.append(block.samples.names.index(name))
        part = take_columns(entries(block.samples), columns)
        if add_dimension is not None:
            part = insert_constant(part, len(names), i)
        parts.append(part)
    new_names = names if add_dimension is None else names + [add_dimension]
    samples = [make_labels(new_names, concatenate_index(parts), first.samples, False)]

    for parameter in first.gradients_list():
        offset = 0
        gradient_parts: List[LabelsValues] = []
        for block in blocks:
            gradient = block.gradient(parameter)
            gradient_parts.append(shift_column(entries(gradient.samples), 0, offset))
            offset += len(block.samples)
        gradient_names = first.gradient(parameter).samples.names
        samples.append(
            make_labels(gradient_names, concatenate_index(gradient_parts), first.samples, True)
        )
    return rebuild_block(first, _concatenate(inputs, 0), samples, first.properties)


def _join_properties(blocks: List[TensorBlock], add_dimension: Optional[str]) -> TensorBlock:
    first = blocks[0]
    for block in blocks[1:]:
        check_blocks(first, block, ["samples", "components"], ["components"], "join")
        _check_gradient_names(first, block)

    inputs: List[List[Array]] = []
    for block in blocks:
        inputs.append(matching_block_leaves(first, block))
    samples: List[Labels] = [first.samples]
    for i, parameter in enumerate(first.gradients_list()):
        gradients: List[Labels] = []
        for block in blocks:
            gradients.append(block.gradient(parameter).samples)
        merged, mappings = merge_entries(gradients)
        samples.append(merged)
        # rows which an input does not have are zero there
        for j, mapping in enumerate(mappings):
            if not same_labels(gradients[j], merged):
                inputs[j][i + 1] = scatter_rows(inputs[j][i + 1], mapping, len(merged))
    properties = _joined_properties(blocks, add_dimension)
    return rebuild_block(first, _concatenate(inputs, -1), samples, properties)


def _joined_properties(blocks: List[TensorBlock], add_dimension: Optional[str]) -> Labels:
    like = blocks[0].properties
    names = like.names
    same_names = True
    for block in blocks[1:]:
        same_names = same_names and block.properties.names == names
    if not same_names and add_dimension is not None:
        raise ValueError(
            "can not use `add_dimension` in `join` if the names of the properties are not the "
            "same in all inputs"
        )
    parts: List[LabelsValues] = []
    for i, block in enumerate(blocks):
        if not same_names:
            part = insert_constant(range_entries(len(block.properties), like), 0, i)
        elif add_dimension is None:
            part = entries(block.properties)
        else:
            part = insert_constant(entries(block.properties), len(names), i)
        parts.append(part)
    if not same_names:
        names = ["joined_index", "property"]
    elif add_dimension is not None:
        names = names + [add_dimension]
    return make_labels(names, concatenate_index(parts), like, False)


def _concatenate(inputs: List[List[Array]], axis: int) -> List[Array]:
    # inputs[i][j] is leaf j of block i
    output: List[Array] = []
    for j in range(len(inputs[0])):
        arrays: List[Array] = []
        for one in inputs:
            arrays.append(one[j])
        output.append(concatenate_arrays(arrays, axis))
    return output


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
    arrays: List[Array] = []
    for array in block_leaves(block):
        shape = shape_of(array)
        shape[0 if axis == "samples" else -1] = 0
        arrays.append(new_zeros(array, shape))
    samples: List[Labels] = []
    if axis != "samples":
        return rebuild_block(block, arrays, samples, empty_labels(block.properties))
    samples.append(empty_labels(block.samples))
    for parameter in block.gradients_list():
        samples.append(empty_labels(block.gradient(parameter).samples))
    return rebuild_block(block, arrays, samples, block.properties)


def _check_gradient_names(first: TensorBlock, block: TensorBlock) -> None:
    for parameter in first.gradients_list():
        names = first.gradient(parameter).samples.names
        other = block.gradient(parameter).samples.names
        if names != other:
            raise NotEqualError(
                "inputs to 'join' do not fit together: for the gradients with respect to "
                f"'{parameter}', the samples have different names: {names} and {other}"
            )


def _check_arguments(count: int, axis: str, function: str) -> None:
    if count == 0:
        raise ValueError(f"there must be something to join in `{function}`, got an empty list")
    if axis != "samples" and axis != "properties":
        raise ValueError(
            f"invalid `axis` '{axis}' in `{function}`, it must be 'samples' or 'properties'"
        )


def _check_inputs(inputs: object, argument: str, typename: str, function: str) -> None:
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"`{argument}` must be a list in `{function}`, not {type(inputs)}")
    for value in inputs:
        check_type(value, argument, typename, function)
