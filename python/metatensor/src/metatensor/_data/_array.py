"""Python arrays as ``mts_array_t``: the table of callbacks, and the way back.

All engines share one table: each callback finds the Python array, then asks the engine
of this array.
"""

import ctypes
from typing import Any, Callable, Optional

import numpy as np
from ctypes_dlpack import array_as_dlpack

from .._arrays import Assembly, Engine, engine_of, find_engine
from .._arrays._base import CPU, DLPackDevice
from .._arrays._registry import type_name
from .._c_api import c_uintptr_t, mts_array_t
from .._status import catch_exceptions, check_status
from ._external import Exporter, wrap_external
from ._origin import data_origin
from ._origin import register_origin as _register_origin

_FIELDS: dict[str, Any] = {field[0]: field[1] for field in mts_array_t._fields_}
_UINTPTR_POINTER = ctypes.POINTER(c_uintptr_t)
_READ_ONLY = 1
#: Latest version of DLPack that is produced
_MAX_VERSION = (1, 3)


class _Holder:
    """A Python array given to the C library.

    ``device`` is the device the C library sees; ``None`` for the one of the array.
    """

    __slots__ = ("_shape", "array", "count", "device", "engine", "shape")

    def __init__(self, array: Any, engine: Engine, device: Optional[DLPackDevice] = None) -> None:
        self.engine = engine
        self.device = device
        self.set(array)

    def get(self) -> Any:
        """The array, which is made now if it was waiting for data."""
        if type(self.array) is Assembly:
            self.set(self.array.finish())
        return self.array

    def like(self) -> Any:
        """An array with the dtype and on the device of this one."""
        return self.array.like if type(self.array) is Assembly else self.array

    def visible_device(self) -> DLPackDevice:
        """The device the C library sees."""
        device = self.device or self.engine.dlpack_device(self.like())
        # where traced arrays will be is not known
        return CPU if device[0] < 0 else device

    def set(self, array: Any) -> None:
        """Replace the array by another one of the same engine."""
        shape = self.engine.shape(array)
        self.array = array
        self.count = len(shape)
        # memory for the pointer which the `shape` callback gives
        self._shape = (c_uintptr_t * len(shape))(*shape)
        self.shape = ctypes.cast(self._shape, _UINTPTR_POINTER)


# Arrays owned by the C library, by the address in `mts_array_t.ptr`. Single operations
# on a dict are atomic, with or without the interpreter lock.
_LIVE: dict[int, _Holder] = {}


def create_mts_array(array: Any, device: Optional[DLPackDevice] = None) -> mts_array_t:
    """Make a ``mts_array_t`` which owns a reference to a Python array.

    :param array: array of any supported library
    :param device: DLPack device the C library sees, if it is not the one of the array.
        Data is then fetched when C asks for it
    :returns: array which must be given to the C library, or destroyed
    :raises ValueError: if ``array`` is not an array of a supported library
    """
    engine = find_engine(array)
    if engine is None:
        raise ValueError(f"can not use {type_name(array)} as an array in metatensor")
    return _give(_Holder(array, engine, device))


def _give(holder: _Holder) -> mts_array_t:
    result = mts_array_t()
    ctypes.memmove(ctypes.byref(result), _table(), ctypes.sizeof(mts_array_t))
    result.ptr = id(holder)
    _LIVE[result.ptr] = holder
    return result


def mts_array_was_allocated_by_python(array: mts_array_t) -> bool:
    """Say if this ``mts_array_t`` owns a Python array."""
    holder = _LIVE.get(array.ptr)
    return holder is not None and data_origin(array) == _origin_id(holder)


def mts_array_to_python_array(array: mts_array_t, parent: Any = None) -> Any:
    """Get a Python array out of a ``mts_array_t``.

    :param array: array, still owned by the caller
    :param parent: object which owns ``array``, kept alive by arrays sharing its memory
    :returns: for arrays made in Python, the very object given to
        :py:func:`create_mts_array`; otherwise the class registered for the origin with
        :py:func:`register_external_data_wrapper`
    :raises ValueError: if nothing is registered for the origin
    """
    origin = data_origin(array)
    holder = _LIVE.get(array.ptr)
    if holder is not None and origin == _origin_id(holder):
        return holder.get()
    return wrap_external(array, origin, parent)


def _origin_id(holder: _Holder) -> int:
    return _register_origin(holder.engine.origin)


def _cast_to_ctype_functype(function: Callable[..., Any], field: str) -> Any:
    """Make the C callback for a field of ``mts_array_t`` out of a Python function.

    The caller must keep the result as long as C code can call it.
    """
    return _FIELDS[field](function)


def _new_array(output: Any, array: Any, like: _Holder, device: Optional[DLPackDevice]) -> None:
    # plain copy of the bytes: a `mts_array_t` in Python does not own anything
    output[0] = _give(_Holder(array, like.engine, device))


# ------------------------------------------------------------------------- callbacks
def _destroy(this: int) -> None:
    _LIVE.pop(this, None)


def _origin(this: int, origin: Any) -> None:
    origin[0] = _origin_id(_LIVE[this])


def _device(this: int, device: Any) -> None:
    holder = _LIVE[this]
    kind, index = holder.visible_device()
    device[0].device_type = kind
    device[0].device_id = index


def _dtype(this: int, dtype: Any) -> None:
    holder = _LIVE[this]
    code, bits, lanes = holder.engine.dlpack_dtype(holder.like())
    output = dtype[0]
    output.code = code
    output.bits = bits
    output.lanes = lanes


