"""Engine for torch."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ._base import (
    CPU,
    DLPackDevice,
    DLPackDtype,
    Engine,
    Movements,
    contiguous_range,
    group_movements,
)
from ._torch_modes import (
    Exporter,
    check_data,
    constant,
    has_modes,
    in_transform,
    is_fake,
    is_transformed,
    known,
    outside,
    runs_outside,
)
from .numpy import extension_dtype

_INT32_RANGE = np.iinfo(np.int32)

# name of the dtype: code and bits. Looked up in torch, older releases miss some
_DLPACK_DTYPES: dict[torch.dtype, DLPackDtype] = {
    getattr(torch, name): (code, bits, 1)
    for name, code, bits in (
        ("int8", 0, 8),
        ("int16", 0, 16),
        ("int32", 0, 32),
        ("int64", 0, 64),
        ("uint8", 1, 8),
        ("uint16", 1, 16),
        ("uint32", 1, 32),
        ("uint64", 1, 64),
        ("float16", 2, 16),
        ("float32", 2, 32),
        ("float64", 2, 64),
        ("bfloat16", 4, 16),
        ("complex32", 5, 32),
        ("complex64", 5, 64),
        ("complex128", 5, 128),
        ("bool", 6, 8),
        ("float8_e4m3fn", 10, 8),
        ("float8_e4m3fnuz", 11, 8),
        ("float8_e5m2", 12, 8),
        ("float8_e5m2fnuz", 13, 8),
        ("float8_e8m0fnu", 14, 8),
    )
    if hasattr(torch, name)
}

_LABELS_DTYPES = {dtype for dtype, (code, _, _) in _DLPACK_DTYPES.items() if code in (0, 1)}
# torch has no minimum and maximum for these
_LARGE_UNSIGNED = {getattr(torch, name) for name in ("uint32", "uint64") if hasattr(torch, name)}

_KDL_CUDA, _KDL_CUDA_HOST, _KDL_ROCM, _KDL_ROCM_HOST, _KDL_EXT_DEV = 2, 3, 10, 11, 12
_DEVICE_TYPES = {
    "cpu": CPU[0],
    "cuda": _KDL_CUDA if torch.version.hip is None else _KDL_ROCM,
    "mps": 8,
    "meta": _KDL_EXT_DEV,
    "xpu": 14,
}
_DEVICE_NAMES = {
    CPU[0]: "cpu",
    _KDL_CUDA: "cuda",
    _KDL_CUDA_HOST: "cpu",
    8: "mps",
    _KDL_ROCM: "cuda",
    _KDL_ROCM_HOST: "cpu",
    _KDL_EXT_DEV: "meta",
    14: "xpu",
}


def _torch_device(device: DLPackDevice) -> torch.device:
    name = _DEVICE_NAMES.get(device[0])
    if name is None:
        raise ValueError(f"torch can not use the DLPack device type {device[0]}")
    if name in ("cpu", "meta"):
        return torch.device(name)
    return torch.device(name, device[1])


class TorchEngine(Engine):
    """Engine for torch tensors."""

    name = "torch"
    origin = "python.torch"
    array_type = torch.Tensor
    # better for autograd, and needed for the transforms of torch.func
    defers = True

    def operations(self) -> str:
        return "torch_func" if in_transform() else "torch"

    def moves_in_place(self, arrays: Sequence[Any]) -> bool:
        if has_modes() or any(type(x) is not torch.Tensor or x.is_meta for x in arrays):
            return False
        return not (torch.is_grad_enabled() and any(x.requires_grad for x in arrays))

    def index(self, index: npt.NDArray[np.int64], like: Any) -> Any:
        return constant(self.from_numpy(index), like)

    def is_dtype(self, value: object) -> bool:
        return isinstance(value, torch.dtype)

    def is_device(self, value: object) -> bool:
        return isinstance(value, torch.device)

    def device(self, array: Any) -> torch.device:
        return array.device

    def place(self, array: Any) -> str:
        return self.name if array.device.type == "cpu" else f"{self.name}@{array.device}"

    def dlpack_device(self, array: Any) -> DLPackDevice:
        device = array.device
        kind = _DEVICE_TYPES.get(device.type)
        if kind is None:
            kind, index = array.__dlpack_device__()
            return (int(kind), int(index))
        return (kind, device.index or 0)

    def dlpack_dtype(self, array: Any) -> DLPackDtype:
        dtype = _DLPACK_DTYPES.get(array.dtype)
        if dtype is None:
            raise ValueError(f"tensors with dtype '{array.dtype}' are not supported")
        return dtype

    def is_contiguous(self, array: Any) -> bool:
        return bool(array.is_contiguous())

    def copy(self, array: Any) -> Any:
        return array.clone()

    def copy_to(self, array: Any, device: DLPackDevice) -> Any:
        target = _torch_device(device)
        if array.device == target:
            return array.clone()
        return array.to(device=target, copy=True)

    def to(
        self,
        array: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
    ) -> Any:
        if dtype is not None and not isinstance(dtype, torch.dtype):
            raise TypeError(f"'{dtype}' is not a valid dtype for torch tensors")
        same_dtype = dtype is None or array.dtype == dtype
        if same_dtype and (device is None or array.device == torch.device(device)):
            # when transforming, torch always gives another tensor
            return array
        if is_fake(array) or is_transformed(array):
            return array.to(dtype=dtype, device=device, non_blocking=non_blocking)
        # this may be labels
        with outside():
            return array.to(dtype=dtype, device=device, non_blocking=non_blocking)

    @runs_outside
    def to_numpy(self, array: Any) -> npt.NDArray[Any]:
        check_data(array)
        if array.dtype == torch.bfloat16:
            # numpy only has this dtype together with another package
            array = array.view(torch.int16)
            bits: npt.NDArray[Any] = array.numpy()
            return bits.view(_numpy_bfloat16())
        result: npt.NDArray[Any] = array.numpy()
        return result

    @runs_outside
    def to_host(self, array: Any) -> npt.NDArray[Any]:
        check_data(array)
        return self.to_numpy(array.detach().cpu())

    @runs_outside
    def from_numpy(self, array: npt.NDArray[Any]) -> Any:
        # torch refuses negative strides, other byte orders and read-only memory
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        if not array.flags.writeable or any(s < 0 for s in array.strides):
            array = np.array(array, copy=True)
        if extension_dtype(array.dtype) == (4, 16, 1):
            return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(np.asarray(array))

    @runs_outside
    def tolist(self, array: Any) -> Any:
        return array.tolist()

    @runs_outside
    def item(self, array: Any, index: Any) -> Any:
        return array[index]

    @runs_outside
    def rows(self, array: Any) -> Iterable[Any]:
        return list(array)

    @runs_outside
    def labels_values(self, array: Any) -> Any:
        array = known(array)
        if array.requires_grad:
            raise ValueError("Labels values can not require gradients")
        if array.dtype not in _LABELS_DTYPES:
            raise TypeError(
                "Labels values must be convertible to integers, "
                f"got a tensor with dtype '{array.dtype}'"
            )
        _check_int32_range(array)
        # always a copy: writing to the tensor later must not change the labels
        return array.detach().to(
            dtype=torch.int32, copy=True, memory_format=torch.contiguous_format
        )

    @runs_outside
    def empty_labels(self, like: Any, size: int) -> Any:
        return torch.empty((0, size), dtype=torch.int32, device=like.device)

    def freeze(self, array: Any) -> Any:
        return array

    @runs_outside
    def equal(self, first: Any, second: Any) -> bool:
        if first is second:
            return True
        if first.shape != second.shape:
            return False
        if first.device.type == "meta" or second.device.type == "meta":
            return bool(first.device == second.device)
        return bool(torch.equal(first, second.to(first.device)))

    @runs_outside
    def take_columns(self, array: Any, columns: Sequence[int]) -> Any:
        indices = torch.tensor(list(columns), dtype=torch.int64, device=array.device)
        return array.index_select(1, indices)

    @runs_outside
    def insert_column(self, array: Any, index: int, column: Any) -> Any:
        column = column.reshape(-1, 1)
        return torch.cat([array[:, :index], column, array[:, index:]], dim=1)

    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        return array.reshape(tuple(shape))

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        return array.swapaxes(axis_1, axis_2)

    def full(self, like: Any, shape: Sequence[int], fill_value: Any) -> Any:
        if is_fake(like):
            return like.new_empty(tuple(shape))
        value = fill_value.to(dtype=like.dtype, device=like.device)
        expanded = value.expand(tuple(shape))
        return expanded.clone(memory_format=torch.contiguous_format)

    def concatenate(self, arrays: Sequence[Any], axis: int) -> Any:
        return torch.cat(list(arrays), dim=axis)

    def take_rows(self, array: Any, rows: npt.NDArray[np.int64]) -> Any:
        return array.index_select(0, self.index(rows, array))

    def permute(self, array: Any, axes: Sequence[int]) -> Any:
        return array.permute(tuple(axes)).contiguous()

    def move_data(self, output: Any, source: Any, movements: Movements) -> Any:
        if output.device.type == "meta":
            return output
        for group in group_movements(movements):
            samples_in, samples_out, properties_in, properties_out = group
            rows_in = _rows(samples_in, source.device)
            rows_out = _rows(samples_out, output.device)
            output[rows_out, ..., properties_out] = source[rows_in, ..., properties_in]
        return output

    def to_dlpack(self, array: Any, device: DLPackDevice, stream: Any) -> Any:
        target = _torch_device(device)
        if target.type == "cpu" and stream is not None:
            raise ValueError("the stream must be NULL for data on CPU")
        check_data(array)
        with outside():
            # both are lazy in torch, DLPack knows nothing of them
            array = array.detach().resolve_conj().resolve_neg().to(target)
        return Exporter(array) if has_modes() else array

    @runs_outside
    def from_dlpack(self, exporter: Any, read_only: bool) -> Any:
        array = torch.from_dlpack(_DefaultStream(exporter))
        # tensors can always be written to
        return array.clone() if read_only else array


class _DefaultStream:
    """Exporter of data which is ready on the default stream of its device.

    This is what the C API gives, while torch asks for data on its current stream.
    """

    def __init__(self, exporter: Any) -> None:
        self._exporter = exporter

    def __dlpack_device__(self) -> tuple[Any, int]:
        device: tuple[Any, int] = self._exporter.__dlpack_device__()
        return device

    def __dlpack__(self, stream: Any = None, **kwargs: Any) -> Any:
        if stream is not None:
            _, index = self.__dlpack_device__()
            current = torch.cuda.current_stream(index)
            current.wait_stream(torch.cuda.default_stream(index))
        return self._exporter.__dlpack__(**kwargs)


def _numpy_bfloat16() -> Any:
    try:
        return np.dtype(importlib.import_module("ml_dtypes").bfloat16)
    except ModuleNotFoundError:
        raise TypeError(
            "numpy only has bfloat16 numbers if the package ml_dtypes is installed"
        ) from None


def _rows(samples: npt.NDArray[np.int64], device: torch.device) -> Any:
    contiguous = contiguous_range(samples)
    if contiguous is not None:
        return contiguous
    return torch.tensor(samples).to(device)


def _check_int32_range(array: torch.Tensor) -> None:
    """Raise a ``ValueError`` unless all values fit in 32-bit integers."""
    small = array.dtype.itemsize < 4 or array.dtype == torch.int32
    if small or array.numel() == 0 or array.device.type == "meta":
        return
    if array.dtype in _LARGE_UNSIGNED:
        values = array.cpu().numpy()
        low, high = int(values.min()), int(values.max())
    else:
        low, high = (int(bound) for bound in torch.aminmax(array))
    if low < _INT32_RANGE.min or high > _INT32_RANGE.max:
        raise ValueError(
            f"Labels values must fit in 32-bit integers, got values between {low} and {high}"
        )


ENGINE = TorchEngine()
