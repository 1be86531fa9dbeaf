import copy
import ctypes
import gc
import re
import weakref

import numpy as np
import pytest
from builders import assert_same_block, host, labels, small_block
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap
from metatensor._c_api import mts_block_t
from metatensor._c_lib import _get_library


@pytest.fixture
def block(engine):
    return small_block(engine)


def simple(values=None, samples=None, components=(), properties=None):
    return TensorBlock(
        np.zeros((2, 3)) if values is None else values,
        labels("s", [[0], [1]]) if samples is None else samples,
        list(components),
        Labels.range("n", 3) if properties is None else properties,
    )


# ---------------------------------------------------------------------------- creation
def test_attributes_are_the_given_objects(engine):
    values = engine.array([[1.0, 2.0], [3.0, 4.0]], "float64")
    samples, properties = labels("s", [[4], [2]]), labels("n", [[0], [7]])
    block = TensorBlock(values, samples, [], properties)

    assert block.values is values
    assert block.samples is samples
    assert block.properties is properties
    assert block.components == []
    assert len(block) == 2
    assert tuple(block.shape) == (2, 2)
    assert block.dtype == engine.dtype("float64")
    assert not block.is_view
    assert block.gradients_list() == []


def test_device(engine):
    block = small_block(engine)
    if engine.name == "numpy":
        assert block.device == "cpu"
    else:
        import torch

        assert block.device == torch.device("cpu")


def test_components_are_a_new_list(block):
    components = block.components
    components.append(Labels.single())
    assert len(block.components) == 1
    assert block.components[0].names == ["xyz"]


def test_components_from_any_iterable():
    component = Labels.range("c", 3)
    block = TensorBlock(np.zeros((1, 3, 1)), Labels.single(), iter((component,)), Labels.single())
    assert block.components[0] is component


def test_any_layout_is_kept():
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert simple(fortran).values is fortran
    strided = np.arange(24.0).reshape(4, 6)[::2, ::2]
    assert simple(strided).values is strided
    read_only = np.zeros((2, 3))
    read_only.flags.writeable = False
    assert simple(read_only).values is read_only


def test_empty_blocks():
    block = simple(np.zeros((0, 3)), labels("s", []))
    assert len(block) == 0
    block = simple(np.zeros((2, 0)), properties=Labels.empty("n"))
    assert block.shape == (2, 0)
    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    assert simple(np.zeros((0, 0)), nothing, [], nothing).shape == (0, 0)


@pytest.mark.parametrize("dtype", ["U4", "object", "datetime64[s]"])
def test_unusual_dtypes_are_refused_in_maps_only(dtype):
    block = simple(np.zeros((2, 3), dtype=dtype))
    with pytest.raises(ValueError, match=re.escape(dtype)):
        TensorMap(Labels.single(), [block])
    with pytest.raises(ValueError, match=re.escape(dtype)):
        simple(np.zeros((2, 3), dtype=dtype)).add_gradient("g", block)


def test_types_of_arguments():
    with pytest.raises(TypeError, match="list"):
        simple([[1.0, 2.0, 3.0]])
    with pytest.raises(TypeError, match="`samples` must be metatensor Labels, got str"):
        simple(samples="s")
    with pytest.raises(TypeError, match="`properties` must be metatensor Labels, got int"):
        simple(properties=3)
    with pytest.raises(TypeError, match=r"`components\[0\]` must be metatensor Labels, got str"):
        simple(components=["c"])
    with pytest.raises(TypeError, match="sequence of Labels, got Labels"):
        TensorBlock(np.zeros((1, 1)), Labels.single(), Labels.single(), Labels.single())
    with pytest.raises(TypeError, match="sequence of Labels, got int"):
        TensorBlock(np.zeros((1, 1)), Labels.single(), 3, Labels.single())


@pytest.mark.parametrize(
    ("values", "components", "message"),
    [
        (np.zeros(2), [], "1 dimensions.* 2 separate labels"),
        (np.zeros((2, 4, 3)), [], "3 dimensions.* 2 separate labels"),
        (np.zeros((5, 3)), [], "axis 0 is 5 .* 2 sample"),
        (np.zeros((2, 4)), [], "axis 1 is 4 .* 3 property"),
        (np.zeros((2, 4, 3)), [Labels.range("c", 2)], "axis 1 is 4 .* 2 entries"),
        (
            np.zeros((2, 2, 2, 3)),
            [Labels.range("c", 2), Labels.range("c", 2)],
            "more than once",
        ),
        (
            np.zeros((2, 1, 3)),
            [Labels(["a", "b"], np.array([[0, 0]]))],
            "single dimension.*component 0.*'a', 'b'",
        ),
        (np.zeros((2, 0, 3)), [Labels.empty("c")], "empty.*'c'"),
    ],
)
def test_invalid_shapes(values, components, message):
    with pytest.raises(MetatensorError, match=message) as error:
        simple(values, components=components)
    assert error.value.status == 1
    assert str(error.value).startswith("invalid parameter")


