"""Labels, blocks and maps of every engine."""

import copy
import pickle

import metatensor as mts
import numpy as np
import pytest
from array_makers import NumpyArrays
from builders import labels, small_block, small_map
from engine_cases import (
    CASES,
    check_block,
    check_labels,
    check_map,
    convert,
    convert_block,
    every_data_engine,
    every_engine,
    import_optional,
    needs_own_labels,
    numpy_dtype,
    own_labels,
)
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap
from metatensor._arrays import engine_of
from metatensor.io import load_buffer, save_buffer

NUMPY = CASES[0]
both_labels = pytest.mark.parametrize("own", [False, True], ids=["host-labels", "own-labels"])


def skip_host_labels(case, own):
    if not own and needs_own_labels(case):
        pytest.skip("labels have to be on the device of the values")


def numpy_map(**kwargs):
    tensor = small_map(NumpyArrays, **kwargs)
    tensor.set_info("creator", "a test")
    return tensor


def map_of(case, own=False, **kwargs):
    skip_host_labels(case, own)
    tensor = convert(small_map(NumpyArrays, **kwargs), case, own)
    tensor.set_info("creator", "a test")
    return tensor


# -------------------------------------------------------------------------------- blocks
@every_engine
@both_labels
@pytest.mark.parametrize("nested", [False, True])
def test_block(case, own, nested):
    skip_host_labels(case, own)
    expected = small_block(NumpyArrays, nested=nested)
    block = convert_block(expected, case, own)
    assert block.values is block.values
    assert block.samples.names == expected.samples.names
    case.check(block.values, expected.values)
    assert tuple(block.shape) == (2, 3, 2)
    assert len(block) == 2
    assert block.dtype == block.values.dtype
    assert str(block.device) in str(getattr(block.values, "device", "cpu"))
    assert block.gradients_list() == ["positions"]
    assert not block.is_view
    assert block.gradient("positions").is_view
    assert str(block) == str(expected)
    assert "TensorBlock" in block._repr_html_()


@every_engine
@both_labels
def test_map(case, own):
    expected = numpy_map()
    tensor = map_of(case, own)
    assert len(tensor) == 3
    assert tensor.sample_names == expected.sample_names
    assert tensor.component_names == expected.component_names
    assert tensor.property_names == expected.property_names
    assert tensor.info() == {"creator": "a test"}
    assert tensor.dtype == tensor.block(0).dtype
    if case.has_data:
        assert str(tensor) == str(expected)
        assert repr(tensor) == repr(expected)
        check_block(case, tensor.block(k=0, l=1), expected[2])
        check_block(case, tensor.block(tensor.keys[1]), expected[1])
        check_block(case, tensor.block(Labels(["l"], np.array([[1]]))), expected[2])
        assert len(tensor.blocks(l=0)) == 2
        assert [tuple(entry) for entry, _ in tensor.items()] == [(0, 0), (1, 0), (0, 1)]
        check_map(case, tensor, expected)
    assert "TensorMap" in tensor._repr_html_()


@every_engine
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "bfloat16", "complex64"])
def test_dtypes(case, dtype):
    if dtype not in case.dtypes:
        pytest.skip(f"{case} has no {dtype}")
    values = case.array(np.array([[0, 1], [1, 0]]).astype(numpy_dtype(dtype)))
    axis = own_labels(case, Labels.range("s", 2)) if needs_own_labels(case) else None
    samples = axis or Labels.range("s", 2)
    block = TensorBlock(values, samples, [], samples.rename("s", "p"))
    keys = samples.rename("s", "k")
    tensor = TensorMap(keys, [block, block.copy()])
    moved = tensor.keys_to_samples("k") if case.has_data else tensor.copy()
    assert moved.dtype == values.dtype
    if case.has_data:
        read = np.asarray(case.host(moved.block(0).values), dtype=complex)
        np.testing.assert_array_equal(read, [[0, 1], [0, 1], [1, 0], [1, 0]])


@every_engine
def test_empty(case):
    device_labels = needs_own_labels(case)

    def make(one):
        return own_labels(case, one) if device_labels else one

    samples, properties = make(Labels.empty(["s"])), make(Labels.range("p", 3))
    block = TensorBlock(case.array(np.zeros((0, 3))), samples, [], properties)
    assert len(block) == 0
    assert tuple(block.copy().shape) == (0, 3)
    tensor = TensorMap(make(Labels.range("k", 1)), [block])
    if case.has_data:
        assert tuple(tensor.keys_to_samples("k").block(0).shape) == (0, 3)
        assert tuple(tensor.keys_to_properties("k").block(0).shape) == (0, 3)


