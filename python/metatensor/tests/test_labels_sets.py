import numpy as np
import pytest
from metatensor import Labels, MetatensorError

NAMES = ["a", "b"]
A = [[7, 1], [2, 2], [7, -3]]
B = [[5, 5], [2, 2], [7, 1], [6, 0]]


def rows(labels):
    return np.asarray(labels).tolist()


def check_mapping(mapping, expected):
    assert isinstance(mapping, np.ndarray)
    assert mapping.dtype == np.int64
    assert mapping.tolist() == expected


@pytest.fixture
def a(engine):
    return Labels(NAMES, engine.array(A))


@pytest.fixture(params=["same", "numpy"])
def b(engine, request):
    values = engine.array(B) if request.param == "same" else np.array(B)
    return Labels(NAMES, values)


def test_union(engine, a, b):
    expected = [[7, 1], [2, 2], [7, -3], [5, 5], [6, 0]]
    assert rows(a.union(b)) == expected
    assert engine.host(a.union(b).values).tolist() == expected
    assert a.union(b).names == NAMES

    union, map_a, map_b = a.union_and_mapping(b)
    assert rows(union) == expected
    check_mapping(map_a, [0, 1, 2])
    check_mapping(map_b, [3, 1, 0, 4])


def test_intersection(engine, a, b):
    expected = [[7, 1], [2, 2]]
    assert rows(a.intersection(b)) == expected
    assert engine.host(a.intersection(b).values).tolist() == expected
    assert rows(b.intersection(a)) == expected

    result, map_a, map_b = a.intersection_and_mapping(b)
    assert rows(result) == expected
    check_mapping(map_a, [0, 1, -1])
    check_mapping(map_b, [-1, 1, 0, -1])


def test_intersection_order():
    x = Labels("n", np.array([[5], [3], [1], [0]]))
    y = Labels("n", np.array([[0], [1], [2], [3], [9]]))
    z = Labels("n", np.array([[0], [1], [2], [3]]))
    assert rows(x.intersection(y)) == rows(y.intersection(x)) == [[3], [1], [0]]
    assert rows(x.intersection(z)) == [[3], [1], [0]]
    assert rows(z.intersection(x)) == [[0], [1], [3]]


def test_difference(engine, a, b):
    assert rows(a.difference(b)) == [[7, -3]]
    assert engine.host(a.difference(b).values).tolist() == [[7, -3]]
    assert rows(b.difference(a)) == [[5, 5], [6, 0]]

    result, mapping = a.difference_and_mapping(b)
    assert rows(result) == [[7, -3]]
    check_mapping(mapping, [-1, -1, 0])
    check_mapping(b.difference_and_mapping(a)[1], [0, -1, -1, 1])


def test_results_are_read_only():
    a, b = Labels(NAMES, np.array(A)), Labels(NAMES, np.array(B))
    for result in (a.union(b), a.intersection(b), a.difference(b)):
        assert result.values.dtype == np.int32
        with pytest.raises(ValueError, match="read-only"):
            result.values[0, 0] = 3


def test_empty_operand(engine, a):
    empty = Labels.empty(NAMES)
    assert a.union(empty) == a
    assert engine.host(a.union(empty).values).tolist() == A
    assert empty.union(a) == a
    assert len(a.intersection(empty)) == 0
    assert a.difference(empty) == a
    assert len(empty.difference(a)) == 0
    check_mapping(empty.union_and_mapping(a)[1], [])


def test_no_dimensions(engine):
    labels = Labels([], engine.array(np.zeros((0, 0)).tolist()))
    other = Labels([], np.empty((0, 0)))
    for result in (labels.union(other), labels.intersection(other), labels.difference(other)):
        assert tuple(engine.host(result.values).shape) == (0, 0)


