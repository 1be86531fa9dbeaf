"""Labels, blocks and maps under the transformations of jax."""

import copy

import metatensor as mts
import numpy as np
import pytest
from array_makers import NumpyArrays
from builders import labels, small_block, small_map
from engine_cases import import_optional
from metatensor import TensorBlock, TensorMap

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402
from jax_maps import check_jax, doubled, plain_map  # noqa: E402


@pytest.fixture
def tensor():
    return small_map(NumpyArrays, nested=True)


# ------------------------------------------------------------------------------ the tree
def test_leaves(tensor):
    leaves, structure = jax.tree.flatten(tensor)
    assert len(leaves) == 9
    block = tensor[0]
    assert leaves[0] is block.values
    assert leaves[1] is block.gradient("positions").values
    assert leaves[2] is block.gradient("positions").gradient("cell").values
    back = jax.tree.unflatten(structure, leaves)
    assert isinstance(back, TensorMap)
    assert back.keys is tensor.keys
    assert back[0].samples is block.samples
    assert back[0].values is block.values
    assert not back.is_view
    assert str(back) == str(tensor)
    assert "TensorMap" in str(structure)


def test_info(tensor):
    tensor.set_info("unit", "eV")
    twice = jax.tree.map(lambda x: 2 * x, tensor)
    assert twice.info() == {"unit": "eV"}
    before = jax.tree.structure(tensor)
    tensor.set_info("unit", "J")
    assert jax.tree.structure(tensor) != before
    twice.set_info("other", "x")
    assert jax.tree.map(lambda x: x, tensor).info() == {"unit": "J"}


def test_block(tensor):
    leaves, structure = jax.tree.flatten(tensor[1])
    assert len(leaves) == 3
    back = jax.tree.unflatten(structure, leaves)
    assert isinstance(back, TensorBlock)
    assert back.gradient("positions").gradient("cell").values is leaves[2]
    gradient = jax.tree.map(lambda x: x + 1, tensor[1].gradient("positions"))
    assert gradient.values.shape == (2, 1, 3, 2)
    with pytest.raises(ValueError, match="can not add gradients"):
        back.gradient("positions").add_gradient("a", back)


def test_labels():
    one = labels("a b", [[1, 2], [3, 4]])
    leaves, structure = jax.tree.flatten(one)
    assert leaves == []
    assert jax.tree.unflatten(structure, []) is one
    same = jax.tree.structure(labels("a b", [[1, 2], [3, 4]]))
    assert structure == same
    assert hash(structure) == hash(same)
    for other in (
        labels("a c", [[1, 2], [3, 4]]),
        labels("a b", [[1, 2], [4, 3]]),
        labels("a b", [[1, 2]]),
        one.to(arrays="jax"),
    ):
        assert jax.tree.structure(other) != structure


def test_paths(tensor):
    paths = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(tensor)]
    assert paths[:3] == [
        ".block(k=0, l=0).values",
        ".block(k=0, l=0).gradient('positions').values",
        ".block(k=0, l=0).gradient('positions').gradient('cell').values",
    ]
    leaves = jax.tree.leaves(tensor)
    for path, leaf in zip(paths, leaves, strict=True):
        assert eval(f"tensor{path}") is leaf
    ((path, _), *_) = jax.tree_util.tree_leaves_with_path({"x": [tensor[0]]})
    assert jax.tree_util.keystr(path) == "['x'][0].values"


@pytest.mark.parametrize("anything", [object(), None, "text", 3, jnp.zeros(()), np.zeros((7, 7))])
def test_anything_can_be_a_leaf(tensor, anything):
    structure = jax.tree.structure(tensor)
    for value in (tensor, tensor[0], {"a": (tensor, tensor[0])}):
        replaced = jax.tree.map(lambda _: anything, value)
        assert jax.tree.structure(replaced, is_leaf=lambda x: x is None) is not None
    replaced = jax.tree.map(lambda _: anything, tensor)
    assert replaced[0].values is anything
    for text in (str(replaced), repr(replaced[0]), replaced._repr_html_()):
        assert "TensorMap" in text or "TensorBlock" in text
    assert jax.tree.structure(replaced, is_leaf=lambda x: x is None) == structure
    assert len(jax.tree.leaves(replaced, is_leaf=lambda x: x is None)) == 9


def test_shapes(tensor):
    def double(t):
        return jax.tree.map(lambda x: 2 * x, t)

    shapes = jax.eval_shape(double, tensor)
    assert isinstance(shapes, TensorMap)
    assert isinstance(shapes[0].values, jax.ShapeDtypeStruct)
    assert shapes[0].shape == (2, 3, 2)
    assert "TensorBlock with shape (2, 3, 2)" in str(shapes)
    compiled = jax.jit(double).lower(shapes).compile()
    check_jax(compiled(tensor), doubled(tensor))


def test_structures_are_compared_by_content(tensor):
    structure = jax.tree.structure(tensor)
    for same in (tensor.copy(), copy.copy(tensor), small_map(NumpyArrays, nested=True)):
        assert jax.tree.structure(same) == structure
        assert hash(jax.tree.structure(same)) == hash(structure)
    for other in (
        small_map(NumpyArrays),
        TensorMap(tensor.keys.rename("k", "z"), [block.copy() for block in tensor]),
        mts.rename_dimension(plain_map(), "samples", "s", "z"),
        tensor.to(arrays="torch") if import_optional("torch") else plain_map(),
    ):
        assert jax.tree.structure(other) != structure
    assert jax.tree.structure(tensor[0]) != jax.tree.structure(tensor[1])
    with pytest.raises(ValueError, match="TensorMap"):
        jax.tree.map(lambda x, y: x, tensor, small_map(NumpyArrays))


def test_new_gradients_are_noticed():
    block = small_block(NumpyArrays, gradient=False)
    before = jax.tree.structure(block)
    block.add_gradient("positions", small_block(NumpyArrays).gradient("positions").copy())
    assert jax.tree.structure(block) != before
    assert len(jax.tree.leaves(block)) == 2
