"""Work which is done for many blocks together gives the same as for one after the other."""

import metatensor as mts
import metatensor.operations
import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap
from metatensor.operations import _array_lists, _batches, _gather_rows
from metatensor.operations._segments import sum_groups


def own_labels_map(rng, sizes, gradients=False, shift=0):
    """Map where each block has its own, not sorted samples and properties."""
    blocks = []
    components = [Labels.range("c", 2)]
    for n_samples, n_properties in sizes:
        atoms = rng.permutation(n_samples)
        samples = np.stack([atoms % 3 - 1, atoms + shift], axis=1)
        orders = rng.permutation(n_properties)
        properties = np.stack([orders // 2, orders], axis=1)
        block = TensorBlock(
            rng.normal(size=(n_samples, 2, n_properties)),
            Labels(["system", "atom"], samples),
            components,
            Labels(["l", "n"], properties),
        )
        if gradients:
            rows = np.stack([atoms, atoms % 2], axis=1)[: (n_samples + 1) // 2]
            gradient = TensorBlock(
                rng.normal(size=(len(rows), 2, n_properties)),
                Labels(["sample", "cell"], rows),
                components,
                block.properties,
            )
            block.add_gradient("g", gradient)
        blocks.append(block)
    return TensorMap(Labels.range("k", len(blocks)), blocks)


def converted(tensor, arrays):
    """Map with other arrays, and maybe other arrays in its labels."""
    if arrays == "numpy":
        return tensor
    in_torch = tensor.to(arrays="torch")
    if arrays == "torch":
        return in_torch
    return TensorMap._from_layout(tensor._get_layout(), in_torch._leaves())


SIZES = [(5, 4), (1, 1), (7, 4), (7, 4), (4, 2), (0, 3), (3, 0), (7, 4)]
SELECTION = np.array([[0, 6], [-1, 3], [1, 2], [0, 3], [7, 7]])

OPERATIONS = {
    "select": lambda a, b: mts.slice(a, "samples", Labels(["system"], np.array([[1], [-1]]))),
    "select-order": lambda a, b: mts.slice(a, "samples", Labels(["system", "atom"], SELECTION)),
    "select-permuted": lambda a, b: mts.slice(
        a, "samples", Labels(["atom", "system"], SELECTION[:, ::-1].copy())
    ),
    "select-properties": lambda a, b: mts.slice(a, "properties", Labels(["l"], np.array([[1]]))),
    "positions": lambda a, b: mts.split(a, "samples", [[], []])[1],
    "sort": lambda a, b: mts.sort(a),
    "sort-descending": lambda a, b: mts.sort(a, descending=True),
    "insert": lambda a, b: mts.insert_dimension(a, "samples", 1, "new", -3),
    "append": lambda a, b: mts.append_dimension(a, "properties", "new", 4),
    "permute": lambda a, b: mts.permute_dimensions(a, "samples", [1, 0]),
    "remove": lambda a, b: mts.remove_dimension(a, "samples", "system"),
    "rename": lambda a, b: mts.rename_dimension(a, "properties", "n", "new"),
    "join": lambda a, b: mts.join([a, b], "samples"),
    "join-add": lambda a, b: mts.join([a, b, a], "samples", add_dimension="new"),
    "join-names": lambda a, b: mts.join(
        [a, mts.permute_dimensions(b, "samples", [1, 0])], "samples"
    ),
    "join-properties": lambda a, b: mts.join([a, a], "properties", add_dimension="new"),
    "join-properties-names": lambda a, b: mts.join(
        [a, mts.rename_dimension(a, "properties", "n", "m")], "properties"
    ),
}
for missing in ("zero", "drop"):
    OPERATIONS[f"add-{missing}"] = lambda a, b, m=missing: mts.add(a, _changed(a), missing=m)
    OPERATIONS[f"multiply-{missing}"] = lambda a, b, m=missing: mts.multiply(
        _changed(a), a, missing=m
    )
OPERATIONS["densify"] = lambda a, b: mts.densify(a, fill_value=-2.5)
OPERATIONS["sparsify"] = lambda a, b: mts.sparsify(mts.densify(a))
OPERATIONS["samples-to"] = lambda a, b: mts.samples_to_components(a, "system", 7.0)
OPERATIONS["properties-to"] = lambda a, b: mts.properties_to_components(a, ["n", "l"])


def _changed(tensor):
    """Map with other entries along both axes, which partly are the same."""
    tensor = mts.slice(mts.sort(tensor), "samples", Labels(["system"], np.array([[0], [1]])))
    tensor = mts.join([tensor, shifted(tensor, "samples")], "samples")
    tensor = mts.slice(tensor, "properties", Labels(["l"], np.array([[1], [0], [2]])))
    return mts.join([tensor, shifted(tensor, "properties")], "properties")


def shifted(tensor, axis):
    """The same values for entries which are 50 more in the last dimension."""
    blocks = []
    for block in tensor:
        labels = {"samples": block.samples, "properties": block.properties}
        old = labels[axis]
        new = Labels(old.names, np.asarray(old) + [0, 50])
        labels[axis] = new.to(arrays=old._engine.name)
        new = TensorBlock(block.values, labels["samples"], block.components, labels["properties"])
        for parameter, one in block.gradients():
            part = TensorBlock(one.values, one.samples, one.components, new.properties)
            new.add_gradient(parameter, part)
        blocks.append(new)
    return TensorMap(tensor.keys, blocks)


for reduction in ("sum", "mean", "var", "std"):
    for axis, names in (("samples", ["system", "atom"]), ("properties", ["l", "n"])):
        for name in names:
            function = getattr(mts, f"{reduction}_over_{axis}")
            OPERATIONS[f"{reduction}-{name}"] = lambda a, b, f=function, n=name: f(a, n)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("arrays", ["numpy", "torch", "torch-values"])
def test_same_as_one_by_one(name, gradients, arrays, monkeypatch):
    if arrays != "numpy":
        pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    a = own_labels_map(rng, SIZES, gradients)
    b = TensorMap(
        a.keys,
        [
            TensorBlock(
                2 * block.values,
                Labels(["system", "atom"], block.samples.values + 100),
                block.components,
                block.properties,
            )
            for block in a.blocks()
        ],
    )
    if gradients:
        b = mts.append_dimension(a, "samples", "other", 1)
        b = mts.remove_dimension(mts.rename_dimension(b, "samples", "other", "o"), "samples", "o")
        b = mts.slice(b, "samples", Labels(["system"], np.array([[5]])))
    a, b = converted(a, arrays), converted(b, arrays)
    together = OPERATIONS[name](a, b)
    monkeypatch.setattr(_batches, "LARGE", -1)
    monkeypatch.setattr(_array_lists, "STACK_BYTES", 0)
    monkeypatch.setattr(_gather_rows, "STACK_BYTES", 0)
    # nothing may be remembered
    a, b = (TensorMap(t.keys, [block.copy(deep=False) for block in t.blocks()]) for t in (a, b))
    one_by_one = OPERATIONS[name](a, b)
    mts.equal_raise(together, one_by_one)
    # all checks of the constructors
    again = mts.io.load_buffer(mts.io.save_buffer(together))
    assert mts.equal(again, together.to(arrays="numpy"))


def test_errors_of_many_labels():
    rng = np.random.default_rng(2)
    tensor = own_labels_map(rng, [(6, 4)] * 3)
    with pytest.raises(mts.MetatensorError, match="unique|more than once|multiple"):
        mts.remove_dimension(tensor, "samples", "atom")
    with pytest.raises(mts.MetatensorError):
        mts.join([tensor, tensor], "samples")
    with pytest.raises(mts.MetatensorError):
        mts.append_dimension(tensor, "samples", "atom", 1)
    with pytest.raises(ValueError, match="32-bit"):
        mts.append_dimension(tensor, "samples", "new", 2**40)
    with pytest.raises(IndexError):
        mts.permute_dimensions(tensor, "samples", [0, 3])
    with pytest.raises(ValueError, match="wrong"):
        mts.remove_dimension(tensor, "samples", "wrong")
    # without dimensions there are no entries, but there are blocks and samples
    single = mts.block_from_array(np.ones((1, 1)))
    tensor = TensorMap(Labels.range("k", 1), [single])
    for axis, name in (("samples", "sample"), ("properties", "property"), ("keys", "k")):
        with pytest.raises(mts.MetatensorError, match="0 entries"):
            mts.remove_dimension(tensor, axis, name)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32, np.complex128])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_sums(axis, dtype):
    rng = np.random.default_rng(3)
    for shape in [
        (12, 12, 12),
        (24, 1, 1),
        (1, 24, 1),
        (1, 1, 24),
        (300, 2, 1),
        (2, 3, 300),
        (9, 1, 100),
    ]:
        array = (100 * rng.normal(size=shape)).astype(dtype)
        n = shape[axis]
        cases = [np.zeros(n, int), np.arange(n), np.arange(n) % 3 % n, np.arange(n) // 2]
        cases += [np.arange(n) // 12, np.unique(rng.integers(0, 5, n), return_inverse=True)[1]]
        for groups in cases:
            n_groups = groups.max() + 1
            moved = np.moveaxis(array, axis, 0)
            expected = np.zeros((n_groups, *moved.shape[1:]), dtype)
            np.add.at(expected, groups, moved)
            result = sum_groups(array, groups, n_groups, axis)
            assert result.dtype == dtype
            assert result.flags.c_contiguous
            # one after the other: exactly the same
            np.testing.assert_array_equal(np.moveaxis(result, axis, 0), expected)


class TestLaterBlocks:
    """Blocks of results are made when somebody looks at them."""

    def make(self):
        tensor = own_labels_map(np.random.default_rng(4), SIZES, gradients=True)
        return tensor, mts.multiply(tensor, 2.0)

    def test_same_objects(self):
        tensor, result = self.make()
        assert result.sample_names == ["system", "atom"]
        assert result.component_names == ["c"]
        assert result.property_names == ["l", "n"]
        assert result.block(0).values is result.block(0).values
        assert result.block(0).samples is tensor.block(0).samples
        assert result.block(2).gradient("g").properties is result.block(2).properties
        assert result.block(1).is_view
        with pytest.raises(ValueError, match="part of a TensorMap"):
            result.block(0).add_gradient("h", tensor.block(0).gradient("g").copy())

    def test_in_place_changes(self):
        _, result = self.make()
        again = mts.drop_empty_blocks(result)
        result.block(0).values[:] = 3
        assert np.all(again.block(0).values == 3)
        assert np.all(mts.add(result, 1).block(0).values == 4)

    def test_chains(self):
        tensor, result = self.make()
        other = mts.divide(mts.add(result, result), 4.0)
        assert mts.equal_metadata(other, tensor)
        mts.allclose_raise(mts.remove_gradients(other), mts.remove_gradients(tensor))
        assert len(mts.detach(result)) == len(tensor)
        assert result.copy() == result

    def test_without_blocks(self):
        tensor = TensorMap(Labels.empty("k"), [])
        assert mts.add(tensor, tensor).sample_names == []
        assert mts.add(tensor, 3).blocks() == []

    def test_c_map(self):
        _, result = self.make()
        ptr = result.release()
        again = TensorMap.unsafe_from_ptr(ptr)
        assert again.sample_names == ["system", "atom"]
        assert mts.add(again, again).block(0).shape == (5, 2, 4)
        with pytest.raises(ValueError, match="released"):
            mts.add(result, 1)
