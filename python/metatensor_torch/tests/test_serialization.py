"""Saving and loading blocks and maps: files, buffers, pickles and archives."""

import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch_builders import Labels, TensorBlock, TensorMap, labels, simple_block, simple_map

ops = torch.ops.metatensor


def full_map() -> TensorMap:
    tensor = simple_map(gradient=True)
    tensor.set_info("creator", "tests")
    tensor.set_info("a", "é\n")
    return tensor


def equal_blocks(a, b) -> bool:
    return (
        torch.equal(a.values, b.values)
        and a.samples == b.samples
        and len(a.components) == len(b.components)
        and all(x == y for x, y in zip(a.components, b.components))
        and a.properties == b.properties
        and sorted(a.gradients_list()) == sorted(b.gradients_list())
        and all(equal_blocks(g, b.gradient(name)) for name, g in a.gradients())
    )


def equal_maps(a, b) -> bool:
    return (
        a.keys == b.keys
        and dict(a.info()) == dict(b.info())
        and all(equal_blocks(x, y) for x, y in zip(a.blocks(), b.blocks()))
    )


OBJECTS = {
    "labels": (lambda: labels(["a", "b"], [[1, 2], [3, -4]]), lambda a, b: a == b),
    "block": (lambda: simple_block(gradient=True), equal_blocks),
    "map": (full_map, equal_maps),
}

LOADERS = {
    "labels": (ops.load_labels, ops.load_labels_buffer, Labels),
    "block": (ops.load_block, ops.load_block_buffer, TensorBlock),
    "map": (ops.load, ops.load_buffer, TensorMap),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_files_and_buffers(name: str, tmp_path) -> None:
    make, equal = OBJECTS[name]
    load, load_buffer, cls = LOADERS[name]
    data = make()
    file = str(tmp_path / "data.mts")

    buffer = ops.save_buffer(data)
    assert buffer.dtype == torch.uint8
    assert buffer.dim() == 1
    assert buffer.device == torch.device("cpu")
    assert buffer.is_contiguous()
    assert equal(load_buffer(buffer), data)
    assert equal(cls.load_buffer(buffer), data)
    assert torch.equal(data.save_buffer(), buffer)

    ops.save(file, data)
    assert equal(load(file), data)
    assert equal(cls.load(file), data)
    with open(file, "rb") as fd:
        content = fd.read()
    assert content == buffer.numpy().tobytes()
    data.save(file)
    with open(file, "rb") as fd:
        assert fd.read() == content

    # writing is canonical
    assert torch.equal(load_buffer(buffer).save_buffer(), buffer)

    # what was loaded does not need the buffer any more
    loaded = load_buffer(buffer)
    buffer.zero_()
    assert equal(loaded, data)


@pytest.mark.parametrize("name", OBJECTS)
def test_pickle(name: str) -> None:
    make, equal = OBJECTS[name]
    data = make()
    # torch adds the name of the class to the state
    state, _ = data.__getstate__()
    assert torch.equal(state, data.save_buffer())
    assert equal(pickle.loads(pickle.dumps(data)), data)
    assert equal(copy.deepcopy(data), data)

    file = io.BytesIO()
    torch.save({"data": data}, file)
    file.seek(0)
    assert equal(torch.load(file, weights_only=False)["data"], data)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError):
        torch.load(file, weights_only=True)


class ModuleWithData(torch.nn.Module):
    def __init__(self, tensor: TensorMap, block: TensorBlock, samples: Labels):
        super().__init__()
        self.tensor = tensor
        self.block = block
        self.samples = samples

    def forward(self, tensor: TensorMap) -> TensorMap:
        moved = tensor.keys_to_samples("key_1")
        moved.set_info("name", "module")
        assert len(self.samples) == len(self.block)
        assert len(self.tensor) == len(tensor)
        return moved


def test_torchscript_archive() -> None:
    tensor = full_map()
    block = simple_block()
    module = torch.jit.script(ModuleWithData(tensor, block, block.samples))
    file = io.BytesIO()
    torch.jit.save(module, file)
    file.seek(0)
    loaded = torch.jit.load(file)
    assert equal_maps(loaded.tensor, tensor)
    assert equal_blocks(loaded.block, block)
    assert loaded.samples == block.samples

    result = loaded(tensor)
    assert result.get_info("name") == "module"
    assert equal_maps(result, module(tensor))


def test_not_kept_by_pickles() -> None:
    block = simple_block(requires_grad=True)
    assert block.values.requires_grad
    loaded = copy.deepcopy(block)
    assert not loaded.values.requires_grad
    assert loaded.device == torch.device("cpu")


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float16,
        torch.float32,
        torch.float64,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.uint8,
        torch.bool,
        torch.complex64,
        torch.complex128,
    ],
)
def test_dtypes(dtype: torch.dtype) -> None:
    block = simple_block(dtype=dtype)
    loaded = ops.load_block_buffer(block.save_buffer())
    assert loaded.values.dtype == dtype
    assert torch.equal(loaded.values, block.values)


@pytest.mark.parametrize(
    "dtype", [torch.bfloat16, torch.complex32, torch.float8_e4m3fn, torch.uint16]
)
@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_dtypes_without_format(dtype: torch.dtype) -> None:
    values = torch.zeros(3, 2, dtype=torch.float32).to(dtype)
    block = TensorBlock(values, Labels.range("s", 3), [], Labels.range("p", 2))
    with pytest.raises(RuntimeError):
        block.save_buffer()


