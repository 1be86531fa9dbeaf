"""Maps with blocks of different shapes, and the same maps in the plain flavour."""

from typing import Any, List

import metatensor
import numpy as np
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

INTEGERS = [torch.int32, torch.int64, torch.uint8]
INEXACT = [torch.float64, torch.float32, torch.float16, torch.complex128, torch.complex64]
#: metatensor can not describe other types to its C API
DTYPES = [*INEXACT, *INTEGERS, torch.bool]


def labels(names: List[str], rows: Any) -> Labels:
    """Labels on the host."""
    values = torch.tensor(rows, dtype=torch.int32).reshape(-1, len(names))
    return Labels(names, values)


def random_array(shape: List[int], dtype: torch.dtype, generator: torch.Generator) -> torch.Tensor:
    """Numbers which are far from being exact in the smaller types."""
    values = torch.randn(shape, dtype=torch.float64, generator=generator)
    if dtype.is_complex:
        other = torch.randn(shape, dtype=torch.float64, generator=generator)
        return torch.complex(values, other).to(dtype)
    if dtype.is_floating_point:
        return values.to(dtype)
    return (values * 20).abs().to(dtype)


def random_block(
    number: int,
    n_samples: int,
    components: int,
    properties: int,
    dtype: torch.dtype,
    gradients: bool,
) -> TensorBlock:
    """Samples in no order, with two dimensions; the gradients have no row for some samples."""
    generator = torch.Generator().manual_seed(number)
    order = torch.randperm(n_samples, generator=generator)
    samples = labels(["system", "atom"], [[number + int(i) % 3, int(i)] for i in order])
    columns = labels(["n", "l"], [[i % 2, i] for i in range(properties)])
    axes = [Labels.range("c", components)] if components else []
    shape = [n_samples, *(len(axis) for axis in axes), properties]
    values = random_array(shape, dtype, generator)
    if number % 3 == 1:
        # the same values, not in row-major order
        values = values.transpose(0, -1).contiguous().transpose(0, -1)
    block = TensorBlock(values, samples, axes, columns)
    if gradients:
        rows = labels(["sample", "a"], [[i, j] for i in range(0, n_samples, 2) for j in (4, 1)])
        shape = [len(rows), 2, *shape[1:]]
        gradient = random_array(shape, dtype, generator)
        block.add_gradient("g", TensorBlock(gradient, rows, [Labels.range("x", 2), *axes], columns))
    return block


def random_map(dtype: torch.dtype, gradients: bool = False, shift: int = 0) -> TensorMap:
    """Blocks with several lengths (also 0) and shapes; some share their labels."""
    blocks = []
    for i, n_samples in enumerate([5, 0, 8, 1, 8, 12, 5, 3]):
        components = 3 if i % 4 == 2 else 2
        block = random_block(i + shift, n_samples, components, 0 if i == 7 else 6, dtype, gradients)
        blocks.append(block)
    like = blocks[0]
    blocks.append(TensorBlock(like.values.clone(), like.samples, like.components, like.properties))
    for _, gradient in like.gradients():
        copy = TensorBlock(
            gradient.values.clone(), gradient.samples, gradient.components, gradient.properties
        )
        blocks[-1].add_gradient("g", copy)
    return TensorMap(labels(["k"], list(range(len(blocks)))[::-1]), blocks)


def _plain_block(block: TensorBlock) -> metatensor.TensorBlock:
    def convert(one: Labels) -> metatensor.Labels:
        return metatensor.Labels(one.names, np.asarray(one.values.cpu()))

    new = metatensor.TensorBlock(
        block.values,
        convert(block.samples),
        [convert(one) for one in block.components],
        convert(block.properties),
    )
    for name, gradient in block.gradients():
        new.add_gradient(name, _plain_block(gradient))
    return new


def to_plain(value: Any) -> Any:
    """The same object in the plain flavour, holding the same tensors."""
    if isinstance(value, list):
        return [to_plain(one) for one in value]
    if value._type().name() == "Labels":
        return metatensor.Labels(value.names, np.asarray(value.values.cpu()))
    keys = metatensor.Labels(value.keys.names, np.asarray(value.keys.values.cpu()))
    return metatensor.TensorMap(keys, [_plain_block(block) for block in value.blocks()])


def check_same_labels(a: Any, b: Any) -> None:
    """Names and values, of labels of any flavour."""
    assert list(a.names) == list(b.names)
    assert np.asarray(a.values).tolist() == np.asarray(b.values).tolist()


def check_same_values(a: torch.Tensor, b: torch.Tensor) -> None:
    """Every bit, but for what NaN are made of."""
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    assert torch.equal(torch.isnan(a), torch.isnan(b))
    assert torch.equal(torch.nan_to_num(a), torch.nan_to_num(b))


def check_same_blocks(a: Any, b: Any) -> None:
    """Labels, values and gradients of blocks of any flavour."""
    check_same_values(a.values, b.values)
    check_same_labels(a.samples, b.samples)
    check_same_labels(a.properties, b.properties)
    for one, other in zip(a.components, b.components):
        check_same_labels(one, other)
    assert a.gradients_list() == b.gradients_list()
    for name in a.gradients_list():
        check_same_blocks(a.gradient(name), b.gradient(name))


def check_same_maps(a: Any, b: Any) -> None:
    """Maps of any flavour."""
    check_same_labels(a.keys, b.keys)
    for one, other in zip(a.blocks(), b.blocks()):
        check_same_blocks(one, other)
