"""Construction, access and comparison of labels."""

from typing import Any, List

import pytest
import torch

Labels = torch.classes.metatensor.Labels


@pytest.fixture
def labels() -> Any:
    return Labels(["a", "b"], torch.tensor([[0, 1], [2, 3], [4, 5]]))


# ------------------------------------------------------------------ construction


@pytest.mark.parametrize("names", [["a", "b"], ("a", "b")])
def test_construction(names: Any) -> None:
    values = torch.tensor([[0, 1], [2, 3]], dtype=torch.int32)
    labels = Labels(names, values)
    assert labels.names == ["a", "b"]
    assert labels.values.data_ptr() == values.data_ptr()
    assert labels.values.dtype == torch.int32
    assert labels.device == torch.device("cpu")
    assert len(labels) == 2

    labels = Labels(names=names, values=values, assume_unique=True)
    assert labels.values.data_ptr() == values.data_ptr()


def test_single_name() -> None:
    labels = Labels("a", torch.tensor([[1], [0]]))
    assert labels.names == ["a"]
    assert labels.values.tolist() == [[1], [0]]


def test_values_keep_their_strides() -> None:
    values = torch.tensor([[0, 1, 2], [3, 4, 5]], dtype=torch.int32).T
    labels = Labels(["a", "b"], values)
    assert labels.values.data_ptr() == values.data_ptr()
    assert not labels.values.is_contiguous()
    assert labels.position([2, 5]) == 2
    assert labels == Labels(["a", "b"], values.contiguous())
    assert str(labels) == "Labels\n    a  b\n    0  3\n    1  4\n    2  5"


@pytest.mark.parametrize(
    "dtype", [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
)
def test_integers_are_converted(dtype: torch.dtype) -> None:
    labels = Labels("a", torch.tensor([[1], [0]]).to(dtype))
    assert labels.values.dtype == torch.int32
    assert labels.values.tolist() == [[1], [0]]


def test_extreme_integers() -> None:
    extremes = torch.tensor([[2**31 - 1], [-(2**31)]])
    labels = Labels("a", extremes)
    assert labels.values.tolist() == extremes.tolist()
    assert labels.position([-(2**31)]) == 1


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**40])
def test_integers_out_of_range(value: int) -> None:
    with pytest.raises(ValueError, match=f"32-bit integers, got {value}"):
        Labels("a", torch.tensor([[0], [value]]))


