"""Several threads running one scripted model get what one thread gets."""

import threading
import warnings

import metatensor.torch as mts
import pytest
import torch
from device_cases import DEVICES
from device_inputs import Labels, make_map
from metatensor.torch import TensorMap
from metatensor.torch.learn.nn import Linear, Module

N_THREADS = 8
ROUNDS = 6


class Model(Module):
    """Moves keys, selects, compares, reduces, and has parameters and labels of its own."""

    def __init__(self, neighbors: Labels) -> None:
        super().__init__()
        self.register_buffer("neighbors", neighbors)
        keys = Labels(["center"], torch.arange(2).reshape(-1, 1))
        self.linear = Linear(keys, in_features=120, out_features=3)

    def forward(self, tensor: TensorMap) -> TensorMap:
        doubled = mts.add(tensor, tensor)
        assert mts.equal_metadata(doubled, tensor)
        assert tensor.keys.position([1, 3]) is not None
        features = doubled.components_to_properties("xyz").keys_to_properties(self.neighbors)
        atoms = self.linear(features)
        block = tensor.block({"center": 1, "neighbor": 3})
        assert len(block.samples.union(atoms.block(0).samples)) > 0
        return mts.sum_over_samples(atoms.keys_to_samples("center"), ["atom", "center"])


def script(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(module.eval())


@pytest.mark.parametrize("device", DEVICES)
def test_threads(device):
    """The model, the input and all its labels are shared, and new when the threads start."""
    neighbors = Labels(["neighbor"], torch.arange(10).reshape(-1, 1))
    torch.manual_seed(0)
    model = Model(neighbors).to(torch.float64)
    expected = script(model)(make_map("cpu", 20)).block()
    model = script(model.to(device))
    tensor = make_map(device, 20)

    results, errors = [], []
    barrier = threading.Barrier(N_THREADS)

    def run() -> None:
        try:
            barrier.wait()
            for _ in range(ROUNDS):
                results.append(model(tensor).block())
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(N_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(results) == N_THREADS * ROUNDS
    for block in results:
        assert block.samples.to("cpu") == expected.samples
        torch.testing.assert_close(block.values.cpu(), expected.values, rtol=1e-12, atol=1e-12)
