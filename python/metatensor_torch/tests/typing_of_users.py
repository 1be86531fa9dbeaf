"""Code of users, checked by mypy: it is never run."""

from typing import List, Tuple

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap
from metatensor.torch.learn import DataLoader, Dataset
from metatensor.torch.learn.nn import Linear, Module, Sequential, Tanh
from metatensor.torch.operations import sum_over_samples
from typing_extensions import assert_type


class Model(Module):
    """A model as people write it."""

    def __init__(self, keys: Labels) -> None:
        super().__init__()
        self.network = Sequential(keys, Linear(keys, in_features=3, out_features=1), Tanh(keys))

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the network, and sum over the atoms."""
        result = assert_type(self.network(tensor), TensorMap)
        return mts.sum_over_samples(result, ["atom"])


def classes(values: torch.Tensor) -> TensorMap:
    """Classes and their members."""
    samples = assert_type(Labels(["system", "atom"], values), Labels)
    properties = Labels.range("n", 3)
    assert_type(samples.names, List[str])
    assert_type(samples.position([1, 2]), int | None)
    assert_type(samples.union(samples), Labels)
    assert_type(samples.union_and_mapping(samples), Tuple[Labels, torch.Tensor, torch.Tensor])
    block = TensorBlock(values, samples, [], properties)
    assert_type(block.gradient("positions"), TensorBlock)
    assert_type(block.components, List[Labels])
    tensor = TensorMap(Labels.single(), [block])
    assert_type(tensor.block({"a": 3}), TensorBlock)
    assert_type(tensor.blocks(), List[TensorBlock])
    assert_type(tensor.keys_to_samples("a").to("cuda", torch.float32), TensorMap)
    for entry, one in tensor.items():
        assert_type(entry["a"], int)
        assert_type(one, TensorBlock)
    return tensor


def operations(tensor: TensorMap) -> None:
    """Operations, by all of their names."""
    assert_type(mts.add(tensor, 3), TensorMap)
    assert_type(mts.operations.multiply(tensor, tensor), TensorMap)
    assert_type(sum_over_samples(tensor, "atom"), TensorMap)
    assert_type(mts.join([tensor, tensor], "samples", add_dimension="i"), TensorMap)
    assert_type(mts.split(tensor, "samples", [tensor.keys]), List[TensorMap])
    assert_type(mts.equal(tensor, tensor), bool)
    assert_type(mts.slice_block(tensor.block(0), "samples", tensor.keys), TensorBlock)
    assert_type(mts.unique_metadata(tensor, "samples", ("a", "b")), Labels)
    mts.add(3, tensor)  # type: ignore[arg-type]
    mts.sum_over_samples(tensor.block(0), "atom")  # type: ignore[arg-type]
    mts.not_there(tensor)  # type: ignore[attr-defined]


def files(tensor: TensorMap) -> None:
    """Files and data sets."""
    mts.save("tensor.mts", tensor)
    assert_type(mts.load("tensor.mts"), TensorMap)
    assert_type(mts.load_labels("labels.mts"), Labels)
    assert_type(mts.load_block("block.mts"), TensorBlock)
    loader = DataLoader(Dataset(x=[tensor]), batch_size=1)
    for batch in loader:
        print(batch.x)
    print(mts.__version__, mts.utils.cmake_prefix_path)
