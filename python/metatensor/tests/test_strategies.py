"""What the strategies of `metatensor.testing` can make."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from metatensor import Labels, TensorBlock, TensorMap
from metatensor.testing import assert_equal
from metatensor.testing import strategies as mts

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# what is found does not have to be small
SEARCH = settings(QUICK, max_examples=2000, phases=[Phase.generate])


def can_be(strategy, condition):
    """Say if something like this can be drawn."""
    try:
        find(strategy, condition, settings=SEARCH)
    except NoSuchExample:
        return False
    return True


@QUICK
@given(mts.labels())
def test_labels(labels):
    assert isinstance(labels, Labels)
    assert 1 <= len(labels.names) <= 3
    assert len(labels) <= 5
    # checks the names and entries again
    assert Labels(labels.names, np.array(labels.values)) == labels


@QUICK
@given(mts.labels(["a", "b"], min_size=2, max_size=3, values=st.integers(4, 6)))
def test_labels_as_requested(labels):
    assert labels.names == ["a", "b"]
    assert 2 <= len(labels) <= 3
    assert set(labels.values.ravel().tolist()) <= {4, 5, 6}


def test_labels_can_be():
    assert can_be(mts.labels(), lambda labels: len(labels) == 0)
    assert can_be(mts.labels(), lambda labels: len(labels) == 5)
    assert can_be(mts.labels("a"), lambda labels: (np.diff(labels["a"].astype(int)) < 0).any())
    assert can_be(mts.labels([]), lambda labels: labels.names == [])
    assert can_be(mts.labels(), lambda labels: (labels.values == -(2**31)).any())


@QUICK
@given(mts.dimension_names(2, 40, exclude=["system", "name_0"]))
def test_names(names):
    assert 2 <= len(names) <= 40
    assert len(set(names)) == len(names)
    assert not {"system", "name_0"} & set(names)
    Labels(names, np.zeros((1, len(names)), dtype=np.int32))


@QUICK
@given(st.data(), mts.dtypes())
def test_dtypes(data, dtype):
    array = data.draw(mts.arrays((2, 3), dtype))
    assert array.dtype == np.dtype(dtype)
    assert array.shape == (2, 3)
    if array.dtype.kind in "fc":
        assert np.isfinite(array).all()
        assert (np.abs(array) <= 1000).all()


def test_dtypes_can_be():
    for name in ("float16", "float64", "complex64", "bool", "uint64"):
        assert can_be(mts.dtypes(), lambda dtype, name=name: dtype == name)
    assert not can_be(mts.dtypes(floating_point=True), lambda name: not name.startswith("float"))


@QUICK
@given(mts.blocks(dtype=mts.dtypes()))
def test_blocks(block):
    assert isinstance(block, TensorBlock)
    assert not block.is_view
    assert len(block.components) <= 2
    assert_equal(TensorBlock.load_buffer(block.save_buffer()), block)


SAMPLES = Labels.range("s", 3)


@QUICK
@given(
    mts.blocks(
        samples=SAMPLES,
        components=[Labels.range("c", 2), mts.labels("d", min_size=1)],
        properties=mts.labels(["p", "q"], max_size=1),
        gradients=["x", "y"],
        max_depth=1,
        elements=st.just(7),
    )
)
def test_blocks_as_requested(block):
    assert block.samples == SAMPLES
    assert [component.names for component in block.components] == [["c"], ["d"]]
    assert block.properties.names == ["p", "q"]
    assert block.gradients_list() == ["x", "y"]
    assert (block.values == 7).all()
    for _, gradient in block.gradients():
        assert gradient.gradients_list() == []


@pytest.mark.parametrize(
    "condition",
    [
        lambda block: block.shape[0] == 0,
        lambda block: block.shape[-1] == 0,
        lambda block: block.values.size > 8 and len(block.components) == 2,
        lambda block: len(block.gradients_list()) == 2,
        lambda block: any(len(g.samples) > 1 for _, g in block.gradients()),
        lambda block: any(len(g.components) > len(block.components) for _, g in block.gradients()),
        lambda block: any(g.gradients_list() for _, g in block.gradients()),
    ],
)
def test_blocks_can_be(condition):
    assert can_be(mts.blocks(), condition)


@QUICK
@given(mts.tensor_maps(min_blocks=1, same_components=True, max_depth=1, dtype=mts.dtypes()))
def test_maps(tensor):
    assert isinstance(tensor, TensorMap)
    assert 1 <= len(tensor) <= 4
    assert_equal(TensorMap.load_buffer(tensor.save_buffer()), tensor)
    # no names in common
    merged = tensor.keys_to_samples(tensor.keys.names)
    assert sum(map(len, tensor)) == len(merged.block().samples)


@QUICK
@given(
    mts.tensor_maps(
        keys=Labels(["k"], np.array([[2], [0]])),
        same_samples=True,
        same_components=True,
        same_properties=True,
        sample_names=["s"],
        component_names=["c"],
        property_names=["p", "q"],
        gradients=[],
        info=st.just({"a": "b"}),
    )
)
def test_maps_as_requested(tensor):
    first, second = tensor.blocks()
    assert tensor.keys["k"].tolist() == [2, 0]
    assert first.samples == second.samples
    assert first.components == second.components
    assert first.properties == second.properties
    assert tensor.sample_names == ["s"]
    assert tensor.component_names == ["c"]
    assert tensor.property_names == ["p", "q"]
    assert first.gradients_list() == []
    assert tensor.info() == {"a": "b"}


@pytest.mark.parametrize(
    "condition",
    [
        lambda tensor: len(tensor) == 0,
        lambda tensor: len(tensor) == 4,
        lambda tensor: len({block.shape for block in tensor}) > 2,
        lambda tensor: len(tensor) > 2 and len({len(b.samples) for b in tensor}) == 1,
        lambda tensor: any(c.names != [] and len(c) > 1 for b in tensor for c in b.components),
        lambda tensor: any(b.gradients_list() for b in tensor),
        lambda tensor: len(tensor.info()) == 2,
    ],
)
def test_maps_can_be(condition):
    assert can_be(mts.tensor_maps(), condition)


def test_torch():
    torch = pytest.importorskip("torch")

    @QUICK
    @given(mts.tensor_maps(min_blocks=1, engine="torch", dtype=mts.dtypes("torch")))
    def check(tensor):
        block = tensor.block(0)
        assert isinstance(block.values, torch.Tensor)
        assert isinstance(tensor.keys.values, torch.Tensor)
        assert isinstance(block.samples.values, torch.Tensor)

    check()
    engines = st.sampled_from(["numpy", "torch"])
    for engine in (torch.Tensor, np.ndarray):
        assert can_be(
            mts.blocks(engine=engines), lambda b, engine=engine: isinstance(b.values, engine)
        )
    assert can_be(
        mts.arrays([2], mts.dtypes("torch"), engine="torch"),
        lambda array: array.dtype == torch.bfloat16,
    )


def test_no_bfloat16_in_numpy():
    with pytest.raises(ValueError, match="numpy does not have the dtype bfloat16"):
        find(mts.blocks(dtype="bfloat16"), lambda block: True)
