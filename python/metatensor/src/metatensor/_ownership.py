"""Giving C objects away while Python still shows what is inside.

Labels and arrays which come from Python have their own owners, and do not need the C
object they were read from. The memory of external arrays does: if a block still shows
such an array, the caller of ``release`` gets a copy instead.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ._block_data import BlockData, CBlockData
from ._c_lib import _get_library
from ._handle import _Handle
from ._status import check_pointer

if TYPE_CHECKING:
    from ._block_base import TensorBlockBase
    from ._tensor_base import TensorMapBase


def release_block(block: TensorBlockBase) -> Any:
    """Empty ``block`` and give the pointer to its C block to the caller."""
    if block._parent is not None:
        raise RuntimeError("can not release a block which is a view: it does not own its memory")
    data = block._data
    ptr = data.pointer()
    if not isinstance(data, CBlockData) or data.handle is not None:
        handle = data.handle
        assert handle is not None
        data.handle = None
        block._forget()
        return handle.release()

    owner = data.owner
    external = detach([data])
    block._forget()
    del data
    return _release_or_copy(owner, ptr, external, "mts_block_copy")


def release_map(tensor: TensorMapBase) -> Any:
    """Empty ``tensor`` and give the pointer to its C map to the caller."""
    if tensor._parent is not None:
        raise RuntimeError(
            "can not release a tensor map which is a view: it does not own its memory"
        )
    ptr = tensor.as_mts_tensormap_t()
    handle = tensor._handle
    assert handle is not None
    external = detach(tensor._loaded_blocks())
    tensor._empty()
    return _release_or_copy(handle, ptr, external, "mts_tensormap_copy")


def _release_or_copy(
    owner: _Handle,
    ptr: Any,
    external: list[weakref.ref[CBlockData]],
    copy: str,
) -> Any:
    if any(reference() is not None for reference in external):
        # The blocks keep `owner`, which frees the memory they show when they are gone
        new_ptr = getattr(_get_library(), copy)(ptr)
        check_pointer(new_ptr)
        return new_ptr
    return owner.release()


def detach(blocks: Iterable[BlockData]) -> list[weakref.ref[CBlockData]]:
    """Make ``blocks`` independent of the C object they are read from, if possible.

    :returns: the blocks, including gradients, which still need this C object
    """
    external: list[weakref.ref[CBlockData]] = []
    for data in blocks:
        if isinstance(data, CBlockData):
            data.load()
            if data.external:
                external.append(weakref.ref(data))
            else:
                data.leave_owner()
        external += detach(data.gradients.values())
    return external
