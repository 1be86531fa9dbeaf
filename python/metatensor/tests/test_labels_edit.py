import copy

import metatensor
import numpy as np
import pytest
from metatensor import Labels, MetatensorError

VALUES = [[1, 2], [3, 4], [5, 2]]


@pytest.fixture
def labels(engine):
    return Labels(["a", "b"], engine.array(VALUES))


def check(engine, labels, names, values):
    assert labels.names == names
    assert engine.host(labels.values).tolist() == values
    assert labels.values.dtype == engine.dtype("int32")
    # usable by the core
    assert labels.position(values[0]) == 0


def test_append(engine, labels):
    expected = [[1, 2, 7], [3, 4, 8], [5, 2, 7]]
    for values in (np.array([7, 8, 7]), engine.array([7, 8, 7], "int64")):
        check(engine, labels.append("c", values), ["a", "b", "c"], expected)
    assert labels.names == ["a", "b"]
    with pytest.raises(MetatensorError, match="'a'"):
        labels.append("a", np.array([7, 8, 7]))
    with pytest.raises(MetatensorError, match="'1a'"):
        labels.append("1a", np.array([7, 8, 7]))
    with pytest.raises(TypeError, match="string"):
        labels.append(3, np.array([7, 8, 7]))


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (0, ["c", "a", "b"]),
        (1, ["a", "c", "b"]),
        (2, ["a", "b", "c"]),
        (-1, ["a", "c", "b"]),
        (-2, ["c", "a", "b"]),
    ],
)
def test_insert(engine, labels, index, names):
    columns = {"a": [1, 3, 5], "b": [2, 4, 2], "c": [7, 8, 9]}
    values = [list(row) for row in zip(*(columns[name] for name in names), strict=True)]
    check(engine, labels.insert(index, "c", np.array([7, 8, 9])), names, values)


def test_insert_errors(labels):
    for index in (3, -3, 100):
        with pytest.raises(IndexError, match=f"{index}.*2 dimensions"):
            labels.insert(index, "c", np.array([7, 8, 9]))
    with pytest.raises(ValueError, match="1-D array, got list"):
        labels.insert(0, "c", [7, 8, 9])
    with pytest.raises(ValueError, match="1-D array, got 2 dimensions"):
        labels.insert(0, "c", np.array([[7], [8], [9]]))
    with pytest.raises(ValueError, match="got 2 values for 3 entries"):
        labels.insert(0, "c", np.array([7, 8]))
    with pytest.raises(TypeError, match="integers"):
        labels.insert(0, "c", np.array([7.5, 8.5, 9]))
    with pytest.raises(ValueError, match="32-bit"):
        labels.insert(0, "c", np.array([7, 8, 2**40]))


def test_append_to_empty(engine):
    labels = Labels(["a"], engine.array([[1]])).difference(Labels("a", np.array([[1]])))
    labels = labels.append("b", np.zeros(0, dtype=np.int32))
    assert labels.names == ["a", "b"]
    assert tuple(engine.host(labels.values).shape) == (0, 2)


def test_remove(engine, labels):
    check(engine, labels.remove("b"), ["a"], [[1], [3], [5]])
    with pytest.raises(ValueError, match="'c'"):
        labels.remove("c")
    with pytest.raises(MetatensorError, match="2"):
        labels.remove("a")

    nothing = labels.remove("b").rename("a", "x").remove("x")
    assert nothing.names == []
    assert tuple(engine.host(nothing.values).shape) == (0, 0)


def test_rename(engine, labels):
    renamed = labels.rename("b", "c")
    check(engine, renamed, ["a", "c"], VALUES)
    assert renamed.values is labels.values
    check(engine, labels.rename("b", "b"), ["a", "b"], VALUES)
    with pytest.raises(ValueError, match="'c'"):
        labels.rename("c", "d")
    with pytest.raises(MetatensorError, match="'a'"):
        labels.rename("b", "a")
    with pytest.raises(MetatensorError, match="'not ok'"):
        labels.rename("b", "not ok")
    with pytest.raises(TypeError, match="string"):
        labels.rename("b", 3)


def test_permute(engine, labels):
    values = [[2, 1], [4, 3], [2, 5]]
    for indexes in ([1, 0], (-1, -2), np.array([1, 0])):
        check(engine, labels.permute(indexes), ["b", "a"], values)
    check(engine, labels.permute([0, 1]), ["a", "b"], VALUES)
    with pytest.raises(ValueError, match="2 dimensions with 3 indexes"):
        labels.permute([0, 1, 2])
    with pytest.raises(IndexError, match=r"2.*2 dimensions"):
        labels.permute([0, 2])
    with pytest.raises(ValueError, match="twice"):
        labels.permute([1, -1])
    with pytest.raises(ValueError, match="can not permute 2 dimensions with 9 indexes"):
        labels.permute("not there")
    with pytest.raises(TypeError):
        labels.permute("ab")