def test_no_entries() -> None:
    for dtype in [torch.int32, torch.float32, torch.complex64]:
        labels = Labels(["a", "b"], torch.zeros(0, 2, dtype=dtype))
        assert labels.values.dtype == torch.int32
        assert labels.values.shape == (0, 2)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (torch.zeros(2, 1), ValueError, "32-bit integers, got torch.float32"),
        (torch.zeros(2, 1, dtype=torch.complex64), ValueError, "32-bit integers"),
        (torch.zeros(2, 1, requires_grad=True), ValueError, "32-bit integers"),
        (torch.tensor([0, 1]), ValueError, "2D Tensor, got 1"),
        (torch.tensor([]), ValueError, "2D Tensor"),
        (torch.zeros(1, 1, 1, dtype=torch.int32), ValueError, "2D Tensor, got 3"),
        (torch.tensor([[0, 1]]), ValueError, "an entry for each column"),
        (torch.tensor([[0], [1], [0]]), RuntimeError, "a=0"),
        (torch.eye(1, dtype=torch.int32).to_sparse(), ValueError, "dense"),
    ],
)
def test_invalid_values(values: torch.Tensor, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        Labels("a", values)


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ([1, 2], TypeError, "list of strings, got an element of type 'int'"),
        (("a", 2), TypeError, "tuple of strings, got an element of type 'int'"),
        (3, TypeError, "got 'int'"),
        ({"a": 1}, TypeError, "got 'Dict"),
        (["a", "a"], RuntimeError, "'a'"),
        (["a", "1b"], RuntimeError, "'1b'"),
        (["a", ""], RuntimeError, "''"),
        (["a", "b", "c"], ValueError, "an entry for each column"),
    ],
)
def test_invalid_names(names: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        Labels(names, torch.tensor([[0, 1]]))


def test_assume_unique() -> None:
    values = torch.tensor([[0], [0]])
    assert len(Labels("a", values, assume_unique=True)) == 2
    assert len(Labels("a", values.to("meta"))) == 2


def test_static_constructors() -> None:
    single = Labels.single()
    assert single.names == ["_"]
    assert single.values.tolist() == [[0]]

    empty = Labels.empty(["a", "b"])
    assert empty.names == ["a", "b"]
    assert empty.values.shape == (0, 2)
    assert Labels.empty("a").names == ["a"]
    assert not empty

    labels = Labels.range("a", 3)
    assert labels.names == ["a"]
    assert labels.values.tolist() == [[0], [1], [2]]
    assert labels.values.dtype == torch.int32
    assert len(Labels.range("a", 0)) == 0

    with pytest.raises(RuntimeError, match="-1"):
        Labels.range("a", -1)
    with pytest.raises(ValueError, match="32-bit"):
        Labels.range("a", 2**31)
    with pytest.raises(TypeError, match="'int'"):
        Labels.empty(3)
    with pytest.raises(RuntimeError, match="'a b'"):
        Labels.empty("a b")


def test_zero_dimensions() -> None:
    # same as in metatensor-core: there are no entries without dimensions
    labels = Labels.range("a", 1).remove("a")
    assert labels.names == []
    assert labels.values.shape == (0, 0)
    assert len(labels) == 0
    assert str(labels) == "Labels\n   "


# ------------------------------------------------------------------------ access


def test_indexing(labels: Any) -> None:
    assert labels[0].values.tolist() == [0, 1]
    assert labels[-1].values.tolist() == [4, 5]
    assert labels.entry(1).values.tolist() == [2, 3]
    assert labels["b"].tolist() == [1, 3, 5]
    assert labels.column("a").tolist() == [0, 2, 4]
    # no copies
    assert labels["a"].data_ptr() == labels.values.data_ptr()
    assert labels[0].values.data_ptr() == labels.values.data_ptr()

    for index in [3, -4]:
        for function in [labels.entry, labels.__getitem__]:
            message = rf"index {index} .* size \[3, 2\] at dimension 0"
            with pytest.raises(IndexError, match=message):
                function(index)

    for function in [labels.column, labels.__getitem__]:
        with pytest.raises(ValueError, match="'c'"):
            function("c")

    for invalid, name in [(1.5, "float"), (True, "bool"), (torch.tensor(0), "Tensor")]:
        with pytest.raises(TypeError, match=f"int or str, got '{name}'"):
            labels[invalid]


def test_iteration(labels: Any) -> None:
    assert [tuple(entry) for entry in labels] == [(0, 1), (2, 3), (4, 5)]
    for a, b in labels:
        assert b == a + 1
    assert bool(labels)


def test_entry(labels: Any) -> None:
    entry = labels[1]
    assert entry.names == ["a", "b"]
    assert entry.values.tolist() == [2, 3]
    assert entry.device == torch.device("cpu")
    assert len(entry) == 2
    assert (entry[0], entry[-1], entry["a"], entry["b"]) == (2, 3, 2, 3)
    assert entry.print() == "(a=2, b=3)"
    assert str(entry) == repr(entry) == "LabelsEntry(a=2, b=3)"

    for index in [2, -3]:
        with pytest.raises(IndexError, match=str(index)):
            entry[index]
    with pytest.raises(ValueError, match="'c'"):
        entry["c"]
    for invalid in [0.5, (0, 1), [0], True]:
        with pytest.raises(TypeError, match="int or str, got"):
            entry[invalid]
    with pytest.raises(NotImplementedError):
        3 in entry


def test_compare_entries(labels: Any) -> None:
    other = Labels(["a", "b"], torch.tensor([[2, 3], [7, 8]]))
    assert labels[1] == other[0]
    assert labels[1] == other[0]
    assert labels[1] != other[1]
    assert labels[1] != labels[0]
    assert labels[1] != labels.rename("a", "c")[1]
    assert labels[1] != labels.remove("a")[1]
    assert labels[1] == labels[-2]
    with pytest.raises(RuntimeError):
        labels[1] == (2, 3)


@pytest.mark.parametrize(
    "entry",
    [
        [2, 3],
        (2, 3),
        torch.tensor([2, 3]),
        torch.tensor([2, 3], dtype=torch.uint8),
        torch.tensor([2, 7, 3])[::2],
        Labels(["x", "y"], torch.tensor([[2, 3]]))[0],
    ],
)
def test_position(labels: Any, entry: Any) -> None:
    assert labels.position(entry) == 1
    assert entry in labels


@pytest.mark.parametrize(
    "entry", [[3, 2], (0, 0), torch.tensor([0, 3]), [2**32 + 2, 3], torch.tensor([2, 2**40])]
)
def test_no_position(labels: Any, entry: Any) -> None:
    assert labels.position(entry) is None
    assert entry not in labels


@pytest.mark.parametrize(
    ("entry", "error", "message"),
    [
        (torch.tensor([0.0, 1.0]), ValueError, "torch.float32"),
        (torch.tensor([[0, 1]]), ValueError, "1D Tensor"),
        ([True, False], TypeError, "list of integers, got an element of type 'bool'"),
        ((0, 1.0), TypeError, "tuple of integers, got an element of type 'float'"),
        ("a", TypeError, "LabelsEntry, tensor, or list/tuple of integers, got 'str'"),
        (1, TypeError, "got 'int'"),
        (Labels.single(), TypeError, "got '.*Labels'"),
        ([1], RuntimeError, "2.*1"),
        ([1, 2, 3], RuntimeError, "2.*3"),
    ],
)
def test_invalid_position(labels: Any, entry: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        labels.position(entry)


# -------------------------------------------------------------------- comparison


def test_equality(labels: Any) -> None:
    same = Labels(["a", "b"], labels.values.clone())
    assert labels == same
    assert labels == same
    assert labels != labels.rename("a", "c")
    assert labels != labels.permute([1, 0])
    assert labels != Labels(["a", "b"], labels.values.flip(0))
    assert labels != Labels(["a", "b"], labels.values[:2])
    assert Labels.empty("a") == Labels.empty("a")
    assert Labels.empty("a") != Labels.empty("b")
    with pytest.raises(RuntimeError):
        labels == 3


def test_equality_of_modified_values() -> None:
    # this is forbidden, but must not give wrong results
    values = torch.tensor([[0], [1]], dtype=torch.int32)
    labels = Labels("a", values)
    same = Labels("a", values.clone())
    assert labels == same
    values[0, 0] = 7
    assert labels != same
    values[1, 0] = 7
    with pytest.raises(RuntimeError):
        labels.append("b", torch.tensor([0, 0]))


# ---------------------------------------------------------------------- printing

TABLES = [
    (-1, " aaa   b\n    0    0\n   1000  -1\n   2000  -2\n   3000  -3\n   4000  -4"),
    (0, " aaa   b\n    0    0\n     ...\n   4000  -4"),
    (1, " aaa   b\n    0    0\n     ...\n   4000  -4"),
    (2, " aaa   b\n    0    0\n     ...\n   4000  -4"),
    (3, " aaa   b\n    0    0\n   1000  -1\n     ...\n   4000  -4"),
    (4, " aaa   b\n    0    0\n   1000  -1\n     ...\n   3000  -3\n   4000  -4"),
    (5, " aaa   b\n    0    0\n   1000  -1\n   2000  -2\n   3000  -3\n   4000  -4"),
]


@pytest.mark.parametrize(("max_entries", "expected"), TABLES)
def test_print(max_entries: int, expected: str) -> None:
    rows: List[List[int]] = [[1000 * i, -i] for i in range(5)]
    labels = Labels(["aaa", "b"], torch.tensor(rows))
    assert labels.print(max_entries, 2) == expected
    without_indent = expected.replace("\n  ", "\n")
    assert labels.print(max_entries=max_entries) == without_indent


def test_str_repr() -> None:
    labels = Labels.range("aaa", 5)
    assert str(labels) == "Labels\n    aaa\n     0\n     1\n      ...\n     3\n     4"
    assert repr(labels) == "Labels\n    aaa\n     0\n     1\n     2\n     3\n     4"
    assert str(Labels.empty(["aaa", "b"])) == "Labels\n    aaa  b"
    assert Labels.range("aaa", 1).print(0, 2) == " aaa\n    0"

    # only the printed rows count for the width
    values = torch.tensor([[1, 2, 3], [100000, 2, 3], [4, 5, 6]])
    labels = Labels(["a", "bb", "c"], values)
    assert labels.print(2, 0) == " a  bb  c\n 1  2   3\n   ...\n 4  5   6"
    assert str(labels[1]) == "LabelsEntry(a=100000, bb=2, c=3)"

    with pytest.raises(ValueError, match="-1"):
        labels.print(2, -1)
