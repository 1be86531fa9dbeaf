import io
import json
import os
import pathlib
import warnings
import zipfile

import metatensor
import numpy as np
import pytest
from builders import assert_same_block, assert_same_map, host, labels, small_block, small_map
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
    load_labels_buffer,
    save_buffer,
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


def simple(values):
    samples = Labels.range("s", values.shape[0])
    return TensorBlock(values, samples, [], Labels.range("n", values.shape[1]))


# ------------------------------------------------------------------------------- public
def test_public_names():
    assert sorted(metatensor.io.__all__) == [
        "create_numpy_array", "create_torch_array", "load", "load_block", "load_block_buffer",
        "load_block_buffer_custom_array", "load_block_custom_array", "load_buffer",
        "load_buffer_custom_array", "load_custom_array", "load_labels", "load_labels_buffer",
    ]  # fmt: skip
    for name in ("save", "load", "load_block", "load_labels"):
        assert getattr(metatensor, name) is getattr(metatensor.io, name)


# -------------------------------------------------------------------------------- files
@pytest.mark.parametrize("kind", [str, pathlib.Path])
@pytest.mark.parametrize("save_numpy", [False, True])
@pytest.mark.parametrize("load_numpy", [False, True])
def test_maps_in_files(tensor, tmp_path, kind, save_numpy, load_numpy):
    path = kind(tmp_path / "tensor.mts")
    metatensor.save(path, tensor, use_numpy=save_numpy)
    loaded = metatensor.load(path, use_numpy=load_numpy)
    assert_same_map(loaded, tensor.to(arrays="numpy"))
    assert type(loaded[0].values) is np.ndarray
    assert loaded[0].values.flags.writeable
    assert not loaded[0].samples.values.flags.writeable

    tensor.save(path, use_numpy=save_numpy)
    assert_same_map(TensorMap.load(path, use_numpy=load_numpy), tensor.to(arrays="numpy"))
    assert sorted(os.listdir(tmp_path)) == ["tensor.mts"]


@pytest.mark.parametrize("save_numpy", [False, True])
@pytest.mark.parametrize("load_numpy", [False, True])
def test_blocks_in_files(tensor, tmp_path, save_numpy, load_numpy):
    path = tmp_path / "block.mts"
    # views can be saved like other blocks
    for block in (tensor[0], tensor[2].copy(), tensor[0].gradient("positions")):
        metatensor.save(path, block, use_numpy=save_numpy)
        loaded = metatensor.load_block(path, use_numpy=load_numpy)
        assert_same_block(loaded, block.to(arrays="numpy"))
        assert not loaded.is_view
        block.save(path)
        assert_same_block(TensorBlock.load(path), block.to(arrays="numpy"))


def test_labels_in_files(table, tmp_path):
    path = tmp_path / "labels.mts"
    for use_numpy in (False, True):
        metatensor.save(path, table, use_numpy=use_numpy)
        assert metatensor.load_labels(path) == table
        # readable without metatensor
        assert np.load(path)["bb"].tolist() == [1, -4, 2]
    table.save(path)
    assert Labels.load(path) == table


def test_any_path_like(table, tmp_path):
    class PathLike:
        def __fspath__(self):
            return str(tmp_path / "labels.mts")

    metatensor.save(PathLike(), table)
    assert metatensor.load_labels(PathLike()) == table


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_extension_is_added(engine, table, tmp_path, kind):
    path = tmp_path / "data.npz"
    expected = str(path) + ".mts"
    for data in (small_map(engine), small_block(engine), table):
        for save in (lambda p, d: metatensor.save(p, d), lambda p, d: d.save(p)):
            with pytest.warns(UserWarning, match=r"data.npz.mts") as record:
                save(kind(path), data)
            assert record[0].filename == __file__
            assert os.path.exists(expected)
            os.remove(expected)
    assert os.listdir(tmp_path) == []


