"""Our classes as pytrees of jax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

from .._block import TensorBlock
from .._labels import Labels
from .._tensor import TensorMap
from . import _structure


class LeafKey:
    """Place of a leaf, in messages of jax: ``.block(k=3).gradient('positions').values``."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def key(self) -> str:
        """What jax shows when trees are different."""
        return self.name

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LeafKey) and self.name == other.name


def register() -> None:
    """Tell jax about Labels, TensorBlock and TensorMap."""
    jax.tree_util.register_pytree_node(
        Labels,
        _structure.flatten_labels,
        lambda structure, leaves: _structure.unflatten_labels(structure),
    )
    for cls, flatten, unflatten in (
        (TensorBlock, _structure.flatten_block, _structure.unflatten_block),
        (TensorMap, _structure.flatten_map, _structure.unflatten_map),
    ):
        jax.tree_util.register_pytree_with_keys(
            cls,
            _with_keys(flatten),
            unflatten,
            flatten,
        )


def _with_keys(flatten: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def flatten_with_keys(value: Any) -> Any:
        leaves, structure = flatten(value)
        keys = [LeafKey(name) for name in _structure.names_of_leaves(structure)]
        return list(zip(keys, leaves, strict=True)), structure

    return flatten_with_keys
