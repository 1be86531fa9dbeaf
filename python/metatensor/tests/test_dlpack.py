import contextlib
import ctypes
import gc
import weakref

import numpy as np
import pytest
from ctypes_dlpack import (
    DLDevice,
    DLPackArray,
    DLPackVersion,
    array_as_dlpack,
)
from metatensor._data import (
    data_origin,
    mts_array_was_allocated_by_python,
)
from raw_array import Raw


# ---------------------------------------------------------------------------- DLPack
def data_pointer(array):
    return array.ctypes.data if isinstance(array, np.ndarray) else array.data_ptr()


def test_as_dlpack(engine):
    array = engine.array([[1.0, 2.0], [3.0, 4.0]], "float64")
    with Raw(array) as raw:
        tensor = raw.as_dlpack()
        content = tensor.contents
        assert content.version.major == 1
        assert content.version.minor <= 3
        assert content.dl_tensor.data == data_pointer(array)
        assert content.dl_tensor.device.device_type == 1
        assert content.dl_tensor.shape[:2] == [2, 2]
        assert not content.flags & 1
    # the data lives as long as the tensor
    del array
    gc.collect()
    assert np.from_dlpack(DLPackArray(tensor)).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_as_dlpack_of_special_arrays():
    read_only = np.arange(4.0)
    read_only.flags.writeable = False
    with Raw(read_only) as raw:
        tensor = raw.as_dlpack()
        assert tensor.contents.flags & 1
        DLPackArray(tensor)

    other_order = np.arange(4.0).astype(">f8")
    fields = np.zeros(4, dtype=[("a", "i1"), ("b", "<f8")])
    fields["b"] = np.arange(4.0)
    for array in (read_only, other_order, fields["b"], np.arange(4.0)[::-1][::-1]):
        with Raw(array) as raw:
            exported = np.from_dlpack(DLPackArray(raw.as_dlpack()))
            assert exported.tolist() == [0.0, 1.0, 2.0, 3.0]

    torch = pytest.importorskip("torch")
    for tensor in (
        torch.arange(4.0, requires_grad=True),
        torch.arange(8.0)[::2] / 2,
        torch.tensor([1j, 1 + 1j, 2 + 1j, 3 + 1j]).conj().real,
        torch.tensor([0, -1j, -2j, -3j]).conj().imag,
    ):
        with Raw(tensor) as raw:
            exported = np.from_dlpack(DLPackArray(raw.as_dlpack()))
            assert exported.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_as_dlpack_errors(engine):
    with Raw(engine.array([1.0], "float64")) as raw:
        with pytest.raises(ValueError, match=r"version 2\.0"):
            raw.as_dlpack(version=DLPackVersion(2, 0))
        with pytest.raises(ValueError, match="stream"):
            raw.as_dlpack(stream=ctypes.c_int64(3))
        with pytest.raises((ValueError, BufferError), match="device type 99"):
            raw.as_dlpack(device=DLDevice(99, 0))
    with Raw(np.zeros(3)) as raw, pytest.raises(ValueError, match="on CPU"):
        raw.as_dlpack(device=DLDevice(2, 0))
    with Raw(np.zeros(3, dtype=np.longdouble)) as raw, pytest.raises(BufferError):
        raw.as_dlpack()


@pytest.mark.parametrize("read_only", [False, True])
def test_from_dlpack(engine, read_only):
    # dtype and shape are those of the tensor, not those of the array
    source = np.arange(6, dtype=np.int16).reshape(2, 3)
    source.flags.writeable = not read_only
    reference = weakref.ref(source)
    tensor = array_as_dlpack(source, max_version=(1, 3))
    del source
    with Raw(engine.array([1.0], "float64")) as raw:
        with raw.new("from_dlpack", tensor) as new:
            assert data_origin(new.raw) == data_origin(raw.raw)
            assert engine.host(new.array).tolist() == [[0, 1, 2], [3, 4, 5]]
            assert new.array.dtype == engine.dtype("int16")
        assert mts_array_was_allocated_by_python(raw.raw)
    del new
    gc.collect()
    assert reference() is None


def test_from_dlpack_never_writes_to_read_only(engine):
    source = np.arange(6, dtype=np.int32)
    source.flags.writeable = False
    tensor = array_as_dlpack(source, max_version=(1, 3))
    with Raw(engine.array([1])) as raw, raw.new("from_dlpack", tensor) as new:
        with contextlib.suppress(ValueError):
            new.array[0] = 33
        # torch has no read-only tensors: there it must be a copy
        assert engine.name != "numpy" or not new.array.flags.writeable
    assert source.tolist() == [0, 1, 2, 3, 4, 5]
