"""`pin_memory()` where no memory can be pinned; see `device/test_cuda_streams.py` for the rest."""

import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

no_accelerator = pytest.mark.skipif(torch.accelerator.is_available(), reason="memory can be pinned")


def make_objects(n_samples=3):
    block = TensorBlock(
        torch.ones(n_samples, 2), Labels.range("sample", n_samples), [], Labels.range("p", 2)
    )
    tensor = TensorMap(Labels.single(), [block])
    return tensor.keys, tensor.block(), tensor


@no_accelerator
@pytest.mark.parametrize("position", range(3))
def test_without_accelerator(position):
    thing = make_objects()[position]
    assert not thing.is_pinned()
    with pytest.raises(RuntimeError) as expected:
        torch.ones(3).pin_memory()
    for arguments in ((), ("cuda",), (None,)):
        with pytest.raises(RuntimeError) as error:
            thing.pin_memory(*arguments)
        assert str(error.value) == str(expected.value)


@pytest.mark.parametrize("position", range(3))
def test_not_on_cpu(position):
    thing = make_objects()[position].to("meta")
    assert not thing.is_pinned()
    message = f"can not pin the memory of this {thing._type().name()}: it is on device 'meta'"
    with pytest.raises(RuntimeError, match=message):
        thing.pin_memory()


def test_nothing_to_pin():
    labels = Labels.empty("a")
    assert labels.is_pinned()
    assert labels.pin_memory() == labels
    tensor = TensorMap(labels, [])
    assert tensor.is_pinned()
    tensor.set_info("kept", "yes")
    assert tensor.pin_memory().get_info("kept") == "yes"


class Pins(torch.nn.Module):
    def forward(self, tensor: TensorMap, labels: Labels) -> bool:
        block = tensor.block_by_id(0)
        pinned = tensor.is_pinned() or block.is_pinned() or labels.is_pinned()
        if pinned:
            labels = labels.pin_memory()
            block = block.pin_memory(device=None)
            tensor = tensor.pin_memory(torch.device("cpu"))
        return pinned


def test_scripted():
    module = torch.jit.script(Pins())
    _, _, tensor = make_objects()
    assert not module(tensor, Labels.single())
