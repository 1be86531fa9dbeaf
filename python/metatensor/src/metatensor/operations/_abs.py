from ._backend import (
    TensorMap,
    check_type,
    foreach_abs,
    foreach_gather_rows,
    foreach_multiply,
    foreach_sgn,
    gradient_rows,
    gradients_of,
    interleave,
    leaves,
    leaves_per_block,
    parents_of,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)


def abs(A: TensorMap) -> TensorMap:
    """Absolute value of all values of a tensor.

    The gradients are multiplied by ``sgn(A)``, which is 0 where the value is 0 and
    ``A / |A|`` elsewhere. Complex blocks with gradients stay complex.

    :param A: tensor to transform
    :return: new tensor with the metadata of ``A``
    :raises TypeError: if ``A`` is not a TensorMap

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, -2.0], [-3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.abs(tensor).block().values.tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "abs")
    arrays = leaves(A)
    per_block = leaves_per_block(A)
    values = values_of(arrays, per_block)
    modulus = foreach_abs(values, per_block > 1)
    if per_block == 1:
        return with_arrays(A, modulus)

    gradients = gradients_of(arrays, per_block)
    signs = foreach_gather_rows(
        parents_of(foreach_sgn(values), per_block), gradient_rows(A), gradients
    )
    new_gradients = foreach_multiply(gradients, signs)
    return with_arrays(A, interleave(modulus, new_gradients, per_block))
