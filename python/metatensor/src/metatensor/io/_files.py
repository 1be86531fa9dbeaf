"""Paths, file objects and buffers."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from .._arrays._registry import type_name

#: Path of a file
BinaryPath: TypeAlias = "str | os.PathLike[str]"
#: Object with a ``read`` or ``write`` method, open in binary mode
BinaryFile: TypeAlias = BinaryIO

_PACKAGE = str(pathlib.Path(__file__).parent.parent) + os.sep


def is_path(file: Any) -> bool:
    """Whether this is the path of a file, and not a file object."""
    return isinstance(file, (str, os.PathLike))


def encode_path(path: Any) -> bytes:
    """Path for the C library.

    :raises ValueError: if there is a NUL character in ``path``
    """
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError(f"the path contains a NUL character: {encoded!r}")
    return encoded


def read_all(file: Any) -> Any:
    """All the bytes of a file object, from its current position."""
    if not hasattr(file, "read"):
        raise TypeError(
            f"expected a path (str or pathlib.Path) or a binary file object, got {type_name(file)}"
        )
    content = file.read()
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError(
            "expected a file object in binary mode, but reading it gives "
            f"{type_name(content)} instead of bytes"
        )
    return content


def write_all(file: Any, content: memoryview) -> None:
    """Write bytes to a file object, at its current position."""
    if isinstance(file, io.TextIOBase):
        raise TypeError("expected a file object in binary mode, got one in text mode")
    if not hasattr(file, "write"):
        raise TypeError(
            f"expected a path (str or pathlib.Path) or a binary file object, got {type_name(file)}"
        )
    # the classes of Python take any buffer, others may only know about bytes
    file.write(content if isinstance(file, io.IOBase) else bytes(content))


def as_bytes_array(buffer: Any) -> npt.NDArray[np.uint8]:
    """Bytes of a buffer as a numpy array, without copy if they are contiguous.

    :raises TypeError: if ``buffer`` is not an object with the buffer protocol
    """
    try:
        view = memoryview(buffer)
    except TypeError:
        raise TypeError(
            f"expected bytes, or another object with the buffer protocol, got {type_name(buffer)}"
        ) from None
    if view.nbytes == 0:
        return np.empty(0, dtype=np.uint8)
    if not view.c_contiguous:
        view = memoryview(view.tobytes())
    return np.frombuffer(view, dtype=np.uint8)


def bytes_pointer(array: npt.NDArray[np.uint8]) -> Any:
    """C pointer to the data of ``array``, never NULL."""
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


def stacklevel_of_caller() -> int:
    """``stacklevel`` which attributes a warning to the caller of this package."""
    # level 1 is the function which warns, and calls this one
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    return level


@contextlib.contextmanager
def replacing(path: Any) -> Iterator[BinaryIO]:
    """Open a file for writing; the content of ``path`` changes at the end, or not at all."""
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        # pipes and devices can not be replaced, folders fail with a clear message
        with open(target, "wb") as file:
            yield file
        return

    temporary = f"{target}.{os.getpid()}-{id(path):x}.tmp"
    try:
        file = open(temporary, "xb")  # noqa: SIM115
    except OSError as error:
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from None
    try:
        with file:
            yield file
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(temporary)
        raise
