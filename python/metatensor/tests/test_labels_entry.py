import doctest

import numpy as np
import pytest
from metatensor import Labels, LabelsEntry


@pytest.fixture
def entry(engine):
    return Labels(["atom", "shell"], engine.array([[7, 0], [12, -3]]))[1]


def test_members(engine, entry):
    assert entry.names == ["atom", "shell"]
    entry.names.append("other")
    assert entry.names == ["atom", "shell"]
    assert engine.host(entry.values).tolist() == [12, -3]
    assert entry.values.dtype == engine.dtype("int32")
    assert len(entry) == 2
    atom, shell = entry
    assert (int(atom), int(shell)) == (12, -3)
    assert atom.dtype == engine.dtype("int32")
    assert tuple(entry) == (12, -3)
    assert [int(value) for value in entry] == [12, -3]


def test_numpy_items():
    entry = Labels.range("a", 3)[2]
    assert isinstance(entry[0], np.int32)
    assert entry.device == "cpu"
    with pytest.raises(ValueError, match="read-only"):
        entry.values[0] = 3


def test_items(entry):
    assert entry[0] == entry[-2] == entry["atom"] == 12
    assert entry[1] == entry[-1] == entry["shell"] == -3
    with pytest.raises(ValueError, match="'other'"):
        entry["other"]
    for index in (2, -3):
        with pytest.raises(IndexError, match=f"{index}"):
            entry[index]
    for index in (1.0, None, slice(0, 1), (0,)):
        with pytest.raises(TypeError, match=type(index).__name__):
            entry[index]


def test_creation(engine):
    entry = LabelsEntry(["a", "b"], engine.array([1, 2]))
    assert entry.print() == "(a=1, b=2)"
    assert entry == Labels(["a", "b"], np.array([[1, 2]]))[0]
    with pytest.raises(ValueError, match="1-D"):
        LabelsEntry(["a", "b"], engine.array([[1, 2]]))
    for dtype in ("int64", "float32"):
        with pytest.raises(ValueError, match=f"32-bit.*{dtype}"):
            LabelsEntry(["a", "b"], engine.array([1, 2], dtype))
    with pytest.raises(ValueError, match="2 values and 1 names"):
        LabelsEntry(["a"], engine.array([1, 2]))
    with pytest.raises((TypeError, ValueError), match="list"):
        LabelsEntry(["a", "b"], [1, 2])


def test_equality(engine, entry):
    assert entry == LabelsEntry(["atom", "shell"], np.array([12, -3], dtype=np.int32))
    assert (entry == entry) is True
    for names, values in [
        (["atom", "other"], [12, -3]),
        (["atom", "shell"], [12, 3]),
        (["atom"], [12]),
        (["atom", "shell", "n"], [12, -3, 0]),
        (["shell", "atom"], [-3, 12]),
    ]:
        other = LabelsEntry(names, engine.array(values))
        assert entry != other
        assert not entry == other  # noqa: SIM201
    for other in (3, (12, -3), None, "a"):
        with pytest.raises(TypeError, match="LabelsEntry"):
            entry == other
        with pytest.raises(TypeError, match="LabelsEntry"):
            entry != other
    with pytest.raises(TypeError, match="unhashable"):
        hash(entry)


def test_print(entry):
    assert entry.print() == "(atom=12, shell=-3)"
    assert str(entry) == repr(entry) == "LabelsEntry(atom=12, shell=-3)"
    assert Labels.single()[0].print() == "(_=0)"


# ------------------------------------------------------------------ printing of Labels
ROWS = [[7, 0], [12, -3], [10500, 1], [6, 2], [9, 4], [10, 0]]


@pytest.fixture
def labels(engine):
    return Labels(["atom", "shell_index"], engine.array(ROWS))


def test_str(labels):
    expected = """\
Labels
    atom  shell_index
     7         0
     12       -3
          ...
     9         4
     10        0"""
    assert str(labels) == expected


def test_repr(labels):
    expected = """\
Labels
    atom   shell_index
      7         0
     12        -3
    10500       1
      6         2
      9         4
     10         0"""
    assert repr(labels) == expected


def test_print_with_indent(labels):
    expected = """\
 atom  shell_index
    7         0
    12       -3
         ...
    10        0"""
    assert labels.print(3, indent=2) == expected
    assert labels.print(-1) == labels.print(6) == labels.print(100)


@pytest.mark.parametrize("max_entries", [0, 1, 2])
def test_print_at_least_two(max_entries):
    labels = Labels(["a", "b"], np.array([[7, 0], [12, -3], [-3, 5]]))
    assert labels.print(max_entries) == " a   b\n 7   0\n    ...\n -3  5"


def test_print_special():
    assert str(Labels.empty(["a", "b"])) == "Labels\n    a  b"
    assert str(Labels.single()) == "Labels\n    _\n    0"
    assert repr(Labels([], np.empty((0, 0)))) == "Labels\n   "


# ----------------------------------------------------------------------- documentation
@pytest.mark.parametrize("klass", [Labels, LabelsEntry])
def test_documented_examples(klass):
    # `__module__` is not where they are defined: doctest alone would not find them
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    attempted = 0
    for base in klass.__mro__[:-1]:
        for name in ("__doc__", *vars(base)):
            text = base.__doc__ if name == "__doc__" else getattr(base, name).__doc__
            if text and ">>>" in text:
                name = f"{base.__name__}.{name}"
                example = parser.get_doctest(text, {"Labels": Labels}, name, None, 0)
                attempted += runner.run(example).attempted
    assert attempted > 3
    assert runner.failures == 0
