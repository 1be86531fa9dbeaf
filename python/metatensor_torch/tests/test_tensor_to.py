"""Copies of TensorMap, on other devices and with other dtypes."""

import copy

import pytest
import torch
from torch_builders import (
    Labels,
    TensorBlock,
    TensorMap,
    check_devices,
    simple_map,
)


def test_to() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    same = tensor.to()
    assert same.block(0).values is tensor.block(0).values
    assert same.get_info("a") == "b"

    other = tensor.to(torch.float32)
    assert other.block(0).values.dtype == torch.float32
    assert other.block(0).gradient("g").values.dtype == torch.float32
    assert other.keys.values.data_ptr() == tensor.keys.values.data_ptr()
    assert other.get_info("a") == "b"

    meta = tensor.to("meta", non_blocking=True)
    assert meta.device == torch.device("meta")
    assert meta.get_info("a") == "b"
    check_devices(meta)
    meta = tensor.to(torch.float32, "meta")
    assert meta.block(1).values.dtype == torch.float32

    for form in [
        tensor.to("meta", torch.float32),
        tensor.to(torch.float32, device="meta"),
        tensor.to(torch.device("meta"), dtype=torch.float32, arrays="torch"),
        tensor.to(dtype=torch.float32, device=torch.device("meta")),
    ]:
        assert form.device == torch.device("meta")
        assert form.block(0).values.dtype == torch.float32

    with pytest.raises(TypeError, match=r"TensorMap.to.*bool"):
        tensor.to(True)
    with pytest.raises(ValueError, match=r"device.*twice.*TensorMap.to"):
        tensor.to("cpu", device="meta")
    with pytest.raises(ValueError, match=r"dtype.*twice.*TensorMap.to"):
        tensor.to(torch.float32, torch.float64)
    with pytest.raises(ValueError, match=r"arrays.*'jax'"):
        tensor.to(arrays="jax")


def test_to_keeps_shared_labels_shared() -> None:
    samples = Labels.range("s", 3)
    properties = Labels.range("p", 2)
    blocks = [TensorBlock(torch.rand(3, 2), samples, [], properties) for _ in range(3)]
    tensor = TensorMap(Labels.range("key", 3), blocks).to("meta")
    handles = {block.samples.as_mts_labels_t() for block in tensor.blocks()}
    assert len(handles) == 1
    handles = {block.properties.as_mts_labels_t() for block in tensor.blocks()}
    assert len(handles) == 1


def test_meta() -> None:
    tensor = simple_map().to("meta")
    assert len(tensor) == 4
    assert tensor.keys.names == ["key_1", "key_2"]
    assert tensor.block_by_id(0).shape == [3, 2, 1]
    assert len(tensor.copy()) == 4
    assert tensor.copy().block(0).device == torch.device("meta")
    assert tensor.to(torch.float32).block(0).values.dtype == torch.float32
    for function in [
        lambda: tensor.block({"key_1": 1}),
        lambda: tensor.keys_to_samples("key_1"),
        lambda: tensor.save_buffer(),
        lambda: tensor.print(-1),
    ]:
        with pytest.raises((RuntimeError, NotImplementedError)):
            function()


def test_copy() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("z", "1")
    tensor.set_info("a", "2")
    for deep in [True, False]:
        other = tensor.copy(deep=deep)
        assert list(other.info().items()) == [("z", "1"), ("a", "2")]
        assert other.keys.values.data_ptr() == tensor.keys.values.data_ptr()
        for a, b in zip(other.blocks(), tensor.blocks()):
            assert torch.equal(a.values, b.values)
            same = a.values.data_ptr() == b.values.data_ptr()
            assert same == (not deep)
            same = a.gradient("g").values.data_ptr() == b.gradient("g").values.data_ptr()
            assert same == (not deep)
            assert a.samples.values.data_ptr() == b.samples.values.data_ptr()
        assert not other.is_view

    assert copy.copy(tensor).block(0).values.data_ptr() == tensor.block(0).values.data_ptr()
    deep = copy.deepcopy(tensor)
    assert deep.block(0).values.data_ptr() != tensor.block(0).values.data_ptr()
    assert dict(deep.info()) == {"z": "1", "a": "2"}
