"""Arithmetic of tensors which do not have the same metadata, compared with dictionaries."""

import itertools

import metatensor as mts
import numpy as np
import pytest
from dictionaries import gradients_of, rows, values_of
from helpers import check_consistent, numpy, parametrized_tensor, random_tensor
from metatensor import Labels, NotEqualError, TensorBlock, TensorMap
from test_finite_differences import check


@pytest.fixture(params=["numpy", "torch"])
def arrays(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


def pairs(arrays):
    """Pairs of tensors which differ in everything."""
    a, b = random_tensor(0), random_tensor(5, n_blocks=4)
    part = mts.drop_blocks(b, Labels(["k", "l"], np.array([[0, 1]])))
    reordered = mts.filter_blocks(a, Labels(["k", "l"], np.array([[1, 0], [0, 0]])))
    without = mts.remove_gradients(b, "positions")
    empty = mts.filter_blocks(a, Labels(["k", "l"], np.array([[9, 9]])))
    integers = random_tensor(3, dtype=np.int64)
    no_samples = random_tensor(4, empty=("samples", "properties"))
    no_gradients = mts.remove_gradients(a)
    cases = [(a, b), (b, a), (a, a), (reordered, part), (a, without), (without, a)]
    cases += [(a, empty), (empty, a), (integers, part), (no_samples, b), (b, no_samples)]
    cases += [(no_gradients, part), (no_gradients, mts.remove_gradients(b)), (empty, empty)]
    return [(x.to(arrays=arrays), y.to(arrays=arrays)) for x, y in cases]


def row_factors(gradients, values):
    """For each element of the gradients, the value which it is multiplied with."""
    output = {}
    for name, key, sample, *other in gradients:
        n_components = len(next(iter(values))) - 3
        entry = (key, sample[0], *other[len(other) - 1 - n_components :])
        output[(name, key, sample, *other)] = values[entry]
    return output


def entries(tensor):
    """Entries of all blocks, as sets."""
    return {
        key: (set(rows(block.samples)), set(rows(block.properties)))
        for key, block in zip(rows(tensor.keys), tensor)
    }


def approximately(numbers):
    return pytest.approx({k: v for k, v in numbers.items() if v != 0}, rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("sign", [1, -1], ids=["add", "subtract"])
def test_missing_is_zero(arrays, sign):
    for a, b in pairs(arrays):
        result = (mts.add if sign == 1 else mts.subtract)(a, b, missing="zero")
        check_consistent(result)
        for function in (values_of, gradients_of):
            x, y = function(a), function(b)
            expected = {key: x.get(key, 0) + sign * y.get(key, 0) for key in {**x, **y}}
            found = {key: value for key, value in function(result).items() if value != 0}
            assert found == approximately(expected)
        x, y, found = entries(a), entries(b), entries(result)
        assert list(found) == [*x, *(key for key in y if key not in x)]
        for key, (samples, properties) in found.items():
            assert samples == x.get(key, [set()])[0] | y.get(key, [set()])[0]
            assert properties == x.get(key, [0, set()])[1] | y.get(key, [0, set()])[1]


def naive_drop(name, a, b):
    """Values, gradients and entries of an operation on what both tensors have."""
    x, y = values_of(a), values_of(b)
    functions = {
        "add": lambda u, v: u + v,
        "subtract": lambda u, v: u - v,
        "multiply": lambda u, v: u * v,
        "divide": lambda u, v: u / v,
    }
    values = {key: functions[name](x[key], y[key]) for key in x if key in y}
    dx, dy = gradients_of(a), gradients_of(b)
    gradients = {}
    for entry in {**dx, **dy}:
        _, key, sample, *other = entry
        n_components = len(next(iter(x or y))) - 3
        where = (key, sample[0], *other[len(other) - 1 - n_components :])
        if where not in values:
            continue
        u, v, du, dv = x[where], y[where], dx.get(entry, 0), dy.get(entry, 0)
        gradients[entry] = {
            "add": du + dv,
            "subtract": du - dv,
            "multiply": u * dv + v * du,
            "divide": du / v - u * dv / v**2,
        }[name]
    return values, gradients


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
def test_missing_is_dropped(arrays, name):
    for a, b in pairs(arrays):
        result = getattr(mts, name)(a, b, missing="drop")
        check_consistent(result)
        values, gradients = naive_drop(name, a, b)
        assert values_of(result) == pytest.approx(values, rel=1e-13)
        found = {key: value for key, value in gradients_of(result).items() if value != 0}
        assert found == approximately(gradients)
        x, y, found = entries(a), entries(b), entries(result)
        assert list(found) == [key for key in x if key in y]
        for i, key in enumerate(found):
            block = result.block(i)
            first = a.block(dict(zip(a.keys.names, key)))
            for axis, all_entries in zip(("samples", "properties"), y[key]):
                expected = [row for row in rows(getattr(first, axis)) if row in all_entries]
                assert rows(getattr(block, axis)) == expected


def test_products_with_zero(arrays):
    for a, b in pairs(arrays):
        first = mts.multiply(a, b, missing="zero")
        mts.equal_raise(first, mts.multiply(a, b, missing="drop"))


def test_order_of_union(arrays):
    a, b = pairs(arrays)[0]
    block = mts.add(a, b, missing="zero").block(0)
    for axis in ("samples", "properties"):
        one, other = (rows(getattr(t.block(0), axis)) for t in (a, b))
        assert rows(getattr(block, axis)) == one + [row for row in other if row not in one]


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
def test_same_metadata(arrays, name):
    # the fast path: the result has the structure of the first tensor
    a = random_tensor(1).to(arrays=arrays)
    function = getattr(mts, name)
    for missing in ("zero", "drop") if name != "divide" else ("drop",):
        result = function(a, a, missing=missing)
        mts.equal_raise(result, function(a, a))
        assert result.block(1).samples is a.block(1).samples


def test_all_blocks_have_one_dtype(arrays):
    integers = random_tensor(3, n_blocks=2, dtype=np.int64).to(arrays=arrays)
    floats = random_tensor(5, n_blocks=4).to(arrays=arrays)
    for a, b in itertools.permutations([integers, floats]):
        dtypes = {block.dtype for block in mts.add(a, b, missing="zero")}
        assert dtypes == {floats.dtype}
    both = mts.subtract(integers, integers, missing="zero")
    assert {block.dtype for block in mts.subtract(integers, integers)} == {both.dtype}


def test_finite_differences():
    def part(t):
        # the samples come in another order, and some of the properties
        sliced = mts.slice(t, "samples", [4, 1, 7])
        return mts.slice(mts.pow(sliced, 2), "properties", [0, 2])

    def to_torch(array):
        return pytest.importorskip("torch").from_numpy(array)

    for array in (np.asarray, to_torch):
        check(lambda t: mts.add(t, part(t), missing="zero"), array, parametrized_tensor)
        check(lambda t: mts.subtract(part(t), t, missing="zero"), array, parametrized_tensor)
        for name in ("add", "multiply", "divide"):
            function = getattr(mts, name)
            check(
                lambda t, function=function: function(t, part(t), missing="drop"),
                array,
                parametrized_tensor,
            )


def test_errors():
    a = random_tensor(0)
    with pytest.raises(ValueError, match="invalid value 'one' for `missing` in `add`"):
        mts.add(a, a, missing="one")
    with pytest.raises(ValueError, match=r"in `divide`, it must be one of \['error', 'drop'\]"):
        mts.divide(a, a, missing="zero")
    with pytest.raises(
        NotEqualError, match=r"'add' have different names of the keys: \['k', 'l'\]"
    ):
        mts.add(a, mts.rename_dimension(a, "keys", "k", "z"), missing="zero")
    for axis in ("samples", "properties", "components"):
        names = {"samples": "s", "properties": "n", "components": "m"}
        other = mts.rename_dimension(a, axis, names[axis], "z")
        with pytest.raises(NotEqualError, match=f"'multiply' have different names of the {axis}"):
            mts.multiply(a, other, missing="drop")

    def with_components(values, gradient_values):
        block = TensorBlock(
            np.ones((1, 2, 1)),
            Labels.range("s", 1),
            [Labels(["c"], np.array(values))],
            Labels.range("p", 1),
        )
        gradient = TensorBlock(
            np.ones((1, 2, 2, 1)),
            Labels.range("sample", 1),
            [Labels(["e"], np.array(gradient_values)), *block.components],
            block.properties,
        )
        block.add_gradient("g", gradient)
        return TensorMap(Labels(["key"], np.array([[3]])), [block])

    one = with_components([[0], [1]], [[0], [1]])
    with pytest.raises(
        NotEqualError,
        match=r"'subtract'.*entry 0 is \(c=0\) and \(c=1\), for the block with key \(key=3\)",
    ):
        mts.subtract(one, with_components([[1], [0]], [[0], [1]]), missing="zero")
    with pytest.raises(NotEqualError, match=r"with respect to 'g': .*entry 0 is .*\(key=3\)"):
        mts.subtract(one, with_components([[0], [1]], [[1], [0]]), missing="zero")
    other = mts.remove_gradients(one)
    gradient = TensorBlock(
        np.ones((1, 2, 1)),
        Labels(["sample", "z"], np.array([[0, 0]])),
        *[getattr(other.block(), axis) for axis in ("components", "properties")],
    )
    block = other.block().copy()
    block.add_gradient("g", gradient)
    with pytest.raises(NotEqualError, match="respect to 'g'"):
        mts.add(one, TensorMap(one.keys, [block]), missing="zero")


# ------------------------------------------------------------------------- densify
def test_densify(arrays):
    for empty in ((), ("samples", "properties")):
        tensor = random_tensor(0, empty=empty).to(arrays=arrays)
        samples = tensor.block(0).samples
        properties = tensor.block(0).properties
        for block in tensor:
            samples, properties = (
                samples.union(block.samples),
                properties.union(block.properties),
            )
        for given in (("union", "union"), (samples, properties)):
            dense = mts.densify(tensor, *given)
            check_consistent(dense)
            assert all(block.samples == samples for block in dense)
            assert all(block.properties == properties for block in dense)
            assert gradients_of(dense) == gradients_of(tensor)
            old, new = values_of(tensor), values_of(dense)
            assert {k: v for k, v in new.items() if v != 0} == old
        kept = mts.densify(tensor, samples="keep", properties="keep")
        mts.equal_raise(kept, tensor)
        assert kept.block(1).values is tensor.block(1).values
        filled = mts.densify(tensor, fill_value=3.5)
        assert gradients_of(filled) == gradients_of(tensor)
        assert {k: v for k, v in values_of(filled).items() if v != 3.5} == old
        only_samples = mts.densify(tensor, properties="keep")
        assert only_samples.block(1).properties is tensor.block(1).properties
        mts.equal_raise(mts.densify(only_samples, samples="keep"), dense)


def test_sparsify(arrays):
    tensor = random_tensor(0).to(arrays=arrays)
    dense = mts.densify(tensor, fill_value=2.5)
    sparse = mts.sparsify(dense, fill_value=2.5)
    check_consistent(sparse)
    assert values_of(sparse) == values_of(tensor)
    assert gradients_of(sparse) == gradients_of(tensor)
    assert values_of(mts.sparsify(mts.multiply(tensor, 0))) == {}
    # samples with the right value and a gradient stay
    constant = mts.sparsify(mts.add(mts.multiply(mts.remove_gradients(tensor), 0), 1), 1.0)
    assert values_of(constant) == {}
    one = mts.add(mts.subtract(tensor, tensor), tensor)
    zero = [mts.multiply(mts.remove_gradients(tensor), 0).block(i).values for i in range(3)]
    blocks = []
    for values, block in zip(zero, one):
        new = TensorBlock(values, block.samples, block.components, block.properties)
        for parameter, gradient in block.gradients():
            new.add_gradient(parameter, gradient.copy())
        blocks.append(new)
    sparse = mts.sparsify(TensorMap(one.keys, blocks))
    assert gradients_of(sparse) == gradients_of(tensor)
    for i, block in enumerate(sparse):
        used = {
            int(row[0])
            for _, gradient in one.block(i).gradients()
            for row in numpy(gradient.samples.values)
        }
        assert len(block.samples) == len(used)


def test_empty_maps():
    empty = TensorMap(Labels.empty(["k"]), [])
    assert len(mts.densify(empty)) == len(mts.sparsify(empty)) == 0


def test_errors_of_densify():
    a = random_tensor(0)
    with pytest.raises(ValueError, match="invalid value 'all' for `samples` in `densify`"):
        mts.densify(a, samples="all")
    with pytest.raises(ValueError, match=r"`densify` have the names \['z'\].*\['n', 'q'\]"):
        mts.densify(a, properties=Labels.range("z", 2))
    with pytest.raises(
        ValueError,
        match=r"properties.*do not contain \(n=1, q=0\) of the block with key \(k=0, l=1\)",
    ):
        mts.densify(a, properties=a.block(0).properties)
    with pytest.raises(TypeError, match="`samples` must be a metatensor Labels"):
        mts.densify(a, samples=3)
