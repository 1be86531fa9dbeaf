"""Products of tensors with gradients of gradients."""

import itertools

import metatensor as mts
import numpy as np
import pytest
from dictionaries import rows
from helpers import numpy
from metatensor import Labels, TensorBlock, TensorMap


def smooth_tensor(x, array, which):
    """Functions of the two numbers of each sample, with all first and second derivatives."""
    n = len(x)
    a, b = x[:, 0], x[:, 1]
    if which == 0:
        values = [a * a * b, np.sin(a) + b]
        first = [[2 * a * b, np.cos(a)], [a * a, 1 + 0 * b]]
        second = [[[2 * b, -np.sin(a)], [2 * a, 0 * a]], [[2 * a, 0 * a], [0 * a, 0 * a]]]
    else:
        values = [np.exp(a * b), a + b * b]
        e = np.exp(a * b)
        first = [[b * e, 1 + 0 * a], [a * e, 2 * b]]
        mixed = (1 + a * b) * e
        second = [[[b * b * e, 0 * a], [mixed, 0 * a]], [[mixed, 0 * a], [a * a * e, 2 + 0 * a]]]
    properties = Labels.range("p", 2)
    # functions are first, then derivatives: samples must be first
    gradient = TensorBlock(
        array(np.transpose(np.array(first), (2, 0, 1))),
        Labels.range("sample", n),
        [Labels.range("x", 2)],
        properties,
    )
    hessian = TensorBlock(
        array(np.transpose(np.array(second), (3, 0, 1, 2))),
        Labels.range("sample", n),
        [Labels.range("y", 2), Labels.range("x", 2)],
        properties,
    )
    gradient.add_gradient("x", hessian)
    block = TensorBlock(array(np.array(values).T), Labels.range("s", n), [], properties)
    block.add_gradient("x", gradient)
    return TensorMap(Labels.single(), [block])


def product(x, array=np.array):
    return mts.multiply(smooth_tensor(x, array, 0), smooth_tensor(x, array, 1)).block()


@pytest.mark.parametrize("arrays", ["numpy", "torch"])
def test_finite_differences(arrays):
    array = np.array if arrays == "numpy" else pytest.importorskip("torch").tensor
    x = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    block = product(x, array)
    gradient = block.gradient("x")
    hessian = gradient.gradient("x")
    step = 1e-5
    for j in range(2):
        up, down = x.copy(), x.copy()
        up[:, j] += step
        down[:, j] -= step
        up, down = product(up), product(down)
        difference = (up.values - down.values) / (2 * step)
        np.testing.assert_allclose(numpy(gradient.values)[:, j], difference, atol=1e-8)
        difference = (up.gradient("x").values - down.gradient("x").values) / (2 * step)
        np.testing.assert_allclose(numpy(hessian.values)[:, j], difference, atol=1e-8)


