"""What is different between the two flavours, torch one.

The plain flavour (``metatensor.learn``) has a module of the same name, where the functions
are documented.
"""

from typing import Any, List, Optional, Union

import torch

from .._classes import load_block_buffer, load_buffer, load_labels_buffer, save_buffer
from ..operations._backend import (
    Labels,
    LabelsEntry,
    TensorBlock,
    TensorMap,
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
    """Labels from lists, on the device of other labels."""
    values = torch.tensor(rows, dtype=torch.int32, device=like.values.device)
    return Labels(names, values)


def device_of(value: Any) -> torch.device:
    """Device of metatensor data."""
    device: torch.device = value.device
    return device


def dtype_of(value: Any) -> Optional[torch.dtype]:
    """Data type of the values, ``None`` for a map without blocks."""
    if isinstance_metatensor(value, "TensorMap"):
        if len(value) == 0:
            return None
        value = value.block_by_id(0)
    dtype: torch.dtype = value.values.dtype
    return dtype


def moved(value: Any, dtype: Optional[torch.dtype], device: torch.device) -> Any:
    """Metatensor data on another device and with another dtype."""
    if dtype is None or isinstance_metatensor(value, "Labels"):
        return value.to(device=device)
    return value.to(dtype=dtype, device=device)


def save_to_buffer(value: Any) -> torch.Tensor:
    """Serialize metatensor data."""
    buffer: torch.Tensor = save_buffer(value)
    return buffer


def load_from_buffer(class_name: str, buffer: Union[bytes, torch.Tensor]) -> Any:
    """Read serialized metatensor data, on the CPU."""
    if not isinstance(buffer, torch.Tensor):
        buffer = torch.frombuffer(bytearray(buffer), dtype=torch.uint8)
    buffer = buffer.cpu()
    if class_name == "Labels":
        return load_labels_buffer(buffer)
    if class_name == "TensorBlock":
        return load_block_buffer(buffer)
    return load_buffer(buffer)
