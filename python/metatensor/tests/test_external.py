import ctypes
import gc
import sys
import weakref

import metatensor
import numpy as np
import pytest
from metatensor import ExternalCpuArray, ExternalCudaArray, Labels
from metatensor._c_api import mts_array_t
from metatensor._data import (
    create_mts_array,
    mts_array_to_python_array,
    register_external_data_wrapper,
)
from metatensor._data._array import _cast_to_ctype_functype, _register_origin


class Owner:
    """Something with weak references, to be the parent of an array."""


class Foreign:
    """An array with another origin, using the functions of a numpy array."""

    def __init__(self, array, origin="test.foreign"):
        self.inner = create_mts_array(array)
        identifier = _register_origin(origin)

        def give_origin(_this, output):
            output[0] = identifier
            return 0

        self.callback = _cast_to_ctype_functype(give_origin, "origin")
        self.raw = mts_array_t.from_buffer_copy(self.inner)
        self.raw.origin = self.callback

    def close(self):
        self.inner.destroy(self.inner.ptr)


@pytest.fixture
def foreign():
    array = Foreign(np.arange(6.0).reshape(2, 3))
    yield array
    array.close()


def test_views(foreign):
    parent = Owner()
    array = ExternalCpuArray(foreign.raw, parent)
    assert isinstance(array, np.ndarray)
    assert array.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    for view in (
        array[0],
        array[:, 1:],
        array.T,
        array.reshape(3, 2),
        array.view(),
        array[::-1],
        array.swapaxes(0, 1),
        array[0][1:],
    ):
        assert type(view) is ExternalCpuArray
        assert view._parent is parent


def test_results_are_plain(foreign):
    parent = Owner()
    array = ExternalCpuArray(foreign.raw, parent)
    for result in (
        array + 1,
        1 + array,
        array * array,
        -array,
        np.sin(array),
        array.sum(axis=0),
        array.mean(axis=1),
        array.copy(),
        array @ array.T,
    ):
        assert type(result) is np.ndarray
        assert not hasattr(result, "_parent")
    assert isinstance(array.sum(), float)
    assert np.add(array, 1)[1, 2] == 6.0

    array += 1  # in place
    assert type(array) is ExternalCpuArray
    assert array._parent is parent
    assert mts_array_to_python_array(foreign.inner)[1, 2] == 6.0


@pytest.mark.parametrize(
    "view",
    [
        lambda array: array,
        lambda array: array[0],
        lambda array: np.asarray(array),
        lambda array: array.view(np.ndarray)[1:],
        lambda array: np.asarray(array)[0].T,
    ],
)
def test_views_keep_the_parent(foreign, view):
    parent = Owner()
    reference = weakref.ref(parent)
    array = view(ExternalCpuArray(foreign.raw, parent))
    del parent
    gc.collect()
    assert reference() is not None
    del array
    gc.collect()
    assert reference() is None


def test_results_do_not_keep_the_parent(foreign):
    parent = Owner()
    reference = weakref.ref(parent)
    array = ExternalCpuArray(foreign.raw, parent)
    results = [array + 1, array.sum(axis=0), array.copy(), array[[0, 1]]]
    del array, parent
    gc.collect()
    assert reference() is None
    assert results[0][0, 0] == 1.0


def test_writable(foreign):
    array = ExternalCpuArray(foreign.raw, None)
    array[0, 0] = 33
    assert mts_array_to_python_array(foreign.inner)[0, 0] == 33

    values = np.arange(3.0)
    values.flags.writeable = False
    other = Foreign(values)
    array = ExternalCpuArray(other.raw, None)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
    del array
    other.close()


def test_wrapper():
    array = Foreign(np.arange(3.0), "test.wrapper")
    with pytest.raises(ValueError, match=r"test\.wrapper"):
        mts_array_to_python_array(array.raw)

    metatensor.register_external_data_wrapper("test.wrapper", ExternalCpuArray)
    parent = Owner()
    result = mts_array_to_python_array(array.raw, parent=parent)
    assert type(result) is ExternalCpuArray
    assert result._parent is parent

    def other(raw, parent):
        return np.array(ExternalCpuArray(raw, parent)) + 1

    register_external_data_wrapper("test.wrapper", other)
    assert mts_array_to_python_array(array.raw).tolist() == [1.0, 2.0, 3.0]
    del result
    array.close()

    for origin in (3, None, b"test"):
        with pytest.raises(ValueError, match="string"):
            register_external_data_wrapper(origin, ExternalCpuArray)


def test_array_of_the_core():
    # the core uses its own arrays for labels without dimensions
    labels = Labels([], np.empty((0, 0)))
    recovered = Labels.unsafe_from_ptr(labels.release())
    assert not recovered.values.flags.writeable
    assert recovered.values.shape == (0, 0)


def test_torch_tensor(foreign):
    torch = pytest.importorskip("torch")
    parent = Owner()
    reference = weakref.ref(parent)
    tensor = ExternalCudaArray(foreign.raw, parent, device_type=1)
    assert isinstance(tensor, torch.Tensor)
    assert tensor._parent is parent
    tensor[0, 0] = 33
    assert mts_array_to_python_array(foreign.inner)[0, 0] == 33

    # also views which do not have the attribute keep the parent
    view = tensor[1]
    del parent, tensor
    gc.collect()
    assert reference() is not None
    assert view.tolist() == [3.0, 4.0, 5.0]
    del view
    gc.collect()
    assert reference() is None


def test_torch_is_missing(foreign, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="torch is required"):
        ExternalCudaArray(foreign.raw, None)


def test_missing_function():
    raw = mts_array_t()
    with pytest.raises(ValueError, match="as_dlpack"):
        ExternalCpuArray(raw, None)


def test_failing_function(foreign):
    def fail(*_args):
        raise AttributeError("this is an error")

    from metatensor._status import catch_exceptions

    callback = _cast_to_ctype_functype(catch_exceptions(fail), "as_dlpack")
    raw = mts_array_t.from_buffer_copy(foreign.raw)
    raw.as_dlpack = callback
    with pytest.raises(AttributeError, match="this is an error"):
        ExternalCpuArray(raw, None)
    assert ctypes.sizeof(raw) == 13 * ctypes.sizeof(ctypes.c_void_p)


def test_modules():
    for klass in (ExternalCpuArray, ExternalCudaArray):
        assert klass.__module__ == "metatensor"
