"""Reading what users give to TensorMap."""

from __future__ import annotations

from typing import Any

from ._block import TensorBlock
from ._block_data import BlockData
from ._checks import type_name


def checked_blocks(blocks: Any) -> list[BlockData]:
    """Content of the blocks given to a map.

    :raises TypeError: if these are no blocks
    :raises ValueError: if a block is there twice
    """
    try:
        blocks = list(blocks)
    except TypeError:
        raise TypeError(
            f"`blocks` must be a list of TensorBlock, got {type_name(blocks)}"
        ) from None
    if set(map(type, blocks)) - {TensorBlock}:
        for i, block in enumerate(blocks):
            if not isinstance(block, TensorBlock):
                raise TypeError(
                    f"`blocks` must contain TensorBlock, got {type_name(block)} at index {i}"
                )
    contents = [block._data for block in blocks]
    if len(set(contents)) != len(contents):
        raise ValueError(
            "the same block can not be given several times when creating a TensorMap, "
            "use `.copy()` to get different blocks"
        )
    return contents
