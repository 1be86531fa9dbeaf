"""Blocks with the same structure and other arrays: copies and conversions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ._arrays import engine_by_name, engine_of
from ._block_data import BlockData
from ._labels import Labels
from ._to import ToRequest, parse_to_arguments


def blocks_with_arrays(blocks: Iterable[BlockData], arrays: Sequence[Any]) -> list[BlockData]:
    """Same blocks with other arrays, in canonical order.

    :raises ValueError: if there are not as many arrays as in ``blocks``
    """
    remaining = iter(arrays)
    try:
        output = [block.with_arrays(remaining) for block in blocks]
    except StopIteration:
        raise ValueError(f"{len(arrays)} arrays are less than what the blocks contain") from None
    if next(remaining, None) is not None:
        raise ValueError(f"{len(arrays)} arrays are more than what the blocks contain")
    return output


def copy_block(block: BlockData, deep: bool) -> BlockData:
    """New block with copies of all arrays, or sharing them."""
    if not deep:
        return block.shell()
    arrays: list[Any] = []
    block.leaves(arrays)
    return block.with_arrays(iter([engine_of(array).copy(array) for array in arrays]))


class Request:
    """What a call to ``to`` asks for.

    Labels which are used several times are converted once.
    """

    __slots__ = ("_arrays", "_known_labels", "_labels")

    def __init__(self, request: ToRequest) -> None:
        self._arrays = request
        self._labels = request.for_labels()
        # keeps the original labels, or their identifier could be used again
        self._known_labels: dict[int, tuple[Labels, Labels]] = {}

    @staticmethod
    def parse(
        method: str,
        args: tuple[Any, ...],
        dtype: Any,
        device: Any,
        arrays: str | None,
        non_blocking: bool,
    ) -> Request:
        """Understand the arguments of ``to``."""
        return Request(
            parse_to_arguments(
                method,
                args,
                dtype=dtype,
                device=device,
                arrays=arrays,
                non_blocking=non_blocking,
            )
        )

    def labels(self, labels: Labels, values: Any = None) -> Labels:
        """Convert labels, the labels of an array on the same device as ``values``."""
        request = self._labels
        if request.is_noop():
            return labels
        known = self._known_labels.get(id(labels))
        if known is None:
            known = (labels, self._convert_labels(labels, values))
            self._known_labels[id(labels)] = known
        return known[1]

    def _convert_labels(self, labels: Labels, values: Any) -> Labels:
        _, device, arrays, non_blocking = self._labels
        engine = engine_of(values if values is not None else labels.values)
        target = engine if arrays is None else engine_by_name(arrays)
        if target.host_labels and labels._engine is not target:
            # metadata is better off on the host
            host = None if labels._engine.host_labels else "cpu"
            return labels.to(device=host, arrays="numpy")
        moves = device is not None and str(device) != "cpu" and engine.name != "numpy"
        if arrays is None and moves and not labels._engine.host_labels:
            # numpy labels follow the tensors they describe to another device
            arrays = engine.name
        return labels.to(device=device, arrays=arrays, non_blocking=non_blocking)

    def block(self, block: BlockData) -> BlockData:
        """Convert a block and its gradients."""
        values = block.values
        converted = self._arrays.apply(values)
        return BlockData(
            converted,
            self.labels(block.samples, values),
            tuple([self.labels(labels, values) for labels in block.components]),
            self.labels(block.properties, values),
            {name: self.block(gradient) for name, gradient in block.gradients.items()},
        )
