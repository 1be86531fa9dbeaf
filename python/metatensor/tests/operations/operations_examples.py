"""Worked examples of the operations, run in both flavours.

Each function takes a :py:class:`Flavour`; functions called ``example_...`` are the examples.
They only use what both flavours have, and numbers which are exact in floating point.
"""

from typing import Any, Callable, NamedTuple


class Flavour(NamedTuple):
    """A flavour of metatensor: its module, and how to make an array from lists."""

    mts: Any
    array: Callable[[Any], Any]

    def labels(self, names, rows):
        """Labels from lists."""
        return self.mts.Labels(names, self.array(rows))


def values(block):
    """Values of a block as lists."""
    return block.values.tolist()


def entries(labels):
    """Entries of labels as lists."""
    return labels.values.tolist()


def values_and_gradient(tensor, i=0):
    """Values of a block and of its gradient ``g``, as lists."""
    block = tensor.block(i)
    return values(block), values(block.gradient("g"))


def make(f, v1, g1, v2, g2):
    """Two blocks with keys k=0,1 and a gradient "g" with an extra axis c of size 2."""
    blocks = []
    for v, s, g, gs in ((v1, [[0], [2]], g1, [[0, 1], [1, 1]]), (v2, [[7]], g2, [[0, 1]])):
        properties = f.labels(["p"], [[0], [1]])
        block = f.mts.TensorBlock(f.array(v), f.labels(["s"], s), [], properties)
        gradient = f.mts.TensorBlock(
            f.array(g), f.labels(["sample", "a"], gs), [f.labels(["c"], [[0], [1]])], properties
        )
        block.add_gradient("g", gradient)
        blocks.append(block)
    return f.mts.TensorMap(f.labels(["k"], [[0], [1]]), blocks)


def tensor_a(f):
    """First operand."""
    return make(
        f,
        [[1.0, 2], [4, 8]],
        [[[3.0, 1], [0, 2]], [[1, 5], [2, -2]]],
        [[2.0, 1]],
        [[[4.0, 1], [3, 5]]],
    )


def tensor_b(f):
    """Second operand."""
    return make(
        f,
        [[2.0, 4], [8, 2]],
        [[[1.0, 0], [0, 1]], [[1, 1], [2, 4]]],
        [[4.0, 8]],
        [[[1.0, 2], [3, 4]]],
    )


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


def example_info(f):
    a, mts = tensor_a(f), f.mts
    a.set_info("unit", "eV")
    assert len(mts.add(a, 1).info()) == 0
    assert mts.join([a], "samples").get_info("unit") == "eV"


def example_equal_metadata(f):
    a, mts = tensor_a(f), f.mts
    assert not mts.equal_metadata(a, mts.remove_gradients(a))
    assert mts.equal_metadata(a, mts.remove_gradients(a), check_gradients=False)
    assert mts.equal_metadata(a, tensor_b(f), check=["samples", "properties"])


def example_join_samples(f):
    a, mts = tensor_a(f), f.mts
    joined = mts.join([a, a], "samples", add_dimension="t").block(1)
    assert joined.samples.names == ["s", "t"]
    assert entries(joined.samples) == [[7, 0], [7, 1]]
    assert entries(joined.gradient("g").samples) == [[0, 1], [1, 1]]


def example_join_properties(f):
    mts = f.mts

    def block(v, props, gs, g):
        properties = f.labels(["p"], props)
        b = mts.TensorBlock(f.array(v), f.labels(["s"], [[0], [1]]), [], properties)
        gradient = mts.TensorBlock(f.array(g), f.labels(["sample", "a"], gs), [], properties)
        b.add_gradient("g", gradient)
        return b

    joined = mts.join_blocks(
        [
            block([[1.0, 2], [3, 4]], [[0], [1]], [[0, 0], [1, 5]], [[10.0, 20], [30, 40]]),
            block([[7.0], [8]], [[2]], [[1, 5], [0, 9]], [[70.0], [80]]),
        ],
        "properties",
    )
    assert values(joined) == [[1, 2, 7], [3, 4, 8]]
    assert entries(joined.gradient("g").samples) == [[0, 0], [1, 5], [0, 9]]
    assert values(joined.gradient("g")) == [[10, 20, 0], [30, 40, 70], [0, 0, 80]]


