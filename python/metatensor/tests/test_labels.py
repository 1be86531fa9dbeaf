import copy
import re

import metatensor
import numpy as np
import pytest
from metatensor import Labels, LabelsEntry, MetatensorError


def rows(labels):
    return np.asarray(labels).tolist()


# --------------------------------------------------------------------------- creation
@pytest.mark.parametrize(
    "names",
    [["a", "bb"], ("a", "bb"), (n for n in ("a", "bb")), {"a": 1, "bb": 2}.keys()],
    ids=["list", "tuple", "generator", "keys"],
)
def test_names(names):
    labels = Labels(names, np.array([[0, 1], [2, 3]]))
    assert labels.names == ["a", "bb"]
    assert type(labels.names) is list


def test_names_from_string(engine):
    assert Labels("a", engine.array([[0], [1]])).names == ["a"]
    labels = Labels("", engine.array(np.zeros((0, 0)).tolist()))
    assert labels.names == []
    assert tuple(labels.values.shape) == (0, 0)


def test_names_can_not_be_changed():
    labels = Labels(["a", "b"], np.array([[0, 1]]))
    labels.names[0] = "c"
    labels.names.append("d")
    assert labels.names == ["a", "b"]


@pytest.mark.parametrize("names", [3, None, ["a", 3], [b"a", "b"], [None, "a"]])
def test_names_type_error(names):
    with pytest.raises(TypeError, match="names must be"):
        Labels(names, np.array([[0, 1]]))


@pytest.mark.parametrize("name", ["1a", "é", "a b", "", "a-b", "a\n", "٣"])
def test_invalid_name(name):
    with pytest.raises(MetatensorError, match=re.escape(f"'{name}'")) as error:
        Labels(["ok", name], np.array([[0, 1]]))
    assert error.value.status == 1


@pytest.mark.parametrize("name", ["_", "_1", "a1_B", "Z"])
def test_valid_name(name):
    assert Labels([name], np.array([[0]])).names == [name]


def test_duplicate_name():
    with pytest.raises(MetatensorError, match="'b' multiple times"):
        Labels(["a", "b", "b"], np.array([[0, 1, 2]]))


@pytest.mark.parametrize("values", [[[0, 1]], None, 3, ((0, 1),), "ab"])
def test_values_not_an_array(values):
    expected = f"supported library.*got {type(values).__name__}"
    with pytest.raises(ValueError, match=expected):
        Labels(["a", "b"], values)


def test_values_shape(engine):
    with pytest.raises(ValueError, match="2-D"):
        Labels(["a"], engine.array([1, 2, 3]))
    with pytest.raises(ValueError, match="2-D"):
        Labels(["a"], engine.array(3))
    with pytest.raises(ValueError, match="2-D"):
        Labels(["a"], engine.array([[[1]]]))
    with pytest.raises(ValueError, match=r"one column per name.*2 columns and 3 names"):
        Labels(["a", "b", "c"], engine.array([[1, 2]]))
    with pytest.raises(ValueError, match=r"one column per name.*2 columns and 0 names"):
        Labels([], engine.array([[1, 2]]))


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8"])
def test_integer_dtypes(engine, dtype):
    labels = Labels(["a"], engine.array([[1], [3]], dtype))
    assert labels.values.dtype == engine.dtype("int32")
    assert rows(labels) == [[1], [3]]


def test_bool_values():
    assert rows(Labels(["a"], np.array([[True], [False]]))) == [[1], [0]]
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match="bool"):
        Labels(["a"], torch.tensor([[True], [False]]))


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_not_integers(engine, dtype):
    with pytest.raises(TypeError, match=f"integers.*{dtype}"):
        Labels(["a"], engine.array([[1], [3]], dtype))


@pytest.mark.parametrize("dtype", ["object", "U4"])
def test_not_numbers(dtype):
    with pytest.raises(TypeError, match="integers"):
        Labels(["a"], np.array([["a"], ["b"]], dtype=dtype))


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**40])
def test_values_out_of_range(engine, value):
    with pytest.raises(ValueError, match=f"32-bit.*{value}"):
        Labels(["a"], engine.array([[0], [value]], "int64"))


@pytest.mark.parametrize("dtype", ["uint32", "uint64"])
def test_large_unsigned(engine, dtype):
    with pytest.raises(ValueError, match="32-bit"):
        Labels(["a"], engine.array([[0], [2**31]], dtype))
    labels = Labels(["a"], engine.array([[0], [2**31 - 1]], dtype))
    assert rows(labels) == [[0], [2**31 - 1]]


def test_extreme_values(engine):
    labels = Labels(["a"], engine.array([[-(2**31)], [2**31 - 1]]))
    assert labels.position([-(2**31)]) == 0
    assert labels.position([2**31 - 1]) == 1


def test_requires_grad():
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match="gradients"):
        Labels(["a"], torch.zeros((2, 1), requires_grad=True))


