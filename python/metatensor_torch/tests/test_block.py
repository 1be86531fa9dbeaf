"""Behavior of TensorBlock, through the TorchScript class."""

import copy
import gc
from typing import List

import pytest
import torch
from builders import Labels, TensorBlock, TensorMap, labels, simple_block


def test_constructor_keywords_and_positional() -> None:
    values = torch.zeros(3, 2)
    block = TensorBlock(values, Labels.range("s", 3), [], Labels.range("p", 2))
    assert block.values is values
    block = TensorBlock(
        samples=Labels.range("s", 3),
        values=values,
        properties=Labels.range("p", 2),
        components=[],
    )
    assert block.values is values
    # tuples are accepted as lists of labels
    block = TensorBlock(
        torch.zeros(3, 1, 2), Labels.range("s", 3), (Labels.range("c", 1),), Labels.range("p", 2)
    )
    assert len(block.components) == 1


def test_metadata() -> None:
    block = simple_block()
    assert len(block) == 3
    assert block.shape == [3, 2, 2]
    assert isinstance(block.shape, list)
    assert block.device == torch.device("cpu")
    # dtype are integers outside of TorchScript
    assert torch.ops.metatensor.dtype_name(block.dtype) == "torch.float64"
    assert not block.is_view

    assert block.samples.names == ["s"]
    assert isinstance(block.components, list)
    assert [c.names for c in block.components] == [["c"]]
    assert block.properties.names == ["p"]
    # new holders each time, sharing the same data
    assert block.samples is not block.samples
    assert block.samples.values.data_ptr() == block.samples.values.data_ptr()
    with pytest.raises(RuntimeError):
        block.samples = Labels.range("s", 3)


@pytest.mark.parametrize(
    "shape, n_components, match",
    [
        ((3, 2), 1, "2 axes|2 dimensions"),
        ((3, 5, 2), 1, "5"),
        ((4, 2), 0, "4"),
        ((3, 7), 0, "7"),
        ((3,), 0, "dimension|axes|axis"),
    ],
)
def test_shape_mismatch(shape: List[int], n_components: int, match: str) -> None:
    components = [Labels.range("c", 2)] * n_components
    with pytest.raises(RuntimeError, match=match):
        TensorBlock(torch.zeros(shape), Labels.range("s", 3), components, Labels.range("p", 2))


def test_components_have_one_dimension() -> None:
    components = [labels(["a", "b"], [[0, 0], [1, 1]])]
    with pytest.raises(RuntimeError, match="component"):
        TensorBlock(
            torch.zeros(3, 2, 2), Labels.range("s", 3), components, Labels.range("p", 2)
        )


def test_device_mismatch() -> None:
    with pytest.raises(RuntimeError) as error:
        TensorBlock(
            torch.zeros(3, 2, device="meta"), Labels.range("s", 3), [], Labels.range("p", 2)
        )
    assert "ExtDev:0" in str(error.value)
    assert "CPU:0" in str(error.value)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.complex64, torch.int8, torch.uint8, torch.bool]
)
def test_dtypes(dtype: torch.dtype) -> None:
    block = TensorBlock(
        torch.zeros(3, 2, dtype=dtype), Labels.range("s", 3), [], Labels.range("p", 2)
    )
    assert block.values.dtype == dtype
    assert block.copy().values.dtype == dtype


def test_any_dtype_at_construction() -> None:
    # the core does not know these, but this does not matter until it needs to
    for dtype in [torch.float8_e4m3fn, torch.uint16]:
        values = torch.zeros(3, 2, dtype=dtype)
        block = TensorBlock(values, Labels.range("s", 3), [], Labels.range("p", 2))
        assert block.values is values


def test_values_setter() -> None:
    block = simple_block()
    with pytest.raises(ValueError, match=r"values\[:\] = "):
        block.values = torch.zeros(3, 2, 2)
    block.values[:] = 33.0
    assert torch.all(block.values == 33.0)


def test_repr() -> None:
    block = TensorBlock(
        torch.zeros(2, 2), labels(["s", "t"], [[0, 1], [0, 2]]), [], Labels.range("p", 2)
    )
    expected = """TensorBlock with shape (2, 2)
    samples: [s, t]
    properties: [p]"""
    assert str(block) == expected
    assert repr(block) == expected

    block = simple_block(gradient=True)
    gradient = block.gradient("g")
    inner = TensorBlock(
        torch.zeros(1, 3, 2, 2, dtype=torch.float64),
        labels(["sample"], [[1]]),
        gradient.components,
        gradient.properties,
    )
    outer = gradient.copy()
    outer.add_gradient("cell/é", inner)
    block.add_gradient("strain", outer)
    expected = """TensorBlock with shape (3, 2, 2)
    samples: [s]
    components: [c]
    properties: [p]

    gradients:
        g      => TensorBlock with shape (3, 3, 2, 2)
        strain => TensorBlock with shape (3, 3, 2, 2)"""
    assert str(block) == expected

    expected = """TensorBlock gradient for 'g', with shape (3, 3, 2, 2)
    samples: [sample, atom]
    components: [xyz, c]
    properties: [p]"""
    assert str(block.gradient("g")) == expected

    nested = block.gradient("strain").gradient("cell/é")
    assert str(nested).startswith(
        "TensorBlock gradient for 'strain/cell/é', with shape (1, 3, 2, 2)\n"
    )


