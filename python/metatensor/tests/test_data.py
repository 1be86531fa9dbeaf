import gc
import weakref

import numpy as np
import pytest
from ctypes_dlpack import (
    DLDevice,
)
from metatensor._c_api import c_uintptr_t, mts_array_t
from metatensor._data import (
    create_mts_array,
    data_origin,
    data_origin_name,
    mts_array_to_python_array,
    mts_array_was_allocated_by_python,
)
from raw_array import CPU, Raw, random_movements, values


# ------------------------------------------------------------------- wrap and unwrap
def test_round_trip(engine):
    array = engine.array([[1.0, 2.0]], "float64")
    with Raw(array) as raw:
        assert raw.array is array
        assert raw.shape() == (1, 2)
        assert raw.device() == (1, 0)
        assert data_origin_name(data_origin(raw.raw)) == f"python.{engine.name}"
        assert mts_array_was_allocated_by_python(raw.raw)


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (1,) * 20])
def test_shapes(engine, shape):
    with Raw(engine.array(np.zeros(shape).tolist()).reshape(shape)) as raw:
        assert raw.shape() == shape


@pytest.mark.parametrize("array", [[1.0], 1.0, None, "a", (1, 2)])
def test_not_an_array(array):
    with pytest.raises(ValueError, match=type(array).__name__):
        create_mts_array(array)


def test_references(engine):
    class Array(type(engine.array([1]))):
        pass

    array = (
        np.zeros(3).view(Array) if engine.name == "numpy" else engine.array([1]).as_subclass(Array)
    )
    reference = weakref.ref(array)
    raw = create_mts_array(array)
    assert mts_array_to_python_array(raw) is array
    del array
    assert reference() is not None
    raw.destroy(raw.ptr)
    gc.collect()
    assert reference() is None


NUMPY_DTYPES = {
    "int8": (0, 8),
    "int16": (0, 16),
    "int32": (0, 32),
    "int64": (0, 64),
    "uint8": (1, 8),
    "uint16": (1, 16),
    "uint32": (1, 32),
    "uint64": (1, 64),
    "float16": (2, 16),
    "float32": (2, 32),
    "float64": (2, 64),
    "complex64": (5, 64),
    "complex128": (5, 128),
    "bool": (6, 8),
}
TORCH_DTYPES = {**NUMPY_DTYPES, "bfloat16": (4, 16)}


@pytest.mark.parametrize("name", TORCH_DTYPES)
def test_dtype(engine, name):
    if engine.name == "numpy" and name not in NUMPY_DTYPES:
        pytest.skip("not in numpy")
    with Raw(engine.array([0, 1], name)) as raw:
        assert raw.dtype() == (*TORCH_DTYPES[name], 1)


@pytest.mark.parametrize("dtype", ["U4", "object", "datetime64[s]"])
def test_unsupported_numpy_dtype(dtype):
    # the array can be made: the dtype is only looked at when it is needed
    with Raw(np.zeros(3, dtype=dtype)) as raw, pytest.raises(ValueError, match="dtype"):
        raw.dtype()


def test_unsupported_torch_dtype():
    torch = pytest.importorskip("torch")
    with Raw(torch.empty(3, dtype=torch.bits8)) as raw, pytest.raises(ValueError, match="bits8"):
        raw.dtype()


def test_meta_device():
    torch = pytest.importorskip("torch")
    with Raw(torch.empty((2, 3), device="meta")) as raw:
        assert raw.device() == (12, 0)
        assert raw.shape() == (2, 3)
        with raw.new("copy", DLDevice(12, 0)) as copied:
            assert copied.array.device.type == "meta"
            assert copied.array is not raw.array
        with pytest.raises(ValueError, match="meta"):
            raw.as_dlpack()


# -------------------------------------------------------------------- changing shapes
def test_reshape(engine):
    array = engine.array(np.arange(24).reshape(2, 3, 4).tolist())
    with Raw(array) as raw:
        raw.call("reshape", (c_uintptr_t * 2)(6, 4), 2)
        assert raw.shape() == (6, 4)
        assert values(raw.array).tolist() == np.arange(24).reshape(6, 4).tolist()
        assert tuple(array.shape) == (2, 3, 4)
        with pytest.raises((ValueError, RuntimeError)):
            raw.call("reshape", (c_uintptr_t * 2)(7, 4), 2)
        assert raw.shape() == (6, 4)


def test_swap_axes(engine):
    array = engine.array(np.arange(24).reshape(2, 3, 4).tolist())
    expected = np.arange(24).reshape(2, 3, 4).swapaxes(0, 2)
    with Raw(array) as raw:
        raw.call("swap_axes", 0, 2)
        assert raw.shape() == (4, 3, 2)
        assert values(raw.array).tolist() == expected.tolist()
        raw.call("swap_axes", 1, 1)
        assert raw.shape() == (4, 3, 2)
        raw.call("reshape", (c_uintptr_t * 2)(12, 2), 2)
        assert values(raw.array).tolist() == expected.reshape(12, 2).tolist()
        with pytest.raises((ValueError, IndexError)):
            raw.call("swap_axes", 0, 7)


# ----------------------------------------------------------------- creating and copies
@pytest.mark.parametrize("name", TORCH_DTYPES)
def test_create(engine, name):
    if engine.name == "numpy" and name not in NUMPY_DTYPES:
        pytest.skip("not in numpy")
    fill = create_mts_array(engine.array(1, name))
    with Raw(engine.array([[0, 1]], name)) as raw, raw.create((3, 2), fill) as created:
        assert created.shape() == (3, 2)
        assert created.dtype() == raw.dtype()
        assert created.array.dtype == raw.array.dtype
        assert created.array.tolist() == [[1, 1]] * 3
        created.array[0, 0] = 0  # writable memory, not shared
        assert created.array.tolist() == [[0, 1], [1, 1], [1, 1]]
    # the fill value was destroyed
    assert not mts_array_was_allocated_by_python(fill)


