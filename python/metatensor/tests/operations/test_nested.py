"""Gradients of gradients in linear operations."""

import metatensor as mts
import numpy as np
import pytest
from dictionaries import rows
from helpers import numpy
from metatensor import Labels, NotEqualError, TensorBlock, TensorMap


def nested_tensor(seed=0, n_blocks=2, depth=3):
    """Blocks with gradients of gradients of gradients, and another gradient."""
    rng = np.random.default_rng(seed)
    blocks = []
    for i in range(n_blocks):
        properties = Labels.range("p", 2 + i)
        order = rng.permutation(6)[: 4 + i]
        samples = Labels(["s", "a"], np.stack([order % 2, order // 2], axis=1))
        component = Labels(["c"], np.array([[1], [-1]]))
        block = TensorBlock(
            rng.integers(-9, 9, (4 + i, 2, 2 + i)).astype(float), samples, [component], properties
        )
        _add_gradient(block, rng, ["g", "h", "k"][:depth], 0)
        _add_gradient(block, rng, ["other"], 0)
        blocks.append(block)
    return TensorMap(Labels.range("key", n_blocks), blocks)


def _add_gradient(block, rng, names, level):
    n_rows = 5
    which = np.sort(rng.permutation(3 * len(block.samples))[:n_rows])
    labels = Labels(["sample", "atom"], np.stack([which // 3, which % 3 + level], axis=1))
    axes = [Labels.range(f"xyz_{level}", 2), *block.components]
    shape = [n_rows, *map(len, axes), len(block.properties)]
    values = rng.integers(-9, 9, shape).astype(float)
    gradient = TensorBlock(values, labels, axes, block.properties)
    if len(names) > 1:
        _add_gradient(gradient, rng, names[1:], level + 1)
    block.add_gradient(names[0], gradient)


def elements(tensor):
    """Columns of the arrays of all levels, by path, key, what describes the row, and property."""
    output = {}
    for key, block in zip(rows(tensor.keys), tensor):
        _collect(output, key, block, (), rows(block.samples))
    return output


def _collect(output, key, block, path, samples):
    for row, array in zip(samples, numpy(block.values)):
        flat = array.reshape(-1, array.shape[-1])
        for j, prop in enumerate(rows(block.properties)):
            where = (path, key, row, prop)
            assert where not in output
            output[where] = flat[:, j]
    for name, gradient in block.gradients():
        described = [(*samples[r], *other) for r, *other in rows(gradient.samples)]
        assert len({tuple(r) for r in rows(gradient.samples)}) == len(gradient.samples)
        _collect(output, key, gradient, (*path, name), described)


def check_equal(found, expected):
    assert found.keys() == expected.keys()
    for key, value in found.items():
        np.testing.assert_allclose(value, expected[key], rtol=1e-12, err_msg=str(key))


@pytest.fixture(params=["numpy", "torch"])
def arrays(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


def test_scaling(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    expected = elements(tensor)
    for result, factor in ((mts.multiply(tensor, 3), 3), (mts.divide(tensor, 2), 0.5)):
        check_equal(elements(result), {key: factor * value for key, value in expected.items()})
        assert mts.equal_metadata(result, tensor)
        assert result.block(0).gradients_list() == ["g", "other"]
    shifted = elements(mts.add(tensor, 1.5))
    check_equal(shifted, {k: v + (1.5 if k[0] == () else 0) for k, v in expected.items()})


def test_sums(arrays):
    a, b = nested_tensor(0).to(arrays=arrays), mts.multiply(nested_tensor(0).to(arrays=arrays), 3)
    expected = elements(a)
    check_equal(elements(mts.add(a, b)), {key: 4 * value for key, value in expected.items()})
    check_equal(elements(mts.subtract(a, b)), {key: -2 * value for key, value in expected.items()})
    with pytest.raises(NotEqualError, match="different gradients"):
        mts.add(a, nested_tensor(0, depth=2).to(arrays=arrays))
    # other samples
    c = nested_tensor(5).to(arrays=arrays)
    x, y = elements(a), elements(c)
    total = elements(mts.add(a, c, missing="zero"))
    zero = {key: 0 * value for key, value in total.items()}
    check_equal(total, {k: x.get(k, zero[k]) + y.get(k, zero[k]) for k in total})
    assert total.keys() >= x.keys() | y.keys()


def test_slice_and_split(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    expected = elements(tensor)
    selection = Labels(["a"], np.array([[2], [0]]))
    result = mts.slice(tensor, "samples", selection)
    check_equal(elements(result), {k: v for k, v in expected.items() if k[2][1] in (0, 2)})
    assert mts.equal(mts.split(tensor, "samples", [selection])[0], result, nested=True)
    part = mts.slice(tensor, "properties", Labels(["p"], np.array([[1]])))
    check_equal(elements(part), {k: v for k, v in expected.items() if k[3] == (1,)})
    block = mts.slice_block(tensor.block(0), "samples", [2, 0])
    assert block.gradient("g").gradients_list() == ["h"]


def test_sort(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    for descending in (False, True):
        result = mts.sort(tensor, ["samples", "properties"], descending)
        check_equal(elements(result), elements(tensor))
        assert mts.equal(tensor, result, ignore_order=True, nested=True)
        block = result.block(1)
        for one in (block, block.gradient("g"), block.gradient("g").gradient("h")):
            entries = rows(one.samples)
            assert entries == sorted(entries, reverse=descending)
    everything = mts.sort(tensor, descending=True)
    assert mts.equal(tensor, everything, ignore_order=True, nested=True)


def test_join(arrays):
    a, b = nested_tensor(0).to(arrays=arrays), nested_tensor(7).to(arrays=arrays)
    joined = mts.join([a, b], "samples", add_dimension="i")
    expected = {}
    for i, tensor in enumerate((a, b)):
        for (path, key, row, prop), value in elements(tensor).items():
            expected[(path, key, (*row[:2], i, *row[2:]), prop)] = value
    check_equal(elements(joined), expected)
    c = mts.multiply(a, 2)
    joined = mts.join([a, c], "properties", add_dimension="i")
    expected = {}
    for i, tensor in enumerate((a, c)):
        for (path, key, row, prop), value in elements(tensor).items():
            expected[(path, key, row, (*prop, i))] = value
    check_equal(elements(joined), expected)


def test_sums_over_axes(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    expected = {}
    for (path, key, row, prop), value in elements(tensor).items():
        where = (path, key, (row[0], *row[2:]), prop)
        expected[where] = expected.get(where, 0) + value
    result = mts.sum_over_samples(tensor, "a")
    check_equal(elements(result), expected)
    expected = {}
    for (path, key, row, prop), value in elements(tensor).items():
        where = (path, key, row, (0,))
        expected[where] = expected.get(where, 0) + value
    check_equal(elements(mts.sum_over_properties(tensor, "p")), expected)


def all_blocks(tensor):
    """All blocks and gradients on any level, by their path."""
    output = {}
    for i, block in enumerate(tensor):
        output[f"{i}"] = block
    for path in output.copy():
        _add_gradients(output, path)
    return output


def _add_gradients(output, path):
    for name, gradient in output[path].gradients():
        output[f"{path}/{name}"] = gradient
        _add_gradients(output, f"{path}/{name}")


def test_sharing(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    before = all_blocks(tensor)
    assert "0/g/h/k" in before
    for result in (mts.detach(tensor), mts.make_contiguous(tensor)):
        after = all_blocks(result)
        assert list(after) == list(before)
        for path, block in after.items():
            assert (block.samples, block.components) == (
                before[path].samples,
                before[path].components,
            )
            assert block.properties == before[path].properties
            assert np.shares_memory(numpy(block.values), numpy(before[path].values))
    assert mts.equal(mts.remove_gradients(tensor, "other"), tensor) is False
    part = all_blocks(mts.remove_gradients(tensor, "other"))
    assert list(part) == [path for path in before if "other" not in path]
    block = tensor.block(0)
    for one in (mts.detach_block(block), mts.make_contiguous_block(block)):
        assert mts.equal_block(one, block, nested=True)
    assert list(all_blocks(mts.remove_gradients(tensor, "g"))) == ["0", "1", "0/other", "1/other"]


def test_contiguous():
    tensor = nested_tensor()
    assert mts.is_contiguous(tensor)
    assert mts.is_contiguous_block(tensor.block(0))
    block = tensor.block(1).copy()
    last = block.gradient("g").gradient("h").gradient("k")
    reversed_block = mts.TensorBlock(
        np.asfortranarray(last.values), last.samples, last.components, last.properties
    )
    h = block.gradient("g").gradient("h")
    h = mts.TensorBlock(h.values, h.samples, h.components, h.properties)
    h.add_gradient("k", reversed_block)
    g = block.gradient("g")
    g = mts.TensorBlock(g.values, g.samples, g.components, g.properties)
    g.add_gradient("h", h)
    block = mts.TensorBlock(block.values, block.samples, block.components, block.properties)
    block.add_gradient("g", g)
    assert not mts.is_contiguous_block(block)
    assert mts.is_contiguous_block(mts.make_contiguous_block(block))
    other = mts.TensorMap(Labels.range("key", 1), [block])
    assert not mts.is_contiguous(other)
    assert mts.is_contiguous(mts.make_contiguous(other))
    assert mts.equal(mts.make_contiguous(other), other, nested=True)


def test_requires_grad():
    pytest.importorskip("torch")
    tensor = nested_tensor().to(arrays="torch")
    tracked = mts.requires_grad(tensor)
    assert all(block.values.requires_grad for block in all_blocks(tracked).values())
    assert not any(block.values.requires_grad for block in all_blocks(tensor).values())
    detached = mts.detach(mts.multiply(tracked, 2))
    assert not any(block.values.requires_grad for block in all_blocks(detached).values())
    block = mts.requires_grad_block(tensor.block(0))
    assert block.gradient("g").gradient("h").gradient("k").values.requires_grad


def test_like(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    for result, value in ((mts.zeros_like(tensor), 0), (mts.ones_like(tensor), 1)):
        assert list(all_blocks(result)) == list(all_blocks(tensor))
        assert mts.equal_metadata(result, tensor)
        for block in all_blocks(result).values():
            assert (numpy(block.values) == value).all()
    part = mts.empty_like(tensor, gradients=["g"])
    assert list(all_blocks(part)) == [p for p in all_blocks(tensor) if "other" not in p]
    random = mts.random_uniform_like(tensor)
    deepest = all_blocks(random)["0/g/h/k"]
    assert 0 <= numpy(deepest.values).min() < numpy(deepest.values).max() < 1
    block = mts.zeros_like_block(tensor.block(0), gradients="g")
    assert block.gradient("g").gradient("h").gradients_list() == ["k"]


def test_dimensions(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    expected = elements(tensor)
    result = mts.append_dimension(tensor, "samples", "new", 7)
    check_equal(
        elements(result),
        {(p, key, (*r[:2], 7, *r[2:]), q): value for (p, key, r, q), value in expected.items()},
    )
    assert mts.equal(mts.remove_dimension(result, "samples", "new"), tensor, nested=True)
    result = mts.insert_dimension(tensor, "properties", 0, "new", 7)
    check_equal(
        elements(result),
        {(p, key, r, (7, *q)): value for (p, key, r, q), value in expected.items()},
    )
    assert mts.equal(mts.remove_dimension(result, "properties", "new"), tensor, nested=True)
    result = mts.append_dimension(tensor, "keys", "new", 7)
    check_equal(
        elements(result),
        {(p, (*key, 7), r, q): value for (p, key, r, q), value in expected.items()},
    )
    assert mts.equal(mts.remove_dimension(result, "keys", "new"), tensor, nested=True)
    result = mts.permute_dimensions(tensor, "samples", [1, 0])
    check_equal(
        elements(result),
        {(p, key, (r[1], r[0], *r[2:]), q): value for (p, key, r, q), value in expected.items()},
    )
    renamed = mts.rename_dimension(mts.append_dimension(tensor, "samples", "atom", 1), *RENAMED)
    for path, block in all_blocks(renamed).items():
        names = ["s", "a", "new"] if "/" not in path else ["sample", "new"]
        assert block.samples.names == names
    renamed = mts.rename_dimension(tensor, "components", "c", "new")
    for block in all_blocks(renamed).values():
        assert block.components[-1].names == ["new"]
    assert mts.equal(mts.rename_dimension(renamed, "components", "new", "c"), tensor, nested=True)


RENAMED = ("samples", "atom", "new")


def test_dot(arrays):
    tensor = nested_tensor().to(arrays=arrays)
    weights = []
    for block in tensor:
        values = np.arange(3.0 * len(block.properties)).reshape(3, -1)
        one = TensorBlock(values, Labels.range("q", 3), [], block.properties.to(arrays="numpy"))
        weights.append(one)
    w = TensorMap(tensor.keys.to(arrays="numpy"), weights).to(arrays=arrays)
    result = mts.dot(tensor, w)
    for block, one, weight in zip(result, tensor, weights):
        x, y = block.gradient("g").gradient("h"), one.gradient("g").gradient("h")
        np.testing.assert_allclose(numpy(x.values), numpy(y.values) @ weight.values.T)
        assert x.samples == y.samples
        assert block.gradient("g").gradient("h").gradients_list() == ["k"]
