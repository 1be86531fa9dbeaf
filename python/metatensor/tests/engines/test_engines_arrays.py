"""Arrays of every engine, as the C library sees them."""

import gc
import weakref

import numpy as np
import pytest
from ctypes_dlpack import DLDevice
from engine_cases import (
    DLPACK_DTYPES,
    every_data_engine,
    every_engine,
    numpy_dtype,
)
from metatensor._arrays import engine_of
from metatensor._c_api import c_uintptr_t
from metatensor._data import (
    create_mts_array,
    data_origin,
    data_origin_name,
    mts_array_to_python_array,
)
from raw_array import CPU, Raw, random_movements

DTYPES = list(DLPACK_DTYPES)


def make(case, values, dtype):
    if dtype not in case.dtypes:
        pytest.skip(f"{case} has no {dtype}")
    return case.array(np.array(values).astype(numpy_dtype(dtype)))


def device_of(raw):
    return DLDevice(*raw.device())


@every_engine
def test_round_trip(case):
    array = case.array(np.array([[1.0, 2.0]]))
    with Raw(array) as raw:
        assert raw.array is array
        assert raw.shape() == (1, 2)
        assert data_origin_name(data_origin(raw.raw)) == f"python.{case.library}"
        kinds = {"cpu": (1,), "cuda": (2, 10), "gpu": (2, 10), "meta": (12,)}
        assert raw.device()[0] in kinds[case.device]


@every_engine
def test_references(case):
    array = case.array(np.zeros(3))
    try:
        reference = weakref.ref(array)
    except TypeError:
        pytest.skip("no weak references to these arrays")
    raw = create_mts_array(array)
    del array
    assert reference() is not None
    raw.destroy(raw.ptr)
    gc.collect()
    assert reference() is None


@every_engine
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype(case, dtype):
    with Raw(make(case, [0, 1], dtype)) as raw:
        assert raw.dtype() == (*DLPACK_DTYPES[dtype], 1)


@every_engine
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (1,) * 8])
def test_shape(case, shape):
    with Raw(case.array(np.zeros(shape))) as raw:
        assert raw.shape() == shape


@every_engine
def test_reshape_and_swap(case):
    values = np.arange(24).reshape(2, 3, 4)
    array = case.array(values)
    with Raw(array) as raw:
        raw.call("swap_axes", 0, 2)
        assert raw.shape() == (4, 3, 2)
        case.check(raw.array, values.swapaxes(0, 2))
        raw.call("reshape", (c_uintptr_t * 2)(12, 2), 2)
        assert raw.shape() == (12, 2)
        case.check(raw.array, values.swapaxes(0, 2).reshape(12, 2))
        with pytest.raises((ValueError, RuntimeError, TypeError)):
            raw.call("reshape", (c_uintptr_t * 2)(7, 4), 2)
        assert raw.shape() == (12, 2)
    case.check(array, values)


@every_engine
@pytest.mark.parametrize("dtype", DTYPES)
def test_create(case, dtype):
    array = make(case, [[0, 1]], dtype)
    expected = np.ones((3, 2), dtype=numpy_dtype(dtype))
    # fill values come from numpy, or from the engine itself on the host
    fill = create_mts_array(np.array(1))
    with Raw(array) as raw, raw.create((3, 2), fill) as created:
        assert created.shape() == (3, 2)
        assert created.dtype() == raw.dtype()
        assert created.device() == raw.device()
        assert created.array is created.array
        assert case.is_array(created.array)
        if case.has_data:
            read = np.asarray(case.host(created.array), dtype=complex)
            np.testing.assert_array_equal(read, expected.astype(complex))


@every_engine
def test_create_empty(case):
    with Raw(case.array(np.array([[1.5]], dtype="float32"))) as raw:
        for shape in [(), (0, 3), (2, 0), (1, 1, 1)]:
            fill = create_mts_array(np.array(2.5, dtype="float32"))
            with raw.create(shape, fill) as created:
                case.check(created.array, np.full(shape, 2.5, dtype="float32"))
        for value in (np.nan, np.inf, -np.inf):
            with raw.create((2,), create_mts_array(np.array(value))) as created:
                case.check(created.array, np.full(2, value, dtype="float32"))
        with pytest.raises(ValueError, match="without dimensions"):
            raw.create((2,), create_mts_array(np.zeros(2)))


@every_engine
def test_copy(case):
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    array = case.array(values)
    with Raw(array) as raw, raw.new("copy", device_of(raw)) as copied:
        assert copied.array is not array
        case.check(copied.array, values)
        if case.mutable and case.has_data:
            copied.array[0, 0] = 33
            case.check(array, values)


