"""Arrays which were not made by Python."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable, Optional

import numpy as np
import numpy.typing as npt
from ctypes_dlpack import DLDevice, DLManagedTensorVersioned, DLPackArray, DLPackVersion

from .._arrays import engine_by_name
from .._c_api import mts_array_t
from .._status import check_status
from ._memory import from_tensor
from ._origin import data_origin, data_origin_name, register_origin

if TYPE_CHECKING:
    from typing_extensions import Self

_CPU = 1
_CUDA = 2
_DLPACK_UINT = 1


class Exporter(DLPackArray):  # type: ignore[misc]
    """Object with a ``__dlpack__`` method, which owns a tensor of DLPack."""

    def __init__(self, tensor: Any, keepalive: Any = None) -> None:
        super().__init__(tensor, keepalive=keepalive)
        self._tensor = tensor

    def hide_extension_dtype(self, extensions: Mapping[str, tuple[int, int]]) -> Optional[str]:
        """Say that the data is made of unsigned integers, if it has one of these dtypes.

        :param extensions: names of dtypes, with their code and bits
        :returns: the name of the dtype which is now hidden
        """
        dtype = self._tensor.contents.dl_tensor.dtype
        for name, (code, bits) in extensions.items():
            if (int(dtype.code), dtype.bits, dtype.lanes) == (code, bits, 1):
                dtype.code = _DLPACK_UINT
                return name
        return None


def as_dlpack(
    array: mts_array_t, device_type: int, device_id: int, keepalive: Any = None
) -> DLPackArray:
    """Export an array of any origin as an object with a ``__dlpack__`` method.

    :param keepalive: object which lives as long as the data is used
    """
    return Exporter(_as_tensor(array, device_type, device_id), keepalive)


def _as_tensor(array: mts_array_t, device_type: int, device_id: int) -> Any:
    tensor = ctypes.POINTER(DLManagedTensorVersioned)()
    if not array.as_dlpack:
        raise ValueError("can not access the data of this array: it has no as_dlpack")
    check_status(
        array.as_dlpack(
            array.ptr,
            tensor,
            DLDevice(device_type, device_id),
            None,
            DLPackVersion(1, 0),
        )
    )
    return tensor


def as_dlpack_cpu(array: mts_array_t, keepalive: Any = None) -> DLPackArray:
    """Export the data of an array on CPU, see :py:func:`as_dlpack`."""
    return as_dlpack(array, _CPU, 0, keepalive)


def _is_new(array: npt.NDArray[Any]) -> bool:
    """Say if numpy allocated the memory of this array."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        if owner.flags.owndata:
            return True
        owner = owner.base
    return False


class ExternalCpuArray(np.ndarray):
    """numpy array sharing memory with an array of another origin, on CPU.

    Views of this array are of the same class. New arrays computed from it are plain
    numpy arrays, and do not keep the memory of this one.

    :param mts_array: array of any origin with data on CPU
    :param parent: owner of ``mts_array``, kept alive as long as this array or one of
        its views is
    """

    _parent: Any

    def __new__(cls, mts_array: mts_array_t, parent: Any) -> Self:
        # numpy drops intermediate arrays from the chain of owners of a view: it is the
        # memory itself which must keep the parent
        tensor = _as_tensor(mts_array, _CPU, 0)
        address = ctypes.addressof(tensor.contents)
        result = from_tensor(address, keepalive=parent).view(cls)
        result._parent = parent
        return result

    def __array_finalize__(self, obj: Optional[npt.NDArray[Any]]) -> None:
        # new arrays must not keep the parent, only views of its memory
        self._parent = None if _is_new(self) else getattr(obj, "_parent", None)

    def __array_wrap__(
        self,
        array: npt.NDArray[Any],
        context: Any = None,
        return_scalar: bool = False,
    ) -> Any:
        if array is self:  # in-place operations
            return self
        plain = array.view(np.ndarray)
        return plain[()] if return_scalar or plain.ndim == 0 else plain

    def copy(self, order: Any = "C") -> npt.NDArray[Any]:
        """Copy the data to a plain numpy array."""
        return np.array(self, order=order, copy=True, subok=False)

    def __copy__(self) -> npt.NDArray[Any]:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> npt.NDArray[Any]:
        return self.copy()

    def __reduce__(self) -> Any:
        return self.copy().__reduce__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.copy().__reduce_ex__(protocol)


ExternalCpuArray.__module__ = "metatensor"


class ExternalCudaArray:
    """torch tensor sharing memory with an array of another origin.

    This is called as a function, and gives a ``torch.Tensor``.

    :param mts_array: array of any origin
    :param parent: owner of ``mts_array``, kept alive as long as the tensor or one of
        its views is
    :param device_type: device where the data is, as a DLPack device type
    :param device_id: index of this device
    :raises ImportError: if torch is not installed
    """

    def __new__(
        cls,
        mts_array: mts_array_t,
        parent: Any,
        *,
        device_type: int = _CUDA,
        device_id: int = 0,
    ) -> Any:
        try:
            engine = engine_by_name("torch")
        except ImportError as error:
            raise ImportError("torch is required to use external arrays on CUDA devices") from error

        exporter: Any = as_dlpack(mts_array, device_type, device_id, keepalive=parent)
        tensor = engine.from_dlpack(exporter, read_only=False)
        tensor._parent = parent
        return tensor


ExternalCudaArray.__module__ = "metatensor"

# Wrappers by identifier of the origin, and by name until something looks for one:
# knowing the identifiers needs the library
_WRAPPERS: dict[int, Callable[..., Any]] = {}
_CORE_ORIGINS = ("metatensor.Labels", "metatensor.native", "RustArray")
_LIBRARY_ORIGINS: set[int] = set()


def register_external_data_wrapper(origin: str, klass: Callable[..., Any]) -> None:
    """Tell how to use arrays with the given origin from Python.

    Registering an origin again replaces the class.

    :param origin: name of the origin
    :param klass: called as ``klass(mts_array, parent=parent)``; it must give a
        :py:class:`numpy.ndarray` or :py:class:`torch.Tensor` which keeps ``parent``
        alive
    :raises ValueError: if ``origin`` is not a string
    """
    if not isinstance(origin, str):
        raise ValueError(f"origin must be a string, got {type(origin).__name__}")
    _WRAPPERS[register_origin(origin)] = klass


def in_library(array: mts_array_t) -> bool:
    """Whether an array is implemented by the C library, in main memory."""
    if not _LIBRARY_ORIGINS:
        _LIBRARY_ORIGINS.update(map(register_origin, _CORE_ORIGINS[:2]))
    return data_origin(array) in _LIBRARY_ORIGINS


def wrap_external(array: mts_array_t, origin: int, parent: Any) -> Any:
    """Make a Python array with the class registered for ``origin``."""
    klass = _WRAPPERS.get(origin)
    if klass is None:
        for name in _CORE_ORIGINS:
            _WRAPPERS.setdefault(register_origin(name), ExternalCpuArray)
        klass = _WRAPPERS.get(origin)
    if klass is None:
        raise ValueError(
            f"can not use arrays with origin '{data_origin_name(origin)}' in Python: "
            "no class was given to metatensor.register_external_data_wrapper for it"
        )
    return klass(array, parent=parent)
