"""Training of the model, and checks of what was trained."""

from __future__ import annotations

from typing import Any

import metatensor.torch as mts
import torch
from ase import Atoms
from dataset import Molecule
from descriptor import RadialDescriptor
from metatensor.torch import Labels, TensorBlock, TensorMap
from metatensor.torch.learn import DataLoader, Dataset
from metatensor.torch.learn.data import group_and_join
from model import EnergyModel
from tqdm import tqdm


def energy_map(system: int, energy: float) -> TensorMap:
    """Map holding one reference energy, with the metadata of the model's output."""
    block = TensorBlock(
        torch.tensor([[energy]], dtype=torch.float64),
        Labels("system", torch.tensor([[system]])),
        [],
        Labels("energy", torch.tensor([[0]])),
    )
    return TensorMap(Labels("_", torch.tensor([[0]])), [block])


def make_dataset(
    molecules: list[Molecule], descriptor: RadialDescriptor, types: list[int]
) -> Dataset:
    """Descriptors and reference energies of the molecules, one sample each."""
    return Dataset(
        descriptor=[descriptor.compute(i, m.atoms, types) for i, m in enumerate(molecules)],
        energy=[energy_map(i, m.energy) for i, m in enumerate(molecules)],
    )


def join_batch(batch: list[Any]) -> Any:
    """One map for all the molecules of a batch; not all of them have all elements.

    Molecules are in the order of their index, that of the model's output.
    """
    batch = sorted(batch, key=lambda sample: int(sample.energy.block().samples.values[0, 0]))
    return group_and_join(batch, join_kwargs={"different_keys": "union"})


def start_from_composition(model: EnergyModel, molecules: list[Molecule], types: list[int]) -> None:
    """Make the last bias of each network the energy of this element which fits best."""
    counts = torch.tensor([[(m.atoms.numbers == z).sum() for z in types] for m in molecules])
    energies = torch.tensor([[m.energy] for m in molecules], dtype=torch.float64)
    per_atom = torch.linalg.lstsq(counts.to(torch.float64), energies).solution
    with torch.no_grad():
        for network, energy in zip(model.network.module_map.module_list, per_atom, strict=True):
            network[-1].weight.mul_(0.1)
            network[-1].bias.copy_(energy)


def train(model: EnergyModel, dataset: Dataset, epochs: int, batch_size: int = 16) -> None:
    """Minimise the squared error on energies."""
    loader = DataLoader(dataset, collate_fn=join_batch, batch_size=batch_size, shuffle=True)
    batches = list(loader)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    with tqdm(range(epochs), desc="training", unit="epoch", mininterval=1.0) as progress:
        for _ in progress:
            total = 0.0
            for batch in batches:
                optimizer.zero_grad()
                # fails if the two were not about the same systems, in the same order
                error = mts.subtract(model(batch.descriptor), batch.energy)
                loss = error.block().values.square().mean()
                loss.backward()
                optimizer.step()
                total += loss.item() / len(batches)
            schedule.step()
            progress.set_postfix(rmse=f"{total**0.5:.4f} eV")


def check_forces(
    model: torch.nn.Module,
    atoms: Atoms,
    descriptor: RadialDescriptor,
    types: list[int],
    step: float = 1e-4,
) -> float:
    """Largest difference between gradients and central finite differences, in eV/angstrom.

    :param step: displacement of the finite differences, in angstrom
    """
    block = model(descriptor.compute(0, atoms, types), True).block()
    gradient = block.gradient("positions")
    analytic = torch.zeros((len(atoms), 3), dtype=torch.float64)
    analytic[gradient.samples.column("atom").to(torch.int64)] = gradient.values.detach()[:, :, 0]

    def energy(atom: int, axis: int, shift: float) -> float:
        moved = atoms.copy()
        moved.positions[atom, axis] += shift
        with torch.no_grad():
            return float(model(descriptor.compute(0, moved, types)).block().values[0, 0])

    numeric = torch.tensor(
        [
            [(energy(i, k, step) - energy(i, k, -step)) / (2 * step) for k in range(3)]
            for i in range(len(atoms))
        ]
    )
    return float((analytic - numeric).abs().max())
