"""Joined maps: names of dimensions, and parts which were split."""

import metatensor as mts
import numpy as np
import pytest
from helpers import random_tensor
from metatensor import Labels, TensorMap


def test_join_permutes_names():
    block = mts.block_from_array(np.array([[[1.0], [2.0]]]), ["i", "j"])
    tensor = TensorMap(Labels.single(), [block])
    other = mts.permute_dimensions(tensor, "samples", [1, 0])
    other = mts.insert_dimension(mts.remove_dimension(other, "samples", "i"), "samples", 1, "i", 5)
    joined = mts.join([tensor, other], "samples").block()
    assert joined.samples.names == ["i", "j"]
    assert joined.samples.values.tolist() == [[0, 0], [0, 1], [5, 0], [5, 1]]
    with pytest.raises(ValueError, match="names"):
        mts.join([tensor, mts.rename_dimension(tensor, "samples", "i", "z")], "samples")


def test_join_different_property_names():
    a = mts.block_from_array(np.ones((2, 2)))
    b = mts.block_from_array(np.ones((2, 1)), property_names=["other"])
    joined = mts.join_blocks([a, b], "properties")
    assert joined.properties.names == ["joined_index", "property"]
    assert joined.properties.values.tolist() == [[0, 0], [0, 1], [1, 0]]
    with pytest.raises(ValueError, match="add_dimension"):
        mts.join_blocks([a, b], "properties", add_dimension="i")


def test_join_is_the_inverse_of_split():
    tensor = random_tensor()
    unique = mts.unique_metadata(tensor, "samples", "s")
    parts = mts.split(
        tensor, "samples", [Labels(["s"], np.array([[i]])) for i in unique.values[:, 0]]
    )
    joined = mts.sort(mts.join(parts, "samples"), ["samples"])
    assert mts.equal(joined, mts.sort(tensor, ["samples"]))
