"""Changes of dimensions, set operations and selection with labels."""

from typing import Any

import pytest
import torch

Labels = torch.classes.metatensor.Labels


@pytest.fixture
def labels() -> Any:
    return Labels(["a", "b"], torch.tensor([[0, 1], [2, 3], [4, 5]]))


# ------------------------------------------------------------------- dimensions


def test_append_insert(labels: Any) -> None:
    values = torch.tensor([7, 8, 9])
    appended = labels.append("c", values)
    assert appended.names == ["a", "b", "c"]
    assert appended.values.tolist() == [[0, 1, 7], [2, 3, 8], [4, 5, 9]]
    assert appended.values.dtype == torch.int32
    assert labels.names == ["a", "b"]
    assert appended == labels.append(name="c", values=values.to(torch.int32))

    for index in range(3):
        inserted = labels.insert(index=index, name="c", values=values)
        assert inserted.names[index] == "c"
        assert torch.equal(inserted["c"].long(), values)
        assert inserted.remove("c") == labels


def test_invalid_insert(labels: Any) -> None:
    values = torch.tensor([7, 8, 9])
    for index in [-1, 3]:
        with pytest.raises(IndexError, match=f"{index} is out of bounds"):
            labels.insert(index, "c", values)
    with pytest.raises(ValueError, match="1D tensor, got 2"):
        labels.append("c", values[:, None])
    with pytest.raises(ValueError, match="contains 2 entries, but the Labels contains 3"):
        labels.append("c", values[:2])
    with pytest.raises(ValueError, match="torch.float64"):
        labels.append("c", values.double())
    with pytest.raises(ValueError, match=str(2**40 + 7)):
        labels.append("c", values + 2**40)
    with pytest.raises(RuntimeError, match="expected cpu, got meta"):
        labels.append("c", values.to("meta"))
    with pytest.raises(RuntimeError, match="'a'"):
        labels.append("a", values)
    with pytest.raises(RuntimeError, match="'c d'"):
        labels.append("c d", values)


def test_permute(labels: Any) -> None:
    labels = labels.append("c", torch.tensor([7, 8, 9]))
    for indexes in [[2, 0, 1], [-1, 0, 1], [-1, -3, -2]]:
        permuted = labels.permute(dimensions_indexes=indexes)
        assert permuted.names == ["c", "a", "b"]
        assert permuted.values.tolist() == [[7, 0, 1], [8, 2, 3], [9, 4, 5]]

    with pytest.raises(ValueError, match=r"\(2\).*\(3\)"):
        labels.permute([0, 1])
    for index in [3, -4]:
        with pytest.raises(IndexError, match=rf"{index}.*\(3\)"):
            labels.permute([0, 1, index])
    with pytest.raises(RuntimeError, match="'b'"):
        labels.permute([0, 1, -2])


def test_remove(labels: Any) -> None:
    assert labels.remove(name="a").names == ["b"]
    assert labels.remove("b").values.tolist() == [[0], [2], [4]]
    assert labels.remove("a").remove("b").names == []
    with pytest.raises(ValueError, match="'c'"):
        labels.remove("c")
    with pytest.raises(RuntimeError, match="a=0"):
        Labels(["a", "b"], torch.tensor([[0, 1], [0, 2]])).remove("b")


def test_rename(labels: Any) -> None:
    renamed = labels.rename(old="a", new="c")
    assert renamed.names == ["c", "b"]
    assert renamed.values.data_ptr() == labels.values.data_ptr()
    with pytest.raises(ValueError, match="'c'"):
        labels.rename("c", "d")
    with pytest.raises(RuntimeError, match="'b'"):
        labels.rename("a", "b")
    with pytest.raises(RuntimeError, match="'1'"):
        labels.rename("a", "1")


# --------------------------------------------------------------- set operations

# from the description of the data model of metatensor
A = [[7, 1], [2, 2], [7, -3]]
B = [[5, 5], [2, 2], [7, 1], [6, 0]]


