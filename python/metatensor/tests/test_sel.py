"""Selection of blocks and entries by the values of their labels."""

import numpy as np
import pytest
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap


def make_block(engine):
    properties = Labels.range("n", 2).to(arrays=engine.name)
    xyz = Labels.range("xyz", 3).to(arrays=engine.name)
    samples = Labels(["system", "atom"], engine.array([[0, 0], [3, 0], [3, 1]]))
    block = TensorBlock(engine.array(np.arange(18.0).reshape(3, 3, 2)), samples, [xyz], properties)
    gradient = TensorBlock(
        engine.array(np.arange(48.0).reshape(4, 2, 3, 2)),
        Labels(["sample", "k"], engine.array([[0, 0], [1, 1], [2, 2], [2, 3]])),
        [Labels.range("d", 2).to(arrays=engine.name), xyz],
        properties,
    )
    block.add_gradient("x", gradient)
    return block


def test_samples(engine):
    block = make_block(engine)
    selected = block.sel(samples={"system": 3})
    assert selected.samples.values.tolist() == [[3, 0], [3, 1]]
    assert selected.values.tolist() == block.values[1:].tolist()
    gradient = selected.gradient("x")
    assert gradient.samples.values.tolist() == [[0, 1], [1, 2], [1, 3]]
    assert gradient.values.tolist() == block.gradient("x").values[1:].tolist()

    both = {"system": [0, 3], "atom": np.array([0])}
    assert block.sel(samples=both).samples.values.tolist() == [[0, 0], [3, 0]]
    # the order of the selection does not matter
    labels = Labels("system", engine.array([[3], [0]]))
    assert block.sel(samples=labels).samples == block.samples
    assert len(block.sel(samples={"system": 12})) == 0
    assert len(block.sel(samples={"system": []})) == 0


def test_components(engine):
    block = make_block(engine)
    selected = block.sel(components={"xyz": [2, 0]})
    assert selected.components[0].values.tolist() == [[0], [2]]
    assert selected.values.tolist() == block.values[:, [0, 2]].tolist()
    gradient = selected.gradient("x")
    assert [c.names for c in gradient.components] == [["d"], ["xyz"]]
    assert gradient.values.tolist() == block.gradient("x").values[:, :, [0, 2]].tolist()
    with pytest.raises(MetatensorError, match="no entry of the component 'xyz'"):
        block.sel(components={"xyz": 7})
    with pytest.raises(ValueError, match=r"unknown component 'd' .* are \['xyz'\]"):
        block.sel(components={"d": 0})
    with pytest.raises(TypeError, match="must be a dictionary"):
        block.sel(components=Labels.range("xyz", 1))


def test_properties_and_everything(engine):
    block = make_block(engine)
    selected = block.sel(properties={"n": 1})
    assert selected.values.tolist() == block.values[..., 1:].tolist()
    assert selected.gradient("x").values.tolist() == block.gradient("x").values[..., 1:].tolist()

    selected = block.sel(samples={"atom": 1}, components={"xyz": 1}, properties={"n": 0})
    assert selected.values.tolist() == [[[float(block.values[2, 1, 0])]]]
    assert not selected.is_view


def test_nothing_selected_shares(engine):
    block = make_block(engine)
    result = block.sel()
    assert result is not block
    assert result.values is block.values


def test_errors(engine):
    block = make_block(engine)
    with pytest.raises(ValueError, match="unknown dimension 'x' in the selection of samples"):
        block.sel(samples={"x": 0})
    with pytest.raises(TypeError, match="selection of properties must be Labels, or a dictionary"):
        block.sel(properties=[0])
    with pytest.raises(TypeError, match=r"values of 'n' .* must be integers, got 0.5"):
        block.sel(properties={"n": 0.5})


def test_map(engine):
    keys = Labels(["type"], engine.array([[1], [6], [8]]))
    tensor = TensorMap(keys, [make_block(engine) for _ in range(3)])
    selected = tensor.sel(keys={"type": [8, 1]}, samples={"system": 0})
    assert selected.keys.values.tolist() == [[1], [8]]
    for block in selected:
        assert block.samples.values.tolist() == [[0, 0]]
        assert block.gradients_list() == ["x"]
    assert len(tensor.sel(keys={"type": 3})) == 0
    with pytest.raises(ValueError, match="unknown dimension 'x' in the selection of keys"):
        tensor.sel(keys={"x": 0})
