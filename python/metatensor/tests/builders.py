"""Blocks and maps used by several test files."""

import numpy as np
from metatensor import Labels, TensorBlock, TensorMap


def labels(names, rows):
    """Labels from lists."""
    names = names.split()
    return Labels(names, np.array(rows, dtype=np.int32).reshape(-1, len(names)))


def small_block(engine, start=0, *, samples=(0, 2), gradient=True, nested=False, dtype="float64"):
    """Block with three components and two properties, numbered from ``start``."""
    count = len(samples)
    components = [Labels.range("xyz", 3)]
    properties = labels("n", [[0], [1]])
    values = np.arange(start, start + 6 * count).reshape(count, 3, 2)
    block = TensorBlock(
        engine.array(values.tolist(), dtype),
        labels("s", [[sample] for sample in samples]),
        components,
        properties,
    )
    if gradient:
        values = 100 + np.arange(start, start + 12).reshape(2, 1, 3, 2)
        gradient_block = TensorBlock(
            engine.array(values.tolist(), dtype),
            labels("sample atom", [[0, 5], [count - 1, 7]]),
            [labels("direction", [[0]]), *components],
            properties,
        )
        if nested:
            gradient_block.add_gradient(
                "cell",
                TensorBlock(
                    engine.array(np.zeros((1, 1, 3, 2)).tolist(), dtype),
                    labels("sample", [[1]]),
                    gradient_block.components,
                    properties,
                ),
            )
        block.add_gradient("positions", gradient_block)
    return block


def small_map(engine, **kwargs):
    """Map with three blocks, and different samples in each."""
    blocks = [
        small_block(engine, 0, samples=(0, 2), **kwargs),
        small_block(engine, 20, samples=(1, 2), **kwargs),
        small_block(engine, 40, samples=(4,), **kwargs),
    ]
    return TensorMap(labels("k l", [[0, 0], [1, 0], [0, 1]]), blocks)


def simple_block(values=None, samples=None, components=(), properties=None):
    """Block without components, two samples and three properties unless told otherwise."""
    return TensorBlock(
        np.zeros((2, 3)) if values is None else values,
        labels("s", [[0], [1]]) if samples is None else samples,
        list(components),
        Labels.range("n", 3) if properties is None else properties,
    )


def gradient_for(block, **changes):
    """Gradient for the block of :py:func:`simple_block`, with some parts replaced."""
    parts = {
        "values": np.zeros((1, 3)),
        "samples": labels("sample", [[1]]),
        "components": [],
        "properties": block.properties,
        **changes,
    }
    return TensorBlock(**parts)


def plain_block(value=0.0, *, samples="s", properties="n", components=(), dtype=np.float64):
    """Block with one sample and one property."""
    return TensorBlock(
        np.full((1, *[len(c) for c in components], 1), value, dtype=dtype),
        Labels.range(samples, 1),
        list(components),
        Labels.range(properties, 1),
    )


def two_keys():
    """Keys for two blocks."""
    return Labels.range("k", 2)


def matrix_block(values):
    """Block without components for a 2-D array."""
    samples = Labels.range("s", values.shape[0])
    return TensorBlock(values, samples, [], Labels.range("n", values.shape[1]))


def assert_same_block(first, second):
    """Check that two blocks have the same labels, values and gradients."""
    assert first.samples == second.samples
    assert first.components == second.components
    assert first.properties == second.properties
    assert first.dtype == second.dtype
    np.testing.assert_array_equal(host(first.values), host(second.values))
    assert set(first.gradients_list()) == set(second.gradients_list())
    for parameter, gradient in first.gradients():
        assert_same_block(gradient, second.gradient(parameter))


def assert_same_map(first, second):
    """Check that two maps have the same keys, info and blocks."""
    assert first.keys == second.keys
    assert first.info() == second.info()
    for one, other in zip(first, second, strict=True):
        assert_same_block(one, other)


def host(array):
    """Values of an array of any library as a numpy array."""
    return array if isinstance(array, np.ndarray) else array.detach().cpu().numpy()
