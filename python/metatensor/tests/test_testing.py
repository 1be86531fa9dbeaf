"""Comparisons of `metatensor.testing`: what they accept, and what they say."""

import doctest
import re
import subprocess
import sys

import metatensor.testing
import numpy as np
import pytest
from array_makers import NumpyArrays
from builders import labels, plain_block, small_block, small_map
from metatensor import Labels, TensorBlock, TensorMap
from metatensor.testing import assert_allclose, assert_equal

BOTH = pytest.mark.parametrize("check", [assert_equal, assert_allclose])


def lines_of(check, actual, expected, **kwargs):
    """What is said about a difference, one item per line."""
    with pytest.raises(AssertionError) as caught:
        check(actual, expected, **kwargs)
    return [line.strip() for line in str(caught.value).splitlines()]


def block_of(values, **parts):
    values = np.asarray(values)
    return TensorBlock(
        values,
        parts.get("samples", Labels.range("s", values.shape[0])),
        [Labels.range("c", size) for size in values.shape[1:-1]],
        parts.get("properties", Labels.range("p", values.shape[-1])),
    )


@BOTH
def test_same(check, engine):
    check(labels("a b", [[1, 2]]), labels("a b", [[1, 2]]))
    check(small_block(engine, nested=True), small_block(engine, nested=True))
    check(small_map(engine, nested=True), small_map(engine, nested=True))
    empty = TensorMap(Labels.empty("k"), [])
    check(empty, empty.copy())


@BOTH
def test_labels(check):
    expected = labels("a b", [[1, 2], [3, 4], [5, 6]])
    first = "the Labels are not equal"
    if check is assert_allclose:
        first = "the Labels are not close (rtol=0, atol=0)"
    assert lines_of(check, labels("a c", []), expected) == [
        first,
        "the names of the dimensions differ: got [a, c], expected [a, b]",
    ]
    assert lines_of(check, labels("a b", [[1, 2], [5, 6], [3, 3], [4, 4]]), expected) == [
        first,
        "the number of entries differs: got 4, expected 3",
        "the first missing entry is (a=3, b=4)",
        "the first unexpected entry is (a=3, b=3)",
    ]
    assert lines_of(check, labels("a b", [[1, 2], [5, 6], [3, 4]]), expected) == [
        first,
        "the entries are in another order: got (a=5, b=6) at position 1, expected (a=3, b=4)",
    ]
    assert lines_of(check, Labels.empty(["a", "b"]), expected)[2:] == [
        "the first missing entry is (a=1, b=2)"
    ]


def test_labels_of_blocks():
    block = block_of(np.zeros((2, 2, 2)))
    other = block_of(np.zeros((2, 2, 2)), samples=labels("s", [[0], [3]]))
    assert lines_of(assert_equal, other, block)[1:] == [
        "in the samples",
        "the first missing entry is (s=1)",
        "the first unexpected entry is (s=3)",
    ]
    other = block_of(np.zeros((2, 2, 2)), properties=Labels.range("n", 2))
    assert lines_of(assert_equal, other, block)[1] == "in the properties"
    assert lines_of(assert_equal, block_of(np.zeros((2, 3, 2))), block)[1] == (
        "in the components[0]"
    )
    assert lines_of(assert_equal, block_of(np.zeros((2, 2))), block)[1:] == [
        "in the components",
        "got [], expected [c]",
    ]


def test_values():
    expected = np.arange(24.0).reshape(2, 3, 4)
    values = expected.copy()
    values[1, 0, 2] += 0.5
    values[1, 2, 3] += 2
    assert lines_of(assert_equal, block_of(values), block_of(expected)) == [
        "the TensorBlocks are not equal",
        "in the values",
        "at sample 1 (s=1), component 0 (c=0), property 2 (p=2): got 14.5, expected 14.0",
        "2 of 24 values differ, by up to 2",
    ]
    assert_allclose(block_of(values), block_of(expected), atol=2)
    assert_allclose(block_of(values), block_of(expected), rtol=0.1)
    lines = lines_of(assert_allclose, block_of(values), block_of(expected), rtol=0.05, atol=0.5)
    assert lines[0] == "the TensorBlocks are not close (rtol=0.05, atol=0.5)"
    assert lines_of(assert_equal, block_of(values > 3), block_of(expected > 7))[-1] == (
        "4 of 24 values differ"
    )


def test_integers_do_not_wrap():
    small, large = (np.array([[value]], dtype=np.uint64) for value in (1, 2**64 - 1))
    for check in (assert_equal, assert_allclose):
        assert lines_of(check, block_of(small), block_of(large))[-1] == (
            f"1 of 1 values differ, by up to {2**64 - 2}"
        )
    close = np.array([[2**60]]), np.array([[2**60 + 1]])
    lines_of(assert_allclose, *map(block_of, close))
    assert_allclose(*map(block_of, close), rtol=1e-12)


def test_special_values():
    values = block_of([[np.nan, np.inf, -0.0]])
    for check in (assert_equal, assert_allclose):
        check(values, block_of([[np.nan, np.inf, 0.0]]))
        lines = lines_of(check, values, values, equal_nan=False)
        assert lines[2] == "at sample 0 (s=0), property 0 (p=0): got nan, expected nan"
        assert lines[3] == "1 of 3 values differ"
        lines_of(check, values, block_of([[np.nan, -np.inf, 0.0]]))
    assert_equal(block_of([[complex(0, np.nan)]]), block_of([[complex(0, np.nan)]]))
    lines = lines_of(assert_equal, block_of([[1 + 2j]]), block_of([[1 + 5j]]))
    assert lines[-1] == "1 of 1 values differ, by up to 3"


