"""Taking tensor maps apart and putting them together again, plain flavour.

A TensorMap is a structure (keys, labels, names of gradients) and a flat list of arrays,
its *leaves*: for each block the values, then each gradient. Operations mostly work on
these lists, and on lists of labels: samples and components of each leaf, properties of each
block. Gradients of gradients have no place in them: no operation supports those.

What is built here from the parts of existing objects needs no checks. The torch flavour
has a module of the same name with the same functions.
"""

from __future__ import annotations

from typing import Any, List

from metatensor._checks import check_block
from metatensor._layout import MapLayout, pick

from ._batches import check_length
from ._plans import make_labels, zero_entries
from ._types import Array, Labels, TensorBlock, TensorMap


# ------------------------------------------------------------------- taking maps apart
def leaves(tensor: TensorMap) -> List[Array]:
    """All arrays of a tensor, block after block."""
    tensor._get_layout()
    return tensor._leaves()


def leaves_per_block(tensor: TensorMap) -> int:
    """Number of leaves of each block: the number of its gradients plus one."""
    return tensor._get_layout().per_block


def block_values(tensor: TensorMap) -> List[Array]:
    """Values of all blocks, which may have any gradients."""
    if tensor._arrays is not None:
        return tensor._leaves()[:: leaves_per_block(tensor)]
    return [block.values for block in tensor._loaded_blocks()]


def samples_of(tensor: TensorMap) -> List[Labels]:
    """Samples of all leaves."""
    return tensor._get_layout().samples


def components_of(tensor: TensorMap) -> List[List[Labels]]:
    """Components of all leaves."""
    components: Any = tensor._get_layout().components
    return components  # type: ignore[no-any-return]


def properties_of(tensor: TensorMap) -> List[Labels]:
    """Properties of all blocks, which may have any gradients."""
    if tensor._layout is not None:
        return tensor._layout.properties
    return [block.properties for block in tensor._loaded_blocks()]


def same_structure(a: TensorMap, b: TensorMap) -> bool:
    """Whether all labels and names are the same, and in the same order.

    This is quick, and may be false for tensors which only differ in the order of things.
    """
    try:
        return a._get_layout().same(b._get_layout())
    except NotImplementedError:  # gradients of gradients
        return False


def same_axes(a: TensorMap, b: TensorMap, axes: List[str]) -> bool:
    """Whether labels are the same along these axes, for two tensors with the same keys.

    :param axes: any of ``"components"``, which are also compared for gradients, ``"samples"`` and
        ``"properties"``. The names of gradients and all names of samples are always compared
    """
    try:
        one, other = a._get_layout(), b._get_layout()
    except NotImplementedError:  # gradients of gradients
        return False
    if one is other:
        return True
    size = one.per_block
    if one.parameters != other.parameters or size != other.per_block:
        return False
    if [s.names for s in one.samples[:size]] != [s.names for s in other.samples[:size]]:
        return False
    if "samples" in axes and one.samples[::size] != other.samples[::size]:
        return False
    if "properties" in axes and one.properties != other.properties:
        return False
    return "components" not in axes or one.components == other.components


# ---------------------------------------------------------------------- making maps
def with_arrays(tensor: TensorMap, arrays: List[Array]) -> TensorMap:
    """Tensor with the same structure and other arrays (of the same shapes)."""
    return TensorMap._from_layout(tensor._get_layout(), arrays)


def rebuild(
    tensor: TensorMap, arrays: List[Array], samples: List[Labels], properties: List[Labels]
) -> TensorMap:
    """Tensor with the same keys, components and names of gradients, and other arrays.

    :param arrays: new leaves
    :param samples: new samples for each leaf; none at all to keep them
    :param properties: new properties for each block; none at all to keep them
    """
    layout = tensor._get_layout().replaced(samples=samples or None, properties=properties or None)
    return TensorMap._from_layout(layout, arrays)


def assemble(
    keys: Labels,
    arrays: List[Array],
    parameters: List[List[str]],
    samples: List[Labels],
    components: List[List[Labels]],
    properties: List[Labels],
) -> TensorMap:
    """Tensor made of all its parts, see the functions giving these."""
    layout = MapLayout(
        keys,
        [tuple(names) for names in parameters],
        samples,
        [tuple(labels) for labels in components],
        properties,
    )
    return TensorMap._from_layout(layout, arrays)


def with_keys(tensor: TensorMap, keys: Labels) -> TensorMap:
    """Tensor with other keys for the same blocks, sharing their arrays."""
    check_length(keys, len(tensor))
    layout = tensor._get_layout().replaced(keys=keys)
    return TensorMap._from_layout(layout, tensor._leaves())


def with_components(tensor: TensorMap, components: List[List[Labels]]) -> TensorMap:
    """Tensor with other components for each leaf, sharing the arrays."""
    layout = tensor._get_layout()
    arrays = tensor._leaves()
    new = [tuple(labels) for labels in components]
    for i, labels in enumerate(new):
        # names may be there twice now
        check_block(arrays[i], layout.samples[i], labels, layout.properties[i // layout.per_block])
    return TensorMap._from_layout(layout.replaced(components=new), arrays)


def without_gradients(tensor: TensorMap) -> TensorMap:
    """Tensor without any of its gradients, sharing the arrays."""
    if not same_structure(tensor, tensor):
        # there are gradients of gradients
        blocks = [
            TensorBlock._from_parts(block.values, block.samples, block.components, block.properties)
            for block in tensor
        ]
        return TensorMap._from_parts(tensor.keys, blocks)
    layout = tensor._get_layout()
    arrays = tensor._leaves()
    size = layout.per_block
    if size != 1:
        layout = MapLayout(
            layout.keys,
            [()] * len(layout.parameters),
            layout.samples[::size],
            layout.components[::size],
            layout.properties,
            layout.index,
        )
        arrays = arrays[::size]
    return TensorMap._from_layout(layout, arrays)


def pick_blocks(tensor: TensorMap, positions: List[int], keys: Labels, copy: bool) -> TensorMap:
    """Map with some of the blocks, sharing their arrays unless ``copy``.

    If the keys are those of ``tensor``, these are all its blocks in their order.
    """
    if not copy and same_structure(tensor, tensor):
        layout = tensor._get_layout()
        if keys is layout.keys:
            return with_arrays(tensor, leaves(tensor))
        arrays = pick(tensor._leaves(), layout.leaves_of(positions))
        return TensorMap._from_layout(layout.picked(positions, keys), arrays)
    # with gradients of gradients, if there are any
    blocks = [tensor.block_by_id(position).copy(deep=copy) for position in positions]
    return TensorMap._from_parts(keys, blocks)


# ---------------------------------------------------------------------------- blocks
def block_leaves(block: TensorBlock) -> List[Array]:
    """All arrays of a block: the values, then the gradients in order."""
    arrays = block._leaves()
    if len(arrays) != 1 + len(block.gradients_list()):
        raise NotImplementedError("gradients of gradients are not supported")
    return arrays


def block_with_arrays(block: TensorBlock, arrays: List[Array]) -> TensorBlock:
    """Block with the same structure and other arrays (of the same shapes)."""
    return block._with_arrays(arrays)


def block_to_map(block: TensorBlock) -> TensorMap:
    """Map with a single block, sharing the arrays of ``block``."""
    keys = make_labels(["_"], zero_entries(1, 1, block.samples), block.samples, True)
    return TensorMap._from_parts(keys, [block.copy(deep=False)])


def map_to_block(tensor: TensorMap) -> TensorBlock:
    """The only block of a map, on its own; the inverse of :py:func:`block_to_map`."""
    return tensor.block_by_id(0).copy(deep=False)