def test_copy() -> None:
    block = simple_block(gradient=True)
    deep = block.copy()
    assert deep.values.data_ptr() != block.values.data_ptr()
    assert deep.samples.values.data_ptr() == block.samples.values.data_ptr()
    assert torch.equal(deep.values, block.values)
    assert deep.gradients_list() == ["g"]
    assert deep.gradient("g").values.data_ptr() != block.gradient("g").values.data_ptr()

    shallow = block.copy(deep=False)
    assert shallow.values is block.values
    assert shallow.gradient("g").values is block.gradient("g").values

    view = block.gradient("g")
    assert view.is_view
    assert not view.copy().is_view
    assert not view.copy(deep=False).is_view

    # copy.copy shares data, copy.deepcopy goes through serialization
    assert copy.copy(block).values.data_ptr() == block.values.data_ptr()
    deep = copy.deepcopy(block)
    assert deep.values.data_ptr() != block.values.data_ptr()
    assert torch.equal(deep.gradient("g").values, block.gradient("g").values)


def test_gradients() -> None:
    block = simple_block()
    assert block.gradients_list() == []
    assert block.gradients() == []
    assert not block.has_gradient("g")
    with pytest.raises(RuntimeError, match="'?missing'?"):
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
    "changes, match",
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
    with pytest.raises(RuntimeError, match="g"):
        block.add_gradient("g", gradient_block())


def test_gradients_devices() -> None:
    block = simple_block()
    with pytest.raises(RuntimeError) as error:
        block.add_gradient("g", gradient_block().to("meta"))
    assert "ExtDev:0" in str(error.value)
    assert "CPU:0" in str(error.value)


def test_gradients_of_views() -> None:
    block = simple_block(gradient=True)
    with pytest.raises(RuntimeError, match="view"):
        block.gradient("g").add_gradient("h", gradient_block())
    tensor = TensorMap(Labels.single(), [block])
    with pytest.raises(RuntimeError, match="view"):
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


def test_to() -> None:
    block = simple_block(gradient=True)
    same = block.to()
    assert same.values is block.values
    assert not same.is_view

    dtype = block.to(torch.float32)
    assert dtype.values.dtype == torch.float32
    assert dtype.gradient("g").values.dtype == torch.float32
    assert dtype.samples.values.data_ptr() == block.samples.values.data_ptr()

    meta = block.to("meta")
    assert meta.device == torch.device("meta")
    assert meta.samples.device == torch.device("meta")
    assert meta.components[0].device == torch.device("meta")
    assert meta.gradient("g").values.device == torch.device("meta")
    assert meta.gradient("g").samples.device == torch.device("meta")
    with pytest.raises(NotImplementedError):
        meta.to("cpu")

    view = block.gradient("g").to(torch.float32)
    assert not view.is_view


def test_to_memory_format() -> None:
    values = torch.arange(6.0).reshape(2, 3).T
    block = TensorBlock(values, Labels.range("s", 3), [], Labels.range("p", 2))
    assert block.to(torch.float64).values.stride() == values.stride()


DEVICE = torch.device("meta")


@pytest.mark.parametrize(
    "args, kwargs",
    [
        ((torch.float32, DEVICE), {}),
        ((DEVICE, torch.float32), {}),
        (("meta", torch.float32), {}),
        ((torch.float32, "meta"), {}),
        ((torch.float32,), {"device": DEVICE}),
        ((torch.float32,), {"device": "meta"}),
        ((DEVICE,), {"dtype": torch.float32}),
        ((), {"dtype": torch.float32, "device": DEVICE}),
        ((), {"dtype": torch.float32, "device": "meta", "arrays": "torch"}),
        ((None, DEVICE), {"dtype": torch.float32, "non_blocking": True}),
        ((None, DEVICE, torch.float32), {}),
        ((DEVICE, 6), {"arrays": None}),
    ],
)
def test_to_forms(args, kwargs) -> None:
    block = simple_block().to(*args, **kwargs)
    assert block.values.dtype == torch.float32
    assert block.device == DEVICE


