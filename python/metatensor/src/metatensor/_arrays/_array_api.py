"""Engines for all other libraries which follow the array API standard.

They are recognised by ``__array_namespace__`` and ``__dlpack__``, if the package
``array-api-compat`` is installed. There is one engine for each namespace, and its name is
the name of the namespace.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._base import CPU, DLPackDevice, DLPackDtype, Engine, Movements
from ._host import HostLabelsEngine
from .numpy import ENGINE as NUMPY
from .numpy import extension_dtype, host_from_dlpack

# names of dtypes in the standard, and some which libraries add
_DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128", "bfloat16"),
)
_CODES = {"b": 6, "i": 0, "u": 1, "f": 2, "c": 5}

_ENGINES: dict[str, ArrayApiEngine] = {}


class ArrayApiEngine(HostLabelsEngine):
    """Engine for the arrays of one namespace, which are never changed.

    :param namespace: module with the functions of the standard
    """

    # such arrays may be immutable, and the standard can not tell
    defers = True
    immutable = True

    def __init__(self, namespace: Any) -> None:
        self.namespace = namespace
        self.name = namespace.__name__
        self.origin = f"python.{self.name}"
        self._dtypes = [
            (getattr(namespace, name), name) for name in _DTYPES if hasattr(namespace, name)
        ]

    def is_array(self, value: object) -> bool:
        return find_namespace(value) is self.namespace

    def is_dtype(self, value: object) -> bool:
        # `==` of a dtype may refuse other types
        return any(type(value) is type(dtype) and value == dtype for dtype, _ in self._dtypes)

    def is_device(self, value: object) -> bool:
        if isinstance(value, (str, int)) or not hasattr(self.namespace, "__array_namespace_info__"):
            return False
        devices = self.namespace.__array_namespace_info__().devices()
        return any(type(value) is type(device) for device in devices)

    def device(self, array: Any) -> Any:
        return _compat().device(array)

    def dlpack_device(self, array: Any) -> DLPackDevice:
        try:
            kind, index = array.__dlpack_device__()
        except (BufferError, ValueError, TypeError, NotImplementedError):
            return CPU  # not for DLPack: data is fetched when needed
        return (int(kind), int(index))

    def _dtype_name(self, dtype: Any) -> str:
        for known, name in self._dtypes:
            if dtype == known:
                return name
        raise ValueError(f"arrays of {self.name} with dtype '{dtype}' are not supported")

    def dlpack_dtype(self, array: Any) -> DLPackDtype:
        name = self._dtype_name(array.dtype)
        if name == "bfloat16":
            return (4, 16, 1)
        dtype = np.dtype(name)
        return (_CODES[dtype.kind], 8 * dtype.itemsize, 1)

    def host_dtype(self, array: Any) -> np.dtype[Any]:
        return np.dtype(self._dtype_name(array.dtype))

    def is_contiguous(self, array: Any) -> bool:
        return True  # the standard knows nothing of memory

    def copy(self, array: Any) -> Any:
        return self.namespace.asarray(array, copy=True)

    def copy_to(self, array: Any, device: DLPackDevice) -> Any:
        if self.dlpack_device(array) == device:
            return self.copy(array)
        if device == CPU:
            return self.from_numpy(self.to_host(array))
        raise ValueError(
            f"can not copy an array of {self.name} to the DLPack device type {device[0]}"
        )

    def to(
        self,
        array: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
    ) -> Any:
        if dtype is not None:
            array = self._astype(array, dtype)
        if device is not None and str(device) != str(self.device(array)):
            if str(device) == "cpu" and self.dlpack_device(array) == CPU:
                return array
            array = _compat().to_device(array, device)
        return array

    def _astype(self, array: Any, dtype: Any) -> Any:
        if not self.is_dtype(dtype):
            try:
                dtype = getattr(self.namespace, np.dtype(dtype).name)
            except (TypeError, AttributeError) as error:
                raise TypeError(f"'{dtype}' is not a valid dtype for {self.name}") from error
        if dtype == array.dtype:
            return array
        return self.namespace.astype(array, dtype)

    def to_host(self, array: Any) -> npt.NDArray[Any]:
        if self.dlpack_device(array) == CPU:
            try:
                return np.from_dlpack(array)
            except (BufferError, RuntimeError, TypeError):
                return np.asarray(array)
        return np.from_dlpack(array, device="cpu")

    def from_numpy(self, array: npt.NDArray[Any]) -> Any:
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        array = np.asarray(array)
        if not array.flags.writeable or extension_dtype(array.dtype) is not None:
            array = array.copy()
        return self.namespace.asarray(array)

    def from_host(self, array: npt.NDArray[Any], like: Any) -> Any:
        converted = self.namespace.asarray(np.array(array, copy=True))
        device = self.device(like)
        return converted if str(device) == "cpu" else self.to(converted, device=device)

    def item(self, array: Any, index: Any) -> Any:
        # the standard does not have all the ways of indexing
        return self.from_host(np.asarray(self.to_host(array)[index]), array)

    def rows(self, array: Any) -> Iterable[Any]:
        return [self.from_host(np.asarray(row), array) for row in self.to_host(array)]

    # ------------------------------------------------------------------- for the core
    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        return self.namespace.reshape(array, tuple(shape))

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        axes = list(range(len(array.shape)))
        axes[axis_1], axes[axis_2] = axes[axis_2], axes[axis_1]
        return self.permute(array, axes)

    def full(self, like: Any, shape: Sequence[int], fill_value: Any) -> Any:
        value = self._astype(fill_value, like.dtype)
        value = self.to(value, device=self.device(like))
        return self.copy(self.namespace.broadcast_to(value, tuple(shape)))

    def concatenate(self, arrays: Sequence[Any], axis: int) -> Any:
        return self.namespace.concat(list(arrays), axis=axis)

    def take_rows(self, array: Any, rows: npt.NDArray[np.int64]) -> Any:
        return self.namespace.take(array, self.from_host(rows, array), axis=0)

    def permute(self, array: Any, axes: Sequence[int]) -> Any:
        return self.namespace.permute_dims(array, tuple(axes))

    def move_data(self, output: Any, source: Any, movements: Movements) -> Any:
        raise ValueError(f"can not move data to an array of {self.name}: it may be immutable")

    def to_dlpack(self, array: Any, device: DLPackDevice, stream: Any) -> Any:
        if device == CPU:
            return NUMPY.to_dlpack(self.to_host(array), device, stream)
        if self.dlpack_device(array) != device:
            raise ValueError(
                f"can not export an array of {self.name} on the DLPack device type {device[0]}"
            )
        return array

    def from_dlpack(self, exporter: Any, read_only: bool) -> Any:
        kind, _ = exporter.__dlpack_device__()
        if int(kind) == CPU[0]:
            return self.namespace.asarray(np.array(host_from_dlpack(exporter), copy=True))
        array = self.namespace.from_dlpack(exporter)
        return self.copy(array) if read_only else array


def _compat() -> Any:
    return importlib.import_module("array_api_compat")


def find_namespace(value: object) -> Any:
    """Namespace of an array of the standard, ``None`` for everything else."""
    kind = type(value)
    if not (hasattr(kind, "__array_namespace__") and hasattr(kind, "__dlpack__")):
        return None
    if isinstance(value, np.generic):
        return None
    try:
        compat = _compat()
    except ModuleNotFoundError:
        return None
    return compat.array_namespace(value)


def find_array_api_engine(value: object) -> Engine | None:
    """Engine of an array of the standard, ``None`` for everything else."""
    namespace = find_namespace(value)
    return None if namespace is None else _engine(namespace)


def array_api_engine_by_name(name: str) -> Engine | None:
    """Engine of a namespace, which is imported if needed; ``None`` if it is no namespace."""
    engine = _ENGINES.get(name)
    if engine is not None:
        return engine
    try:
        _compat()
        namespace = importlib.import_module(name)
    except (ImportError, ValueError):
        return None
    return _engine(namespace) if hasattr(namespace, "__array_namespace_info__") else None


def loaded_array_api_engines() -> list[Engine]:
    """Engines of all the namespaces that were seen."""
    return list(_ENGINES.values())


def _engine(namespace: Any) -> ArrayApiEngine:
    engine = _ENGINES.get(namespace.__name__)
    if engine is None:
        engine = _ENGINES.setdefault(namespace.__name__, ArrayApiEngine(namespace))
    return engine