@pytest.mark.parametrize("shape", [(0,), (0, 0), (0, 2), (0, 7), (0, 1, 3)])
@pytest.mark.parametrize("dtype", ["int32", "float64"])
def test_no_entries(engine, shape, dtype):
    values = engine.array(np.empty(shape).tolist(), dtype).reshape(shape)
    labels = Labels(["a", "b"], values)
    assert len(labels) == 0
    assert not labels
    assert tuple(labels.values.shape) == (0, 2)
    assert labels.values.dtype == engine.dtype("int32")
    assert labels.position([1, 2]) is None
    assert len(labels.union(labels)) == 0


@pytest.mark.parametrize("count", [0, 5])
def test_no_dimensions(count):
    labels = Labels([], np.empty((count, 0), dtype=np.int32))
    assert len(labels) == 0
    assert labels.values.shape == (0, 0)
    assert list(labels) == []
    assert labels == Labels([], np.empty((0, 0)))
    assert labels.union(labels) == labels


@pytest.mark.parametrize("count", [3, 300])
def test_duplicate_rows(engine, count):
    values = [[i, 2 * i] for i in range(count)]
    assert len(Labels(["a", "b"], engine.array(values))) == count
    with pytest.raises(MetatensorError, match=r"2.*4"):
        Labels(["a", "b"], engine.array([*values, [2, 4]]))
    # the caller vouches for it
    assert len(Labels(["a", "b"], engine.array([*values, [2, 4]]), True)) == count + 1


def test_meta_tensors():
    torch = pytest.importorskip("torch")
    values = torch.empty((3, 2), dtype=torch.int32, device="meta")
    labels = Labels(["a", "b"], values, assume_unique=True)
    assert len(labels) == 3
    assert labels.device.type == "meta"
    assert "meta" in repr(labels)
    assert labels.as_mts_labels_t()
    with pytest.raises(MetatensorError):
        labels.position([1, 2])
    with pytest.raises((MetatensorError, ValueError)):
        Labels(["a", "b"], values)


def test_layout(engine):
    values = np.array([[1, 2, 3], [4, 5, 6]])
    transposed = Labels(["a", "b"], engine.array(values.tolist()).T)
    assert transposed == Labels(["a", "b"], np.ascontiguousarray(values.T))
    assert transposed.position([2, 5]) == 1
    strided = Labels(["a", "b"], engine.array(values.tolist())[:, :2])
    assert strided.position([4, 5]) == 1
    reversed_rows = Labels(["a", "b"], values[::-1, 1:])
    assert rows(reversed_rows) == [[5, 6], [2, 3]]
    other_order = Labels(["a", "b"], values[:, 1:].astype(">i4"))
    assert rows(other_order) == [[2, 3], [5, 6]]


def test_mts_array():
    from metatensor._data import create_mts_array

    values = np.array([[1, 2], [3, 4]], dtype=np.int32)
    labels = Labels(["a", "b"], create_mts_array(values))
    assert rows(labels) == [[1, 2], [3, 4]]
    assert not labels.values.flags.writeable

    with pytest.raises(TypeError, match="32-bit"):
        Labels(["a", "b"], create_mts_array(values.astype(np.int64)))
    with pytest.raises(TypeError, match="2-D"):
        Labels(["a"], create_mts_array(values[0]))
    with pytest.raises(ValueError, match="one column per name"):
        Labels(["a"], create_mts_array(values))
    with pytest.raises(MetatensorError, match=r"1.*1"):
        Labels(["a", "b"], create_mts_array(np.ones((2, 2), dtype=np.int32)))


# ------------------------------------------------------------------------ immutability
def test_read_only_values():
    labels = Labels(["a"], np.array([[1], [2]], dtype=np.int32))
    for array in (labels.values, labels["a"], labels[0].values, labels.values[:, 0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 4
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True


def test_values_of_the_caller(engine):
    values = engine.array([[1], [2]])
    view = values[:]
    labels = Labels(["a"], values)
    view[0] = 33
    values[1] = 44  # still writable
    assert rows(labels) == [[1], [2]]
    assert labels.position([1]) == 0
    assert labels.position([33]) is None


def test_identical_values():
    labels = Labels(["a"], np.array([[1], [2]], dtype=np.int32))
    assert labels.values is labels.values
    assert Labels(["b"], labels.values).values is labels.values
    assert copy.copy(labels).values is labels.values
    assert copy.deepcopy(labels).values is labels.values
    assert labels.rename("a", "b").values is labels.values


def test_values_outlive_labels(engine):
    values = Labels(["a"], engine.array([[1], [2]])).values
    assert values.tolist() == [[1], [2]]
    values = Labels(["a"], engine.array([[1], [2]])).union(Labels("a", np.array([[7]]))).values
    assert values.tolist() == [[1], [2], [7]]


# ----------------------------------------------------------------------- constructors
def test_static_constructors():
    single = Labels.single()
    assert single.names == ["_"]
    assert rows(single) == [[0]]

    empty = Labels.empty(["a", "b"])
    assert empty.names == ["a", "b"]
    assert empty.values.shape == (0, 2)
    assert Labels.empty("a").names == ["a"]

    numbers = Labels.range("n", 4)
    assert numbers.names == ["n"]
    assert rows(numbers) == [[0], [1], [2], [3]]
    for end in (0, -3):
        assert Labels.range("n", end).values.shape == (0, 1)
    for labels in (single, empty, numbers):
        assert labels.values.dtype == np.int32
        assert not labels.values.flags.writeable

    with pytest.raises(TypeError):
        Labels.range(0, 1)
    with pytest.raises(TypeError, match="str"):
        Labels.range(["a"], 1)
    with pytest.raises(MetatensorError, match="''"):
        Labels.range("", 1)
    with pytest.raises(MetatensorError):
        Labels.range("0", 1)


# --------------------------------------------------------------------------- accessors
def test_device():
    labels = Labels.range("n", 4)
    assert labels.device == "cpu"
    assert labels[0].device == "cpu"
    torch = pytest.importorskip("torch")
    labels = labels.to(arrays="torch")
    assert labels.device == torch.device("cpu")
    assert labels[0].device == torch.device("cpu")


@pytest.mark.parametrize("kind", [int, np.int8, np.int16, np.int32, np.int64])
def test_entries(engine, kind):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4], [5, 6]]))
    assert isinstance(labels[kind(1)], LabelsEntry)
    assert tuple(labels[kind(1)]) == (3, 4)
    assert tuple(labels.entry(kind(-1))) == (5, 6)
    for index in (3, -4):
        with pytest.raises(IndexError, match=f"{index}.*3 entries"):
            labels[kind(index)]


