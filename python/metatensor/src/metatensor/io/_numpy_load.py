"""Reading archives with numpy and the standard library."""

from __future__ import annotations

import json
import re
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from .._block import TensorBlock
from .._labels import Labels
from .._tensor import TensorMap

_GRADIENT = re.compile(r"(.*)gradients/([^/]*)/samples\.npy", re.DOTALL)


def load_map_numpy(file: Any) -> TensorMap:
    """Read a tensor map from a path or a seekable file object.

    :raises KeyError: if an entry is missing
    :raises zipfile.BadZipFile: if this is not an archive
    """
    with zipfile.ZipFile(file) as archive:
        gradients = _gradients(archive)
        keys = _read_labels(archive, "keys")
        blocks = [_read_block(archive, f"blocks/{i}/", gradients, None) for i in range(len(keys))]
        tensor = TensorMap(keys, blocks)
        if "info.json" in archive.NameToInfo:
            for key, value in json.loads(archive.read("info.json")).items():
                tensor.set_info(key, value)
    return tensor


def load_block_numpy(file: Any) -> TensorBlock:
    """Read a block from a path or a seekable file object.

    :raises KeyError: if an entry is missing
    :raises zipfile.BadZipFile: if this is not an archive
    """
    with zipfile.ZipFile(file) as archive:
        return _read_block(archive, "", _gradients(archive), None)


def _gradients(archive: zipfile.ZipFile) -> dict[str, list[str]]:
    """Parameters of the gradients in each folder, in the order of the archive."""
    gradients: dict[str, list[str]] = {}
    for name in archive.namelist():
        match = _GRADIENT.fullmatch(name)
        if match is not None:
            gradients.setdefault(match[1], []).append(match[2])
    return gradients


def _read_block(
    archive: zipfile.ZipFile,
    prefix: str,
    gradients: dict[str, list[str]],
    properties: Labels | None,
) -> TensorBlock:
    values = _read_array(archive, f"{prefix}values")
    samples = _read_labels(archive, f"{prefix}samples")
    components = [_read_labels(archive, f"{prefix}components/{i}") for i in range(values.ndim - 2)]
    if properties is None:
        properties = _read_labels(archive, f"{prefix}properties")

    block = TensorBlock(values, samples, components, properties)
    for parameter in gradients.get(prefix, []):
        folder = f"{prefix}gradients/{parameter}/"
        block.add_gradient(parameter, _read_block(archive, folder, gradients, properties))
    return block


def _read_labels(archive: zipfile.ZipFile, name: str) -> Labels:
    array = _read_array(archive, name)
    names = array.dtype.names
    if names is None or array.ndim != 1:
        raise ValueError(
            f"expected a 1-D structured array for the labels in '{name}.npy', got an array with "
            f"shape {array.shape} and dtype {array.dtype}"
        )
    if array.dtype == np.dtype([(dimension, np.int32) for dimension in names]) and names:
        values = array.view(np.int32).reshape(len(array), len(names))
    else:
        columns = [array[dimension].reshape(-1, 1) for dimension in names]
        values = np.hstack(columns) if columns else np.zeros((0, 0), dtype=np.int32)
    return Labels(list(names), values)


def _read_array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    with archive.open(f"{name}.npy") as entry:
        array: npt.NDArray[Any] = npy_format.read_array(entry, allow_pickle=False)
    return array
