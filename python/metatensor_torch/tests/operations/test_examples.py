"""The worked examples, with the torch flavour."""

import metatensor.torch
import pytest
import torch
from examples_support import Flavour
from operations_examples import EXAMPLES


def array(data):
    """Make a float64 or integer tensor."""
    tensor = torch.tensor(data)
    return tensor.to(torch.float64) if tensor.is_floating_point() else tensor


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name):
    EXAMPLES[name](Flavour(metatensor.torch, array))
