"""Time the TorchScript classes of two environments on the CPU, in one run and in turn.

    python tools/benchmark_torch.py OURS REFERENCE [--only TEXT] [--rounds N]

Like ``benchmark_python.py``: called from Python, and in loops which TorchScript compiled.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from benchmark_python import Case, repeat, run  # type: ignore[import-not-found] # next to this file

CASES: dict[str, Case] = {}
TARGETS: dict[str, float] = {}


def make_map(count: int) -> Any:
    """Map of blocks of 10x3x8."""
    import torch
    from metatensor.torch import Labels, TensorBlock, TensorMap

    rows = torch.arange(10)
    samples = Labels(["s", "t"], torch.stack([rows, rows % 3], dim=1))
    components, properties = [Labels.range("c", 3)], Labels.range("p", 8)
    blocks = [
        TensorBlock(torch.full((10, 3, 8), i + 0.5), samples, components, properties)
        for i in range(count)
    ]
    return TensorMap(Labels.range("a", count), blocks)


def register(name: str, target: float, make: Callable[[], Callable[[], Any]], count: int) -> None:
    """Register what is called ``count`` times."""
    CASES[name] = lambda: repeat(make(), count)
    TARGETS[name] = target


def register_attribute(owner: str, attribute: str, target: float) -> None:
    """Register reading an attribute of an object."""

    def make() -> tuple[Callable[[], Any], int]:
        tensor = make_map(1)
        block = tensor.block(0)
        owned = {"tensor": tensor, "block": block, "labels": block.samples}[owner]

        def read() -> None:
            for _ in range(5_000):
                getattr(owned, attribute)

        return read, 5_000

    CASES[f"{owner}.{attribute}"] = make
    TARGETS[f"{owner}.{attribute}"] = target


def _labels() -> Callable[[], Any]:
    import torch
    from metatensor.torch import Labels

    values = torch.stack([torch.arange(10), torch.arange(10) % 3], dim=1).to(torch.int32)
    return lambda: Labels(["a", "b"], values)


def _block() -> Callable[[], Any]:
    from metatensor.torch import TensorBlock

    block = make_map(1).block(0)
    parts = block.values, block.samples, block.components, block.properties
    return lambda: TensorBlock(*parts)


def _map() -> tuple[Callable[[], Any], int]:
    from metatensor.torch import TensorMap

    tensor = make_map(1000)
    keys = tensor.keys
    # maps take blocks away from whoever made them
    lists = [[block.copy() for block in tensor.blocks()] for _ in range(20)]

    kept = []

    def make() -> None:
        blocks = lists.pop() if lists else [block.copy() for block in tensor.blocks()]
        # freeing all this is not timed
        kept.append((TensorMap(keys, blocks), blocks))

    return make, 1


def _items() -> Callable[[], Any]:
    tensor = make_map(1000)
    return lambda: [block.values for _, block in tensor.items()]


def _scripted(name: str) -> Callable[[], Any]:
    import torch
    from scripted_models import ReadAttributes  # type: ignore[import-not-found]

    tensor = make_map(1000)
    model = torch.jit.script(ReadAttributes())
    return lambda: getattr(model, name)(tensor)


for _owner, _names in {
    "block": ("values", "samples", "components", "properties"),
    "labels": ("values", "names"),
    "tensor": ("keys", "sample_names"),
}.items():
    for _name in _names:
        register_attribute(_owner, _name, 2)
register("Labels, 10 entries", 3, _labels, 500)
register("TensorBlock", 3, _block, 500)
CASES["TensorMap from 1000 blocks"], TARGETS["TensorMap from 1000 blocks"] = _map, 3
register("values of .items(), 1000 blocks", 2, _items, 5)
for _name in ("values", "labels", "make"):
    register(f"scripted, 1000 blocks: {_name}", 1, functools.partial(_scripted, _name), 5)

if __name__ == "__main__":
    run(__file__, CASES, TARGETS, ("torch", "metatensor.torch"))
