"""Moving keys and components of maps of every engine: the same results as with numpy."""

import numpy as np
import pytest
from array_makers import NumpyArrays
from engine_cases import check_map, convert, every_data_engine, needs_own_labels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap
from move_examples import example_1, example_4

own = pytest.mark.parametrize("own", [False, True], ids=["host-labels", "own-labels"])


def convert_map(tensor, case, own):
    if not own and needs_own_labels(case):
        pytest.skip("labels have to be on the device of the values")
    return convert(tensor, case, own)


@every_data_engine
@own
@pytest.mark.parametrize("sort_samples", [False, True])
def test_keys(case, own, sort_samples):
    for expected, names in (
        (example_1(NumpyArrays), ["k1", "k2"]),
        (example_4(NumpyArrays), ["k"]),
    ):
        tensor = convert_map(expected, case, own)
        for moved in (names, names[:1], []):
            for method in ("keys_to_samples", "keys_to_properties"):
                options = {"fill_value": -1, "sort_samples": sort_samples}
                result = getattr(tensor, method)(moved, **options)
                check_map(case, result, getattr(expected, method)(moved, **options))


@every_data_engine
@own
def test_labels_follow(case, own):
    tensor = convert_map(example_1(NumpyArrays), case, own)
    moved = tensor.keys_to_samples("k1")
    for labels in (moved.keys, moved[0].samples, moved[0].properties):
        if own:
            assert case.is_array(labels.values)
        else:
            assert isinstance(labels.values, np.ndarray)


@every_data_engine
@pytest.mark.parametrize("dtype", ["float32", "int64", "complex64", "bool"])
def test_fill_values(case, dtype):
    expected = example_1(NumpyArrays, dtype)
    tensor = convert_map(expected, case, needs_own_labels(case))
    for fill in (0, 1.0, True, np.float64(1), case.array(np.array(1.0))):
        result = tensor.keys_to_samples("k1", fill_value=fill)
        check_map(case, result, expected.keys_to_samples("k1", fill_value=1.0 if fill else 0))
    if dtype == "int64":
        with pytest.raises(ValueError, match="nan"):
            tensor.keys_to_samples("k1", fill_value=np.nan)
    if dtype != "complex64":
        with pytest.raises(TypeError, match="complex") if dtype != "bool" else _nothing():
            tensor.keys_to_samples("k1", fill_value=1j)
    with pytest.raises(MetatensorError, match="single number"):
        tensor.keys_to_samples("k1", fill_value=case.array(np.zeros(2)))


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


@every_data_engine
@own
def test_components(case, own):
    rng = np.random.default_rng(1)
    axes = [Labels.range("x", 3), Labels.range("y", 2)]
    block = TensorBlock(
        rng.normal(size=(4, 3, 2, 5)), Labels.range("s", 4), axes, Labels.range("p", 5)
    )
    gradient = TensorBlock(
        rng.normal(size=(2, 2, 3, 2, 5)),
        Labels(["sample", "i"], np.array([[0, 1], [3, 2]])),
        [Labels.range("z", 2), *axes],
        block.properties,
    )
    block.add_gradient("g", gradient)
    expected = TensorMap(Labels.range("k", 1), [block])
    tensor = convert_map(expected, case, own)
    for dimensions in ("x", "y", ["x", "y"], ["y", "x"], []):
        result = tensor.components_to_properties(dimensions)
        check_map(case, result, expected.components_to_properties(dimensions))
        if case.mutable and dimensions == []:
            assert result[0].values is not tensor[0].values
    with pytest.raises(MetatensorError):
        tensor.components_to_properties("w")


@st.composite
def maps(draw):
    """Maps with a few blocks, whose samples and properties overlap."""
    n_blocks = draw(st.integers(1, 5))
    n_components = draw(st.integers(1, 2))
    blocks = []
    for i in range(n_blocks):
        samples = draw(st.lists(st.integers(0, 6), max_size=6, unique=True))
        properties = draw(st.lists(st.integers(0, 6), max_size=5, unique=True))
        values = np.arange(len(samples) * n_components * len(properties), dtype=np.float64)
        blocks.append(
            TensorBlock(
                (values + 100 * i).reshape(len(samples), n_components, len(properties)),
                Labels("s", np.array(samples, dtype=np.int32).reshape(-1, 1)),
                [Labels.range("c", n_components)],
                Labels("p", np.array(properties, dtype=np.int32).reshape(-1, 1)),
            )
        )
    keys = np.array([[i % 2, i // 2] for i in range(n_blocks)])
    return TensorMap(Labels(["a", "b"], keys), blocks)


@every_data_engine
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    expected=maps(), sort_samples=st.booleans(), names=st.sampled_from([["a"], ["b"], ["a", "b"]])
)
def test_random_maps(case, expected, sort_samples, names):
    tensor = convert(expected, case, needs_own_labels(case))
    for method in ("keys_to_samples", "keys_to_properties"):
        options = {"sort_samples": sort_samples, "fill_value": -3.0}
        result = getattr(tensor, method)(names, **options)
        check_map(case, result, getattr(expected, method)(names, **options))