def test_create_special_values(engine):
    with Raw(engine.array([[0.0]], "float32")) as raw:
        for value in (np.nan, np.inf, -np.inf):
            fill = create_mts_array(engine.array(value, "float32"))
            with raw.create((2,), fill) as created:
                np.testing.assert_equal(values(created.array), [value, value])
        with raw.create((), create_mts_array(engine.array(2.5, "float32"))) as created:
            assert created.shape() == ()
            assert created.array.tolist() == 2.5
        with raw.create((0, 3), create_mts_array(engine.array(2, "float32"))) as created:
            assert created.shape() == (0, 3)


def test_create_complex():
    torch = pytest.importorskip("torch")
    with Raw(torch.zeros(2, dtype=torch.complex64)) as raw:
        fill = create_mts_array(torch.tensor(1 + 2j, dtype=torch.complex64))
        with raw.create((2,), fill) as created:
            assert created.array.tolist() == [1 + 2j, 1 + 2j]


def test_create_large_integers(engine):
    fill = create_mts_array(engine.array(2**64 - 1, "uint64"))
    with Raw(engine.array([1], "uint64")) as raw, raw.create((2,), fill) as created:
        assert created.array.tolist() == [2**64 - 1] * 2


def test_create_error(engine):
    fill = create_mts_array(engine.array([1.0, 2.0], "float64"))
    array = engine.array([1.0], "float64")
    with Raw(array) as raw, pytest.raises(ValueError, match="without dimensions"):
        raw.create((2,), fill)
    assert not mts_array_was_allocated_by_python(fill)


def test_create_borrowed_fill(engine):
    with Raw(engine.array(3.0, "float64")) as fill:
        borrowed = mts_array_t.from_buffer_copy(fill.raw)
        borrowed.destroy = type(borrowed.destroy)()
        with Raw(engine.array([1.0], "float64")) as raw, raw.create((2,), borrowed) as created:
            assert created.array.tolist() == [3.0, 3.0]
        assert fill.array.tolist() == 3.0


def test_copy(engine):
    array = engine.array([[1.0, 2.0], [3.0, 4.0]], "float64").T
    with Raw(array) as raw, raw.new("copy", CPU) as copied:
        assert copied.array is not array
        assert copied.array.tolist() == array.tolist()
        copied.array[0, 0] = 33
        assert array[0, 0] == 1.0
        assert copied.array.dtype == array.dtype


def test_copy_to_other_device():
    with Raw(np.zeros(3)) as raw, pytest.raises(ValueError, match="CPU"):
        raw.new("copy", DLDevice(2, 0))
    torch = pytest.importorskip("torch")
    with Raw(torch.zeros(3)) as raw:
        with raw.new("copy", DLDevice(12, 0)) as copied:
            assert copied.array.device.type == "meta"
        with pytest.raises(ValueError, match="device type 99"):
            raw.new("copy", DLDevice(99, 0))


def test_differentiable_copy():
    torch = pytest.importorskip("torch")
    array = torch.ones(3, requires_grad=True)
    with Raw(array) as raw, raw.new("copy", CPU) as copied:
        copied.array.sum().backward()
    assert array.grad.tolist() == [1, 1, 1]


# ------------------------------------------------------------------------- move_data
@pytest.mark.parametrize("kind", ["contiguous", "scattered", "several"])
@pytest.mark.parametrize("components", [(), (3,), (2, 3)])
def test_move_data(engine, kind, components):
    rng = np.random.default_rng(0)
    source = rng.normal(size=(6, *components, 5))
    output = rng.normal(size=(8, *components, 6))
    movements = random_movements(rng, kind)

    expected = output.copy()
    for i, o, start_in, start_out, length in movements:
        moved = source[i, ..., start_in : start_in + length]
        expected[o, ..., start_out : start_out + length] = moved

    array = engine.array(output.tolist(), "float64")
    with Raw(array) as out, Raw(engine.array(source.tolist(), "float64")) as inp:
        out.move_data(inp, movements)
        assert out.array is array
        np.testing.assert_equal(values(array), expected)
        out.move_data(inp, [])
        np.testing.assert_equal(values(array), expected)


def test_move_data_differentiable():
    torch = pytest.importorskip("torch")
    source = torch.ones((3, 2), requires_grad=True)
    output = torch.zeros((3, 2))
    with Raw(output) as out, Raw(source) as inp:
        out.move_data(inp, [(0, 2, 0, 0, 2), (2, 1, 0, 0, 2)])
    (3 * output).sum().backward()
    assert source.grad.tolist() == [[3, 3], [0, 0], [3, 3]]


# ---------------------------------------------------------------------------- origins
def test_origins():
    from metatensor._data._array import _cast_to_ctype_functype, _register_origin

    origin = _register_origin("test.some-origin")
    assert _register_origin("test.some-origin") == origin
    assert data_origin_name(origin) == "test.some-origin"
    assert data_origin_name(2**60) == data_origin_name(0)
    long = "x" * 5000
    assert data_origin_name(_register_origin(long)) == long

    def give_origin(_this, output):
        output[0] = origin
        return 0

    raw = mts_array_t()
    raw.origin = _cast_to_ctype_functype(give_origin, "origin")
    assert data_origin(raw) == origin
    with pytest.raises(ValueError, match=r"test\.some-origin.*register_external_data_wrapper"):
        mts_array_to_python_array(raw)
    assert not mts_array_was_allocated_by_python(raw)
