"""Reading and writing files.

In TorchScript, files are always given by their path, as a string.
"""

import pathlib
from typing import Any, BinaryIO, Union

import torch

from ._classes import (
    Labels,
    TensorBlock,
    TensorMap,
    load_block_buffer,
    load_buffer,
    load_labels_buffer,
    save_buffer,
)

#: Path of a file, or a file opened in binary mode
File = Union[str, pathlib.Path, BinaryIO]


def load(file: str) -> TensorMap:
    """Load a TensorMap.

    :param file: path of the file; outside of TorchScript also a :py:class:`pathlib.Path`
        or a file opened in binary mode
    :raises RuntimeError: if the file does not exist or does not contain a TensorMap
    :raises TypeError: if ``file`` is none of these
    """
    if torch.jit.is_scripting():
        return torch.ops.metatensor.load(file)
    else:
        if isinstance(file, (str, pathlib.Path)):
            return torch.ops.metatensor.load(_path(file))
        return load_buffer(_read(file))


def load_block(file: str) -> TensorBlock:
    """Load a TensorBlock.

    :param file: path of the file; outside of TorchScript also a :py:class:`pathlib.Path`
        or a file opened in binary mode
    :raises RuntimeError: if the file does not exist or does not contain a TensorBlock
    :raises TypeError: if ``file`` is none of these
    """
    if torch.jit.is_scripting():
        return torch.ops.metatensor.load_block(file)
    else:
        if isinstance(file, (str, pathlib.Path)):
            return torch.ops.metatensor.load_block(_path(file))
        return load_block_buffer(_read(file))


def load_labels(file: str) -> Labels:
    """Load Labels.

    :param file: path of the file; outside of TorchScript also a :py:class:`pathlib.Path`
        or a file opened in binary mode
    :raises RuntimeError: if the file does not exist or does not contain Labels
    :raises TypeError: if ``file`` is none of these
    """
    if torch.jit.is_scripting():
        return torch.ops.metatensor.load_labels(file)
    else:
        if isinstance(file, (str, pathlib.Path)):
            return torch.ops.metatensor.load_labels(_path(file))
        return load_labels_buffer(_read(file))


def save(file: str, data: Union[TensorMap, TensorBlock, Labels]) -> None:
    """Save a TensorMap, a TensorBlock or Labels.

    :param file: path of the file; outside of TorchScript also a :py:class:`pathlib.Path`
        or a file opened in binary mode
    :param data: what to save
    :raises RuntimeError: if the file can not be written
    :raises TypeError: if ``file`` or ``data`` is something else
    """
    if torch.jit.is_scripting():
        torch.ops.metatensor.save(file, data)
    else:
        if isinstance(file, (str, pathlib.Path)):
            torch.ops.metatensor.save(_path(file), data)
        else:
            _write(file, save_buffer(data))


def _path(file: Union[str, pathlib.Path]) -> str:
    return str(file.resolve()) if isinstance(file, pathlib.Path) else file


def _read(file: Any) -> torch.Tensor:
    if not hasattr(file, "read"):
        raise TypeError(f"`file` must be a path or a file opened for reading, not {type(file)}")
    content = file.read()
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError(f"`file` must be opened in binary mode, reading it gave {type(content)}")
    # a bytearray is writable: torch would warn about anything else
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def _write(file: Any, buffer: torch.Tensor) -> None:
    if not hasattr(file, "write"):
        raise TypeError(f"`file` must be a path or a file opened for writing, not {type(file)}")
    file.write(buffer.numpy().tobytes())


# TorchScript uses the annotations above when it compiles these functions, from their source:
# what follows is for people
for _function in (load, load_block, load_labels, save):
    _function.__annotations__["file"] = File
