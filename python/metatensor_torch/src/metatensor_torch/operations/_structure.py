"""Taking tensor maps apart and putting them together again, torch flavour.

A TensorMap is a structure (keys, labels, names of gradients) and a flat list of arrays,
its *leaves*: for each block the values, then each gradient. Operations mostly work on
these lists, and on lists of labels. Gradients of gradients have no place in them: no operation
supports those. The plain flavour (``metatensor.operations``) has a module of the same name with
the same functions, where they are documented.
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


def block_values(tensor: TensorMap) -> List[Array]:
    """Values of all blocks, which may have any gradients."""
    values: List[Array] = []
    for block in tensor.blocks():
        values.append(block.values)
    return values


def samples_of(tensor: TensorMap) -> List[Labels]:
    """Samples of all leaves."""
    samples: List[Labels] = []
    for block in tensor.blocks():
        samples.append(block.samples)
        for parameter in block.gradients_list():
            samples.append(block.gradient(parameter).samples)
    return samples


def components_of(tensor: TensorMap) -> List[List[Labels]]:
    """Components of all leaves."""
    components: List[List[Labels]] = []
    for block in tensor.blocks():
        components.append(block.components)
        for parameter in block.gradients_list():
            components.append(block.gradient(parameter).components)
    return components


def properties_of(tensor: TensorMap) -> List[Labels]:
    """Properties of all blocks."""
    properties: List[Labels] = []
    for block in tensor.blocks():
        properties.append(block.properties)
    return properties


def same_structure(a: TensorMap, b: TensorMap) -> bool:
    """Whether all labels and names are known to be the same: never, labels are compared."""
    return False


def same_axes(a: TensorMap, b: TensorMap, axes: List[str]) -> bool:
    """Whether labels are known to be the same along these axes: never, they are compared."""
    return False


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
        blocks.append(_rebuild_block(block, arrays[start:end], samples[start:end], new_properties))
    return TensorMap(tensor.keys, blocks)


def block_with_arrays(block: TensorBlock, arrays: List[Array]) -> TensorBlock:
    """Block with the same structure and other arrays (of the same shapes)."""
    samples: List[Labels] = []
    return _rebuild_block(block, arrays, samples, block.properties)


def _rebuild_block(
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
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(TensorBlock(block.values, block.samples, block.components, block.properties))
    return TensorMap(tensor.keys, blocks)


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
