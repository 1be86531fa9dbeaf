import gc
import inspect
import re

import numpy as np
import pytest
from builders import gradient_for, host, labels, simple_block, small_block
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap


@pytest.fixture
def block(engine):
    return small_block(engine)


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
    assert simple_block(fortran).values is fortran
    strided = np.arange(24.0).reshape(4, 6)[::2, ::2]
    assert simple_block(strided).values is strided
    read_only = np.zeros((2, 3))
    read_only.flags.writeable = False
    assert simple_block(read_only).values is read_only


def test_empty_blocks():
    block = simple_block(np.zeros((0, 3)), labels("s", []))
    assert len(block) == 0
    block = simple_block(np.zeros((2, 0)), properties=Labels.empty("n"))
    assert block.shape == (2, 0)
    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    assert simple_block(np.zeros((0, 0)), nothing, [], nothing).shape == (0, 0)


@pytest.mark.parametrize("dtype", ["U4", "object", "datetime64[s]"])
def test_unusual_dtypes_are_refused_in_maps_only(dtype):
    block = simple_block(np.zeros((2, 3), dtype=dtype))
    with pytest.raises(ValueError, match=re.escape(dtype)):
        TensorMap(Labels.single(), [block])
    with pytest.raises(ValueError, match=re.escape(dtype)):
        simple_block(np.zeros((2, 3), dtype=dtype)).add_gradient("g", block)


def test_types_of_arguments():
    with pytest.raises(TypeError, match="list"):
        simple_block([[1.0, 2.0, 3.0]])
    with pytest.raises(TypeError, match="`samples` must be metatensor Labels, got str"):
        simple_block(samples="s")
    with pytest.raises(TypeError, match="`properties` must be metatensor Labels, got int"):
        simple_block(properties=3)
    with pytest.raises(TypeError, match=r"`components\[0\]` must be metatensor Labels, got str"):
        simple_block(components=["c"])
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
        simple_block(values, components=components)
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
    for name in ("samples", "components", "properties"):
        with pytest.raises(AttributeError, match=name):
            setattr(block, name, getattr(block, name))
    for name in ("values", "samples", "properties"):
        with pytest.raises(AttributeError, match=name):
            delattr(block, name)
    with pytest.raises(AttributeError):
        block.something_else = 3
    assert (host(block.values) == 3).all()


def test_attributes_have_documentation():
    for name in ("values", "samples", "properties"):
        assert inspect.getdoc(getattr(TensorBlock, name))
    assert inspect.getdoc(TensorMap.keys)


def test_classes_of_users_can_have_more_attributes(engine, block):
    class Named(TensorBlock):
        def __init__(self, name, *args):
            super().__init__(*args)
            self.name = name

    named = Named("energy", block.values, block.samples, block.components, block.properties)
    assert named.name == "energy"
    assert named.values is block.values
    with pytest.raises(AttributeError, match="samples"):
        named.samples = block.samples
    del named.name
    assert not hasattr(named, "name")


# --------------------------------------------------------------------------- gradients
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
    block = simple_block()
    gradient = gradient_for(block)
    assert block.add_gradient("g", gradient) is None
    assert block.gradient("g").values is gradient.values
    # the gradient is still there, but can not change
    assert gradient.shape == (1, 3)
    assert not gradient.is_view
    with pytest.raises(ValueError, match=r"copy\(\)"):
        gradient.add_gradient("h", gradient_for(gradient, samples=labels("sample", [[0]])))


def test_gradients_order():
    block = simple_block()
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
    new = gradient_for(simple_block())
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
    block = simple_block()
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
    block = simple_block(np.zeros((2, 2, 3)), components=[component])
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
    block = simple_block()
    with pytest.raises(MetatensorError, match=r"'python.numpy' and 'python.torch'"):
        block.add_gradient("g", gradient_for(block, values=torch.zeros((1, 3))))

    meta = simple_block(torch.zeros((2, 3), dtype=torch.float64)).to(device="meta")
    with pytest.raises(MetatensorError, match="'cpu' and 'meta'"):
        simple_block(torch.zeros((2, 3), dtype=torch.float64)).add_gradient(
            "g",
            TensorBlock(
                torch.zeros((2, 3), dtype=torch.float64, device="meta"),
                meta.samples,
                [],
                meta.properties,
            ),
        )


def test_gradient_arguments():
    block = simple_block()
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
    block = simple_block()
    block.add_gradient(
        "g", gradient_for(block, values=np.zeros((0, 3)), samples=Labels.empty(["sample", "a"]))
    )
    assert len(block.gradient("g")) == 0


def test_meta_gradients():
    torch = pytest.importorskip("torch")
    from array_makers import TorchArrays

    block = small_block(TorchArrays).to(device="meta")
    assert block.samples.device == torch.device("meta")
    other = TensorBlock(block.values, block.samples, block.components, block.properties)
    # entries without data are not looked at
    other.add_gradient("positions", block.gradient("positions").copy())
    assert other.gradients_list() == ["positions"]
