from typing import Union

from ._align import aligned, check_missing
from ._backend import (
    TensorBlock,
    TensorMap,
    block_to_map,
    check_type,
    foreach_add,
    foreach_gather_rows,
    foreach_multiply,
    foreach_multiply_scalar,
    gradient_rows,
    gradients_of,
    has_nested_gradients,
    interleave,
    isinstance_metatensor,
    leaves,
    leaves_per_block,
    map_to_block,
    parents_of,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)
from ._nested import flattened, restored
from ._nested_products import multiply_flattened
from ._utils import matching_leaves


def multiply(A: TensorMap, B: Union[float, int, TensorMap], missing: str = "error") -> TensorMap:
    """Multiply a tensor by a number or, element by element, by another tensor.

    If ``B`` is a number all values and gradients are multiplied by it. If it is a tensor
    it must have the same metadata as ``A`` (the order of the keys does not matter), and the
    gradients are those of the product: ``A dB + B dA``. Gradients of gradients ``g/h`` are
    ``A ddB + dA_g dB_h + dA_h dB_g + B ddA``, and so on: this needs the gradients with respect to
    ``h`` too, where rows which are not stored are zero.

    With ``missing="drop"`` the result has the keys, samples and properties which are in both
    tensors, in the order of ``A``. Rows of the gradients which are not there are 0, and components
    must be the same. ``missing="zero"`` is the same: all other products are 0.

    :param A: first tensor
    :param B: a number, or the second tensor
    :param missing: what to do if ``A`` and ``B`` do not have the same keys, samples, properties or
        gradients: ``"error"``, ``"zero"`` or ``"drop"``
    :return: new tensor with the metadata of ``A``, unless ``missing`` says something else
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``missing`` is something else
    :raises NotEqualError: if ``A`` and ``B`` do not have the same metadata
    :raises NotImplementedError: if there are gradients of gradients, but not the gradients they
        need

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.multiply(tensor, tensor).block().values.tolist()
    [[1.0, 4.0], [9.0, 16.0]]
    >>> other = mts.slice(tensor, "samples", [1])
    >>> mts.multiply(tensor, other, missing="drop").block().values.tolist()
    [[9.0, 16.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "multiply")
    check_missing(missing, ["error", "zero", "drop"], "multiply")
    if isinstance(B, (float, int)):
        if has_nested_gradients(A):
            nested = flattened(A)
            scaled = foreach_multiply_scalar(leaves(nested), float(B))
            return restored(with_arrays(nested, scaled))
        return with_arrays(A, foreach_multiply_scalar(leaves(A), float(B)))
    else:
        if torch_jit_is_scripting():
            assert isinstance(B, TensorMap)
        elif not isinstance_metatensor(B, "TensorMap"):
            raise TypeError(
                f"`B` must be a metatensor TensorMap or a number in `multiply`, not {type(B)}"
            )
        if missing != "error":
            # products with what is missing would be zero
            first, second = aligned(A, B, False, "multiply")
            return _multiply_maps(first, second)
        if has_nested_gradients(A) or has_nested_gradients(B):
            nested = flattened(A)
            other = matching_leaves(nested, flattened(B), "multiply")
            return restored(multiply_flattened(nested, other))
        return _multiply_maps(A, B)


def _multiply_maps(A: TensorMap, B: TensorMap) -> TensorMap:
    arrays = leaves(A)
    other = matching_leaves(A, B, "multiply")
    per_block = leaves_per_block(A)
    values, other_values = values_of(arrays, per_block), values_of(other, per_block)
    product = foreach_multiply(values, other_values)
    if per_block == 1:
        return with_arrays(A, product)

    gradients, other_gradients = gradients_of(arrays, per_block), gradients_of(other, per_block)
    rows = gradient_rows(A)
    at_rows = foreach_gather_rows(parents_of(values, per_block), rows, gradients)
    other_at_rows = foreach_gather_rows(parents_of(other_values, per_block), rows, gradients)
    new_gradients = foreach_add(
        foreach_multiply(at_rows, other_gradients), foreach_multiply(gradients, other_at_rows)
    )
    return with_arrays(A, interleave(product, new_gradients, per_block))


def _multiply_block_constant(block: TensorBlock, constant: float) -> TensorBlock:
    """Multiply the values and gradients of a block by a number."""
    tensor = block_to_map(block)
    return map_to_block(with_arrays(tensor, foreach_multiply_scalar(leaves(tensor), constant)))


def _multiply_block_block(block_1: TensorBlock, block_2: TensorBlock) -> TensorBlock:
    """Multiply two blocks with the same metadata, element by element."""
    return map_to_block(_multiply_maps(block_to_map(block_1), block_to_map(block_2)))
