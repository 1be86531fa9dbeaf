"""Script a network of layers, save it with its input and output: ``learn.py FOLDER``."""

import sys
from pathlib import Path

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap
from metatensor.torch.learn.nn import Linear, Sequential, Tanh

folder = Path(sys.argv[1])
torch.manual_seed(3)
torch.set_default_dtype(torch.float64)

keys = Labels("k", torch.tensor([[0], [4]]))
blocks = [
    TensorBlock(
        torch.randn(5, 3),
        Labels("s", torch.arange(5).reshape(-1, 1)),
        [],
        Labels("p", torch.arange(3).reshape(-1, 1)),
    )
    for _ in range(2)
]
tensor = TensorMap(keys, blocks)
network = Sequential(
    keys,
    Linear(keys, in_features=3, out_features=4),
    Tanh(keys),
    Linear(keys, in_features=4, out_properties=[Labels("e", torch.tensor([[0]]))] * 2),
)
scripted = torch.jit.script(network)
scripted.save(str(folder / "network.pt"))
mts.save(str(folder / "input.mts"), tensor)
mts.save(str(folder / "output.mts"), scripted(tensor))
