"""What happens to labels, dtypes and arrays; empty blocks and maps."""

import metatensor as mts
import numpy as np
import pytest
from helpers import check_consistent, numpy, random_tensor
from metatensor import Labels, TensorBlock, TensorMap

UNARY = {
    "abs": mts.abs,
    "add": lambda t: mts.add(t, 1.5),
    "subtract": lambda t: mts.subtract(t, 1.5),
    "multiply": lambda t: mts.multiply(t, -2),
    "divide": lambda t: mts.divide(t, 4),
    "pow": lambda t: mts.pow(t, 2),
    "detach": mts.detach,
    "zeros_like": mts.zeros_like,
    "ones_like": mts.ones_like,
    "empty_like": mts.empty_like,
    "random_uniform_like": mts.random_uniform_like,
    "make_contiguous": mts.make_contiguous,
    "add_map": lambda t: mts.add(t, t),
    "subtract_map": lambda t: mts.subtract(t, t),
    "multiply_map": lambda t: mts.multiply(t, t),
    "divide_map": lambda t: mts.divide(t, mts.add(mts.abs(t), 1.0)),
}
AXES = {
    "sum_over_samples": lambda t: mts.sum_over_samples(t, "s"),
    "mean_over_samples": lambda t: mts.mean_over_samples(t, ["s"]),
    "var_over_samples": lambda t: mts.var_over_samples(t, ("s",)),
    "std_over_samples": lambda t: mts.std_over_samples(t, "s"),
    "sum_over_properties": lambda t: mts.sum_over_properties(t, "q"),
    "std_over_properties": lambda t: mts.std_over_properties(t, "q"),
    "sort": mts.sort,
    "slice": lambda t: mts.slice(t, "samples", Labels(["s"], np.array([[1]]))),
    "slice_properties": lambda t: mts.slice(t, "properties", Labels(["n"], np.array([[1]]))),
    "split": lambda t: mts.split(t, "samples", [[], Labels(["s"], np.array([[1]]))])[0],
    "join": lambda t: mts.join([t, t], "samples", add_dimension="i"),
    "join_properties": lambda t: mts.join([t, t], "properties", add_dimension="i"),
    "append_dimension": lambda t: mts.append_dimension(t, "samples", "new", 3),
    "rename_dimension": lambda t: mts.rename_dimension(t, "properties", "n", "m"),
    "remove_gradients": mts.remove_gradients,
    "drop_empty_blocks": mts.drop_empty_blocks,
}


@pytest.fixture(params=["numpy", "torch"])
def make(request):
    """Makes random tensors with one of the engines."""
    if request.param == "numpy":
        return random_tensor
    pytest.importorskip("torch")
    return lambda *args, **kwargs: random_tensor(*args, **kwargs).to(arrays="torch")


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_same_metadata_and_dtype(name, dtype, make):
    tensor = make(dtype=dtype)
    result = UNARY[name](tensor)
    assert mts.equal_metadata(result, tensor)
    assert result.keys is tensor.keys
    assert result.dtype == tensor.dtype
    for i in range(len(tensor)):
        assert result.block(i).samples is tensor.block(i).samples
        assert not result.block(i).is_view or result.block(i).gradient("g").is_view


@pytest.mark.parametrize("empty", [(), ("samples",), ("properties",), ("gradients",)])
@pytest.mark.parametrize("name", {**UNARY, **AXES})
def test_results_are_consistent(name, empty, make):
    tensor = make(empty=empty)
    result = {**UNARY, **AXES}[name](tensor)
    check_consistent(result)
    assert result.dtype == tensor.dtype
    dropped = name == "drop_empty_blocks" and empty in (("samples",), ("properties",))
    assert len(result) == (2 if dropped else 3)


@pytest.mark.parametrize("name", {**UNARY, **AXES})
def test_no_blocks(name, make):
    if "over_" in name:
        pytest.skip("there are no dimensions to reduce over")
    tensor = make(n_blocks=0)
    result = {**UNARY, **AXES}[name](tensor)
    assert len(result) == 0
    assert result.keys.names == ["k", "l"]


def test_reductions_without_blocks():
    tensor = random_tensor(n_blocks=0)
    assert len(mts.sum_over_samples(tensor, [])) == 0
    with pytest.raises(ValueError, match="'s'"):
        mts.sum_over_samples(tensor, "s")


def test_unique_metadata_without_blocks():
    unique = mts.unique_metadata(random_tensor(n_blocks=0), "samples", ["s", "a"])
    assert unique.names == ["s", "a"]
    assert len(unique) == 0


def test_map_with_empty_and_full_blocks():
    tensor = random_tensor(empty=["samples"])
    result = mts.sum_over_samples(tensor, ["s", "a"])
    assert result.sample_names == ["_"]
    assert result.block(0).values.shape[0] == 0
    assert result.block(1).samples == Labels.single()


@pytest.mark.parametrize("name", {**UNARY, **AXES})
def test_input_is_not_modified(name, make):
    tensor = make()
    before = tensor.copy()
    {**UNARY, **AXES}[name](tensor)
    assert mts.equal(tensor, before)


