"""Data used by the tests of blocks and maps."""

from typing import List, Optional

import torch

Labels = torch.classes.metatensor.Labels
TensorBlock = torch.classes.metatensor.TensorBlock
TensorMap = torch.classes.metatensor.TensorMap


def labels(names: List[str], rows: List[List[int]], device: str = "cpu"):
    """Labels with explicit entries."""
    values = torch.tensor(rows, dtype=torch.int32, device=device)
    return Labels(names, values.reshape(len(rows), len(names)), device == "meta")


def simple_block(
    samples: Optional[List[int]] = None,
    properties: Optional[List[int]] = None,
    *,
    start: float = 0.0,
    dtype: torch.dtype = torch.float64,
    gradient: bool = False,
    requires_grad: bool = False,
):
    """Block with samples "s", a component "c" of size 2 and properties "p"."""
    samples = [0, 2, 4] if samples is None else samples
    properties = [0, 1] if properties is None else properties
    shape = (len(samples), 2, len(properties))
    values = (start + torch.arange(shape[0] * shape[1] * shape[2])).to(dtype)
    values = values.reshape(shape).requires_grad_(requires_grad)
    block = TensorBlock(
        values,
        labels(["s"], [[s] for s in samples]),
        [Labels.range("c", 2)],
        labels(["p"], [[p] for p in properties]),
    )
    if gradient:
        grad_samples = [[i, i + 10] for i in range(len(samples))]
        grad_shape = (len(samples), 3, 2, len(properties))
        grad_values = (start + 100.0 + torch.arange(torch.Size(grad_shape).numel())).to(dtype)
        grad_values = grad_values.reshape(grad_shape).requires_grad_(requires_grad)
        block.add_gradient(
            "g",
            TensorBlock(
                grad_values,
                labels(["sample", "atom"], grad_samples),
                [Labels.range("xyz", 3), Labels.range("c", 2)],
                block.properties,
            ),
        )
    return block


def simple_map(**kwargs):
    """Map with four blocks, with keys "key_1" and "key_2"."""
    keys = labels(["key_1", "key_2"], [[0, 0], [1, 0], [2, 2], [2, 3]])
    blocks = [
        simple_block([0, 2, 4], [0], start=1.0, **kwargs),
        simple_block([0, 1, 3], [3, 4, 5], start=2.0, **kwargs),
        simple_block([0, 3, 6, 8], [0], start=3.0, **kwargs),
        simple_block([0, 1, 2, 5], [0], start=4.0, **kwargs),
    ]
    return TensorMap(keys, blocks)


def check_devices(tensor) -> None:
    """Check that everything in a map is on the same device."""
    assert tensor.keys.device == tensor.device
    for block in tensor.blocks():
        for one in [block] + [gradient for _, gradient in block.gradients()]:
            assert one.device == tensor.device
            for axis in [one.samples, *one.components, one.properties]:
                assert axis.device == tensor.device
                assert axis.values.dtype == torch.int32
