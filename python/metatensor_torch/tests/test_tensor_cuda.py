"""Blocks and maps on CUDA devices: results, and how many transfers they need."""

from typing import Callable, Dict

import pytest
import torch
from device_counts import count
from torch_builders import Labels, TensorBlock, TensorMap, check_devices, simple_block, simple_map

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def count_transfers(function: Callable[[], object]) -> Dict[str, int]:
    """Number of copies and synchronizations made by ``function``."""
    counts = count(function)
    return {
        "to_device": counts.to_device,
        "to_host": counts.to_host,
        "synchronize": counts.synchronisations,
    }


def many_blocks(n_blocks: int):
    properties = Labels.range("p", 4)
    blocks = []
    for i in range(n_blocks):
        samples = Labels(["s"], torch.arange(i, i + 5, dtype=torch.int32).reshape(5, 1))
        blocks.append(TensorBlock(torch.rand(5, 4), samples, [], properties))
    return TensorMap(Labels.range("key", n_blocks), blocks)


def check_same(tensor, other) -> None:
    assert other.keys == tensor.keys
    for block, other_block in zip(tensor.blocks(), other.blocks()):
        assert torch.equal(block.values.cpu(), other_block.values.cpu())
        assert block.samples == other_block.samples
        assert block.properties == other_block.properties
        for name, gradient in block.gradients():
            other_gradient = other_block.gradient(name)
            assert torch.equal(gradient.values.cpu(), other_gradient.values.cpu())
            assert gradient.samples == other_gradient.samples


@pytest.mark.parametrize("non_blocking", [True, False])
def test_to(non_blocking: bool) -> None:
    tensor = simple_map(gradient=True)
    moved = tensor.to("cuda", non_blocking=non_blocking)
    torch.cuda.synchronize()
    assert moved.device.type == "cuda"
    check_devices(moved)
    check_same(tensor, moved)
    back = moved.to("cpu")
    check_devices(back)
    check_same(tensor, back)

    moved = tensor.to(torch.float32, "cuda")
    assert moved.block(0).values.dtype == torch.float32
    moved = tensor.to("cuda").to(torch.float32)
    check_devices(moved)


def test_to_autograd() -> None:
    tensor = simple_map(requires_grad=True)
    moved = tensor.to("cuda")
    assert moved.block(1).values.requires_grad
    (grad,) = torch.autograd.grad(moved.block(1).values.sum(), tensor.block(1).values)
    assert torch.all(grad == 1)


def test_packed_blocks_are_independent() -> None:
    moved = many_blocks(10).to("cuda")
    first, second = moved.block(0).values, moved.block(1).values
    version = second._version
    before = second.clone()
    first.fill_(33.0)
    assert second._version == version
    assert torch.equal(second, before)
    assert second.data_ptr() % 16 == 0


def test_transfers_of_to() -> None:
    tensor = many_blocks(300)
    tensor.to("cuda")
    counts = count_transfers(lambda: many_blocks(300).to("cuda"))
    # one for all labels, and one for all the values
    assert counts["to_device"] == 2
    assert counts["to_host"] == 0

    moved = tensor.to("cuda")
    counts = count_transfers(lambda: moved.to("cpu"))
    # labels are already on the host
    assert counts["to_host"] == 1


def test_lookups_do_not_transfer() -> None:
    moved = simple_map().to("cuda")

    def lookups() -> None:
        for key in moved.keys:
            moved.block(key)
            moved.block({"key_1": key["key_1"], "key_2": key["key_2"]})
        moved.blocks({"key_1": 2})
        moved.block_by_id(0)
        moved.items()
        str(moved)
        repr(moved.block_by_id(0))

    lookups()
    assert count_transfers(lookups) == {"to_device": 0, "to_host": 0, "synchronize": 0}


def test_same_device() -> None:
    moved = simple_map(gradient=True).to("cuda")
    same = moved.to("cuda:0")
    assert same.block(0).values is moved.block(0).values
    assert same.keys.values.data_ptr() == moved.keys.values.data_ptr()


@pytest.mark.parametrize("gradient", [True, False])
def test_moves(gradient: bool) -> None:
    tensor = simple_map(gradient=gradient)
    moved = tensor.to("cuda")
    for function in [
        lambda t: t.keys_to_samples("key_1"),
        lambda t: t.keys_to_samples(["key_1", "key_2"], fill_value=3, sort_samples=False),
        lambda t: t.keys_to_properties("key_2", fill_value=-1.5),
        lambda t: t.components_to_properties("c"),
        lambda t: t.copy(),
        lambda t: t.copy(deep=False),
    ]:
        result = function(moved)
        assert result.device.type == "cuda"
        check_devices(result)
        check_same(function(tensor), result)


def test_moves_do_not_synchronize_labels() -> None:
    moved = simple_map(gradient=True).to("cuda")
    moved.keys_to_properties("key_1")
    counts = count_transfers(lambda: moved.keys_to_properties("key_1"))
    assert counts["to_host"] == 0


def test_save() -> None:
    tensor = simple_map(gradient=True)
    assert torch.equal(tensor.to("cuda").save_buffer(), tensor.save_buffer())
    block = simple_block(gradient=True)
    assert torch.equal(block.to("cuda").save_buffer(), block.save_buffer())


def test_device_mismatch() -> None:
    block = simple_block()
    with pytest.raises(RuntimeError) as error:
        TensorBlock(block.values.cuda(), block.samples, block.components, block.properties)
    assert "CPU:0" in str(error.value)
    assert "CUDA:0" in str(error.value)
    with pytest.raises(ValueError) as value_error:
        TensorMap(Labels.single(), [block.to("cuda")])
    assert "cpu" in str(value_error.value)
    assert "cuda:0" in str(value_error.value)
