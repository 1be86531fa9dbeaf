"""Automatic differentiation of values and of stored gradients through operations."""

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap


def build(values, gradient):
    """Block with a gradient, around given arrays."""
    properties = Labels(["n", "q"], torch.tensor([[0, 0], [1, 0]]))
    block = TensorBlock(
        values, Labels(["s", "a"], torch.tensor([[0, 0], [1, 0], [0, 1]])), [], properties
    )
    rows = Labels(["sample", "x"], torch.tensor([[0, 0], [1, 1], [2, 0], [2, 1]]))
    block.add_gradient("g", TensorBlock(gradient, rows, [Labels.range("c", 2)], properties))
    return TensorMap(Labels(["k"], torch.tensor([[0]])), [block])


OTHER = build(
    torch.arange(1.0, 7.0, dtype=torch.float64).reshape(3, 2),
    torch.arange(-3.0, 13.0, dtype=torch.float64).reshape(4, 2, 2),
)

FUNCTIONS = {
    "add": lambda t: mts.add(t, OTHER),
    "subtract": lambda t: mts.subtract(OTHER, t),
    "multiply": lambda t: mts.multiply(t, OTHER),
    "divide": lambda t: mts.divide(OTHER, t),
    "pow": lambda t: mts.pow(t, 2.5),
    "abs": lambda t: mts.abs(mts.multiply(t, -1)),
    "scalar": lambda t: mts.add(mts.divide(t, 3), 2.0),
    "dot": lambda t: mts.dot(t, mts.remove_gradients(t)),
    "sum_over_samples": lambda t: mts.sum_over_samples(t, "a"),
    "mean_over_samples": lambda t: mts.mean_over_samples(t, "a"),
    "var_over_samples": lambda t: mts.var_over_samples(t, ["s", "a"]),
    "std_over_samples": lambda t: mts.std_over_samples(t, ["s", "a"]),
    "var_over_properties": lambda t: mts.var_over_properties(t, "n"),
    "join": lambda t: mts.join([t, OTHER], "samples", add_dimension="i"),
    "join_properties": lambda t: mts.join([t, OTHER], "properties", add_dimension="i"),
    "slice": lambda t: mts.slice(t, "samples", Labels(["s"], torch.tensor([[0]]))),
    "sort": lambda t: mts.sort(t, descending=True),
    "make_contiguous": mts.make_contiguous,
    "permute": lambda t: mts.permute_dimensions(t, "samples", [1, 0]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradcheck(name):
    generator = torch.Generator().manual_seed(1)
    values = torch.rand(3, 2, dtype=torch.float64, generator=generator) + 0.5
    gradient = torch.rand(4, 2, 2, dtype=torch.float64, generator=generator)

    def function(values, gradient):
        block = FUNCTIONS[name](build(values, gradient)).block()
        return block.values, block.gradient("g").values

    arguments = (values.requires_grad_(), gradient.requires_grad_())
    assert torch.autograd.gradcheck(function, arguments)
    assert torch.autograd.gradgradcheck(function, arguments)


def test_lstsq():
    x = torch.rand(6, 2, dtype=torch.float64, requires_grad=True)
    y = torch.rand(6, 1, dtype=torch.float64)

    def function(values):
        tensors = [TensorMap(Labels.single(), [mts.block_from_array(one)]) for one in (values, y)]
        return mts.lstsq(tensors[0], tensors[1], rcond=1e-12, driver="gelsd").block().values

    assert torch.autograd.gradcheck(function, (x,))


@pytest.mark.parametrize("axis", ["samples", "properties"])
def test_zero_standard_deviation(axis):
    values = torch.ones(3, 2, dtype=torch.float64, requires_grad=True)
    block = mts.block_from_array(values)
    function = getattr(mts, f"std_over_{axis}_block")
    result = function(block, "sample" if axis == "samples" else "property").values
    assert torch.all(result == 0)
    result.sum().backward()
    assert torch.all(values.grad == 0)
