"""Examples of reductions and of sorting."""

from examples_support import entries, values


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
