"""Data on two devices never ends up in one object, and never gives a result in silence."""

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap


def pairs():
    """Pairs of devices, with all that this machine has."""
    yield pytest.param("cpu", "meta")
    yield pytest.param("meta", "cpu")
    no_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
    yield pytest.param("cpu", "cuda:0", marks=no_gpu)
    yield pytest.param("cuda:0", "cpu", marks=no_gpu)
    one_gpu = pytest.mark.skipif(torch.cuda.device_count() < 2, reason="there is one GPU at most")
    yield pytest.param("cuda:0", "cuda:1", marks=one_gpu)
    yield pytest.param("cuda:1", "cuda:0", marks=one_gpu)


both = pytest.mark.parametrize(("one", "other"), list(pairs()))


def samples(device, n=4):
    rows = torch.stack([torch.arange(n) // 2, torch.arange(n)], dim=1)
    return Labels(["system", "atom"], rows).to(device)


def make_block(device, start=0.0):
    values = start + torch.arange(12.0).reshape(4, 3)
    return TensorBlock(values.to(device), samples(device), [], Labels.range("p", 3).to(device))


def make_gradient(device):
    rows = Labels(["sample", "a"], torch.tensor([[0, 0], [2, 1]])).to(device)
    components = [Labels.range("xyz", 3).to(device)]
    properties = Labels.range("p", 3).to(device)
    return TensorBlock(torch.ones(2, 3, 3, device=device), rows, components, properties)


def make_map(device):
    return TensorMap(Labels.range("k", 2).to(device), [make_block(device), make_block(device, 5.0)])


def names(device):
    """How a device is called in messages of the core and of torch."""
    index = torch.device(device).index or 0
    kind = {"cpu": "CPU", "meta": "ExtDev", "cuda": "CUDA"}[torch.device(device).type]
    return f"{kind}:{index}", device


def check(error, *devices):
    """Both devices are named in the message."""
    for device in devices:
        assert any(name in str(error.value) for name in names(device)), str(error.value)


@both
def test_block(one, other):
    block, moved = make_block(one), make_block(other)
    for values, rows, properties in [
        (moved.values, block.samples, block.properties),
        (block.values, moved.samples, block.properties),
        (block.values, block.samples, moved.properties),
    ]:
        with pytest.raises(RuntimeError) as error:
            TensorBlock(values, rows, [], properties)
        check(error, one, other)
    gradient = make_gradient(one)
    components = make_gradient(other).components
    with pytest.raises(RuntimeError) as error:
        TensorBlock(gradient.values, gradient.samples, components, gradient.properties)
    check(error, one, other)


@both
def test_add_gradient(one, other):
    block = make_block(one)
    with pytest.raises(RuntimeError) as error:
        block.add_gradient("g", make_gradient(other))
    check(error, one, other)
    assert block.gradients_list() == []


@both
def test_map(one, other):
    keys = Labels.range("k", 2).to(one)
    with pytest.raises(ValueError) as error:
        TensorMap(keys, [make_block(other), make_block(other)])
    check(error, one, other)
    with pytest.raises((RuntimeError, ValueError)) as error:
        TensorMap(keys, [make_block(one), make_block(other)])
    check(error, one, other)


@both
@pytest.mark.parametrize(
    "method",
    [
        "union",
        "union_and_mapping",
        "intersection",
        "intersection_and_mapping",
        "difference",
        "difference_and_mapping",
        "select",
    ],
)
def test_set_operations(one, other, method):
    first, second = samples(one), samples(other, 6)
    with pytest.raises(RuntimeError) as error:
        getattr(first, method)(second)
    if "meta" not in (one, other):
        check(error, one, other)


@both
def test_columns(one, other):
    labels = samples(one)
    values = torch.arange(4, device=other)
    for function in [
        lambda: labels.append("x", values),
        lambda: labels.insert(0, "x", values),
    ]:
        with pytest.raises((RuntimeError, ValueError)):
            function()


KEYS = Labels("k", torch.tensor([[1]]))
SYSTEMS = Labels("system", torch.tensor([[1]]))

OPERATIONS = {
    "add": lambda t, o, d: mts.add(t, o),
    "subtract": lambda t, o, d: mts.subtract(t, o),
    "multiply": lambda t, o, d: mts.multiply(t, o),
    "divide": lambda t, o, d: mts.divide(t, o),
    "add, zero": lambda t, o, d: mts.add(t, o, missing="zero"),
    "multiply, drop": lambda t, o, d: mts.multiply(t, o, missing="drop"),
    "dot": lambda t, o, d: mts.dot(t, o),
    "join samples": lambda t, o, d: mts.join([t, o], "samples", add_dimension="i"),
    "join properties": lambda t, o, d: mts.join([t, o], "properties", add_dimension="i"),
    "join keys": lambda t, o, d: mts.join([t, o], "keys", add_dimension="i"),
    "join_blocks": lambda t, o, d: mts.join_blocks([t.block(0), o.block(0)], "samples", "i"),
    "slice": lambda t, o, d: mts.slice(t, "samples", SYSTEMS.to(d)),
    "slice_block": lambda t, o, d: mts.slice_block(t.block(0), "samples", SYSTEMS.to(d)),
    "split": lambda t, o, d: mts.split(t, "samples", [SYSTEMS.to(d)]),
    "one_hot": lambda t, o, d: mts.one_hot(t.block(0).samples, SYSTEMS.to(d)),
    "filter_blocks": lambda t, o, d: mts.filter_blocks(t, KEYS.to(d)),
    "drop_blocks": lambda t, o, d: mts.drop_blocks(t, KEYS.to(d)),
    "densify": lambda t, o, d: mts.densify(t, samples(d, 6)),
    "append_dimension": lambda t, o, d: mts.append_dimension(
        t, "samples", "x", torch.arange(4, device=d)
    ),
    "equal_raise": lambda t, o, d: mts.equal_raise(t, o),
    "allclose_raise": lambda t, o, d: mts.allclose_raise(t, o),
}


@both
@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(one, other, name):
    tensor, moved = make_map(one), make_map(other)
    with pytest.raises((RuntimeError, ValueError, torch.jit.Error)) as error:
        OPERATIONS[name](tensor, moved, other)
    if "meta" not in (one, other):
        # ours, or one of torch
        assert "device" in str(error.value), str(error.value)


@both
def test_questions(one, other):
    """Looking for something, and comparing, does not make anything: any device is fine."""
    if "meta" in (one, other):
        pytest.skip("there is nothing to find in labels without data")
    labels = samples(one)
    assert labels == samples(other)
    assert labels.position(torch.tensor([1, 3], device=other)) == 3
    assert labels.position(samples(other)[2]) == 2
    assert samples(other)[2] in labels


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="there is one GPU at most")
def test_indices_are_kept():
    """Everything made from an object is on its own device, whatever the current one is."""
    with torch.cuda.device(0):
        tensor = make_map("cuda:1")
        results = [
            tensor.keys_to_samples("k"),
            tensor.keys_to_properties("k"),
            tensor.copy(),
            tensor.to(torch.float64),
            mts.add(tensor, tensor),
            mts.sum_over_samples(tensor, "atom"),
            mts.join([tensor, tensor], "samples", add_dimension="i"),
            mts.slice(tensor, "samples", SYSTEMS.to("cuda:1")),
            mts.sort(tensor),
            mts.zeros_like(tensor),
            tensor.to("cuda:0").to("cuda:1"),
            tensor.to("cpu").to("cuda:1"),
        ]
    for result in results:
        assert str(result.keys.device) == "cuda:1"
        for block in result.blocks():
            assert str(block.values.device) == "cuda:1"
            assert str(block.samples.device) == "cuda:1"
            assert str(block.properties.device) == "cuda:1"
    moved = tensor.to("cuda:0")
    assert str(moved.block(0).values.device) == "cuda:0"
    assert str(moved.block(0).samples.device) == "cuda:0"
    mts.equal_raise(moved.to("cpu"), tensor.to("cpu"))
