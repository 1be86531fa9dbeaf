"""Merging the blocks of a TensorMap, and derivatives through this."""

from typing import List

import pytest
import torch
from torch_builders import (
    Labels,
    TensorBlock,
    TensorMap,
    check_devices,
    labels,
    simple_block,
    simple_map,
)


def test_zero_dimension_keys() -> None:
    # nothing reads out of bounds if there are no columns in the keys
    tensor = TensorMap(labels(["a"], []), [])
    assert "blocks:" in str(tensor)
    moved = simple_map().keys_to_samples(["key_1", "key_2"])
    assert moved.keys.names == ["_"]
    assert moved.keys.values.tolist() == [[0]]


def test_keys_to_properties() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    moved = tensor.keys_to_properties("key_1")
    assert moved.keys.names == ["key_2"]
    assert moved.keys.values.tolist() == [[0], [2], [3]]
    assert moved.get_info("a") == "b"
    check_devices(moved)

    block = moved.block({"key_2": 0})
    assert block.samples.values.flatten().tolist() == [0, 1, 2, 3, 4]
    assert block.properties.names == ["key_1", "p"]
    assert block.properties.values.tolist() == [[0, 0], [1, 3], [1, 4], [1, 5]]
    first = tensor.block_by_id(0)
    second = tensor.block_by_id(1)
    assert torch.equal(block.values[[0, 2, 4], :, 0], first.values[:, :, 0])
    assert torch.equal(block.values[[0, 1, 3], :, 1:], second.values)
    assert torch.all(block.values[[1, 3], :, 0] == 0)

    gradient = block.gradient("g")
    assert gradient.samples.names == ["sample", "atom"]
    assert gradient.values.shape == (6 - 1, 3, 2, 4)
    assert gradient.samples.values[:, 0].tolist() == sorted(gradient.samples.values[:, 0].tolist())


def test_keys_to_samples() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    moved = tensor.keys_to_samples("key_2")
    assert moved.keys.names == ["key_1"]
    assert moved.get_info("a") == "b"
    check_devices(moved)
    block = moved.block({"key_1": 2})
    assert block.samples.names == ["s", "key_2"]
    assert block.samples.values.tolist() == [
        [0, 2], [0, 3], [1, 3], [2, 3], [3, 2], [5, 3], [6, 2], [8, 2],
    ]  # fmt: skip
    first = tensor.block_by_id(2)
    assert torch.equal(block.values[[0, 4, 6, 7]], first.values)

    unsorted = tensor.keys_to_samples("key_2", sort_samples=False).block({"key_1": 2})
    assert unsorted.samples.values.tolist() == [
        [0, 2], [3, 2], [6, 2], [8, 2], [0, 3], [1, 3], [2, 3], [5, 3],
    ]  # fmt: skip
    assert torch.equal(unsorted.values[:4], first.values)


@pytest.mark.parametrize(
    "keys_to_move",
    [
        "key_1",
        ["key_1"],
        ("key_1",),
        labels(["key_1"], []),
    ],
    ids=str,
)
def test_keys_to_move_forms(keys_to_move) -> None:
    tensor = simple_map()
    assert tensor.keys_to_samples(keys_to_move).keys.names == ["key_2"]
    assert tensor.keys_to_properties(keys_to_move).keys.names == ["key_2"]


def test_keys_to_move_with_values() -> None:
    tensor = TensorMap(
        labels(["key_1", "key_2"], [[0, 0], [1, 0], [2, 0]]),
        [simple_block(start=float(i)) for i in range(3)],
    )
    selection = labels(["key_1"], [[2], [0], [5]])
    moved = tensor.keys_to_properties(selection, fill_value=-1)
    expected = [[2, 0], [2, 1], [0, 0], [0, 1], [5, 0], [5, 1]]
    assert moved.block().properties.values.tolist() == expected
    assert torch.all(moved.block().values[:, :, 4:] == -1)
    with pytest.raises(RuntimeError):
        tensor.keys_to_samples(selection)


@pytest.mark.parametrize("name", ["keys_to_samples", "keys_to_properties"])
def test_keys_to_move_errors(name: str) -> None:
    function = getattr(simple_map(), name)
    for bad in [3, 1.0, None, torch.zeros(1), True, {"a": 1}]:
        with pytest.raises(TypeError, match=f"keys_to_move.*{name}"):
            function(bad)
    with pytest.raises(TypeError, match=r"list of strings.*int"):
        function([3])
    with pytest.raises(TypeError, match=r"tuple of strings.*int"):
        function(("key_1", 3))
    with pytest.raises(TypeError, match=r"Labels"):
        function(simple_block())
    with pytest.raises(RuntimeError, match=r"nope"):
        function("nope")


