"""Joining tensors along their keys."""

from typing import List, Optional

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    concatenate_index,
    entries,
    join_labels,
    select_positions,
    to_list,
    unique_rows,
)
from ._utils import NotEqualError


def join_keys(
    tensors: List[TensorMap], different_keys: str, add_dimension: Optional[str]
) -> TensorMap:
    """Tensor with the blocks of all tensors, sharing their arrays.

    :raises NotEqualError: if names or gradients are not the same in all tensors
    :raises ValueError: if a key is there several times
    """
    if different_keys != "error":
        raise ValueError(
            f"invalid value '{different_keys}' for `different_keys` in `join`: keys are different "
            "anyways if they are joined"
        )
    if len(tensors) == 1 and add_dimension is None:
        return tensors[0]
    keys: List[Labels] = []
    blocks: List[TensorBlock] = []
    first = -1
    for i, tensor in enumerate(tensors):
        if tensor.keys.names != tensors[0].keys.names:
            _fail(0, i, f"names of the keys: {tensors[0].keys.names} and {tensor.keys.names}")
        keys.append(tensor.keys)
        if len(tensor.keys) == 0:
            continue
        if first < 0:
            first = i
        _check_names(tensors[first], tensor, first, i)
        for block in tensor.blocks():
            blocks.append(block.copy(deep=False))
    if add_dimension is None:
        _check_keys(keys)
    elif add_dimension in tensors[0].keys.names:
        raise ValueError(
            f"can not add the dimension '{add_dimension}' to the keys in `join`, they are called "
            f"{tensors[0].keys.names} already"
        )
    columns: List[List[Labels]] = []
    for one in keys:
        columns.append([one])
    all_keys = join_labels(columns, add_dimension, "keys", "join", keys[0], [0])[0]
    return TensorMap(all_keys, blocks)


def _fail(first: int, other: int, difference: str) -> None:
    raise NotEqualError(
        f"inputs to 'join' can not have different {difference}, for the inputs {first} and {other}"
    )


def _check_names(a: TensorMap, b: TensorMap, first: int, other: int) -> None:
    if a.sample_names != b.sample_names:
        _fail(first, other, f"names of the samples: {a.sample_names} and {b.sample_names}")
    if a.component_names != b.component_names:
        _fail(first, other, f"names of the components: {a.component_names} and {b.component_names}")
    if a.property_names != b.property_names:
        _fail(first, other, f"names of the properties: {a.property_names} and {b.property_names}")
    block, other_block = a.block_by_id(0), b.block_by_id(0)
    parameters, others = block.gradients_list(), other_block.gradients_list()
    if sorted(parameters) != sorted(others):
        _fail(first, other, f"gradients: {parameters} and {others}")
    for parameter in parameters:
        one, two = block.gradient(parameter), other_block.gradient(parameter)
        of_gradient = f"of the gradients with respect to '{parameter}'"
        if one.samples.names != two.samples.names:
            names = f"{one.samples.names} and {two.samples.names}"
            _fail(first, other, f"names of the samples {of_gradient}: {names}")
        if _component_names(one) != _component_names(two):
            names = f"{_component_names(one)} and {_component_names(two)}"
            _fail(first, other, f"names of the components {of_gradient}: {names}")


def _component_names(block: TensorBlock) -> List[str]:
    names: List[str] = []
    for component in block.components:
        names.extend(component.names)
    return names


def _check_keys(keys: List[Labels]) -> None:
    parts: List[LabelsValues] = []
    count = 0
    for one in keys:
        parts.append(entries(one))
        count += len(one)
    if len(unique_rows(concatenate_index(parts))[0]) == count:
        return
    for j, other in enumerate(keys):
        for i in range(j):
            positions = to_list(select_positions(other, keys[i]))
            if len(positions) > 0:
                raise ValueError(
                    f"the key {other.entry(min(positions)).print()} is both in input {i} and in "
                    f"input {j} of `join`, use `add_dimension` to tell them apart"
                )
