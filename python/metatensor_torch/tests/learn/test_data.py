"""Datasets of TorchScript objects."""

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorMap
from metatensor.torch.learn import DataLoader, Dataset
from metatensor.torch.learn.data import group_and_join


def tensor(i):
    """Tensor of one system."""
    block = mts.block_from_array(torch.full((1, 2), float(i)))
    samples = Labels(["system"], torch.tensor([[i]]))
    return TensorMap(
        Labels.single(), [mts.TensorBlock(block.values, samples, [], block.properties)]
    )


def test_join():
    dataset = Dataset(t=[tensor(0), tensor(1)], block=[tensor(0).block(), tensor(1).block()])
    batch = group_and_join(list(dataset))
    assert batch.t.block().samples.column("system").tolist() == [0, 1]
    assert isinstance(batch.block, tuple)


@pytest.mark.parametrize("n_workers", [0, 1])
def test_loader(n_workers):
    dataset = Dataset(t=[tensor(i) for i in range(3)])
    batches = list(DataLoader(dataset, batch_size=2, num_workers=n_workers))
    assert [len(batch.t.block()) for batch in batches] == [2, 1]
