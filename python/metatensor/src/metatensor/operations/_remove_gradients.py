from typing import List, Optional, Union

from ._backend import (
    TensorBlock,
    TensorMap,
    check_type,
    torch_jit_is_scripting,
    without_gradients,
)


def remove_gradients(
    tensor: TensorMap, remove: Optional[Union[List[str], str]] = None
) -> TensorMap:
    """Tensor without some of the gradients.

    :param tensor: tensor to take the gradients from
    :param remove: names of the gradients to remove, those which do not exist are ignored;
        ``None`` removes all of them
    :return: new tensor, sharing the remaining arrays with ``tensor``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> gradient = mts.TensorBlock(
    ...     np.array([[5.0, 6.0]]), mts.Labels(["sample"], np.array([[0]])), [], block.properties
    ... )
    >>> block.add_gradient("weight", gradient)
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.remove_gradients(tensor, "weight").block().gradients_list()
    []
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "remove_gradients")
    if remove is None:
        return without_gradients(tensor)
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(remove_gradients_block(block, remove))
    return TensorMap(tensor.keys, blocks)


def remove_gradients_block(
    block: TensorBlock, remove: Optional[Union[List[str], str]] = None
) -> TensorBlock:
    """Block without some of the gradients, see :py:func:`remove_gradients`.

    :param block: block to take the gradients from
    :param remove: names of the gradients to remove; ``None`` removes all of them
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "remove_gradients_block")
    removed: List[str] = []
    if remove is None:
        removed = block.gradients_list()
    elif isinstance(remove, str):
        removed = [remove]
    else:
        removed = list(remove)

    new = TensorBlock(
        values=block.values,
        samples=block.samples,
        components=block.components,
        properties=block.properties,
    )
    for parameter in block.gradients_list():
        if parameter not in removed:
            gradient = block.gradient(parameter)
            if len(gradient.gradients_list()) != 0:
                raise NotImplementedError("gradients of gradients are not supported")
            new.add_gradient(parameter, gradient.copy(deep=False))
    return new
