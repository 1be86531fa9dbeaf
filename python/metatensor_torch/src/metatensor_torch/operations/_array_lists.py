"""Functions on all leaves of a map, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented.
"""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from ._engine_torch import (
    allclose_arrays,
    filled_like,
    matmul_transposed,
    requires_grad_array,
    solve_array,
)


def foreach_filled_like(
    arrays: List[Tensor], fill: str, requires_grad: bool, per_block: int
) -> List[Tensor]:
    """New contiguous tensors of the same shapes, dtypes and devices."""
    output: List[Tensor] = []
    if fill in ("zeros", "ones") and not requires_grad:
        full: List[Tensor] = torch.ops.metatensor._full_like_all(
            arrays, 1.0 if fill == "ones" else 0.0
        )
        return full
    for i, array in enumerate(arrays):
        output.append(filled_like(array, fill, requires_grad and i % per_block == 0))
    return output


def foreach_requires_grad(arrays: List[Tensor], requires_grad: bool) -> List[Tensor]:
    """Detached aliases with this flag."""
    output: List[Tensor] = torch.ops.metatensor._requires_grad_all(arrays, requires_grad)
    return output


def any_requires_grad(arrays: List[Tensor]) -> bool:
    """Whether automatic differentiation tracks some of the tensors."""
    for array in arrays:
        if requires_grad_array(array):
            return True
    return False


def all_contiguous(arrays: List[Tensor]) -> bool:
    """Whether all tensors are stored in row-major order."""
    return bool(torch.ops.metatensor._all_contiguous(arrays))


def nonempty_positions(arrays: List[Tensor]) -> List[int]:
    """Positions of the tensors with any elements."""
    positions: List[int] = []
    for i, array in enumerate(arrays):
        if array.numel() != 0:
            positions.append(i)
    return positions


def first_difference(
    a: List[Tensor], b: List[Tensor], tolerances: Optional[List[float]], equal_nan: bool
) -> int:
    """Position of the first tensors which differ, or -1."""
    if tolerances is None:
        return int(torch.ops.metatensor._first_difference(a, b))
    for i, x in enumerate(a):
        if x.shape != b[i].shape:
            return i
        if not allclose_arrays(x, b[i], tolerances[0], tolerances[1], equal_nan):
            return i
    return -1


def first_different_element(
    a: Tensor, b: Tensor, tolerances: Optional[List[float]], equal_nan: bool
) -> List[int]:
    """Where two tensors of the same shape differ first, in row-major order; nothing if nowhere."""
    if tolerances is None:
        different = torch.nonzero(a != b)
    else:
        close = torch.isclose(a, b, rtol=tolerances[0], atol=tolerances[1], equal_nan=equal_nan)
        different = torch.nonzero(~close)
    nowhere: List[int] = []
    if len(different) == 0:
        return nowhere
    index: List[int] = different[0].tolist()
    return index


def print_element(array: Tensor, index: List[int]) -> str:
    """The element of a tensor at some position along each of the axes."""
    for i in index:
        array = array[i]
    return str(array.item())


def foreach_gather(
    arrays: List[Tensor], index: List[Tensor], where: List[int], axis: int
) -> List[Tensor]:
    """Copies of some positions along the first (0) or last (-1) axis."""
    output: List[Tensor] = torch.ops.metatensor._gather_all(arrays, index, where, axis)
    return output


def foreach_spread(
    arrays: List[Tensor], sources: List[Tensor], where: List[int], axis: int, fill: float
) -> List[Tensor]:
    """Tensors with other entries along the first (0) or last (-1) axis."""
    moved: List[Tensor] = []
    padding: List[Tensor] = []
    moved_where: List[int] = []
    for i, array in enumerate(arrays):
        if where[i] >= 0:
            moved.append(array)
            moved_where.append(where[i])
            shape = list(array.shape)
            shape[axis] = 1
            # several tensors use the same one
            if len(padding) == 0 or list(padding[-1].shape) != shape:
                padding.append((array.new_zeros(shape) + fill).to(array.dtype))
            else:
                padding.append(padding[-1])
    if len(moved) == 0:
        return arrays
    moved = foreach_gather(foreach_concatenate([moved, padding], axis), sources, moved_where, axis)
    output: List[Tensor] = []
    next_moved = 0
    for i, array in enumerate(arrays):
        if where[i] >= 0:
            output.append(moved[next_moved])
            next_moved += 1
        else:
            output.append(array)
    return output


