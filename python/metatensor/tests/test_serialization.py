import io
import os
import pathlib
import warnings
import zipfile

import metatensor
import numpy as np
import pytest
from builders import (
    assert_same_block,
    assert_same_map,
    labels,
    matrix_block,
    small_block,
    small_map,
)
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap
from metatensor.io import (
    load_block_buffer,
    load_buffer,
    load_labels_buffer,
    save_buffer,
)

USE_NUMPY = pytest.mark.parametrize("use_numpy", [False, True])


@pytest.fixture
def tensor(engine):
    tensor = small_map(engine, nested=True)
    tensor.set_info("creator", 'test — ünïcode "quoted"\n')
    return tensor


@pytest.fixture
def table():
    return labels("a bb", [[0, 1], [3, -4], [2, 2]])


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
        metatensor.save(path, matrix_block(np.full((1, 1), None)), use_numpy=True)
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
    block = matrix_block(np.arange(3e5).reshape(1000, 300))
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
