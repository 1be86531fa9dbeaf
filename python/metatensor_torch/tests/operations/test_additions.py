"""Operations which only this library has: the same results as with the plain flavour."""

import io
from typing import List

import metatensor
import metatensor.torch as mts
import numpy as np
import pytest
import torch
from additions import CASES, two_tensors
from metatensor.torch import Labels, TensorMap
from test_nested import nested_tensor


def to_torch(tensor):
    """The same map, in the torch flavour."""
    return mts.load_buffer(torch.frombuffer(tensor.save_buffer(), dtype=torch.uint8).clone())


def to_plain(tensor):
    """The same map, in the plain flavour."""
    return metatensor.io.load_buffer(mts.save_buffer(tensor).numpy().tobytes())


def plain_labels(names, rows):
    return metatensor.Labels(names, np.array(rows))


def torch_labels(names, rows):
    return Labels(names, torch.tensor(rows))


@pytest.mark.parametrize("name", CASES)
def test_flavours(name):
    t, u = two_tensors()
    arguments = [one.to(arrays="torch") for one in (t, u)]
    expected = CASES[name](metatensor, plain_labels, *arguments)
    result = CASES[name](mts, torch_labels, to_torch(t), to_torch(u))
    # bit for bit, with the same order of everything
    metatensor.equal_raise(to_plain(result), expected.to(arrays="numpy"))
    keys = expected.keys.to(arrays="numpy") if len(expected) else to_plain(result).keys
    assert to_plain(result).keys == keys


def user_code(t: TensorMap, u: TensorMap) -> List[TensorMap]:
    properties = Labels(["n", "q"], torch.tensor([[2, 0], [0, 0], [0, 1], [1, 0], [1, 1]]))
    return [
        mts.add(t, u, missing="zero"),
        mts.add(t, u, "drop"),
        mts.subtract(t, u, missing="zero"),
        mts.multiply(t, u, "drop"),
        mts.divide(t, u, missing="drop"),
        mts.densify(t),
        mts.densify(t, samples="keep", properties=properties, fill_value=1.0),
        mts.sparsify(mts.densify(t), fill_value=0.0),
        mts.join([t, mts.multiply(t, 2)], "keys", add_dimension="i"),
        mts.mean_over_samples(t, "a", gradient_count="samples"),
        mts.components_to_samples(t, "m"),
        mts.einsum("s c p, s c p -> s c p", t, t),
        mts.einsum(
            "s ... p, q ... p -> s q", t, mts.remove_gradients(t), dimensions={"q": ["s", "a"]}
        ),
        mts.samples_to_components(t, ["a"], fill_value=2.0),
        mts.properties_to_components(t, "n"),
        mts.move_dimensions(t, names="a", source="samples", destination="properties"),
        mts.transpose_components(mts.properties_to_components(t, "n", 0.0), [1, 0]),
        mts.std_over_samples(t, ["s", "a"], "samples"),
    ]


@pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_user_code():
    t, u = map(to_torch, two_tensors())
    expected = user_code(t, u)
    compiled = torch.jit.script(user_code)
    buffer = io.BytesIO()
    torch.jit.save(compiled, buffer)
    buffer.seek(0)
    for function in (compiled, torch.jit.load(buffer)):
        for one, other in zip(function(t, u), expected, strict=True):
            mts.equal_raise(one, other)


def comparisons(t: TensorMap, u: TensorMap) -> List[bool]:
    mts.equal_raise(t, u, ignore_order=["samples", "properties"], nested=True)
    mts.allclose_raise(t, u, ignore_order=True)
    mts.equal_metadata_raise(t, u, ignore_order=True)
    a, b = t.block_by_id(0), u.block_by_id(0)
    return [
        mts.equal(t, u),
        mts.equal(t, u, True),
        mts.equal(t, u, ignore_order=["samples"]),
        mts.equal(t, u, ignore_order=True, info=True, nested=True, dtype=True),
        mts.equal(t, t, dtype=True),
        mts.allclose(t, u, ignore_order=["properties", "samples", "names"]),
        mts.equal_metadata(t, u, "all", True, True),
        mts.equal_metadata(t, u, check=["samples"], ignore_order=["samples"]),
        mts.equal_block(a, b),
        mts.equal_block(a, b, ignore_order=True),
        mts.allclose_block(a, b, ignore_order=True),
        mts.equal_metadata_block(a, b, ignore_order=True),
    ]


@pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_comparisons():
    t = to_torch(two_tensors()[0])
    u = mts.sort(t, ["samples", "properties"], descending=True)
    t.set_info("a", "b")
    expected = [False, True, False, False, True, True, True, True, False, True, True, True]
    assert comparisons(t, u) == expected
    assert torch.jit.script(comparisons)(t, u) == expected
    u.set_info("a", "b")
    assert mts.equal(t, u, ignore_order=True, info=True, nested=True, dtype=True)
    with pytest.raises(torch.jit.Error, match=r"NotEqualError.*dtypes: torch.float64 and .*32"):
        mts.equal_raise(t, t.to(torch.float32), dtype=True)


def linear(t: TensorMap, u: TensorMap) -> List[TensorMap]:
    selection = Labels(["a"], torch.tensor([[2], [0]]))
    return [
        mts.add(t, u),
        mts.add(t, 3),
        mts.add(t, mts.slice(u, "samples", selection), missing="zero"),
        mts.subtract(t, u),
        mts.multiply(t, 3),
        mts.divide(t, 3),
        mts.slice(t, "samples", selection),
        mts.sort(t, descending=True),
        mts.join([t, u], "samples", add_dimension="i"),
        mts.join([t, u], "properties", add_dimension="i"),
        mts.sum_over_samples(t, "a"),
        mts.sum_over_properties(t, "p"),
    ]


@pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_gradients_of_gradients():
    plain = nested_tensor()
    t = to_torch(plain)
    u = mts.multiply(t, 2)
    results = linear(t, u)
    for one, other in zip(torch.jit.script(linear)(t, u), results, strict=True):
        mts.equal_raise(one, other, nested=True)
    sums = metatensor.sum_over_samples(plain.to(arrays="torch"), "a").to(arrays="numpy")
    metatensor.equal_raise(to_plain(results[10]), sums, nested=True)
    ordered = metatensor.sort(plain, descending=True)
    metatensor.equal_raise(to_plain(results[7]), ordered, nested=True)
    assert results[7].block(0).gradient("g").gradient("h").gradients_list() == ["k"]


DIFFERENTIABLE = [
    "add_zero",
    "add_drop",
    "subtract_zero",
    "multiply_drop",
    "divide_drop",
    "densify_fill",
    "join_other_keys",
    "einsum",
    "einsum_drop",
    "components_to_samples",
    "samples_to_components",
    "properties_to_components",
    "move_dimensions",
    "transpose_components",
    "mean_over_samples_count",
    "var_over_samples_count",
    "std_over_samples_count",
]


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradcheck(name):
    t, u = map(to_torch, two_tensors())
    t = mts.filter_blocks(t, torch_labels(["k", "l"], [[0, 1]]))
    t = mts.slice(t, "samples", torch_labels(["s"], [[1], [2]]))
    u = mts.slice(u, "samples", torch_labels(["s"], [[1], [2]]))
    u = mts.slice(u, "properties", torch_labels(["n"], [[0]]))

    def function(values, gradient):
        block = t.block(0)
        new = mts.TensorBlock(values, block.samples, block.components, block.properties)
        old = block.gradient("g")
        new.add_gradient(
            "g", mts.TensorBlock(gradient, old.samples, old.components, old.properties)
        )
        result = CASES[name](mts, torch_labels, TensorMap(t.keys, [new]), u)
        output = []
        for block in result.blocks():
            arrays = [block.values, *[gradient.values for _, gradient in block.gradients()]]
            output += [array for array in arrays if array.requires_grad]
        assert len(output) > 0
        return tuple(output)

    block = t.block(0)
    values = block.values.clone().requires_grad_()
    gradient = block.gradient("g").values.clone().requires_grad_()
    assert torch.autograd.gradcheck(function, (values, gradient), fast_mode=True)
    assert torch.autograd.gradgradcheck(function, (values, gradient), fast_mode=True)


def test_errors():
    t, u = map(to_torch, two_tensors())
    with pytest.raises(torch.jit.Error, match=r"ValueError.*invalid value 'one' for `missing`"):
        mts.add(t, u, missing="one")
    with pytest.raises(torch.jit.Error, match=r"ValueError.*do not contain \(n=1, q=0\)"):
        mts.densify(t, properties=t.block(0).properties)
