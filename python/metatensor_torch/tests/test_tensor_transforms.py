"""TensorMap inside the transforms of functorch, and with fake tensors."""

from typing import Callable, Dict

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch_builders import Labels, TensorBlock, TensorMap, labels

KEYS = labels(["k"], [[3], [1]])
SAMPLES = [labels(["s"], [[i], [i + 1]]) for i in range(2)]
PROPERTIES = Labels.range("p", 2)


def make_map(x: torch.Tensor):
    blocks = [TensorBlock(x * (i + 1), SAMPLES[i], [], PROPERTIES) for i in range(2)]
    return TensorMap(KEYS, blocks)


OPERATIONS: Dict[str, Callable] = {
    "keys_to_samples": lambda tensor: tensor.keys_to_samples("k"),
    "keys_to_properties": lambda tensor: tensor.keys_to_properties("k"),
    "copy": lambda tensor: tensor.copy(),
    "shallow": lambda tensor: tensor.copy(deep=False),
    "to": lambda tensor: tensor.to("cpu", torch.float64),
}


@pytest.mark.filterwarnings("ignore:There is a performance drop")
@pytest.mark.parametrize("name", OPERATIONS)
def test_transforms(name: str) -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        tensor = OPERATIONS[name](make_map(x))
        return sum((block.values**3).sum() for block in tensor.blocks())

    # the sum over all blocks is (1 + 8) * x**3
    x = torch.rand(2, 2, dtype=torch.float64)
    torch.testing.assert_close(torch.func.grad(function)(x), 27 * x**2)
    torch.testing.assert_close(torch.func.jacrev(function)(x), 27 * x**2)
    torch.testing.assert_close(torch.func.jacfwd(function)(x), 27 * x**2)
    _, tangent = torch.func.jvp(function, (x,), (torch.ones_like(x),))
    torch.testing.assert_close(tangent, (27 * x**2).sum())

    hessian = torch.func.hessian(function)(x).reshape(4, 4)
    torch.testing.assert_close(hessian, torch.diag(54 * x.flatten()))
    value = (9 * x**3).sum()
    torch.testing.assert_close(torch.func.functionalize(function)(x), value)
    batch = torch.stack([x, 2 * x])
    result = torch.func.vmap(function)(batch)
    torch.testing.assert_close(result, torch.stack([value, 8 * value]))


def test_fake_tensors() -> None:
    # the metadata is made of real tensors, which torch only accepts if told so
    with FakeTensorMode(allow_non_fake_inputs=True):
        values = torch.zeros(2, 2)
        block = TensorBlock(values, Labels.range("s", 2), [], Labels.range("p", 2))
        assert block.values is values
        tensor = make_map(values)
        moved = tensor.keys_to_samples("k")
        assert moved.block().shape == [4, 2]
        assert moved.block().samples.values.tolist() == [[0, 3], [1, 1], [1, 3], [2, 1]]
        assert tensor.block({"k": 1}).shape == [2, 2]
        assert tensor.copy().block(0).shape == [2, 2]
        assert tensor.to(torch.float64).block(0).values.dtype == torch.float64
        with pytest.raises(RuntimeError, match="without data"):
            tensor.save_buffer()

    with FakeTensorMode():
        tensor = make_map(torch.zeros(2, 2))
        assert tensor.block({"k": 1}).shape == [2, 2]
        with pytest.raises(AssertionError, match="allow_non_fake_inputs"):
            tensor.keys_to_samples("k")
