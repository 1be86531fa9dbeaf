"""Operations on a GPU give what they give on the CPU, on the device of their input."""

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def make_tensor(n_blocks=3):
    """Blocks with two sample dimensions and gradients, different in each block."""
    blocks = []
    generator = torch.Generator().manual_seed(4)
    for i in range(n_blocks):
        values = torch.rand(4 + i, 2, 3, generator=generator, dtype=torch.float64) + 0.5
        samples = torch.tensor([[s % 2, s] for s in range(4 + i)])
        block = TensorBlock(
            values,
            Labels(["system", "atom"], samples),
            [Labels("c", torch.tensor([[0], [1]]))],
            Labels(["n", "l"], torch.tensor([[0, 0], [0, 1], [1, 1]])),
        )
        gradient = torch.rand(3, 2, 3, generator=generator, dtype=torch.float64)
        rows = Labels(["sample", "a"], torch.tensor([[0, i], [1, 4], [3, 0]]))
        block.add_gradient("g", TensorBlock(gradient, rows, block.components, block.properties))
        blocks.append(block)
    return TensorMap(Labels(["k"], torch.arange(n_blocks).flip(0).reshape(-1, 1)), blocks)


def without_components(tensor):
    """Something whose properties are those of the tensor, without components nor gradients."""
    return mts.sum_over_samples(mts.remove_gradients(tensor.components_to_properties("c")), "atom")


def on(device, labels):
    return labels.to(device)


KEYS = Labels("k", torch.tensor([[0], [2]]))
SYSTEMS = Labels("system", torch.tensor([[1]]))
ATOMS = Labels("atom", torch.tensor([[3], [0]]))

OPERATIONS = {
    "abs": lambda t, d: mts.abs(t),
    "add": lambda t, d: mts.add(t, t),
    "add_constant": lambda t, d: mts.add(t, 2.5),
    "subtract": lambda t, d: mts.subtract(t, mts.multiply(t, 3.0)),
    "multiply": lambda t, d: mts.multiply(t, t),
    "divide": lambda t, d: mts.divide(t, t),
    "pow": lambda t, d: mts.pow(t, 2),
    "dot": lambda t, d: mts.dot(t.components_to_properties("c"), without_components(t)),
    "join_samples": lambda t, d: mts.join([t, t], "samples", add_dimension="i"),
    "join_properties": lambda t, d: mts.join([t, t], "properties", add_dimension="i"),
    "slice_samples": lambda t, d: mts.slice(t, "samples", on(d, SYSTEMS)),
    "slice_atoms": lambda t, d: mts.slice(t, "samples", on(d, ATOMS)),
    "split": lambda t, d: mts.split(t, "samples", [on(d, SYSTEMS)])[0],
    "sort": lambda t, d: mts.sort(t, descending=True),
    "sum_over_samples": lambda t, d: mts.sum_over_samples(t, "atom"),
    "mean_over_samples": lambda t, d: mts.mean_over_samples(t, ["system"]),
    "var_over_samples": lambda t, d: mts.var_over_samples(t, "atom"),
    "std_over_samples": lambda t, d: mts.std_over_samples(t, "atom"),
    "sum_over_properties": lambda t, d: mts.sum_over_properties(t, "l"),
    "zeros_like": lambda t, d: mts.zeros_like(t),
    "ones_like": lambda t, d: mts.ones_like(t, gradients="g"),
    "remove_gradients": lambda t, d: mts.remove_gradients(t),
    "detach": lambda t, d: mts.detach(mts.requires_grad(t)),
    "make_contiguous": lambda t, d: mts.make_contiguous(t),
    "filter_blocks": lambda t, d: mts.filter_blocks(t, on(d, KEYS)),
    "drop_blocks": lambda t, d: mts.drop_blocks(t, on(d, KEYS), copy=True),
    "append_dimension": lambda t, d: mts.append_dimension(t, "samples", "x", 4),
    "rename_dimension": lambda t, d: mts.rename_dimension(t, "properties", "n", "m"),
    "permute_dimensions": lambda t, d: mts.permute_dimensions(t, "samples", [1, 0]),
    "keys_to_samples": lambda t, d: t.keys_to_samples("k"),
    "keys_to_properties": lambda t, d: t.keys_to_properties("k"),
    "components_to_properties": lambda t, d: t.components_to_properties("c"),
}


def all_labels(block):
    return [block.samples, *block.components, block.properties]


@pytest.mark.parametrize("name", OPERATIONS)
def test_same_as_cpu(name):
    operation = OPERATIONS[name]
    tensor = make_tensor()
    expected = operation(tensor, "cpu")
    result = operation(tensor.to("cuda"), "cuda")

    assert result.device.type == "cuda"
    assert result.keys.device.type == "cuda"
    for block in result.blocks():
        for part in [block, *[gradient for _, gradient in block.gradients()]]:
            assert part.values.device.type == "cuda"
            assert {labels.device.type for labels in all_labels(part)} == {"cuda"}
    mts.allclose_raise(result.to("cpu"), expected, rtol=1e-12, atol=1e-12)


def test_comparisons():
    tensor = make_tensor().to("cuda")
    other = make_tensor().to("cuda")
    assert mts.equal_metadata(tensor, other)
    assert mts.equal(tensor, other)
    assert not mts.equal(tensor, mts.add(other, 1.0))


def test_unique_metadata():
    unique = mts.unique_metadata(make_tensor().to("cuda"), "samples", ["system"])
    assert unique.device.type == "cuda"
    assert unique.values.tolist() == [[0], [1]]
