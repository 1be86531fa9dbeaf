"""What happens to labels, dtypes and arrays; empty blocks and maps; errors."""

import warnings

import metatensor as mts
import numpy as np
import pytest
from helpers import check_consistent, numpy, random_tensor
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap

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
        lambda: mts.add(tensor, 1),
        lambda: mts.add(tensor, tensor_2),
        lambda: mts.detach(tensor),
        lambda: mts.zeros_like(tensor),
        lambda: mts.sum_over_samples(tensor, "a"),
        lambda: mts.sort(tensor),
        lambda: mts.slice(tensor, "samples", Labels(["a"], np.array([[0]]))),
        lambda: mts.join([tensor, tensor_2], "samples", add_dimension="i"),
        lambda: mts.rename_dimension(tensor, "samples", "a", "b"),
        lambda: mts.is_contiguous(tensor),
        lambda: mts.multiply(tensor, tensor_2),
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


class TestErrors:
    """Errors of the operations, of the documented class and telling what is wrong."""

    def test_classes_of_arguments(self):
        tensor = random_tensor()
        block = tensor.block(0)
        keys = tensor.keys
        for function, name, expected in (
            (lambda: mts.add(3, tensor), "`A`", "TensorMap"),
            (lambda: mts.add(tensor, "a"), "`B`", "TensorMap or a number"),
            (lambda: mts.subtract(tensor, np.ones(3)), "`B`", "ndarray"),
            (lambda: mts.multiply(tensor, None), "`B`", "NoneType"),
            (lambda: mts.divide(tensor, block), "`B`", "TensorBlock"),
            (lambda: mts.pow(tensor, tensor), "`B`", "TensorMap"),
            (lambda: mts.drop_blocks(tensor, 3), "`keys`", "Labels"),
            (lambda: mts.drop_blocks(tensor, keys, 3), "`copy`", "bool"),
            (lambda: mts.filter_blocks(block, keys), "`tensor`", "TensorBlock"),
            (lambda: mts.join(tensor, "samples"), "`tensors`", "list"),
            (lambda: mts.join([tensor, 3], "samples"), "`tensors`", "int"),
            (lambda: mts.join_blocks([tensor], "samples"), "`blocks`", "TensorMap"),
            (lambda: mts.slice(block, "samples", keys), "`tensor`", "TensorBlock"),
            (lambda: mts.slice(tensor, "samples", (1, 2)), "`selection`", "tuple"),
            (lambda: mts.slice_block(block, "samples", [0.5]), "integers", "0.5"),
            (lambda: mts.slice_block(block, "samples", np.ones(2)), "integers", "float64"),
            (lambda: mts.slice_block(block, "samples", np.ones(2, bool)), "integers", "bool"),
            (lambda: mts.split(tensor, 3, []), "`axis`", "int"),
            (lambda: mts.split(tensor, "samples", (1,)), "`selections`", "tuple"),
            (lambda: mts.unique_metadata(tensor, 3, "s"), "`axis`", "int"),
            (lambda: mts.unique_metadata(tensor, "samples", 3), "`names`", "int"),
            (lambda: mts.unique_metadata(tensor, "samples", [3]), "`names`", "int"),
            (lambda: mts.unique_metadata(tensor, "samples", "s", 3), "`gradient`", "int"),
            (lambda: mts.sort(tensor, ("samples",)), "`axes`", "tuple"),
            (lambda: mts.equal(tensor, 3), "`tensor_2`", "int"),
        ):
            with pytest.raises(TypeError, match=name) as error:
                function()
            assert expected in str(error.value)

    def test_values_of_arguments(self):
        tensor = random_tensor()
        block = tensor.block(0)
        for function, text in (
            (lambda: mts.slice(tensor, "keys", tensor.keys), "keys"),
            (lambda: mts.slice(tensor, "samples", tensor.keys), "'k'"),
            (lambda: mts.slice(tensor, "properties", tensor.keys), "property name 'k'"),
            (lambda: mts.slice_block(block, "samples", np.ones((2, 2), int)), "1-dimensional"),
            (lambda: mts.join([], "samples"), "empty"),
            (lambda: mts.join([tensor], "keys"), "`axis`"),
            (lambda: mts.join([tensor, tensor], "samples", different_keys="x"), "'x'"),
            (lambda: mts.sum_over_samples(tensor, "z"), "'z'"),
            (lambda: mts.sum_over_properties(tensor, ["n", "z"]), "'z'"),
            (lambda: mts.sum_over_samples_block(block, "z"), "'z'"),
            (lambda: mts.unique_metadata(tensor, "components", "m"), "components"),
            (lambda: mts.unique_metadata(tensor, "samples", "z"), "'z'"),
            (lambda: mts.sort(tensor, "other"), "'other'"),
            (lambda: mts.sort(tensor, [5]), "5"),
            (lambda: mts.sort_block(block, "keys"), "'keys'"),
            (lambda: mts.equal_metadata(tensor, tensor, check="samples"), "samples"),
            (lambda: mts.equal_metadata(tensor, tensor, check=["samples", "x"]), "'x'"),
            (lambda: mts.zeros_like(tensor, gradients="z"), "'z' in `zeros_like`"),
            (lambda: mts.ones_like(tensor, gradients=["g", "z"]), "'z'"),
            (lambda: mts.block_from_array(np.ones(3)), r"\[3\]"),
            (lambda: mts.block_from_array(np.ones((3, 3)), ["a", "b"]), "enough dimensions"),
            (lambda: mts.block_from_array(np.ones((3, 3, 3)), None, ["a", "b"]), "does not fit"),
            (lambda: mts.append_dimension(tensor, "components", "z", 3), "components"),
            (lambda: mts.insert_dimension(tensor, "axis", 0, "z", 3), "axis"),
            (lambda: mts.append_dimension(tensor, "keys", "z", np.array([3])), "1 values for 3"),
            (lambda: mts.append_dimension(tensor, "keys", "z", [3]), "list"),
            (lambda: mts.append_dimension(tensor, "keys", "z", np.ones(3)), "float64"),
            (lambda: mts.append_dimension(tensor, "keys", "z", 2**40), "32-bit"),
            (lambda: mts.append_dimension(tensor, "keys", "z", np.full(3, 2**40)), "32-bit"),
            (lambda: mts.remove_dimension(tensor, "keys", "z"), "z"),
            (lambda: mts.rename_dimension(tensor, "samples", "z", "y"), "z"),
            (lambda: mts.one_hot(tensor.keys, tensor.keys), "2"),
            (lambda: mts.one_hot(tensor.keys, Labels.range("z", 2)), "'z'"),
            (lambda: mts.one_hot(tensor.keys, Labels.range("k", 1)), "value 1 of 'k'"),
            (lambda: mts.dot(tensor, tensor), "components"),
        ):
            with pytest.raises(ValueError, match=text):
                function()

    def test_out_of_range(self):
        tensor = random_tensor()
        for function, text in (
            (lambda: mts.insert_dimension(tensor, "samples", 42, "z", 3), "42"),
            (lambda: mts.insert_dimension(tensor, "samples", -4, "z", 3), "-4"),
            (lambda: mts.slice_block(tensor.block(0), "samples", [6]), "6"),
            (lambda: mts.slice_block(tensor.block(0), "samples", [-7]), "-7"),
        ):
            with pytest.raises(IndexError, match=text):
                function()

    def test_core_errors(self):
        tensor = random_tensor()
        for function in (
            lambda: mts.join([tensor, tensor], "samples"),
            lambda: mts.join([tensor, tensor], "properties"),
            lambda: mts.slice_block(tensor.block(0), "samples", [0, 0]),
            lambda: mts.drop_blocks(tensor, Labels(["z"], np.array([[1]]))),
            lambda: mts.unique_metadata(tensor, "samples", "sample", gradient="z"),
            lambda: mts.remove_dimension(tensor, "samples", "a"),
            lambda: mts.append_dimension(tensor, "samples", "s", 0),
        ):
            with pytest.raises(MetatensorError):
                function()

    def test_different_metadata(self):
        tensor = random_tensor()
        keys = mts.filter_blocks(tensor, Labels(["k"], np.array([[0]])))
        gradients = mts.remove_gradients(tensor, "g")
        properties = mts.sort(tensor, "properties", descending=True)
        for function, name in (
            (mts.add, "add"),
            (mts.subtract, "subtract"),
            (mts.multiply, "multiply"),
            (mts.divide, "divide"),
        ):
            with pytest.raises(mts.NotEqualError, match=f"'{name}'.*number of blocks: 3 and 2"):
                function(tensor, keys)
            with pytest.raises(mts.NotEqualError, match=f"'{name}'.*different gradients"):
                function(tensor, gradients)
            with pytest.raises(mts.NotEqualError, match=f"'{name}'.*properties"):
                function(tensor, properties)
        for function in (
            lambda: mts.dot(tensor, keys),
            lambda: mts.join([tensor, keys], "samples"),
            lambda: mts.lstsq(tensor, keys, rcond=1e-10),
            lambda: mts.lstsq(tensor, gradients, rcond=1e-10),
            lambda: mts.solve(tensor, keys),
            lambda: mts.join([tensor, gradients], "samples", add_dimension="i"),
            lambda: mts.join([tensor, properties], "samples", add_dimension="i"),
            lambda: mts.equal_raise(tensor, keys),
            lambda: mts.allclose_raise(tensor, properties),
            lambda: mts.equal_metadata_raise(tensor, gradients),
        ):
            with pytest.raises(mts.NotEqualError):
                function()

    def test_different_engines(self):
        torch = pytest.importorskip("torch")
        tensor = random_tensor()
        other = tensor.to(arrays="torch")
        assert isinstance(other.block(0).values, torch.Tensor)
        for function in (mts.add, mts.multiply, mts.equal, mts.allclose):
            with pytest.raises(TypeError, match="same kind of arrays"):
                function(tensor, other)

    def test_message_of_equal(self):
        tensor = random_tensor()
        other = tensor.copy()
        other.block(1).values[:] = 0
        with pytest.raises(mts.NotEqualError, match=r"values are not equal.*\(k=0, l=1\)"):
            mts.equal_raise(tensor, other)
        other = tensor.copy()
        other.block(2).gradient("g").values[:] = 0
        with pytest.raises(mts.NotEqualError, match=r"'g'.*close enough.*\(k=1, l=0\)"):
            mts.allclose_raise(tensor, other)
        other = mts.remove_gradients(other, "g")
        with pytest.raises(mts.NotEqualError, match="different gradients"):
            mts.equal_block_raise(tensor.block(0), other.block(0))
        assert not mts.equal_metadata(tensor, 3)
        with pytest.raises(mts.NotEqualError, match=r"`tensor_2`.*int"):
            mts.equal_metadata_raise(tensor, 3)