def sparse_tensor(seed):
    """Gradients with respect to g and h, and g/h, with only some of the rows."""
    # labels are the same for all seeds
    structure, rng = np.random.default_rng(0), np.random.default_rng(seed)
    properties, component = Labels.range("p", 2), Labels.range("c", 2)
    block = TensorBlock(
        rng.integers(-9, 9, (4, 2, 2)).astype(float), Labels.range("s", 4), [component], properties
    )

    def part(name, n_parent, size, extra):
        which = np.sort(structure.permutation(3 * n_parent)[:size])
        labels = Labels(["sample", name], np.stack([which // 3, which % 3], axis=1))
        axes = [*extra, component]
        values = rng.integers(-9, 9, [size, *map(len, axes), 2]).astype(float)
        return TensorBlock(values, labels, axes, properties)

    axis_g, axis_h = Labels.range("e", 2), Labels.range("f", 3)
    g = part("i", 4, 6, [axis_g])
    g.add_gradient("h", part("j", 6, 9, [axis_h, axis_g]))
    block.add_gradient("g", g)
    block.add_gradient("h", part("j", 4, 5, [axis_h]))
    return TensorMap(Labels.range("k", 1), [block])


def by_rows(block):
    """Rows of the arrays of a block by what they are the derivative with respect to."""
    g, h = block.gradient("g"), block.gradient("h")
    first = {tuple(row): numpy(g.values)[i] for i, row in enumerate(rows(g.samples))}
    second = {tuple(row): numpy(h.values)[i] for i, row in enumerate(rows(h.samples))}
    both = g.gradient("h")
    of_g = rows(g.samples)
    mixed = {
        (*of_g[row], j): numpy(both.values)[i] for i, (row, j) in enumerate(rows(both.samples))
    }
    return dict(enumerate(numpy(block.values))), first, second, mixed


@pytest.mark.parametrize("arrays", ["numpy", "torch"])
def test_sparse_rows(arrays):
    if arrays == "torch":
        pytest.importorskip("torch")
    tensors = [sparse_tensor(seed) for seed in (1, 2)]
    result = mts.multiply(*[tensor.to(arrays=arrays) for tensor in tensors])
    assert mts.equal_metadata(result.to(arrays="numpy"), tensors[0])
    factors = [by_rows(tensor.block()) for tensor in tensors]
    values, _, _, mixed = by_rows(result.block())
    for s, row in values.items():
        np.testing.assert_array_equal(row, factors[0][0][s] * factors[1][0][s])
    looked_up = 0
    for (s, i, j), found in mixed.items():
        expected = np.zeros((3, 2, 2, 2))
        for one, other in (factors, factors[::-1]):
            expected += one[0][s] * other[3][(s, i, j)]
            if (s, j) in other[2]:
                looked_up += 1
                expected += one[1][(s, i)][None] * other[2][(s, j)][:, None]
        np.testing.assert_array_equal(found, expected)
    # not all rows are there
    assert 0 < looked_up < 2 * len(mixed)
    shuffled = mts.TensorMap(tensors[1].keys, [tensors[1].block().copy()])
    assert mts.equal(mts.multiply(tensors[0], shuffled), mts.multiply(*tensors), nested=True)


def test_third_derivatives():
    rng = np.random.default_rng(0)
    properties = Labels.range("p", 1)

    def block(level):
        return TensorBlock(rng.uniform(size=(1, 1)), Labels.range("sample", 1), [], properties)

    tensors = []
    for _ in range(2):
        one = TensorBlock(rng.uniform(size=(1, 1)), Labels.range("s", 1), [], properties)
        parts = [block(i) for i in range(3)]
        parts[1].add_gradient("t", parts[2])
        parts[0].add_gradient("t", parts[1])
        one.add_gradient("t", parts[0])
        tensors.append(TensorMap(Labels.single(), [one]))
    numbers = []
    for tensor in [*tensors, mts.multiply(*tensors)]:
        part, derivatives = tensor.block(), []
        while True:
            derivatives.append(part.values[0, 0])
            if not part.gradients_list():
                break
            part = part.gradient("t")
        numbers.append(derivatives)
    a, b, found = numbers
    for n in range(4):
        binomial = [1, n, n * (n - 1) / 2, 1]
        expected = sum(binomial[k] * a[k] * b[n - k] for k in range(n + 1))
        np.testing.assert_allclose(found[n], expected, rtol=1e-14)


def test_refused():
    tensor = sparse_tensor(0)
    without = mts.remove_gradients(tensor, "h")
    with pytest.raises(NotImplementedError, match=r"'g/h' .*'h', there are only .*'g'.*\(k=0\)"):
        mts.multiply(without, without)
    with pytest.raises(mts.NotEqualError, match="different gradients"):
        mts.multiply(tensor, without)
    block = tensor.block()
    new = TensorBlock(block.values, block.samples, block.components, block.properties)
    new.add_gradient("g", block.gradient("g").copy(deep=False))
    h = block.gradient("h")
    axes = [Labels.range("f", 2), h.components[1]]
    new.add_gradient("h", TensorBlock(h.values[:, :2], h.samples, axes, h.properties))
    other = TensorMap(tensor.keys, [new])
    with pytest.raises(ValueError, match="'h' and 'g/h' .*same dimensions"):
        mts.multiply(other, other)
    for name, function in itertools.product(["abs", "pow"], [tensor]):
        with pytest.raises(NotImplementedError, match="gradients of gradients"):
            getattr(mts, name)(function, *([2] if name == "pow" else []))
