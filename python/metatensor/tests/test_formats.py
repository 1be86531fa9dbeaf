import io
import json
import os
import pathlib
import zipfile

import numpy as np
import pytest
from builders import (
    assert_same_block,
    assert_same_map,
    host,
    labels,
    matrix_block,
    small_map,
)
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap
from metatensor._c_api import mts_array_t
from metatensor._data import create_mts_array
from metatensor._status import catch_exceptions
from metatensor.io import (
    create_numpy_array,
    create_torch_array,
    load_block_buffer,
    load_block_buffer_custom_array,
    load_block_custom_array,
    load_buffer,
    load_buffer_custom_array,
    load_custom_array,
)

USE_NUMPY = pytest.mark.parametrize("use_numpy", [False, True])
DTYPES = [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "bool", "complex64", "complex128",
]  # fmt: skip


@pytest.fixture
def tensor(engine):
    tensor = small_map(engine, nested=True)
    tensor.set_info("creator", 'test — ünïcode "quoted"\n')
    return tensor


@pytest.fixture
def table():
    return labels("a bb", [[0, 1], [3, -4], [2, 2]])


# ------------------------------------------------------------------------------- format
def test_lengths(engine):
    tensor = small_map(engine, nested=True)
    native, numpy = tensor.save_buffer(), tensor.save_buffer(use_numpy=True)
    assert len(native) == len(numpy)
    with zipfile.ZipFile(io.BytesIO(native)) as one, zipfile.ZipFile(io.BytesIO(numpy)) as other:
        assert one.namelist() == other.namelist()

    tensor.set_info("key", "value")
    with_info = tensor.save_buffer()
    assert len(with_info) > len(native)
    assert len(with_info) == len(tensor.save_buffer(use_numpy=True))
    assert len(tensor[0].save_buffer()) == len(tensor[0].save_buffer(use_numpy=True))


@USE_NUMPY
def test_readable_with_numpy(engine, use_numpy):
    tensor = small_map(engine)
    tensor.set_info("a", "b")
    archive = np.load(io.BytesIO(tensor.save_buffer(use_numpy=use_numpy)))
    assert archive["keys"].dtype == np.dtype([("k", "<i4"), ("l", "<i4")])
    assert archive["keys"]["k"].tolist() == [0, 1, 0]
    np.testing.assert_array_equal(archive["blocks/1/values"], host(tensor[1].values))
    assert archive["blocks/0/gradients/positions/samples"]["sample"].tolist() == [0, 1]
    assert "blocks/0/gradients/positions/properties.npy" not in archive.files
    assert archive["info.json"] == json.dumps({"a": "b"}, indent=2).encode()
    names = zipfile.ZipFile(io.BytesIO(tensor.save_buffer(use_numpy=use_numpy))).namelist()
    assert names[0] == "keys.npy"
    assert names[-1] == "info.json"


def test_deflate(tensor):
    compressed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(tensor.save_buffer())) as archive,
        zipfile.ZipFile(compressed, "w", zipfile.ZIP_DEFLATED) as output,
    ):
        for name in archive.namelist():
            output.writestr(name, archive.read(name))
    for use_numpy in (False, True):
        loaded = load_buffer(compressed.getvalue(), use_numpy=use_numpy)
        assert_same_map(loaded, tensor.to(arrays="numpy"))


@pytest.mark.parametrize("dtype", DTYPES)
@USE_NUMPY
def test_dtypes(engine, dtype, use_numpy):
    values = engine.array([[0, 1, 2], [3, 4, 5]], dtype)
    buffer = matrix_block(values).save_buffer(use_numpy=use_numpy)
    for load_numpy in (False, True):
        loaded = load_block_buffer(buffer, use_numpy=load_numpy).values
        assert loaded.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(loaded, host(values))


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_of_torch(engine, dtype):
    pytest.importorskip("torch")
    values = engine.array([[0, 1, 2], [3, 4, 5]], dtype)
    buffer = matrix_block(values).save_buffer()
    loaded = load_block_buffer_custom_array(buffer, create_torch_array).values
    np.testing.assert_array_equal(loaded.numpy(), host(values))
    assert str(loaded.dtype) == f"torch.{dtype}"


@USE_NUMPY
def test_layouts(use_numpy):
    base = np.arange(24.0).reshape(4, 6)
    for values in (base.T, base[::2, ::3], base[::-1], np.broadcast_to(base[0], (3, 6)),
                   np.asfortranarray(base)):  # fmt: skip
        buffer = matrix_block(values).save_buffer(use_numpy=use_numpy)
        for load_numpy in (False, True):
            loaded = load_block_buffer(buffer, use_numpy=load_numpy).values
            assert loaded.flags.c_contiguous
            np.testing.assert_array_equal(loaded, values)
    swapped = base.astype(base.dtype.newbyteorder())
    loaded = load_block_buffer(matrix_block(swapped).save_buffer(use_numpy=use_numpy))
    np.testing.assert_array_equal(loaded.values, base)


@USE_NUMPY
def test_empty_things(use_numpy):
    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    tensor = TensorMap(Labels.empty(["a", "b"]), [])
    assert load_buffer(tensor.save_buffer(use_numpy), use_numpy).keys.names == ["a", "b"]
    block = matrix_block(np.zeros((0, 3)))
    assert_same_block(load_block_buffer(block.save_buffer(use_numpy), use_numpy), block)
    block = matrix_block(np.zeros((2, 0)))
    assert_same_block(load_block_buffer(block.save_buffer(use_numpy), use_numpy), block)
    if use_numpy:
        block = TensorBlock(np.zeros((0, 0)), nothing, [], nothing)
        assert_same_block(load_block_buffer(block.save_buffer(True), True), block)


