"""Inputs for the tests on devices: many small blocks, and many labels."""

import torch

Labels = torch.classes.metatensor.Labels
TensorBlock = torch.classes.metatensor.TensorBlock
TensorMap = torch.classes.metatensor.TensorMap

N_BLOCKS = 100
N_ROWS = 10


def make_block(index, gradient=False):
    """Block of a map, on the host."""
    rows = torch.arange(N_ROWS)
    samples = torch.stack([index * N_ROWS + rows // 2, rows], dim=1)
    generator = torch.Generator().manual_seed(index)
    values = 0.5 + torch.rand(N_ROWS, 3, 4, generator=generator, dtype=torch.float64)
    block = TensorBlock(
        values,
        Labels(["system", "atom"], samples),
        [Labels.range("xyz", 3)],
        Labels(["l", "n"], torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])),
    )
    if gradient:
        shape = (N_ROWS, 3, 4)
        gradient = TensorBlock(
            torch.rand(shape, generator=generator, dtype=torch.float64),
            Labels(["sample", "cell"], torch.stack([rows, rows], dim=1)),
            block.components,
            block.properties,
        )
        block.add_gradient("strain", gradient)
    return block


def make_map(device, n_blocks=N_BLOCKS, gradient=False):
    """Map with labels which were made on the host."""
    blocks = [make_block(i, gradient) for i in range(n_blocks)]
    rows = torch.arange(n_blocks)
    keys = torch.stack([rows // 10, rows % 10], dim=1)
    return TensorMap(Labels(["center", "neighbor"], keys), blocks).to(device)


def device_rows(device, n=1000, start=0):
    """Distinct rows of two columns in no special order, made on the device."""
    # 7919 is a prime number
    order = (torch.arange(n, device=device) * 7919) % n + start
    return torch.stack([order // 10, order % 10], dim=1).to(torch.int32)


def device_labels(device, n=1000, start=0):
    """Labels which the host knows nothing about."""
    return Labels(["system", "atom"], device_rows(device, n, start), True)


def host_labels(device, n=1000, start=0):
    """Labels which were made on the host, and are on the device."""
    rows = torch.arange(start, start + n)
    return Labels(["system", "atom"], torch.stack([rows // 10, rows % 10], dim=1)).to(device)