def test_fill_value() -> None:
    tensor = simple_map()
    for fill in [0, -1, 2.5, float("nan"), True]:
        moved = tensor.keys_to_properties("key_1", fill_value=fill)
        value = moved.block({"key_2": 0}).values[1, 0, 0]
        torch.testing.assert_close(value, torch.tensor(fill, dtype=torch.float64), equal_nan=True)
    # default
    moved = tensor.keys_to_properties("key_1")
    assert moved.block({"key_2": 0}).values[1, 0, 0] == 0

    integers = simple_map(dtype=torch.int32)
    with pytest.raises(RuntimeError):
        integers.keys_to_properties("key_1", fill_value=float("nan"))
    with pytest.raises(RuntimeError):
        integers.keys_to_properties("key_1", fill_value=2**40)
    with pytest.raises(RuntimeError):
        tensor.keys_to_samples("key_1", fill_value=1.0 + 2.0j)
    with pytest.raises(RuntimeError):
        simple_map(dtype=torch.float32).keys_to_samples("key_1", fill_value=1e300)

    for dtype in [torch.float16, torch.complex64, torch.bool, torch.uint8, torch.int64]:
        moved = simple_map(dtype=dtype).keys_to_properties("key_1", fill_value=1)
        assert moved.block({"key_2": 0}).values.dtype == dtype
        assert moved.block({"key_2": 0}).values[1, 0, 0] == 1
    moved = simple_map(dtype=torch.complex128).keys_to_properties("key_1", fill_value=1j)
    assert moved.block({"key_2": 0}).values[1, 0, 0] == 1j


def test_components_to_properties() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    for names in ["c", ["c"], ("c",)]:
        moved = tensor.components_to_properties(names)
        assert moved.component_names == []
        assert moved.property_names == ["c", "p"]
        assert moved.get_info("a") == "b"
        check_devices(moved)
        values = tensor.block_by_id(1).values
        assert torch.equal(moved.block_by_id(1).values, values.reshape(3, 6))
        gradient = moved.block_by_id(1).gradient("g")
        assert [c.names for c in gradient.components] == [["xyz"]]
        assert gradient.values.shape == (3, 3, 6)

    with pytest.raises(RuntimeError, match=r"nope"):
        tensor.components_to_properties("nope")
    for bad in [3, None, 1.0, torch.zeros(1), simple_block()]:
        with pytest.raises(TypeError, match=r"components_to_properties"):
            tensor.components_to_properties(bad)
    with pytest.raises(TypeError, match=r"list of strings"):
        tensor.components_to_properties([3])
    with pytest.raises(TypeError, match=r"tuple of strings"):
        tensor.components_to_properties(("c", 3))


def small_map(values: List[torch.Tensor], gradients: List[torch.Tensor]):
    blocks = []
    for i, (v, g) in enumerate(zip(values, gradients)):
        block = TensorBlock(
            v, labels(["s"], [[i], [i + 1]]), [Labels.range("c", 2)], Labels.range("p", 2)
        )
        block.add_gradient(
            "g",
            TensorBlock(
                g,
                labels(["sample", "a"], [[0, i], [1, 3]]),
                block.components,
                block.properties,
            ),
        )
        blocks.append(block)
    return TensorMap(labels(["k"], [[3], [1]]), blocks)


MOVES = {
    "keys_to_samples": lambda t: t.keys_to_samples("k"),
    "keys_to_properties": lambda t: t.keys_to_properties("k"),
    "components_to_properties": lambda t: t.components_to_properties("c"),
    "copy": lambda t: t.copy(),
    "to": lambda t: t.to("cpu", torch.float64),
}


@pytest.mark.parametrize("name", MOVES)
def test_autograd(name: str) -> None:
    def function(*tensors: torch.Tensor):
        moved = MOVES[name](small_map(list(tensors[:2]), list(tensors[2:])))
        outputs = []
        for block in moved.blocks():
            outputs.append(block.values)
            outputs.append(block.gradient("g").values)
        # make second derivatives non zero
        return tuple(output**3 for output in outputs)

    inputs = [torch.rand(2, 2, 2, dtype=torch.float64, requires_grad=True) for _ in range(4)]
    assert torch.autograd.gradcheck(function, inputs)
    assert torch.autograd.gradgradcheck(function, inputs)


def test_autograd_does_not_reach_labels() -> None:
    tensor = simple_map(requires_grad=True).keys_to_samples("key_1")
    assert tensor.block(0).values.requires_grad
    assert not tensor.block(0).samples.values.requires_grad


def test_forward_mode() -> None:
    primal = torch.rand(2, 2, 2, dtype=torch.float64)
    tangent = torch.rand(2, 2, 2, dtype=torch.float64)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(primal, tangent)
        tensor = small_map([dual, dual], [dual, dual]).keys_to_samples("k")
        unpacked = torch.autograd.forward_ad.unpack_dual(tensor.block().values)
        assert unpacked.tangent is not None
        assert torch.allclose(unpacked.tangent.sum(), 2 * tangent.sum())
