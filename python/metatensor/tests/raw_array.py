"""Short ways to call the functions of a ``mts_array_t``."""

import ctypes

import numpy as np
from ctypes_dlpack import (
    DLDataType,
    DLDevice,
    DLManagedTensorVersioned,
    DLPackVersion,
)
from metatensor._c_api import c_uintptr_t, mts_array_t, mts_data_movement_t
from metatensor._data import (
    create_mts_array,
    mts_array_to_python_array,
)
from metatensor._status import check_status

CPU = DLDevice(1, 0)
V1_3 = DLPackVersion(1, 3)


class Raw:
    """A ``mts_array_t`` which is destroyed at the end, with short ways to call it."""

    def __init__(self, array):
        self.raw = array if isinstance(array, mts_array_t) else create_mts_array(array)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.raw.destroy(self.raw.ptr)

    def call(self, name, *args):
        check_status(getattr(self.raw, name)(self.raw.ptr, *args))

    @property
    def array(self):
        return mts_array_to_python_array(self.raw)

    def shape(self):
        shape, count = ctypes.POINTER(c_uintptr_t)(), c_uintptr_t()
        self.call("shape", shape, count)
        return tuple(shape[: count.value])

    def dtype(self):
        dtype = DLDataType()
        self.call("dtype", dtype)
        return (dtype.code, dtype.bits, dtype.lanes)

    def device(self):
        device = DLDevice()
        self.call("device", device)
        return (device.device_type.value, device.device_id)

    def as_dlpack(self, device=CPU, stream=None, version=V1_3):
        tensor = ctypes.POINTER(DLManagedTensorVersioned)()
        self.call("as_dlpack", tensor, device, stream, version)
        return tensor

    def new(self, name, *args):
        output = mts_array_t()
        self.call(name, *args, output)
        return Raw(output)

    def create(self, shape, fill):
        return self.new("create", (c_uintptr_t * len(shape))(*shape), len(shape), fill)

    def move_data(self, source, movements):
        movements = [mts_data_movement_t(*m) for m in movements]
        array = (mts_data_movement_t * len(movements))(*movements)
        self.call("move_data", source.raw.ptr, array, len(movements))


def values(array):
    return np.array(array.tolist())


def random_movements(rng, kind):
    """Movements as the core makes them: one per sample and run of properties."""
    samples_in = rng.permutation(6)[:4]
    samples_out = rng.permutation(8)[:4]
    if kind == "contiguous":
        samples_in, samples_out = np.arange(1, 5), np.arange(2, 6)
    runs = [(0, 3, 2)] if kind != "several" else [(0, 3, 2), (2, 0, 1), (3, 1, 2)]
    return [
        (i, o, start_in, start_out, length)
        for i, o in zip(samples_in, samples_out, strict=True)
        for start_in, start_out, length in runs
    ]
