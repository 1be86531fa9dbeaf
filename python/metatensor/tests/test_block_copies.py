import copy

import numpy as np
import pytest
from builders import (
    assert_same_block,
    gradient_for,
    host,
    simple_block,
    small_block,
)
from metatensor import Labels, TensorMap


@pytest.fixture
def block(engine):
    return small_block(engine)


# ------------------------------------------------------------------- copies, conversion
def test_copies(engine):
    block = small_block(engine, nested=True)
    deep = block.copy()
    assert_same_block(block, deep)
    assert deep.values is not block.values
    assert deep.samples.values is block.samples.values
    deep.values[:] = 0
    assert host(block.values).any()
    deep.gradient("positions").values[:] = 0
    assert host(block.gradient("positions").values).any()
    assert deep.gradient("positions").gradient("cell").shape is not None

    for shallow in (block.copy(deep=False), copy.copy(block)):
        assert shallow.values is block.values
        assert shallow.samples is block.samples
        assert shallow.gradient("positions").values is block.gradient("positions").values
        assert shallow is not block
    assert copy.deepcopy(block).values is not block.values


def test_copies_of_views_are_not_views(block):
    gradient = block.gradient("positions").copy()
    assert not gradient.is_view
    assert repr(gradient).startswith("TensorBlock with shape")
    view = TensorMap(Labels.single(), [block]).block(0)
    assert view.is_view
    new = view.copy(deep=False)
    assert not new.is_view
    # views share gradients with the map, copies do not
    new.add_gradient("other", gradient)
    assert view.gradients_list() == ["positions"]


def test_copy_of_fortran_is_c_order():
    copied = simple_block(np.asfortranarray(np.arange(6.0).reshape(2, 3))).copy()
    assert copied.values.flags.c_contiguous


@pytest.mark.parametrize("as_keyword", [True, False])
def test_to_dtype(engine, block, as_keyword):
    dtype = engine.dtype("float32")
    new = block.to(dtype=dtype) if as_keyword else block.to(dtype)
    assert new.dtype == dtype
    assert new.gradient("positions").dtype == dtype
    assert block.dtype == engine.dtype("float64")
    assert new.samples is block.samples


def test_to_without_changes(block):
    for new in (block.to(), block.to(None), block.to("cpu"), block.to(device="cpu")):
        assert new is not block
        assert not new.is_view
        assert new.values is block.values
        assert new.properties is block.properties


def test_to_numpy_dtypes():
    block = simple_block()
    assert block.to(float).values is block.values
    assert block.to(int).dtype == np.int64
    assert block.to(dtype="float32").dtype == np.float32
    assert block.to(np.dtype("complex64"), "cpu").dtype == np.complex64


def test_to_errors(engine, block):
    with pytest.raises(ValueError, match=r"device twice to `TensorBlock.to`"):
        block.to("cpu", device="cpu")
    with pytest.raises(ValueError, match="dtype twice"):
        block.to(engine.dtype("float32"), engine.dtype("float64"))
    with pytest.raises(TypeError, match=r"TensorBlock.to"):
        block.to(block.values)
    with pytest.raises(TypeError):
        block.to(unknown=3)
    with pytest.raises(ValueError, match="jaxy"):
        block.to(arrays="jaxy")


def test_to_numpy_devices():
    with pytest.raises(ValueError, match="'cuda'"):
        simple_block().to("cuda")
    # strings are always devices
    with pytest.raises(ValueError, match="'float32'"):
        simple_block().to("float32")


def test_to_arrays():
    torch = pytest.importorskip("torch")
    block = simple_block(np.arange(6.0).reshape(2, 3))
    block.add_gradient("g", gradient_for(block))
    new = block.to(arrays="torch")
    assert isinstance(new.values, torch.Tensor)
    assert isinstance(new.samples.values, torch.Tensor)
    assert isinstance(new.gradient("g").values, torch.Tensor)
    # labels used twice are converted once
    assert new.gradient("g").properties is new.properties
    new.values[0, 0] = 42
    assert block.values[0, 0] == 42

    back = new.to(arrays="numpy")
    assert isinstance(back.values, np.ndarray)
    assert isinstance(back.samples.values, np.ndarray)
    assert back.samples == block.samples

    meta = block.to(arrays="torch", device="meta", dtype=torch.float32)
    assert meta.device == torch.device("meta")
    assert meta.samples.device == torch.device("meta")
    assert meta.dtype == torch.float32

    with pytest.raises(TypeError):
        block.to(dtype=torch.float32)


def test_to_moves_numpy_labels_with_tensors():
    torch = pytest.importorskip("torch")
    block = simple_block(torch.zeros((2, 3)))
    assert isinstance(block.samples.values, np.ndarray)
    moved = block.to("meta")
    assert moved.samples.device == torch.device("meta")
    assert isinstance(block.to("cpu").samples.values, np.ndarray)


def test_to_is_differentiable():
    torch = pytest.importorskip("torch")
    values = torch.ones((2, 3), dtype=torch.float64, requires_grad=True)
    simple_block(values).to(torch.float32).values.sum().backward()
    assert (values.grad == 1).all()


# ---------------------------------------------------------------------------- operators
def test_comparison_with_other_types(block):
    assert (block == 3) is False
    assert (block != "a") is True
    with pytest.raises(TypeError, match="unhashable"):
        hash(block)


def test_equality(engine, block):
    assert block == small_block(engine)
    assert (block != small_block(engine)) is False
    assert block != small_block(engine, start=4)
    assert block == TensorMap(Labels.single(), [block]).block(0)
