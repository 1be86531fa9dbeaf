from typing import List

from ._backend import (
    Array,
    Labels,
    TensorMap,
    check_type,
    components_of,
    first_different,
    foreach_matmul_transposed,
    has_nested_gradients,
    leaves,
    leaves_per_block,
    properties_of,
    rebuild,
    samples_of,
    torch_jit_is_scripting,
)
from ._differences import labels_difference
from ._messages import of_block
from ._nested import flattened, restored
from ._utils import match_blocks, skips_checks


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
    second = match_blocks(tensor_1, tensor_2, "dot")
    _check_blocks(tensor_1, second)
    if has_nested_gradients(tensor_1):
        return restored(_dot_maps(flattened(tensor_1), second))
    return _dot_maps(tensor_1, second)


def _dot_maps(tensor_1: TensorMap, second: TensorMap) -> TensorMap:
    factors: List[Array] = []
    for factor in leaves(second):
        for _ in range(leaves_per_block(tensor_1)):
            factors.append(factor)
    arrays = foreach_matmul_transposed(leaves(tensor_1), factors)
    samples: List[Labels] = []
    return rebuild(tensor_1, arrays, samples, samples_of(second))


def _check_blocks(tensor_1: TensorMap, tensor_2: TensorMap) -> None:
    properties_1, properties_2 = properties_of(tensor_1), properties_of(tensor_2)
    different = -1 if skips_checks() else first_different(properties_1, properties_2)
    components = components_of(tensor_2)
    per_block = leaves_per_block(tensor_2)
    # errors are those of the first block which has any
    for i in range(len(properties_1)):
        if i == different:
            difference = labels_difference(properties_1[i], properties_2[i], "properties")
            where = of_block(tensor_1.keys, i)
            raise ValueError(f"blocks must have the same properties in `dot`: {difference}{where}")
        if len(components[i * per_block]) > 0:
            names: List[str] = []
            for component in components[i * per_block]:
                names.extend(component.names)
            raise ValueError(
                f"the second tensor of `dot` can not have components, it has {names}"
                + of_block(tensor_1.keys, i)
            )
        if per_block > 1:
            parameters = tensor_2.block_by_id(i).gradients_list()
            raise ValueError(
                f"the second tensor of `dot` can not have gradients, it has {parameters}"
                + of_block(tensor_1.keys, i)
            )
