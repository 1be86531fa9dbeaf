"""Metatensor data in containers: finding it, and applying functions to it.

Modules can hold Labels, TensorBlock and TensorMap, or dictionaries, lists and tuples (of
dictionaries, ...) of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from .._backend import device_of, dtype_of, isinstance_metatensor, moved

CLASSES = ("Labels", "TensorBlock", "TensorMap")


def class_name(value: Any) -> str | None:
    """Name of the metatensor class of a value, if it has one."""
    for name in CLASSES:
        if isinstance_metatensor(value, name):
            return name
    return None


def _children(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple)):
        return list(value)
    return None


def is_empty(value: Any) -> bool:
    """Tell if this is ``None``, or contains nothing else (or nothing at all)."""
    children = _children(value)
    if children is None:
        return value is None
    return all(is_empty(child) for child in children)


def contains_data(value: Any) -> bool:
    """Tell if this is metatensor data, or contains some."""
    children = _children(value)
    if children is None:
        return class_name(value) is not None
    return any(contains_data(child) for child in children)


def transform(value: Any, function: Callable[[Any], Any], allow_mixed: bool = False) -> Any:
    """Apply a function to all metatensor data in a value, keeping containers as they are.

    Everything else stays the same, the value itself is returned if nothing changes.

    :param allow_mixed: are other things allowed in dictionaries and lists with metatensor
        data? They always are in tuples
    :raises ValueError: if there are some and they are not allowed
    """
    children = _children(value)
    if children is None:
        return value if class_name(value) is None else function(value)
    if not any(contains_data(child) for child in children):
        return value
    if not (allow_mixed or isinstance(value, tuple)):
        for child in children:
            if not (contains_data(child) or is_empty(child)):
                raise ValueError(
                    f"a {type(value).__name__} with metatensor data can only contain metatensor "
                    f"data, but there is an object of {type(child)} in this one"
                )
    new = [transform(child, function, allow_mixed) for child in children]
    if all(a is b for a, b in zip(new, children, strict=True)):
        return value
    if isinstance(value, dict):
        return dict(zip(value, new, strict=True))
    return tuple(new) if isinstance(value, tuple) else new


def apply_to_data(function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Any], Any]:
    """Make a function for metatensor data from one that moves or casts tensors.

    Labels only follow to other devices. Values change dtype if tensors of the same dtype do.
    """

    def apply(value: Any) -> Any:
        labels = isinstance_metatensor(value, "Labels")
        dtype = None if labels else dtype_of(value)
        device = device_of(value)
        probe = torch.empty(0, dtype=torch.int32 if dtype is None else dtype, device=device)
        result = function(probe)
        new_dtype = None if dtype is None else result.dtype
        if result.device == device and new_dtype == dtype:
            return value
        return moved(value, new_dtype, result.device)

    return apply
