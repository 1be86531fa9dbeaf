"""Labels inside transforms of functions and fake tensor modes of torch."""

from typing import Any, Callable

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

Labels = torch.classes.metatensor.Labels
LABELS = Labels(["a", "b"], torch.tensor([[0, 1], [2, 3]]))


def new_column() -> torch.Tensor:
    return torch.tensor([7, 8])


METHODS = {
    "construct": lambda: Labels(["a", "b"], torch.tensor([[0, 1], [2, 3]])),
    "single": lambda: Labels.single(),
    "empty": lambda: Labels.empty("a"),
    "range": lambda: Labels.range("a", 4),
    "values": lambda: LABELS.values,
    "column": lambda: LABELS.column("b"),
    "getitem": lambda: LABELS["a"],
    "entry": lambda: LABELS[0].values,
    "position-list": lambda: LABELS.position([2, 3]),
    "position-tensor": lambda: LABELS.position(torch.tensor([2, 3])),
    "position-entry": lambda: LABELS.position(LABELS[1]),
    "select": lambda: LABELS.select(Labels("a", torch.tensor([[2]]))),
    "union": lambda: LABELS.union(Labels(["a", "b"], torch.tensor([[5, 6]]))),
    "union_and_mapping": lambda: LABELS.union_and_mapping(LABELS)[1],
    "intersection": lambda: LABELS.intersection(LABELS),
    "intersection_and_mapping": lambda: LABELS.intersection_and_mapping(LABELS)[2],
    "difference": lambda: LABELS.difference(Labels(["a", "b"], torch.tensor([[2, 3]]))),
    "difference_and_mapping": lambda: LABELS.difference_and_mapping(LABELS)[1],
    "append": lambda: LABELS.append("c", new_column()),
    "insert": lambda: LABELS.insert(0, "c", new_column()),
    "permute": lambda: LABELS.permute([1, 0]),
    "remove": lambda: LABELS.remove("b"),
    "rename": lambda: LABELS.rename("b", "c"),
    "to": lambda: LABELS.to("cpu"),
    "save_buffer": lambda: LABELS.save_buffer(),
    "str": lambda: str(LABELS),
}

TRANSFORMS = {
    "grad": lambda f, x: torch.func.grad(f)(x),
    "jvp": lambda f, x: torch.func.jvp(f, (x,), (x,)),
    "hessian": lambda f, x: torch.func.hessian(f)(x),
    "functionalize": lambda f, x: torch.func.functionalize(f)(x),
    "vmap": lambda f, x: torch.func.vmap(f)(x.repeat(2, 1)),
}


def same(lhs: Any, rhs: Any) -> bool:
    if isinstance(lhs, torch.Tensor):
        return torch.equal(lhs, rhs)
    return bool(lhs == rhs)


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_methods(method: Callable[[], Any], transform: Any) -> None:
    results = []

    def function(x: torch.Tensor) -> torch.Tensor:
        results.append(method())
        return (x**2).sum()

    transform(function, torch.rand(3))
    # labels are constants: their values are real tensors, usable after the transform
    assert same(results[0], method())


def test_gradient_through_constants() -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        return (x * LABELS.append("c", new_column()).values[:, 2]).sum()

    assert torch.func.grad(function)(torch.rand(2)).tolist() == [7.0, 8.0]


def test_fake_tensors() -> None:
    with FakeTensorMode():
        labels = Labels(["a", "b"], torch.zeros(3, 2, dtype=torch.int64))
        column = torch.zeros(3, dtype=torch.int32)
        same_labels = Labels(["a", "b"], torch.zeros(3, 2, dtype=torch.int32))
        assert len(labels) == 3
        assert labels == same_labels
        assert labels != labels.rename("a", "c")
        for result in [
            labels.append("c", column),
            labels.insert(0, "c", column),
            labels.permute([1, 0]),
            labels.remove("a"),
            labels.rename("a", "c"),
            labels.to("cpu"),
        ]:
            assert len(result) == 3
            assert result.device == torch.device("cpu")
        assert labels.column("a").shape == (3,)
        assert labels[0].values.shape == (2,)

        for function in [
            lambda: labels.position([0, 1]),
            lambda: labels.union(labels),
            lambda: labels.select(labels),
            lambda: str(labels),
            lambda: labels[0][0],
            lambda: labels.save_buffer(),
            lambda: LABELS.position(torch.tensor([2, 3])),
        ]:
            with pytest.raises(RuntimeError, match="data"):
                function()


@pytest.mark.parametrize(
    "name", [name for name in METHODS if "tensor" not in name and name != "construct"]
)
def test_real_labels_with_fake_mode(name: str) -> None:
    if name in ["append", "insert", "select", "union", "difference"]:
        pytest.skip("uses new tensors, which are fake ones")
    expected = METHODS[name]()
    with FakeTensorMode():
        result = METHODS[name]()
    assert same(result, expected)


def test_inference_mode() -> None:
    with torch.inference_mode():
        labels = Labels(["a", "b"], torch.tensor([[0, 1], [2, 3]]))
        edited = labels.append("c", new_column()).permute([2, 0, 1])
        assert labels.union(LABELS) == LABELS
    assert labels == LABELS
    assert edited.values.tolist() == [[7, 0, 1], [8, 2, 3]]
    assert labels.to("meta").device.type == "meta"
