"""What tensor maps consist of, apart from the arrays: flat lists of labels.

The arrays of a map are its *leaves*: for each block the values, then each gradient. A layout
says what these are, with one entry for each leaf or block. Operations work on these lists, and
their results are maps whose blocks are only made when somebody looks at them.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Optional

from ._block_data import BlockData
from ._labels import Labels
from ._selection import KeyIndex

_SAMPLES, _COMPONENTS, _PROPERTIES = map(attrgetter, ("samples", "components", "properties"))


class MapLayout:
    """The labels of a map whose gradients do not have gradients; it never changes.

    ``samples`` and ``components`` have one entry for each leaf, ``properties`` and
    ``parameters`` (the names of the gradients) one for each block.
    """

    __slots__ = (
        "__weakref__",
        "_properties",
        "_same",
        "_samples",
        "components",
        "index",
        "keys",
        "parameters",
        "per_block",
        "properties",
        "samples",
    )

    def __init__(
        self,
        keys: Labels,
        parameters: list[tuple[str, ...]],
        samples: list[Labels],
        components: list[tuple[Labels, ...]],
        properties: list[Labels],
        index: Optional[KeyIndex] = None,
    ) -> None:
        self.keys = keys
        self.parameters = parameters
        self.samples = samples
        self.components = components
        self.properties = properties
        #: number of leaves of each block
        self.per_block = 1 + len(parameters[0]) if parameters else 1
        self.index = KeyIndex() if index is None else index
        # the last layout which was found to be equal
        self._same: Optional[weakref.ref[MapLayout]] = None
        self._samples: Optional[tuple[list[Labels], list[int]]] = None
        self._properties: Optional[tuple[list[Labels], list[int]]] = None

    @staticmethod
    def of(keys: Labels, blocks: Sequence[BlockData], index: KeyIndex) -> MapLayout:
        """Layout of existing blocks.

        :raises NotImplementedError: if there are gradients of gradients
        """
        parameters = [tuple(block.gradients) for block in blocks]
        data: list[BlockData] = []
        if any(parameters):
            for block in blocks:
                data.append(block)
                for gradient in block.gradients.values():
                    if gradient.gradients:
                        raise NotImplementedError("gradients of gradients are not supported")
                    data.append(gradient)
        leaves = data or blocks
        return MapLayout(
            keys,
            parameters,
            list(map(_SAMPLES, leaves)),
            list(map(_COMPONENTS, leaves)),
            list(map(_PROPERTIES, blocks)),
            index,
        )

    def fill(self, arrays: Sequence[Any]) -> list[BlockData]:
        """Blocks with the given leaves, as parts of a map."""
        if self.per_block == 1:
            parts = zip(arrays, self.samples, self.components, self.properties, strict=True)
            blocks = [BlockData(a, s, c, p, {}) for a, s, c, p in parts]
        else:
            blocks = [self._fill_block(i, arrays) for i in range(len(self.properties))]
        for block in blocks:
            block.frozen = True
        return blocks

    def _fill_block(self, i: int, arrays: Sequence[Any]) -> BlockData:
        first, properties = i * self.per_block, self.properties[i]
        gradients = {}
        for j, parameter in enumerate(self.parameters[i], start=first + 1):
            gradient = BlockData(arrays[j], self.samples[j], self.components[j], properties, {})
            gradient.frozen = True
            gradients[parameter] = gradient
        return BlockData(
            arrays[first], self.samples[first], self.components[first], properties, gradients
        )

    def same(self, other: MapLayout) -> bool:
        """Whether everything is equal, and in the same order.

        Labels which are the same objects, and layouts which were compared before, cost nothing.
        """
        if self is other or (self._same is not None and self._same() is other):
            return True
        equal = (
            (self.keys is other.keys or bool(self.keys == other.keys))
            and self.parameters == other.parameters
            and self.samples == other.samples
            and self.components == other.components
            and self.properties == other.properties
        )
        if equal:
            self._same = weakref.ref(other)
        return equal

    def distinct_samples(self) -> tuple[list[Labels], list[int]]:
        """Distinct samples of the values, and which ones are those of each block."""
        if self._samples is None:
            self._samples = distinct(self.samples[:: self.per_block])
        return self._samples

    def distinct_properties(self) -> tuple[list[Labels], list[int]]:
        """Distinct properties, and which ones are those of each block."""
        if self._properties is None:
            self._properties = distinct(self.properties)
        return self._properties

    def replaced(
        self,
        keys: Optional[Labels] = None,
        samples: Optional[list[Labels]] = None,
        components: Optional[list[tuple[Labels, ...]]] = None,
        properties: Optional[list[Labels]] = None,
    ) -> MapLayout:
        """Layout with other labels: those of a whole axis, or the keys."""
        return MapLayout(
            self.keys if keys is None else keys,
            self.parameters,
            self.samples if samples is None else samples,
            self.components if components is None else components,
            self.properties if properties is None else properties,
            self.index if keys is None else None,
        )

    def picked(self, positions: Sequence[int], keys: Labels) -> MapLayout:
        """Layout of some of the blocks."""
        blocks = picker(positions)
        leaves = blocks if self.per_block == 1 else picker(self.leaves_of(positions))
        return MapLayout(
            keys,
            self.parameters[: len(positions)] if self.per_block == 1 else blocks(self.parameters),
            leaves(self.samples),
            leaves(self.components),
            blocks(self.properties),
        )

    def leaves_of(self, positions: Sequence[int]) -> Sequence[int]:
        """Positions of the leaves of some blocks."""
        size = self.per_block
        if size == 1:
            return positions
        ranges = [range(size * position, size * (position + 1)) for position in positions]
        return list(itertools.chain.from_iterable(ranges))


def pick(values: list[Any], positions: Sequence[int]) -> list[Any]:
    """The entries of a list at some positions."""
    return picker(positions)(values)


def picker(positions: Sequence[int]) -> Callable[[list[Any]], list[Any]]:
    """Function which takes the entries of lists at some positions."""
    if len(positions) < 2:
        # an `itemgetter` of a single position does not give a tuple
        return lambda values: [values[position] for position in positions]
    get = itemgetter(*positions)
    return lambda values: list(get(values))


class DistinctLabels(list[Labels]):
    """Labels which are all different objects."""

    #: their concatenated entries, once these were needed
    batch: Any = None


def distinct(labels: list[Labels]) -> tuple[list[Labels], list[int]]:
    """Labels which are there several times only once, and for each the position in those."""
    count = len(set(map(id, labels)))
    if count == 1:
        return DistinctLabels(labels[:1]), [0] * len(labels)
    if count == len(labels):
        return DistinctLabels(labels), list(range(count))
    known: dict[int, int] = {}
    where = [known.setdefault(id(one), len(known)) for one in labels]
    # the last one of those which are the same
    last = dict(zip(where, labels, strict=True))
    return DistinctLabels([last[i] for i in range(count)]), where
