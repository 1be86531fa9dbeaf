"""Labels on the side of the C library: creation, set operations, lookups."""

import ctypes
import functools
import re
import threading
from typing import Any, NamedTuple, Optional

import numpy as np
import numpy.typing as npt

from ._arrays import Engine, engine_of
from ._arrays._registry import type_name
from ._c_api import (
    MTS_INVALID_PARAMETER_ERROR,
    c_uintptr_t,
    mts_array_t,
    mts_labels_t,
)
from ._c_lib import _get_library
from ._data import create_mts_array, mts_array_to_python_array
from ._data._external import in_library
from ._data._numpy import give_labels, labels_values
from ._handle import _Handle
from ._status import MetatensorError, check_pointer, check_status

_VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_INT32_DLPACK = (0, 32, 1)
_INT64_POINTER = ctypes.POINTER(ctypes.c_int64)
_UINT64_POINTER = ctypes.POINTER(ctypes.c_uint64)
_LABELS_POINTER = ctypes.POINTER(mts_labels_t)

Mapping = npt.NDArray[np.int64]


class Dimensions(NamedTuple):
    """Valid names of dimensions, and the same for the C library."""

    names: tuple[str, ...]
    c_names: Any


@functools.lru_cache(maxsize=1024)
def dimensions(names: tuple[str, ...]) -> Dimensions:
    """Check the names of dimensions.

    :raises MetatensorError: if a name is invalid or used twice
    """
    seen = set()
    for name in names:
        if _VALID_NAME.fullmatch(name) is None:
            raise MetatensorError(
                f"invalid parameter: '{name}' is not a valid name for a dimension of "
                "labels: names must only contain ASCII letters, digits and "
                "underscores, and not start with a digit",
                MTS_INVALID_PARAMETER_ERROR,
            )
        if name in seen:
            raise MetatensorError(
                "invalid parameter: the names of dimensions must be unique, got "
                f"'{name}' multiple times",
                MTS_INVALID_PARAMETER_ERROR,
            )
        seen.add(name)
    encoded = [name.encode("ascii") for name in names]
    return Dimensions(names, (ctypes.c_char_p * len(names))(*encoded))


def parse_names(names: Any) -> Dimensions:
    """Check the names of dimensions, as given by users.

    :param names: one name, or an iterable of names; an empty string means no names
    :raises TypeError: if this is not made of strings
    :raises MetatensorError: if a name is invalid or used twice
    """
    if isinstance(names, str):
        return dimensions((names,) if names else ())
    try:
        names = tuple(names)
    except TypeError:
        raise TypeError(
            f"Labels names must be a string or a sequence of strings, got {type_name(names)}"
        ) from None
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"Labels names must be strings, got {type_name(name)}")
    return dimensions(names)


def make_handle(dims: Dimensions, array: mts_array_t, check_unique: bool) -> _Handle:
    """Make the C labels; ``array`` is given away, also on failure.

    :raises MetatensorError: if ``check_unique`` and a row is there twice
    """
    lib = _get_library()
    create = lib.mts_labels if check_unique else lib.mts_labels_assume_unique
    ptr = create(dims.c_names, len(dims.names), array)
    check_pointer(ptr)
    return _Handle(ptr, "mts_labels_free")


def labels_array(values: Any) -> mts_array_t:
    """Array of the C library with the values of labels, which never change."""
    if type(values) is np.ndarray and values.flags.c_contiguous:
        array = give_labels(values)
        if array is not None:
            return array
    return create_mts_array(values)


def adopt_array(dims: Dimensions, array: mts_array_t, assume_unique: bool) -> _Handle:
    """Make the C labels out of an array given as a ``mts_array_t``.

    :raises TypeError: if the array is not made of 32-bit integers, in 2 dimensions
    :raises MetatensorError: if names and columns differ, or a row is there twice
    """
    from ctypes_dlpack import DLDataType

    owned = True
    try:
        shape = ctypes.POINTER(c_uintptr_t)()
        count = c_uintptr_t()
        check_status(array.shape(array.ptr, shape, count))
        dtype = DLDataType()
        check_status(array.dtype(array.ptr, dtype))
        if count.value != 2 or (dtype.code, dtype.bits, dtype.lanes) != _INT32_DLPACK:
            raise TypeError(
                "Labels values must be a 2-D array of 32-bit integers, got an array "
                f"with {count.value} dimensions, and DLPack dtype code {dtype.code}, "
                f"{dtype.bits} bits"
            )
        check_columns(dims, shape[1])
        owned = False
        return make_handle(dims, array, not assume_unique)
    finally:
        if owned and array.destroy:
            array.destroy(array.ptr)


_SET_ONCE_LOCK = threading.Lock()


def set_once(labels: Any, handle: _Handle) -> _Handle:
    """Store the handle of ``labels`` unless another thread did so in between.

    Pointers which were given out must live as long as the labels.
    """
    with _SET_ONCE_LOCK:
        if labels._handle is None:
            labels._handle = handle
        stored: _Handle = labels._handle
    return stored