def example_join_union(f):
    a, mts = tensor_a(f), f.mts
    one = mts.filter_blocks(a, f.labels(["k"], [[1]]))
    union = mts.join([a, one], "properties", different_keys="union", add_dimension="t")
    assert entries(union.keys) == [[0], [1]]
    assert entries(union.block(0).properties) == [[0, 0], [1, 0]]
    assert entries(union.block(1).properties) == [[0, 0], [1, 0], [0, 1], [1, 1]]
    common = mts.join([a, one], "properties", different_keys="intersection", add_dimension="t")
    assert entries(common.keys) == [[1]]
    samples = mts.join([one, a], "samples", different_keys="union", add_dimension="t")
    assert entries(samples.keys) == [[1], [0]]
    assert entries(samples.block(1).gradient("g").samples) == [[0, 1], [1, 1]]


def block_to_slice(f):
    """Four samples, three properties, gradient rows for three of the samples."""
    properties = f.labels(["n", "l"], [[0, 0], [0, 1], [1, 0]])
    block = f.mts.TensorBlock(
        f.array([[0.0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]),
        f.labels(["s", "a"], [[0, 0], [0, 1], [1, 0], [2, 5]]),
        [],
        properties,
    )
    gradient = f.mts.TensorBlock(
        f.array([[1.0] * 3, [2.0] * 3, [3.0] * 3, [4.0] * 3]),
        f.labels(["sample", "x"], [[0, 1], [1, 1], [3, 0], [3, 7]]),
        [],
        properties,
    )
    block.add_gradient("g", gradient)
    return block


def example_slice(f):
    block, mts = block_to_slice(f), f.mts
    # a subset of the dimensions: order of the block
    part = mts.slice_block(block, "samples", f.labels(["s"], [[2], [0]]))
    assert entries(part.samples) == [[0, 0], [0, 1], [2, 5]]
    assert entries(part.gradient("g").samples) == [[0, 1], [1, 1], [2, 0], [2, 7]]
    # the same names: order of the selection
    full = mts.slice_block(block, "samples", f.labels(["s", "a"], [[2, 5], [0, 1]]))
    assert entries(full.samples) == [[2, 5], [0, 1]]
    assert entries(full.gradient("g").samples) == [[1, 1], [0, 0], [0, 7]]
    listed = mts.slice_block(block, "samples", [3, 0])
    assert entries(listed.samples) == [[2, 5], [0, 0]]
    assert entries(listed.gradient("g").samples) == [[1, 1], [0, 0], [0, 7]]
    assert values(listed.gradient("g"))[0] == [1, 1, 1]
    same = mts.slice_block(block, "samples", f.array([-1, -4]))
    assert mts.equal_block(same, listed)
    # along the properties, the selection is a mask
    mask = mts.slice_block(block, "properties", [2, 0, 0])
    assert entries(mask.properties) == [[0, 0], [1, 0]]
    assert values(mask)[3] == [9, 11]
    assert values(mask.gradient("g"))[3] == [4, 4]


def example_split(f):
    block, mts = block_to_slice(f), f.mts
    selections = [f.labels(["s"], [[0]]), f.labels(["s"], [[1], [2]])]
    parts = mts.split_block(block, "samples", selections)
    assert [len(part.samples) for part in parts] == [2, 2]
    assert mts.equal_block(mts.join_blocks(parts, "samples"), block)
    parts = mts.split(tensor_a(f), "properties", [f.labels(["p"], [[1]])])
    assert values(parts[0].block(0)) == [[2], [8]]
    assert mts.split(tensor_a(f), "properties", []) == []


def example_filter(f):
    mts = f.mts
    block = mts.remove_gradients_block(block_to_slice(f))
    keys = f.labels(["a", "b"], [[0, 0], [0, 1], [1, 0]])
    tensor = mts.TensorMap(keys, [block.copy() for _ in range(3)])

    def keys_of(operation, names, rows):
        return entries(operation(tensor, f.labels(names, rows)).keys)

    assert keys_of(mts.filter_blocks, ["a", "b"], [[1, 0], [0, 1]]) == [[1, 0], [0, 1]]
    assert keys_of(mts.filter_blocks, ["b", "a"], [[0, 1], [1, 0]]) == [[0, 1], [1, 0]]
    assert keys_of(mts.filter_blocks, ["a"], [[1], [0]]) == [[0, 0], [0, 1], [1, 0]]
    assert keys_of(mts.drop_blocks, ["a"], [[0]]) == [[1, 0]]
    assert keys_of(mts.drop_blocks, ["a"], [[4]]) == entries(keys)


def block_to_reduce(f):
    """Two groups of samples; one gradient row has two contributions."""
    properties = f.labels(["n", "l"], [[0, 0], [1, 0]])
    block = f.mts.TensorBlock(
        f.array([[1.0, 2], [3, 5], [7, 11], [2, 4]]),
        f.labels(["sys", "at"], [[1, 0], [0, 1], [0, 0], [1, 1]]),
        [],
        properties,
    )
    gradient = f.mts.TensorBlock(
        f.array([[1.0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]),
        f.labels(["sample", "x"], [[0, 7], [1, 3], [2, 3], [2, 4], [3, 7]]),
        [],
        properties,
    )
    block.add_gradient("g", gradient)
    return block


def example_reduce_samples(f):
    block, mts = block_to_reduce(f), f.mts

    def result(operation):
        reduced = operation(block, "at")
        return values(reduced), values(reduced.gradient("g"))

    assert result(mts.sum_over_samples_block) == (
        [[10, 16], [3, 6]],
        [[6, 8], [6, 7], [9, 10]],
    )
    # 6, 7 are divided by one row, not by two samples
    assert result(mts.mean_over_samples_block) == (
        [[5, 8], [1.5, 3]],
        [[3, 4], [6, 7], [4.5, 5]],
    )
    assert result(mts.var_over_samples_block) == (
        [[4, 9], [0.25, 1]],
        [[4, 6], [24, 42], [3.5, 8]],
    )
    assert result(mts.std_over_samples_block) == (
        [[2, 3], [0.5, 1]],
        [[1, 1], [6, 7], [3.5, 4]],
    )
    s = mts.sum_over_samples_block(block, "at")
    assert entries(s.samples) == [[0], [1]]
    assert entries(s.gradient("g").samples) == [[0, 3], [0, 4], [1, 7]]
    everything = mts.sum_over_samples_block(block, ["sys", "at"])
    assert everything.samples == mts.Labels.single()
    assert entries(everything.gradient("g").samples) == [[0, 3], [0, 4], [0, 7]]


def example_reduce_properties(f):
    block, mts = block_to_reduce(f), f.mts
    mean = mts.mean_over_properties_block(block, "n")
    assert values(mean) == [[1.5], [4], [9], [3]]
    assert values(mean.gradient("g")) == [[1], [2.5], [4.5], [6.5], [8.5]]
    variance = mts.var_over_properties_block(block, "n")
    assert values(variance.gradient("g")) == [[0], [1], [2], [2], [1]]
    std = mts.std_over_properties_block(block, "n")
    assert values(std.gradient("g")) == [[0], [0.5], [0.5], [0.5], [0.5]]
    single = mts.sum_over_properties_block(block, ["l", "n"])
    assert single.properties == mts.Labels.single()


def example_reduce_empty(f):
    mts = f.mts
    empty = mts.TensorBlock(
        f.array([[0.0, 0]])[:0], mts.Labels.empty(["sys", "at"]), [], f.labels(["p"], [[0], [1]])
    )
    assert mts.sum_over_samples_block(empty, "at").samples.names == ["sys"]
    assert mts.sum_over_samples_block(empty, ["sys", "at"]).samples.names == []


def example_sort(f):
    mts = f.mts
    properties = f.labels(["p"], [[9], [4]])
    block = mts.TensorBlock(
        f.array([[1.0, 2], [3, 5], [7, 11]]), f.labels(["s"], [[5], [-1], [2]]), [], properties
    )
    gradient = mts.TensorBlock(
        f.array([[1.0, 2], [3, 4], [5, 6]]),
        f.labels(["sample", "x"], [[0, 0], [2, 8], [2, 1]]),
        [],
        properties,
    )
    block.add_gradient("g", gradient)
    o = mts.sort_block(block)
    assert entries(o.samples) == [[-1], [2], [5]]
    assert values(o) == [[5, 3], [11, 7], [2, 1]]
    assert entries(o.gradient("g").samples) == [[1, 1], [1, 8], [2, 0]]
    assert values(o.gradient("g")) == [[6, 5], [4, 3], [2, 1]]
    d = mts.sort_block(block, "samples", descending=True)
    assert entries(d.samples) == [[5], [2], [-1]]
    assert entries(d.gradient("g").samples) == [[1, 8], [1, 1], [0, 0]]


def example_unique_metadata(f):
    unique = f.mts.unique_metadata(tensor_a(f), "samples", ["a", "sample"], gradient="g")
    assert unique.names == ["a", "sample"]
    assert entries(unique) == [[1, 0], [1, 1]]
    assert entries(f.mts.unique_metadata(tensor_a(f), "samples", "s")) == [[0], [2], [7]]
    assert entries(f.mts.unique_metadata(tensor_a(f), "properties", ("p",))) == [[0], [1]]


def example_one_hot(f):
    labels = f.labels(["atom", "t"], [[0, 6], [1, 1], [4, 6]])
    encoded = f.mts.one_hot(labels, f.labels(["t"], [[1], [6], [8]]))
    assert encoded.tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert "int32" in str(encoded.dtype)


def example_dimensions(f):
    a, mts = tensor_a(f), f.mts
    inserted = mts.insert_dimension(a, "samples", 0, "z", 5)
    assert entries(inserted.block(0).samples) == [[5, 0], [5, 2]]
    assert inserted.block(0).gradient("g").samples.names == ["sample", "a"]
    permuted = mts.permute_dimensions(inserted, "samples", [1, 0])
    assert permuted.block(0).samples.names == ["s", "z"]
    renamed = mts.rename_dimension(a, "components", "c", "xyz")
    assert renamed.block(0).gradient("g").components[0].names == ["xyz"]
    removed = mts.remove_dimension(permuted, "samples", "z")
    assert mts.equal(removed, a)
    appended = mts.append_dimension(a, "keys", "other", f.array([4, 5]))
    assert entries(appended.keys) == [[0, 4], [1, 5]]


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


def example_block_from_array(f):
    block = f.mts.block_from_array(f.array([[[0.0, 1, 2], [3, 4, 5]]]), ["i", "j"])
    assert block.samples.names == ["i", "j"]
    assert entries(block.samples) == [[0, 0], [0, 1]]
    assert values(block) == [[0, 1, 2], [3, 4, 5]]


def example_like(f):
    a, mts = tensor_a(f), f.mts
    zeros = mts.zeros_like(a, gradients="g")
    assert zeros.block(0).gradients_list() == ["g"]
    assert values(zeros.block(1)) == [[0, 0]]
    assert values(mts.ones_like(a, gradients=[""][:0] or None).block(1)) == [[1, 1]]
    assert mts.equal_metadata(mts.random_uniform_like(a), a)
    assert mts.equal_metadata(mts.empty_like(a), a)


EXAMPLES = {
    name[len("example_") :]: function
    for name, function in list(globals().items())
    if name.startswith("example_")
}
