"""Pipelines whose metadata does not change are captured in a CUDA graph, and replayed."""

import warnings

import metatensor.torch as mts
import pytest
import torch
from device_cases import DEVICES
from device_inputs import make_map
from metatensor.torch import Labels, TensorMap
from metatensor.torch.learn.nn import Linear, Module, Sequential, Tanh

N_BLOCKS = 20


class Arithmetic(torch.nn.Module):
    """Values only."""

    def forward(self, a: TensorMap, b: TensorMap) -> TensorMap:
        c = mts.multiply(mts.add(a, b), 0.5)
        return mts.subtract(mts.pow(c, 2.0), mts.abs(mts.multiply(a, b)))


class Sums(torch.nn.Module):
    """Where each row goes only depends on labels, which do not change."""

    def forward(self, a: TensorMap, b: TensorMap) -> TensorMap:
        c = mts.multiply(mts.add(a, b), 0.5)
        return mts.sum_over_samples(c, "atom")


class Moves(torch.nn.Module):
    """The shape of the result is known on the host as well."""

    def forward(self, a: TensorMap, b: TensorMap) -> TensorMap:
        c = mts.add(a, b).components_to_properties("xyz")
        return mts.sum_over_samples(c.keys_to_samples("neighbor"), ["atom", "neighbor"])


class Network(Module):
    """A network of `metatensor.learn`."""

    def __init__(self, keys: Labels) -> None:
        super().__init__()
        self.network = Sequential(
            keys, Linear(keys, in_features=12, out_features=5), Tanh(keys), Linear(keys, 5, 2)
        )

    def forward(self, a: TensorMap, b: TensorMap) -> TensorMap:
        return self.network(mts.add(a, b).components_to_properties("xyz"))


def make_module(kind, tensor):
    if kind is Network:
        torch.manual_seed(0)
        return Network(tensor.keys.to("cpu")).to(tensor.device, torch.float64)
    return kind()


def script(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(module.eval())


def capture(module, a, b):
    """Graph of a call of the module, and the result it writes to."""
    # the first runs compile, allocate, and find out where the rows go
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(4):
            module(a, b)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = module(a, b)
    return graph, result


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", [Arithmetic, Sums, Moves, Network])
@torch.no_grad()
def test_replay(device, kind):
    a, b = make_map(device, N_BLOCKS), make_map(device, N_BLOCKS)
    module = script(make_module(kind, a))
    if device == "cpu":
        # the modules themselves work
        assert len(module(a, b)) > 0
        return

    graph, result = capture(module, a, b)
    for factor in (3.0, -0.25):
        for block in a.blocks():
            block.values.copy_(factor * torch.rand_like(block.values))
        graph.replay()
        # the same, without the graph
        expected = module(a, b)
        torch.cuda.synchronize()
        mts.allclose_raise(result, expected, rtol=1e-12, atol=1e-12)
