"""Modules and what they are applied to, in both flavours."""

import types
from typing import NamedTuple

import torch


class Flavour(NamedTuple):
    """A flavour of metatensor and its learn package."""

    mts: types.ModuleType
    learn: types.ModuleType

    @property
    def nn(self):
        return self.learn.nn

    def labels(self, names, rows):
        """Labels held by torch."""
        values = torch.tensor(rows, dtype=torch.int32)
        return self.mts.Labels(names, values)


EQUIVARIANT = [[0, 1], [1, 1], [2, 1]]


def keys(f):
    """Keys of one invariant and two covariant blocks."""
    return f.labels(["o3_lambda", "o3_sigma"], EQUIVARIANT)


def tensor(f, n_features=4, gradients=False, dtype=torch.float64, seed=0):
    """Random tensor with these keys."""
    generator = torch.Generator().manual_seed(seed)
    blocks = []
    for i, (angular, _) in enumerate(EQUIVARIANT):
        components = [f.labels(["m"], [[m] for m in range(-angular, angular + 1)])]
        properties = f.labels(["p"], [[j] for j in range(n_features)])
        shape = (5 + i, 2 * angular + 1, n_features)
        values = torch.rand(shape, dtype=torch.float64, generator=generator).to(dtype) - 0.5
        samples = f.labels(["s"], [[j] for j in range(5 + i)])
        block = f.mts.TensorBlock(values, samples, components, properties)
        if gradients:
            rows = f.labels(["sample", "x"], [[0, 1], [2, 0]])
            xyz = f.labels(["xyz"], [[0], [1], [2]])
            shape = (2, 3, *shape[1:])
            values = torch.rand(shape, dtype=torch.float64, generator=generator).to(dtype)
            gradient = f.mts.TensorBlock(values, rows, [xyz, *components], properties)
            block.add_gradient("g", gradient)
        blocks.append(block)
    return f.mts.TensorMap(keys(f), blocks)


def modules(f):
    """One module of each class, with the reference for each block."""
    nn, k = f.nn, keys(f)
    energy = [f.labels(["e"], [[0]])] * 3
    torch.manual_seed(3)
    return {
        "Linear": nn.Linear(k, 4, 3, dtype=torch.float64),
        "Linear with properties": nn.Linear(k, 4, out_properties=energy, dtype=torch.float64),
        "EquivariantLinear": nn.EquivariantLinear(k, [4, 4, 4], 3, dtype=torch.float64),
        "LayerNorm": nn.LayerNorm(k, 4, dtype=torch.float64),
        "LayerNorm without mean": nn.LayerNorm(k, 4, mean=False, bias=False, dtype=torch.float64),
        "InvariantLayerNorm": nn.InvariantLayerNorm(k, [4], dtype=torch.float64),
        "ReLU": nn.ReLU(k),
        "InvariantReLU": nn.InvariantReLU(k),
        "SiLU": nn.SiLU(k),
        "InvariantSiLU": nn.InvariantSiLU(k),
        "Tanh": nn.Tanh(k),
        "InvariantTanh": nn.InvariantTanh(k),
        "ModuleMap": nn.ModuleMap.from_module(k, torch.nn.Linear(4, 2, dtype=torch.float64)),
        "Sequential": nn.Sequential(
            k,
            nn.EquivariantLinear(k, 4, 8, dtype=torch.float64),
            nn.InvariantTanh(k),
            nn.EquivariantLinear(k, 8, out_properties=energy, dtype=torch.float64),
        ),
        "EquivariantTransformation": nn.EquivariantTransformation(
            [torch.nn.Linear(4, 4, dtype=torch.float64) for _ in range(3)], k, 4, 4
        ),
    }


def dtype_of(data):
    """dtype of the values of a block or of the first block of a map."""
    return (data.block(0) if hasattr(data, "keys") else data).values.dtype
