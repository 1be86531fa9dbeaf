"""Modules with metatensor data, as `metatensor_torch::Module` finds them.

The class itself is only available from C++ (see the tests of the library); here
we check what it relies on: attributes with metatensor data in archives.
"""

import io
from typing import Dict, List, Tuple

import torch
from torch_builders import Labels, TensorBlock, TensorMap, simple_block, simple_map


class Holder(torch.nn.Module):
    """All the ways to store metatensor data that are supported"""

    labels: Labels
    tensors: Dict[str, TensorMap]
    nested: Dict[str, List[TensorBlock]]
    pair: Tuple[int, TensorBlock]
    empty: Dict[str, List[Labels]]
    _mts_buffer_names: List[str]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("_mts_helper", torch.zeros(0))
        self._mts_buffer_names = ["labels", "tensors", "nested", "pair", "empty"]
        self.labels = Labels.range("a", 3)
        self.tensors = {"first": simple_map()}
        self.nested = {"b": [simple_block()], "e": []}
        self.pair = (3, simple_block())
        self.empty = {}
        self.ignored = simple_block()

    def forward(self) -> Tuple[torch.device, torch.device, torch.device, int, int]:
        number, block = self.pair
        return (
            self.tensors["first"].device,
            self.nested["b"][0].device,
            block.device,
            number,
            len(self.nested["e"]) + len(self.empty),
        )


def test_archive() -> None:
    module = torch.jit.script(Holder())
    file = io.BytesIO()
    torch.jit.save(module, file)
    file.seek(0)
    loaded = torch.jit.load(file)
    cpu = torch.device("cpu")
    assert loaded() == (cpu, cpu, cpu, 3, 0)
    assert loaded._mts_buffer_names == ["labels", "tensors", "nested", "pair", "empty"]
    assert loaded.labels == Labels.range("a", 3)


def test_attributes_can_be_replaced() -> None:
    # this is how attributes are moved, both from Python and from C++
    module = torch.jit.script(Holder())
    value = {"b": [simple_block().to("meta")], "e": []}
    module._c.setattr("nested", value)
    module._c.setattr("labels", module.labels.to("meta"))
    assert module.labels.device == torch.device("meta")
    assert module()[1] == torch.device("meta")
