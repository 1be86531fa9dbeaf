"""Examples of metadata, and of new maps and arrays with given metadata."""

from examples_support import entries, tensor_a, tensor_b, values


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
