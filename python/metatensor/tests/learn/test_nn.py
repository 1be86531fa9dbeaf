"""Neural network modules, plain flavour."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import metatensor
import metatensor.learn
from learn_cases import CASES
from learn_modules import Flavour


@pytest.mark.parametrize("name", CASES)
def test_modules(name):
    CASES[name](Flavour(metatensor, metatensor.learn))


def test_numpy_data_in_modules():
    module = metatensor.learn.nn.Module()
    block = metatensor.block_from_array(np.ones((2, 3)))
    module.register_buffer("block", block)
    module.register_buffer("labels", metatensor.Labels.range("n", 3))
    module.to("cpu")
    assert module.block is block
    module.load_state_dict(module.state_dict())
    assert isinstance(module.block.values, torch.Tensor)
    module.to(torch.float32)
    assert module.block.values.dtype == torch.float32
    module.to("meta")
    assert module.labels.device.type == "meta"


def test_other_inputs():
    keys = metatensor.Labels.range("n", 1)
    for module in (metatensor.learn.nn.Tanh(keys), metatensor.learn.nn.Linear(keys, 2, 2)):
        with pytest.raises(TypeError, match="int"):
            module(3)


def test_objects_of_the_torch_flavour():
    mts = pytest.importorskip("metatensor.torch", exc_type=ImportError)
    tensor = mts.TensorMap(mts.Labels.single(), [mts.block_from_array(torch.ones(2, 2))])
    module = metatensor.learn.nn.Linear(metatensor.Labels.single(), 2, 2)
    with pytest.warns(UserWarning, match=r"metatensor\.torch"), pytest.raises(TypeError):
        module(tensor)
    with pytest.warns(UserWarning, match=r"metatensor\.torch"), pytest.raises(TypeError):
        metatensor.learn.nn.Linear(tensor.keys, 2, 2)
