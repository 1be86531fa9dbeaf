"""Labels from and to dictionaries, structured arrays and pandas; order of the entries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metatensor import Labels, MetatensorError

LABELS = Labels(["system", "atom"], np.array([[2, 1], [0, 7], [2, -3]]))


def test_dict(engine):
    labels = Labels.from_dict({"system": [2, 0, 2], "atom": engine.array([1, 7, -3])})
    assert labels == LABELS
    columns = LABELS.to_dict()
    assert list(columns) == ["system", "atom"]
    assert columns["atom"].tolist() == [1, 7, -3]
    assert Labels.from_dict(columns) == LABELS
    with pytest.raises(ValueError, match="read-only"):
        columns["atom"][0] = 3

    assert Labels.from_dict({}) == Labels([], np.empty((0, 0)))
    assert Labels.from_dict({"a": [], "b": []}) == Labels.empty(["a", "b"])


def test_dict_of_tensors_can_not_change(engine):
    values = engine.array([[1, 2], [3, 4]])
    labels = Labels(["a", "b"], values)
    columns = labels.to_dict()
    with pytest.raises(ValueError, match="read-only"):
        columns["a"][0] = 5


def test_dict_errors():
    with pytest.raises(TypeError, match="must be a dictionary, got list"):
        Labels.from_dict([("a", [1])])
    with pytest.raises(ValueError, match="2 values for 'a' and 1 for 'b'"):
        Labels.from_dict({"a": [1, 2], "b": [1]})
    with pytest.raises(ValueError, match="'a' must be a 1-D array or a list, got 2 dimensions"):
        Labels.from_dict({"a": [[1]]})
    with pytest.raises(TypeError, match="'a' must be integers, got dtype 'float64'"):
        Labels.from_dict({"a": [1.5]})
    with pytest.raises(
        MetatensorError, match="unique|more than once|several times|multiple times|already"
    ):
        Labels.from_dict({"a": [1, 1]})


def test_structured():
    records = LABELS.to_structured()
    assert records.dtype.names == ("system", "atom")
    assert records.tolist() == [(2, 1), (0, 7), (2, -3)]
    assert np.shares_memory(records, LABELS.values)
    assert Labels.empty(["a", "b"]).to_structured().shape == (0,)
    with pytest.raises(ValueError, match="without dimensions"):
        Labels([], np.empty((0, 0))).to_structured()


def test_pandas():
    pd = pytest.importorskip("pandas")
    index = LABELS.to_pandas()
    assert index.names == ["system", "atom"]
    assert index.tolist() == [(2, 1), (0, 7), (2, -3)]
    assert Labels.from_pandas(index) == LABELS
    assert Labels.from_pandas(index.to_frame(index=False)) == LABELS

    single = Labels.range("n", 3)
    assert single.to_pandas().tolist() == [0, 1, 2]
    assert single.to_pandas().name == "n"
    assert Labels.from_pandas(single.to_pandas()) == single

    with pytest.raises(TypeError, match="must be a pandas DataFrame or Index, got dict"):
        Labels.from_pandas({})
    with pytest.raises(ValueError, match="must have a name"):
        Labels.from_pandas(pd.Index([1, 2]))
    with pytest.raises(TypeError, match="'a' must be integers"):
        Labels.from_pandas(pd.DataFrame({"a": ["x"]}))
    with pytest.raises(ValueError, match="without dimensions"):
        Labels([], np.empty((0, 0))).to_pandas()


def test_sort(engine):
    labels = Labels(["system", "atom"], engine.array([[2, 1], [0, 7], [2, -3]]))
    assert not labels.is_sorted()
    assert labels.argsort().tolist() == [1, 2, 0]
    assert labels.argsort(descending=True).tolist() == [0, 2, 1]
    result = labels.sort()
    assert type(result.values) is type(labels.values) or engine.name == "numpy"
    assert result == Labels(["system", "atom"], np.array([[0, 7], [2, -3], [2, 1]]))
    assert result.is_sorted()
    assert result.sort() is result
    assert result.sort(descending=True).values.tolist() == [[2, 1], [2, -3], [0, 7]]
    assert Labels.empty("a").sort() == Labels.empty("a")


@given(st.lists(st.tuples(*[st.integers(-5, 5)] * 2), unique=True, max_size=40))
def test_sort_as_python(rows):
    labels = Labels(["a", "b"], np.array(rows, dtype=np.int32).reshape(-1, 2))
    assert [tuple(row) for row in labels.sort().values.tolist()] == sorted(rows)
    order = labels.argsort(descending=True)
    assert [rows[i] for i in order] == sorted(rows, reverse=True)
    assert labels.is_sorted() == (rows == sorted(rows))