@pytest.mark.parametrize("which", ["samples", "components[0]", "properties"])
def test_different_devices(which):
    torch = pytest.importorskip("torch")
    meta = torch.zeros((3, 1), dtype=torch.int32, device="meta")
    given = {
        "samples": Labels.range("s", 3),
        "components[0]": Labels.range("c", 3),
        "properties": Labels.range("n", 3),
    }
    given[which] = Labels(given[which].names, meta, assume_unique=True)
    with pytest.raises(MetatensorError, match=r"'cpu'.* labels are on device 'meta'") as error:
        TensorBlock(
            np.zeros((3, 3, 3)), given["samples"], [given["components[0]"]], given["properties"]
        )
    assert which in str(error.value)


def test_values_can_be_changed_but_not_replaced(engine, block):
    block.values[:] = 3
    assert (host(block.values) == 3).all()
    with pytest.raises(AttributeError, match=r"values\[:\]"):
        block.values = block.values
    with pytest.raises(AttributeError):
        block.samples = block.samples
    with pytest.raises(AttributeError):
        block.something_else = 3


# --------------------------------------------------------------------------- gradients
def gradient_for(block, **changes):
    parts = {
        "values": np.zeros((1, 3)),
        "samples": labels("sample", [[1]]),
        "components": [],
        "properties": block.properties,
        **changes,
    }
    return TensorBlock(**parts)


def test_gradients(engine, block):
    assert block.has_gradient("positions")
    assert not block.has_gradient("cell")
    assert not block.has_gradient("")
    assert block.gradients_list() == ["positions"]

    gradient = block.gradient("positions")
    assert gradient.is_view
    assert gradient.samples.names == ["sample", "atom"]
    assert [name for name, _ in block.gradients()] == ["positions"]
    assert next(block.gradients())[1].values is gradient.values
    assert block.gradient("positions") is not gradient

    with pytest.raises(MetatensorError, match="'cell'"):
        block.gradient("cell")


def test_gradients_share_what_was_given():
    block = simple()
    gradient = gradient_for(block)
    assert block.add_gradient("g", gradient) is None
    assert block.gradient("g").values is gradient.values
    # the gradient is still there, but can not change
    assert gradient.shape == (1, 3)
    assert not gradient.is_view
    with pytest.raises(ValueError, match=r"copy\(\)"):
        gradient.add_gradient("h", gradient_for(gradient, samples=labels("sample", [[0]])))


def test_gradients_order():
    block = simple()
    for name in ["z", "a", "", "é/q"]:
        block.add_gradient(name, gradient_for(block))
    assert block.gradients_list() == ["z", "a", "", "é/q"]
    assert block.copy().gradients_list() == ["z", "a", "", "é/q"]
    assert block.gradient("é/q").shape == (1, 3)


def test_nested_gradients(engine):
    block = small_block(engine, nested=True)
    nested = block.gradient("positions").gradient("cell")
    assert nested.is_view
    del block
    gc.collect()
    assert tuple(nested.shape) == (1, 1, 3, 2)


def test_no_gradients_in_views(block):
    new = gradient_for(simple())
    with pytest.raises(ValueError, match="part of a TensorMap"):
        block.gradient("positions").add_gradient("q", new)

    tensor = TensorMap(Labels.single(), [block])
    with pytest.raises(ValueError, match="part of a TensorMap"):
        tensor.block(0).add_gradient("q", new)
    with pytest.raises(ValueError, match="part of a TensorMap"):
        block.add_gradient("q", new)
    assert tensor.block(0).gradients_list() == ["positions"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros((1, 3), dtype=np.float32)}, "dtype.*'float64' and 'float32'"),
        (
            {
                "values": np.zeros((0, 3)),
                "samples": Labels([], np.zeros((0, 0), dtype=np.int32)),
            },
            "at least one dimension",
        ),
        ({"samples": labels("atom", [[0]])}, "'sample', got 'atom'"),
        ({"samples": labels("sample", [[-1]])}, "2 samples.* is -1"),
        ({"samples": labels("sample", [[2]])}, "2 samples.* is 2"),
        ({"properties": Labels.range("m", 3)}, "properties"),
        ({"properties": labels("n", [[0], [2], [1]])}, "properties"),
    ],
)
def test_invalid_gradients(changes, message):
    block = simple()
    gradient = gradient_for(block, **changes)
    with pytest.raises(MetatensorError, match=message) as error:
        block.add_gradient("g", gradient)
    assert error.value.status == 1
    assert "'g'" in str(error.value)
    # both can still be used
    assert block.gradients_list() == []
    assert gradient.values is not None
    block.add_gradient("g", gradient_for(block))


