"""Tensors to test the operations with."""

import numpy as np
from metatensor import Labels, TensorBlock, TensorMap


def random_tensor(seed=0, n_blocks=3, dtype=np.float64, components=True, empty=()):
    """Tensor with several blocks and two gradients.

    :param components: values have a component axis, and a gradient has another one
    :param empty: ``"samples"``, ``"properties"`` and ``"gradients"`` which have no entries
        in the first block
    """
    rng = np.random.default_rng(seed)
    keys = Labels(["k", "l"], np.array([[i // 2, i % 2] for i in range(n_blocks)]).reshape(-1, 2))
    blocks = []
    for i in range(n_blocks):
        first = i == 0
        n_samples = 0 if first and "samples" in empty else 6 + i
        n_properties = 0 if first and "properties" in empty else 2 + i
        n_rows = 0 if first and ("gradients" in empty or "samples" in empty) else 7
        rows = rng.permutation(30)[:n_samples]
        samples = Labels(["s", "a"], np.stack([rows % 4, rows // 4], axis=1))
        axes = [Labels(["m"], np.array([[-1], [0], [1]]))] if components else []
        properties = Labels(
            ["n", "q"], np.array([[j // 2, j % 2] for j in range(n_properties)]).reshape(-1, 2)
        )
        shape = [n_samples, *[len(axis) for axis in axes], n_properties]
        values = (rng.uniform(0.5, 2.0, shape) * 8).astype(dtype)
        block = TensorBlock(values, samples, axes, properties)
        for parameter, extra in (("g", []), ("positions", [Labels.range("xyz", 3)])):
            which = np.sort(rng.permutation(max(n_samples, 1) * 3)[:n_rows])
            labels = Labels(["sample", "other"], np.stack([which // 3, which % 3], axis=1))
            shape = [n_rows, *[len(axis) for axis in extra + axes], n_properties]
            gradient = (rng.uniform(-2.0, 2.0, shape) * 8).astype(dtype)
            block.add_gradient(parameter, TensorBlock(gradient, labels, extra + axes, properties))
        blocks.append(block)
    return TensorMap(keys, blocks)


def parametrized_tensor(x, array):
    """Block with values and gradients which depend on the samples of ``x`` in a smooth way.

    The gradients are those with respect to ``x``, an array with shape ``(samples, 2)``; there
    is one row for each sample.

    :param array: converts arrays to the engine
    """
    n = len(x)
    a, b = x[:, 0], x[:, 1]
    values = np.stack([a * a + b, np.sin(a) + 2.5, np.exp(b)], axis=1)
    zero = np.zeros(n)
    d_a = np.stack([2 * a, np.cos(a), zero], axis=1)
    d_b = np.stack([zero + 1, zero, np.exp(b)], axis=1)
    samples = Labels(["s", "a"], np.array([[i % 3, i // 3] for i in range(n)]))
    properties = Labels(["n", "q"], np.array([[0, 0], [0, 1], [1, 0]]))
    block = TensorBlock(array(values), samples, [], properties)
    rows = Labels(["sample", "x"], np.array([[i, i] for i in range(n)]))
    gradient = TensorBlock(
        array(np.stack([d_a, d_b], axis=1)), rows, [Labels.range("ab", 2)], properties
    )
    block.add_gradient("x", gradient)
    return TensorMap(Labels.single(), [block])


def strained_tensor(x, array):
    """Block whose values all depend on two numbers, in different ways.

    The gradients are those with respect to ``x``, an array with shape ``(1, 2)``; all samples
    have a row.
    """
    n = 9
    a, b = x[0]
    c = np.linspace(-1.0, 2.0, n)
    values = np.stack([np.sin(c * a) + b, c * c * b * a, np.exp(c * b)], axis=1)
    d_a = np.stack([c * np.cos(c * a), c * c * b, 0 * c], axis=1)
    d_b = np.stack([0 * c + 1, c * c * a, c * np.exp(c * b)], axis=1)
    samples = Labels(["s", "a"], np.array([[i % 3, i // 3] for i in range(n)]))
    properties = Labels(["n", "q"], np.array([[0, 0], [0, 1], [1, 0]]))
    block = TensorBlock(array(values), samples, [], properties)
    rows = Labels(["sample", "x"], np.array([[i, 0] for i in range(n)]))
    gradient = TensorBlock(
        array(np.stack([d_a, d_b], axis=1)), rows, [Labels.range("ab", 2)], properties
    )
    block.add_gradient("x", gradient)
    return TensorMap(Labels.single(), [block])


def check_consistent(tensor):
    """Build a tensor again from its parts: this checks everything about shapes and labels."""
    blocks = []
    for block in tensor:
        new = TensorBlock(block.values, block.samples, block.components, block.properties)
        for parameter, gradient in block.gradients():
            assert gradient.values.dtype == block.values.dtype
            part = TensorBlock(
                gradient.values, gradient.samples, gradient.components, gradient.properties
            )
            new.add_gradient(parameter, part)
        for labels in (block.samples, block.properties):
            # the entries of labels made by operations are not checked in any other way
            Labels(labels.names, numpy(labels.values))
        blocks.append(new)
    TensorMap(tensor.keys, blocks)


def numpy(array):
    """Any array as numpy."""
    return array if isinstance(array, np.ndarray) else array.detach().cpu().numpy()