@every_engine
def test_strides(case):
    values = np.arange(24.0).reshape(3, 4, 2)[::2, :, ::-1].swapaxes(0, 1)
    axes = [Labels.range(name, n) for name, n in zip("scp", values.shape, strict=True)]
    block = TensorBlock(values, axes[0], [axes[1]], axes[2])
    if needs_own_labels(case) or case.name == "torch-fake":
        pytest.skip("conversions do not make such arrays")
    device = "gpu" if case.name == "jax-gpu" else None
    converted = block.to(arrays=case.library, device=device)
    check_block(case, converted, block)
    tensor = TensorMap(Labels.range("k", 1), [converted])
    expected = TensorMap(Labels.range("k", 1), [block])
    check_map(case, tensor.components_to_properties("c"), expected.components_to_properties("c"))


@every_engine
def test_read_only(case):
    values = np.arange(6.0).reshape(2, 3)
    values.flags.writeable = False
    block = TensorBlock(values, Labels.range("s", 2), [], Labels.range("p", 3))
    if case.device not in ("cpu", "cuda"):
        return
    converted = block.to(arrays=case.library)
    if case.mutable and case.library != "numpy":
        converted.values[0, 0] = 33.0
    assert values[0, 0] == 0


# -------------------------------------------------------------------------------- labels
@every_engine
def test_labels(case):
    expected = labels("a b", [[1, 2], [3, 4], [1, 5]])
    if case.name == "torch-fake":
        with pytest.raises(TypeError, match="can not be fake tensors"):
            Labels(["a", "b"], case.array(np.array(expected.values)), True)
        return
    made = Labels(["a", "b"], case.array(np.array(expected.values)), not case.has_data)
    check_labels(made, expected, case)
    assert made.values is made.values
    assert len(made) == 3
    assert made.device is not None
    if not case.has_data:
        return
    assert made == expected
    assert expected == made
    assert made != labels("a b", [[1, 2], [3, 4], [1, 6]])
    assert str(made) == str(expected)
    assert repr(made) == repr(expected)
    assert made._repr_html_() == expected._repr_html_()
    assert tuple(int(x) for x in made[1]) == (3, 4)
    assert made[1] == expected[1]
    assert made[1].print() == "(a=3, b=4)"
    assert int(made[1]["b"]) == 4
    assert [tuple(int(x) for x in entry) for entry in made] == [(1, 2), (3, 4), (1, 5)]
    case.check(made["a"], expected["a"])
    case.check(made.column("b"), expected.column("b"))
    assert made.position([3, 4]) == 1
    assert made.position(made[2]) == 2
    assert made.position([7, 7]) is None
    assert (1, 5) in made
    np.testing.assert_array_equal(np.asarray(made), expected.values)


@every_data_engine
def test_labels_from_other_dtypes(case):
    for dtype in ("int64", "int8", "uint8", "int32"):
        made = Labels("a", case.array(np.array([[1], [2]], dtype=dtype)))
        check_labels(made, labels("a", [[1], [2]]), case)
    empty = Labels(["a", "b"], case.array(np.zeros((0, 2))))
    assert len(empty) == 0
    for wrong in ("float64", "float32"):
        with pytest.raises(TypeError, match="integers"):
            Labels("a", case.array(np.array([[1], [2]], dtype=wrong)))
    with pytest.raises(ValueError, match="32-bit"):
        Labels("a", case.array(np.array([[2**33]])))
    with pytest.raises(ValueError, match="2-D"):
        Labels("a", case.array(np.array([2])))
    with pytest.raises(MetatensorError, match="unique"):
        Labels("a", case.array(np.array([[2], [2]])))


@every_data_engine
def test_labels_are_private(case):
    array = case.array(np.array([[1], [2]], dtype="int32"))
    made = Labels("a", array)
    if case.mutable:
        array[0, 0] = 5
    assert made == labels("a", [[1], [2]])
    assert made.position([1]) == 0


@every_data_engine
def test_labels_changes(case):
    expected = labels("a b", [[1, 2], [3, 4], [1, 5]])
    made = own_labels(case, expected)
    other = labels("a b", [[3, 4], [9, 9]])
    mine = own_labels(case, other)
    for second in (mine, other) if case.device == "cpu" else (mine,):
        check_labels(made.union(second), expected.union(other), case)
        check_labels(made.intersection(second), expected.intersection(other), case)
        check_labels(made.difference(second), expected.difference(other), case)
        _, *mappings = made.union_and_mapping(second)
        for one, two in zip(mappings, expected.union_and_mapping(other)[1:], strict=True):
            np.testing.assert_array_equal(one, two)
    selection = own_labels(case, labels("a", [[1]]))
    np.testing.assert_array_equal(made.select(selection), [0, 2])
    column = np.array([7, 8, 9])
    check_labels(made.append("c", case.array(column)), expected.append("c", column), case)
    check_labels(made.append("c", column), expected.append("c", column), case)
    check_labels(made.insert(0, "c", column), expected.insert(0, "c", column), case)
    check_labels(made.remove("a"), expected.remove("a"), case)
    check_labels(made.rename("a", "z"), expected.rename("a", "z"), case)
    check_labels(made.permute([1, 0]), expected.permute([1, 0]), case)
    check_labels(copy.deepcopy(made), expected, case)


