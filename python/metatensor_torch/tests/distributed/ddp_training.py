"""Train the model of docs/examples/molecules, in one of several processes.

``python ddp_training.py RANK WORLD_SIZE BACKEND FOLDER``: processes meet through a file in the
folder, and the first of them leaves the losses and the parameters in ``FOLDER/result.pt``.
"""

import sys
from datetime import timedelta
from pathlib import Path

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

EXAMPLE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "molecules"
sys.path.insert(0, str(EXAMPLE))

from model import EnergyModel  # noqa: E402 - from the folder of the example

TYPES = [1, 8]
N_RADIAL = 4
N_SYSTEMS = 8
N_STEPS = 4


def descriptor(systems):
    """Descriptors of these systems, of three atoms each, with their gradients."""
    blocks = []
    for center in TYPES:
        for neighbor in TYPES:
            blocks.append(descriptor_block(systems, center, neighbor))
    keys = torch.cartesian_prod(torch.tensor(TYPES), torch.tensor(TYPES))
    return TensorMap(Labels(["center_type", "neighbor_type"], keys), blocks)


def descriptor_block(systems, center, neighbor):
    """Block of a descriptor; the numbers of a system do not depend on the other ones."""
    atoms = torch.tensor([0] if center == 8 else [1, 2])
    samples = torch.cartesian_prod(torch.tensor(systems), atoms).reshape(-1, 2)
    values, gradients = [], []
    for system in systems:
        seed = 1000 * system + 10 * center + neighbor
        generator = torch.Generator().manual_seed(seed)
        shape = (len(atoms), N_RADIAL)
        values.append(torch.rand(shape, generator=generator, dtype=torch.float64))
        shape = (len(atoms), 3, N_RADIAL)
        gradients.append(torch.rand(shape, generator=generator, dtype=torch.float64))
    properties = Labels.range("n", N_RADIAL)
    block = TensorBlock(torch.cat(values), Labels(["system", "atom"], samples), [], properties)
    rows = torch.cat([torch.arange(len(samples)).reshape(-1, 1), samples], dim=1)
    gradient = TensorBlock(
        torch.cat(gradients),
        Labels(["sample", "system", "atom"], rows),
        [Labels.range("xyz", 3)],
        properties,
    )
    block.add_gradient("positions", gradient)
    return block


def reference(systems):
    """Energies to learn, with the metadata of the output of the model."""
    rows = torch.tensor(systems).reshape(-1, 1)
    values = torch.cos(rows.to(torch.float64))
    block = TensorBlock(values, Labels("system", rows), [], Labels.range("energy", 1))
    return TensorMap(Labels.single(), [block])


def train(model, systems, device):
    """Losses of all steps; they are about energies and their gradients."""
    inputs, expected = descriptor(systems).to(device), reference(systems).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(N_STEPS):
        optimizer.zero_grad()
        energy = model(inputs, True)
        error = mts.subtract(mts.remove_gradients(energy), expected).block()
        forces = energy.block().gradient("positions")
        loss = error.values.square().mean() + forces.values.square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


def start(rank, device):
    """Model with random parameters, which depend on the process."""
    torch.manual_seed(rank)
    return EnergyModel(TYPES, N_RADIAL, n_hidden=5).to(device, torch.float64)


def train_alone(device):
    """Losses and parameters after training in a single process, on all systems."""
    model = start(0, device)
    losses = train(model, list(range(N_SYSTEMS)), device)
    return losses.cpu(), parameters(model)


def parameters(model):
    """Parameters on the host, by name."""
    return {name: value.detach().cpu() for name, value in model.named_parameters()}


def main() -> None:
    """Train on a part of the systems, together with the other processes."""
    rank, world_size = int(sys.argv[1]), int(sys.argv[2])
    backend, folder = sys.argv[3], Path(sys.argv[4])
    torch.set_num_threads(1)
    device = torch.device("cuda", rank) if backend == "nccl" else torch.device("cpu")
    if backend == "nccl":
        torch.cuda.set_device(device)
    torch.distributed.init_process_group(
        backend,
        init_method=f"file://{folder / 'store'}",
        rank=rank,
        world_size=world_size,
        timeout=timedelta(seconds=120),
    )
    # the first process tells the others what its parameters are
    model = torch.nn.parallel.DistributedDataParallel(
        start(rank, device), device_ids=[rank] if backend == "nccl" else None
    )
    losses = train(model, list(range(rank, N_SYSTEMS, world_size)), device)
    torch.distributed.all_reduce(losses)
    if rank == 0:
        torch.save([losses.cpu() / world_size, parameters(model.module)], folder / "result.pt")
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
