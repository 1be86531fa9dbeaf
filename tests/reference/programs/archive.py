"""Script functions and modules on TensorMaps, save them with inputs and expected outputs.

``archive.py FOLDER``; runs with both implementations.
"""

import sys
from pathlib import Path
from typing import Dict, List, Optional

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, LabelsEntry, TensorBlock, TensorMap


def make_map(with_gradients: bool, requires_grad: bool = False) -> TensorMap:
    blocks: List[TensorBlock] = []
    for i in range(4):
        values = torch.arange(24, dtype=torch.float64).reshape(4, 2, 3) * (i + 1) - 7.5
        samples = torch.tensor([[s // 2, s % 2 + i % 2] for s in range(4)], dtype=torch.int32)
        block = TensorBlock(
            values,
            Labels(["system", "atom"], samples),
            [Labels("c", torch.tensor([[0], [1]]))],
            Labels("n", torch.tensor([[0], [1], [2]])),
        )
        if with_gradients:
            gradient = TensorBlock(
                torch.arange(18, dtype=torch.float64).reshape(3, 2, 3) + i,
                Labels(["sample", "atom"], torch.tensor([[0, i], [3, 1], [3, 2]])),
                block.components,
                block.properties,
            )
            block.add_gradient("g", gradient)
        blocks.append(block)
    keys = Labels(["a", "b"], torch.tensor([[0, 0], [1, 0], [0, 1], [1, 1]]))
    return TensorMap(keys, blocks)


class Moves(torch.nn.Module):
    """Keys, components and info."""

    def forward(self, tensor: TensorMap) -> TensorMap:
        tensor = tensor.components_to_properties("c")
        tensor = tensor.keys_to_properties(["b"], fill_value=-1)
        tensor = tensor.keys_to_samples(["a"])
        tensor.set_info("unit", "eV")
        return tensor.copy()


class Selection(torch.nn.Module):
    """Lookups, label operations and lifetimes of views."""

    labels: Labels
    tensors: Dict[str, TensorMap]

    def __init__(self, tensor: TensorMap) -> None:
        super().__init__()
        self.labels = Labels(["a"], torch.tensor([[1], [0]]))
        self.tensors = {"first": tensor}

    def forward(self, tensor: TensorMap) -> TensorMap:
        blocks: List[TensorBlock] = []
        for key, _ in tensor.items():
            position = tensor.keys.position(key)
            assert position is not None
            block = tensor.block({"a": key["a"], "b": key["b"]})
            other = self.tensors["first"].block_by_id(position)
            samples = block.samples.rename("atom", "center").append(
                "key", torch.full((len(block),), position, dtype=torch.int32)
            )
            new = TensorBlock(
                block.values + other.values, samples, block.components, block.properties
            )
            for name, gradient in block.gradients():
                new.add_gradient(name, gradient.copy())
            blocks.append(new)
        indices = tensor.keys.select(self.labels)
        assert len(indices) == len(tensor)
        union, first, second = tensor.keys.union_and_mapping(self.tensors["first"].keys)
        assert bool(torch.all(first == second))
        entry = union[0]
        assert isinstance(entry, LabelsEntry)
        result = TensorMap(union, blocks)
        result.set_info("entry", entry.print())
        return result.to(torch.float32).to(dtype=torch.float64)


class Operations(torch.nn.Module):
    """Operations, compiled into the archive by whoever saved it."""

    def forward(self, tensor: TensorMap) -> TensorMap:
        total = mts.add(mts.multiply(tensor, 2.0), tensor)
        total = mts.remove_gradients(mts.sum_over_samples(total, "atom"))
        maximum: Optional[float] = 0.5
        assert maximum is not None
        return mts.subtract(total, maximum)


def main() -> None:
    folder = Path(sys.argv[1])
    plain, with_gradients = make_map(False), make_map(True)
    mts.save(str(folder / "plain.mts"), plain)
    mts.save(str(folder / "gradients.mts"), with_gradients)
    modules = {"moves": Moves(), "selection": Selection(plain), "operations": Operations()}
    for name, module in modules.items():
        scripted = torch.jit.script(module)
        scripted.save(str(folder / f"{name}.pt"))
        for kind, tensor in (("plain", plain), ("gradients", with_gradients)):
            mts.save(str(folder / f"{name}-{kind}.mts"), scripted(tensor))
    torch.jit.save(mts.add, str(folder / "add.pt"))
    mts.save(str(folder / "add-gradients.mts"), mts.add(with_gradients, with_gradients))


main()
