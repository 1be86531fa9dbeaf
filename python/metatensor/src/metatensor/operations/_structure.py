"""Taking tensor maps apart and putting them together again, plain flavour.

A TensorMap is a structure (keys, labels, names of gradients) and a flat list of arrays,
its *leaves*: for each block the values, then each gradient. Operations mostly work on
these lists. Gradients of gradients have no place in them: no operation supports those.

What is built here from the parts of existing objects needs no checks. The torch flavour
has a module of the same name with the same functions.
"""

from __future__ import annotations

from typing import List

from ._plans import make_labels, zero_entries
from ._types import Array, Labels, TensorBlock, TensorMap


def block_leaves(block: TensorBlock) -> List[Array]:
    """All arrays of a block: the values, then the gradients in order."""
    arrays = block._leaves()
    if len(arrays) != 1 + len(block.gradients_list()):
        raise NotImplementedError("gradients of gradients are not supported")
    return arrays


def leaves(tensor: TensorMap) -> List[Array]:
    """All arrays of a tensor, block after block."""
    arrays = tensor._leaves()
    if len(arrays) != len(tensor) * leaves_per_block(tensor):
        raise NotImplementedError("gradients of gradients are not supported")
    return arrays


def leaves_per_block(tensor: TensorMap) -> int:
    """Number of leaves of each block: the number of its gradients plus one."""
    if len(tensor) == 0:
        return 1
    return 1 + len(tensor.block_by_id(0).gradients_list())


def with_arrays(tensor: TensorMap, arrays: List[Array]) -> TensorMap:
    """Tensor with the same structure and other arrays (of the same shapes)."""
    return tensor._with_arrays(arrays)


def block_with_arrays(block: TensorBlock, arrays: List[Array]) -> TensorBlock:
    """Block with the same structure and other arrays (of the same shapes)."""
    return block._with_arrays(arrays)


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
        new_properties = properties[i] if properties else block.properties
        blocks.append(rebuild_block(block, arrays[start:end], samples[start:end], new_properties))
    return TensorMap._from_parts(tensor.keys, blocks)


def rebuild_block(
    block: TensorBlock, arrays: List[Array], samples: List[Labels], properties: Labels
) -> TensorBlock:
    """Block with the same components and names of gradients, and other arrays.

    :param arrays: new leaves
    :param samples: new samples for each leaf; none at all to keep them
    :param properties: new properties
    """
    gradients = []
    for i, (parameter, gradient) in enumerate(block.gradients(), start=1):
        gradients.append(
            (
                parameter,
                TensorBlock._from_parts(
                    arrays[i],
                    samples[i] if samples else gradient.samples,
                    gradient.components,
                    properties,
                ),
            )
        )
    return TensorBlock._from_parts(
        arrays[0],
        samples[0] if samples else block.samples,
        block.components,
        properties,
        gradients,
    )


def block_to_map(block: TensorBlock) -> TensorMap:
    """Map with a single block, sharing the arrays of ``block``."""
    keys = make_labels(["_"], zero_entries(1, 1, block.samples), block.samples, True)
    return TensorMap._from_parts(keys, [block.copy(deep=False)])


def map_to_block(tensor: TensorMap) -> TensorBlock:
    """The only block of a map, on its own; the inverse of :py:func:`block_to_map`."""
    return tensor.block_by_id(0).copy(deep=False)


def pick_blocks(tensor: TensorMap, positions: List[int], keys: Labels, copy: bool) -> TensorMap:
    """Map with some of the blocks, sharing their arrays unless ``copy``."""
    blocks = [tensor.block_by_id(position).copy(deep=copy) for position in positions]
    return TensorMap._from_parts(keys, blocks)
