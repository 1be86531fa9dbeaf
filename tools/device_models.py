"""Small models for TorchScript, whose work on a device is timed and counted."""

from __future__ import annotations

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorMap


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
