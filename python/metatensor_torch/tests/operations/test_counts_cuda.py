"""How many kernels, copies and synchronisations operations need on a GPU.

The numbers do not depend on how many blocks there are, but for the operators of torch which
handle a list of arrays: these start one kernel for each 48 to 128 of them.
"""

from typing import Callable, Dict

import metatensor.torch as mts
import pytest
import torch
from map_builders import check_same_maps, labels, random_map
from metatensor.torch import Labels, TensorBlock, TensorMap

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

LAUNCHES = ("cudaLaunchKernel", "cuLaunchKernel", "cudaLaunchKernelExC", "cuLaunchKernelEx")


def count(function: Callable[[], object]) -> Dict[str, int]:
    """What one call asks of the device, once everything is warm."""
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    for _ in range(2):
        function()
    torch.cuda.synchronize()
    with torch.profiler.profile(activities=activities, acc_events=True) as profile:
        result = function()
        # what was started must be seen by the profiler
        torch.cuda.current_stream().query()
    del result
    counts = {"kernels": 0, "copies": 0, "waits": 0}
    for event in profile.events():
        if event.name in LAUNCHES:
            counts["kernels"] += 1
        elif "Memcpy HtoD" in event.name or "Memcpy DtoH" in event.name:
            counts["copies"] += 1
        elif event.name == "cudaStreamSynchronize":
            counts["waits"] += 1
    return counts


def small_blocks(n_blocks: int, first: int = 0, gradients: bool = False) -> TensorMap:
    """Blocks with samples of their own, whose labels were made on the host."""
    properties = Labels.range("property", 8)
    component = Labels.range("component", 3)
    blocks = []
    for i in range(first, first + n_blocks):
        samples = labels(["system", "atom"], [[10 * i + j, j % 5] for j in range(10)])
        values = torch.randn(10, 3, 8, dtype=torch.float64)
        block = TensorBlock(values, samples, [component], properties)
        if gradients:
            rows = labels(["sample", "a"], [[j, i] for j in range(10)])
            gradient = torch.randn(10, 3, 3, 8, dtype=torch.float64)
            axes = [Labels.range("xyz", 3), component]
            block.add_gradient("g", TensorBlock(gradient, rows, axes, properties))
        blocks.append(block)
    return TensorMap(Labels.range("key", n_blocks), blocks).to("cuda")


EVEN = labels(["system"], range(0, 5000, 2))
HALF = labels(["property"], range(4))
KEYS = labels(["key"], range(0, 500, 2))

