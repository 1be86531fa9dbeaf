"""New maps and blocks with the metadata of existing ones and other values."""

from typing import List, Optional, Union

from ._backend import (
    Array,
    TensorBlock,
    TensorMap,
    filled_like,
    foreach_filled_like,
    has_nested_gradients,
    leaves,
    leaves_per_block,
    with_arrays,
)
from ._messages import of_block
from ._nested import blocks_with_nested_leaves, nested_leaves


def block_like(
    block: TensorBlock,
    gradients: Optional[Union[List[str], str]],
    requires_grad: bool,
    fill: str,
    where: str = "",
) -> TensorBlock:
    """Block with the labels of ``block`` and new values.

    :param gradients: parameters of the gradients to keep, ``None`` for all of them
    :param fill: one of ``"empty"``, ``"zeros"``, ``"ones"``, ``"random"``
    :param where: which block this is, if it is one of a map
    """
    parameters: List[str] = []
    if gradients is None:
        parameters = block.gradients_list()
    elif isinstance(gradients, str):
        parameters = [gradients]
    else:
        parameters = list(gradients)

    new = TensorBlock(
        values=filled_like(block.values, fill, requires_grad),
        samples=block.samples,
        components=block.components,
        properties=block.properties,
    )
    for parameter in parameters:
        if not block.has_gradient(parameter):
            raise ValueError(
                f"can not keep the gradient '{parameter}' in `{_function(fill, where)}`, there are "
                f"only {block.gradients_list()}{where}"
            )
        gradient = block.gradient(parameter)
        arrays: List[Array] = []
        for array in nested_leaves([gradient]):
            arrays.append(filled_like(array, fill, False))
        new.add_gradient(parameter, blocks_with_nested_leaves([gradient], arrays)[0])
    return new


def map_like(
    tensor: TensorMap,
    gradients: Optional[Union[List[str], str]],
    requires_grad: bool,
    fill: str,
) -> TensorMap:
    """Map with the metadata of ``tensor`` and new values, see :py:func:`block_like`."""
    if gradients is None and not has_nested_gradients(tensor):
        per_block = leaves_per_block(tensor)
        return with_arrays(
            tensor, foreach_filled_like(leaves(tensor), fill, requires_grad, per_block)
        )
    blocks: List[TensorBlock] = []
    for i, block in enumerate(tensor.blocks()):
        where = of_block(tensor.keys, i)
        blocks.append(block_like(block, gradients, requires_grad, fill, where))
    return TensorMap(tensor.keys, blocks)


def _function(fill: str, where: str) -> str:
    name = "random_uniform_like" if fill == "random" else f"{fill}_like"
    return name if where != "" else f"{name}_block"
