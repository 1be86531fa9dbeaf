"""The maps which the operations work on, and the bare arrays inside of them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np


class Flavour:
    """Where classes, operations and arrays come from."""

    def __init__(self, name: str) -> None:
        self.name = name
        scripted = name in {"torch", "torch-scripted"}
        self.mts: Any = importlib.import_module("metatensor.torch" if scripted else "metatensor")
        self.labels_in_torch = scripted
        self.xp: Any = np if name == "numpy" else importlib.import_module("torch")

    def array(self, values: Any) -> Any:
        """Array of the library of this flavour."""
        return values if self.xp is np else self.xp.tensor(values)

    def labels(self, names: list[str], rows: Any) -> Any:
        """Labels with some rows."""
        values = np.array(rows, dtype=np.int32).reshape(-1, len(names))
        return self.mts.Labels(names, self.xp.tensor(values) if self.labels_in_torch else values)

    def concatenate(self, arrays: list[Any], axis: int) -> Any:
        """Concatenation along one axis."""
        return np.concatenate(arrays, axis) if self.xp is np else self.xp.cat(arrays, axis)

    def random(self, array: Any) -> Any:
        """Random numbers, as many as in an array."""
        if self.xp is np:
            return np.random.random_sample(array.shape)
        return self.xp.rand_like(array)

    def sum_pairs(self, array: Any, axis: int) -> Any:
        """Sum of the first and of the second half of the entries along an axis."""
        size = array.shape[axis] // 2
        if self.xp is np:
            return np.add.reduceat(array, [0, size], axis=axis)
        shape = list(array.shape)
        shape[axis : axis + 1 or None] = [2, size]
        return array.reshape(shape).sum(axis if axis < 0 else axis + 1)


@dataclass
class Sizes:
    """How many blocks there are, and how large they are."""

    blocks: int
    samples: int
    components: int
    properties: int
    gradients: bool = False
    own_labels: bool = False


SETS = {
    "500 blocks of 10x3x8": Sizes(500, 10, 3, 8),
    "500 blocks of 10x3x8, each with its own labels": Sizes(500, 10, 3, 8, own_labels=True),
    "500 blocks of 10x3x8 with gradients": Sizes(500, 10, 3, 8, gradients=True),
    "8 blocks of 50000x5x64": Sizes(8, 50_000, 5, 64),
}


class Data:
    """Maps ``A``, ``B`` (with the same labels), ``C`` (other samples), ``X`` and ``Y``, and more.

    The arrays of ``A`` are in the list ``a``, and so on.
    """

    def __init__(self, flavour: Flavour, sizes: Sizes) -> None:
        self.flavour, self.sizes = flavour, sizes
        self.xp = flavour.xp
        count = sizes.blocks
        keys = [[i // 10, i % 10] for i in range(count)]
        self.keys = flavour.labels(["k", "l"], keys)
        self._labels = [self._block_labels(0)] * count
        if sizes.own_labels:
            self._labels = [self._block_labels(i) for i in range(count)]
        self._shifted = [
            self._block_labels(i + 10_000, labels)
            for i, labels in enumerate(self._labels[: count if sizes.own_labels else 1])
        ]
        self._shifted *= count // len(self._shifted)

        self.A, self.a = self._map(1.5, self._labels)
        self.B, self.b = self._map(0.5, self._labels)
        self.C, self.c = self._map(2.5, self._shifted)
        self._square_systems()
        # every second block; half of the samples, half of the properties
        half, quarter = sizes.samples // 2, sizes.properties // 4
        self.some_keys = flavour.labels(["k", "l"], keys[::2])
        self.half_keys = range(0, count, 2)
        self.some_samples = flavour.labels(["atom"], range(half // 2))
        self.rows = self._index(np.arange(sizes.samples) % half < half // 2)
        self.some_properties = flavour.labels(["n"], range(quarter))
        self.columns = self._index(np.arange(sizes.properties) % (2 * quarter) < quarter)
        self.shuffled = flavour.array(np.arange(sizes.samples)[::-1].copy())
        self._more_maps()
        self.array = self.a[0]
        self.samples = self.A.block(0).samples
        self.atoms = flavour.labels(["atom"], range(sizes.samples // 2))
        self.label_values = [block.samples.values for block in self.A.blocks()]

    def _block_labels(self, shift: int, like: Any = None) -> tuple[Any, Any, Any]:
        # samples: two systems of the same atoms
        half = self.sizes.samples // 2
        rows = np.stack([np.repeat([shift, shift + 1], half), np.tile(np.arange(half), 2)], axis=1)
        samples = self.flavour.labels(["system", "atom"], rows)
        if like is not None:
            return samples, like[1], like[2]
        components = [self.flavour.labels(["c"], range(self.sizes.components))]
        half = self.sizes.properties // 2
        rows = np.stack([np.repeat([0, 1], half), np.tile(np.arange(half), 2)], axis=1)
        return samples, components, self.flavour.labels(["l", "n"], rows)

    def _map(self, start: float, labels: list[Any]) -> tuple[Any, list[Any]]:
        sizes = self.sizes
        shape = (sizes.samples, sizes.components, sizes.properties)
        content = np.linspace(start, start + 1, int(np.prod(shape))).reshape(shape)
        arrays = [self.flavour.array(content + i / 1000) for i in range(sizes.blocks)]
        blocks = []
        for array, (samples, components, properties) in zip(arrays, labels, strict=True):
            block = self.flavour.mts.TensorBlock(array, samples, components, properties)
            if sizes.gradients:
                block.add_gradient("g", self._gradient(components, properties))
            blocks.append(block)
        return self.flavour.mts.TensorMap(self.keys, blocks), arrays

    def _gradient(self, components: list[Any], properties: Any) -> Any:
        rows = [[i, i % 3] for i in range(self.sizes.samples)]
        if not hasattr(self, "_gradient_labels"):
            self._gradient_labels = (
                self.flavour.labels(["sample", "atom_g"], rows),
                self.flavour.labels(["xyz"], range(3)),
            )
        samples, xyz = self._gradient_labels
        sizes = self.sizes
        shape = (sizes.samples, 3, sizes.components, sizes.properties)
        values = self.flavour.array(np.linspace(0, 1, int(np.prod(shape))).reshape(shape))
        return self.flavour.mts.TensorBlock(values, samples, [xyz, *components], properties)

    def _square_systems(self) -> None:
        # X: square matrices; Y: as many rows; P: no components, the properties of A
        flavour, mts, count = self.flavour, self.flavour.mts, self.sizes.blocks
        rng = np.random.default_rng(0)
        labels = [flavour.labels([name], range(8)) for name in ("s", "x", "y")]
        arrays = [[flavour.array(rng.random((8, 8))) for _ in range(count)] for _ in range(2)]
        self.x, self.y = arrays
        blocks = [mts.TensorBlock(x, labels[0], [], labels[1]) for x in self.x]
        self.X = mts.TensorMap(self.keys, blocks)
        blocks = [mts.TensorBlock(y, labels[0], [], labels[2]) for y in self.y]
        self.Y = mts.TensorMap(self.keys, blocks)
        shape = (8, self.sizes.properties)
        self.p = [flavour.array(rng.random(shape)) for _ in range(count)]
        blocks = [
            mts.TensorBlock(p, labels[0], [], properties)
            for p, (_, _, properties) in zip(self.p, self._labels, strict=True)
        ]
        self.P = mts.TensorMap(self.keys, blocks)

    def _index(self, mask: Any) -> Any:
        return self.flavour.array(np.flatnonzero(mask))

    def _more_maps(self) -> None:
        # two selections which make up all samples
        sizes = self.sizes
        half = sizes.samples // 2
        atoms = [range(half // 2), range(half // 2, half)]
        self.selections = [self.flavour.labels(["atom"], one) for one in atoms]
        rows = np.arange(sizes.samples)
        self.parts = [self._index(np.isin(rows % half, list(one))) for one in atoms]
        # the same values; one more dimension; samples which are not sorted
        self.A2, self.a2 = self._map(1.5, self._labels)
        self.W = self.flavour.mts.append_dimension(self.A, "samples", "new", 3)
        order = rows[::-1]
        reverse = [
            (
                self.flavour.labels(["system", "atom"], np.asarray(labels[0].values)[order]),
                labels[1],
                labels[2],
            )
            for labels in (self._labels if sizes.own_labels else self._labels[:1])
        ]
        reverse *= sizes.blocks // len(reverse)
        self.R, self.r = self._map(3.5, reverse)

    def variables(self) -> dict[str, Any]:
        """Everything which expressions can use."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}
