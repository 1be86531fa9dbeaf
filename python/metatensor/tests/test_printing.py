import textwrap

import numpy as np
import pytest
from builders import labels, small_block, small_map
from metatensor import Labels, TensorBlock, TensorMap


def check(text, expected):
    assert text == textwrap.dedent(expected).strip("\n")


def map_with(keys, values_shape=(1, 1)):
    blocks = [
        TensorBlock(np.zeros((1, i + 1)), Labels.range("s", 1), [], Labels.range("n", i + 1))
        for i in range(len(keys))
    ]
    return TensorMap(keys, blocks)


def test_block(engine):
    block = small_block(engine, gradient=False)
    expected = """
        TensorBlock with shape (2, 3, 2)
            samples: [s]
            components: [xyz]
            properties: [n]
        """
    check(str(block), expected)
    check(repr(block), expected)


def test_gradients(engine):
    block = small_block(engine, nested=True)
    gradient = block.gradient("positions").copy()
    block.add_gradient("cell", gradient)
    check(
        str(block),
        """
        TensorBlock with shape (2, 3, 2)
            samples: [s]
            components: [xyz]
            properties: [n]

            gradients:
                positions => TensorBlock with shape (2, 1, 3, 2)
                cell      => TensorBlock with shape (2, 1, 3, 2)
        """,
    )
    expected = """
        TensorBlock gradient for 'positions', with shape (2, 1, 3, 2)
            samples: [sample, atom]
            components: [direction, xyz]
            properties: [n]

            gradients:
                cell => TensorBlock with shape (1, 1, 3, 2)
        """
    check(str(block.gradient("positions")), expected)
    check(str(TensorMap(Labels.single(), [block])[0].gradient("positions")), expected)
    check(
        repr(block.gradient("positions").gradient("cell")),
        """
        TensorBlock gradient for 'positions/cell', with shape (1, 1, 3, 2)
            samples: [sample]
            components: [direction, xyz]
            properties: [n]
        """,
    )
    # nothing here is a gradient of that block
    assert str(gradient).startswith("TensorBlock with shape (2, 1, 3, 2)\n")


def test_no_names():
    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    check(
        repr(TensorBlock(np.zeros((0, 0)), nothing, [], nothing)),
        """
        TensorBlock with shape (0, 0)
            samples: []
            properties: []
        """,
    )


KEYS = [[1, -10], [20, 3], [30, 0], [31, 0], [32, 0], [33, 0], [34, 0], [35, 0], [36, 0]]


def test_map():
    tensor = map_with(labels("kind order", KEYS))
    check(
        str(tensor),
        """
        TensorMap with 9 blocks
            keys: [kind, order]
            blocks:
               1   -10   => TensorBlock with shape (1, 1)
               20   3    => TensorBlock with shape (1, 2)
               30   0    => TensorBlock with shape (1, 3)
               31   0    => TensorBlock with shape (1, 4)
               32   0    => TensorBlock with shape (1, 5)
               33   0    => TensorBlock with shape (1, 6)
               34   0    => TensorBlock with shape (1, 7)
                        ...
        """,
    )
    assert str(tensor) == tensor.print(7)
    assert repr(tensor) == tensor.print(-1) == tensor.print(9)
    assert repr(tensor).endswith("       36   0    => TensorBlock with shape (1, 9)")
    check(
        tensor.print(1),
        """
        TensorMap with 9 blocks
            keys: [kind, order]
            blocks:
               1  -10   => TensorBlock with shape (1, 1)
                       ...
        """,
    )
    assert tensor.print(0).splitlines()[-1].strip() == "..."


def test_map_of_other_engines(engine):
    tensor = small_map(engine)
    expected = """
        TensorMap with 3 blocks
            keys: [k, l]
            blocks:
               0  0   => TensorBlock with shape (2, 3, 2)
               1  0   => TensorBlock with shape (2, 3, 2)
               0  1   => TensorBlock with shape (1, 3, 2)
        """
    check(str(tensor), expected)
    # as torch keys, and coming from C
    if engine.name == "torch":
        check(str(tensor.to(arrays="torch")), expected)
    check(str(TensorMap.unsafe_from_ptr(tensor.release())), expected)


def test_small_maps():
    check(
        str(map_with(labels("k", [[12]]))),
        """
        TensorMap with 1 block
            keys: [k]
            blocks:
               12   => TensorBlock with shape (1, 1)
        """,
    )
    expected = """
        TensorMap with 0 blocks
            keys: [a, b]
            blocks:
        """
    check(repr(TensorMap(Labels.empty(["a", "b"]), [])), expected)


def test_meta(engine):
    pytest.importorskip("torch")
    tensor = small_map(engine).to(arrays="torch", device="meta")
    lines = str(tensor).splitlines()
    assert lines[0] == "TensorMap with 3 blocks"
    assert lines[3].endswith("=> TensorBlock with shape (2, 3, 2)")
    assert "?" in lines[3]
    assert "shape (2, 3, 2)" in repr(tensor[0])


def test_released(engine):
    for value, name in ((small_block(engine), "TensorBlock"), (small_map(engine), "TensorMap")):
        kept = type(value).unsafe_from_ptr(value.release())
        assert repr(value) == str(value) == f"{name}(<empty>)"
        assert name in repr(kept)
