"""Creation, metadata, printing and lifetime of TensorBlock."""

import gc
from typing import List

import pytest
import torch
from torch_builders import Labels, TensorBlock, TensorMap, labels, simple_block


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
    ("shape", "n_components", "match"),
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
    with pytest.raises(RuntimeError, match=r"component"):
        TensorBlock(torch.zeros(3, 2, 2), Labels.range("s", 3), components, Labels.range("p", 2))


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
        with pytest.raises(RuntimeError, match=r"released"):
            function()

    again = TensorBlock.unsafe_from_ptr(ptr)
    assert again.values is values
    assert not again.is_view


def test_null_pointer() -> None:
    block = TensorBlock.unsafe_from_ptr(0)
    with pytest.raises(RuntimeError, match=r"released"):
        block.values


def test_views() -> None:
    block = simple_block(gradient=True)
    view = block.gradient("g")
    with pytest.raises(RuntimeError, match=r"view"):
        view.release()
    with pytest.raises(RuntimeError, match=r"view"):
        TensorMap(Labels.single(), [view])

    view = TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), block)
    assert view.is_view
    assert view.values is block.values
    with pytest.raises(RuntimeError, match=r"view"):
        view.release()
    del block
    gc.collect()
    assert view.values.shape == (3, 2, 2)

    block = simple_block()
    with pytest.raises(ValueError, match=r"parent"):
        TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), None)
    # any object can be the parent
    view = TensorBlock.unsafe_view_from_ptr(block.as_mts_block_t(), {"a": block.values})
    assert view.is_view


def test_not_implemented() -> None:
    block = simple_block()
    with pytest.raises(NotImplementedError):
        block == block
    with pytest.raises(NotImplementedError):
        block[0]
    assert len({hash(block), hash(simple_block())}) == 2


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
        new_block = TensorBlock(block.values * 2, block.samples, block.components, block.properties)
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
