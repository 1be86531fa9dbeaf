"""Molecules and atomization energies of the G2 set, as shipped with ASE.

The energies are "experimental" ones: extrapolated to 0 K from measured heats of
formation (L. A. Curtiss et al., J. Chem. Phys. 106, 1063 (1997)).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import ase.units
import torch
from ase import Atoms
from ase.build import molecule
from ase.data import g2


@dataclass(frozen=True)
class Molecule:
    """A molecule and its measured atomization energy, in eV (negative when bound)."""

    name: str
    atoms: Atoms
    energy: float


def load_molecules(min_occurrences: int = 10) -> list[Molecule]:
    """Molecules of the G2 set made only of elements which occur in enough molecules.

    :param min_occurrences: elements of fewer molecules can not be learned from this set
    """
    everything = [
        Molecule(name, molecule(name), -atomization_energy(name)) for name in g2.molecule_names
    ]
    counts = Counter(symbol for m in everything for symbol in set(m.atoms.get_chemical_symbols()))
    known = {symbol for symbol, count in counts.items() if count >= min_occurrences}
    return [m for m in everything if known.issuperset(m.atoms.get_chemical_symbols())]


def atomization_energy(name: str) -> float:
    """Energy of the separated atoms minus that of the molecule, in eV, without zero-point energy.

    ASE has the same formula, for half of the molecules only.
    """
    entry = g2.data[name]
    energy = entry["ZPE"] + entry["thermal correction"] - entry["enthalpy"]
    for symbol in molecule(name).get_chemical_symbols():
        energy += g2.data[symbol]["enthalpy"] - g2.data[symbol]["thermal correction"]
    return float(energy * ase.units.kcal / ase.units.mol)


def elements(molecules: list[Molecule]) -> list[int]:
    """Sorted atomic numbers of all the elements in ``molecules``."""
    return sorted({int(z) for m in molecules for z in m.atoms.numbers})


def split(
    molecules: list[Molecule], held_out: float, seed: int
) -> tuple[list[Molecule], list[Molecule]]:
    """Random split into training molecules and held-out molecules.

    Every element of the held-out molecules also occurs in the training molecules.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(molecules), generator=generator).tolist()
    n_test = int(held_out * len(molecules))
    test = [molecules[i] for i in sorted(order[:n_test])]
    train = [molecules[i] for i in sorted(order[n_test:])]
    missing = set(elements(test)) - set(elements(train))
    if missing:
        raise ValueError(
            f"elements {sorted(missing)} only occur in held-out molecules, change the seed"
        )
    return train, test
