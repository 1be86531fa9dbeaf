"""Radial atomic descriptors, with their gradients with respect to positions.

Around each atom ``i`` and for each neighbour element ``b``, the descriptor is

    x_{i b n} = sum_{j of element b} exp(-eta (r_ij - r_n)^2) f_c(r_ij)

(the ``G2`` symmetry functions of J. Behler, J. Chem. Phys. 134, 074106 (2011)), with
``f_c`` a cosine cutoff. Lengths are in angstrom, descriptors have no unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from ase import Atoms
from metatensor.torch import Labels, TensorBlock, TensorMap


@dataclass(frozen=True)
class RadialDescriptor:
    """Parameters of the descriptor: number of Gaussians and cutoff radius in angstrom."""

    n_radial: int = 8
    cutoff: float = 5.0
    first: float = 0.7

    def compute(self, system: int, atoms: Atoms, types: list[int]) -> TensorMap:
        """Descriptor of all the atoms of a molecule.

        :param system: index of the molecule, used in the labels
        :param atoms: the molecule
        :param types: atomic numbers of all possible neighbours
        :return: float64 map with keys ``(center_type, neighbor_type)``, samples
            ``(system, atom)``, properties ``n`` and a gradient ``positions`` with
            samples ``(sample, system, atom)`` and component ``xyz``
        """
        positions = torch.tensor(atoms.positions, dtype=torch.float64)
        numbers = torch.tensor(atoms.numbers, dtype=torch.int32)
        pairs = self._pairs(positions)
        keys, blocks = [], []
        for center in sorted(set(numbers.tolist())):
            for neighbor in types:
                keys.append([center, neighbor])
                blocks.append(self._block(system, numbers, pairs, center, neighbor))
        return TensorMap(Labels(["center_type", "neighbor_type"], torch.tensor(keys)), blocks)

    def _pairs(
        self, positions: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Indices ``i``, ``j`` of all pairs within the cutoff, functions and their gradients.

        Functions have shape ``(pairs, n_radial)``; gradients with respect to the position of
        ``j`` have shape ``(pairs, 3, n_radial)``.
        """
        vectors = positions[None, :, :] - positions[:, None, :]
        distances = vectors.norm(dim=-1)
        i, j = torch.nonzero((distances < self.cutoff) & (distances > 0), as_tuple=True)
        r = distances[i, j][:, None]
        centers = torch.linspace(self.first, self.cutoff, self.n_radial + 1, dtype=r.dtype)[:-1]
        eta = 0.5 / ((self.cutoff - self.first) / self.n_radial) ** 2

        gaussians = torch.exp(-eta * (r - centers) ** 2)
        cutoff = 0.5 * (torch.cos(math.pi * r / self.cutoff) + 1.0)
        d_cutoff = -0.5 * math.pi / self.cutoff * torch.sin(math.pi * r / self.cutoff)
        radial = gaussians * cutoff
        d_radial = gaussians * (d_cutoff - 2.0 * eta * (r - centers) * cutoff)
        unit = vectors[i, j] / r
        return i, j, radial, unit[:, :, None] * d_radial[:, None, :]

    def _block(
        self,
        system: int,
        numbers: torch.Tensor,
        pairs: tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor],
        center: int,
        neighbor: int,
    ) -> TensorBlock:
        first, second, radial, gradients = pairs
        atoms = torch.nonzero(numbers == center).flatten()
        sample_of_atom = torch.full((len(numbers),), -1, dtype=torch.int64)
        sample_of_atom[atoms] = torch.arange(len(atoms))

        mask = (numbers[first] == center) & (numbers[second] == neighbor)
        sample, moved = sample_of_atom[first[mask]], second[mask]
        values = radial.new_zeros((len(atoms), self.n_radial)).index_add_(0, sample, radial[mask])

        properties = Labels("n", torch.arange(self.n_radial).reshape(-1, 1))
        samples = torch.stack([torch.full_like(atoms, system), atoms], dim=1)
        block = TensorBlock(values, Labels(["system", "atom"], samples), [], properties)

        # each neighbour moves on its own; the center moves the other way, once for all of them
        center_gradient = gradients.new_zeros((len(atoms), 3, self.n_radial))
        center_gradient.index_add_(0, sample, -gradients[mask])
        rows = torch.cat(
            [torch.stack([torch.arange(len(atoms)), atoms], 1), torch.stack([sample, moved], 1)]
        )
        rows = torch.stack([rows[:, 0], torch.full_like(rows[:, 0], system), rows[:, 1]], dim=1)
        gradient = TensorBlock(
            torch.cat([center_gradient, gradients[mask]]),
            Labels(["sample", "system", "atom"], rows),
            [Labels("xyz", torch.arange(3).reshape(-1, 1))],
            properties,
        )
        block.add_gradient("positions", gradient)
        return block
