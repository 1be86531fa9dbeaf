"""``torch.compile`` of functions and models which use the classes of TorchScript.

Each attribute and method of these is a graph break; results are right, and what is done to tensors
in between is compiled.
"""

import metatensor.torch as mts
import pytest
import torch
from device_inputs import make_map
from metatensor.torch.learn.nn import Linear

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # the compiler looks at all attributes of tensors
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning"),
]


class Energy(torch.nn.Module):
    """A layer, operations, and functions of tensors."""

    def __init__(self, keys):
        super().__init__()
        self.linear = Linear(keys, 12, 3).double()

    def forward(self, tensor):
        atoms = self.linear(tensor.components_to_properties("xyz"))
        total = torch.zeros((), dtype=torch.float64)
        for block in mts.sum_over_samples(atoms, "atom").blocks():
            total = total + torch.tanh(block.values).sum()
        return total


@pytest.fixture(autouse=True)
def fresh_compiler():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def test_model():
    tensor = make_map("cpu", 4)
    model = Energy(tensor.keys)
    compiled = torch.compile(model, backend="aot_eager")
    gradients = []
    for function in (model, compiled):
        model.zero_grad()
        result = function(tensor)
        result.backward()
        gradients.append([result.detach(), *[weight.grad.clone() for weight in model.parameters()]])
    torch.testing.assert_close(gradients[0], gradients[1])


def test_other_metadata():
    def rows(tensor):
        count = torch.zeros(())
        for block in tensor.blocks():
            count = count + len(block.samples) * block.values.mean()
        return count

    compiled = torch.compile(rows, backend="eager")
    for n_blocks in (4, 2, 3):
        tensor = make_map("cpu", n_blocks)
        torch.testing.assert_close(compiled(tensor), rows(tensor))
