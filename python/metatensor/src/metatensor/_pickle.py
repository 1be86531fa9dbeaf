"""Pickling of blocks and tensor maps.

Pickles contain the same bytes as files, and for what is not in numpy arrays the names
of the array libraries and devices. Pickles of older releases never have the latter.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._arrays import engine_at, engine_of
from ._block_data import BlockData
from ._labels import Labels

if TYPE_CHECKING:
    from ._block import TensorBlock
    from ._tensor import TensorMap

#: Place (library and maybe device) of the values, and of each of the labels (a single one
#: if they are the same)
Engines = tuple[str, "str | list[str]"]


def reduce(value: TensorBlock | TensorMap, protocol: Any) -> tuple[Any, ...]:
    """Implementation of ``__reduce_ex__``."""
    buffer = value.save_buffer()
    # from protocol 5 on, users can get the buffer without copies
    content = pickle.PickleBuffer(buffer) if int(protocol) >= 5 else bytes(buffer)
    engines = _engines(value)
    if engines == ("numpy", "numpy"):
        return value._from_pickle, (content,)
    return value._from_pickle, (content, engines)


def _engines(value: TensorBlock | TensorMap) -> Engines:
    from ._block import TensorBlock

    if isinstance(value, TensorBlock):
        blocks, all_labels = [value._data], []
    else:
        blocks, all_labels = value._loaded_blocks(), [value.keys]
    for block in blocks:
        all_labels += _labels_of(block)

    values = "numpy"
    if blocks and not blocks[0].external:
        values = engine_of(blocks[0].values).place(blocks[0].values)
    names = [engine_of(labels.values).place(labels.values) for labels in all_labels]
    return values, names[0] if len(set(names)) == 1 else names


def _labels_of(block: BlockData) -> Iterator[Labels]:
    yield block.samples
    yield from block.components
    yield block.properties
    for _, gradient in _sorted_gradients(block):
        yield from _labels_of(gradient)


def _sorted_gradients(block: BlockData) -> list[tuple[str, BlockData]]:
    # saving and loading changes the order of gradients
    return sorted(block.gradients.items())


class _Restore:
    """Converts numpy arrays and labels back to what they were."""

    def __init__(self, engines: Engines) -> None:
        values, labels = engines
        self._engine, self._device = engine_at(values)
        self._labels = labels
        self._next = 0
        self._known: dict[tuple[int, str], tuple[Labels, Labels]] = {}

    def labels(self, labels: Labels) -> Labels:
        name = self._labels if isinstance(self._labels, str) else self._labels[self._next]
        self._next += 1
        key = (id(labels), name)
        if key not in self._known:
            self._known[key] = (labels, labels_at(labels, name))
        return self._known[key][1]

    def block(self, block: BlockData) -> BlockData:
        values = self._engine.from_numpy(block.values)
        if self._device is not None:
            values = self._engine.to(values, device=self._device)
        samples = self.labels(block.samples)
        components = tuple([self.labels(labels) for labels in block.components])
        properties = self.labels(block.properties)
        converted = {name: self.block(data) for name, data in _sorted_gradients(block)}
        # same order as in the file
        gradients = {name: converted[name] for name in block.gradients}
        return BlockData(values, samples, components, properties, gradients)


def labels_at(labels: Labels, place: str) -> Labels:
    """Convert labels which were just loaded."""
    engine, device = engine_at(place)
    return labels.to(arrays=engine.name, device=device)


def restore_block(block: BlockData, engines: Engines) -> BlockData:
    """Convert a block which was just loaded."""
    return _Restore(engines).block(block)


def restore_map(tensor: TensorMap, engines: Engines) -> TensorMap:
    """Convert a map which was just loaded."""
    restore = _Restore(engines)
    keys = restore.labels(tensor.keys)
    blocks = [restore.block(block) for block in tensor._loaded_blocks()]
    return type(tensor)._from_data(keys, blocks, tensor.info())
