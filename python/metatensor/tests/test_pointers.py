import ctypes
import gc
import weakref

import numpy as np
import pytest
from builders import (
    assert_same_block,
    assert_same_map,
    gradient_for,
    host,
    simple_block,
    small_block,
    small_map,
    two_keys,
)
from metatensor import Labels, TensorBlock, TensorMap
from metatensor._c_api import mts_block_t, mts_tensormap_t
from metatensor._c_lib import _get_library


@pytest.fixture
def tensor(engine):
    return small_map(engine)


@pytest.fixture
def block(engine):
    return small_block(engine)


# ------------------------------------------------------------------------------ blocks
def test_pointers(engine, block):
    pointer = block.as_mts_block_t()
    assert isinstance(pointer, ctypes.POINTER(mts_block_t))
    values = block.values

    pointer = block.release()
    assert repr(block) == str(block) == "TensorBlock(<empty>)"
    assert "empty" in block._repr_html_()
    for access in (
        lambda: block.values,
        lambda: block.samples,
        lambda: block.components,
        lambda: block.properties,
        lambda: block.is_view,
        lambda: block.dtype,
        lambda: len(block),
        lambda: block.gradients_list(),
        lambda: block.copy(),
        lambda: block.to("cpu"),
        lambda: block.as_mts_block_t(),
        lambda: block.release(),
        lambda: block.save_buffer(),
        lambda: TensorMap(Labels.single(), [block]),
    ):
        with pytest.raises(ValueError, match="released"):
            access()

    new = TensorBlock.unsafe_from_ptr(pointer)
    assert not new.is_view
    assert new.values is values
    assert_same_block(new, small_block(engine))
    # once more, now that the block comes from a pointer
    again = TensorBlock.unsafe_from_ptr(new.release())
    assert repr(new) == "TensorBlock(<empty>)"
    assert again.values is values
    assert_same_block(again, small_block(engine))


def test_null_pointers():
    null = ctypes.POINTER(mts_block_t)()
    with pytest.raises(AssertionError):
        TensorBlock.unsafe_from_ptr(null)
    with pytest.raises(AssertionError):
        TensorBlock.unsafe_view_from_ptr(null, parent=3)


def test_views_of_pointers(block):
    view = TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), parent=block)
    assert view.is_view
    assert view.values is block.values
    assert_same_block(view, block)
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    with pytest.raises(AssertionError):
        TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), parent=None)

    reference = weakref.ref(block)
    del block
    gc.collect()
    assert reference() is not None
    assert len(view) == 2


def test_views_can_not_be_released(block):
    with pytest.raises(RuntimeError, match="view"):
        block.gradient("positions").release()
    with pytest.raises(RuntimeError, match="view"):
        TensorMap(Labels.single(), [block]).block(0).release()


def test_gradient_views_survive_the_block(engine, block):
    gradient = block.gradient("positions")
    expected = host(gradient.values).copy()
    _get_library().mts_block_free(block.release())
    gc.collect()
    np.testing.assert_array_equal(host(gradient.values), expected)
    assert gradient.samples.names == ["sample", "atom"]

    block = TensorBlock.unsafe_from_ptr(small_block(engine).release())
    gradient = block.gradient("positions")
    _get_library().mts_block_free(block.release())
    gc.collect()
    np.testing.assert_array_equal(host(gradient.values), expected)
    # C objects are made again when they are needed
    assert len(gradient.save_buffer()) > 0


def test_gradients_added_after_using_the_pointer():
    block = simple_block()
    pointer = block.as_mts_block_t()
    block.add_gradient("g", gradient_for(block))
    view = TensorBlock.unsafe_view_from_ptr(pointer, parent=block)
    assert view.gradients_list() == ["g"]
    assert view.gradient("g").values is block.gradient("g").values


def test_gradients_added_by_others():
    block = simple_block()
    pointer = block.as_mts_block_t()
    lib = _get_library()
    lib.mts_block_add_gradient(pointer, b"g", gradient_for(block).release())
    assert block.gradients_list() == ["g"]
    assert block.gradient("g").shape == (1, 3)

    view = TensorBlock.unsafe_view_from_ptr(pointer, parent=block)
    assert view.gradients_list() == ["g"]
    lib.mts_block_add_gradient(pointer, b"h", gradient_for(block).release())
    assert view.gradients_list() == ["g", "h"]
    assert [name for name, _ in block.gradients()] == ["g", "h"]


