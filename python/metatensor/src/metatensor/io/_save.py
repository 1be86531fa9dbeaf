"""Saving labels, blocks and tensor maps."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from .._arrays._registry import type_name
from .._block import TensorBlock
from .._block_data import BlockData
from .._c_api import mts_realloc_buffer_t
from .._c_lib import _get_library
from .._info import MapInfo
from .._labels import Labels
from .._tensor import TensorMap
from .._whole_maps import lend_map
from ._files import (
    BinaryFile,
    BinaryPath,
    bytes_pointer,
    encode_path,
    is_path,
    replacing,
    stacklevel_of_caller,
    write_all,
)

#: More than what the archive needs for each array, apart from its data
_ENTRY_OVERHEAD = 512


def save(
    file: BinaryPath | BinaryFile,
    data: Labels | TensorBlock | TensorMap,
    use_numpy: bool = False,
) -> None:
    """Save labels, a block or a tensor map to a file.

    An existing file is replaced once everything is written.

    :param file: path of the file, or file object open for writing in binary mode.
        ``".mts"`` is added to paths which do not end with it, with a warning
    :param data: what to save
    :param use_numpy: write the file with Python and numpy instead of the metatensor
        library. The path is then used as it is, and dtypes which only numpy knows can
        be saved. Ignored for labels.
    :raises TypeError: if ``data`` is something else, or the file object is in text mode
    :raises MetatensorError: if the file can not be written, or the dtype of the values
        can not be saved
    :raises OSError: if the file can not be written, with ``use_numpy``

    >>> import os, tempfile
    >>> from metatensor import Labels, load_labels, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "labels.mts")
    ...     save(path, Labels.range("atom", 3))
    ...     print(len(load_labels(path)))
    3
    """
    kind = _kind(data)
    if use_numpy and kind != "labels":
        if is_path(file):
            with replacing(file) as opened:
                _save_numpy(opened, data)
        else:
            write_all(file, _numpy_buffer(data))
    elif is_path(file):
        path = os.fspath(file)  # type: ignore[arg-type]
        if not path.endswith(".mts"):
            path += ".mts"
            warnings.warn(
                f"adding the '.mts' extension, the file will be saved at '{path}'",
                stacklevel=stacklevel_of_caller(),
            )
        encoded = encode_path(path)
        with _pointer(data) as ptr:
            getattr(_get_library(), f"mts_{kind}_save")(encoded, ptr)
    else:
        write_all(file, _native_buffer(data))


def save_buffer(data: Labels | TensorBlock | TensorMap, use_numpy: bool = False) -> memoryview:
    """Save labels, a block or a tensor map in memory.

    :param data: what to save
    :param use_numpy: use Python and numpy instead of the metatensor library, see
        :py:func:`save`
    :returns: writable and contiguous view of the bytes, the same as in a file
    :raises TypeError: if ``data`` is something else
    :raises MetatensorError: if the dtype of the values can not be saved
    """
    if _kind(data) != "labels" and use_numpy:
        return _numpy_buffer(data)
    return _native_buffer(data)


def _kind(data: Any) -> str:
    """What ``data`` is, as in the names of C functions."""
    if isinstance(data, TensorMap):
        return "tensormap"
    if isinstance(data, TensorBlock):
        return "block"
    if isinstance(data, Labels):
        return "labels"
    raise TypeError(f"only Labels, TensorBlock and TensorMap can be saved, got {type_name(data)}")


@contextlib.contextmanager
def _pointer(data: Labels | TensorBlock | TensorMap) -> Iterator[Any]:
    """Pointer for a function which saves this."""
    if isinstance(data, TensorMap):
        lent = lend_map(data)
        if lent is None:
            yield data.as_mts_tensormap_t()
        else:
            MapInfo(data.info()).copy_to(lent.handle)
            yield lent.handle.ptr
    elif isinstance(data, TensorBlock):
        yield data.as_mts_block_t()
    else:
        yield data.as_mts_labels_t()


# -------------------------------------------------------------------- native buffers
class _GrowingBuffer:
    """Memory which the C library can ask to grow."""

    def __init__(self, size: int) -> None:
        self.array = np.empty(size, dtype=np.uint8)
        self.error: BaseException | None = None

    def grow(self, user_data: Any, ptr: Any, new_size: int) -> int | None:
        """Implementation of ``mts_realloc_buffer_t``."""
        try:
            new_array = np.empty(new_size, dtype=np.uint8)
        except MemoryError:
            return None
        kept = min(new_size, len(self.array))
        new_array[:kept] = self.array[:kept]
        self.array = new_array
        return new_array.ctypes.data


def _native_buffer(data: Labels | TensorBlock | TensorMap) -> memoryview:
    import ctypes

    buffer = _GrowingBuffer(_size_estimate(data))
    ptr = bytes_pointer(buffer.array)
    count = ctypes.c_size_t(len(buffer.array))
    function = getattr(_get_library(), f"mts_{_kind(data)}_save_buffer")
    with _pointer(data) as saved:
        function(ptr, count, None, mts_realloc_buffer_t(buffer.grow), saved)

    result = buffer.array[: count.value]
    if 4 * count.value < 3 * len(buffer.array) - 4096:
        result = result.copy()  # do not keep a lot of unused memory
    return memoryview(result)  # type: ignore[arg-type]


def _size_estimate(data: Labels | TensorBlock | TensorMap) -> int:
    """Size of the file, or a bit more."""
    if isinstance(data, Labels):
        return _labels_size(data)
    if isinstance(data, TensorBlock):
        return 256 + _block_size(data._data)
    size = 1024 + _labels_size(data.keys)
    size += sum(2 * len(f"{key}{value}") for key, value in data.info().items())
    return size + sum(_block_size(block) for block in data._loaded_blocks())


def _block_size(block: BlockData) -> int:
    size = _ENTRY_OVERHEAD
    if not block.external:
        size += int(getattr(block.values, "nbytes", 0))
    for labels in (block.samples, *block.components, block.properties):
        size += _labels_size(labels)
    return size + sum(_block_size(gradient) for gradient in block.gradients.values())


def _labels_size(labels: Labels) -> int:
    names = labels.names
    return 4 * len(labels) * len(names) + sum(map(len, names)) + 16 * len(names) + _ENTRY_OVERHEAD


# --------------------------------------------------------------------- numpy archives
def _save_numpy(file: BinaryIO, data: Any) -> None:
    from ._numpy_save import save_block_numpy, save_map_numpy

    if isinstance(data, TensorMap):
        save_map_numpy(file, data)
    else:
        save_block_numpy(file, data)


def _numpy_buffer(data: Any) -> memoryview:
    file = io.BytesIO()
    _save_numpy(file, data)
    return file.getbuffer()