def test_integers(make):
    tensor = make(dtype=np.int64)
    assert mts.add(tensor, tensor).dtype == tensor.dtype
    assert mts.multiply(tensor, tensor).dtype == tensor.dtype
    assert mts.sum_over_samples(tensor, "s").dtype == tensor.dtype
    for result in (
        mts.add(tensor, 1),
        mts.subtract(tensor, tensor),
        mts.divide(tensor, tensor),
        mts.divide(tensor, 2),
        mts.pow(tensor, 2),
        mts.mean_over_samples(tensor, "s"),
        mts.var_over_properties(tensor, "q"),
        mts.std_over_samples(tensor, "s"),
    ):
        assert "float" in str(result.dtype)
        assert result.block(0).gradient("g").dtype == result.dtype


def test_mixed_types(make):
    floats, integers = make(), make(dtype=np.int64)
    total = mts.add(integers, floats)
    assert total.dtype == floats.dtype
    expected = numpy(integers.block(0).values) + numpy(floats.block(0).values)
    np.testing.assert_array_equal(numpy(total.block(0).values), expected)
    joined = mts.join([integers, floats], "samples", add_dimension="i")
    assert joined.dtype == floats.dtype
    np.testing.assert_array_equal(numpy(joined.block(0).values)[6:], numpy(floats.block(0).values))


def test_complex_abs(make):
    tensor = make()
    tensor = tensor.to(dtype=np.complex128 if make is random_tensor else _torch().complex128)
    phase = mts.multiply(tensor, -1)
    result = mts.abs(phase)
    assert result.dtype == tensor.dtype
    np.testing.assert_allclose(numpy(result.block(0).values), numpy(tensor.block(0).values))
    zero = mts.abs(mts.multiply(tensor, 0.0))
    assert np.all(numpy(zero.block(0).gradient("g").values) == 0)


def _torch():
    return pytest.importorskip("torch")


def test_shared_arrays():
    tensor = random_tensor()
    values = tensor.block(0).values
    gradient = tensor.block(0).gradient("g").values
    assert mts.add(tensor, 1.0).block(0).gradient("g").values is gradient
    for function in (
        mts.detach,
        mts.make_contiguous,
        lambda t: mts.rename_dimension(t, "keys", "k", "o"),
        lambda t: mts.filter_blocks(t, t.keys),
        lambda t: mts.sort(t, "keys"),
        lambda t: mts.sort(t, []),
    ):
        assert function(tensor).block(0).values is values
        assert function(tensor).block(0).gradient("g").values is gradient
    assert mts.remove_gradients(tensor).block(0).values is values
    copied = mts.filter_blocks(tensor, tensor.keys, copy=True)
    assert not np.shares_memory(copied.block(0).values, values)


def test_nested_gradients():
    tensor = random_tensor(n_blocks=1)
    block = tensor.block(0).copy()
    gradient = mts.remove_gradients_block(block.gradient("g"))
    nested = TensorBlock(
        np.ones((1, *gradient.values.shape[1:])),
        Labels(["sample"], np.array([[0]])),
        gradient.components,
        gradient.properties,
    )
    gradient.add_gradient("again", nested)
    block = mts.remove_gradients_block(block)
    block.add_gradient("g", gradient)
    tensor = TensorMap(Labels.single(), [block])
    tensor_2 = TensorMap(Labels.single(), [block.copy()])
    for function in (
        lambda: mts.mean_over_samples(tensor, "a"),
        lambda: mts.abs(tensor),
        lambda: mts.divide(tensor, tensor_2),
        lambda: mts.multiply(tensor, tensor_2, missing="drop"),
    ):
        with pytest.raises(NotImplementedError, match="gradients of gradients"):
            function()
    assert mts.equal(tensor, tensor_2)
    assert (
        mts.filter_blocks(tensor, tensor.keys, copy=True)
        .block()
        .gradient("g")
        .has_gradient("again")
    )
    assert mts.remove_gradients(tensor, "g").block().gradients_list() == []


def test_remove_gradients_by_string():
    tensor = random_tensor()
    assert mts.remove_gradients(tensor, "g").block(0).gradients_list() == ["positions"]
    assert mts.remove_gradients(tensor, ["positions", "no"]).block(0).gradients_list() == ["g"]
    assert mts.remove_gradients(tensor, "positions and g").block(0).gradients_list() == [
        "g",
        "positions",
    ]


def test_rename_dimension_called_sample():
    block = mts.block_from_array(np.ones((2, 2)))
    gradient = TensorBlock(
        np.ones((1, 2)), Labels(["sample", "x"], np.array([[0, 1]])), [], block.properties
    )
    block.add_gradient("g", gradient)
    tensor = TensorMap(Labels.single(), [block])
    renamed = mts.rename_dimension(tensor, "samples", "sample", "atom").block()
    assert renamed.samples.names == ["atom"]
    assert renamed.gradient("g").samples.names == ["sample", "x"]
