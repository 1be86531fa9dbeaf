"""What the worked examples of the operations are made of.

Each of the functions ``example_...`` takes a :py:class:`Flavour`. They only use what both
flavours have, and numbers which are exact in floating point.
"""

from typing import Any, Callable, NamedTuple


class Flavour(NamedTuple):
    """A flavour of metatensor: its module, and how to make an array from lists."""

    mts: Any
    array: Callable[[Any], Any]

    def labels(self, names, rows):
        """Labels from lists."""
        return self.mts.Labels(names, self.array(rows))


def values(block):
    """Values of a block as lists."""
    return block.values.tolist()


def entries(labels):
    """Entries of labels as lists."""
    return labels.values.tolist()


def values_and_gradient(tensor, i=0):
    """Values of a block and of its gradient ``g``, as lists."""
    block = tensor.block(i)
    return values(block), values(block.gradient("g"))


def make(f, v1, g1, v2, g2):
    """Two blocks with keys k=0,1 and a gradient "g" with an extra axis c of size 2."""
    blocks = []
    for v, s, g, gs in ((v1, [[0], [2]], g1, [[0, 1], [1, 1]]), (v2, [[7]], g2, [[0, 1]])):
        properties = f.labels(["p"], [[0], [1]])
        block = f.mts.TensorBlock(f.array(v), f.labels(["s"], s), [], properties)
        gradient = f.mts.TensorBlock(
            f.array(g), f.labels(["sample", "a"], gs), [f.labels(["c"], [[0], [1]])], properties
        )
        block.add_gradient("g", gradient)
        blocks.append(block)
    return f.mts.TensorMap(f.labels(["k"], [[0], [1]]), blocks)


def tensor_a(f):
    """First operand."""
    return make(
        f,
        [[1.0, 2], [4, 8]],
        [[[3.0, 1], [0, 2]], [[1, 5], [2, -2]]],
        [[2.0, 1]],
        [[[4.0, 1], [3, 5]]],
    )


def tensor_b(f):
    """Second operand."""
    return make(
        f,
        [[2.0, 4], [8, 2]],
        [[[1.0, 0], [0, 1]], [[1, 1], [2, 4]]],
        [[4.0, 8]],
        [[[1.0, 2], [3, 4]]],
    )
