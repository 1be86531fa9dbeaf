"""Objects written to files by both implementations: same program, same bytes expected."""

from __future__ import annotations

import numpy as np
from metatensor import Labels, TensorBlock, TensorMap

DTYPES = [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128", "bool",
]  # fmt: skip


def labels(names, rows):
    """Labels from a list of rows, which may be empty."""
    names = [names] if isinstance(names, str) else names
    return Labels(names, np.array(rows, dtype=np.int32).reshape(-1, len(names)))


def column(name, size):
    """One column 0, 1, … size - 1."""
    return labels(name, [[i] for i in range(size)])


def values(shape, dtype="float64", seed=1):
    """Reproducible values which fit in any dtype, without a random generator."""
    count = int(np.prod(shape))
    numbers = (np.arange(count) * 7 + seed * 13) % 97
    if np.dtype(dtype).kind == "c":
        return (numbers + 1j * (numbers % 5)).astype(dtype).reshape(shape)
    return numbers.astype(dtype).reshape(shape)


def plain_block(dtype="float64", n_samples=4, n_properties=3, seed=1):
    """Block with one component."""
    samples = labels(["system", "atom"], [[i // 2, i % 2 - 1] for i in range(n_samples)])
    array = values((n_samples, 2, n_properties), dtype, seed)
    return TensorBlock(array, samples, [column("c", 2)], column("n", n_properties))


def gradient(block, name, rows, extra, dtype="float64", seed=5):
    """Add a gradient with components of its own, and give it back."""
    components = [column(axis, size) for axis, size in extra]
    shape = (len(rows), *[size for _, size in extra], *block.values.shape[1:])
    block.add_gradient(
        name,
        TensorBlock(
            values(shape, dtype, seed),
            labels(["sample", "atom"], rows),
            [*components, *block.components],
            block.properties,
        ),
    )
    return block.gradient(name)


def block_with_gradients(dtype="float64", seed=1):
    """Gradients are not in alphabetical order, names are not all ASCII."""
    block = plain_block(dtype, seed=seed)
    gradient(block, "strain", [[1, 0], [0, 3]], [("x", 3), ("y", 3)], dtype)
    gradient(block, "positions", [[0, 1], [3, 2], [2, 2]], [("xyz", 3)], dtype)
    gradient(block, "é/α".replace("/", "-"), [], [("k", 1)], dtype)
    return block


def nested_gradients():
    """A gradient of a gradient."""
    block = plain_block()
    inner = plain_block()
    samples = labels(["sample", "atom"], [[0, 1], [2, 2]])
    inner = TensorBlock(
        values((2, 3, 2, 3)), samples, [column("xyz", 3), *block.components], block.properties
    )
    inner.add_gradient(
        "cell",
        TensorBlock(
            values((1, 3, 3, 2, 3), seed=9),
            labels(["sample", "q"], [[1, 4]]),
            [column("abc", 3), *inner.components],
            block.properties,
        ),
    )
    block.add_gradient("positions", inner)
    return block


def tensor(make_block, n_blocks=3, info=None):
    """Map of several blocks, with keys that are not sorted."""
    keys = labels(["k_1", "k_2"], [[i, -(i * i)] for i in reversed(range(n_blocks))])
    result = TensorMap(keys, [make_block(i) for i in range(n_blocks)])
    for key, value in (info or {}).items():
        result.set_info(key, value)
    return result


def cases():
    """Name and function making the object, for every case."""
    result = {
        f"dtype_{dtype}": (lambda dtype=dtype: tensor(lambda i: plain_block(dtype, 2 + i, 3, i)))
        for dtype in DTYPES
    }
    result["gradients"] = lambda: tensor(lambda i: block_with_gradients(seed=i))
    result["gradients_float32"] = lambda: tensor(lambda i: block_with_gradients("float32", i))
    result["nested_gradients"] = lambda: tensor(lambda i: nested_gradients())
    result["info"] = lambda: tensor(
        lambda i: plain_block(),
        info={
            "zeta": "last",
            "alpha": 'quote " slash / \\ tab\t newline\n bell\x07',
            "é": "αβγ 🦀",
        },
    )
    result["no_blocks"] = lambda: TensorMap(Labels.empty(["a", "b"]), [])
    result["no_samples"] = lambda: tensor(lambda i: plain_block(n_samples=0))
    result["no_properties"] = lambda: tensor(lambda i: plain_block(n_properties=0))
    result["fortran"] = lambda: tensor(
        lambda i: TensorBlock(np.asfortranarray(values((4, 3))), column("s", 4), [], column("p", 3))
    )
    result["strided"] = lambda: tensor(
        lambda i: TensorBlock(values((8, 6))[::2, ::-2], column("s", 4), [], column("p", 3))
    )
    result["many_blocks"] = lambda: tensor(lambda i: plain_block(seed=i), n_blocks=120)
    result["block"] = lambda: plain_block()
    result["block_gradients"] = block_with_gradients
    result["block_nested"] = nested_gradients
    result["labels"] = lambda: labels(["a", "b", "c"], [[3, -2, 2**31 - 1], [0, 1, -(2**31)]])
    result["labels_one"] = lambda: column("only", 1000)
    result["labels_empty"] = lambda: Labels.empty(["a", "b"])
    result["labels_long"] = lambda: labels([f"dimension_{i}" for i in range(12)], [list(range(12))])
    return result