def test_allclose_is_not_symmetric():
    def one(value):
        return mts.block_from_array(np.array([[value]]))

    assert mts.allclose_block(one(1.0), one(2.0), rtol=0.5, atol=0.0)
    assert not mts.allclose_block(one(2.0), one(1.0), rtol=0.5, atol=0.0)
    assert mts.allclose_block(one(np.inf), one(np.inf))
    assert not mts.allclose_block(one(np.nan), one(np.nan))
    assert mts.allclose_block(one(np.nan), one(np.nan), equal_nan=True)
    assert not mts.equal_block(one(np.nan), one(np.nan))
    assert mts.equal_block(one(1.0), one(1))


def test_no_warnings_in_std():
    tensor = random_tensor(dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        single = mts.std_over_samples(mts.slice(tensor, "samples", [0]), "s")
        assert np.all(single.block(0).values == 0)
        same = mts.std_over_properties(mts.ones_like(tensor), "q")
        assert np.all(same.block(0).values == 0)


def test_sums_are_sequential():
    values = np.random.default_rng(0).normal(size=(1000, 1)) ** 9
    block = TensorBlock(
        values,
        Labels(["s", "a"], np.array([[i % 2, i] for i in range(1000)])),
        [],
        Labels.range("p", 1),
    )
    result = mts.sum_over_samples_block(block, "a").values
    for j in (0, 1):
        total = 0.0
        for value in values[j::2, 0]:
            total += value
        assert result[j, 0] == total


def test_join_permutes_names():
    block = mts.block_from_array(np.array([[[1.0], [2.0]]]), ["i", "j"])
    tensor = TensorMap(Labels.single(), [block])
    other = mts.permute_dimensions(tensor, "samples", [1, 0])
    other = mts.insert_dimension(mts.remove_dimension(other, "samples", "i"), "samples", 1, "i", 5)
    joined = mts.join([tensor, other], "samples").block()
    assert joined.samples.names == ["i", "j"]
    assert joined.samples.values.tolist() == [[0, 0], [0, 1], [5, 0], [5, 1]]
    with pytest.raises(ValueError, match="names"):
        mts.join([tensor, mts.rename_dimension(tensor, "samples", "i", "z")], "samples")


def test_join_different_property_names():
    a = mts.block_from_array(np.ones((2, 2)))
    b = mts.block_from_array(np.ones((2, 1)), property_names=["other"])
    joined = mts.join_blocks([a, b], "properties")
    assert joined.properties.names == ["joined_index", "property"]
    assert joined.properties.values.tolist() == [[0, 0], [0, 1], [1, 0]]
    with pytest.raises(ValueError, match="add_dimension"):
        mts.join_blocks([a, b], "properties", add_dimension="i")


def test_join_is_the_inverse_of_split():
    tensor = random_tensor()
    unique = mts.unique_metadata(tensor, "samples", "s")
    parts = mts.split(
        tensor, "samples", [Labels(["s"], np.array([[i]])) for i in unique.values[:, 0]]
    )
    joined = mts.sort(mts.join(parts, "samples"), ["samples"])
    assert mts.equal(joined, mts.sort(tensor, ["samples"]))


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


def test_zero_to_the_power_of_zero():
    tensor = mts.multiply(random_tensor(), 0.0)
    result = mts.pow(tensor, 0)
    assert np.all(result.block(0).values == 1)
    assert np.all(result.block(0).gradient("g").values == 0)