def test_results_are_read_only():
    labels = Labels(["a", "b"], np.array(VALUES))
    for result in (
        labels.append("c", np.arange(3)),
        labels.remove("b"),
        labels.permute([1, 0]),
        labels.rename("a", "c"),
    ):
        with pytest.raises(ValueError, match="read-only"):
            result.values[0] = 3


# --------------------------------------------------------------------------- .to(...)
def test_to_nothing(engine, labels):
    assert labels.to() is labels
    assert labels.to(None) is labels
    assert labels.to("cpu") is labels
    assert labels.to(device="cpu") is labels
    assert labels.to(arrays=engine.name) is labels
    assert labels.to(device="cpu", arrays=engine.name, non_blocking=True) is labels


def test_to_other_arrays(engine, labels):
    pytest.importorskip("torch")
    other = labels.to(arrays="numpy" if engine.name == "torch" else "torch")
    assert other == labels
    assert type(other.values) is not type(labels.values)
    back = other.to(arrays=engine.name)
    assert back == labels
    check(engine, back, ["a", "b"], VALUES)

    # memory is not shared: the two can not change each other
    if engine.name == "numpy":
        other.values[0, 0] = 33
        assert labels.values.tolist() == VALUES
    else:
        assert not other.values.flags.writeable
        labels.values[0, 0] = 33
        assert other.values.tolist() == VALUES


def test_to_torch_device():
    torch = pytest.importorskip("torch")
    labels = Labels(["a", "b"], np.array(VALUES))
    meta = labels.to(torch.device("meta"), arrays="torch")
    assert meta.device.type == "meta"
    assert meta.to("meta") is meta
    if torch.cuda.is_available():
        cuda = labels.to("cuda", arrays="torch")
        assert cuda.device.type == "cuda"
        assert cuda == labels
        assert cuda.position([3, 4]) == 1
        assert cuda.union(cuda).device == cuda.device
        assert cuda.to(device="cpu", arrays="numpy") == labels


def test_to_errors(engine, labels):
    for args, kwargs in [
        ((np.dtype("float32"),), {}),
        ((np.float32,), {}),
        ((float,), {}),
        ((), {"dtype": "int32"}),
        ((), {"dtype": engine.dtype("int32")}),
        ((engine.dtype("int32"),), {}),
    ]:
        with pytest.raises(ValueError, match="dtype of Labels"):
            labels.to(*args, **kwargs)

    with pytest.raises(ValueError, match=r"device twice to `Labels\.to`"):
        labels.to("cpu", device="cpu")
    with pytest.raises(ValueError, match=r"device twice to `Labels\.to`"):
        labels.to("cpu", "cpu")
    with pytest.raises(ValueError, match=r"dtype twice to `Labels\.to`"):
        labels.to(np.float32, dtype=np.float32)
    for value in (np.zeros(3), [3], 3.0, np.bool_, object(), {"a": 1}):
        with pytest.raises(TypeError, match=r"in `Labels\.to`"):
            labels.to(value)
    with pytest.raises(TypeError, match="unknown"):
        labels.to(unknown=3)
    for arrays in ("jaxx", "", 3):
        with pytest.raises(ValueError, match="unknown array library"):
            labels.to(arrays=arrays)


def test_to_numpy_device():
    labels = Labels(["a", "b"], np.array(VALUES))
    for device in ("cuda", "float32", "meta"):
        with pytest.raises(ValueError, match=f"'{device}'"):
            labels.to(device)


def test_copies(labels):
    for copied in (copy.copy(labels), copy.deepcopy(labels)):
        assert copied is not labels
        assert copied == labels
        assert copied.values is labels.values

    # releasing one does not touch the other
    pointer = labels.as_mts_labels_t()
    assert pointer
    copied = copy.copy(labels)
    recovered = Labels.unsafe_from_ptr(labels.release())
    assert copied.position([3, 4]) == recovered.position([3, 4]) == 1


def test_engine_of_unknown_array():
    from metatensor._arrays import engine_of

    with pytest.raises(TypeError, match=r"numpy, .*got list"):
        engine_of([1, 2])
    assert engine_of(np.zeros(3)).name == "numpy"
    assert metatensor.Array.__supertype__
