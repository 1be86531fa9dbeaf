"""The worked examples, with the plain flavour."""

import metatensor
import numpy as np
import pytest
from examples_support import Flavour
from operations_examples import EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_numpy(name):
    EXAMPLES[name](Flavour(metatensor, np.array))


@pytest.mark.parametrize("name", EXAMPLES)
def test_torch(name):
    torch = pytest.importorskip("torch")

    def array(data):
        tensor = torch.tensor(data)
        return tensor.to(torch.float64) if tensor.is_floating_point() else tensor

    EXAMPLES[name](Flavour(metatensor, array))


@pytest.mark.parametrize("name", EXAMPLES)
def test_torch_values_with_numpy_labels(name):
    torch = pytest.importorskip("torch")

    def array(data):
        if np.array(data).dtype.kind == "i":
            return np.array(data)
        return torch.tensor(data, dtype=torch.float64)

    EXAMPLES[name](Flavour(metatensor, array))
