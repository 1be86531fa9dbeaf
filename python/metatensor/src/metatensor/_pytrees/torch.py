"""Our classes as pytrees of torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

from .._block import TensorBlock
from .._labels import Labels
from .._tensor import TensorMap
from .._untraced import tell_torch
from . import _structure


def register() -> None:
    """Tell torch about Labels, TensorBlock and TensorMap."""
    # `torch.utils.pytree` is public, and only in some releases
    pytree: Any = getattr(torch.utils, "pytree", None) or torch.utils._pytree
    for cls, flatten, unflatten in (
        (Labels, _structure.flatten_labels, lambda structure, _: structure.labels),
        (TensorBlock, _structure.flatten_block, _structure.unflatten_block),
        (TensorMap, _structure.flatten_map, _structure.unflatten_map),
    ):
        pytree.register_pytree_node(
            cls,
            flatten,
            _swapped(unflatten),
            serialized_type_name=f"metatensor.{cls.__name__}",
            flatten_with_keys_fn=_with_keys(flatten),
        )
    tell_torch()


def _swapped(unflatten: Callable[[Any, Any], Any]) -> Callable[[Iterable[Any], Any], Any]:
    return lambda leaves, structure: unflatten(structure, list(leaves))


def _with_keys(flatten: Callable[[Any], Any]) -> Callable[[Any], Any]:
    key = torch.utils._pytree.GetAttrKey

    def flatten_with_keys(value: Any) -> Any:
        leaves, structure = flatten(value)
        names = _structure.names_of_leaves(structure) if leaves else []
        return [(key(n[1:]), leaf) for n, leaf in zip(names, leaves, strict=True)], structure

    return flatten_with_keys
