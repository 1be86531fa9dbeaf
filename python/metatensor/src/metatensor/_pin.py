"""Pinned memory, from where tensors are copied to a device without waiting for them."""

from __future__ import annotations

from typing import Any

from ._arrays import engine_of
from ._block_data import BlockData
from ._labels import Labels


def pin_array(array: Any) -> Any:
    """Copy of a tensor in pinned memory; anything else, and pinned tensors, as they are."""
    if engine_of(array).name != "torch" or is_pinned_array(array):
        return array
    return array.pin_memory()


def is_pinned_array(array: Any) -> bool:
    """Say if this is a tensor in pinned memory, or one on CPU without elements."""
    if engine_of(array).name != "torch" or array.device.type != "cpu":
        return False
    return array.numel() == 0 or bool(array.is_pinned())


def are_pinned_labels(labels: Labels) -> bool:
    """Say if labels are pinned, or not made of tensors."""
    return engine_of(labels.values).name != "torch" or is_pinned_array(labels.values)


def is_pinned_block(block: BlockData) -> bool:
    """Say if everything in a block is pinned."""
    return (
        is_pinned_array(block.values)
        and all(map(are_pinned_labels, (block.samples, *block.components, block.properties)))
        and all(map(is_pinned_block, block.gradients.values()))
    )


class Pinning:
    """Puts blocks in pinned memory; labels which are used several times are copied once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        # keeps the original labels, or their identifier could be used again
        self._known: dict[int, tuple[Labels, Labels]] = {}

    def labels(self, labels: Labels) -> Labels:
        """The same labels in pinned memory."""
        known = self._known.get(id(labels))
        if known is None:
            known = (labels, labels.pin_memory())
            self._known[id(labels)] = known
        return known[1]

    def block(self, block: BlockData) -> BlockData:
        """The same block, with its gradients, in pinned memory."""
        return BlockData(
            pin_array(block.values),
            self.labels(block.samples),
            tuple([self.labels(labels) for labels in block.components]),
            self.labels(block.properties),
            {name: self.block(gradient) for name, gradient in block.gradients.items()},
        )
