"""Small models for TorchScript, whose work is timed and counted."""

from __future__ import annotations

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap


class MoveKeys(torch.nn.Module):  # type: ignore[misc]
    """Keys become properties and samples, then rows are added."""

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Sums over atoms of twice the values, in one block."""
        tensor = tensor.keys_to_properties("neighbor").keys_to_samples("center")
        return mts.sum_over_samples(mts.multiply(tensor, 2.0), "atom")


class FindBlocks(torch.nn.Module):  # type: ignore[misc]
    """Blocks are found by key."""

    def forward(self, tensor: TensorMap) -> int:
        """Number of rows of 10 blocks."""
        rows = 0
        for neighbor in range(10):
            rows += len(tensor.block({"center": 3, "neighbor": neighbor}).samples)
        return rows


class SelectRows(torch.nn.Module):  # type: ignore[misc]
    """Rows of maps are selected by labels of their own."""

    def forward(self, tensor: TensorMap, samples: Labels) -> TensorMap:
        """Those rows of twice the values."""
        return mts.slice(mts.add(tensor, tensor), "samples", samples)


class ReadAttributes(torch.nn.Module):  # type: ignore[misc]
    """Attributes are read, and blocks made, in compiled loops."""

    def forward(self, tensor: TensorMap) -> int:
        """Number of blocks."""
        return len(tensor)

    @torch.jit.export  # type: ignore[untyped-decorator]
    def values(self, tensor: TensorMap) -> int:
        """Number of rows, by the values."""
        rows = 0
        for block in tensor.blocks():
            rows += len(block.values)
        return rows

    @torch.jit.export  # type: ignore[untyped-decorator]
    def labels(self, tensor: TensorMap) -> int:
        """Number of rows and columns, by the labels."""
        count = 0
        for block in tensor.blocks():
            count += len(block.samples) + len(block.properties) + len(block.components)
        return count

    @torch.jit.export  # type: ignore[untyped-decorator]
    def make(self, tensor: TensorMap) -> TensorMap:
        """The same map, made again."""
        blocks = [
            TensorBlock(block.values, block.samples, block.components, block.properties)
            for block in tensor.blocks()
        ]
        return TensorMap(tensor.keys, blocks)
