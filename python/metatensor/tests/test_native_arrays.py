"""Arrays implemented by the C library, used from Python."""

import ctypes
import gc
import sys
import threading

import metatensor
import numpy as np
import pytest
from ctypes_dlpack import DLManagedTensorVersioned
from metatensor._c_api import mts_array_t
from metatensor._c_lib import _get_library
from metatensor._data import (
    create_mts_array,
    data_origin,
    data_origin_name,
    mts_array_to_python_array,
)
from native_arrays import _RELEASE_ALL, _RELEASE_ONE, labels, wrap


class PythonCalls:
    """Counts the Python functions which are called, by callbacks or otherwise."""

    def __enter__(self):
        self.count = 0
        sys.setprofile(self._profile)
        return self

    def _profile(self, frame, event, _argument):
        # only functions start with this: not those of C, nor the end of this class
        if event == "call" and frame.f_code.co_name != "__exit__":
            self.count += 1

    def __exit__(self, *_):
        sys.setprofile(None)


def unchecked(name, *argtypes):
    """A function of the library, without the Python code checking its result."""
    address = ctypes.cast(getattr(_get_library(), name), ctypes.c_void_p).value
    return ctypes.CFUNCTYPE(ctypes.c_void_p, *argtypes)(address)


def destroy(arrays):
    for array in arrays:
        array.destroy(array.ptr)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.arange(6, dtype=np.int8).reshape(2, 3).T,
        np.arange(20, dtype=np.complex64).reshape(4, 5)[::-2, 1::2],
        np.array([True, False]),
        np.array(3.5, dtype=np.float16),
        np.zeros((0, 4), dtype=np.uint16),
        np.broadcast_to(np.arange(3), (2, 3)),
    ],
)
def test_read(array):
    wrapped = wrap([array])[0]
    assert data_origin_name(data_origin(wrapped)) == "metatensor.native"
    result = mts_array_to_python_array(wrapped)
    assert isinstance(result, metatensor.ExternalCpuArray)
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)
    assert np.shares_memory(result, array) == (array.size > 0)
    assert result.flags.writeable == array.flags.writeable or array.size == 0
    # the tensor keeps the description of the array alive
    wrapped.destroy(wrapped.ptr)
    np.testing.assert_array_equal(result, array)


def test_release():
    released, finished = [], []
    one = _RELEASE_ONE(lambda _, index: released.append(index))
    everything = _RELEASE_ALL(lambda _: finished.append(len(released)))
    arrays = wrap([np.zeros(2), np.zeros((2, 1))], None, one, everything)
    view = mts_array_to_python_array(arrays[1])
    destroy(arrays)
    assert (released, finished) == ([0], [])
    del view
    gc.collect()
    assert (released, finished) == ([0, 1], [2])


def test_errors():
    released = []
    one = _RELEASE_ONE(lambda _, index: released.append(index))
    strided = np.lib.stride_tricks.as_strided(np.zeros(1), (4,), (2**62,))
    with pytest.raises(metatensor.MetatensorError, match="in array 1: .*too far away"):
        wrap([np.zeros(1), strided], None, one)
    assert sorted(released) == [0, 1]


def test_exchange_of_many():
    arrays = [np.full((2, i), float(i)) for i in range(5)]
    wrapped = wrap(arrays)
    tensors = (ctypes.POINTER(DLManagedTensorVersioned) * 5)()
    again = (mts_array_t * 5)()
    types = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
    as_dlpack = unchecked("mts_arrays_as_dlpack", *types)
    from_dlpack = unchecked("mts_arrays_from_dlpack", *types)
    with PythonCalls() as calls:
        as_dlpack(wrapped, 5, tensors)
        from_dlpack(tensors, 5, again)
    assert calls.count == 0
    # arrays implemented in Python are another matter
    python = (mts_array_t * 1)(create_mts_array(arrays[1]))
    with PythonCalls() as calls:
        as_dlpack(python, 1, tensors)
    assert calls.count > 0
    tensors[0].contents.deleter(tensors[0])
    destroy(python)
    destroy(wrapped)
    for array, result in zip(arrays, again):
        result = mts_array_to_python_array(result)
        np.testing.assert_array_equal(result, array)
    destroy(again)


def make_map(arrays, keys):
    """C tensor map with one block per key, made of native arrays only."""
    lib = _get_library()
    samples = labels(["s"], np.arange(arrays[0].shape[0]).reshape(-1, 1))
    properties = labels(["p"], np.arange(arrays[0].shape[1]).reshape(-1, 1))
    blocks = [lib.mts_block(array, samples, None, 0, properties) for array in wrap(arrays)]
    result = lib.mts_tensormap(keys, (type(blocks[0]) * len(blocks))(*blocks), len(blocks))
    for item in (samples, properties):
        lib.mts_labels_free(item)
    return result


def test_keys_to_properties_without_callbacks():
    lib = _get_library()
    arrays = [np.random.default_rng(i).random((7, 3)) for i in range(500)]
    keys = labels(["a", "b"], [(i // 250, i) for i in range(500)])
    tensor = make_map(arrays, keys)
    moved = labels(["b"], np.zeros((0, 1)))
    zero = np.array(0.0)
    fill = wrap([zero])[0]
    types = (ctypes.c_void_p, ctypes.c_void_p, mts_array_t, ctypes.c_bool)
    merge = unchecked("mts_tensormap_keys_to_properties", *types)
    addresses = [ctypes.cast(item, ctypes.c_void_p) for item in (tensor, moved)]
    with PythonCalls() as calls:
        merged = merge(*addresses, fill, True)
    assert calls.count == 0
    assert merged

    merged = ctypes.cast(merged, type(tensor))
    for i in range(2):
        block = lib.mts_tensormap_block_by_id.argtypes[1]._type_()
        lib.mts_tensormap_block_by_id(merged, block, i)
        data = mts_array_t()
        lib.mts_block_data(block, data)
        values = mts_array_to_python_array(data)
        expected = np.concatenate(arrays[250 * i : 250 * (i + 1)], axis=1)
        np.testing.assert_array_equal(values, expected)
    for item in (merged, tensor):
        lib.mts_tensormap_free(item)
    for item in (keys, moved):
        lib.mts_labels_free(item)


def test_without_the_interpreter_lock():
    # another thread runs while the library copies
    lib = _get_library()
    array = mts_array_t()
    dtype = lib.mts_array_zeros.argtypes[2](2, 64, 1)
    shape = (ctypes.c_size_t * 1)(1 << 22)
    lib.mts_array_zeros(shape, 1, dtype, array)
    results = []

    def copy():
        output = mts_array_t()
        device = mts_array_t._fields_[11][1]._argtypes_[1](1, 0)
        results.append(array.copy(array.ptr, device, output))
        output.destroy(output.ptr)

    threads = [threading.Thread(target=copy) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0] * 8
    array.destroy(array.ptr)