@every_data_engine
def test_labels_to(case):
    expected = labels("a b", [[1, 2], [3, 4], [1, 5]])
    made = own_labels(case, expected)
    assert made.to(arrays=case.library) is made
    if case.library == "torch" and case.device != "cpu":
        made = made.to("cpu")
    back = made.to(arrays="numpy")
    assert isinstance(back.values, np.ndarray)
    assert not back.values.flags.writeable
    assert back == expected
    if case.device == "cpu":
        check_labels(expected.to(arrays=case.library), expected, case)
    with pytest.raises(ValueError, match="dtype"):
        made.to(dtype=np.float32)


# ------------------------------------------------------------------- copies, conversions
@every_engine
@both_labels
def test_copy(case, own):
    tensor, expected = map_of(case, own), numpy_map()
    shallow, deep = copy.copy(tensor), tensor.copy()
    assert shallow[0].values is tensor[0].values
    assert deep[0].values is not tensor[0].values
    assert deep[0].samples.values is tensor[0].samples.values
    if case.has_data:
        check_map(case, shallow, expected)
        check_map(case, deep, expected)


@every_data_engine
def test_to(case):
    expected = numpy_map()
    tensor = expected.to(arrays=case.library)
    if case.name in ("torch-cuda", "jax-gpu"):
        tensor = tensor.to(case.device)
    check_map(case, tensor, expected)
    if case.host_labels:
        assert isinstance(tensor.keys.values, np.ndarray)
        assert isinstance(tensor[0].samples.values, np.ndarray)
    same = tensor.to(arrays=case.library)
    assert same[0].values is tensor[0].values

    for dtype in ("float32", np.float32):
        if case.library == "torch" and dtype is np.float32:
            continue
        kwargs = {"dtype": case.module.float32 if case.library == "torch" else dtype}
        converted = tensor.to(**kwargs)
        assert case.dtype_name(converted[0].values) == "float32"
        assert case.dtype_name(converted[0].gradient("positions").values) == "float32"
        converted = expected.to(arrays=case.library, **kwargs)
        assert case.dtype_name(converted[0].values) == "float32"

    back = tensor.to(arrays="numpy", device="cpu")
    check_map(NUMPY, back, expected)
    for library in ("torch", "jax", "array_api_strict"):
        if import_optional(library) and case.device == "cpu":
            round_trip = tensor.to(arrays=library).to(arrays=case.library)
            check_map(case, round_trip, expected)


@every_data_engine
def test_wrong_to(case):
    tensor = map_of(case, own=needs_own_labels(case))
    with pytest.raises((ValueError, RuntimeError)):
        tensor.to(device="not-a-device")
    with pytest.raises(TypeError):
        tensor.to(dtype="not-a-dtype")
    with pytest.raises(ValueError, match="unknown array library"):
        tensor.to(arrays="not_a_library")
    with pytest.raises(TypeError, match="unexpected argument"):
        tensor.to(case.array(np.zeros(3)))


# ------------------------------------------------------------------------ files, pickles
@every_data_engine
@both_labels
@pytest.mark.parametrize("use_numpy", [False, True])
def test_save(case, own, use_numpy, tmp_path):
    tensor, expected = map_of(case, own), numpy_map()
    buffer = save_buffer(tensor, use_numpy=use_numpy)
    if not use_numpy:
        assert bytes(buffer) == bytes(save_buffer(expected))
    check_map(NUMPY, load_buffer(buffer), expected)
    tensor.save(tmp_path / "file.mts", use_numpy=use_numpy)
    check_map(NUMPY, mts.load(tmp_path / "file.mts"), expected)
    check_labels(Labels.load_buffer(tensor.keys.save_buffer()), expected.keys)


@every_data_engine
@both_labels
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pickle(case, own, protocol):
    if case.device != "cpu":
        pytest.skip("pickles are on the CPU")
    tensor, expected = map_of(case, own), numpy_map()
    back = pickle.loads(pickle.dumps(tensor, protocol))
    check_map(case, back, expected)
    assert engine_of(back.keys.values) is engine_of(tensor.keys.values)
    assert engine_of(back[0].samples.values) is engine_of(tensor[0].samples.values)
    check_block(case, pickle.loads(pickle.dumps(tensor[0], protocol)), expected[0])
    made = pickle.loads(pickle.dumps(tensor.keys, protocol))
    assert made == expected.keys
    assert engine_of(made.values) is engine_of(tensor.keys.values)
