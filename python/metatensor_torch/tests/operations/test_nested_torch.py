"""Gradients of gradients, and the info of tensors, with the torch flavour and in TorchScript."""

from typing import List

import metatensor
import metatensor.torch as mts
import numpy as np
import pytest
import torch
from helpers import random_tensor
from info_cases import KEEPING, check_info
from metatensor.torch import Labels, TensorBlock, TensorMap
from test_additions import to_plain, to_torch
from test_nested import nested_tensor
from test_nested_products import smooth_tensor, sparse_tensor

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning"),
]


def same_labels(t: TensorMap) -> List[TensorMap]:
    wide = mts.append_dimension(t, "samples", "new", 7)
    return [
        mts.detach(t),
        mts.make_contiguous(t),
        mts.requires_grad(t, False),
        mts.remove_gradients(t, ["other"]),
        mts.zeros_like(t),
        mts.ones_like(t, gradients=["g"]),
        wide,
        mts.remove_dimension(wide, "samples", "new"),
        mts.insert_dimension(t, "samples", 0, "new", 3),
        mts.append_dimension(t, "properties", "new", 3),
        mts.append_dimension(t, "keys", "new", 3),
        mts.remove_dimension(mts.append_dimension(t, "keys", "new", 3), "keys", "new"),
        mts.permute_dimensions(t, "samples", [1, 0]),
        mts.rename_dimension(t, "samples", "a", "new"),
        mts.rename_dimension(t, "components", "c", "new"),
        mts.rename_dimension(t, "properties", "p", "new"),
        mts.rename_dimension(t, "keys", "key", "new"),
    ]


def of_blocks(t: TensorBlock) -> List[TensorBlock]:
    return [
        mts.detach_block(t),
        mts.make_contiguous_block(t),
        mts.requires_grad_block(t, False),
        mts.remove_gradients_block(t, ["other"]),
        mts.ones_like_block(t),
    ]


def test_same_labels():
    plain = nested_tensor()
    t = to_torch(plain)
    results = same_labels(t)
    # the plain flavour has the same functions
    expected = [
        metatensor.detach(plain),
        metatensor.make_contiguous(plain),
        plain,
        metatensor.remove_gradients(plain, ["other"]),
        metatensor.zeros_like(plain),
        metatensor.ones_like(plain, gradients=["g"]),
    ]
    wide = metatensor.append_dimension(plain, "samples", "new", 7)
    expected += [
        wide,
        plain,
        metatensor.insert_dimension(plain, "samples", 0, "new", 3),
        metatensor.append_dimension(plain, "properties", "new", 3),
        metatensor.append_dimension(plain, "keys", "new", 3),
        plain,
        metatensor.permute_dimensions(plain, "samples", [1, 0]),
        metatensor.rename_dimension(plain, "samples", "a", "new"),
        metatensor.rename_dimension(plain, "components", "c", "new"),
        metatensor.rename_dimension(plain, "properties", "p", "new"),
        metatensor.rename_dimension(plain, "keys", "key", "new"),
    ]
    for one, other in zip(results, expected, strict=True):
        metatensor.equal_raise(to_plain(one), other, nested=True)
    for one, other in zip(torch.jit.script(same_labels)(t), results, strict=True):
        mts.equal_raise(one, other, nested=True)
    assert mts.is_contiguous(t)
    assert mts.is_contiguous_block(t.block(0))
    blocks = of_blocks(t.block(0))
    for one, other in zip(torch.jit.script(of_blocks)(t.block(0)), blocks, strict=True):
        mts.equal_block_raise(one, other, nested=True)
    assert blocks[4].gradient("g").gradient("h").gradients_list() == ["k"]


def test_requires_grad():
    t = mts.requires_grad(to_torch(nested_tensor()))
    assert t.block(0).gradient("g").gradient("h").gradient("k").values.requires_grad
    detached = mts.detach(mts.multiply(t, 3))
    assert not detached.block(0).gradient("g").gradient("h").values.requires_grad


def squared(t: TensorMap, u: TensorMap) -> TensorMap:
    return mts.multiply(t, u)


@pytest.mark.parametrize("kind", ["smooth", "sparse"])
def test_products(kind):
    if kind == "smooth":
        x = np.random.default_rng(0).uniform(-1, 1, (5, 2))
        factors = [smooth_tensor(x, np.array, which) for which in (0, 1)]
    else:
        factors = [sparse_tensor(seed) for seed in (1, 2)]
    t, u = map(to_torch, factors)
    result = mts.multiply(t, u)
    metatensor.allclose_raise(to_plain(result), metatensor.multiply(*factors), 1e-15)
    expected = metatensor.multiply(*[factor.to(arrays="torch") for factor in factors])
    metatensor.equal_raise(to_plain(result), expected.to(arrays="numpy"), nested=True)
    mts.equal_raise(torch.jit.script(squared)(t, u), result, nested=True)


def test_products_are_differentiable():
    x = np.random.default_rng(0).uniform(-1, 1, (3, 2))
    t, u = (mts.requires_grad(to_torch(smooth_tensor(x, np.array, i))) for i in (0, 1))
    hessian = mts.multiply(t, u).block().gradient("x").gradient("x").values
    hessian.sum().backward()
    one, other = t.block(), u.block()
    # the derivative of A ddB + dA dB + dA dB + B ddA
    of_values = other.gradient("x").gradient("x").values.sum(dim=(1, 2))
    assert torch.allclose(one.values.grad, of_values)
    of_first = 2 * other.gradient("x").values.sum(dim=1, keepdim=True).expand(-1, 2, -1)
    assert torch.allclose(one.gradient("x").values.grad, of_first)


@pytest.mark.parametrize("name", KEEPING)
def test_keep_info(name):
    tensor = to_torch(random_tensor(n_blocks=3))
    tensor.set_info("unit", "eV")
    tensor.set_info("quantity", "energy")
    check_info(KEEPING[name], mts, tensor, Labels(["k"], torch.tensor([[0]])))


def with_info(t: TensorMap) -> List[TensorMap]:
    return [
        mts.detach(t, keep_info=True),
        mts.slice(t, "samples", t.block_by_id(0).samples, keep_info=True),
        mts.sort(t, keep_info=True),
        mts.drop_empty_blocks(t, keep_info=True),
        mts.rename_dimension(t, "samples", "a", "b", keep_info=True),
    ]


def test_info_in_scripts():
    t = to_torch(nested_tensor())
    t.set_info("unit", "eV")
    for result in torch.jit.script(with_info)(t):
        assert dict(result.info()) == {"unit": "eV"}
