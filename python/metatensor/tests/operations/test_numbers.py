"""Numbers which need care: not finite ones, rounding, zeros."""

import warnings

import metatensor as mts
import numpy as np
from helpers import random_tensor
from metatensor import Labels, TensorBlock


def test_allclose_is_not_symmetric():
    def one(value):
        return mts.block_from_array(np.array([[value]]))

    assert mts.allclose_block(one(1.0), one(2.0), rtol=0.5, atol=0.0)
    assert not mts.allclose_block(one(2.0), one(1.0), rtol=0.5, atol=0.0)
    assert mts.allclose_block(one(np.inf), one(np.inf))
    assert not mts.allclose_block(one(np.nan), one(np.nan))
    assert mts.allclose_block(one(np.nan), one(np.nan), equal_nan=True)
    assert not mts.equal_block(one(np.nan), one(np.nan))
    assert mts.equal_block(one(1.0), one(1))


def test_no_warnings_in_std():
    tensor = random_tensor(dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        single = mts.std_over_samples(mts.slice(tensor, "samples", [0]), "s")
        assert np.all(single.block(0).values == 0)
        same = mts.std_over_properties(mts.ones_like(tensor), "q")
        assert np.all(same.block(0).values == 0)


def test_sums_are_sequential():
    values = np.random.default_rng(0).normal(size=(1000, 1)) ** 9
    block = TensorBlock(
        values,
        Labels(["s", "a"], np.array([[i % 2, i] for i in range(1000)])),
        [],
        Labels.range("p", 1),
    )
    result = mts.sum_over_samples_block(block, "a").values
    for j in (0, 1):
        total = 0.0
        for value in values[j::2, 0]:
            total += value
        assert result[j, 0] == total


def test_zero_to_the_power_of_zero():
    tensor = mts.multiply(random_tensor(), 0.0)
    result = mts.pow(tensor, 0)
    assert np.all(result.block(0).values == 1)
    assert np.all(result.block(0).gradient("g").values == 0)