def test_strided_values() -> None:
    values = torch.arange(12.0).reshape(2, 2, 3).permute(2, 1, 0)
    components = [Labels.range("c", 2)]
    block = TensorBlock(values, Labels.range("s", 3), components, Labels.range("p", 2))
    contiguous = TensorBlock(
        values.contiguous(), Labels.range("s", 3), components, Labels.range("p", 2)
    )
    assert torch.equal(block.save_buffer(), contiguous.save_buffer())
    assert torch.equal(ops.load_block_buffer(block.save_buffer()).values, values)


def test_empty_blocks() -> None:
    block = TensorBlock(torch.zeros(0, 2), Labels.empty(["s"]), [], Labels.range("p", 2))
    loaded = ops.load_block_buffer(block.save_buffer())
    assert loaded.shape == [0, 2]
    assert loaded.samples.names == ["s"]

    tensor = TensorMap(Labels.empty(["key"]), [])
    loaded = ops.load_buffer(tensor.save_buffer())
    assert len(loaded) == 0
    assert loaded.keys.names == ["key"]


def test_no_data() -> None:
    with pytest.raises(RuntimeError):
        simple_block().to("meta").save_buffer()
    with pytest.raises(RuntimeError):
        ops.save_buffer(simple_map().to("meta"))


@pytest.mark.parametrize(
    ("buffer", "match"),
    [
        (torch.zeros(3), "uint8.*torch.float32"),
        (torch.zeros(3, dtype=torch.int8), "uint8.*torch.int8"),
        (torch.zeros(3, 3, dtype=torch.uint8), "1-dimensional"),
        (torch.zeros(6, dtype=torch.uint8)[::2], "contiguous"),
        (torch.zeros(6, dtype=torch.uint8, device="meta"), "CPU.*meta"),
    ],
)
def test_bad_buffers(buffer: torch.Tensor, match: str) -> None:
    for _, load_buffer, cls in LOADERS.values():
        with pytest.raises(ValueError, match=match):
            load_buffer(buffer)
        with pytest.raises(ValueError, match=match):
            cls.load_buffer(buffer)


def test_malformed(tmp_path) -> None:
    for load, load_buffer, _ in LOADERS.values():
        with pytest.raises(RuntimeError):
            load_buffer(torch.zeros(0, dtype=torch.uint8))
        with pytest.raises(RuntimeError):
            load_buffer(torch.arange(100, dtype=torch.uint8))
        with pytest.raises(RuntimeError, match=r"nope.mts"):
            load(str(tmp_path / "nope.mts"))
    # another kind of data
    with pytest.raises(RuntimeError):
        ops.load_buffer(simple_block().save_buffer())
    with pytest.raises(RuntimeError):
        ops.load_block_buffer(simple_map().save_buffer())
    with pytest.raises(RuntimeError):
        simple_map().save(str(tmp_path / "missing" / "folder.mts"))
    # cut in the middle
    buffer = simple_map().save_buffer()
    for size in [10, len(buffer) // 2, len(buffer) - 3]:
        with pytest.raises(RuntimeError):
            ops.load_buffer(buffer[:size].clone())


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (3, "int"),
        (torch.zeros(3), "Tensor"),
        (labels(["a"], [[1]])[0], "LabelsEntry"),
        ([1.0], "float"),
        (None, "None"),
    ],
    ids=str,
)
def test_save_types(data: Any, name: str, tmp_path) -> None:
    for function, call in [
        ("save", lambda: ops.save(str(tmp_path / "data.mts"), data)),
        ("save_buffer", lambda: ops.save_buffer(data)),
    ]:
        with pytest.raises(TypeError, match=f"Labels.*TensorBlock.*TensorMap.*{function}.*{name}"):
            call()


@torch.jit.script
def save_and_load(file: str, tensor: TensorMap, block: TensorBlock, keys: Labels) -> int:
    torch.ops.metatensor.save(file, keys)
    total = len(torch.ops.metatensor.load_labels(file))
    torch.ops.metatensor.save(file, block)
    total += len(torch.ops.metatensor.load_block(file))
    torch.ops.metatensor.save(file, tensor)
    total += len(torch.ops.metatensor.load(file))
    buffer = torch.ops.metatensor.save_buffer(tensor)
    total += len(torch.ops.metatensor.load_buffer(buffer))
    return total


def test_scripted(tmp_path) -> None:
    tensor = full_map()
    block = simple_block()
    total = save_and_load(str(tmp_path / "data.mts"), tensor, block, tensor.keys)
    assert total == 4 + 3 + 4 + 4


def test_save_is_not_optimized_away(tmp_path, monkeypatch) -> None:
    @torch.jit.script
    def save(data: Labels):
        torch.ops.metatensor.save("tmp.mts", data)

    assert 'ops.metatensor.save("tmp.mts", data)' in save.code
    monkeypatch.chdir(tmp_path)
    for _ in range(4):
        save(Labels.range("a", 3))
    assert "metatensor::save" in str(save.graph_for(Labels.range("a", 3)))
    assert (tmp_path / "tmp.mts").exists()


def test_version() -> None:
    version = ops.version()
    assert len(version.split(".")) >= 3
    assert torch.jit.script(scripted_version)() == version


def scripted_version() -> str:
    return torch.ops.metatensor.version()


@pytest.mark.parametrize(
    "dtype",
    [
        torch.uint8,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.uint16,
        torch.uint32,
        torch.uint64,
        torch.float16,
        torch.float32,
        torch.float64,
        torch.bfloat16,
        torch.complex32,
        torch.complex64,
        torch.complex128,
        torch.bool,
        torch.float8_e4m3fn,
        torch.float8_e5m2,
    ],
)
def test_dtype_name(dtype: torch.dtype) -> None:
    assert ops.dtype_name(dtype) == str(dtype)
