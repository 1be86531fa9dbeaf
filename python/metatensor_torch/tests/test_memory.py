"""Memory stays flat when objects are made and dropped, in TorchScript and from Python."""

import gc
import warnings
from typing import List

import metatensor.torch as mts
import psutil
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

# every round makes more than a megabyte of labels and values: leaking any of them,
# once, goes over the limit
ROUNDS = 60
LIMIT = 20 * 2**20


def resident() -> int:
    """Memory used by this process, in bytes."""
    gc.collect()
    return psutil.Process().memory_info().rss


def check_flat(function) -> None:
    for _ in range(10):
        function()
    before = resident()
    for _ in range(ROUNDS):
        function()
    assert resident() - before < LIMIT


class Rounds(torch.nn.Module):
    """Makes labels, blocks, gradients and maps, and drops them all."""

    def forward(self, n_samples: int) -> int:
        values = torch.stack([torch.arange(n_samples), torch.arange(n_samples) % 7], dim=1)
        samples = Labels(["atom", "kind"], values)
        properties = Labels(["n"], torch.tensor([[0], [1]]))
        blocks: List[TensorBlock] = []
        for _ in range(2):
            block = TensorBlock(torch.ones(n_samples, 2), samples, [], properties)
            rows = Labels(["sample"], torch.arange(n_samples).reshape(-1, 1))
            gradient = TensorBlock(torch.ones(n_samples, 2), rows, [], properties)
            block.add_gradient("g", gradient)
            blocks.append(block)
        tensor = TensorMap(Labels(["key"], torch.tensor([[0], [1]])), blocks)
        tensor.set_info("unit", "eV")
        moved = tensor.keys_to_properties("key").copy().to(torch.float32)
        union = samples.union(samples.rename("kind", "other").rename("other", "kind"))
        count = len(union) + len(moved.block(0).gradient("g").samples)
        assert samples.position(torch.tensor([3, 3])) is not None
        return count + len(samples.select(Labels(["kind"], torch.tensor([[2]]))))


def test_scripted() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        scripted = torch.jit.script(Rounds())
    check_flat(lambda: scripted(50_000))


def test_eager() -> None:
    module = Rounds()
    check_flat(lambda: module(50_000))


def test_operations() -> None:
    atoms = torch.arange(40_000)
    samples = Labels(["system", "atom"], torch.stack([atoms // 8, atoms], 1))
    block = TensorBlock(torch.ones(40_000, 4), samples, [], Labels.range("n", 4))
    tensor = TensorMap(Labels.single(), [block])

    def operations() -> None:
        mts.sum_over_samples(mts.add(tensor, mts.multiply(tensor, 2.0)), "atom")
        mts.slice(tensor, "samples", Labels("system", torch.tensor([[3]])))
        mts.load_buffer(mts.save_buffer(tensor))

    check_flat(operations)


def test_errors() -> None:
    """Nothing is lost when making an object fails."""
    values = torch.ones(100_000, 3)
    rows = torch.arange(200_000).reshape(-1, 2)

    def failures() -> None:
        with pytest.raises(RuntimeError):
            Labels(["a", "b"], torch.vstack([rows, rows]))
        samples = Labels(["a", "b"], rows)
        with pytest.raises(RuntimeError):
            TensorBlock(values.clone(), samples, [], Labels.range("n", 2))
        block = TensorBlock(values.clone(), samples, [], Labels.range("n", 3))
        with pytest.raises(RuntimeError):
            TensorMap(Labels.range("k", 2), [block])

    check_flat(failures)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_device() -> None:
    """Nothing stays on the device, nor the copies on the host of what was there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(DeviceRounds())

    def one_round() -> None:
        assert scripted(50_000, torch.device("cuda")) > 0

    for _ in range(10):
        one_round()
    torch.cuda.synchronize()
    gc.collect()
    host, device = resident(), torch.cuda.memory_allocated()
    for _ in range(ROUNDS):
        one_round()
    torch.cuda.synchronize()
    gc.collect()
    assert torch.cuda.memory_allocated() == device
    assert resident() - host < LIMIT


class DeviceRounds(torch.nn.Module):
    """Labels made on the device and on the host, moved back and forth, used, and dropped."""

    def forward(self, n_samples: int, device: torch.device) -> int:
        atoms = torch.arange(n_samples, device=device)
        samples = Labels(["system", "atom"], torch.stack([atoms // 8, atoms], dim=1))
        properties = Labels(["n"], torch.tensor([[0], [1]])).to(device)
        block = TensorBlock(torch.ones(n_samples, 2, device=device), samples, [], properties)
        gradient = TensorBlock(
            torch.ones(n_samples, 2, device=device),
            Labels(["sample"], atoms.reshape(-1, 1)),
            [],
            properties,
        )
        block.add_gradient("g", gradient)
        tensor = TensorMap(Labels(["key"], torch.tensor([[0]])).to(device), [block])
        summed = mts.sum_over_samples(mts.add(tensor, tensor.copy()), "atom")
        union = samples.union(samples.rename("atom", "a").rename("a", "atom"))
        back = tensor.to("cpu").to(device).keys_to_samples("key")
        return len(union) + len(summed.block(0).samples) + len(back.block(0).samples)