def _as_dlpack(this: int, output: Any, device: Any, stream: Any, version: Any) -> None:
    holder = _LIVE[this]
    if version.major != _MAX_VERSION[0]:
        raise ValueError(
            f"DLPack version {version.major}.{version.minor} is not supported, "
            f"expected version {_MAX_VERSION[0]}.x"
        )
    target = (device.device_type.value, device.device_id)
    handle = stream[0] if stream else None
    array = holder.engine.to_dlpack(holder.get(), target, handle)
    max_version = min((version.major, version.minor), _MAX_VERSION)
    try:
        tensor = array_as_dlpack(array, stream=handle, max_version=max_version)
    except BufferError:
        flags = getattr(array, "flags", None)
        if not isinstance(array, np.ndarray) or flags is None or flags.writeable:
            raise
        # numpy before 2.1 has no read-only exports
        tensor = array_as_dlpack(array.copy(), max_version=max_version)
    # memory of the host is visible as CPU even if it is also pinned for a device
    content = tensor.contents
    content.dl_tensor.device = device
    # numpy can only export its own dtypes, others come as integers
    code, bits, lanes = holder.engine.dlpack_dtype(holder.array)
    dtype = content.dl_tensor.dtype
    dtype.code, dtype.bits, dtype.lanes = code, bits, lanes
    if holder.engine.immutable:
        content.flags |= _READ_ONLY
    output[0] = tensor


def _from_dlpack(this: int, tensor: Any, output: Any) -> None:
    holder = _LIVE[this]
    flags = tensor.contents.flags
    # owns the tensor from here: it is freed with the exporter on failure
    exporter = Exporter(tensor)
    array = holder.engine.from_dlpack(exporter, bool(flags & _READ_ONLY))
    _new_array(output, array, holder, None)


def _shape(this: int, shape: Any, count: Any) -> None:
    holder = _LIVE[this]
    shape[0] = holder.shape
    count[0] = holder.count


def _reshape(this: int, shape: Any, count: int) -> None:
    holder = _LIVE[this]
    holder.set(holder.engine.reshape(holder.get(), shape[:count]))


def _swap_axes(this: int, axis_1: int, axis_2: int) -> None:
    holder = _LIVE[this]
    holder.set(holder.engine.swap_axes(holder.get(), axis_1, axis_2))


def _create(this: int, shape: Any, count: int, fill_value: Any, output: Any) -> None:
    holder = _LIVE[this]
    try:
        fill = _read_scalar(fill_value, holder.engine)
    finally:
        if fill_value.destroy:
            fill_value.destroy(fill_value.ptr)
    engine, size, like = holder.engine, tuple(shape[:count]), holder.like()
    array = Assembly(engine, like, size, fill) if engine.defers else engine.full(like, size, fill)
    _new_array(output, array, holder, holder.device)


def _copy(this: int, device: Any, output: Any) -> None:
    holder = _LIVE[this]
    target = (device.device_type.value, device.device_id)
    if holder.device is not None and target == holder.device:
        _new_array(output, holder.engine.copy(holder.get()), holder, target)
    else:
        _new_array(output, holder.engine.copy_to(holder.get(), target), holder, None)


def _move_data(output: int, source: int, movements: Any, count: int) -> None:
    if count == 0:
        return
    holder = _LIVE[output]
    address = ctypes.cast(movements, ctypes.c_void_p).value or 0
    memory = (c_uintptr_t * (5 * count)).from_address(address)
    rows = np.array(memory, dtype=np.int64).reshape(count, 5)
    engine, data = holder.engine, _LIVE[source].get()
    if engine.immutable and type(holder.array) is not Assembly:
        holder.array = Assembly.over(engine, holder.array)
    if type(holder.array) is Assembly:
        holder.array.move(data, rows)
    else:
        engine.move_data(holder.array, data, rows)


def _read_scalar(fill_value: mts_array_t, engine: Engine) -> Any:
    """Read a 0-d array of any origin as a 0-d CPU array of ``engine``."""
    from ._external import as_dlpack_cpu

    count = c_uintptr_t()
    check_status(fill_value.shape(fill_value.ptr, _UINTPTR_POINTER(), count))
    if count.value != 0:
        raise ValueError(f"the fill value must be an array without dimensions, got {count.value}")
    exporter = as_dlpack_cpu(fill_value)
    return engine.from_dlpack(exporter, read_only=True)


def _make_table() -> mts_array_t:
    table = mts_array_t()
    callbacks: dict[str, Callable[..., None]] = {
        "origin": _origin,
        "device": _device,
        "dtype": _dtype,
        "as_dlpack": _as_dlpack,
        "from_dlpack": _from_dlpack,
        "shape": _shape,
        "reshape": _reshape,
        "swap_axes": _swap_axes,
        "create": _create,
        "copy": _copy,
        "move_data": _move_data,
    }
    table.destroy = _cast_to_ctype_functype(_destroy, "destroy")
    for field, function in callbacks.items():
        wrapped = catch_exceptions(function)
        setattr(table, field, _cast_to_ctype_functype(wrapped, field))
    # the structure keeps the callbacks alive, and is itself never freed
    return table


_TABLE = _make_table()


def _table() -> Any:
    return ctypes.byref(_TABLE)


__all__ = [
    "_cast_to_ctype_functype",
    "_register_origin",
    "create_mts_array",
    "engine_of",
    "mts_array_to_python_array",
    "mts_array_was_allocated_by_python",
]
