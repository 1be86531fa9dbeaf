"""Which operations keep the info of a tensor."""

import metatensor as mts
import numpy as np
import pytest
from helpers import random_tensor
from info_cases import KEEPING, check_info
from metatensor import Labels


@pytest.fixture(params=["numpy", "torch"])
def tensor(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    tensor = random_tensor(n_blocks=3).to(arrays=request.param)
    tensor.set_info("unit", "eV")
    tensor.set_info("quantity", "energy")
    return tensor


@pytest.mark.parametrize("name", KEEPING)
def test_keep_info(name, tensor):
    keys = Labels(["k"], np.array([[0]]))
    check_info(KEEPING[name], mts, tensor, keys)
    # C may have the info too
    tensor.save_buffer()
    check_info(KEEPING[name], mts, tensor, keys)


def test_others(tensor):
    for result in (
        mts.add(tensor, 1),
        mts.multiply(tensor, tensor),
        mts.abs(tensor),
        mts.zeros_like(tensor),
        mts.sum_over_samples(tensor, "a"),
        mts.join([tensor, tensor], "samples", add_dimension="i"),
    ):
        assert dict(result.info()) == {}
    assert mts.join([tensor], "samples") is tensor
