"""Comparisons which ignore the order of entries, or are stricter than usual."""

import metatensor as mts
import numpy as np
import pytest
from helpers import numpy, random_tensor
from metatensor import Labels, NotEqualError, TensorBlock, TensorMap

ALL = ["samples", "components", "properties"]


def permuted_labels(labels, order, names):
    values = numpy(labels.values)[order]
    columns = list(range(len(labels.names)))
    if names:
        # the first dimension of the samples of gradients has to stay
        columns = [0, *columns[:0:-1]] if labels.names[0] == "sample" else columns[::-1]
    return Labels([labels.names[i] for i in columns], np.ascontiguousarray(values[:, columns]))


def shuffled_block(block, rng, axes, names=False, parent=None, shared=None):
    """The same block, in another order.

    :param parent: new positions of the samples of the values, for gradients
    :param shared: orders of the axes which are those of the values
    """
    labels = [block.samples, *block.components, block.properties]
    kinds = ["samples", *["components"] * len(block.components), "properties"]
    orders = []
    for i, (one, kind) in enumerate(zip(labels, kinds)):
        from_end = len(labels) - i
        if kind == "samples" or shared is None or from_end >= len(shared):
            orders.append(rng.permutation(len(one)) if kind in axes else np.arange(len(one)))
        else:
            orders.append(shared[-from_end])
    samples = block.samples
    if parent is not None:
        rows = numpy(samples.values).copy()
        rows[:, 0] = parent[rows[:, 0]]
        samples = Labels(samples.names, rows)
    new_labels = [permuted_labels(samples, orders[0], names)]
    new_labels += [permuted_labels(one, o, names) for one, o in zip(labels[1:], orders[1:])]
    values = numpy(block.values)[np.ix_(*orders)]
    new = TensorBlock(values, new_labels[0], new_labels[1:-1], new_labels[-1])
    for parameter, gradient in reversed(list(block.gradients())):
        inverse = np.argsort(orders[0])
        new.add_gradient(parameter, shuffled_block(gradient, rng, axes, names, inverse, orders))
    return new


def shuffled(tensor, axes=ALL, names=False, seed=0):
    rng = np.random.default_rng(seed)
    blocks = [shuffled_block(block, rng, axes, names) for block in tensor]
    order = rng.permutation(len(blocks))
    keys = permuted_labels(tensor.keys, order, names)
    return TensorMap(keys, [blocks[i] for i in order])


