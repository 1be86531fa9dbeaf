"""Files written with the options of the C API, seen by other programs."""

import ctypes
import io
import json
import zipfile

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap
from metatensor._c_api import mts_save_options_t
from metatensor._c_lib import _get_library
from metatensor.io import load_buffer, save_buffer


def make_map():
    """Blocks of any size, so that the names and sizes of entries differ."""
    keys = Labels(["key"], np.arange(12).reshape(-1, 1))
    blocks = []
    for i in range(len(keys)):
        shape = (i, 3, 5)
        block = TensorBlock(
            np.arange(np.prod(shape), dtype=np.float64).reshape(shape) + i,
            Labels.range("sample", i),
            [Labels.range("component", 3)],
            Labels.range("property", 5),
        )
        block.add_gradient(
            "parameter",
            TensorBlock(
                np.full((min(i, 1), 3, 5), float(i)),
                Labels.range("sample", min(i, 1)),
                block.components,
                block.properties,
            ),
        )
        blocks.append(block)
    tensor = TensorMap(keys, blocks)
    tensor.set_info("name", "é")
    return tensor


def save_with(tensor, path, **options):
    pointer = tensor.as_mts_tensormap_t()
    structure = mts_save_options_t(size=ctypes.sizeof(mts_save_options_t), **options)
    _get_library().mts_tensormap_save_with(str(path).encode(), pointer, structure)


@pytest.fixture
def aligned(tmp_path):
    path = tmp_path / "aligned.mts"
    save_with(make_map(), path, aligned=1)
    return path


def test_aligned_for_zipfile(aligned):
    default = zipfile.ZipFile(io.BytesIO(save_buffer(make_map())))
    content = aligned.read_bytes()
    with zipfile.ZipFile(aligned) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == default.namelist()
        for entry in archive.infolist():
            assert archive.read(entry) == default.read(entry.filename)
            assert entry.extra == b""
            # local header: sizes of the name and of the extra field
            sizes = np.frombuffer(content, "<u2", 2, entry.header_offset + 26)
            start = entry.header_offset + 30 + int(sizes.sum())
            if entry.filename.endswith(".npy"):
                assert start % 64 == 0


def test_aligned_for_numpy(aligned):
    expected = np.load(io.BytesIO(save_buffer(make_map())))
    with np.load(aligned) as entries:
        assert sorted(entries.files) == sorted(expected.files)
        for name in entries.files:
            if name.endswith(".json"):
                assert json.loads(entries[name]) == {"name": "é"}
            else:
                np.testing.assert_array_equal(entries[name], expected[name])


def test_rewritten_by_zipfile(aligned):
    """Archives made by other tools are read, whatever is left of the alignment."""
    rewritten = io.BytesIO()
    with zipfile.ZipFile(aligned) as source, zipfile.ZipFile(rewritten, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry))
    loaded = load_buffer(rewritten.getvalue())
    assert save_buffer(loaded) == save_buffer(make_map())
    assert save_buffer(load_buffer(aligned.read_bytes())) == save_buffer(make_map())


def test_extended_types_for_numpy(tmp_path):
    """bfloat16 values, which numpy sees as raw bytes."""
    torch = pytest.importorskip("torch")
    values = torch.tensor([[1.0, -2.5]], dtype=torch.bfloat16)
    one = Labels.range("one", 1)
    block = TensorBlock(values, one, [], Labels.range("two", 2))
    tensor = TensorMap(Labels.range("key", 1), [block])
    path = tmp_path / "bfloat16.mts"
    with pytest.raises(Exception, match="extended_dtypes"):
        save_with(tensor, path)
    assert not path.exists()
    save_with(tensor, path, extended_dtypes=1)
    with np.load(path) as entries:
        assert json.loads(entries["dtype.json"]) == {"dtype": "bfloat16", "version": 1}
        raw = entries["blocks/0/values.npy"]
    assert raw.dtype == np.dtype("V2")
    numbers = (raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_array_equal(numbers, [[1.0, -2.5]])
