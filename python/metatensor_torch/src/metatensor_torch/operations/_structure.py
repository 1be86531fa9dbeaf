"""Taking tensor maps apart and putting them together again, torch flavour.

A TensorMap is a structure (keys, labels, names of gradients) and a flat list of arrays,
its *leaves*: for each block the values, then each gradient. Operations mostly work on
these lists, and on lists of labels. Gradients of gradients have no place in them: no operation
supports those. The plain flavour (``metatensor.operations``) has a module of the same name with
the same functions, where they are documented. Here whole maps are handled in the extension, in
one call.
"""

from typing import List

import torch

from ._plans import make_labels, zero_entries
from ._types import Array, Labels, TensorBlock, TensorMap


def block_leaves(block: TensorBlock) -> List[Array]:
    """All arrays of a block: the values, then the gradients in order."""
    arrays: List[Array] = [block.values]
    for parameter in block.gradients_list():
        gradient = block.gradient(parameter)
        if len(gradient.gradients_list()) != 0:
            raise NotImplementedError("gradients of gradients are not supported")
        arrays.append(gradient.values)
    return arrays


def leaves(tensor: TensorMap) -> List[Array]:
    """All arrays of a tensor, block after block."""
    arrays: List[Array] = torch.ops.metatensor._leaves(tensor)
    return arrays


def leaves_per_block(tensor: TensorMap) -> int:
    """Number of leaves of each block: the number of its gradients plus one."""
    count: int = torch.ops.metatensor._leaves_per_block(tensor)
    return count


def block_values(tensor: TensorMap) -> List[Array]:
    """Values of all blocks, which may have any gradients."""
    values: List[Array] = torch.ops.metatensor._block_values(tensor)
    return values


def samples_of(tensor: TensorMap) -> List[Labels]:
    """Samples of all leaves."""
    samples: List[Labels] = torch.ops.metatensor._samples_of(tensor)
    return samples


def components_of(tensor: TensorMap) -> List[List[Labels]]:
    """Components of all leaves."""
    components: List[List[Labels]] = torch.ops.metatensor._components_of(tensor)
    return components


def properties_of(tensor: TensorMap) -> List[Labels]:
    """Properties of all blocks."""
    properties: List[Labels] = torch.ops.metatensor._properties_of(tensor)
    return properties


def same_structure(a: TensorMap, b: TensorMap) -> bool:
    """Whether all labels and names are the same, and in the same order."""
    same: bool = torch.ops.metatensor._same_structure(a, b)
    return same


def same_axes(a: TensorMap, b: TensorMap, axes: List[str]) -> bool:
    """Whether labels are the same along these axes, for two tensors with the same keys."""
    same: bool = torch.ops.metatensor._same_axes(a, b, axes)
    return same


def with_arrays(tensor: TensorMap, arrays: List[Array]) -> TensorMap:
    """Tensor with the same structure and other arrays (of the same shapes)."""
    new: TensorMap = torch.ops.metatensor._with_arrays(tensor, arrays)
    return new


def rebuild(
    tensor: TensorMap, arrays: List[Array], samples: List[Labels], properties: List[Labels]
) -> TensorMap:
    """Tensor with the same keys, components and names of gradients, and other arrays.

    :param arrays: new leaves
    :param samples: new samples for each leaf; none at all to keep them
    :param properties: new properties for each block; none at all to keep them
    """
    new: TensorMap = torch.ops.metatensor._rebuild(tensor, arrays, samples, properties)
    return new


def block_with_arrays(block: TensorBlock, arrays: List[Array]) -> TensorBlock:
    """Block with the same structure and other arrays (of the same shapes)."""
    new: TensorBlock = torch.ops.metatensor._block_with_arrays(block, arrays)
    return new


def assemble(
    keys: Labels,
    arrays: List[Array],
    parameters: List[List[str]],
    samples: List[Labels],
    components: List[List[Labels]],
    properties: List[Labels],
) -> TensorMap:
    """Tensor made of all its parts, see the functions giving these."""
    blocks: List[TensorBlock] = []
    i = 0
    for j, names in enumerate(parameters):
        block = TensorBlock(arrays[i], samples[i], components[i], properties[j])
        i += 1
        for name in names:
            gradient = TensorBlock(arrays[i], samples[i], components[i], properties[j])
            block.add_gradient(name, gradient)
            i += 1
        blocks.append(block)
    return TensorMap(keys, blocks)


def with_keys(tensor: TensorMap, keys: Labels) -> TensorMap:
    """Tensor with other keys for the same blocks, sharing their arrays."""
    leaves(tensor)  # refuses gradients of gradients
    return pick_blocks(tensor, list(range(len(tensor.keys))), keys, False)


def with_components(tensor: TensorMap, components: List[List[Labels]]) -> TensorMap:
    """Tensor with other components for each leaf, sharing the arrays."""
    parameters: List[List[str]] = []
    for block in tensor.blocks():
        parameters.append(block.gradients_list())
    return assemble(
        tensor.keys,
        leaves(tensor),
        parameters,
        samples_of(tensor),
        components,
        properties_of(tensor),
    )


def without_gradients(tensor: TensorMap) -> TensorMap:
    """Tensor without any of its gradients, sharing the arrays."""
    new: TensorMap = torch.ops.metatensor._without_gradients(tensor)
    return new


def block_to_map(block: TensorBlock) -> TensorMap:
    """Map with a single block, sharing the arrays of ``block``."""
    keys = make_labels(["_"], zero_entries(1, 1, block.samples), block.samples, True)
    return TensorMap(keys, [block.copy(deep=False)])


def map_to_block(tensor: TensorMap) -> TensorBlock:
    """The only block of a map, on its own; the inverse of :py:func:`block_to_map`."""
    return tensor.block_by_id(0).copy(deep=False)


def pick_blocks(tensor: TensorMap, positions: List[int], keys: Labels, copy: bool) -> TensorMap:
    """Map with some of the blocks, sharing their arrays unless ``copy``."""
    new: TensorMap = torch.ops.metatensor._pick_blocks(tensor, positions, keys, copy)
    return new
