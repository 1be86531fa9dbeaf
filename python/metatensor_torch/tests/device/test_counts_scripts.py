"""What scripted models ask of a CUDA device, at most, after a few calls.

Numbers are those of ``device_cases.py``.
"""

import warnings

import pytest
import torch
from device_cases import DEVICES, Cases
from device_inputs import make_map
from metatensor.torch.learn.nn import Linear
from scripted_models import FindBlocks, MoveKeys, SelectRows


def script(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(module.eval())


def script_cases(device):
    t = make_map(device)
    flat = t.components_to_properties("xyz")
    # the labels are those of the model, on the host
    linear = Linear(make_map("cpu").keys, 12, 3).to(device, torch.float64)
    move, find, select, network = map(script, (MoveKeys(), FindBlocks(), SelectRows(), linear))
    samples = t.block(3).samples
    return {
        "keys, multiply and sum": (4, 120, lambda: move(t)),
        "blocks by key": (0, 0, lambda: find(t)),
        "add and slice": (1, 30, lambda: select(t, samples)),
        # a product, for each block
        "linear": (0, 2 * len(t), lambda: network(flat)),
    }


cases = Cases({"scripts": script_cases})


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("kind", "name"), cases.names)
@torch.no_grad()
def test_counts(device, kind, name):
    cases.check(device, kind, name)
