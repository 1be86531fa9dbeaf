"""Gradients of TensorBlock."""

import gc

import pytest
import torch
from torch_builders import Labels, TensorBlock, TensorMap, labels, simple_block


def test_gradients() -> None:
    block = simple_block()
    assert block.gradients_list() == []
    assert block.gradients() == []
    assert not block.has_gradient("g")
    with pytest.raises(RuntimeError, match=r"'?missing'?"):
        block.gradient("missing")

    gradient = simple_block(gradient=True).gradient("g").copy()
    block.add_gradient("g", gradient)
    block.add_gradient("a/b", gradient)
    assert block.gradients_list() == ["g", "a/b"]
    assert block.has_gradient("a/b")

    # the gradient is still usable, and shares the same data
    assert block.gradient("g").values is gradient.values
    assert [name for name, _ in block.gradients()] == ["g", "a/b"]
    assert block.gradients()[0][1].is_view


def gradient_block(**changes):
    parts = {
        "values": torch.zeros(1, 2, 2, dtype=torch.float64),
        "samples": labels(["sample"], [[0]]),
        "components": [Labels.range("c", 2)],
        "properties": Labels.range("p", 2),
    }
    parts.update(changes)
    return TensorBlock(**parts)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"values": torch.zeros(1, 2, 2, dtype=torch.float32)}, "(?s)float.*32|32-bit|dtype"),
        ({"samples": labels(["s"], [[0]])}, "sample"),
        ({"samples": labels(["sample"], [[7]])}, "7|sample"),
        ({"components": [Labels.range("d", 2)]}, "component"),
        ({"properties": Labels.range("q", 2)}, "propert"),
    ],
)
def test_gradients_errors(changes, match: str) -> None:
    block = simple_block()
    gradient = gradient_block(**changes)
    with pytest.raises(RuntimeError, match=match):
        block.add_gradient("g", gradient)
    # nothing happened to either of the blocks
    assert block.gradients_list() == []
    assert gradient.values.shape == (1, 2, 2)


def test_gradients_twice() -> None:
    block = simple_block()
    block.add_gradient("g", gradient_block())
    with pytest.raises(RuntimeError, match=r"g"):
        block.add_gradient("g", gradient_block())


def test_gradients_devices() -> None:
    block = simple_block()
    with pytest.raises(RuntimeError) as error:
        block.add_gradient("g", gradient_block().to("meta"))
    assert "ExtDev:0" in str(error.value)
    assert "CPU:0" in str(error.value)


def test_gradients_of_views() -> None:
    block = simple_block(gradient=True)
    with pytest.raises(RuntimeError, match=r"view"):
        block.gradient("g").add_gradient("h", gradient_block())
    tensor = TensorMap(Labels.single(), [block])
    with pytest.raises(RuntimeError, match=r"view"):
        tensor.block().add_gradient("h", gradient_block())


def test_gradient_keeps_block_alive() -> None:
    block = simple_block(gradient=True)
    expected = block.gradient("g").values.clone()
    gradient = block.gradient("g")
    del block
    gc.collect()
    assert torch.equal(gradient.values, expected)
    assert gradient.samples.names == ["sample", "atom"]


def test_gradient_survives_block_moved_in_map() -> None:
    block = simple_block(gradient=True)
    gradient = block.gradient("g")
    expected = gradient.values.clone()
    tensor = TensorMap(Labels.single(), [block])
    assert not block.is_view
    del tensor, block
    gc.collect()
    assert gradient.is_view
    assert torch.equal(gradient.values, expected)
    assert gradient.properties.names == ["p"]
