"""What random programs found, see tests/reference/test_differential.py."""

import metatensor as mts
import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap


def integer_block(n_samples: int, n_rows: int) -> TensorBlock:
    """Block of integers, with a gradient of this many rows."""
    properties = Labels.range("p", 2)
    values = np.arange(2 * n_samples).reshape(n_samples, 2)
    block = TensorBlock(values, Labels.range("s", n_samples), [], properties)
    rows = Labels(["sample"], np.arange(n_rows, dtype=np.int32).reshape(n_rows, 1))
    gradient = TensorBlock(np.ones((n_rows, 2), dtype=np.int64), rows, [], properties)
    block.add_gradient("g", gradient)
    return block


def with_nested_gradient(block: TensorBlock) -> TensorBlock:
    """The same block, and a gradient of its gradient."""
    properties = block.properties
    gradient = block.gradient("g").copy()
    gradient.add_gradient("h", TensorBlock(np.ones((2, 2)), gradient.samples, [], properties))
    nested = TensorBlock(block.values, block.samples, [], properties)
    nested.add_gradient("g", gradient)
    return nested


@pytest.mark.parametrize("name", ["mean", "var", "std"])
@pytest.mark.parametrize("axis", ["samples", "properties"])
@pytest.mark.parametrize("arrays", ["numpy", "torch"])
def test_averages_of_integers_have_one_dtype(name: str, axis: str, arrays: str) -> None:
    if arrays == "torch":
        pytest.importorskip("torch")
    blocks = [integer_block(3, 2), integer_block(2, 0), integer_block(0, 0)]
    tensor = TensorMap(Labels.range("k", 3), blocks).to(arrays=arrays)
    reduced = getattr(mts, f"{name}_over_{axis}")(tensor, [axis[0]])
    dtypes = {block.values.dtype for block in reduced}
    dtypes |= {block.gradient("g").values.dtype for block in reduced}
    (dtype,) = dtypes
    assert "float" in str(dtype)
    # as all other maps, it can be written
    assert len(reduced.to(arrays="numpy").save_buffer()) > 0


@pytest.mark.parametrize("scalar", [np.int64(0), np.float32(1)])
def test_slice_with_a_scalar(scalar: np.generic) -> None:
    block = integer_block(2, 1)
    with pytest.raises(TypeError, match=type(scalar).__name__):
        mts.slice_block(block, "samples", scalar)
    with pytest.raises(TypeError, match=type(scalar).__name__):
        mts.split_block(block, "properties", [scalar])


def test_least_squares_ignore_gradients_of_gradients() -> None:
    block = integer_block(3, 2).to(np.float64)
    tensor = TensorMap(Labels.range("k", 1), [block.copy()])
    expected = mts.lstsq(tensor, tensor, rcond=1e-10)
    tensor = TensorMap(Labels.range("k", 1), [with_nested_gradient(block)])
    assert mts.allclose(mts.lstsq(tensor, tensor, rcond=1e-10), expected)


@pytest.mark.parametrize("copy", [True, False])
def test_chosen_blocks_keep_gradients_of_gradients(copy: bool) -> None:
    nested = with_nested_gradient(integer_block(3, 2).to(np.float64))
    tensor = TensorMap(Labels.range("k", 2), [nested, nested.copy()])
    chosen = [
        mts.filter_blocks(tensor, Labels("k", np.array([[1]])), copy),
        mts.drop_blocks(tensor, Labels("k", np.array([[0]])), copy),
        mts.drop_empty_blocks(tensor, copy),
    ]
    for output in chosen:
        gradient = output.block({"k": 1}).gradient("g").gradient("h")
        assert gradient == tensor.block({"k": 1}).gradient("g").gradient("h")


def test_common_keys_of_joined_maps_are_in_the_order_of_the_first() -> None:
    tensor = TensorMap(Labels.range("k", 3), [integer_block(2, 1) for _ in range(3)])
    other = mts.filter_blocks(tensor, Labels("k", np.array([[2], [0]])))
    for tensors, keys in [([tensor, other], [[0], [2]]), ([other, tensor], [[2], [0]])]:
        joined = mts.join(tensors, "samples", different_keys="intersection", add_dimension="tensor")
        assert joined.keys.values.tolist() == keys