@pytest.fixture(params=["numpy", "torch"])
def arrays(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


@pytest.mark.parametrize("axes", [ALL, ["samples"], ["components"], ["properties"]])
def test_order_of_axes(axes, arrays):
    tensor = random_tensor(0)
    other = shuffled(tensor, axes).to(arrays=arrays)
    tensor = tensor.to(arrays=arrays)
    for function in (mts.equal, mts.allclose, mts.equal_metadata):
        assert not function(tensor, other)
        assert function(tensor, other, ignore_order=axes)
        assert function(tensor, other, ignore_order=True)
        assert function(other, tensor, ignore_order=[*axes, "names"])
        for axis in axes:
            fewer = [other_axis for other_axis in ALL if other_axis != axis]
            assert not function(tensor, other, ignore_order=fewer)
    mts.equal_raise(tensor, other, ignore_order=axes)
    mts.allclose_raise(tensor, other, ignore_order=axes)
    mts.equal_metadata_raise(tensor, other, ignore_order=axes)
    block, other_block = tensor.block({"k": 0, "l": 1}), other.block({"k": 0, "l": 1})
    for name in ("equal", "allclose", "equal_metadata"):
        assert not getattr(mts, f"{name}_block")(block, other_block)
        assert getattr(mts, f"{name}_block")(block, other_block, ignore_order=axes)
        getattr(mts, f"{name}_block_raise")(block, other_block, ignore_order=True)


def test_names():
    tensor = random_tensor(0)
    other = shuffled(tensor, names=True)
    assert other.sample_names == ["a", "s"]
    for function in (mts.equal, mts.allclose, mts.equal_metadata):
        assert not function(tensor, other, ignore_order=True)
        assert function(tensor, other, ignore_order=[*ALL, "names"])
        in_order = shuffled(tensor, [], names=True)
        assert function(tensor, in_order, ignore_order=["names"])


def test_every_number_counts():
    # changing any element makes tensors different, whatever the order
    tensor = random_tensor(0, n_blocks=2)
    for i, original in enumerate(tensor):
        for parameter in (None, "g", "positions"):
            array = original.values if parameter is None else original.gradient(parameter).values
            for j in range(0, array.size, 5):
                blocks = [block.copy() for block in tensor]
                block = blocks[i] if parameter is None else blocks[i].gradient(parameter)
                block.values.reshape(-1)[j] += 1e-3
                changed = shuffled(TensorMap(tensor.keys, blocks))
                assert not mts.equal(tensor, changed, ignore_order=True)
                assert not mts.allclose(tensor, changed, ignore_order=True)
                assert mts.allclose(tensor, changed, atol=1e-2, ignore_order=True)
                assert mts.equal_metadata(tensor, changed, ignore_order=True)


def test_different_entries():
    tensor = random_tensor(0)
    other = mts.slice(tensor, "samples", [*range(1, 6), 0])
    block = other.block(0)
    row = numpy(tensor.block(0).samples.values)[2].copy()
    values = numpy(block.samples.values).copy()
    values[1] = [99, 98]
    changed = TensorBlock(
        block.values, Labels(["s", "a"], values), block.components, block.properties
    )
    one = mts.remove_gradients_block(tensor.block(0))
    with pytest.raises(
        NotEqualError, match=rf"samples.*only the first ones have \(s={row[0]}, a={row[1]}\)"
    ):
        mts.equal_block_raise(one, changed, ignore_order=True)
    longer = TensorBlock(
        np.concatenate([block.values, block.values[:1]]),
        Labels(["s", "a"], np.concatenate([block.samples.values, [[99, 98]]])),
        block.components,
        block.properties,
    )
    with pytest.raises(NotEqualError, match=r"only the second ones have \(s=99, a=98\)"):
        mts.equal_metadata_block_raise(one, longer, ignore_order=True)
    with pytest.raises(NotEqualError, match="different shapes"):
        mts.equal_block_raise(one, longer, ignore_order=True)
    with pytest.raises(
        NotEqualError, match=r"with respect to 'g'.*the block with key \(k=0, l=0\)"
    ):
        mts.equal_raise(tensor, _with_other_gradients(tensor), ignore_order=True)
    with pytest.raises(ValueError, match="invalid 'keys' in `ignore_order` of `equal`"):
        mts.equal(tensor, tensor, ignore_order=["keys"])
    with pytest.raises(ValueError, match="`ignore_order` of `allclose_block`"):
        mts.allclose_block(one, one, ignore_order=["all"])


def _with_other_gradients(tensor):
    other = shuffled(tensor)
    blocks = []
    for block in other:
        new = mts.remove_gradients_block(block)
        for parameter, gradient in block.gradients():
            samples = numpy(gradient.samples.values).copy()
            samples[0, 1] = 77
            new.add_gradient(
                parameter,
                TensorBlock(
                    gradient.values,
                    Labels(gradient.samples.names, samples),
                    gradient.components,
                    gradient.properties,
                ),
            )
        blocks.append(new)
    return TensorMap(other.keys, blocks)


def test_check_of_metadata():
    tensor = random_tensor(0)
    other = shuffled(tensor)
    assert mts.equal_metadata(tensor, other, check=["properties"], ignore_order=["properties"])
    assert mts.equal_metadata(tensor, other, ["samples"], ignore_order=["samples"])
    plain = mts.remove_gradients(other)
    assert not mts.equal_metadata(tensor, plain, ignore_order=True)
    assert mts.equal_metadata(tensor, plain, check_gradients=False, ignore_order=True)


def nested(value):
    block = mts.remove_gradients_block(random_tensor(0).block(1))
    gradient = TensorBlock(
        block.values, Labels.range("sample", 7), block.components, block.properties
    )
    second = TensorBlock(
        np.full((2, 3, 3), value),
        Labels(["sample"], np.array([[2], [1]])),
        block.components,
        block.properties,
    )
    gradient.add_gradient("h", second)
    block.add_gradient("g", gradient)
    return TensorMap(Labels.single(), [block])


def test_nested():
    one, other = nested(1.0), nested(2.0)
    assert mts.equal(one, other)
    assert not mts.equal(one, other, nested=True)
    assert mts.equal(one, nested(1.0), nested=True)
    with pytest.raises(NotEqualError, match="respect to 'g/h': the values are not equal"):
        mts.equal_raise(one, other, nested=True)
    with pytest.raises(NotEqualError, match="respect to 'g': different gradients"):
        mts.equal_block_raise(one.block(), _without_nested(one.block()), nested=True)
    mixed = shuffled(one)
    assert mts.equal(one, mixed, ignore_order=True)
    assert mts.equal(one, mixed, ignore_order=True, nested=True)
    assert not mts.equal(one, shuffled(other), ignore_order=True, nested=True)


def _without_nested(block):
    new = mts.remove_gradients_block(block)
    gradient = block.gradient("g")
    new.add_gradient("g", mts.remove_gradients_block(gradient))
    return new


def test_dtype(arrays):
    one = random_tensor(0, dtype=np.int64).to(arrays=arrays)
    floats = random_tensor(0, dtype=np.int64).to(dtype="float64")
    other = floats.to(arrays=arrays)
    assert mts.equal(one, other)
    assert not mts.equal(one, other, dtype=True)
    assert mts.equal(one, one.copy(), dtype=True)
    with pytest.raises(NotEqualError, match=r"dtypes: \S*int64 and \S*float64, for the block"):
        mts.equal_raise(one, other, dtype=True)
    with pytest.raises(NotEqualError, match="different dtypes"):
        mts.equal_block_raise(one.block(0), other.block(0), dtype=True)


def test_info():
    one, other = random_tensor(0), random_tensor(0)
    one.set_info("a", "b")
    assert mts.equal(one, other)
    with pytest.raises(NotEqualError, match="only the first tensor has 'a' in its info"):
        mts.equal_raise(one, other, info=True)
    assert not mts.equal(other, one, info=True)
    other.set_info("a", "c")
    with pytest.raises(NotEqualError, match="'a' is different in the info: 'b' and 'c'"):
        mts.equal_raise(one, other, info=True)
    other.set_info("a", "b")
    assert mts.equal(one, other, info=True)


def test_empty_blocks():
    tensor = random_tensor(0, empty=("samples", "properties"))
    assert mts.equal(tensor, shuffled(tensor), ignore_order=True)
    empty = TensorMap(Labels.empty(["k"]), [])
    assert mts.equal(empty, empty.copy(), ignore_order=True, nested=True, dtype=True)