def test_only_numpy_dtypes():
    block = matrix_block(np.array([["a", "bcd"]]))
    with pytest.raises(BufferError, match="dtypes"):
        block.save_buffer()
    loaded = load_block_buffer(block.save_buffer(use_numpy=True), use_numpy=True)
    assert loaded.values.tolist() == [["a", "bcd"]]


def test_dtypes_without_format():
    torch = pytest.importorskip("torch")
    block = matrix_block(torch.zeros((2, 3), dtype=torch.bfloat16))
    with pytest.raises(MetatensorError, match=r"4.*16|bfloat"):
        block.save_buffer()


def test_tensors_requiring_gradients():
    torch = pytest.importorskip("torch")
    values = torch.ones((2, 3), requires_grad=True)
    for use_numpy in (False, True):
        loaded = load_block_buffer(matrix_block(values).save_buffer(use_numpy), use_numpy)
        assert loaded.values.tolist() == [[1.0] * 3] * 2


@USE_NUMPY
def test_slash_in_parameters(use_numpy):
    block = matrix_block(np.zeros((1, 1)))
    block.add_gradient(
        "a/b", TensorBlock(np.zeros((1, 1)), labels("sample", [[0]]), [], block.properties)
    )
    if use_numpy:
        with pytest.raises(ValueError, match="a/b"):
            block.save_buffer(use_numpy=True)
    else:
        with pytest.raises(MetatensorError, match="a/b"):
            block.save_buffer()


def test_numpy_labels_of_other_integers():
    content = io.BytesIO()
    np.savez(
        content,
        values=np.zeros((2, 1)),
        samples=np.array([(1, 2), (3, 4)], dtype=[("a", ">i4"), ("b", "<i8")]),
        properties=np.array([(5,)], dtype=[("n", "<i4")]),
    )
    block = load_block_buffer(content.getvalue(), use_numpy=True)
    assert block.samples == labels("a b", [[1, 2], [3, 4]])
    content = io.BytesIO()
    np.savez(content, values=np.zeros((2, 1)), samples=np.zeros(2), properties=np.zeros(1))
    with pytest.raises(ValueError, match=r"samples.npy"):
        load_block_buffer(content.getvalue(), use_numpy=True)


# ------------------------------------------------------------------------ custom arrays
@pytest.mark.parametrize("kind", [str, pathlib.Path, os.fsencode])
def test_custom_arrays(engine, tmp_path, kind):
    torch = pytest.importorskip("torch")
    tensor = small_map(engine)
    path = str(tmp_path / "tensor.mts")
    tensor.save(path)
    loaded = load_custom_array(kind(path), create_torch_array)
    assert isinstance(loaded[0].values, torch.Tensor)
    assert isinstance(loaded[0].samples.values, np.ndarray)
    assert_same_map(loaded, tensor.to(arrays="torch") if engine.name == "torch" else loaded)
    assert_same_map(loaded.to(arrays="numpy"), tensor.to(arrays="numpy"))
    assert_same_map(load_custom_array(kind(path), create_numpy_array), tensor.to(arrays="numpy"))
    assert_same_map(
        load_buffer_custom_array(tensor.save_buffer(), create_numpy_array),
        tensor.to(arrays="numpy"),
    )

    tensor[0].save(path)
    loaded = load_block_custom_array(kind(path), create_torch_array)
    assert isinstance(loaded.gradient("positions").values, torch.Tensor)
    assert load_block_buffer_custom_array(tensor[0].save_buffer(), create_numpy_array) == (
        tensor[0].to(arrays="numpy")
    )


def test_own_callbacks(engine):
    shapes = []

    def create(shape, shape_count, dtype, array):
        shapes.append(tuple(shape[:shape_count]))
        assert (int(dtype.code), dtype.bits, dtype.lanes) == (2, 64, 1)
        array[0] = create_mts_array(np.empty(shapes[-1]))
        assert isinstance(array[0], mts_array_t)

    buffer = small_map(engine).save_buffer()
    loaded = load_buffer_custom_array(buffer, create)
    assert shapes == [leaf.shape for leaf in loaded._leaves()]
    assert load_buffer_custom_array(buffer, catch_exceptions(create)) == loaded
    with pytest.raises(TypeError, match="function, got int"):
        load_buffer_custom_array(buffer, 3)


def test_errors_in_callbacks(engine):
    error = RuntimeError("from the callback")

    def create(shape, shape_count, dtype, array):
        raise error

    for callback in (create, catch_exceptions(create)):
        with pytest.raises(RuntimeError) as raised:
            load_buffer_custom_array(small_map(engine).save_buffer(), callback)
        assert raised.value is error

    def wrong_shape(shape, shape_count, dtype, array):
        array[0] = create_mts_array(np.zeros(1))

    with pytest.raises(MetatensorError):
        load_buffer_custom_array(small_map(engine).save_buffer(), wrong_shape)


def test_unsupported_dtypes_in_callbacks():
    from ctypes_dlpack import DLDataType

    for create in (create_numpy_array, create_torch_array):
        output = (mts_array_t * 1)()
        assert create(None, 0, DLDataType(4, 16, 1), output) != 0
        assert create(None, 0, DLDataType(2, 64, 2), output) != 0
        assert not output[0].ptr