def same_indices(index: List[Tensor]) -> List[int]:
    """For each array of indices, the position of the first one which is known to be equal."""
    return list(range(len(index)))


def foreach_concatenate(arrays: List[List[Tensor]], axis: int) -> List[Tensor]:
    """Concatenation of the first ones of all lists, of the second ones, and so on."""
    output: List[Tensor] = torch.ops.metatensor._concatenate_all(arrays, axis)
    return output


def foreach_matmul_transposed(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """Contract the last axes of tensors."""
    output: List[Tensor] = []
    for i, array in enumerate(a):
        output.append(matmul_transposed(array, b[i]))
    return output


def foreach_solve(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """Solutions of linear systems."""
    output: List[Tensor] = []
    for i, array in enumerate(a):
        output.append(solve_array(array, b[i]))
    return output


def stack_arrays(arrays: List[Tensor], kinds: List[int]) -> Tuple[List[Tensor], List[List[int]]]:
    """Tensors with one more axis in front: nothing is stacked here."""
    stacks: List[Tensor] = []
    members: List[List[int]] = []
    for i, array in enumerate(arrays):
        stacks.append(array.unsqueeze(0))
        members.append([i])
    return stacks, members


def stack_pairs(
    a: List[Tensor], b: List[Tensor]
) -> Tuple[List[Tensor], List[Tensor], List[List[int]]]:
    """Stack corresponding tensors of two lists, in the same way."""
    members = _same_shapes(a, b)
    stacks_a: List[Tensor] = []
    stacks_b: List[Tensor] = []
    for group in members:
        stacks_a.append(torch.stack([a[i] for i in group]))
        stacks_b.append(torch.stack([b[i] for i in group]))
    return stacks_a, stacks_b, members


def _same_shapes(a: List[Tensor], b: List[Tensor]) -> List[List[int]]:
    # positions of small tensors which go together
    # until there are so many bytes: there are copies of no more than this
    stack_bytes = 2**18
    # positions of the groups which may still grow, by a number made of the sizes
    known: Dict[int, List[int]] = {}
    members: List[List[int]] = []
    for i, x in enumerate(a):
        y = b[i]
        number = 0
        for size in x.shape:
            number = 31 * number + size
        for size in y.shape:
            number = 37 * number + size
        if number not in known:
            none: List[int] = []
            known[number] = none
        found = -1
        if not x.is_complex():
            for j in known[number]:
                first = members[j][0]
                if (
                    a[first].shape == x.shape
                    and b[first].shape == y.shape
                    and a[first].dtype == x.dtype
                    and b[first].dtype == y.dtype
                    and (len(members[j]) + 1) * x.numel() * x.element_size() <= stack_bytes
                ):
                    found = j
        if found == -1:
            known[number] = [len(members)]
            members.append([i])
        else:
            members[found].append(i)
    return members


def unstack_arrays(stacks: List[Tensor], members: List[List[int]]) -> List[Tensor]:
    """The inverse of :py:func:`stack_arrays`."""
    count = 0
    for group in members:
        count += len(group)
    output = stacks[:1] * count
    for j, stack in enumerate(stacks):
        group = members[j]
        if len(group) == 1 or stack.shape[1] == 0:
            for k, i in enumerate(group):
                output[i] = stack[k]
        else:
            parts = torch.unsafe_split(stack.flatten(0, 1), stack.shape[1])
            for k, i in enumerate(group):
                output[i] = parts[k]
    return output
