from typing import List

from ._backend import (
    Array,
    Labels,
    TensorMap,
    block_leaves,
    check_type,
    matmul_transposed,
    rebuild,
    same_labels,
    torch_jit_is_scripting,
)
from ._utils import match_keys


def dot(tensor_1: TensorMap, tensor_2: TensorMap) -> TensorMap:
    """Dot product of two tensors over their properties, block by block.

    The values of the result are ``values_1 @ values_2.T``, its samples and components are
    those of ``tensor_1``, and its properties are the samples of ``tensor_2``. Gradients of
    ``tensor_1`` are transformed in the same way.

    :param tensor_1: first tensor, with any components and gradients
    :param tensor_2: second tensor, without components or gradients
    :return: new tensor with the keys of ``tensor_1``
    :raises NotEqualError: if the tensors do not have the same keys
    :raises ValueError: if corresponding blocks have different properties, or if a block of
        ``tensor_2`` has components or gradients

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.dot(tensor, tensor).block().values.tolist()
    [[5.0, 11.0], [11.0, 25.0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor_1, "tensor_1", "TensorMap", "dot")
        check_type(tensor_2, "tensor_2", "TensorMap", "dot")
    positions = match_keys(tensor_1, tensor_2, "dot")
    arrays: List[Array] = []
    properties: List[Labels] = []
    for i, block_1 in enumerate(tensor_1.blocks()):
        block_2 = tensor_2.block_by_id(positions[i])
        if not same_labels(block_1.properties, block_2.properties):
            raise ValueError("blocks must have the same properties in `dot`, in the same order")
        if len(block_2.components) > 0:
            raise ValueError("the second tensor of `dot` can not have components")
        if len(block_2.gradients_list()) > 0:
            raise ValueError("the second tensor of `dot` can not have gradients")
        for array in block_leaves(block_1):
            arrays.append(matmul_transposed(array, block_2.values))
        properties.append(block_2.samples)
    samples: List[Labels] = []
    return rebuild(tensor_1, arrays, samples, properties)
