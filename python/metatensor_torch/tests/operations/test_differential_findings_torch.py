"""What random programs found, see tests/reference/test_differential.py."""

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap


def make_map() -> TensorMap:
    """Map with the gradient ``cell``."""
    block = TensorBlock(torch.ones(2, 3), Labels.range("s", 2), [], Labels.range("p", 3))
    gradient = TensorBlock(torch.ones(1, 3), Labels.range("sample", 1), [], block.properties)
    block.add_gradient("cell", gradient)
    return TensorMap(Labels.range("k", 1), [block])


@pytest.mark.parametrize(
    ("remove", "left"),
    [([], ["cell"]), (["other"], ["cell"]), (["cell"], []), ("cell", []), ("c", ["cell"])],
)
def test_remove_gradients(remove: list[str], left: list[str]) -> None:
    tensor = make_map()
    assert mts.remove_gradients(tensor, remove).block().gradients_list() == left
    assert mts.remove_gradients_block(tensor.block(), remove).gradients_list() == left


def test_errors_of_the_classes_are_runtime_errors() -> None:
    tensor = make_map()
    for axis in ("keys", "samples", "properties"):
        with pytest.raises(RuntimeError, match="42"):
            mts.insert_dimension(tensor, axis, 42, "new", 1)
        with pytest.raises(RuntimeError, match="5 entries"):
            mts.append_dimension(tensor, axis, "new", torch.zeros(5, dtype=torch.int64))
    for axis in ("samples", "properties"):
        with pytest.raises(RuntimeError, match="out of range"):
            mts.slice_block(tensor.block(), axis, [7])
