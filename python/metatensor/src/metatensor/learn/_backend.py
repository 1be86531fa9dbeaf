"""What is different between the two flavours, plain one.

The torch flavour has a module of the same name, with the same names in it.
"""

from __future__ import annotations

from typing import Any, List, Optional, Union

import numpy as np
import torch

from metatensor import Labels, LabelsEntry, TensorBlock, TensorMap, io
from metatensor.operations._backend import (
    isinstance_metatensor,
    leaves,
    leaves_per_block,
    make_labels,
    range_entries,
    same_labels,
    torch_jit_is_scripting,
)

__all__ = [
    "Labels",
    "LabelsEntry",
    "TensorBlock",
    "TensorMap",
    "device_of",
    "dtype_of",
    "isinstance_metatensor",
    "labels_from_rows",
    "leaves",
    "leaves_per_block",
    "load_from_buffer",
    "make_labels",
    "moved",
    "range_entries",
    "same_labels",
    "save_to_buffer",
    "torch_jit_is_scripting",
]


def labels_from_rows(names: List[str], rows: List[List[int]], like: Labels) -> Labels:
    """Labels from lists, held like other labels."""
    return make_labels(names, np.array(rows, dtype=np.int32), like, False)


def device_of(value: Union[Labels, TensorBlock, TensorMap]) -> torch.device:
    """Device of metatensor data, numpy arrays are on the CPU."""
    return torch.device(value.device)


def dtype_of(value: Union[TensorBlock, TensorMap]) -> Optional[torch.dtype]:
    """Corresponding dtype of torch, ``None`` for a map without blocks."""
    if isinstance(value, TensorMap):
        if len(value) == 0:
            return None
        value = value.block_by_id(0)
    values = value.values
    if isinstance(values, np.ndarray):
        return torch.from_numpy(np.empty(0, dtype=values.dtype)).dtype
    dtype: torch.dtype = values.dtype
    return dtype


def moved(value: Any, dtype: Optional[torch.dtype], device: torch.device) -> Any:
    """Metatensor data on another device and with another dtype, held by torch.

    :param dtype: new dtype of the values, ``None`` to keep them; not used for labels
    """
    if isinstance(value, Labels) or dtype is None:
        return value.to(arrays="torch", device=device)
    return value.to(arrays="torch", dtype=dtype, device=device)


def save_to_buffer(value: Union[Labels, TensorBlock, TensorMap]) -> bytes:
    """Serialize metatensor data."""
    return bytes(io.save_buffer(value))


def load_from_buffer(class_name: str, buffer: Union[bytes, torch.Tensor]) -> Any:
    """Read serialized metatensor data, on the CPU.

    :param class_name: one of ``"Labels"``, ``"TensorBlock"`` or ``"TensorMap"``
    :param buffer: what the function above gives, in any flavour
    """
    if isinstance(buffer, torch.Tensor):
        buffer = buffer.cpu().numpy().tobytes()
    if class_name == "Labels":
        return io.load_labels_buffer(buffer)
    if class_name == "TensorBlock":
        return io.load_block_buffer(buffer)
    return io.load_buffer(buffer)
