"""Moving key dimensions to samples or properties, and components to properties."""

from __future__ import annotations

import ctypes
import math
import numbers
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._arrays import engine_of, find_engine
from ._arrays._host import HostLabelsEngine
from ._c_lib import _get_library
from ._checks import invalid_parameter, type_name
from ._data import create_mts_array
from ._data._numpy import lend
from ._handle import _Handle
from ._labels import Labels
from ._status import check_pointer
from ._whole_maps import lend_map, take_map

if TYPE_CHECKING:
    from ._tensor import TensorMap

_DLPACK_INT, _DLPACK_UINT, _DLPACK_COMPLEX, _DLPACK_BOOL = 0, 1, 5, 6


def move_keys(
    function: str,
    tensor: TensorMap,
    keys_to_move: Any,
    fill_value: Any,
    sort_samples: bool,
) -> TensorMap:
    """Call ``mts_tensormap_{function}``."""
    keys = _keys_to_move(keys_to_move, tensor.keys)
    fill = _fill_array(tensor, fill_value)
    keys_ptr = keys.as_mts_labels_t()

    def call(lib: Any, ptr: Any) -> Any:
        lent = lend([fill])
        fill_array = create_mts_array(fill) if lent is None else lent[0]
        return getattr(lib, f"mts_tensormap_{function}")(
            ptr, keys_ptr, fill_array, bool(sort_samples)
        )

    return _new_map(tensor, call)


def move_components(tensor: TensorMap, dimensions: Any) -> TensorMap:
    """Call ``mts_tensormap_components_to_properties``."""
    names = _names(dimensions, "dimensions")
    if not names:
        return tensor.copy()
    c_names = (ctypes.c_char_p * len(names))(*[n.encode("utf8") for n in names])

    def call(lib: Any, ptr: Any) -> Any:
        return lib.mts_tensormap_components_to_properties(ptr, c_names, len(names))

    return _new_map(tensor, call)


def _new_map(tensor: TensorMap, call: Callable[[Any, Any], Any]) -> TensorMap:
    """Make a map with a function of the C library, which gets the pointer to a map."""
    from ._tensor import TensorMap

    lib = _get_library()
    lent = lend_map(tensor)
    if lent is not None:
        ptr = call(lib, lent.handle.ptr)
        check_pointer(ptr)
        keys, blocks = take_map(_Handle(ptr, "mts_tensormap_free"), lent.labels)
        return TensorMap._from_data(keys, blocks, tensor.info())

    ptr = call(lib, tensor.as_mts_tensormap_t())
    check_pointer(ptr)
    result = TensorMap.unsafe_from_ptr(ptr)
    # the arrays are made now: later, others might be tracing computations
    result._leaves()
    return result


def _names(names: Any, what: str) -> list[str]:
    if isinstance(names, str):
        return [names]
    if not isinstance(names, Iterable):
        raise TypeError(f"`{what}` must be a string or a list of strings, got {type_name(names)}")
    result = list(names)
    for name in result:
        if not isinstance(name, str):
            raise TypeError(f"`{what}` must contain strings, got {type_name(name)}")
    return result


def _keys_to_move(keys_to_move: Any, keys: Labels) -> Labels:
    if isinstance(keys_to_move, Labels):
        # only what has data needs to be where the keys are
        if len(keys_to_move) != 0 and keys_to_move.device != keys.device:
            engine = engine_of(keys.values)
            return keys_to_move.to(arrays=engine.name, device=keys.device)
        return keys_to_move
    names = _names(keys_to_move, "keys_to_move")
    return Labels(names, np.zeros((0, len(names)), dtype=np.int32))


# ---------------------------------------------------------------------- fill values
def _fill_array(tensor: TensorMap, fill_value: Any) -> Any:
    """0-d CPU array with the dtype of the blocks, and their array library if it has such arrays."""
    if len(tensor) == 0:
        return np.array(0.0)
    values = tensor.block_by_id(0).values
    engine = engine_of(values)
    code, bits, _ = engine.dlpack_dtype(values)
    scalar = _cast(_as_number(fill_value), code, bits, values.dtype)
    if engine.name == "numpy":
        with np.errstate(over="ignore"):
            return np.array(scalar, dtype=values.dtype)
    if isinstance(engine, HostLabelsEngine):
        return np.array(scalar, dtype=engine.host_dtype(values))
    return engine.from_numpy_as(np.array(scalar), values.dtype)


def _as_number(fill_value: Any) -> Any:
    """Python number for a scalar of any library."""
    ndim = getattr(fill_value, "ndim", None)
    if isinstance(ndim, int) and (hasattr(fill_value, "item") or hasattr(fill_value, "__dlpack__")):
        if ndim != 0:
            invalid_parameter(
                f"the fill value must be a single number, got {type_name(fill_value)} "
                f"with shape {tuple(fill_value.shape)}"
            )
        engine = find_engine(fill_value)
        fill_value = fill_value.item() if engine is None else engine.tolist(fill_value)
    if not isinstance(fill_value, numbers.Number):
        raise ValueError(
            f"the fill value must be a number, got {fill_value!r} ({type_name(fill_value)})"
        )
    return fill_value


def _cast(number: Any, code: int, bits: int, dtype: Any) -> Any:
    """Convert to the kind of ``dtype``, with the rules of numpy scalars."""
    if code == _DLPACK_COMPLEX:
        return complex(number)
    if code == _DLPACK_BOOL:
        return bool(number)
    if isinstance(number, complex):
        raise TypeError(
            f"can not use the complex fill value {number} for blocks with dtype {dtype}"
        )
    if code not in {_DLPACK_INT, _DLPACK_UINT}:
        return float(number)

    if isinstance(number, float) and not math.isfinite(number):
        # as Python does when converting them
        error = ValueError if math.isnan(number) else OverflowError
        raise error(f"can not use the fill value {number} for blocks with dtype {dtype}")
    integer = int(number)
    low = -(1 << (bits - 1)) if code == _DLPACK_INT else 0
    high = (1 << (bits - 1 if code == _DLPACK_INT else bits)) - 1
    if not low <= integer <= high:
        raise OverflowError(
            f"the fill value {number} does not fit in the dtype of the blocks, {dtype}"
        )
    return integer