@pytest.mark.parametrize("index", [1.0, slice(0, 1), [0], None, np.uint8(1), (0, 1)])
def test_wrong_index(index):
    labels = Labels(["a", "b"], np.array([[1, 2], [3, 4]]))
    with pytest.raises(TypeError, match=type(index).__name__):
        labels[index]


def test_columns(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    assert engine.host(labels["b"]).tolist() == [2, 4]
    assert engine.host(labels.column("a")).tolist() == [1, 3]
    with pytest.raises(ValueError, match="'c'"):
        labels["c"]
    with pytest.raises(TypeError, match="int"):
        labels.column(3)


def test_iteration(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    assert [(int(a), int(b)) for a, b in labels] == [(1, 2), (3, 4)]
    assert all(isinstance(entry, LabelsEntry) for entry in labels)


def test_asarray(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    np.testing.assert_equal(labels, labels)
    assert np.asarray(labels).dtype.kind == "i"
    assert np.asarray(labels).tolist() == [[1, 2], [3, 4]]
    assert np.asarray(labels[1]).tolist() == [3, 4]
    assert np.asarray(labels, dtype=np.float64).dtype == np.float64
    assert np.array(labels, copy=True).flags.writeable
    with pytest.raises(AssertionError):
        np.testing.assert_equal(labels, Labels.range("a", 2))


def test_position(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4], [-5, 6]]))
    for entry in ([3, 4], (3, 4), np.array([3, 4]), engine.array([3, 4]), labels[1]):
        assert labels.position(entry) == 1
        assert entry in labels
    for entry in ([4, 3], [0, 0], [3 + 2**32, 4], [2**200, 4], [3, -(2**31) - 1]):
        assert labels.position(entry) is None
        assert entry not in labels
    # names of entries do not matter
    assert labels.position(LabelsEntry(["x", "y"], engine.array([-5, 6]))) == 2


def test_position_errors():
    labels = Labels(["a", "b"], np.array([[1, 2], [3, 4]]))
    with pytest.raises(MetatensorError):
        labels.position([1, 2, 3])
    with pytest.raises(MetatensorError):
        labels.position([])
    for entry in ([1.0, 2.0], np.array([1.0, 2.0]), 3, None, "ab", np.array(3)):
        with pytest.raises(TypeError, match="integers"):
            labels.position(entry)


def test_position_many():
    values = np.random.default_rng(0).permutation(5000).reshape(-1, 2)
    labels = Labels(["a", "b"], values)
    for i in range(0, 2500, 250):
        assert labels.position(values[i]) == i


# -------------------------------------------------------------------------- comparison
def test_equality(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    same = Labels(["a", "b"], np.array([[1, 2], [3, 4]]))
    assert labels == same
    assert same == labels
    assert not labels != same  # noqa: SIM202
    for other in (
        Labels(["b", "a"], np.array([[1, 2], [3, 4]])),
        Labels(["a", "b"], np.array([[3, 4], [1, 2]])),
        Labels(["a", "b"], np.array([[1, 2]])),
        Labels(["a"], np.array([[1], [2]])),
        Labels(["a", "b"], engine.array([[1, 2], [3, 5]])),
    ):
        assert labels != other
        assert not labels == other  # noqa: SIM201
    assert (labels == same) is True
    for other in (3, None, "a", [[1, 2], [3, 4]]):
        with pytest.raises(TypeError, match="Labels"):
            labels == other
        with pytest.raises(TypeError, match="Labels"):
            labels != other
    with pytest.raises(TypeError, match="unhashable"):
        hash(labels)


def test_module():
    assert Labels.__module__ == "metatensor"
    assert LabelsEntry.__module__ == "metatensor"
    assert metatensor.Labels is Labels