def test_gradient_components():
    component = Labels.range("c", 2)
    block = simple(np.zeros((2, 2, 3)), components=[component])
    with pytest.raises(MetatensorError, match=r"0 components.*1 components"):
        block.add_gradient("g", gradient_for(block))
    with pytest.raises(MetatensorError, match=r"component 0 of the values.*'c'"):
        block.add_gradient(
            "g",
            gradient_for(block, values=np.zeros((1, 2, 3)), components=[labels("c", [[0], [2]])]),
        )
    with pytest.raises(MetatensorError, match="component 0 of the values"):
        block.add_gradient(
            "g",
            gradient_for(
                block,
                values=np.zeros((1, 2, 1, 3)),
                components=[component, Labels.range("other", 1)],
            ),
        )
    block.add_gradient(
        "g",
        gradient_for(
            block, values=np.zeros((1, 1, 2, 3)), components=[Labels.range("other", 1), component]
        ),
    )
    assert block.gradient("g").shape == (1, 1, 2, 3)


def test_gradients_of_other_kinds_of_arrays():
    torch = pytest.importorskip("torch")
    block = simple()
    with pytest.raises(MetatensorError, match=r"'python.numpy' and 'python.torch'"):
        block.add_gradient("g", gradient_for(block, values=torch.zeros((1, 3))))

    meta = simple(torch.zeros((2, 3), dtype=torch.float64)).to(device="meta")
    with pytest.raises(MetatensorError, match="'cpu' and 'meta'"):
        simple(torch.zeros((2, 3), dtype=torch.float64)).add_gradient(
            "g",
            TensorBlock(
                torch.zeros((2, 3), dtype=torch.float64, device="meta"),
                meta.samples,
                [],
                meta.properties,
            ),
        )


def test_gradient_arguments():
    block = simple()
    with pytest.raises(TypeError, match=r"TensorBlock, got numpy\.ndarray"):
        block.add_gradient("g", np.zeros((1, 3)))
    with pytest.raises(TypeError, match="string, got int"):
        block.add_gradient(3, gradient_for(block))
    with pytest.raises(MetatensorError, match="NUL"):
        block.add_gradient("a\0b", gradient_for(block))
    with pytest.raises(ValueError, match="itself"):
        block.add_gradient("g", block)
    block.add_gradient("g", gradient_for(block))
    with pytest.raises(MetatensorError, match="'g' already exists"):
        block.add_gradient("g", gradient_for(block))


def test_empty_gradient_samples():
    block = simple()
    block.add_gradient(
        "g", gradient_for(block, values=np.zeros((0, 3)), samples=Labels.empty(["sample", "a"]))
    )
    assert len(block.gradient("g")) == 0


def test_meta_gradients():
    torch = pytest.importorskip("torch")
    from conftest import TorchArrays

    block = small_block(TorchArrays).to(device="meta")
    assert block.samples.device == torch.device("meta")
    other = TensorBlock(block.values, block.samples, block.components, block.properties)
    # entries without data are not looked at
    other.add_gradient("positions", block.gradient("positions").copy())
    assert other.gradients_list() == ["positions"]


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
    copied = simple(np.asfortranarray(np.arange(6.0).reshape(2, 3))).copy()
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
    block = simple()
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
        simple().to("cuda")
    # strings are always devices
    with pytest.raises(ValueError, match="'float32'"):
        simple().to("float32")


def test_to_arrays():
    torch = pytest.importorskip("torch")
    block = simple(np.arange(6.0).reshape(2, 3))
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
    block = simple(torch.zeros((2, 3)))
    assert isinstance(block.samples.values, np.ndarray)
    moved = block.to("meta")
    assert moved.samples.device == torch.device("meta")
    assert isinstance(block.to("cpu").samples.values, np.ndarray)


def test_to_is_differentiable():
    torch = pytest.importorskip("torch")
    values = torch.ones((2, 3), dtype=torch.float64, requires_grad=True)
    simple(values).to(torch.float32).values.sum().backward()
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


# --------------------------------------------------------------------------- C pointers
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
    block = simple()
    pointer = block.as_mts_block_t()
    block.add_gradient("g", gradient_for(block))
    view = TensorBlock.unsafe_view_from_ptr(pointer, parent=block)
    assert view.gradients_list() == ["g"]
    assert view.gradient("g").values is block.gradient("g").values


def test_gradients_added_by_others():
    block = simple()
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
    block = TensorBlock.unsafe_from_ptr(simple().release())
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
