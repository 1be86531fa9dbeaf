"""Loading labels, blocks and tensor maps."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

from .._block import TensorBlock
from .._c_lib import _get_library
from .._handle import _Handle
from .._info import MapInfo
from .._labels import Labels
from .._status import check_pointer
from .._tensor import TensorMap
from .._whole_maps import take_map
from ._create import NUMPY_CALLBACK, CreateArray, as_callback, library_callback
from ._files import (
    BinaryFile,
    BinaryPath,
    as_bytes_array,
    bytes_pointer,
    encode_path,
    is_path,
    read_all,
)


# ------------------------------------------------------------------------ tensor maps
def load(file: BinaryPath | BinaryFile, use_numpy: bool = False) -> TensorMap:
    """Load a tensor map saved with :py:func:`metatensor.save`.

    :param file: path of the file, or file object open for reading in binary mode
    :param use_numpy: read the file with Python and numpy instead of the metatensor
        library
    :returns: map of numpy arrays
    :raises TypeError: if ``file`` is something else, or a file object in text mode
    :raises MetatensorError: if the file can not be read, or does not contain a tensor
        map
    :raises KeyError: if data is missing in the file, with ``use_numpy``
    """
    if use_numpy:
        from ._numpy_load import load_map_numpy

        return load_map_numpy(file if is_path(file) else _seekable(read_all(file)))
    return _load_map(functools.partial(_load_file, "tensormap", file))


def load_buffer(buffer: Any, use_numpy: bool = False) -> TensorMap:
    """Load a tensor map saved with :py:func:`metatensor.io.save_buffer`.

    :param buffer: bytes, or any object with the buffer protocol
    :param use_numpy: use Python and numpy instead of the metatensor library
    :returns: map of numpy arrays
    :raises TypeError: if ``buffer`` is not a buffer
    :raises MetatensorError: if the buffer does not contain a tensor map
    :raises KeyError: if data is missing in the buffer, with ``use_numpy``
    """
    if use_numpy:
        from ._numpy_load import load_map_numpy

        return load_map_numpy(_seekable(buffer))
    return _load_map(functools.partial(_load_buffer, "tensormap", buffer))


def load_custom_array(path: BinaryPath | bytes, create_array: CreateArray) -> TensorMap:
    """Load a tensor map, with the values in arrays created by ``create_array``.

    :param path: path of the file
    :param create_array: function called as ``create_array(shape_pointer, shape_count,
        dtype, array_pointer)``, which puts a ``mts_array_t`` in ``array_pointer[0]``.
        See :py:func:`create_numpy_array` and :py:func:`create_torch_array`
    :raises TypeError: if ``create_array`` is not a function
    :raises MetatensorError: if the file can not be read, or does not contain a tensor
        map
    """
    return TensorMap.unsafe_from_ptr(_load_path("tensormap", path, as_callback(create_array)))


def load_buffer_custom_array(buffer: Any, create_array: CreateArray) -> TensorMap:
    """Load a tensor map, with the values in arrays created by ``create_array``.

    :param buffer: bytes, or any object with the buffer protocol
    :param create_array: see :py:func:`load_custom_array`
    :raises TypeError: if ``buffer`` is not a buffer or ``create_array`` not a function
    :raises MetatensorError: if the buffer does not contain a tensor map
    """
    callback = as_callback(create_array)
    return TensorMap.unsafe_from_ptr(_load_buffer("tensormap", buffer, callback))


# ----------------------------------------------------------------------------- blocks
def load_block(file: BinaryPath | BinaryFile, use_numpy: bool = False) -> TensorBlock:
    """Load a block saved with :py:func:`metatensor.save`.

    :param file: path of the file, or file object open for reading in binary mode
    :param use_numpy: read the file with Python and numpy instead of the metatensor
        library
    :returns: block of numpy arrays
    :raises TypeError: if ``file`` is something else, or a file object in text mode
    :raises MetatensorError: if the file can not be read, or does not contain a block
    :raises KeyError: if data is missing in the file, with ``use_numpy``
    """
    if use_numpy:
        from ._numpy_load import load_block_numpy

        return load_block_numpy(file if is_path(file) else _seekable(read_all(file)))
    return TensorBlock.unsafe_from_ptr(_load_file("block", file, NUMPY_CALLBACK))


def load_block_buffer(buffer: Any, use_numpy: bool = False) -> TensorBlock:
    """Load a block saved with :py:func:`metatensor.io.save_buffer`.

    :param buffer: bytes, or any object with the buffer protocol
    :param use_numpy: use Python and numpy instead of the metatensor library
    :returns: block of numpy arrays
    :raises TypeError: if ``buffer`` is not a buffer
    :raises MetatensorError: if the buffer does not contain a block
    :raises KeyError: if data is missing in the buffer, with ``use_numpy``
    """
    if use_numpy:
        from ._numpy_load import load_block_numpy

        return load_block_numpy(_seekable(buffer))
    return TensorBlock.unsafe_from_ptr(_load_buffer("block", buffer, NUMPY_CALLBACK))


def load_block_custom_array(path: BinaryPath | bytes, create_array: CreateArray) -> TensorBlock:
    """Load a block, with the values in arrays created by ``create_array``.

    :param path: path of the file
    :param create_array: see :py:func:`load_custom_array`
    :raises TypeError: if ``create_array`` is not a function
    :raises MetatensorError: if the file can not be read, or does not contain a block
    """
    return TensorBlock.unsafe_from_ptr(_load_path("block", path, as_callback(create_array)))


def load_block_buffer_custom_array(buffer: Any, create_array: CreateArray) -> TensorBlock:
    """Load a block, with the values in arrays created by ``create_array``.

    :param buffer: bytes, or any object with the buffer protocol
    :param create_array: see :py:func:`load_custom_array`
    :raises TypeError: if ``buffer`` is not a buffer or ``create_array`` not a function
    :raises MetatensorError: if the buffer does not contain a block
    """
    callback = as_callback(create_array)
    return TensorBlock.unsafe_from_ptr(_load_buffer("block", buffer, callback))


# ----------------------------------------------------------------------------- labels
def load_labels(file: BinaryPath | BinaryFile) -> Labels:
    """Load labels saved with :py:func:`metatensor.save`.

    :param file: path of the file, or file object open for reading in binary mode
    :raises TypeError: if ``file`` is something else, or a file object in text mode
    :raises MetatensorError: if the file can not be read, or does not contain labels
    """
    return Labels.unsafe_from_ptr(_load_file("labels", file))


def load_labels_buffer(buffer: Any) -> Labels:
    """Load labels saved with :py:func:`metatensor.io.save_buffer`.

    :param buffer: bytes, or any object with the buffer protocol
    :raises TypeError: if ``buffer`` is not a buffer
    :raises MetatensorError: if the buffer does not contain labels
    """
    return Labels.unsafe_from_ptr(_load_buffer("labels", buffer))


# --------------------------------------------------------------------------- pointers
def _load_map(load_pointer: Callable[[Any], Any]) -> TensorMap:
    """Load a map of numpy arrays, with a function which gets the callback making arrays."""
    callback = library_callback()
    if callback is None:
        return TensorMap.unsafe_from_ptr(load_pointer(NUMPY_CALLBACK))
    handle = _Handle(load_pointer(callback), "mts_tensormap_free")
    keys, blocks = take_map(handle)
    return TensorMap._from_data(keys, blocks, MapInfo({}).all(handle))


def _load_file(kind: str, file: Any, *callback: Any) -> Any:
    if is_path(file):
        return _load_path(kind, file, *callback)
    return _load_buffer(kind, read_all(file), *callback)


def _load_path(kind: str, path: Any, *callback: Any) -> Any:
    ptr = getattr(_get_library(), f"mts_{kind}_load")(encode_path(path), *callback)
    check_pointer(ptr)
    return ptr


def _load_buffer(kind: str, buffer: Any, *callback: Any) -> Any:
    array = as_bytes_array(buffer)
    load = getattr(_get_library(), f"mts_{kind}_load_buffer")
    ptr = load(bytes_pointer(array), len(array), *callback)
    check_pointer(ptr)
    return ptr


def _seekable(buffer: Any) -> io.BytesIO:
    as_bytes_array(buffer)  # only to refuse other types with the same message
    return io.BytesIO(buffer)
