"""Copies of TensorBlock, on other devices and with other dtypes."""

import copy

import pytest
import torch
from torch_builders import Labels, TensorBlock, simple_block


def test_copy() -> None:
    block = simple_block(gradient=True)
    deep = block.copy()
    assert deep.values.data_ptr() != block.values.data_ptr()
    assert deep.samples.values.data_ptr() == block.samples.values.data_ptr()
    assert torch.equal(deep.values, block.values)
    assert deep.gradients_list() == ["g"]
    assert deep.gradient("g").values.data_ptr() != block.gradient("g").values.data_ptr()

    shallow = block.copy(deep=False)
    assert shallow.values is block.values
    assert shallow.gradient("g").values is block.gradient("g").values

    view = block.gradient("g")
    assert view.is_view
    assert not view.copy().is_view
    assert not view.copy(deep=False).is_view

    # copy.copy shares data, copy.deepcopy goes through serialization
    assert copy.copy(block).values.data_ptr() == block.values.data_ptr()
    deep = copy.deepcopy(block)
    assert deep.values.data_ptr() != block.values.data_ptr()
    assert torch.equal(deep.gradient("g").values, block.gradient("g").values)


def test_to() -> None:
    block = simple_block(gradient=True)
    same = block.to()
    assert same.values is block.values
    assert not same.is_view

    dtype = block.to(torch.float32)
    assert dtype.values.dtype == torch.float32
    assert dtype.gradient("g").values.dtype == torch.float32
    assert dtype.samples.values.data_ptr() == block.samples.values.data_ptr()

    meta = block.to("meta")
    assert meta.device == torch.device("meta")
    assert meta.samples.device == torch.device("meta")
    assert meta.components[0].device == torch.device("meta")
    assert meta.gradient("g").values.device == torch.device("meta")
    assert meta.gradient("g").samples.device == torch.device("meta")
    with pytest.raises(NotImplementedError):
        meta.to("cpu")

    view = block.gradient("g").to(torch.float32)
    assert not view.is_view


def test_to_memory_format() -> None:
    values = torch.arange(6.0).reshape(2, 3).T
    block = TensorBlock(values, Labels.range("s", 3), [], Labels.range("p", 2))
    assert block.to(torch.float64).values.stride() == values.stride()


DEVICE = torch.device("meta")


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((torch.float32, DEVICE), {}),
        ((DEVICE, torch.float32), {}),
        (("meta", torch.float32), {}),
        ((torch.float32, "meta"), {}),
        ((torch.float32,), {"device": DEVICE}),
        ((torch.float32,), {"device": "meta"}),
        ((DEVICE,), {"dtype": torch.float32}),
        ((), {"dtype": torch.float32, "device": DEVICE}),
        ((), {"dtype": torch.float32, "device": "meta", "arrays": "torch"}),
        ((None, DEVICE), {"dtype": torch.float32, "non_blocking": True}),
        ((None, DEVICE, torch.float32), {}),
        ((DEVICE, 6), {"arrays": None}),
    ],
)
def test_to_forms(args, kwargs) -> None:
    block = simple_block().to(*args, **kwargs)
    assert block.values.dtype == torch.float32
    assert block.device == DEVICE


@pytest.mark.parametrize(
    ("args", "kwargs", "error", "match"),
    [
        ((True,), {}, TypeError, "TensorBlock.to.*bool"),
        ((1.5,), {}, TypeError, "TensorBlock.to.*float"),
        ((torch.zeros(1),), {}, TypeError, "TensorBlock.to.*Tensor"),
        (("cpu", "meta"), {}, ValueError, "device.*twice.*TensorBlock.to"),
        (("cpu",), {"device": "cpu"}, ValueError, "device.*twice.*TensorBlock.to"),
        ((torch.float32, torch.float64), {}, ValueError, "dtype.*twice.*TensorBlock.to"),
        ((torch.float32,), {"dtype": torch.float64}, ValueError, "dtype.*twice"),
        ((), {"arrays": "numpy"}, ValueError, "arrays.*'numpy'"),
        ((999,), {}, ValueError, "999"),
        ((-1,), {}, ValueError, "-1"),
        ((), {"dtype": 999}, ValueError, "dtype.*TensorBlock.to"),
        (("nope",), {}, RuntimeError, "nope"),
    ],
)
def test_to_errors(args, kwargs, error, match: str) -> None:
    with pytest.raises(error, match=match):
        simple_block().to(*args, **kwargs)


def test_autograd() -> None:
    block = simple_block(gradient=True, requires_grad=True)
    assert block.values.requires_grad
    for other in [block.copy(), block.to(torch.float32), block.copy(deep=False)]:
        assert other.values.requires_grad
        (grad,) = torch.autograd.grad(other.values.sum(), block.values, retain_graph=True)
        assert torch.all(grad == 1)
        inner = other.gradient("g").values
        (grad,) = torch.autograd.grad((inner**2).sum(), block.gradient("g").values)
        assert torch.allclose(grad, 2 * block.gradient("g").values)


def test_functorch() -> None:
    samples = Labels.range("s", 3)
    properties = Labels.range("p", 2)

    def function(x):
        return (TensorBlock(x, samples.to("meta"), [], properties.to("meta")).values ** 3).sum()

    def on_host(x):
        return (TensorBlock(x, samples, [], properties).values ** 3).sum()

    x = torch.rand(3, 2, dtype=torch.float64)
    assert torch.allclose(torch.func.grad(on_host)(x), 3 * x**2)
    _, tangent = torch.func.jvp(on_host, (x,), (torch.ones_like(x),))
    assert torch.allclose(tangent, (3 * x**2).sum())
    with pytest.raises(RuntimeError):
        function(x)
