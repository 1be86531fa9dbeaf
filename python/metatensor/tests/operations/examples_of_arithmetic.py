"""Examples of arithmetic and linear algebra."""

from examples_support import entries, tensor_a, tensor_b, values, values_and_gradient


def example_elementwise(f):
    a, b, mts = tensor_a(f), tensor_b(f), f.mts
    assert values_and_gradient(mts.add(a, b)) == (
        [[3, 6], [12, 10]],
        [[[4, 1], [0, 3]], [[2, 6], [4, 2]]],
    )
    assert values_and_gradient(mts.subtract(a, b)) == (
        [[-1, -2], [-4, 6]],
        [[[2, 1], [0, 1]], [[0, 4], [0, -6]]],
    )
    assert values_and_gradient(mts.multiply(a, b)) == (
        [[2, 8], [32, 16]],
        [[[7, 4], [0, 10]], [[12, 18], [24, 28]]],
    )
    assert values_and_gradient(mts.divide(a, b), 1) == (
        [[0.5, 0.125]],
        [[[0.875, 0.09375], [0.375, 0.5625]]],
    )
    assert values_and_gradient(mts.pow(a, 3)) == (
        [[1, 8], [64, 512]],
        [[[9, 12], [0, 24]], [[48, 960], [96, -384]]],
    )
    assert values_and_gradient(mts.abs(mts.multiply(a, -1))) == values_and_gradient(a)
    assert values_and_gradient(mts.add(a, 1), 1) == ([[3, 2]], [[[4, 1], [3, 5]]])
    assert values_and_gradient(mts.subtract(a, 1), 1) == ([[1, 0]], [[[4, 1], [3, 5]]])
    assert values_and_gradient(mts.divide(a, 2), 1) == ([[1, 0.5]], [[[2, 0.5], [1.5, 2.5]]])


def example_dot(f):
    a, b, mts = tensor_a(f), tensor_b(f), f.mts
    d = mts.dot(a, mts.remove_gradients(b))
    assert values_and_gradient(d) == (
        [[10, 12], [40, 48]],
        [[[10, 26], [8, 4]], [[22, 18], [-4, 12]]],
    )
    assert d.block(0).properties.names == ["s"]
    assert entries(d.block(0).properties) == [[0], [2]]


def example_order_of_keys(f):
    a, mts = tensor_a(f), f.mts
    other = mts.TensorMap(f.labels(["k"], [[1], [0]]), [a.block(1).copy(), a.block(0).copy()])
    assert mts.equal(a, other)
    assert mts.equal_metadata(other, a)
    total = mts.add(a, other)
    assert entries(total.keys) == [[0], [1]]
    assert values(total.block(0)) == [[2, 4], [8, 16]]


def example_least_squares(f):
    mts = f.mts

    def one(v, rows, props, g):
        properties = f.labels(["p"], props)
        b = mts.TensorBlock(f.array(v), f.labels(["s"], rows), [], properties)
        gradient = mts.TensorBlock(f.array(g), f.labels(["sample"], rows), [], properties)
        b.add_gradient("g", gradient)
        return mts.TensorMap(f.labels(["k"], [[0]]), [b])

    x = one([[1.0, 0], [0, 1]], [[0], [1]], [[0], [1]], [[1.0, 1], [1, -1]])
    y = one([[2.0], [3]], [[0], [1]], [[7]], [[5.0], [-1]])
    w = mts.lstsq(x, y, rcond=1e-12).block(0)
    assert abs(w.values[0, 0] - 2) < 1e-12
    assert abs(w.values[0, 1] - 3) < 1e-12
    assert entries(w.samples) == [[7]]
    assert entries(w.properties) == [[0], [1]]
    assert w.gradients_list() == []
    w = mts.solve(mts.remove_gradients(x), mts.remove_gradients(y)).block(0)
    assert values(w) == [[2, 3]]
