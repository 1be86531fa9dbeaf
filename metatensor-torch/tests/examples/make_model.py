"""Save a scripted model for the example programs.

``python make_model.py METATENSOR_LIBRARY METATENSOR_TORCH_LIBRARY MODEL.pt``

It has the signature of the model of docs/examples/molecules, and only needs the libraries: no
Python package but torch has to be installed.
"""

import ctypes
import sys
import warnings

import torch

core, extension, output = sys.argv[1:]
ctypes.CDLL(core, mode=ctypes.RTLD_GLOBAL)
torch.ops.load_library(extension)

Labels = torch.classes.metatensor.Labels
TensorBlock = torch.classes.metatensor.TensorBlock
TensorMap = torch.classes.metatensor.TensorMap


class Model(torch.nn.Module):
    """The sum of all descriptors of each system, with weights."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = torch.nn.Parameter(torch.linspace(0.5, 1.5, 4, dtype=torch.float64))
        self.register_buffer("_mts_helper", torch.zeros(0))

    def forward(self, descriptor: TensorMap, gradients: bool = False) -> TensorMap:
        assert gradients
        merged = descriptor.keys_to_samples(["center_type", "neighbor_type"])
        block = merged.block()
        system = block.samples.column("system").to(torch.int64)
        values = torch.zeros((2, 1), dtype=block.values.dtype)
        values = values.index_add(0, system, (block.values * self.weights).sum(1, keepdim=True))
        samples = Labels(["system"], torch.arange(2).reshape(-1, 1))
        energy = Labels(["energy"], torch.zeros((1, 1), dtype=torch.int32))
        return TensorMap(descriptor_keys(), [TensorBlock(values, samples, [], energy)])


def descriptor_keys() -> Labels:
    """Keys of a map with a single block."""
    return Labels(["_"], torch.zeros((1, 1), dtype=torch.int32))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    torch.jit.script(Model().eval()).save(output)
