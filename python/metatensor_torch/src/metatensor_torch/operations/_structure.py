"""Taking tensor maps apart and putting them together again, torch flavour.

A TensorMap is a structure (keys, labels, names of gradients) and a flat list of arrays,
its *leaves*: for each block the values, then each gradient. Operations mostly work on
these lists. Gradients of gradients have no place in them: no operation supports those.
"""

from typing import List

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
    arrays: List[Array] = []
    for block in tensor.blocks():
        arrays.extend(block_leaves(block))
    return arrays


def leaves_per_block(tensor: TensorMap) -> int:
    """Number of leaves of each block: the number of its gradients plus one."""
    if len(tensor.keys) == 0:
        return 1
    return 1 + len(tensor.block_by_id(0).gradients_list())


def with_arrays(tensor: TensorMap, arrays: List[Array]) -> TensorMap:
    """Tensor with the same structure and other arrays (of the same shapes)."""
    samples: List[Labels] = []
    properties: List[Labels] = []
    return rebuild(tensor, arrays, samples, properties)


def rebuild(
    tensor: TensorMap, arrays: List[Array], samples: List[Labels], properties: List[Labels]
) -> TensorMap:
    """Tensor with the same keys, components and names of gradients, and other arrays.

    :param arrays: new leaves
    :param samples: new samples for each leaf; none at all to keep them
    :param properties: new properties for each block; none at all to keep them
    """
    blocks: List[TensorBlock] = []
    per_block = leaves_per_block(tensor)
    for i, block in enumerate(tensor.blocks()):
        start, end = i * per_block, (i + 1) * per_block
        new_properties = block.properties if len(properties) == 0 else properties[i]
        blocks.append(rebuild_block(block, arrays[start:end], samples[start:end], new_properties))
    return TensorMap(tensor.keys, blocks)


def block_with_arrays(block: TensorBlock, arrays: List[Array]) -> TensorBlock:
    """Block with the same structure and other arrays (of the same shapes)."""
    samples: List[Labels] = []
    return rebuild_block(block, arrays, samples, block.properties)


def rebuild_block(
    block: TensorBlock, arrays: List[Array], samples: List[Labels], properties: Labels
) -> TensorBlock:
    """Block with the same components and names of gradients, and other arrays.

    :param arrays: new leaves
    :param samples: new samples for each leaf; none at all to keep them
    :param properties: new properties
    """
    new = TensorBlock(
        values=arrays[0],
        samples=block.samples if len(samples) == 0 else samples[0],
        components=block.components,
        properties=properties,
    )
    for i, parameter in enumerate(block.gradients_list()):
        gradient = block.gradient(parameter)
        new.add_gradient(
            parameter,
            TensorBlock(
                values=arrays[i + 1],
                samples=gradient.samples if len(samples) == 0 else samples[i + 1],
                components=gradient.components,
                properties=properties,
            ),
        )
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
    blocks: List[TensorBlock] = []
    for position in positions:
        blocks.append(tensor.block_by_id(position).copy(deep=copy))
    return TensorMap(keys, blocks)
