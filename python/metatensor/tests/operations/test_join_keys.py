"""Joining tensors along their keys."""

import metatensor as mts
import numpy as np
import pytest
from helpers import check_consistent, random_tensor
from metatensor import Labels, NotEqualError, TensorBlock, TensorMap


def test_join():
    a, b = random_tensor(0), random_tensor(1, n_blocks=2)
    b = mts.rename_dimension(mts.append_dimension(b, "keys", "z", 5), "keys", "z", "q")
    a = mts.append_dimension(a, "keys", "q", 6)
    joined = mts.join([a, b], "keys")
    check_consistent(joined)
    assert joined.keys.names == ["k", "l", "q"]
    assert joined.keys.values.tolist() == a.keys.values.tolist() + b.keys.values.tolist()
    for block, old in zip(joined, [*a, *b], strict=True):
        assert block.values is old.values
        assert block.samples is old.samples
        assert block.gradients_list() == old.gradients_list()
        assert block.gradient("g").values is old.gradient("g").values
    # taking it apart again
    for tensor, index in ((a, 6), (b, 5)):
        part = mts.filter_blocks(joined, Labels(["q"], np.array([[index]])))
        assert mts.equal(part, tensor)


def test_add_dimension():
    a = random_tensor(0)
    joined = mts.join((a, a, a), "keys", add_dimension="i")
    assert joined.keys.names == ["k", "l", "i"]
    assert joined.keys.column("i").tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    single = mts.join([a], "keys", add_dimension="i")
    assert single.keys.column("i").tolist() == [0, 0, 0]
    assert mts.join([a], "keys") is a


def test_gradients_of_gradients():
    a = mts.remove_gradients(random_tensor(0, n_blocks=1))
    block = a.block().copy()
    gradient = TensorBlock(
        block.values[:1], Labels.range("sample", 1), block.components, block.properties
    )
    gradient.add_gradient("h", gradient.copy())
    block.add_gradient("g", gradient)
    tensor = TensorMap(a.keys, [block])
    joined = mts.join([tensor, tensor], "keys", add_dimension="i")
    assert joined.block(1).gradient("g").gradients_list() == ["h"]


def test_empty():
    a = random_tensor(0)
    empty = mts.filter_blocks(a, Labels(["k"], np.array([[99]])))
    assert mts.equal(mts.join([empty, a, empty], "keys"), a)
    assert len(mts.join([empty, empty], "keys")) == 0


def test_errors():
    a = random_tensor(0)
    parts = [mts.filter_blocks(a, Labels(["l"], np.array([[i]]))) for i in (0, 1)]
    with pytest.raises(
        ValueError, match=r"key \(k=0, l=1\) is both in input 1 and in input 2 of `join`"
    ):
        mts.join([parts[0], parts[1], parts[1]], "keys")
    with pytest.raises(ValueError, match="dimension 'k' to the keys"):
        mts.join([a, a], "keys", add_dimension="k")
    with pytest.raises(ValueError, match="`different_keys` in `join`"):
        mts.join([a, a], "keys", different_keys="union", add_dimension="i")
    with pytest.raises(ValueError, match="`axis` 'key' in `join`.*or 'keys'"):
        mts.join([a, a], "key")
    with pytest.raises(ValueError, match="`axis` 'keys' in `join_blocks`"):
        mts.join_blocks([a.block(0), a.block(1)], "keys")
    cases = {
        r"names of the keys: \['k', 'l'\] and \['k', 'z'\], for the inputs 0 and 1": ("keys", "l"),
        r"names of the samples: \['s', 'a'\] and \['z', 'a'\]": ("samples", "s"),
        r"names of the properties": ("properties", "n"),
        r"names of the components": ("components", "m"),
    }
    for message, (axis, name) in cases.items():
        with pytest.raises(NotEqualError, match=message):
            mts.join([a, mts.rename_dimension(a, axis, name, "z")], "keys", add_dimension="i")
    with pytest.raises(
        NotEqualError, match=r"different gradients: \['g', 'positions'\] and \['g'\]"
    ):
        mts.join([a, mts.remove_gradients(a, "positions")], "keys", add_dimension="i")
    for axis, name in (("samples", "other"), ("components", "xyz")):
        # these only exist in gradients
        other = (
            mts.rename_dimension(
                mts.append_dimension(a, "samples", "other", 0), "samples", "other", "z"
            )
            if axis == "samples"
            else mts.rename_dimension(a, axis, name, "z")
        )
        other = mts.remove_dimension(other, "samples", "z") if axis == "samples" else other
        where = "g" if axis == "samples" else "positions"
        with pytest.raises(
            NotEqualError, match=f"{axis} of the gradients with respect to '{where}'"
        ):
            mts.join([a, other], "keys", add_dimension="i")