@pytest.mark.parametrize(
    ("dtype", "close", "far"),
    [
        ("float64", 1e-8, 1e-6),
        ("float32", 1e-6, 1e-4),
        ("float16", 1e-3, 1e-2),
        ("complex64", 1e-6, 1e-4),
    ],
)
def test_default_tolerances(dtype, close, far):
    block = block_of(np.ones((1, 1), dtype))
    assert_allclose(block_of(np.full((1, 1), 1 + close, dtype)), block)
    lines_of(assert_allclose, block_of(np.full((1, 1), 1 + far, dtype)), block)


def test_dtype():
    block = plain_block(2.0)
    other = block.to(dtype=np.float32)
    for check in (assert_equal, assert_allclose):
        assert lines_of(check, other, block)[2] == (
            "the dtype differs: got float32, expected float64"
        )
        check(other, block, check_dtype=False)
    # the tolerance is that of the least precise one
    other.values[:] += 1e-6
    assert_allclose(other, block, check_dtype=False)


def test_gradients():
    block = small_block(NumpyArrays, nested=True)
    assert lines_of(assert_equal, small_block(NumpyArrays, gradient=False), block)[1:] == [
        "the gradients differ: got [], expected [positions]"
    ]
    assert lines_of(assert_equal, small_block(NumpyArrays), block)[1:] == [
        "in gradient 'positions'",
        "the gradients differ: got [], expected [cell]",
    ]
    other = block.copy()
    other.gradient("positions").gradient("cell").values[0, 0, 2, 1] = 5
    assert lines_of(assert_equal, other, block)[1:] == [
        "in gradient 'positions/cell', values",
        (
            "at sample 0 (sample=1), component 0 (direction=0), component 2 (xyz=2), "
            "property 1 (n=1): got 5.0, expected 0.0"
        ),
        "1 of 6 values differ, by up to 5",
    ]


def test_order_of_gradients():
    blocks = []
    for order in ("ab", "ba"):
        block = block_of(np.zeros((1, 1)))
        for parameter in order:
            gradient = block_of(np.ones((1, 1)), samples=Labels.range("sample", 1))
            block.add_gradient(parameter, gradient)
        blocks.append(block)
    assert_equal(*blocks)


def test_maps():
    tensor = small_map(NumpyArrays)
    other = tensor.copy()
    other.block(2).values[0, 0, 1] = 3
    assert lines_of(assert_equal, other, tensor) == [
        "the TensorMaps are not equal",
        "in block 2 (k=0, l=1)",
        "in the values",
        ("at sample 0 (s=4), component 0 (xyz=0), property 1 (n=1): got 3.0, expected 41.0"),
        "1 of 6 values differ, by up to 38",
    ]
    keys = TensorMap(labels("k l", [[0, 0], [1, 0], [0, 7]]), [b.copy() for b in tensor])
    assert lines_of(assert_equal, keys, tensor)[1] == "in the keys"


def test_info():
    tensor = small_map(NumpyArrays)
    other = tensor.copy()
    other.set_info("unit", "eV")
    assert lines_of(assert_equal, other, tensor)[1:] == [
        "the info differs: got {'unit': 'eV'}, expected {}"
    ]
    assert_equal(other, tensor, check_info=False)


def test_wrong_types():
    block = plain_block()
    for check in (assert_equal, assert_allclose):
        with pytest.raises(TypeError, match=r"`expected` must be Labels, .*, got list"):
            check(block, [block])
        with pytest.raises(AssertionError, match="expected a TensorBlock object, got NoneType"):
            check(None, block)
        with pytest.raises(AssertionError, match=r"TensorMap object, got .*\.TensorBlock"):
            check(block, TensorMap(Labels.empty("k"), []))


def test_other_libraries():
    torch = pytest.importorskip("torch")
    tensor = small_map(NumpyArrays, nested=True)
    other = tensor.to(arrays="torch")
    assert_equal(other, tensor)
    line = "the arrays differ: got torch on device 'cpu', expected numpy on device 'cpu'"
    assert lines_of(assert_equal, other, tensor, check_arrays=True)[-1] == line
    assert lines_of(assert_equal, other.keys, tensor.keys, check_arrays=True)[-1] == line

    block = other.block(0).to(torch.bfloat16)
    assert lines_of(assert_equal, block, tensor.block(0))[2] == (
        "the dtype differs: got bfloat16, expected float64"
    )
    assert_allclose(block, tensor.block(0), check_dtype=False)
    block.values.requires_grad_()
    assert_equal(block, block.copy())


def test_doctests():
    modules = [metatensor.testing._assertions]
    modules.append(metatensor.testing.strategies)
    for module in modules:
        assert doctest.testmod(module).failed == 0


def test_hypothesis_is_optional():
    program = """
import importlib.util
import sys
import metatensor.testing
assert not any(name.partition(".")[0] == "hypothesis" for name in sys.modules)
assert "strategies" in dir(metatensor.testing)

sys.modules["hypothesis"] = None  # importing it fails
importlib.util.find_spec = lambda name: None
assert "strategies" not in dir(metatensor.testing)
from metatensor.testing import *
metatensor.testing.assert_equal(metatensor.Labels.single(), metatensor.Labels.single())
for attempt in range(2):
    try:
        metatensor.testing.strategies
    except ImportError as error:
        print(error)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert re.search(r"hypothesis.*pip install metatensor-core\[testing\]", line)


def test_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'assert_same'"):
        metatensor.testing.assert_same
