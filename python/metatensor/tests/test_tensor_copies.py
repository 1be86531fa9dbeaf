import copy
import sys

import numpy as np
import pytest
from builders import (
    assert_same_map,
    host,
    small_map,
)
from metatensor import Labels, TensorBlock, TensorMap


@pytest.fixture
def tensor(engine):
    return small_map(engine)


@pytest.fixture
def no_blocks():
    return TensorMap(Labels.empty(["k", "l"]), [])


# ------------------------------------------------------------------------------- leaves
def test_leaves(engine):
    tensor = small_map(engine, nested=True)
    leaves = tensor._leaves()
    assert len(leaves) == 9
    assert leaves[0] is tensor[0].values
    assert leaves[1] is tensor[0].gradient("positions").values
    assert leaves[2] is tensor[0].gradient("positions").gradient("cell").values
    assert leaves[3] is tensor[1].values
    assert tensor[0]._leaves()[1] is leaves[1]

    tensor.set_info("a", "b")
    new = tensor._with_arrays([leaf + 1 for leaf in leaves])
    assert new.keys is tensor.keys
    assert new.info() == {}
    assert new[2].properties is tensor[2].properties
    np.testing.assert_array_equal(host(new[2].values), host(tensor[2].values) + 1)
    np.testing.assert_array_equal(host(new._leaves()[8]), host(leaves[8]) + 1)
    with pytest.raises(ValueError, match="less"):
        tensor._with_arrays(leaves[:-1])
    with pytest.raises(ValueError, match="more"):
        tensor._with_arrays([*leaves, leaves[0]])
    assert new.block(k=1).values is new[1].values


def test_from_parts(tensor):
    new = TensorMap._from_parts(tensor.keys, tensor.blocks(), {"a": "b"})
    assert new.info() == {"a": "b"}
    assert new[0].values is tensor[0].values
    block = tensor[0]
    gradient = block.gradient("positions")
    again = TensorBlock._from_parts(
        block.values, block.samples, block.components, block.properties, [("p", gradient)]
    )
    assert again.gradient("p").values is gradient.values


# ------------------------------------------------------------------- copies, conversion
def test_copies(tensor):
    tensor.set_info("first", "1")
    for new in (tensor.copy(), copy.deepcopy(tensor)):
        assert_same_map(tensor, new)
        assert new[0].values is not tensor[0].values
        assert new[0].samples.values is tensor[0].samples.values
    for new in (tensor.copy(deep=False), copy.copy(tensor)):
        assert_same_map(tensor, new)
        assert new[0].values is tensor[0].values
        new.set_info("second", "2")
    assert tensor.info() == {"first": "1"}


def test_copies_leave_no_references(tensor):
    count = sys.getrefcount(tensor)
    new = tensor.copy()
    assert sys.getrefcount(tensor) == count
    shallow = tensor.copy(deep=False)
    assert sys.getrefcount(tensor) == count
    assert tensor.block(0).values is not None
    assert len(tensor.keys_to_samples("k")) == 2
    assert sys.getrefcount(tensor) == count
    del new, shallow


def test_to(engine, tensor):
    tensor.set_info("a", "")
    new = tensor.to(engine.dtype("float32"))
    assert new.dtype == engine.dtype("float32")
    assert new.info() == {"a": ""}
    assert new.keys is tensor.keys
    assert new[0].samples is tensor[0].samples
    assert tensor.to("cpu")[0].values is tensor[0].values
    with pytest.raises(TypeError, match=r"TensorMap\.to"):
        tensor.to([3])


def test_to_arrays(tensor):
    torch = pytest.importorskip("torch")
    for arrays, kind in (("torch", torch.Tensor), ("numpy", np.ndarray)):
        new = tensor.to(arrays=arrays)
        assert isinstance(new.keys.values, kind)
        assert isinstance(new[0].values, kind)
        assert isinstance(new[0].samples.values, kind)
        assert new.block(k=1).values is new[1].values
        assert_same_map(new.to(arrays="numpy"), tensor.to(arrays="numpy"))

    meta = tensor.to(arrays="torch", device="meta", non_blocking=True)
    assert meta.device == torch.device("meta")
    assert meta.keys.device == torch.device("meta")
    assert "TensorMap with 3 blocks" in repr(meta)
