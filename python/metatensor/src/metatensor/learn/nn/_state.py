"""Metatensor data in the state dictionaries of modules.

Containers are stored as they are, and each Labels, TensorBlock or TensorMap as a tuple:
name of the class, serialized data, and an empty tensor with its dtype and device. Only
types which ``torch.load(weights_only=True)`` accepts are used.
"""

from __future__ import annotations

from typing import Any

import torch

from .._backend import device_of, dtype_of, load_from_buffer, moved, save_to_buffer
from ._containers import CLASSES, class_name

_PREFIX = "metatensor."


def serialize(value: Any) -> Any:
    """Stored form of metatensor data, or of containers of it."""
    name = class_name(value)
    if name is not None:
        dtype = torch.int32 if name == "Labels" else dtype_of(value)
        if dtype is None:  # a map without blocks
            dtype = torch.int32
        kind = torch.empty(0, dtype=dtype, device=device_of(value))
        return (_PREFIX + name, save_to_buffer(value), kind)
    if isinstance(value, dict):
        return {key: serialize(child) for key, child in value.items()}
    if isinstance(value, list):
        return [serialize(child) for child in value]
    if isinstance(value, tuple):
        return tuple(serialize(child) for child in value)
    return value


def deserialize(stored: Any) -> Any:
    """Metatensor data from its stored form, on the device it was stored for.

    :raises ValueError: if there is an unknown class
    """
    if isinstance(stored, tuple) and _is_leaf(stored):
        name = stored[0].removeprefix(_PREFIX)
        if name not in CLASSES:
            raise ValueError(f"can not load an object of the unknown class '{stored[0]}'")
        dtype, device = stored[2].dtype, stored[2].device
        return moved(load_from_buffer(name, stored[1]), dtype, device)
    if isinstance(stored, dict):
        return {key: deserialize(child) for key, child in stored.items()}
    if isinstance(stored, list):
        return [deserialize(child) for child in stored]
    if isinstance(stored, tuple):
        return tuple(deserialize(child) for child in stored)
    return stored


def _is_leaf(stored: tuple[Any, ...]) -> bool:
    return (
        len(stored) == 3
        and isinstance(stored[0], str)
        and isinstance(stored[1], (bytes, torch.Tensor))
        and isinstance(stored[2], torch.Tensor)
    )
