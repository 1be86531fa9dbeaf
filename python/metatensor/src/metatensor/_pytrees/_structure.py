"""The metadata of labels, blocks and maps: hashable, and equal if all of it is equal.

Comparing and hashing is what happens for each call of a compiled function. Structures of
the same object, and of everything made from it by transformations, are one object; and
different ones mostly have the same labels, which are compared by identity first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Optional

from .._block import TensorBlock
from .._block_data import BlockData
from .._checks import has_data
from .._labels import Labels
from .._selection import KeyIndex
from .._tensor import TensorMap


def labels_hash(labels: Labels) -> int:
    """Hash of the names and entries of labels, which remember it."""
    found = labels._hash
    if found is None:
        content = b""
        if has_data(labels):
            content = labels._engine.to_host(labels._values).tobytes()
        found = hash((labels._dims.names, tuple(labels._values.shape), content))
        labels._hash = found
    return found


def same_labels(first: Labels, second: Labels) -> bool:
    """Whether labels can be replaced by the other ones: also the same library and device."""
    if first is second:
        return True
    if first._engine is not second._engine or labels_hash(first) != labels_hash(second):
        return False
    return bool(first == second) and bool(first.device == second.device)


class LabelsStructure:
    """Structure of labels: they only consist of metadata."""

    __slots__ = ("labels",)

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    def __hash__(self) -> int:
        return labels_hash(self.labels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabelsStructure):
            return NotImplemented
        return same_labels(self.labels, other.labels)

    def __repr__(self) -> str:
        return f"Labels({self.labels.names}, {len(self.labels)} entries)"


class BlockStructure:
    """Structure of a block and of its gradients."""

    __slots__ = ("_hash", "components", "gradients", "properties", "samples")

    samples: Labels
    components: tuple[Labels, ...]
    properties: Labels
    gradients: tuple[tuple[str, BlockStructure], ...]
    _hash: Optional[int]

    def __init__(self, data: BlockData) -> None:
        data.refresh_gradients()
        self.samples = data.samples
        self.components = data.components
        self.properties = data.properties
        self.gradients = tuple([(n, BlockStructure(g)) for n, g in data.gradients.items()])
        self._hash = None

    def labels(self) -> tuple[Labels, ...]:
        """All labels of the block, without those of the gradients."""
        return (self.samples, *self.components, self.properties)

    def fill(self, arrays: Iterator[Any]) -> BlockData:
        """Block with the next ones of ``arrays``, which can be anything."""
        values = next(arrays)
        gradients = {name: gradient.fill(arrays) for name, gradient in self.gradients}
        for gradient in gradients.values():
            gradient.frozen = True
        return BlockData(values, self.samples, self.components, self.properties, gradients)

    def names(self) -> list[str]:
        """How to get each array from the block."""
        names = [".values"]
        for parameter, gradient in self.gradients:
            names += [f".gradient({parameter!r}){name}" for name in gradient.names()]
        return names

    def __hash__(self) -> int:
        if self._hash is None:
            labels = tuple([labels_hash(one) for one in self.labels()])
            self._hash = hash((labels, self.gradients))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, BlockStructure):
            return NotImplemented
        if len(self.components) != len(other.components) or self._differs(other):
            return False
        pairs = zip(self.labels(), other.labels(), strict=True)
        return all(same_labels(*pair) for pair in pairs) and self.gradients == other.gradients

    def _differs(self, other: BlockStructure) -> bool:
        return None not in (self._hash, other._hash) and self._hash != other._hash

    def __repr__(self) -> str:
        sizes = ", ".join(str(len(labels)) for labels in self.labels())
        parameters = [parameter for parameter, _ in self.gradients]
        return f"TensorBlock(({sizes}), gradients={parameters})"


class MapStructure:
    """Structure of a map: keys, structures of the blocks, and info."""

    __slots__ = ("_hash", "blocks", "index", "info", "keys")

    def __init__(self, tensor: TensorMap) -> None:
        self.keys = tensor.keys
        self.blocks = [BlockStructure(block) for block in tensor._loaded_blocks()]
        self.info = tensor.info()
        self.index: KeyIndex = tensor._index
        self._hash: Optional[int] = None

    def __hash__(self) -> int:
        if self._hash is None:
            blocks = tuple([hash(block) for block in self.blocks])
            info = tuple(sorted(self.info.items()))
            self._hash = hash((labels_hash(self.keys), blocks, info))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, MapStructure):
            return NotImplemented
        return (
            hash(self) == hash(other)
            and same_labels(self.keys, other.keys)
            and self.info == other.info
            and self.blocks == other.blocks
        )

    def __repr__(self) -> str:
        info = f", info={self.info}" if self.info else ""
        return f"TensorMap(keys={self.keys.names}, {self.blocks}{info})"


# -------------------------------------------------------------------- taking objects apart
def flatten_labels(labels: Labels) -> tuple[list[Any], LabelsStructure]:
    """No leaves, and the structure."""
    return [], LabelsStructure(labels)


def unflatten_labels(structure: LabelsStructure) -> Labels:
    """The labels themselves."""
    return structure.labels


def flatten_block(block: TensorBlock) -> tuple[list[Any], BlockStructure]:
    """All arrays of a block, and its structure."""
    structure = BlockStructure(block._data)
    return block._leaves(), structure


def unflatten_block(structure: BlockStructure, arrays: Sequence[Any]) -> TensorBlock:
    """Block with other arrays: nothing is checked."""
    return TensorBlock._show(structure.fill(iter(arrays)))


def flatten_map(tensor: TensorMap) -> tuple[list[Any], MapStructure]:
    """All arrays of a map, and its structure."""
    structure = tensor._structure
    if structure is None or structure.info != tensor.info():
        structure = tensor._structure = MapStructure(tensor)
    return tensor._leaves(), structure


def unflatten_map(structure: MapStructure, arrays: Sequence[Any]) -> TensorMap:
    """Map with other arrays: nothing is checked."""
    remaining = iter(arrays)
    blocks = [block.fill(remaining) for block in structure.blocks]
    tensor = TensorMap._from_data(structure.keys, blocks, structure.info, structure.index)
    tensor._structure = structure
    return tensor


def names_of_leaves(structure: BlockStructure | MapStructure) -> list[str]:
    """Python expressions giving each leaf, without the object itself."""
    if isinstance(structure, BlockStructure):
        return structure.names()
    names: list[str] = []
    for entry, block in zip(structure.keys, structure.blocks, strict=True):
        names += [f".block({entry.print()[1:-1]}){name}" for name in block.names()]
    return names