def make(values: Any) -> Any:
    return Labels(["a", "b"], torch.tensor(values, dtype=torch.int32).reshape(-1, 2))


@pytest.mark.parametrize(
    ("method", "first", "second", "expected", "mappings"),
    [
        ("union", A, B, A + [[5, 5], [6, 0]], [[0, 1, 2], [3, 1, 0, 4]]),
        ("intersection", A, B, [[7, 1], [2, 2]], [[0, 1, -1], [-1, 1, 0, -1]]),
        ("intersection", B, A, [[7, 1], [2, 2]], [[-1, 1, 0, -1], [0, 1, -1]]),
        ("difference", A, B, [[7, -3]], [[-1, -1, 0]]),
        ("difference", B, A, [[5, 5], [6, 0]], [[0, -1, -1, 1]]),
        ("union", A, [], A, [[0, 1, 2], []]),
        ("union", [], A, A, [[], [0, 1, 2]]),
        ("intersection", A, [], [], [[-1, -1, -1], []]),
        ("difference", [], A, [], [[]]),
    ],
)
def test_set_operations(method: str, first: Any, second: Any, expected: Any, mappings: Any) -> None:
    lhs, rhs = make(first), make(second)
    assert getattr(lhs, method)(rhs) == make(expected)

    result, *found = getattr(lhs, method + "_and_mapping")(other=rhs)
    assert result == make(expected)
    assert [mapping.tolist() for mapping in found] == mappings
    assert all(mapping.dtype == torch.int64 for mapping in found)


@pytest.mark.parametrize("method", ["union", "intersection", "difference"])
def test_invalid_set_operations(labels: Any, method: str) -> None:
    for other in [labels.rename("a", "x"), labels.permute([1, 0])]:
        with pytest.raises(RuntimeError, match="a, b.*" + ", ".join(other.names)):
            getattr(labels, method)(other)
    with pytest.raises(RuntimeError, match="CPU:0.*ExtDev:0"):
        getattr(labels, method)(labels.to("meta"))
    # empty labels can be anywhere
    empty = Labels.empty(["a", "b"]).to("meta")
    assert getattr(labels, method)(empty).device == labels.device


@pytest.mark.parametrize(
    ("names", "values", "expected"),
    [
        (["u"], [[5], [8], [9]], [0, 2, 3]),
        (["u", "v"], [[5, 3], [9, 3], [8, 3]], [3, 0]),
        (["v", "u"], [[3, 5], [3, 8]], [0, 3]),
    ],
)
def test_select(names: Any, values: Any, expected: Any) -> None:
    labels = Labels(["u", "v"], torch.tensor([[8, 3], [4, 7], [8, 7], [5, 3]]))
    selected = labels.select(selection=Labels(names, torch.tensor(values)))
    assert selected.tolist() == expected
    assert selected.dtype == torch.int64


def test_select_corner_cases(labels: Any) -> None:
    other = Labels("x", torch.tensor([[0]]))
    with pytest.raises(RuntimeError, match="'x'"):
        labels.select(other)
    with pytest.raises(RuntimeError, match="'x'"):
        labels.select(Labels.empty("x"))
    assert labels.select(Labels.empty("a")).tolist() == []
    # nothing is checked without entries to select from
    assert Labels.empty(["a", "b"]).select(other).tolist() == []
    with pytest.raises(RuntimeError, match="CPU:0.*ExtDev:0"):
        labels.select(labels.to("meta"))


def test_results_are_usable(labels: Any) -> None:
    result = labels.union(labels.append("c", torch.zeros(3).int()).remove("c"))
    assert result.append("c", torch.arange(3)).values.shape == (3, 3)
    assert result.select(labels).tolist() == [0, 1, 2]
    del labels
    assert result.values.tolist() == [[0, 1], [2, 3], [4, 5]]
