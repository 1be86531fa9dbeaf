"""Maps of numpy arrays which go to the C library and come back in a few calls."""

import io
import sys

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap, load, save
from metatensor import _whole_maps as whole_maps
from metatensor._data import _array as callbacks
from metatensor._data import _numpy as native


class CallbackCounter:
    """Counts the Python functions which are called by the C library for arrays."""

    def __init__(self):
        self.names = []

    def __enter__(self):
        sys.setprofile(self._profile)
        return self

    def _profile(self, frame, event, _argument):
        code = frame.f_code
        if event == "call" and code.co_filename == callbacks.__file__:
            self.names.append(code.co_name)

    def __exit__(self, *_):
        sys.setprofile(None)


def block(values, samples, gradients=True):
    labels = Labels("s", np.array(samples, dtype=np.int32).reshape(-1, 1))
    result = TensorBlock(values, labels, [Labels.range("xyz", 3)], Labels.range("n", 2))
    if gradients:
        rows = Labels(["sample", "g"], np.array([[0, 1], [0, 2]], dtype=np.int32))
        shape = (2, *values.shape[1:])
        gradient = TensorBlock(
            np.arange(12, dtype=values.dtype).reshape(shape),
            rows,
            result.components,
            result.properties,
        )
        gradient.add_gradient(
            "nested",
            TensorBlock(
                np.ones((1, *values.shape[1:]), values.dtype),
                Labels(["sample", "h"], np.array([[1, 5]], dtype=np.int32)),
                result.components,
                result.properties,
            ),
        )
        result.add_gradient("g", gradient)
    return result


def make_map(make_values=None, gradients=True, count=3):
    def default(i):
        return np.random.default_rng(i).random((2, 3, 2))

    keys = Labels(["a", "b"], np.array([[i, 7] for i in range(count)], dtype=np.int32))
    values = make_values or default
    return TensorMap(keys, [block(values(i), [i, i + 1], gradients) for i in range(count)])


def through_python(tensor, function, monkeypatch):
    """Result of ``function`` for ``tensor`` with arrays which are those of Python."""
    with monkeypatch.context() as context:
        context.setattr("metatensor._moves.lend_map", lambda *_: None)
        with CallbackCounter() as counter:
            result = function(tensor)
    assert "_move_data" in counter.names
    return result


def assert_same(first, second):
    assert first.keys == second.keys
    assert first.info() == second.info()
    for one, other in zip(first, second, strict=True):
        assert_same_block(one, other)


def assert_same_block(first, second):
    assert first.samples == second.samples
    assert first.components == second.components
    assert first.properties == second.properties
    assert first.values.dtype == second.values.dtype
    np.testing.assert_array_equal(first.values, second.values)
    assert first.gradients_list() == second.gradients_list()
    for parameter, gradient in first.gradients():
        assert_same_block(gradient, second.gradient(parameter))


MOVES = {
    "keys_to_samples": lambda tensor: tensor.keys_to_samples("a"),
    "keys_to_properties": lambda tensor: tensor.keys_to_properties("a"),
    "nothing merged": lambda tensor: tensor.keys_to_properties("b"),
    "components_to_properties": lambda tensor: tensor.components_to_properties("xyz"),
}


@pytest.mark.parametrize("move", MOVES)
def test_no_callbacks(move, monkeypatch):
    # gradients of gradients can not be merged
    tensor = make_map(gradients=False)
    tensor.set_info("key", "value")
    with CallbackCounter() as counter:
        result = MOVES[move](tensor)
        [result.values for result in result.blocks()]
    assert counter.names == []
    if move != "components_to_properties":
        assert_same(result, through_python(tensor, MOVES[move], monkeypatch))


def test_gradients(monkeypatch):
    tensor = make_map()
    result = tensor.components_to_properties("xyz")
    assert result[2].gradients_list() == ["g"]
    nested = result[2].gradient("g").gradient("nested")
    assert nested.samples.values.tolist() == [[1, 5]]
    assert nested.values.tolist() == [[1.0] * 6]
    assert nested.properties == result[2].properties
    with pytest.raises(ValueError, match="gradient"):
        result[0].add_gradient("other", tensor[0].gradient("g").copy())


def test_callbacks_are_counted(monkeypatch):
    through_python(make_map(gradients=False), MOVES["keys_to_samples"], monkeypatch)


def fields(i):
    records = np.zeros((2, 3, 2), dtype=np.dtype([("x", "f8"), ("y", "i1")]))
    records["x"] = i + 1
    return records["x"]


class Subclass(np.ndarray):
    pass


