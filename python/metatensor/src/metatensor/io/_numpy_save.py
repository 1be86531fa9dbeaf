"""Writing archives with numpy and the standard library."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from .._arrays import engine_of
from .._block_data import BlockData
from .._labels import Labels

if TYPE_CHECKING:
    from .._block import TensorBlock
    from .._tensor import TensorMap


def save_map_numpy(file: BinaryIO, tensor: TensorMap) -> None:
    """Write a tensor map."""
    with _open(file) as archive:
        _write_labels(archive, "keys", tensor.keys)
        for i, block in enumerate(tensor._loaded_blocks()):
            _write_block(archive, f"blocks/{i}/", block, with_properties=True)
        info = tensor.info()
        if info:
            text = json.dumps(info, indent=2)
            with archive.open("info.json", "w", force_zip64=True) as entry:
                entry.write(text.encode("utf8"))


def save_block_numpy(file: BinaryIO, block: TensorBlock) -> None:
    """Write a block."""
    with _open(file) as archive:
        _write_block(archive, "", block._data, with_properties=True)


def _open(file: BinaryIO) -> zipfile.ZipFile:
    return zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)


def _write_block(
    archive: zipfile.ZipFile, prefix: str, block: BlockData, with_properties: bool
) -> None:
    values = block.values
    _write_array(archive, f"{prefix}values", engine_of(values).to_host(values))
    _write_labels(archive, f"{prefix}samples", block.samples)
    for i, component in enumerate(block.components):
        _write_labels(archive, f"{prefix}components/{i}", component)
    if with_properties:  # gradients have the properties of the values
        _write_labels(archive, f"{prefix}properties", block.properties)

    for parameter, gradient in sorted(block.gradients.items()):
        if "/" in parameter:
            raise ValueError(
                "can not save gradients with '/' in the name of the parameter, got "
                f"'{parameter}': they could not be read back"
            )
        _write_block(archive, f"{prefix}gradients/{parameter}/", gradient, False)


def _write_labels(archive: zipfile.ZipFile, name: str, labels: Labels) -> None:
    values = np.ascontiguousarray(engine_of(labels.values).to_host(labels.values))
    if values.shape[1] == 0:
        structured: Any = np.zeros(0, dtype=[])
    else:
        dtype = [(dimension, "<i4") for dimension in labels.names]
        structured = values.astype("<i4", copy=False).view(dtype).reshape(len(values))
    _write_array(archive, name, structured)


def _write_array(archive: zipfile.ZipFile, name: str, array: Any) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        npy_format.write_array(entry, np.asarray(array, order="C"), allow_pickle=False)
