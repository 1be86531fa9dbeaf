"""Propagated gradients against finite differences, with both engines."""

import metatensor as mts
import numpy as np
import pytest
from helpers import numpy, parametrized_tensor, strained_tensor
from metatensor import Labels

STEP = 1e-5


def to_torch(array):
    return pytest.importorskip("torch").from_numpy(array)


@pytest.fixture(params=["numpy", "torch"])
def array(request):
    return np.asarray if request.param == "numpy" else to_torch


def check(function, array, make=parametrized_tensor):
    """Check the gradients of a function of a tensor with gradients with respect to ``x``.

    The last dimension of the gradient samples must be the row of ``x``.
    """
    n = 9 if make is parametrized_tensor else 1
    x = np.random.default_rng(3).uniform(0.2, 1.0, (n, 2))
    block = function(make(x, array)).block()
    gradient = block.gradient("x")
    dense = np.zeros((n, 2, *block.values.shape))
    for row, (sample, moved) in enumerate(np.asarray(gradient.samples.values)[:, [0, -1]]):
        dense[moved, :, sample] += numpy(gradient.values)[row]
    for i in range(n):
        for j in range(2):
            shifted = []
            for sign in (+1, -1):
                moved = x.copy()
                moved[i, j] += sign * STEP
                shifted.append(numpy(function(make(moved, array)).block().values))
            expected = (shifted[0] - shifted[1]) / (2 * STEP)
            np.testing.assert_allclose(dense[i, j], expected, rtol=1e-6, atol=1e-8)


def other(tensor):
    """Tensor with the same metadata, made in another way."""
    return mts.add(mts.pow(tensor, 2), 1.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda t: mts.add(t, other(t)),
        lambda t: mts.subtract(t, other(t)),
        lambda t: mts.multiply(t, other(t)),
        lambda t: mts.divide(t, other(t)),
        lambda t: mts.multiply(mts.divide(mts.subtract(t, 1.0), 3), -2.0),
        lambda t: mts.pow(t, 0.5),
        lambda t: mts.pow(t, -2),
        lambda t: mts.abs(mts.subtract(t, 2.0)),
        lambda t: mts.dot(t, mts.remove_gradients(mts.detach(parametrized_tensor_like(t)))),
    ],
    ids=["add", "subtract", "multiply", "divide", "scalar", "sqrt", "pow", "abs", "dot"],
)
def test_elementwise(function, array):
    check(function, array)


def parametrized_tensor_like(tensor):
    """Some constant tensor with the same properties."""
    values = tensor.block().values
    constant = values * 0 + 1.0
    constant[:, 1] = 3.0
    block = mts.TensorBlock(constant, tensor.block().samples, [], tensor.block().properties)
    return mts.TensorMap(tensor.keys, [block])


@pytest.mark.parametrize("names", ["a", ["s", "a"]])
@pytest.mark.parametrize("reduction", ["sum", "mean", "var", "std"])
def test_reduce_samples(names, reduction, array):
    # all samples have gradients here, so that averages divide by the number of samples
    function = getattr(mts, f"{reduction}_over_samples")
    check(lambda t: function(t, names), array, strained_tensor)


@pytest.mark.parametrize("names", ["a", ["s", "a"]])
@pytest.mark.parametrize("reduction", ["mean", "var", "std"])
def test_sparse_gradients(names, reduction, array):
    # most samples do not have gradients with respect to one of the numbers
    function = getattr(mts, f"{reduction}_over_samples")
    check(lambda t: function(t, names, gradient_count="samples"), array)
    check(lambda t: function(t, names, gradient_count="samples"), array, strained_tensor)
    with pytest.raises(AssertionError):
        check(lambda t: function(t, names, gradient_count="rows"), array)
    # nothing is missing along the properties
    function = getattr(mts, f"{reduction}_over_properties")
    check(lambda t: function(t, "q", gradient_count="samples"), array)
    tensor = parametrized_tensor(np.ones((9, 2)), array)
    assert mts.equal(function(tensor, "q", "samples"), function(tensor, "q"))


@pytest.mark.parametrize("axis", ["samples", "properties"])
@pytest.mark.parametrize("reduction", ["mean", "var", "std"])
def test_gradient_count_of_blocks(axis, reduction):
    tensor = parametrized_tensor(np.ones((9, 2)), np.asarray)
    name, dimension = f"{reduction}_over_{axis}", axis[0].replace("p", "q")
    block = getattr(mts, f"{name}_block")(tensor.block(), dimension, "samples")
    expected = getattr(mts, name)(tensor, dimension, gradient_count="samples").block()
    assert mts.equal_block(block, expected)
    for suffix, argument in (("", tensor), ("_block", tensor.block())):
        with pytest.raises(ValueError, match=f"'row' for `gradient_count` in `{name}{suffix}`"):
            getattr(mts, f"{name}{suffix}")(argument, dimension, "row")


@pytest.mark.parametrize("names", ["a", ["s", "a"]])
def test_sum_over_samples(names, array):
    # sums are right in any case
    check(lambda t: mts.sum_over_samples(t, names), array)


@pytest.mark.parametrize("names", ["q", ["n", "q"]])
@pytest.mark.parametrize("reduction", ["sum", "mean", "var", "std"])
def test_reduce_properties(names, reduction, array):
    function = getattr(mts, f"{reduction}_over_properties")
    check(lambda t: function(t, names), array)
    check(lambda t: function(t, names), array, strained_tensor)


@pytest.mark.parametrize("axis", ["samples", "properties"])
def test_join(axis, array):
    check(lambda t: mts.join([t, other(t)], axis, add_dimension="i"), array)


def test_slice(array):
    selection = Labels(["s"], np.array([[2], [0]]))
    check(lambda t: mts.slice(t, "samples", selection), array)
    check(lambda t: mts.slice(t, "properties", Labels(["n"], np.array([[0]]))), array)


def test_sort(array):
    check(lambda t: mts.sort(t, ["samples", "properties"], descending=True), array)
    check(lambda t: mts.sort(t, ["samples", "properties"]), array)
