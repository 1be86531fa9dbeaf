"""Tensor maps going to the C library and coming back."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from ._block_data import BlockData, CBlockData, build_block
from ._c_api import mts_block_t
from ._c_lib import _get_library
from ._handle import _Handle
from ._labels import Labels
from ._status import check_pointer

_BLOCK_POINTER = ctypes.POINTER(mts_block_t)


def build_map(keys: Labels, blocks: Sequence[BlockData]) -> _Handle:
    """Make a C map around the arrays of ``blocks``."""
    lib = _get_library()
    keys_ptr = keys.as_mts_labels_t()
    pointers = (_BLOCK_POINTER * len(blocks))()
    try:
        for i, block in enumerate(blocks):
            pointers[i] = build_block(block)
    except BaseException:
        for pointer in pointers:
            lib.mts_block_free(pointer)
        raise
    # takes all the blocks, also if it fails
    ptr = lib.mts_tensormap(keys_ptr, pointers, len(blocks))
    check_pointer(ptr)
    return _Handle(ptr, "mts_tensormap_free")


def read_keys(handle: _Handle) -> Labels:
    """Get the keys of a C map."""
    ptr = _get_library().mts_tensormap_keys(handle.ptr)
    check_pointer(ptr)
    return Labels.unsafe_from_ptr(ptr)


def read_blocks(handle: _Handle, count: int) -> list[BlockData]:
    """Get the blocks of a C map, still owned by the map."""
    get = _get_library().mts_tensormap_block_by_id
    ptr = handle.ptr
    # labels used by several blocks become a single object
    labels: dict[int, Labels] = {}
    blocks: list[BlockData] = []
    for i in range(count):
        block: Any = _BLOCK_POINTER()
        get(ptr, block, i)
        blocks.append(CBlockData(block, handle, labels))
    return blocks
