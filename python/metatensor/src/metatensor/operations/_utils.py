"""Checking that the metadata of maps and blocks fits together."""

from typing import List, Optional, Union

from . import _checks
from ._backend import (
    Array,
    Labels,
    TensorBlock,
    TensorMap,
    leaves,
    leaves_per_block,
    pick_blocks,
    same_labels,
    same_structure,
    select_positions,
    to_list,
    torch_jit_is_scripting,
)
from ._differences import (
    axes_difference,
    gradients_difference,
    keys_difference,
    parameters_difference,
)
from ._messages import of_input


class NotEqualError(Exception):
    """Raised when two objects which should be equal or compatible are not."""


def skips_checks() -> bool:
    """Whether the metadata of several maps is assumed to fit together, see ``_checks``."""
    if torch_jit_is_scripting():
        return False
    else:
        return not _checks.checks_enabled()


def axes_to_compare(axes: List[str]) -> List[str]:
    """These axes; none without checks."""
    none: List[str] = []
    return none if skips_checks() else axes


def match_keys(a: TensorMap, b: TensorMap, function: str) -> List[int]:
    """Position in ``b`` of the block corresponding to each block of ``a``.

    :raises NotEqualError: if the two maps do not have the same keys
    """
    message = keys_difference(a.keys, b.keys)
    if message != "":
        raise NotEqualError(f"inputs to '{function}' should have the same keys: {message}")
    if same_labels(a.keys, b.keys):
        return list(range(len(a.keys)))
    return to_list(select_positions(b.keys, a.keys))


def match_blocks(a: TensorMap, b: TensorMap, function: str) -> TensorMap:
    """Tensor with the blocks of ``b`` in the order of the keys of ``a``.

    :raises NotEqualError: if the two maps do not have the same keys
    """
    if not skips_checks() and same_structure(a, b):
        return b
    positions = match_keys(a, b, function)
    if positions == list(range(len(positions))):
        return b
    return pick_blocks(b, positions, a.keys, False)


def check_blocks(
    a: TensorBlock,
    b: TensorBlock,
    axes: List[str],
    gradient_axes: Optional[List[str]],
    function: str,
    keys: Labels,
    i: int,
) -> None:
    """Check that two blocks have the same labels along some axes, gradients included.

    Without checks, only the names of gradients are compared.

    :param gradient_axes: axes to compare for the gradients; ``None`` ignores gradients
    :param function: name of the operation. Those on blocks have no keys to talk about
    :param keys: keys of all blocks, this is number ``i``
    :raises NotEqualError: if they do not
    """
    message = ""
    if not skips_checks():
        message = axes_difference(a, b, axes)
    if message == "" and gradient_axes is not None:
        no_axes: List[str] = []
        message = gradients_difference(a, b, no_axes if skips_checks() else gradient_axes)
    if message != "":
        where = of_input(function, keys, i)
        raise NotEqualError(f"inputs to '{function}' do not fit together: {message}{where}")


def matching_leaves(a: TensorMap, b: TensorMap, function: str) -> List[Array]:
    """Leaves of ``b`` in the order of those of ``a``.

    :raises NotEqualError: if the maps do not have the same metadata (in any order of the
        keys and of the gradients)
    """
    if not skips_checks() and same_structure(a, b):
        return leaves(b)
    positions = match_keys(a, b, function)
    if skips_checks() and leaves_per_block(a) == 1 and leaves_per_block(b) == 1:
        arrays = leaves(b)
        return [arrays[position] for position in positions]
    axes = ["samples", "components", "properties"]
    same_order = True
    b_blocks = b.blocks()
    for i, block in enumerate(a.blocks()):
        other = b_blocks[positions[i]]
        check_blocks(block, other, axes, axes, function, a.keys, i)
        if positions[i] != i or block.gradients_list() != other.gradients_list():
            same_order = False
    arrays = leaves(b)
    if same_order:
        return arrays

    per_block = leaves_per_block(b)
    output: List[Array] = []
    for i, block in enumerate(a.blocks()):
        position = positions[i]
        parameters = b_blocks[position].gradients_list()
        output.append(arrays[position * per_block])
        for parameter in block.gradients_list():
            output.append(arrays[position * per_block + 1 + parameters.index(parameter)])
    return output


def matching_block_leaves(a: TensorBlock, b: TensorBlock) -> List[Array]:
    """Leaves of ``b`` in the order of those of ``a``, without looking at the labels."""
    message = parameters_difference(a, b)
    if message != "":
        raise NotEqualError(message)
    arrays: List[Array] = [b.values]
    for parameter in a.gradients_list():
        gradient = b.gradient(parameter)
        if len(gradient.gradients_list()) != 0:
            raise NotImplementedError("gradients of gradients are not supported")
        arrays.append(gradient.values)
    return arrays


def as_names(names: Union[List[str], str]) -> List[str]:
    """Names given as one string or as several."""
    if isinstance(names, str):
        return [names]
    else:
        return list(names)


def remaining_dimensions(
    names: List[str], removed: List[str], axis: str, function: str
) -> List[int]:
    """Positions of the dimensions which are left.

    :raises ValueError: if one of the removed dimensions does not exist
    """
    for name in removed:
        if name not in names:
            raise ValueError(
                f"'{name}' is not one of the dimensions of the {axis} in `{function}`: {names}"
            )
    columns: List[int] = []
    for i, name in enumerate(names):
        if name not in removed:
            columns.append(i)
    return columns