def test_no_extension_with_numpy(engine, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metatensor.save(str(tmp_path / "data"), small_map(engine), use_numpy=True)
    assert os.listdir(tmp_path) == ["data"]


@USE_NUMPY
def test_files_are_replaced(engine, tmp_path, use_numpy):
    path = tmp_path / "tensor.mts"
    path.write_bytes(b"#" * 100_000)
    path.chmod(0o644)
    small_map(engine).save(path, use_numpy=use_numpy)
    assert len(path.read_bytes()) < 100_000
    assert len(TensorMap.load(path, use_numpy=use_numpy)) == 3


def test_failures_keep_the_file(tmp_path):
    path = tmp_path / "block.mts"
    path.write_bytes(b"before")
    with pytest.raises(ValueError, match="Object arrays"):
        metatensor.save(path, simple(np.full((1, 1), None)), use_numpy=True)
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["block.mts"]


def test_missing_files(table, engine, tmp_path):
    path = str(tmp_path / "missing" / "file.mts")
    for load in (metatensor.load, metatensor.load_block, metatensor.load_labels):
        with pytest.raises(MetatensorError, match=r"(?i)i/?o|input"):
            load(path)
    for load in (metatensor.load, metatensor.load_block):
        with pytest.raises(FileNotFoundError) as error:
            load(path, use_numpy=True)
        assert error.value.filename == path
    with pytest.raises(MetatensorError):
        metatensor.save(path, table)
    with pytest.raises(FileNotFoundError) as error:
        metatensor.save(path, small_map(engine), use_numpy=True)
    assert error.value.filename == path


def test_nul_in_paths(table):
    with pytest.raises(ValueError, match="NUL"):
        metatensor.save("a\0b.mts", table)
    with pytest.raises(ValueError, match="NUL"):
        metatensor.load("a\0b.mts")


def test_what_can_be_saved(tmp_path):
    for data in (3, "tensor", np.zeros(3), None, [Labels.single()]):
        with pytest.raises(TypeError, match=f"TensorMap.*{type(data).__name__}"):
            metatensor.save(tmp_path / "data.mts", data)
        with pytest.raises(TypeError, match=f"TensorMap.*{type(data).__name__}"):
            save_buffer(data)
        with pytest.raises(TypeError, match="TensorMap"):
            save_buffer(data, use_numpy=True)


# ------------------------------------------------------------------------- file objects
class OnlyBytes:
    """File object which only knows about bytes."""

    def __init__(self, content=b""):
        self.content = content

    def write(self, data):
        assert type(data) is bytes
        self.content += data

    def read(self):
        return self.content


@USE_NUMPY
@pytest.mark.parametrize("kind", [io.BytesIO, OnlyBytes])
def test_file_objects(tensor, use_numpy, kind):
    for data, load in (
        (tensor, metatensor.load),
        (tensor[0], metatensor.load_block),
        (tensor.keys, lambda file, use_numpy: metatensor.load_labels(file)),
    ):
        file = kind()
        metatensor.save(file, data, use_numpy=use_numpy)
        if isinstance(file, io.BytesIO):
            file.seek(0)
        assert load(file, use_numpy=use_numpy) == data.to(arrays="numpy")


def test_open_files(tensor, table, tmp_path):
    path = tmp_path / "file"
    with open(path, "wb") as file:
        table.save(file)
    with open(path, "rb") as file:
        assert Labels.load(file) == table

    with open(path, "w") as file:
        with pytest.raises(TypeError, match="text mode"):
            metatensor.save(file, tensor)
        with pytest.raises(TypeError, match="text mode"):
            metatensor.save(file, tensor, use_numpy=True)
    with open(path) as file:
        for load in (metatensor.load, metatensor.load_block, metatensor.load_labels):
            with pytest.raises(TypeError, match=r"binary mode.*str"):
                load(file)
    for value in (3, None, b"path.mts"):
        with pytest.raises(TypeError, match=type(value).__name__):
            metatensor.load(value)
        with pytest.raises(TypeError, match=type(value).__name__):
            metatensor.save(value, table)


def test_positions_in_files(table):
    file = io.BytesIO()
    file.write(b"before")
    table.save(file)
    file.seek(6)
    assert Labels.load(file) == table
    assert file.getvalue().startswith(b"before")


# ------------------------------------------------------------------------------ buffers
@USE_NUMPY
def test_buffers(tensor, table, use_numpy):
    for data in (tensor, tensor[0], table):
        buffer = save_buffer(data, use_numpy=use_numpy)
        assert isinstance(buffer, memoryview)
        assert buffer.contiguous
        assert not buffer.readonly
        assert buffer.itemsize == 1
        assert buffer.ndim == 1
        assert len(buffer) == buffer.nbytes
        buffer[0] = buffer[0]

        if isinstance(data, Labels):
            load, same = load_labels_buffer, None
            assert bytes(data.save_buffer()) == bytes(buffer)
        else:
            assert bytes(data.save_buffer(use_numpy=use_numpy)) == bytes(buffer)
            is_map = isinstance(data, TensorMap)
            load_any = load_buffer if is_map else load_block_buffer
            same = type(data).load_buffer(buffer, use_numpy=use_numpy)

            def load(value, load_any=load_any):
                return load_any(value, use_numpy=use_numpy)

        expected = data.to(arrays="numpy")
        assert same is None or same == expected
        strided = np.zeros((len(buffer), 2), dtype=np.uint8)
        strided[:, 0] = np.frombuffer(buffer, dtype=np.uint8)
        for value in (buffer, bytes(buffer), bytearray(buffer), np.array(buffer)):
            assert load(value) == expected
        if not use_numpy:
            assert load(memoryview(strided[:, 0])) == expected


@USE_NUMPY
def test_buffers_types(use_numpy):
    for value in ("string", 3, None, [1, 2]):
        for load in (load_buffer, load_block_buffer):
            with pytest.raises(TypeError, match=type(value).__name__):
                load(value, use_numpy=use_numpy)
        with pytest.raises(TypeError, match=type(value).__name__):
            load_labels_buffer(value)


def test_invalid_buffers(tensor, table):
    for data, load in (
        (tensor, load_buffer),
        (tensor[0], load_block_buffer),
        (table, load_labels_buffer),
    ):
        with pytest.raises(MetatensorError, match="empty"):
            load(b"")
        content = bytes(data.save_buffer())
        for size in (1, 10, len(content) // 2, len(content) - 1):
            with pytest.raises(MetatensorError):
                load(content[:size])
        with pytest.raises(MetatensorError):
            load(b"something else than what was expected here")

    with pytest.raises(zipfile.BadZipFile):
        load_buffer(b"not an archive", use_numpy=True)
    with pytest.raises(KeyError, match=r"keys.npy"):
        load_buffer(tensor[0].save_buffer(), use_numpy=True)
    with pytest.raises(KeyError, match=r"values.npy"):
        load_block_buffer(tensor.save_buffer(), use_numpy=True)


def test_large_buffers():
    # several times more than any initial guess for the size of the metadata
    names = [f"{'name' * 20}_{i}" for i in range(200)]
    table = Labels(names, np.arange(200, dtype=np.int32).reshape(1, -1))
    assert load_labels_buffer(table.save_buffer()) == table
    block = simple(np.arange(3e5).reshape(1000, 300))
    buffer = block.save_buffer()
    assert 2.4e6 < len(buffer) < 2.5e6
    np.testing.assert_array_equal(load_block_buffer(buffer).values, block.values)


def test_wrong_kind(tensor, table, tmp_path):
    functions = {
        "load": (metatensor.load, load_buffer, tensor),
        "load_block": (metatensor.load_block, load_block_buffer, tensor[0]),
        "load_labels": (metatensor.load_labels, load_labels_buffer, table),
    }
    path = str(tmp_path / "data.mts")
    for right, (*_, data) in functions.items():
        data.save(path)
        for wrong, (load, load_from_buffer, _) in functions.items():
            if wrong == right:
                continue
            with pytest.raises(MetatensorError, match=f"{right}\\b") as error:
                load(path)
            assert path in str(error.value)
            with pytest.raises(MetatensorError, match=f"{right}_buffer|{right}") as error:
                load_from_buffer(data.save_buffer())
            assert "buffer" in str(error.value)


# ------------------------------------------------------------------------------- format
def test_lengths(engine):
    tensor = small_map(engine, nested=True)
    native, numpy = tensor.save_buffer(), tensor.save_buffer(use_numpy=True)
    assert len(native) == len(numpy)
    with zipfile.ZipFile(io.BytesIO(native)) as one, zipfile.ZipFile(io.BytesIO(numpy)) as other:
        assert one.namelist() == other.namelist()

    tensor.set_info("key", "välue")
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
    buffer = simple(values).save_buffer(use_numpy=use_numpy)
    for load_numpy in (False, True):
        loaded = load_block_buffer(buffer, use_numpy=load_numpy).values
        assert loaded.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(loaded, host(values))
    loaded = load_block_buffer_custom_array(buffer, create_torch_array).values
    np.testing.assert_array_equal(loaded.numpy(), host(values))
    assert str(loaded.dtype) == f"torch.{dtype}"


@USE_NUMPY
def test_layouts(use_numpy):
    base = np.arange(24.0).reshape(4, 6)
    for values in (base.T, base[::2, ::3], base[::-1], np.broadcast_to(base[0], (3, 6)),
                   np.asfortranarray(base)):  # fmt: skip
        buffer = simple(values).save_buffer(use_numpy=use_numpy)
        for load_numpy in (False, True):
            loaded = load_block_buffer(buffer, use_numpy=load_numpy).values
            assert loaded.flags.c_contiguous
            np.testing.assert_array_equal(loaded, values)
    swapped = base.astype(base.dtype.newbyteorder())
    loaded = load_block_buffer(simple(swapped).save_buffer(use_numpy=use_numpy))
    np.testing.assert_array_equal(loaded.values, base)


@USE_NUMPY
def test_empty_things(use_numpy):
    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    tensor = TensorMap(Labels.empty(["a", "b"]), [])
    assert load_buffer(tensor.save_buffer(use_numpy), use_numpy).keys.names == ["a", "b"]
    block = simple(np.zeros((0, 3)))
    assert_same_block(load_block_buffer(block.save_buffer(use_numpy), use_numpy), block)
    block = simple(np.zeros((2, 0)))
    assert_same_block(load_block_buffer(block.save_buffer(use_numpy), use_numpy), block)
    if use_numpy:
        block = TensorBlock(np.zeros((0, 0)), nothing, [], nothing)
        assert_same_block(load_block_buffer(block.save_buffer(True), True), block)


def test_only_numpy_dtypes():
    block = simple(np.array([["a", "bcd"]]))
    with pytest.raises(BufferError, match="dtypes"):
        block.save_buffer()
    loaded = load_block_buffer(block.save_buffer(use_numpy=True), use_numpy=True)
    assert loaded.values.tolist() == [["a", "bcd"]]


def test_dtypes_without_format():
    torch = pytest.importorskip("torch")
    block = simple(torch.zeros((2, 3), dtype=torch.bfloat16))
    with pytest.raises(MetatensorError, match=r"4.*16|bfloat"):
        block.save_buffer()


def test_tensors_requiring_gradients():
    torch = pytest.importorskip("torch")
    values = torch.ones((2, 3), requires_grad=True)
    for use_numpy in (False, True):
        loaded = load_block_buffer(simple(values).save_buffer(use_numpy), use_numpy)
        assert loaded.values.tolist() == [[1.0] * 3] * 2


@USE_NUMPY
def test_slash_in_parameters(use_numpy):
    block = simple(np.zeros((1, 1)))
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
