from typing import List, Optional

from ._backend import (
    Names,
    TensorBlock,
    TensorMap,
    check_type,
    torch_jit_is_scripting,
    without_gradients,
)
from ._keep_info import with_info


def remove_gradients(
    tensor: TensorMap, remove: Optional[Names] = None, keep_info: bool = False
) -> TensorMap:
    """Tensor without some of the gradients.

    :param tensor: tensor to take the gradients from
    :param remove: names of the gradients to remove, those which do not exist are ignored;
        ``None`` removes all of them
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
        return with_info(without_gradients(tensor), tensor, keep_info)
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(remove_gradients_block(block, remove))
    return with_info(TensorMap(tensor.keys, blocks), tensor, keep_info)


def remove_gradients_block(block: TensorBlock, remove: Optional[Names] = None) -> TensorBlock:
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
        if torch_jit_is_scripting():
            removed = _joined_characters(removed, block.gradients_list())

    new = TensorBlock(
        values=block.values,
        samples=block.samples,
        components=block.components,
        properties=block.properties,
    )
    for parameter in block.gradients_list():
        if parameter not in removed:
            new.add_gradient(parameter, block.gradient(parameter).copy(deep=False))
    return new


def _joined_characters(names: List[str], parameters: List[str]) -> List[str]:
    # TorchScript gets a string given by Python as the list of its characters
    for name in names:
        if len(name) != 1 or name in parameters:
            return names
    return ["".join(names)]
