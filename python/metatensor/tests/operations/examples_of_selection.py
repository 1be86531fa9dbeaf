"""Examples of joining, slicing, splitting and filtering."""

from examples_support import entries, tensor_a, values


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
