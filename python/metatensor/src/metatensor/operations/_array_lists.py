"""Functions on all leaves of a map, plain flavour: the engine is looked up once.

The torch flavour has a module of the same name with the same functions.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from metatensor._arrays import engine_of

from ._arrays import _common_engine, _engine, _native
from ._gather_rows import STACK_BYTES, gather_together
from ._types import Array

_Index = npt.NDArray[np.int64]


def foreach_filled_like(
    arrays: List[Array], fill: str, requires_grad: bool, per_block: int
) -> List[Array]:
    """New contiguous arrays of the same shapes, dtypes and devices, see ``filled_like``.

    :param requires_grad: whether automatic differentiation should track the values, which are
        the first ones of each ``per_block`` arrays
    """
    if not arrays:
        return []
    filled_like = _engine(arrays[0]).filled_like
    if not requires_grad:
        return [filled_like(array, fill, False) for array in arrays]
    return [filled_like(array, fill, i % per_block == 0) for i, array in enumerate(arrays)]


def foreach_requires_grad(arrays: List[Array], requires_grad: bool) -> List[Array]:
    """Detached aliases with this flag."""
    engine = _engine(arrays[0])
    if not engine.supports_grad(arrays[0]):
        return arrays
    return [engine.with_requires_grad(array, requires_grad) for array in arrays]


def any_requires_grad(arrays: List[Array]) -> bool:
    """Whether automatic differentiation tracks some of the arrays."""
    return any(map(_engine(arrays[0]).requires_grad_array, arrays))


def all_contiguous(arrays: List[Array]) -> bool:
    """Whether all arrays are stored in row-major order."""
    return not arrays or all(map(_engine(arrays[0]).is_contiguous_array, arrays))


def nonempty_positions(arrays: List[Array]) -> List[int]:
    """Positions of the arrays with any elements."""
    return [i for i, array in enumerate(arrays) if 0 not in array.shape]


def first_difference(
    a: List[Array], b: List[Array], tolerances: Optional[List[float]], equal_nan: bool
) -> int:
    """Position of the first arrays which differ, or -1.

    :param tolerances: relative and absolute tolerance; ``None`` for exact equality
    """
    for i, (x, y) in enumerate(zip(a, b)):
        if x.shape != y.shape:
            return i
        engine = _common_engine([x], [y])
        if tolerances is None:
            if not engine.equal_arrays(x, y):
                return i
        elif not engine.allclose_arrays(x, y, tolerances[0], tolerances[1], equal_nan):
            return i
    return -1


def first_different_element(
    a: Array, b: Array, tolerances: Optional[List[float]], equal_nan: bool
) -> List[int]:
    """Where two arrays of the same shape differ first, in row-major order; nothing if nowhere."""
    x, y = _host(a), _host(b)
    if tolerances is None:
        different = np.flatnonzero(x != y)
    else:
        close = np.isclose(x, y, rtol=tolerances[0], atol=tolerances[1], equal_nan=equal_nan)
        different = np.flatnonzero(~close)
    if len(different) == 0:
        return []
    return [int(i) for i in np.unravel_index(different[0], x.shape)]


def print_element(array: Array, index: List[int]) -> str:
    """The element of an array at some position along each of the axes."""
    return str(_host(array)[tuple(index)].item())


def _host(array: Any) -> Any:
    return array if isinstance(array, np.ndarray) else engine_of(array).to_host(array)


def foreach_gather(
    arrays: List[Array], index: List[_Index], where: List[int], axis: int
) -> List[Array]:
    """Copies of some positions along the first (0) or last (-1) axis.

    :param index: distinct indices
    :param where: for each array the position of its index, or -1 to share the array
    """
    if not arrays:
        return []
    if axis == 0 and len(index) > 1 and _is_torch(arrays[0]):
        return gather_together(arrays, index, where, axis)
    gather = _engine(arrays[0]).gather
    native = [_native(one, like=arrays[0]) for one in index]
    return [x if i < 0 else gather(x, native[i], axis) for x, i in zip(arrays, where)]


def foreach_spread(
    arrays: List[Array], sources: List[_Index], where: List[int], axis: int, fill: float
) -> List[Array]:
    """Arrays with other entries along the first (0) or last (-1) axis.

    :param sources: for each new entry the position of the old one, or the number of old ones
        where there is none: see ``sources_of``
    :param where: for each array the position of its sources, or -1 to share the array
    :param fill: value where there is no old entry
    """
    if not arrays or max(where) < 0:
        return arrays
    if isinstance(arrays[0], np.ndarray) or _is_torch(arrays[0]):
        if axis != 0:
            equal = same_indices(sources)
            where = [i if i < 0 else equal[i] for i in where]
        return gather_together(arrays, sources, where, axis, fill)
    return [
        x if i < 0 else gather_together([x], [sources[i]], [0], axis, fill)[0]
        for x, i in zip(arrays, where)
    ]


def same_indices(index: List[_Index]) -> List[int]:
    """For each array of indices, the position of the first one which is known to be equal."""
    known: Dict[bytes, int] = {}
    return [
        known.setdefault(one.tobytes(), i) if len(one) < 1000 else i for i, one in enumerate(index)
    ]


def foreach_concatenate(arrays: List[List[Array]], axis: int) -> List[Array]:
    """Concatenation of the first ones of all lists, of the second ones, and so on."""
    first = arrays[0]
    if not first:
        return []
    for other in arrays[1:]:
        _common_engine(first, other)
    if _is_torch(first[0]) and len({x.dtype for other in arrays for x in other}) == 1:
        cat = _torch().cat
        return [cat(parts, axis) for parts in zip(*arrays)]
    if isinstance(first[0], np.ndarray):
        return [np.concatenate(parts, axis) for parts in zip(*arrays)]
    concatenate = _engine(first[0]).concatenate_arrays
    return [concatenate(list(parts), axis) for parts in zip(*arrays)]


def foreach_matmul_transposed(a: List[Array], b: List[Array]) -> List[Array]:
    """Contract the last axes of arrays."""
    return list(map(_common_engine(a, b).matmul_transposed, a, b)) if a else []


def foreach_solve(a: List[Array], b: List[Array]) -> List[Array]:
    """Solutions of linear systems."""
    if not a:
        return []
    engine = _common_engine(a, b)
    if not isinstance(a[0], np.ndarray):
        return list(map(engine.solve_array, a, b))
    # numpy solves several systems of the same shape together
    left, right, members = stack_pairs(a, b)
    return unstack_arrays(list(map(np.linalg.solve, left, right)), members)


# ------------------------------------------------------------------------------ stacks
def stack_arrays(arrays: List[Array], kinds: List[int]) -> Tuple[List[Array], List[List[int]]]:
    """Stack small arrays of the same shape, dtype and kind along a new first axis.

    Gives the stacks, and the positions of the arrays which are in them. Only arrays of numpy and
    torch are stacked, others are just given one more axis.
    """
    if not arrays or not (isinstance(arrays[0], np.ndarray) or _is_torch(arrays[0])):
        return [array[None, ...] for array in arrays], [[i] for i in range(len(arrays))]
    same: Dict[Any, List[int]] = {}
    members: List[List[int]] = []
    is_complex = "complex" in str(arrays[0].dtype)
    for i, array in enumerate(arrays):
        # torch rounds products of complex numbers in one way or another, depending on the shape
        kind = i if is_complex and not isinstance(array, np.ndarray) else kinds[i]
        key = (kind, array.shape, array.dtype)
        group = same.get(key)
        if group is None or (len(group) + 1) * array.nbytes > STACK_BYTES:
            group = same[key] = []
            members.append(group)
        group.append(i)
    return [_stack([arrays[i] for i in group]) for group in members], members


def stack_pairs(a: List[Array], b: List[Array]) -> Tuple[List[Array], List[Array], List[List[int]]]:
    """Stack corresponding arrays of two lists, in the same way."""
    _common_engine(a, b)
    kinds: Dict[Any, int] = {}
    of_b = [kinds.setdefault((x.shape, x.dtype), len(kinds)) for x in b]
    stacks, members = stack_arrays(a, of_b)
    others = [_stack([b[i] for i in group]) for group in members]
    return stacks, others, members


def _stack(arrays: List[Any]) -> Any:
    first = arrays[0]
    if len(arrays) == 1:
        return first[None, ...]
    if not isinstance(first, np.ndarray):
        return _torch().stack(arrays)
    stack = np.empty((len(arrays), *first.shape), first.dtype)
    np.concatenate(arrays, out=_rows(stack))
    return stack


def _rows(stack: Any) -> Any:
    return stack.reshape(stack.shape[0] * stack.shape[1], *stack.shape[2:])


def unstack_arrays(stacks: List[Array], members: List[List[int]]) -> List[Array]:
    """Take stacks apart: the inverse of :py:func:`stack_arrays`."""
    if len(stacks) == 1 and isinstance(stacks[0], np.ndarray):
        return list(stacks[0])
    arrays: List[Any] = [None] * sum(map(len, members))
    for stack, positions in zip(stacks, members):
        for i, array in zip(positions, _unstack(stack)):
            arrays[i] = array
    return arrays


def _unstack(stack: Any) -> Any:
    if isinstance(stack, np.ndarray):
        return stack
    if not _is_torch(stack) or stack.shape[0] == 1 or stack.shape[1] == 0:
        return [stack[i, ...] for i in range(stack.shape[0])]
    # these are independent of each other: they can be modified in place
    return _torch().unsafe_split(_rows(stack), stack.shape[1])


def _torch() -> Any:
    return sys.modules["torch"]


def _is_torch(array: Any) -> bool:
    name: str = getattr(_engine(array), "__name__", "")
    return name.endswith("._engine_torch")