@every_engine
def test_copy_to_unknown_device(case):
    with Raw(case.array(np.zeros(3))) as raw, pytest.raises(ValueError, match=r"device|CPU"):
        raw.new("copy", DLDevice(99, 0))


@every_data_engine
@pytest.mark.parametrize("dtype", DTYPES)
def test_dlpack_on_host(case, dtype):
    array = make(case, [[0, 1, 1], [1, 0, 1]], dtype)
    with Raw(array) as raw:
        tensor = raw.as_dlpack(CPU)
        content = tensor.contents.dl_tensor
        found = (content.dtype.code, content.dtype.bits, content.dtype.lanes)
        assert tuple(int(part) for part in found) == (*DLPACK_DTYPES[dtype], 1)
        assert (content.device.device_type.value, content.device.device_id) == (1, 0)
        assert tuple(content.shape[:2]) == (2, 3)
        if not case.mutable:
            assert tensor.contents.flags & 1, "the consumer could write to it"
        # and back: a new array of the same engine
        with raw.new("from_dlpack", tensor) as back:
            assert back.dtype() == raw.dtype()
            assert back.shape() == (2, 3)
            assert engine_of(back.array) is engine_of(array)
            read = np.asarray(case.host(back.array), dtype=complex)
            np.testing.assert_array_equal(read, [[0, 1, 1], [1, 0, 1]])


@every_data_engine
def test_dlpack_on_device(case):
    array = case.array(np.arange(6.0))
    with Raw(array) as raw:
        tensor = raw.as_dlpack(device_of(raw))
        with raw.new("from_dlpack", tensor) as back:
            case.check(back.array, np.arange(6.0))


@every_data_engine
@pytest.mark.parametrize("kind", ["contiguous", "scattered", "several", "overlapping"])
@pytest.mark.parametrize("components", [(), (3,), (2, 3)])
def test_move_data(case, kind, components):
    """New arrays are put together in the same way by all engines."""
    rng = np.random.default_rng(0)
    sources = [rng.normal(size=(6, *components, 5)) for _ in range(3)]
    expected = np.full((8, *components, 6), 7.0)
    with Raw(case.array(np.zeros((1, 1)))) as like:
        created = like.create(expected.shape, create_mts_array(np.array(7.0)))
        for k, source in enumerate(sources):
            movements = random_movements(rng, "several" if kind == "overlapping" else kind)
            if kind == "overlapping":
                movements = [(i, o, a, (b + k) % 4, n) for i, o, a, b, n in movements]
            for i, o, start_in, start_out, length in movements:
                moved = source[i, ..., start_in : start_in + length]
                expected[o, ..., start_out : start_out + length] = moved
            with Raw(case.array(source)) as inp:
                created.move_data(inp, movements)
                created.move_data(inp, [])
        with created:
            case.check(created.array, expected)


@every_data_engine
def test_move_data_to_existing(case):
    output, source = np.zeros((3, 2, 4)), np.arange(16.0).reshape(2, 2, 4)
    movements = [(0, 2, 0, 1, 3), (1, 0, 2, 0, 2)]
    expected = output.copy()
    expected[2, :, 1:4] = source[0, :, 0:3]
    expected[0, :, 0:2] = source[1, :, 2:4]
    array = case.array(output)
    with Raw(array) as out, Raw(case.array(source)) as inp:
        out.move_data(inp, movements)
        case.check(out.array, expected)
    # arrays which can not change are replaced
    case.check(array, expected if case.mutable else output)


@every_data_engine
def test_new_array_is_independent(case):
    source = np.arange(6.0).reshape(3, 2)
    array = case.array(source)
    with Raw(array) as inp, inp.create((3, 2), create_mts_array(np.array(0.0))) as out:
        out.move_data(inp, [(i, i, 0, 0, 2) for i in range(3)])
        moved = out.array
        case.check(moved, source)
        assert moved is not array
        if case.mutable:
            moved[0, 0] = 33.0
            case.check(array, source)


@every_data_engine
def test_visible_device(case):
    """The C library may see an array on the host, wherever it is."""
    array = case.array(np.arange(4.0))
    raw = create_mts_array(array, (1, 0))
    with Raw(raw) as seen:
        assert seen.device() == (1, 0)
        assert mts_array_to_python_array(raw) is array
        with seen.new("copy", CPU) as copied:
            assert copied.device() == (1, 0)
            case.check(copied.array, np.arange(4.0))
        with seen.create((2,), create_mts_array(np.array(1.0))) as created:
            assert created.device() == (1, 0)
            case.check(created.array, np.ones(2))