#: operation, kernels, copies and synchronisations together
CASES = {
    "sum": (lambda t, d: mts.sum_over_samples(t, "system"), 20, 1),
    "mean": (lambda t, d: mts.mean_over_samples(t, "system"), 20, 1),
    "var": (lambda t, d: mts.var_over_samples(t, "system"), 30, 1),
    "std": (lambda t, d: mts.std_over_samples(t, "system"), 40, 1),
    "sum_over_properties": (lambda t, d: mts.sum_over_properties(t, "property"), 20, 1),
    "slice": (lambda t, d: mts.slice(t, "samples", d["even"]), 20, 1),
    "slice_properties": (lambda t, d: mts.slice(t, "properties", d["half"]), 20, 1),
    "split": (lambda t, d: mts.split(t, "samples", [d["even"], d["even"]]), 40, 1),
    "sort": (lambda t, d: mts.sort(t, descending=True), 40, 3),
    "append": (lambda t, d: mts.append_dimension(t, "samples", "new", 3), 0, 1),
    "permute": (lambda t, d: mts.permute_dimensions(t, "samples", [1, 0]), 0, 1),
    "remove": (lambda t, d: mts.remove_dimension(t, "samples", "atom"), 0, 1),
    "rename": (lambda t, d: mts.rename_dimension(t, "samples", "atom", "a"), 0, 1),
    "drop_blocks": (lambda t, d: mts.drop_blocks(t, d["keys"]), 0, 1),
    "filter_blocks": (lambda t, d: mts.filter_blocks(t, d["keys"]), 0, 1),
    "add": (lambda t, d: mts.add(t, t), 11, 0),
    "block": (lambda t, d: t.block({"key": 77}), 0, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_500_blocks(name):
    operation, kernels, transfers = CASES[name]
    tensor = small_blocks(500)
    arguments = {"even": EVEN.to("cuda"), "half": HALF.to("cuda"), "keys": KEYS.to("cuda")}
    counts = count(lambda: operation(tensor, arguments))
    assert counts["kernels"] <= kernels, counts
    assert counts["copies"] + counts["waits"] <= transfers, counts


@pytest.mark.parametrize("name", ["sum", "mean", "slice", "slice_properties", "append"])
def test_gradients(name):
    operation, kernels, transfers = CASES[name]
    tensor = small_blocks(500, gradients=True)
    arguments = {"even": EVEN.to("cuda"), "half": HALF.to("cuda")}
    counts = count(lambda: operation(tensor, arguments))
    assert counts["kernels"] <= 2 * kernels, counts
    assert counts["copies"] + counts["waits"] <= transfers, counts


def test_tracked():
    tensor = mts.requires_grad(small_blocks(500))
    counts = count(lambda: mts.sum_over_samples(tensor, "system"))
    assert counts["kernels"] <= 20, counts
    assert counts["copies"] + counts["waits"] <= 1, counts


def test_join():
    tensors = [small_blocks(20, 20 * i) for i in range(10)]
    tensors = [TensorMap(tensors[0].keys, [b.copy() for b in t.blocks()]) for t in tensors]
    counts = count(lambda: mts.join(tensors, "samples", add_dimension="map"))
    assert counts["kernels"] <= 10, counts
    assert counts["copies"] + counts["waits"] <= 1, counts


def pipeline(tensor: TensorMap) -> TensorMap:
    moved = tensor.keys_to_properties("a").keys_to_samples("b")
    return mts.sum_over_samples(mts.multiply(moved, 3.0), "atom")


def test_pipeline():
    generator = torch.Generator().manual_seed(0)
    blocks, keys = [], []
    for i in range(80):
        samples = labels(["system", "atom"], [[j, (i + j) % 7] for j in range(10)])
        values = torch.rand(10, 3, 8, generator=generator)
        component = Labels.range("component", 3)
        blocks.append(TensorBlock(values, samples, [component], Labels.range("property", 8)))
        keys.append([i % 4, i // 4])
    tensor = TensorMap(labels(["a", "b"], keys), blocks).to("cuda")
    scripted = torch.jit.script(pipeline)
    check_same_maps(scripted(tensor).to("cpu"), pipeline(tensor.to("cpu")))


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.complex64, torch.int32])
def test_same_as_on_host(dtype, gradients):
    # integers, so that the order of sums does not matter
    host = random_map(dtype, gradients)
    for _, block in host.items():
        block.values[:] = (block.values * 4).abs().round().to(dtype)
        for _, gradient in block.gradients():
            gradient.values[:] = (gradient.values * 4).abs().round().to(dtype)
    device = host.to("cuda")
    systems = labels(["system"], [[2], [4]])
    for operation in (
        lambda t, s: mts.sum_over_samples(t, "atom"),
        lambda t, s: mts.sum_over_properties(t, "l"),
        lambda t, s: mts.slice(t, "samples", s),
        lambda t, s: mts.sort(t, descending=True),
        lambda t, s: mts.join([t, t], "samples", add_dimension="i"),
        lambda t, s: mts.join([t, t], "properties", add_dimension="i"),
        lambda t, s: mts.append_dimension(t, "samples", "new", -1),
    ):
        result = operation(device, systems.to("cuda"))
        for block in result.blocks():
            for one in (block.samples, block.properties, *block.components):
                assert one.device.type == "cuda"
                assert torch.equal(one.values.cpu(), one.to("cpu").values)
        check_same_maps(result.to("cpu"), operation(host, systems))


def test_other_streams():
    tensor = small_blocks(50)
    expected = mts.sum_over_samples(tensor, "system").to("cpu")
    torch.cuda.synchronize()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        result = mts.sum_over_samples(tensor, "system")
    stream.synchronize()
    mts.allclose_raise(result.to("cpu"), expected, rtol=1e-13)