@pytest.mark.parametrize("name", ["union", "intersection", "difference"])
@pytest.mark.parametrize("suffix", ["", "_and_mapping"])
def test_errors(a, name, suffix):
    method = getattr(a, name + suffix)
    for names in (["b", "a"], ["a", "c"], ["a", "b", "c"]):
        with pytest.raises(MetatensorError) as error:
            method(Labels.empty(names))
        assert error.value.status == 1
        for expected in (*names, *NAMES):
            assert expected in str(error.value)
    for other in (None, 3, [[1, 2]]):
        with pytest.raises(TypeError, match="must be Labels"):
            method(other)


# ---------------------------------------------------------------------------- select
@pytest.fixture
def uv(engine):
    return Labels(["u", "v"], engine.array([[8, 3], [4, 7], [8, 7], [5, 3]]))


def check_selected(result, expected):
    assert isinstance(result, np.ndarray)
    assert result.dtype == np.uint64
    assert result.ndim == 1
    assert result.tolist() == expected


def test_select(engine, uv):
    selection = Labels("u", engine.array([[5], [8], [9]]))
    check_selected(uv.select(selection), [0, 2, 3])
    check_selected(uv.select(Labels("v", np.array([[7]]))), [1, 2])
    check_selected(uv.select(Labels("v", np.array([[77]]))), [])
    check_selected(uv.select(uv), [0, 1, 2, 3])


def test_select_order(uv):
    selection = Labels(["u", "v"], np.array([[5, 3], [9, 3], [8, 3]]))
    check_selected(uv.select(selection), [3, 0])
    selection = Labels(["v", "u"], np.array([[3, 5], [3, 8]]))
    check_selected(uv.select(selection), [0, 3])


def test_select_empty(uv):
    check_selected(uv.select(Labels.empty([])), [0, 1, 2, 3])
    check_selected(uv.select(Labels.empty("u")), [])
    check_selected(uv.select(Labels.empty(["u", "v"])), [])
    check_selected(Labels.empty(["u", "v"]).select(Labels("u", np.array([[3]]))), [])


def test_select_errors(uv):
    for selection in (Labels("w", np.array([[3]])), Labels.empty("w")):
        with pytest.raises(MetatensorError, match="'w'"):
            uv.select(selection)
    for selection in ([0], None, {"u": 3}):
        with pytest.raises(TypeError, match="must be Labels"):
            uv.select(selection)


# ------------------------------------------------------------- against a simple model
@pytest.mark.parametrize("seed", range(20))
def test_random_sets(engine, seed):
    rng = np.random.default_rng(seed)

    def random_rows():
        values = rng.integers(-4, 4, size=(rng.integers(0, 60), 2))
        unique = list(dict.fromkeys(map(tuple, values.tolist())))
        rng.shuffle(unique)
        return [tuple(row) for row in np.array(unique).reshape(-1, 2).tolist()]

    first, second = random_rows(), random_rows()

    def labels(values):
        return Labels(NAMES, engine.array(np.array(values).reshape(-1, 2).tolist()))

    def tuples(result):
        return [tuple(row) for row in result.values.tolist()]

    a, b = labels(first), labels(second)
    union, map_a, map_b = a.union_and_mapping(b)
    expected = first + [row for row in second if row not in first]
    assert tuples(union) == expected
    assert map_a.tolist() == [expected.index(row) for row in first]
    assert map_b.tolist() == [expected.index(row) for row in second]

    small, large = (second, first) if len(second) < len(first) else (first, second)
    expected = [row for row in small if row in large]
    result, map_a, map_b = a.intersection_and_mapping(b)
    assert tuples(result) == expected
    assert map_a.tolist() == [expected.index(r) if r in expected else -1 for r in first]
    assert map_b.tolist() == [expected.index(r) if r in expected else -1 for r in second]

    expected = [row for row in first if row not in second]
    result, map_a = a.difference_and_mapping(b)
    assert tuples(result) == expected
    assert map_a.tolist() == [expected.index(r) if r in expected else -1 for r in first]
