"""Arithmetic operators of blocks and maps."""

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap


def make_block(engine, factor=1.0):
    labels = Labels.range("n", 2).to(arrays=engine.name)
    block = TensorBlock(
        engine.array(factor * np.array([[1.0, 2.0], [3.0, 4.0]])), labels, [], labels
    )
    gradient = TensorBlock(
        engine.array(factor * np.array([[1.0, -1.0]])),
        Labels("sample", engine.array([[1]])),
        [],
        labels,
    )
    block.add_gradient("x", gradient)
    return block


def make_map(engine, factor=1.0):
    return TensorMap(Labels.single().to(arrays=engine.name), [make_block(engine, factor)])


@pytest.fixture(params=["block", "map"])
def make(request):
    return make_block if request.param == "block" else make_map


def values(result):
    block = result if isinstance(result, TensorBlock) else result.block(0)
    return block.values.tolist(), block.gradient("x").values.tolist()


def test_two_operands(engine, make):
    a, b = make(engine), make(engine, 2.0)
    x, g = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0]])
    assert type(a + b) is type(a)
    assert values(a + b) == ((3 * x).tolist(), (3 * g).tolist())
    assert values(b - a) == (x.tolist(), g.tolist())
    assert values(a * b) == ((2 * x * x).tolist(), (4 * x[1:] * g).tolist())
    assert values(b / a) == (np.full((2, 2), 2.0).tolist(), np.zeros((1, 2)).tolist())


def test_scalars(engine, make):
    a = make(engine)
    x, g = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0]])
    assert values(a + 1) == values(1 + a) == ((x + 1).tolist(), g.tolist())
    assert values(a - 1) == ((x - 1).tolist(), g.tolist())
    assert values(1 - a) == ((1 - x).tolist(), (-g).tolist())
    assert values(a * 2) == values(np.float64(2) * a) == ((2 * x).tolist(), (2 * g).tolist())
    assert values(a / 2) == ((x / 2).tolist(), (g / 2).tolist())
    inverse, gradient = values(2 / a)
    np.testing.assert_allclose(inverse, 2 / x)
    np.testing.assert_allclose(gradient, -2 * g / x[1:] ** 2)
    assert values(a**2) == ((x**2).tolist(), (2 * x[1:] * g).tolist())
    assert values(-a) == ((-x).tolist(), (-g).tolist())
    assert +a is a


def test_matmul(engine, make):
    a = make(engine)
    if isinstance(a, TensorMap):
        other = TensorMap(a.keys, [a.block(0).copy()])
        other = TensorMap(
            a.keys, [TensorBlock(b.values, b.samples, [], b.properties) for b in other]
        )
    else:
        other = TensorBlock(a.values, a.samples, [], a.properties)
    result, gradient = values(a @ other)
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(result, x @ x.T)
    np.testing.assert_allclose(gradient, np.array([[1.0, -1.0]]) @ x.T)


def test_comparison(engine, make):
    assert make(engine) == make(engine)
    assert make(engine) != make(engine, 2.0)
    assert make(engine) != 3


def test_other_operands(engine, make):
    a = make(engine)
    for wrong in ["text", [1], None]:
        for operation in [
            lambda x, y: x + y,
            lambda x, y: y - x,
            lambda x, y: x / y,
            lambda x, y: y / x,
            lambda x, y: x**y,
            lambda x, y: x @ y,
        ]:
            with pytest.raises(TypeError, match="unsupported operand|can only concatenate"):
                operation(a, wrong)


def test_blocks_and_maps_do_not_mix(engine):
    with pytest.raises(TypeError, match="unsupported operand"):
        make_block(engine) + make_map(engine)
    assert make_block(engine) != make_map(engine)


def test_inputs_do_not_change(engine):
    a = make_block(engine)
    _ = a + a
    # still a block of its own, which can have more gradients
    labels = Labels.range("n", 2).to(arrays=engine.name)
    gradient = TensorBlock(
        engine.array([[1.0, 2.0]]), Labels("sample", engine.array([[0]])), [], labels
    )
    a.add_gradient("y", gradient)
    assert a.gradients_list() == ["x", "y"]