@pytest.mark.parametrize(
    "args, kwargs, error, match",
    [
        ((True,), {}, TypeError, "TensorBlock.to.*bool"),
        ((1.5,), {}, TypeError, "TensorBlock.to.*float"),
        ((torch.zeros(1),), {}, TypeError, "TensorBlock.to.*Tensor"),
        (("cpu", "meta"), {}, ValueError, "device.*twice.*TensorBlock.to"),
        (("cpu",), {"device": "cpu"}, ValueError, "device.*twice.*TensorBlock.to"),
        ((torch.float32, torch.float64), {}, ValueError, "dtype.*twice.*TensorBlock.to"),
        ((torch.float32,), {"dtype": torch.float64}, ValueError, "dtype.*twice"),
        ((), {"arrays": "numpy"}, ValueError, "arrays.*'numpy'"),
        ((999,), {}, ValueError, "999"),
        ((-1,), {}, ValueError, "-1"),
        ((), {"dtype": 999}, ValueError, "dtype.*TensorBlock.to"),
        (("nope",), {}, RuntimeError, "nope"),
    ],
)
def test_to_errors(args, kwargs, error, match: str) -> None:
    with pytest.raises(error, match=match):
        simple_block().to(*args, **kwargs)


def test_release() -> None:
    block = simple_block()
    values = block.values
    ptr = block.release()
    assert isinstance(ptr, int)
    for function in [
        lambda: block.values,
        lambda: block.samples,
        lambda: block.components,
        lambda: block.shape,
        lambda: len(block),
        lambda: str(block),
        lambda: block.gradients_list(),
        lambda: block.has_gradient("g"),
        lambda: block.gradient("g"),
        lambda: block.gradients(),
        lambda: block.add_gradient("g", simple_block()),
        lambda: block.copy(),
        lambda: block.to(),
        lambda: block.save_buffer(),
        lambda: block.save("nope.mts"),
        lambda: block.as_mts_block_t(),
        lambda: block.release(),
        lambda: TensorMap(Labels.single(), [block]),
    ]:
        with pytest.raises(RuntimeError, match="released"):
            function()

    again = TensorBlock.unsafe_from_ptr(ptr)
    assert again.values is values
    assert not again.is_view


def test_null_pointer() -> None:
    block = TensorBlock.unsafe_from_ptr(0)
    with pytest.raises(RuntimeError, match="released"):
        block.values  # noqa: B018


def test_views() -> None:
    block = simple_block(gradient=True)
    view = block.gradient("g")
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    with pytest.raises(RuntimeError, match="view"):
        TensorMap(Labels.single(), [view])

    view = TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), block)
    assert view.is_view
    assert view.values is block.values
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    del block
    gc.collect()
    assert view.values.shape == (3, 2, 2)

    block = simple_block()
    with pytest.raises(ValueError, match="parent"):
        TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), None)
    # any object can be the parent
    view = TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), {"a": block.values})
    assert view.is_view


def test_not_implemented() -> None:
    block = simple_block()
    with pytest.raises(NotImplementedError):
        block == block  # noqa: B015
    with pytest.raises(NotImplementedError):
        block[0]
    assert len({hash(block), hash(simple_block())}) == 2


def test_autograd() -> None:
    block = simple_block(gradient=True, requires_grad=True)
    assert block.values.requires_grad
    for other in [block.copy(), block.to(torch.float32), block.copy(deep=False)]:
        assert other.values.requires_grad
        (grad,) = torch.autograd.grad(other.values.sum(), block.values, retain_graph=True)
        assert torch.all(grad == 1)
        inner = other.gradient("g").values
        (grad,) = torch.autograd.grad((inner**2).sum(), block.gradient("g").values)
        assert torch.allclose(grad, 2 * block.gradient("g").values)


def test_functorch() -> None:
    samples = Labels.range("s", 3)
    properties = Labels.range("p", 2)

    def function(x):
        return (TensorBlock(x, samples.to("meta"), [], properties.to("meta")).values ** 3).sum()

    def on_host(x):
        return (TensorBlock(x, samples, [], properties).values ** 3).sum()

    x = torch.rand(3, 2, dtype=torch.float64)
    assert torch.allclose(torch.func.grad(on_host)(x), 3 * x**2)
    _, tangent = torch.func.jvp(on_host, (x,), (torch.ones_like(x),))
    assert torch.allclose(tangent, (3 * x**2).sum())
    with pytest.raises(RuntimeError):
        function(x)


def test_scripted() -> None:
    @torch.jit.script
    def function(block: TensorBlock, parameter: str) -> torch.Tensor:
        total = torch.zeros(1, dtype=block.dtype, device=block.device)
        if block.has_gradient(parameter):
            gradient = block.gradient(parameter)
            total += gradient.values.sum()
        for name, gradient in block.gradients():
            assert name == parameter
            total += gradient.values.sum()
        new_block = TensorBlock(
            block.values * 2, block.samples, block.components, block.properties
        )
        return total + new_block.values.sum()

    block = simple_block(gradient=True)
    expected = 2 * block.gradient("g").values.sum() + 2 * block.values.sum()
    assert torch.allclose(function(block, "g"), expected)


def test_scripted_setter() -> None:
    @torch.jit.script
    def function(block: TensorBlock):
        block.values = torch.zeros(1)

    with pytest.raises(RuntimeError, match=r"values\[:\] = "):
        function(simple_block())
