"""Engine for jax.

Arrays of jax can not be changed, and may be *traced*: arguments of a function which jax
is transforming or compiling, without data. Labels never are: their values are known when
functions are traced, and everything about them is computed at that time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from ._base import (
    ANY_DEVICE,
    CPU,
    DLPackDevice,
    DLPackDtype,
    Movements,
)
from ._host import HostLabelsEngine
from .numpy import ENGINE as NUMPY
from .numpy import host_from_dlpack

_KDL_CUDA, _KDL_ROCM = 2, 10
_PLATFORMS = {CPU[0]: "cpu", _KDL_CUDA: "cuda", _KDL_ROCM: "rocm"}
_INT32_MAX = np.iinfo(np.int32).max


def _is_traced(array: Any) -> bool:
    return isinstance(array, jax.core.Tracer)


class JaxEngine(HostLabelsEngine):
    """Engine for arrays of jax."""

    name = "jax"
    origin = "python.jax"
    array_type = jax.Array
    defers = True
    immutable = True

    def is_dtype(self, value: object) -> bool:
        if isinstance(value, str) or self.is_array(value):
            return False
        try:
            # extension types such as bfloat16 are no numbers for numpy
            return bool(jnp.issubdtype(np.dtype(value), jnp.number))  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return False

    def is_device(self, value: object) -> bool:
        return isinstance(value, (jax.Device, jax.sharding.Sharding))

    def device(self, array: Any) -> Any:
        """``jax.Device``, or the sharding over several ones; ``None`` when tracing."""
        return None if _is_traced(array) else array.device

    def place(self, array: Any) -> str:
        device = self.device(array)
        if not isinstance(device, jax.Device):
            return self.name
        # arrays without a device go to the default one, which may not be the CPU
        index = jax.local_devices(backend=device.platform).index(device)
        return f"{self.name}@{device.platform}:{index}"

    def dlpack_device(self, array: Any) -> DLPackDevice:
        if _is_traced(array):
            return ANY_DEVICE
        device = array.device
        if not isinstance(device, jax.Device):
            # spread over several devices: only the host can see all of it
            return CPU
        if device.platform == "cpu":
            return CPU
        if device.platform == "gpu":
            kind, index = array.__dlpack_device__()
            return (int(kind), int(index))
        return CPU  # DLPack does not know such devices: data is fetched when needed

    def dlpack_dtype(self, array: Any) -> DLPackDtype:
        dtype = array.dtype
        if not isinstance(dtype, np.dtype):
            raise ValueError(f"jax arrays with dtype '{dtype}' are not supported")
        return NUMPY.dlpack_dtype(_WithDtype(dtype))

    def is_contiguous(self, array: Any) -> bool:
        return True

    def copy(self, array: Any) -> Any:
        return jnp.array(array, copy=True)

    def copy_to(self, array: Any, device: DLPackDevice) -> Any:
        if _is_traced(array) or self.dlpack_device(array) == device:
            return self.copy(array)
        return jax.device_put(array, _jax_device(device))

    def to(
        self,
        array: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
    ) -> Any:
        if dtype is not None:
            dtype = _check_dtype(dtype)
            if dtype != array.dtype:
                array = array.astype(dtype)
        if device is not None:
            target = _find_device(device)
            if _is_traced(array) or array.device != target:
                array = jax.device_put(array, target)
        return array

    def to_host(self, array: Any) -> npt.NDArray[Any]:
        # jax keeps the result: there is a single transfer for each array
        result: npt.NDArray[Any] = np.asarray(array)
        return result

    def from_numpy(self, array: npt.NDArray[Any]) -> Any:
        return self.from_numpy_as(array, None)

    def from_numpy_as(self, array: npt.NDArray[Any], dtype: Any) -> Any:
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        if dtype is not None:
            dtype = _check_dtype(dtype)
        elif jax.dtypes.canonicalize_dtype(array.dtype) != array.dtype:
            warnings.warn(
                f"jax turns {array.dtype} into {jax.dtypes.canonicalize_dtype(array.dtype)} "
                'unless 64-bit numbers are enabled with `jax.config.update("jax_enable_x64", '
                "True)`; give a dtype to convert the data explicitly",
                stacklevel=2,
            )
        # jax may use the memory of the array, which can still be written to
        with jax.ensure_compile_time_eval():
            return jnp.array(np.asarray(array), dtype=dtype, copy=True)

    def from_host(self, array: npt.NDArray[Any], like: Any) -> Any:
        with jax.ensure_compile_time_eval():
            converted = jnp.array(array, copy=True)
            device = None if _is_traced(like) else like.device
            if device is None or converted.device == device:
                return converted
            return jax.device_put(converted, device)

    def from_device(self, array: Any) -> Any:
        return jnp.array(jnp.from_dlpack(array), copy=True)

    # ------------------------------------------------------------------- for labels
    def item(self, array: Any, index: Any) -> Any:
        with jax.ensure_compile_time_eval():
            return array[index]

    def rows(self, array: Any) -> Iterable[Any]:
        with jax.ensure_compile_time_eval():
            return list(array)

    def labels_values(self, array: Any) -> Any:
        if _is_traced(array):
            raise TypeError(
                "Labels values can not be computed inside of functions which jax traces: "
                "they must be known before"
            )
        return super().labels_values(array)

    # ------------------------------------------------------------------- for the core
    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        return array.reshape(tuple(shape))

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        return jnp.swapaxes(array, axis_1, axis_2)

    def full(self, like: Any, shape: Sequence[int], fill_value: Any) -> Any:
        value = jnp.asarray(fill_value).astype(like.dtype)
        device = None if _is_traced(like) else like.device
        if not isinstance(device, jax.Device):
            return jnp.full(tuple(shape), value)
        return jnp.full(tuple(shape), jax.device_put(value, device), device=device)

    def concatenate(self, arrays: Sequence[Any], axis: int) -> Any:
        return jnp.concatenate(arrays, axis=axis)

    def take_rows(self, array: Any, rows: npt.NDArray[np.int64]) -> Any:
        return jnp.take(array, index_array(rows, array.shape[0]), axis=0, mode="clip")

    def permute(self, array: Any, axes: Sequence[int]) -> Any:
        return jnp.transpose(array, axes)

    def move_data(self, output: Any, source: Any, movements: Movements) -> Any:
        raise ValueError("can not move data to an array of jax: they can not be changed")

    def to_dlpack(self, array: Any, device: DLPackDevice, stream: Any) -> Any:
        if device[0] == CPU[0]:
            return NUMPY.to_dlpack(self.to_host(array), device, stream)
        if self.dlpack_device(array) != device:
            array = jax.device_put(array, _jax_device(device))
        if stream is None:
            array.block_until_ready()
        return array

    def from_dlpack(self, exporter: Any, read_only: bool) -> Any:
        kind, index = exporter.__dlpack_device__()
        if int(kind) != CPU[0]:
            with jax.ensure_compile_time_eval():
                return self.from_device(_Ready(exporter))
        array = host_from_dlpack(exporter)
        with jax.ensure_compile_time_eval():
            converted = jnp.array(array, copy=True)
            try:
                return jax.device_put(converted, _jax_device((int(kind), int(index))))
            except ValueError:  # only other devices can be used in this process
                return converted


class _Ready:
    """Exporter of data which is ready.

    The C API gives data on the default stream of CUDA, which jax has no function to wait
    for: whoever gives it must have done so.
    """

    def __init__(self, exporter: Any) -> None:
        self._exporter = exporter

    def __dlpack_device__(self) -> DLPackDevice:
        device: DLPackDevice = self._exporter.__dlpack_device__()
        return device

    def __dlpack__(self, stream: Any = None, **kwargs: Any) -> Any:
        return self._exporter.__dlpack__(**kwargs)


class _WithDtype:
    """Stands for an array of which only the dtype is needed."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype


def index_array(index: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Indices with the integers jax prefers."""
    return index.astype(np.int32) if size <= _INT32_MAX else index


def _check_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        converted: np.dtype[Any] = np.dtype(dtype)
        return converted
    except TypeError as error:
        raise TypeError(f"'{dtype}' is not a valid dtype for jax arrays") from error


def _jax_device(device: DLPackDevice) -> Any:
    platform = _PLATFORMS.get(device[0])
    if platform is None:
        raise ValueError(f"jax can not use the DLPack device type {device[0]}")
    return _devices(platform)[device[1]]


def _devices(platform: str) -> Any:
    try:
        return jax.local_devices(backend=platform)
    except RuntimeError as error:
        raise ValueError(f"jax can not use the device '{platform}': {error}") from error


def _find_device(device: Any) -> Any:
    """Device or sharding for what users give: one of these, or a name such as "cuda:0"."""
    if isinstance(device, (jax.Device, jax.sharding.Sharding)):
        return device
    platform, _, index = str(device).partition(":")
    devices = _devices(platform)
    try:
        return devices[int(index or 0)]
    except (ValueError, IndexError) as error:
        raise ValueError(f"jax can not use the device '{device}'") from error


ENGINE = JaxEngine()
