"""Pinned memory in the plain flavour."""

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap

torch = pytest.importorskip("torch", exc_type=ImportError)
accelerator = torch.accelerator.is_available()


def make_map(arrays):
    rows = np.arange(3).reshape(-1, 1)
    rows = torch.tensor(rows) if arrays == "torch" else rows
    samples = Labels(["s"], rows)
    values = torch.ones(3, 2) if arrays == "torch" else np.ones((3, 2))
    block = TensorBlock(values, samples, [], Labels.range("p", 2))
    block.add_gradient(
        "x", TensorBlock(values, samples.rename("s", "sample"), [], block.properties)
    )
    return TensorMap(Labels.single(), [block])


def test_numpy_stays():
    tensor = make_map("numpy")
    block = tensor.block()
    for thing in (tensor, block, block.samples):
        assert not thing.is_pinned()
    assert block.samples.pin_memory() is block.samples
    pinned = tensor.pin_memory()
    assert pinned.block().values is block.values
    assert pinned.block().samples is block.samples


def test_other_devices():
    tensor = make_map("torch").to("meta")
    assert not tensor.is_pinned()
    with pytest.raises(RuntimeError, match="only dense CPU tensors can be pinned"):
        tensor.pin_memory()


@pytest.mark.skipif(accelerator, reason="memory can be pinned")
def test_without_accelerator():
    tensor = make_map("torch")
    with pytest.raises(RuntimeError) as expected:
        torch.ones(3).pin_memory()
    for thing in (tensor, tensor.block(), tensor.block().samples):
        assert not thing.is_pinned()
        with pytest.raises(RuntimeError) as error:
            thing.pin_memory()
        assert str(error.value) == str(expected.value)


@pytest.mark.skipif(not accelerator, reason="no memory can be pinned")
def test_pinned():
    tensor = make_map("torch")
    tensor.set_info("kept", "yes")
    pinned = tensor.pin_memory()
    block = pinned.block()
    assert block.values.is_pinned()
    assert block.samples.values.is_pinned()
    assert block.gradient("x").values.is_pinned()
    assert block.is_pinned()
    assert pinned.is_pinned()
    assert pinned.get_info("kept") == "yes"
    assert pinned.pin_memory() is pinned
    assert block.pin_memory() is block
    moved = pinned.to("cuda", non_blocking=True)
    assert moved.block().values.sum().item() == 6