def test_blocks_from_pointers_can_get_gradients():
    block = TensorBlock.unsafe_from_ptr(simple_block().release())
    block.add_gradient("g", gradient_for(block))
    other = TensorBlock.unsafe_from_ptr(block.release())
    assert other.gradients_list() == ["g"]


def test_lifetimes(engine):
    block = small_block(engine)
    references = [weakref.ref(block), weakref.ref(block.samples)]
    gradient = block.gradient("positions")
    del block
    assert references[0]() is not None, "a gradient keeps its block"
    del gradient
    assert all(reference() is None for reference in references), "there is a cycle"


def test_values_outlive_blocks(engine):
    values = small_block(engine).values
    gc.collect()
    assert host(values)[1, 2, 1] == 11


# -------------------------------------------------------------------------------- maps
def test_pointers_of_maps(engine):
    tensor = small_map(engine, nested=True)
    tensor.set_info("a", "b")
    expected = tensor.copy()
    values = tensor[1].values
    assert isinstance(tensor.as_mts_tensormap_t(), ctypes.POINTER(mts_tensormap_t))

    pointer = tensor.release()
    assert repr(tensor) == str(tensor) == "TensorMap(<empty>)"
    assert "empty" in tensor._repr_html_()
    for access in (
        lambda: tensor.keys,
        lambda: len(tensor),
        lambda: tensor.block(0),
        lambda: list(tensor),
        lambda: tensor.info(),
        lambda: tensor.get_info("a"),
        lambda: tensor.set_info("a", "b"),
        lambda: tensor.is_view,
        lambda: tensor.dtype,
        lambda: tensor.copy(),
        lambda: tensor.keys_to_samples("k"),
        lambda: tensor.save_buffer(),
        lambda: tensor.as_mts_tensormap_t(),
        lambda: tensor.release(),
    ):
        with pytest.raises(ValueError, match="released"):
            access()

    new = TensorMap.unsafe_from_ptr(pointer)
    assert not new.is_view
    assert new[1].values is values
    assert_same_map(new, expected)
    again = TensorMap._from_ptr(new.release())
    assert again[1].values is values
    assert_same_map(again, expected)


def test_labels_are_shared_inside_of_maps(engine):
    blocks = [small_block(engine) for _ in range(2)]
    properties = blocks[0].properties
    blocks = [
        TensorBlock(block.values, block.samples, block.components, properties) for block in blocks
    ]
    tensor = TensorMap.unsafe_from_ptr(TensorMap(two_keys(), blocks).release())
    assert tensor[0].properties is tensor[1].properties
    assert tensor[0].properties.values is properties.values


def test_views_of_pointers_of_maps(engine):
    tensor = small_map(engine)
    tensor.set_info("a", "b")
    view = TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), parent=tensor)
    assert view.is_view
    assert_same_map(view, tensor)
    # both show the same info
    view.set_info("a", "c")
    assert tensor.get_info("a") == "c"
    assert view[0].values is tensor[0].values
    assert not view.copy().is_view
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    with pytest.raises(AssertionError):
        TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), parent=None)
    with pytest.raises(AssertionError):
        TensorMap.unsafe_from_ptr(ctypes.POINTER(mts_tensormap_t)())

    reference = weakref.ref(tensor)
    del tensor
    gc.collect()
    assert reference() is not None
    del view
    assert reference() is None


def test_block_views_keep_the_map(engine):
    tensor = small_map(engine)
    reference = weakref.ref(tensor)
    block = tensor.block(0)
    values = block.values
    del tensor
    assert reference() is not None
    gradient = block.gradient("positions")
    del block
    assert reference() is not None
    del gradient
    assert reference() is None, "there is a cycle"
    assert host(values)[0, 0, 0] == 0


def test_views_survive_released_maps(engine, tensor):
    expected = small_map(engine)
    from_c = TensorMap.unsafe_from_ptr(small_map(engine).release())
    for t in (tensor, from_c):
        block, gradient = t.block(1), t.block(2).gradient("positions")
        _get_library().mts_tensormap_free(t.release())
        gc.collect()
        assert_same_block(block, expected[1])
        assert_same_block(gradient, expected[2].gradient("positions"))
        assert len(block.save_buffer()) > 0


def test_cycles(engine):
    gc.collect()
    tensor = small_map(engine)
    tensor.as_mts_tensormap_t()
    values = tensor[0].values
    reference = weakref.ref(values)
    from_c = TensorMap.unsafe_from_ptr(tensor.copy().release())
    from_c_values = weakref.ref(from_c[0].values)
    assert from_c[0].gradient("positions").values is not None
    del values, tensor, from_c
    assert reference() is None
    assert from_c_values() is None