VALUES = {
    "fortran": lambda i: np.asfortranarray(np.random.default_rng(i).random((2, 3, 2))),
    "strided": lambda i: np.random.default_rng(i).random((4, 3, 6))[::-2, :, ::3],
    "broadcast": lambda i: np.broadcast_to(np.float32(i), (2, 3, 2)),
    "read-only": lambda i: np.frombuffer(bytes(96), dtype=np.float64).reshape(2, 3, 2),
    "float16": lambda i: np.full((2, 3, 2), i, dtype=np.float16),
    "complex": lambda i: np.full((2, 3, 2), 1j * i, dtype=np.complex64),
    "bool": lambda i: np.full((2, 3, 2), i % 2 == 0),
    "uint16": lambda i: np.full((2, 3, 2), i, dtype=np.uint16),
    # those below can not be described to the library
    "fields of records": fields,
    "other byte order": lambda i: np.full((2, 3, 2), i, dtype=np.dtype("f4").newbyteorder("S")),
    "subclass": lambda i: np.full((2, 3, 2), i + 0.5).view(Subclass),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("move", ["keys_to_samples", "keys_to_properties"])
def test_memory_layouts(name, move, monkeypatch):
    tensor = make_map(VALUES[name], gradients=False)
    assert_same(MOVES[move](tensor), through_python(tensor, MOVES[move], monkeypatch))


def test_lent_arrays():
    for i, name in enumerate(VALUES):
        values = VALUES[name](0)
        arrays = native.lend([values])
        assert (arrays is None) == (i >= 8), name
        if arrays is not None:
            np.testing.assert_array_equal(native.fetch(arrays, 1)[0], values)
            arrays[0].destroy(arrays[0].ptr)


def test_results_have_their_own_memory():
    tensor = make_map(gradients=False)
    for move in ("nothing merged", "keys_to_samples"):
        before = MOVES[move](tensor)
        expected = [values.copy() for values in before._leaves()]
        for values in before._leaves():
            assert type(values) is np.ndarray
            assert values.flags.writeable
            assert not any(np.shares_memory(values, other) for other in tensor._leaves())
        for values in tensor._leaves():
            values[...] = -1
        for values, copy in zip(before._leaves(), expected, strict=True):
            np.testing.assert_array_equal(values, copy)


def test_labels_are_shared_with_the_result():
    tensor = make_map(gradients=False)
    result = tensor.keys_to_samples("a")
    assert result[0].properties is tensor[0].properties
    assert result[0].components[0] is tensor[0].components[0]
    split = tensor.components_to_properties("xyz")
    assert split.keys is tensor.keys
    assert split[1].samples is tensor[1].samples


def test_values_of_labels_are_shared():
    labels = Labels(["a", "b"], np.arange(10, dtype=np.int32).reshape(5, 2))
    other = Labels.unsafe_from_ptr(labels.release())
    assert other.values is labels._values
    large = Labels("a", np.arange(100_000, dtype=np.int32).reshape(-1, 1))
    again = large.union(Labels("a", np.array([[-1]], dtype=np.int32)))
    values = again.values
    assert not values.flags.writeable
    del large, again, labels, other
    assert values[99_999, 0] == 99_999
    assert values[100_000, 0] == -1


def test_large_labels_in_results():
    count = 40_000
    samples = Labels("s", np.arange(count, dtype=np.int32).reshape(-1, 1))
    properties = Labels.range("n", 1)
    values = np.arange(count, dtype=np.float64).reshape(-1, 1)
    tensor = TensorMap(Labels.range("k", 1), [TensorBlock(values, samples, [], properties)])
    result = tensor.keys_to_samples("k")
    del tensor, samples
    assert result[0].samples.values[-1].tolist() == [count - 1, 0]
    with pytest.raises(ValueError, match="read-only"):
        result[0].samples.values[0, 0] = 3


@pytest.mark.parametrize("empty", [(0, 3, 2), (2, 3, 0)])
def test_empty_arrays(empty, monkeypatch):
    samples, _, size = empty
    blocks = [
        TensorBlock(
            np.zeros(empty),
            Labels.range("s", samples),
            [Labels.range("xyz", 3)],
            Labels.range("n", size),
        )
        for _ in range(2)
    ]
    tensor = TensorMap(Labels.range("a", 2), blocks)
    for move in ("keys_to_samples", "keys_to_properties"):
        result = MOVES[move](tensor)
        assert_same(result, through_python_quietly(tensor, MOVES[move], monkeypatch))


def through_python_quietly(tensor, function, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr("metatensor._moves.lend_map", lambda *_: None)
        return function(tensor)


def test_files(tmp_path):
    tensor = make_map()
    tensor.set_info("key", "valeur é")
    path = tmp_path / "map.mts"
    with CallbackCounter() as counter:
        save(path, tensor)
        from_file = load(path)
        buffer = tensor.save_buffer()
        from_buffer = TensorMap.load_buffer(buffer)
        from_stream = load(io.BytesIO(buffer))
    assert counter.names == []
    assert path.read_bytes() == bytes(buffer)
    for loaded in (from_file, from_buffer, from_stream):
        assert_same(loaded, tensor)
        loaded[0].values[...] = 3
        assert type(loaded[0].values) is np.ndarray
        # can be given to C, as any other map
        assert_same(TensorMap.unsafe_from_ptr(loaded.copy().release()), loaded)


def test_library_with_only_the_released_functions(monkeypatch):
    class Released:
        def __init__(self, library):
            self._library = library

        def __getattr__(self, name):
            if name in {"mts_tensormap_from_leaves", "mts_array_from_memory", "mts_array_empty"}:
                raise AttributeError(name)
            return getattr(self._library, name)

    tensor = make_map(gradients=False)
    expected = tensor.keys_to_samples("a")
    library = Released(native._get_library())
    for module in ("_whole_maps", "_data._numpy", "io._create"):
        monkeypatch.setattr(f"metatensor.{module}._get_library", lambda: library)
    assert whole_maps.lend_map(tensor) is None
    with CallbackCounter() as counter:
        assert_same(make_map(gradients=False).keys_to_samples("a"), expected)
        assert_same(TensorMap.load_buffer(tensor.save_buffer()), tensor)
    assert "_move_data" in counter.names
    assert "_create" in counter.names or "create_mts_array" in counter.names


def test_labels_given_away_between_two_calls():
    """What is remembered for the C library does not outlive the labels."""
    tensor = make_map(gradients=False)
    expected = tensor.keys_to_samples("a")
    assert_same(tensor.keys_to_samples("a"), expected)
    samples = tensor.block(0).samples
    lib = native._get_library()
    lib.mts_labels_free(samples.release())
    del samples
    for _ in range(2):
        with pytest.raises(RuntimeError, match="released"):
            tensor.keys_to_samples("a")