def clone(ptr: Any) -> Any:
    """Get a new reference to C labels, owned by the caller."""
    result = _get_library().mts_labels_clone(ptr)
    check_pointer(result)
    return result


def check_columns(dims: Dimensions, columns: int) -> None:
    """Raise a ``ValueError`` unless there is one column per name."""
    if columns != len(dims.names):
        raise ValueError(
            "Labels values must have one column per name, got "
            f"{columns} columns and {len(dims.names)} names"
        )


def recover(handle: _Handle) -> tuple[Dimensions, Any, Engine]:
    """Get the names and values of labels made outside of Python.

    :returns: names, read-only values and engine of the values
    """
    lib = _get_library()
    c_names = ctypes.POINTER(ctypes.c_char_p)()
    count = c_uintptr_t()
    lib.mts_labels_dimensions(handle.ptr, c_names, count)
    names = tuple((c_names[i] or b"").decode("utf8") for i in range(count.value))

    array = mts_array_t()
    lib.mts_labels_values(handle.ptr, array)
    if in_library(array):
        values = _library_values(handle)
        if values is not None:
            return dimensions(names), values, engine_of(values)
    # the handle keeps the memory of the array: no cycle with the labels using it
    values = mts_array_to_python_array(array, parent=handle)
    engine = engine_of(values)
    if engine.dlpack_dtype(values) != _INT32_DLPACK:
        values = engine.labels_values(values)
    elif isinstance(values, np.ndarray) and values.flags.writeable:
        values = values.view()
        values.flags.writeable = False
    return dimensions(names), values, engine


def _library_values(handle: _Handle) -> Any:
    values = ctypes.POINTER(ctypes.c_int32)()
    count, size = c_uintptr_t(), c_uintptr_t()
    _get_library().mts_labels_values_cpu(handle.ptr, values, count, size)
    return labels_values(ctypes.addressof(values.contents), (count.value, size.value))


def _pointer(array: npt.NDArray[Any], kind: Any) -> Any:
    """Pointer to an array of integers, as an argument of a function."""
    if array.size == 0 or not array.flags.writeable:
        return ctypes.cast(array.ctypes.data, kind)
    # the first one of them, which is quicker to make than a pointer
    return kind._type_.from_buffer(array)


def set_operation(
    name: str,
    first: Any,
    second: Any,
    mappings: bool,
    counts: tuple[int, ...],
) -> tuple[Any, tuple[Mapping, ...]]:
    """Run a set operation of the C library.

    :param name: ``union``, ``intersection`` or ``difference``
    :param first: pointer to the first labels
    :param second: pointer to the second labels
    :param mappings: also get, for each operand, the position of its rows in the result
    :param counts: number of rows of the operands which have such a mapping
    :returns: owned pointer to the result, and the mappings
    """
    arrays: list[Mapping] = []
    arguments: list[Any] = []
    for count in counts:
        if mappings:
            array = np.empty(count, dtype=np.int64)
            arrays.append(array)
            arguments += [_pointer(array, _INT64_POINTER), count]
        else:
            arguments += [None, 0]

    result = _LABELS_POINTER()
    function = getattr(_get_library(), f"mts_labels_{name}")
    function(first, second, result, *arguments)
    return result, tuple(arrays)


def select(labels: Any, selection: Any, count: int) -> npt.NDArray[np.uint64]:
    """Positions of the rows of ``labels`` which match a row of ``selection``."""
    selected = np.empty(count, dtype=np.uint64)
    selected_count = c_uintptr_t(count)
    pointer = _pointer(selected, _UINT64_POINTER)
    _get_library().mts_labels_select(labels, selection, pointer, selected_count)
    size = selected_count.value
    return selected if size == count else selected[:size].copy()


def is_sorted(labels: Any) -> bool:
    """Whether rows are in lexicographic order."""
    result = ctypes.c_bool()
    _get_library().mts_labels_is_sorted(labels, result)
    return result.value


def argsort(labels: Any, count: int, descending: bool) -> Mapping:
    """Positions of the rows in lexicographic order."""
    order = np.empty(count, dtype=np.int64)
    pointer = _pointer(order, _INT64_POINTER)
    _get_library().mts_labels_argsort(labels, descending, pointer, count)
    return order


def take(labels: Any, rows: Mapping) -> Any:
    """Owned pointer to labels made of some of the rows, all different."""
    rows = np.ascontiguousarray(rows, dtype=np.int64)
    ptr = _get_library().mts_labels_take(labels, _pointer(rows, _INT64_POINTER), len(rows))
    check_pointer(ptr)
    return ptr


def position(labels: Any, row: list[int]) -> Optional[int]:
    """Position of a row, whose values all fit in 32-bit."""
    result = ctypes.c_int64()
    values = (ctypes.c_int32 * len(row))(*row)
    _get_library().mts_labels_position(labels, values, len(row), result)
    return None if result.value < 0 else result.value


__all__ = [
    "Dimensions",
    "adopt_array",
    "argsort",
    "check_columns",
    "clone",
    "dimensions",
    "is_sorted",
    "labels_array",
    "make_handle",
    "parse_names",
    "position",
    "recover",
    "select",
    "set_once",
    "set_operation",
    "take",
]
